package purchasing_test

import (
	"testing"
)

const (
	wanted   = "purchasing/requisitions"
	buying   = "purchasing/orders"
	vendors  = "purchasing/vendors"
	prices   = "purchasing/vendor_prices"
	selling  = "sales/orders"
	receipts = "inventory/receipts"
)

// product makes a bought product, by the piece.
func (c *company) product(number string, more m) string {
	c.t.Helper()
	body := m{"number": number, "name": number, "type": "stock", "unit": "pcs", "supply": "buy", "lead_time_days": 6}
	for k, v := range more {
		body[k] = v
	}
	return c.add("inventory/products", body)
}

func (c *company) vendor(name string, more m) string {
	c.t.Helper()
	body := m{"name": name}
	for k, v := range more {
		body[k] = v
	}
	return c.as("buyer").add(vendors, body)
}

func (c *company) price(vendor, product, price string, more m) string {
	c.t.Helper()
	body := m{"vendor_id": vendor, "product_id": product, "price": price, "lead_time_days": 3}
	for k, v := range more {
		body[k] = v
	}
	return c.as("buyer").add(prices, body)
}

// sell confirms a customer's order of one product.
func (c *company) sell(product, quantity string) string {
	c.t.Helper()
	customer := c.add("crm/customers", m{"name": "Customer"})
	key := c.add(selling, m{"customer_id": customer, "lines": []m{{"product_id": product, "quantity": quantity, "unit_price": "10"}}})
	c.must(selling, key, "confirm", nil)
	return key
}

// buy approves and orders all open requisitions, and confirms the one order that they made.
func (c *company) buy() m {
	c.t.Helper()
	b := c.as("buyer")
	for _, r := range b.list(wanted, "status", "draft") {
		b.must(wanted, str(r["id"]), "approve", nil)
		b.must(wanted, str(r["id"]), "order", nil)
	}
	doc := b.one(buying, "status", "draft")
	b.must(buying, str(doc["id"]), "confirm", nil)
	return b.one(buying, "id", str(doc["id"]))
}

// TestFromShortfallToGoods buys for three orders from the cheapest vendor, in lots, and serves who waited.
func TestFromShortfallToGoods(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", nil)
	good, dear := c.vendor("Good", nil), c.vendor("Dear", nil)
	c.price(dear, p, "5.10", m{"lead_time_days": 1})
	c.price(good, p, "5", m{"min_quantity": "2", "multiple": "5"})
	c.price(good, p, "4", m{"min_quantity": "100"})
	c.price(good, p, "1", m{"valid_to": day(0)})
	first := c.sell(p, "4")
	second := c.sell(p, "3")
	needs := b.list(wanted)
	if len(needs) != 2 {
		t.Fatalf("%d requisitions, want one for each shortfall", len(needs))
	}
	c.fields(needs[0], m{
		"quantity": "4", "vendor_id": good, "price": "5", "currency": "CNY", "status": "draft", "sales_order_id": first, "need_by": day(3), "expected_date": day(3),
	})
	c.refused(b.act(wanted, str(needs[0]["id"]), "order", nil), "state.not_allowed")
	doc := c.buy()
	c.fields(doc, m{"vendor_id": good, "total_amount": "50", "status": "confirmed", "order_date": day(0)})
	lines := rows(doc, "lines")
	if len(lines) != 1 {
		t.Fatalf("%d lines, want one for both", len(lines))
	}
	c.fields(lines[0], m{"quantity": "10", "unit_price": "5", "unit": "pcs", "expected_date": day(3), "needed_quantity": "7"})

	in := c.one(receipts)
	w := c.as("warehouse")
	w.must(receipts, str(in["id"]), "receive", m{"lines": []m{{"purchase_line_id": lines[0]["id"], "quantity": "5"}}})
	c.fields(rows(c.one(buying), "lines")[0], m{"received_quantity": "5"})
	c.fields(b.one(wanted, "sales_order_id", first), m{"status": "received"})
	c.fields(b.one(wanted, "sales_order_id", second), m{"status": "ordered"})
	w.must(receipts, str(c.one(receipts, "status", "waiting")["id"]), "receive", nil)
	c.fields(c.one(buying), m{"status": "received"})
	c.fields(b.one(wanted, "sales_order_id", second), m{"status": "received"})
	c.fields(c.one("inventory/stock_balances", "product_id", p, "on_hand[gt]", "0"), m{"on_hand": "10", "reserved": "7"})

	bill := c.as("finance").add("finance/bills", m{"vendor_id": good, "purchase_order_id": doc["id"]})
	c.must("finance/bills", bill, "post", nil)
	c.fields(c.one(buying), m{"status": "done"})
	c.fields(rows(c.one(buying), "lines")[0], m{"billed_quantity": "10"})
}

// TestBoxes buys by the box what is kept by the piece, in another vendor's money.
func TestBoxes(t *testing.T) {
	c := newCompany(t)
	p := c.product("P", m{"units": []m{{"unit": "box", "numerator": "6"}}})
	c.as("finance").add("finance/exchange_rates", m{"currency": "USD", "date": day(-1), "rate": "7"})
	abroad := c.vendor("Abroad", m{"currency": "USD"})
	c.price(c.vendor("Home", nil), p, "11", nil)
	c.price(abroad, p, "9", m{"unit": "box"}) // 10.50 CNY a piece
	c.sell(p, "7")
	c.fields(c.one(wanted), m{"vendor_id": abroad, "price": "1.5", "currency": "USD", "quantity": "7"})
	doc := c.buy()
	c.fields(doc, m{"currency": "USD", "total_amount": "18"})
	c.fields(rows(doc, "lines")[0], m{"quantity": "2", "unit": "box", "base_quantity": "12"})
	in := c.one(receipts)
	c.fields(rows(in, "lines")[0], m{"quantity": "12", "unit_cost": "10.5"})
	c.must(receipts, str(in["id"]), "receive", m{"lines": []m{{"purchase_line_id": rows(doc, "lines")[0]["id"], "quantity": "3"}}})
	c.fields(rows(c.one(buying), "lines")[0], m{"received_quantity": "0.5"})
}

// TestNoVendor leaves the choice to the buyer, whose changes stay.
func TestNoVendor(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", nil)
	c.sell(p, "10")
	need := b.one(wanted)
	key := str(need["id"])
	c.fields(need, m{"vendor_id": "<nil>", "price": "0", "need_by": day(6), "expected_date": day(6), "manual": "false"})
	b.must(wanted, key, "approve", nil)
	if f := c.refused(b.act(wanted, key, "order", nil), "requisition.no_vendor"); f.Fields[0].Path != "vendor_id" {
		t.Errorf("named %+v", f.Fields)
	}
	late, idle := c.vendor("Late", nil), c.vendor("Idle", m{"active": false})
	c.price(late, p, "4", m{"lead_time_days": 8})
	c.refused(b.act(wanted, key, "order", m{"vendor_id": idle}), "vendor.inactive")
	c.refused(b.act(wanted, key, "order", m{"vendor_id": late, "price": "-1"}), "fields.invalid")
	b.must(wanted, key, "order", m{"vendor_id": late, "price": "3.75"})
	c.fields(b.one(wanted, "id", key), m{"status": "ordered", "vendor_id": late, "price": "3.75", "expected_date": day(8), "manual": "true"})
	c.fields(rows(b.one(buying), "lines")[0], m{"unit_price": "3.75"})
	b.must(buying, str(b.one(buying)["id"]), "cancel", nil)
	b.must(wanted, key, "cancel", nil)

	other := c.product("Q", nil)
	slow := c.vendor("Slow", nil)
	c.price(c.vendor("Cheap", nil), other, "2", nil)
	c.price(slow, other, "3", m{"lead_time_days": 9})
	sale := c.sell(other, "10")
	key = str(b.one(wanted, "sales_order_id", sale)["id"])
	c.ok(b.change(wanted, key, m{"vendor_id": slow, "quantity": "12"}))
	c.fields(b.one(wanted, "id", key), m{"vendor_id": slow, "price": "3", "expected_date": day(9), "manual": "true", "quantity": "12"})
	line := rows(c.one(selling, "id", sale), "lines")[0]
	c.must(selling, sale, "amend", m{"lines": []m{{"id": line["id"], "quantity": "4"}}})
	c.fields(b.one(wanted, "id", key), m{"quantity": "12", "unneeded_quantity": "6", "quantity_by_hand": "true", "vendor_id": slow})
	b.must(wanted, key, "approve", nil)
	b.must(wanted, key, "order", nil)
	c.must(selling, sale, "cancel", nil)
	c.fields(b.one(wanted, "id", key), m{"status": "ordered"})
}

// TestCancelledOrders send requisitions back, or let demands ask anew.
func TestCancelledOrders(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", nil)
	c.price(c.vendor("V", nil), p, "5", nil)
	c.sell(p, "8")
	key := str(b.one(wanted)["id"])
	b.must(wanted, key, "approve", nil)
	b.must(wanted, key, "order", nil)
	c.fields(b.one(wanted, "id", key), m{"status": "ordered"})
	draft := str(b.one(buying)["id"])
	b.must(buying, draft, "cancel", nil)
	c.fields(b.one(wanted, "id", key), m{"status": "approved", "purchase_order_id": "<nil>"})

	b.must(wanted, key, "order", nil)
	second := b.one(buying, "status", "draft")
	c.ok(b.change(buying, str(second["id"]), m{"lines": []m{{"product_id": p, "quantity": "1"}}}))
	c.fields(b.one(wanted, "id", key), m{"status": "approved"})
	c.fields(b.one(buying, "status", "draft"), m{"total_amount": "5"})
	b.must(wanted, key, "order", nil)
	if lines := rows(b.one(buying, "status", "draft"), "lines"); len(lines) != 1 {
		t.Fatalf("%d lines, want the same product and price on one", len(lines))
	}
	b.must(buying, str(second["id"]), "confirm", nil)
	line := rows(b.one(buying, "id", str(second["id"])), "lines")[0]
	c.fields(line, m{"quantity": "8"})
	c.must(receipts, str(c.one(receipts)["id"]), "receive", m{"lines": []m{{"purchase_line_id": line["id"], "quantity": "3"}}})
	b.must(buying, str(second["id"]), "cancel", nil)
	c.fields(b.one(buying, "id", str(second["id"])), m{"status": "received", "total_amount": "15"})
	c.fields(b.one(wanted, "id", key), m{"status": "cancelled"})
	c.fields(b.one(wanted, "status", "draft"), m{"quantity": "5"})
}

func TestOrdersByHand(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", nil)
	tax := str(c.one("finance/taxes", "rate", "13", "kind[ne]", "sale")["id"])
	v := c.vendor("V", m{"tax_id": tax})
	c.price(v, p, "5", nil)
	c.price(v, p, "4", m{"min_quantity": "100"})
	key := b.add(buying, m{"vendor_id": v, "lines": []m{{"product_id": p, "quantity": "100"}, {"product_id": p, "quantity": "2", "unit_price": "6"}}})
	doc := b.one(buying, "id", key)
	c.fields(doc, m{"currency": "CNY", "untaxed_amount": "412", "tax_amount": "53.56", "total_amount": "465.56", "status": "draft"})
	_, err := b.make(buying, m{"vendor_id": v, "lines": []m{{"product_id": p, "quantity": "1", "unit": "l"}}})
	c.refused(err, "unit.no_conversion")
	_, err = b.make(buying, m{"lines": []m{{"quantity": "1"}}})
	c.refused(err, "fields.invalid")
	_, err = b.make(prices, m{"vendor_id": v, "price": "1"})
	c.refused(err, "fields.invalid")
	empty := b.add(buying, m{"vendor_id": v})
	c.refused(b.act(buying, empty, "confirm", nil), "order.empty")
	c.ok(b.change(vendors, v, m{"active": false}))
	c.refused(b.act(buying, key, "confirm", nil), "vendor.inactive")
	_, err = b.make(buying, m{"vendor_id": v})
	c.refused(err, "vendor.inactive")
	_, err = b.make(wanted, m{"product_id": p, "quantity": "1", "vendor_id": v})
	c.refused(err, "vendor.inactive")
	own := b.add(wanted, m{"product_id": p, "quantity": "3"})
	c.fields(b.one(wanted, "id", own), m{"vendor_id": "<nil>", "need_by": day(6)})
}
