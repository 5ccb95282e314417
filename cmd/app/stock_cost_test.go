package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// valued checks what the stock is worth, and that the books say the same, now.
func (c *company) valued(t *testing.T, want string) {
	t.Helper()
	rows, _ := c.books.must(http.StatusOK, c.books.get("/inventory/stock_value"))["data"].([]any)
	last, _ := rows[len(rows)-1].(m)
	same(t, "stock", last, m{"row": "total", "value": want, "ledger_balance": want, "difference": "0"})
	for _, x := range rows {
		if r, _ := x.(m); r["row"] == "account" && !num(t, r, "difference").IsZero() {
			t.Errorf("account %v", r)
		}
	}
}

// buyTen orders and receives ten at 10 and returns the purchase order.
func (c *company) buyTen(product m) m {
	order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": product["id"], "quantity": "10", "unit_price": "10"}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", "status=waiting"), "id"), "receive", nil)
	return c.buyer.read("purchasing/orders", str(order, "id"))
}

func (c *company) ship(product m, quantity string) {
	order := c.sell(product, quantity, "30")
	c.store.act("inventory/deliveries", str(c.store.one("inventory/deliveries", "order_id="+str(order, "id")), "id"), "ship", nil)
}

// bill bills ten at a price and posts it.
func (c *company) bill(order m, price string) {
	bill := c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "purchase_order_id": order["id"], "lines": []m{{
		"product_id": lines(order)[0]["product_id"], "purchase_line_id": lines(order)[0]["id"], "quantity": "10", "unit_price": price,
	}}})
	c.books.act("finance/bills", str(bill, "id"), "post", nil)
}

// Ten come in at 10, four are sold, then the vendor bills 12: what is left becomes dearer, what is sold is cost of sales; nothing stays on variance.
func TestALatePriceGoesToStockAndCostOfSales(t *testing.T) {
	for _, x := range []struct{ method, stock, sold, variance string }{{"average", "72", "48", "0"}, {"fifo", "72", "48", "0"}, {"standard", "60", "40", "20"}} {
		t.Run(x.method, func(t *testing.T) {
			c := newCompany(t, newWorld(t), "Late"+x.method)
			p := c.owner.create("inventory/products", m{
				"number": "L", "name": "L", "type": "stock", "unit": "pcs", "supply": "buy", "cost_method": x.method, "standard_cost": "10",
			})
			order := c.buyTen(p)
			c.ship(p, "4")
			c.valued(t, "60")
			c.bill(order, "12")
			c.valued(t, x.stock)
			same(t, "books", m{"sold": c.movement(t, "6401"), "variance": c.movement(t, "1404"), "owed": c.movement(t, "220202")},
				m{"sold": x.sold, "variance": x.variance, "owed": "0"})
			adjusted := c.books.one("inventory/value_adjustments", "product_id="+str(p, "id"))
			same(t, "adjustment", adjusted, m{"reason": "bill_price", "amount": "20", "variance_amount": x.variance})
			c.ship(p, "6")
			c.valued(t, "0")
		})
	}
}

// Ten come in at 10 and are billed; four go back, for which the vendor credits 38 only. The two that are missing make the six that stayed dearer; of those
// that are sold, the cost of sales. When nothing is left of the delivery, they are a variance.
func TestAShortCreditIsACostOfWhatStayed(t *testing.T) {
	for _, x := range []struct{ name, sold, back, price, stock, sales, variance string }{
		{"all here", "0", "4", "9.5", "62", "0", "0"}, {"half sold", "3", "4", "9.5", "31", "31", "0"}, {"all back", "0", "10", "9.5", "0", "0", "5"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newCompany(t, newWorld(t), "Short"+strings.ReplaceAll(x.name, " ", ""))
			p := c.product("L", "stock", "buy", "10", "30")
			order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": p["id"], "quantity": "10", "unit_price": "10"}}})
			c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
			receipt := c.store.one("inventory/receipts", "status=waiting")
			c.store.act("inventory/receipts", str(receipt, "id"), "receive", nil)
			c.bill(order, "10")
			if x.sold != "0" {
				c.ship(p, x.sold)
			}
			back := c.buyer.create("inventory/vendor_returns", m{"receipt_id": receipt["id"], "reason": "dented", "lines": []m{{"product_id": p["id"], "quantity": x.back}}})
			c.store.act("inventory/vendor_returns", str(back, "id"), "confirm", nil)
			credit := c.books.create("finance/vendor_credits", m{"vendor_id": c.vendor["id"], "lines": []m{
				{"purchase_line_id": lines(order)[0]["id"], "product_id": p["id"], "quantity": x.back, "unit_price": x.price},
			}})
			c.books.act("finance/vendor_credits", str(credit, "id"), "post", nil)
			same(t, "books", m{"sold": c.movement(t, "6401"), "variance": c.movement(t, "1404")}, m{"sold": x.sales, "variance": x.variance})
			c.valued(t, x.stock)
		})
	}
}

// Billed before it came in: the goods come to stand at what was billed, whatever was ordered.
func TestABillBeforeTheGoods(t *testing.T) {
	c := newCompany(t, newWorld(t), "Early")
	p := c.product("L", "stock", "buy", "10", "30")
	order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": p["id"], "quantity": "10", "unit_price": "10"}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	c.bill(order, "9.5")
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", "status=waiting"), "id"), "receive", nil)
	c.valued(t, "95")
	if v := c.movement(t, "1404"); !v.IsZero() {
		t.Errorf("%s stay on variance", v)
	}
}

// Freight by weight and duty by value, after a part is sold; the last line takes the remainder.
func TestLandedCosts(t *testing.T) {
	c := newCompany(t, newWorld(t), "Landed")
	make1 := func(number, weight string) m {
		return c.owner.create("inventory/products", m{"number": number, "name": number, "type": "stock", "unit": "pcs", "supply": "buy", "weight": weight, "cost_method": "fifo"})
	}
	light, heavy, odd := make1("LIGHT", "1"), make1("HEAVY", "3"), make1("ODD", "2")
	order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{
		{"product_id": light["id"], "quantity": "10", "unit_price": "6"}, {"product_id": heavy["id"], "quantity": "10", "unit_price": "3"}, {"product_id": odd["id"], "quantity": "10", "unit_price": "1"},
	}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	cost := c.buyer.create("inventory/landed_costs", m{"receipt_id": c.store.one("inventory/receipts", "")["id"], "lines": []m{
		{"name": "Freight", "amount": "100", "spread_by": "weight"}, {"name": "Duty", "amount": "10", "spread_by": "value"}, {"name": "Handling", "amount": "10", "spread_by": "quantity"},
	}})
	same(t, "cost", cost, m{"amount": "120", "status": "draft"})
	path := "/inventory/landed_costs/" + str(cost, "id") + "/post"
	c.books.refused("nothing there", c.books.post(path, nil), http.StatusUnprocessableEntity, "landed.nothing_received")
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", ""), "id"), "receive", nil)
	c.ship(light, "5")
	c.valued(t, "70") // 100 less 5 at 6
	c.buyer.must(http.StatusForbidden, c.buyer.post(path, nil))
	c.books.must(http.StatusOK, c.books.post(path, nil))
	// light: 16.67 + 6.00 + 3.33, half of it gone; heavy: 50.00 + 3.00 + 3.33; odd: 33.33 + 1.00 + 3.34
	for _, x := range []struct {
		p             m
		amount, stock string
	}{{light, "26.00", "13.00"}, {heavy, "56.33", "56.33"}, {odd, "37.67", "37.67"}} {
		same(t, str(x.p, "number"), c.books.one("inventory/value_adjustments", "product_id="+str(x.p, "id")), m{"amount": x.amount, "stock_amount": x.stock, "reason": "landed_cost"})
	}
	c.valued(t, "177")
	c.ship(light, "5")
	c.ship(heavy, "10")
	c.ship(odd, "10")
	c.valued(t, "0")
	same(t, "books", m{"sold": c.movement(t, "6401"), "owed": c.movement(t, "220202")}, m{"sold": "220", "owed": "-220"})
	early := c.books.must(http.StatusOK, c.books.get("/inventory/stock_value?date="+inDays(-1)))["data"].([]any)
	same(t, "yesterday", early[len(early)-1].(m), m{"value": "0", "ledger_balance": "0"})
}

// What is there, what comes and what goes, day by day.
func TestAvailabilityOverTime(t *testing.T) {
	c := newCompany(t, newWorld(t), "Timely")
	c.stock(c.motor, "5", "480")
	later := func(days int, quantity string) {
		o := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "requested_date": inDays(days), "lines": []m{line(c.motor, quantity, "600")}})
		c.sales.act("sales/orders", str(o, "id"), "confirm", nil)
	}
	later(3, "2")
	later(20, "7") // three are there, four are requested and come in ten days
	rows := c.store.must(http.StatusOK, c.store.get("/inventory/availability?product_id="+str(c.motor, "id")))["data"].([]any)
	want := []m{
		{"date": inDays(0), "on_hand": "5", "reserved": "5", "incoming": "0", "outgoing": "0", "projected": "5", "projected_free": "0"},
		{"date": inDays(3), "incoming": "0", "outgoing": "2", "projected": "3", "projected_free": "0"},
		{"date": inDays(10), "incoming": "4", "outgoing": "0", "projected": "7", "projected_free": "0"},
		{"date": inDays(20), "incoming": "0", "outgoing": "7", "projected": "0", "projected_free": "0"},
	}
	if len(rows) != len(want) {
		t.Fatalf("rows %v", rows)
	}
	for i, w := range want {
		same(t, inDays(0), rows[i].(m), w)
	}
	c.sales.must(http.StatusOK, c.sales.get("/inventory/availability?product_id="+str(c.motor, "id")))
	c.sales.must(http.StatusForbidden, c.sales.get("/inventory/stock_value"))
}
