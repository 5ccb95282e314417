package purchasing_test

import "testing"

// TestTheRestOfALineServesTheNext lets a new demand take what a vendor still owes of a line of which a part came in, no more than nobody waits for.
func TestTheRestOfALineServesTheNext(t *testing.T) {
	c := newCompany(t)
	p := c.product("P", nil)
	c.price(c.vendor("V", nil), p, "5", nil)
	first, other := c.sell(p, "10"), c.sell(p, "5")
	order := c.buy()
	w := c.as("warehouse")
	w.must(receipts, str(c.one(receipts, "status", "waiting")["id"]), "receive", m{"lines": []m{{"product_id": p, "quantity": "4"}}})
	c.must(selling, first, "cancel", nil) // four become free for the other, who waits for one; ten are asked for and not needed
	c.fields(c.one("inventory/stock_balances", "product_id", p, "on_hand[gt]", "0"), m{"on_hand": "4", "reserved": "4"})
	second := c.sell(p, "8")
	taken := c.list(wanted, "sales_order_id", second)
	if len(taken) != 2 { // of what each of the two asked for
		t.Fatalf("%d requisitions, want 2: %v", len(taken), taken)
	}
	c.fields(taken[0], m{"quantity": "6", "status": "ordered", "purchase_order_id": order["id"]})
	c.fields(taken[1], m{"quantity": "2", "status": "ordered", "purchase_order_id": order["id"]})
	third := c.sell(p, "5") // eleven are on their way, for which one and eight wait
	c.fields(c.one(wanted, "sales_order_id", third, "status", "ordered"), m{"quantity": "2", "purchase_order_id": order["id"]})
	c.fields(c.one(wanted, "sales_order_id", third, "status", "draft"), m{"quantity": "3"})
	w.must(receipts, str(c.one(receipts, "status", "waiting")["id"]), "receive", nil)
	for key, want := range map[string]string{other: "5", second: "8", third: "2"} {
		c.fields(rows(c.one(selling, "id", key), "lines")[0], m{"reserved_quantity": want})
	}
	c.fields(c.one(buying), m{"status": "received"})
	for _, r := range c.list(wanted, "status", "ordered") {
		t.Errorf("%v of %v is still on order", r["quantity"], r["no"])
	}
}

// TestForeignGoodsCostWhatTheirDaySays values what comes in at the rate of that day, not of the order's, unless a person names the cost.
func TestForeignGoodsCostWhatTheirDaySays(t *testing.T) {
	c := newCompany(t)
	p := c.product("P", nil)
	c.add("finance/exchange_rates", m{"currency": "USD", "rate": "7", "date": day(-9)})
	v := c.vendor("V", m{"currency": "USD"})
	order := c.add(buying, m{"vendor_id": v, "lines": []m{{"product_id": p, "quantity": "10", "unit_price": "3"}}})
	c.must(buying, order, "confirm", nil)
	c.fields(rows(c.one(receipts), "lines")[0], m{"unit_cost": "21"})
	c.add("finance/exchange_rates", m{"currency": "USD", "rate": "7.25", "date": day(0)})
	w := c.as("warehouse")
	w.must(receipts, str(c.one(receipts)["id"]), "receive", m{"lines": []m{{"product_id": p, "quantity": "4"}}})
	c.fields(c.one("inventory/product_values", "product_id", p), m{"value": "87"})
	c.fields(rows(c.one(receipts, "status", "received"), "lines")[0], m{"unit_cost": "21.75"})
	c.must(receipts, str(c.one(receipts, "status", "waiting")["id"]), "receive", m{"lines": []m{{"product_id": p, "quantity": "1", "unit_cost": "20"}}})
	c.fields(c.one("inventory/product_values", "product_id", p), m{"value": "107"})
}
