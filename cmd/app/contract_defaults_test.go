package app_test

import (
	"fmt"
	"net/http"
	"testing"
)

// What a document can't exist without is enough to make it; everything else has a default.
func TestContractDefaults(t *testing.T) {
	p := newWorld(t).signUp(t, "Defaults")
	c := p.create("crm/customers", m{"name": "Only a name"})["id"]
	v := p.create("purchasing/vendors", m{"number": "V", "name": "V"})["id"]
	p.create("purchasing/vendors", m{"name": "Only a name"})
	x := p.create("inventory/products", m{"number": "A", "name": "A", "type": "stock", "unit": "pcs"})
	same(t, "product", x, m{"supply_policy": "split", "supply": "buy", "tracking": "none", "standard_cost": "0", "safety_stock": "0"})
	a, b := x["id"], p.create("inventory/products", m{"number": "B", "name": "B", "type": "stock", "unit": "kg", "supply": "make"})["id"]
	s := p.create("inventory/products", m{"number": "S", "name": "S", "type": "service", "unit": "h"})["id"]
	p.create("inventory/products", m{"number": "C", "name": "C", "type": "consumable", "unit": "box"})
	location := p.one("inventory/locations", "type=internal")["id"]
	warehouse := p.one("inventory/warehouses", "")["id"]
	project := p.create("projects/projects", m{"name": "Only a name"})["id"]
	account := p.one("finance/accounts", "code=1002")["id"]
	income := p.one("finance/accounts", "code=6001")["id"]
	for _, e := range []struct {
		path string
		in   m
		want m
	}{
		{"crm/opportunities", m{"name": "Only a name"}, m{"status": "open", "currency": "CNY", "delivery_status": "none", "collected_amount": "0", "delivery_progress": "0"}},
		{"crm/leads", m{"name": "Lead"}, nil},
		{"crm/contacts", m{"name": "Contact", "customer_id": c}, nil},
		{"crm/contacts", m{"name": "Contact"}, nil},
		{"crm/activities", m{"subject": "Call"}, nil},
		{"crm/campaigns", m{"name": "Fair"}, nil},
		{"crm/service_cases", m{"subject": "Broken", "customer_id": c}, nil},
		{"sales/orders", m{"customer_id": c}, m{"status": "draft", "price_includes_tax": false, "currency": "CNY", "delivery_status": "none", "invoice_status": "none", "payment_status": "none"}},
		{"sales/orders", m{"customer_id": c, "lines": []m{{"product_id": a, "quantity": "1"}}}, nil},
		{"sales/quotations", m{"customer_id": c, "lines": []m{{"product_id": a, "quantity": "1", "unit_price": "5"}}}, nil},
		{"sales/price_lists", m{"name": "Retail"}, nil},
		{"inventory/warehouses", m{"code": "W2", "name": "Second"}, nil},
		{"inventory/locations", m{"code": "L2", "name": "Shelf", "warehouse_id": warehouse}, m{"type": "internal"}},
		{"inventory/locations", m{"code": "L3", "name": "Shelf", "warehouse_id": warehouse, "type": "internal"}, nil},
		{"inventory/stock_counts", m{"location_id": location, "lines": []m{{"product_id": a, "counted_quantity": "1"}}}, nil},
		{"production/bills_of_materials", m{"product_id": b, "lines": []m{{"component_id": a, "quantity": "2"}}}, m{"output_quantity": "1"}},
		{"production/production_orders", m{"product_id": b, "quantity": "3"}, m{"status": "planned"}},
		{"purchasing/vendor_prices", m{"product_id": a, "vendor_id": v, "price": "1.25"}, m{"currency": "CNY", "lead_time_days": "0"}},
		{"purchasing/requisitions", m{"product_id": a, "quantity": "3"}, m{"status": "draft"}},
		{"purchasing/orders", m{"vendor_id": v, "lines": []m{{"product_id": a, "quantity": "2", "unit_price": "3"}}}, m{"status": "draft"}},
		{"finance/payments", m{"customer_id": c, "direction": "in", "amount": "10"}, m{"currency": "CNY", "status": "draft"}},
		{"finance/payments", m{"vendor_id": v, "direction": "out", "amount": "10"}, nil},
		{"finance/invoices", m{"customer_id": c, "lines": []m{{"product_id": s, "quantity": "1", "unit_price": "10"}}}, m{"status": "draft"}},
		{"finance/bills", m{"vendor_id": v, "lines": []m{{"product_id": a, "quantity": "1", "unit_price": "10"}}}, m{"status": "draft"}},
		{"finance/entries", m{"lines": []m{{"account_id": account, "debit": "5"}, {"account_id": income, "credit": "5"}}}, m{"status": "draft"}},
		{"finance/accounts", m{"code": "1403.9", "name": "Raw", "type": "asset"}, nil},
		{"projects/tasks", m{"project_id": project, "name": "Task"}, nil},
		{"projects/milestones", m{"project_id": project, "name": "Milestone"}, nil},
		{"projects/timesheets", m{"project_id": project, "hours": "2"}, nil},
		{"projects/expenses", m{"project_id": project, "amount": "2"}, nil},
	} {
		a := p.post("/"+e.path, e.in)
		if a.status == http.StatusCreated {
			same(t, e.path, a.body, e.want)
			continue
		}
		t.Errorf("%s %v: %d %s", e.path, e.in, a.status, a.raw)
	}
	for path, required := range map[string][]string{
		"inventory/products": {"number", "name", "type", "unit"}, "crm/customers": {"name"}, "production/bills_of_materials": {"product_id", "lines"}, "sales/orders": {"customer_id"},
	} {
		got := fieldsOf(p.post("/"+path, m{}))
		for _, f := range required {
			if got[f] == "" {
				t.Errorf("%s without %s: %v", path, f, got)
			}
		}
	}
}

// A price excludes tax unless the order says otherwise.
func TestContractPricesAndTax(t *testing.T) {
	p := newWorld(t).signUp(t, "Tax")
	c := p.create("crm/customers", m{"name": "C"})["id"]
	x := p.create("inventory/products", m{"number": "S", "name": "S", "type": "service", "unit": "h", "list_price": "7"})["id"]
	order := func(extra m) m {
		in := m{"customer_id": c, "lines": []m{{"product_id": x, "quantity": "2", "unit_price": "113", "discount_percent": "50"}}}
		for k, v := range extra {
			in[k] = v
		}
		return p.create("sales/orders", in)
	}
	same(t, "excluded", order(nil), m{"untaxed_amount": "113", "tax_amount": "14.69", "total_amount": "127.69"})
	same(t, "included", order(m{"price_includes_tax": true}), m{"untaxed_amount": "100", "tax_amount": "13", "total_amount": "113"})
	rates := map[string]string{}
	for _, tax := range p.list("finance/taxes", "") {
		rates[fmt.Sprint(tax["rate"], tax["percent"])] = str(tax, "id")
	}
	if len(rates) < 5 {
		t.Errorf("taxes: %v", p.list("finance/taxes", ""))
	}
	p.refused("101 percent", p.post("/sales/orders", m{"customer_id": c, "lines": []m{{"product_id": x, "quantity": "1", "discount_percent": "101"}}}), http.StatusBadRequest, "")
}

// A payment may name what it settles before it is posted; the books say what came of it.
func TestContractPaymentsAndTrialBalance(t *testing.T) {
	p := newWorld(t).signUp(t, "Paid")
	c := p.create("crm/customers", m{"name": "C"})["id"]
	x := p.create("inventory/products", m{"number": "S", "name": "S", "type": "service", "unit": "h"})["id"]
	invoice := p.create("finance/invoices", m{"customer_id": c, "lines": []m{{"product_id": x, "quantity": "1", "unit_price": "100"}}})
	p.act("finance/invoices", str(invoice, "id"), "post", nil)
	pay := p.create("finance/payments", m{"customer_id": c, "direction": "in", "amount": "50", "matches": []m{{"invoice_id": invoice["id"], "amount": "50"}}})
	p.act("finance/payments", str(pay, "id"), "post", nil)
	same(t, "invoice", p.read("finance/invoices", str(invoice, "id")), m{"status": "partial", "residual_amount": "50", "total_amount": "100"})
	rest := p.create("finance/payments", m{"customer_id": c, "direction": "in", "amount": "50"})
	p.act("finance/payments", str(rest, "id"), "post", nil)
	p.act("finance/payments", str(rest, "id"), "match", m{"matches": []m{{"invoice_id": invoice["id"], "amount": "50"}}})
	same(t, "invoice", p.read("finance/invoices", str(invoice, "id")), m{"status": "paid", "residual_amount": "0"})
	p.refused("a posted invoice deleted", p.do(http.MethodDelete, "/finance/invoices/"+str(invoice, "id"), nil), http.StatusUnprocessableEntity, "")
	p.act("finance/payments", str(rest, "id"), "unmatch", nil)
	same(t, "invoice", p.read("finance/invoices", str(invoice, "id")), m{"status": "partial", "residual_amount": "50"})
	data := p.must(http.StatusOK, p.get("/finance/trial_balance"))["data"].([]any)
	if len(data) == 0 {
		t.Fatal("no trial balance")
	}
	for _, row := range data {
		for _, f := range []string{"account_id", "code", "name", "debit", "credit", "balance"} {
			if _, ok := row.(m)[f].(string); !ok {
				t.Errorf("%s is %v", f, row.(m)[f])
			}
		}
	}
	p.must(http.StatusOK, p.get("/finance/trial_balance?date=2026-12-31"))
	p.refused("no date", p.get("/finance/trial_balance?date=soon"), http.StatusBadRequest, "")
	p.refused("an unknown parameter", p.get("/finance/trial_balance?colour=red"), http.StatusBadRequest, "")
	tree := p.must(http.StatusOK, p.get("/finance/invoices/"+str(invoice, "id")+"/tree"))
	if tree["events"] == nil {
		t.Errorf("tree: %v", tree)
	}
}
