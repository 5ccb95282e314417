package bench

import (
	"fmt"
	"net/http"
	"testing"
)

// factory sets up five products of which one runs short of a two-level bill of materials with one purchased material that is short too.
func factory(b *testing.B, h *house) (customer string, products []string) {
	b.Helper()
	product := func(number, supply string) string {
		return h.make(b, "/inventory/products", m{
			"number": number, "name": "Product " + number, "type": "stock", "unit": "pcs", "supply": supply, "standard_cost": "10", "list_price": "15", "lead_time_days": 1,
		})
	}
	for i := range 4 {
		products = append(products, product(fmt.Sprintf("P%d", i), "buy"))
	}
	made, half, part, bolt := product("MADE", "make"), product("HALF", "make"), product("PART", "buy"), product("BOLT", "buy")
	products = append(products, made)
	h.make(b, "/production/bills_of_materials", m{"product_id": made, "lines": []m{{"component_id": half, "quantity": "1"}, {"component_id": bolt, "quantity": "4"}}})
	h.make(b, "/production/bills_of_materials", m{"product_id": half, "lines": []m{{"component_id": part, "quantity": "2"}}})
	vendor := h.make(b, "/purchasing/vendors", m{"number": "V", "name": "Vendor"})
	h.make(b, "/purchasing/vendor_prices", m{"product_id": part, "vendor_id": vendor, "price": "3", "lead_time_days": 5})
	location := h.only(b, "/inventory/locations?type=internal")
	lines := []m{{"product_id": bolt, "counted_quantity": "10000000", "unit_cost": "0.1"}}
	for _, p := range products[:4] {
		lines = append(lines, m{"product_id": p, "counted_quantity": "10000000", "unit_cost": "10"})
	}
	count := h.make(b, "/inventory/stock_counts", m{"location_id": location, "lines": lines})
	h.post(b, "/inventory/stock_counts/"+count+"/post", nil, 200)
	return h.make(b, "/crm/customers", m{"name": "Customer"}), products
}

// BenchmarkConfirm confirms orders of five lines with the whole cascade: all over the same five products, by one client and by 16.
func BenchmarkConfirm(b *testing.B) {
	for _, clients := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) { confirm(b, clients, 400) })
	}
}

func confirm(b *testing.B, clients, n int) {
	b.Helper()
	h := open(b)
	customer, products := factory(b, h)
	orders := make([]string, n)
	for i := range orders {
		var lines []m
		for _, p := range products {
			lines = append(lines, m{"product_id": p, "quantity": "2", "unit_price": "15"})
		}
		orders[i] = h.make(b, "/sales/orders", m{"customer_id": customer, "lines": lines})
	}
	before, units := h.statements(b)
	own, server := h.cpu.taken()
	b.ResetTimer()
	drive(b, clients, n, func(i int) error {
		status, raw, err := h.send(http.MethodPost, "/sales/orders/"+orders[i]+"/confirm", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%d %s", status, raw)
		}
		return err
	})
	b.StopTimer()
	ownAfter, serverAfter := h.cpu.taken()
	b.ReportMetric((ownAfter-own).Seconds()*1000/float64(n), "go_cpu_ms")
	b.ReportMetric((serverAfter-server).Seconds()*1000/float64(n), "pg_cpu_ms")
	after, more := h.statements(b)
	b.ReportMetric((after-before)/float64(more-units), "statements")
}

// BenchmarkRead reads one record at a time by 16 clients.
func BenchmarkRead(b *testing.B) {
	h := open(b)
	id := h.make(b, "/crm/customers", m{"name": "Customer"})
	b.ResetTimer()
	drive(b, 16, 20_000, func(int) error { return h.want(http.MethodGet, "/crm/customers/"+id, http.StatusOK) })
}

// BenchmarkList lists 50 of 10,000 records with a filter and an order by 8 clients.
func BenchmarkList(b *testing.B) {
	h := open(b)
	rows := []byte("name,territory\n")
	for i := range 10_000 {
		rows = fmt.Appendf(rows, "Customer %05d,T%d\n", i, i%10)
	}
	if err := h.upload("/crm/customers/import", rows); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	drive(b, 8, 4000, func(i int) error {
		return h.want(http.MethodGet, fmt.Sprintf("/crm/customers?territory=T%d&sort=name&limit=50", i%10), http.StatusOK)
	})
}

// BenchmarkCreate makes plain records by 16 clients.
func BenchmarkCreate(b *testing.B) {
	h := open(b)
	b.ResetTimer()
	drive(b, 16, 5000, func(i int) error {
		status, raw, err := h.send(http.MethodPost, "/crm/customers", m{"name": fmt.Sprint("Customer ", i)})
		if err == nil && status != http.StatusCreated {
			err = fmt.Errorf("%d %s", status, raw)
		}
		return err
	})
}

// BenchmarkSignup makes companies with all modules, one after the other.
func BenchmarkSignup(b *testing.B) {
	h := open(b)
	b.ResetTimer()
	drive(b, 1, 20, func(i int) error {
		status, raw, err := h.send(http.MethodPost, "/signup", m{
			"company": fmt.Sprint("Company ", i), "name": "B", "email": fmt.Sprintf("b%d@example.com", i), "password": "correct horse battery", "token": true,
		})
		if err == nil && status != http.StatusCreated {
			err = fmt.Errorf("%d %s", status, raw)
		}
		return err
	})
}
