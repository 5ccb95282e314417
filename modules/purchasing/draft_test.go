package purchasing_test

import "testing"

// TestDraftsFollowTheNeed sizes a draft order's line for what its requisitions need together: the price break of the sum, and less when the need is
// less. What a buyer chose by hand stays.
func TestDraftsFollowTheNeed(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", nil)
	v := c.vendor("V", nil)
	c.price(v, p, "5", m{"multiple": "10"})
	c.price(v, p, "4", m{"min_quantity": "100", "multiple": "25", "lead_time_days": 9})
	first, second := c.sell(p, "62"), c.sell(p, "47")
	order := func() {
		for _, r := range b.list(wanted, "status", "draft") {
			b.must(wanted, str(r["id"]), "approve", nil)
			b.must(wanted, str(r["id"]), "order", nil)
		}
	}
	order()
	line := func() m {
		lines := rows(b.one(buying, "status", "draft"), "lines")
		if len(lines) != 1 {
			t.Fatalf("%d lines, want one: %v", len(lines), lines)
		}
		return lines[0]
	}
	c.fields(line(), m{"quantity": "125", "unit_price": "4", "needed_quantity": "109", "lead_time_days": "9"})
	sold := rows(c.one(selling, "id", second), "lines")[0]
	c.must(selling, second, "amend", m{"lines": []m{{"id": sold["id"], "quantity": "20"}}})
	c.fields(line(), m{"quantity": "90", "unit_price": "5", "needed_quantity": "82"})
	c.fields(b.one(buying), m{"total_amount": "450"})
	c.fields(b.one(wanted, "sales_order_id", second), m{"quantity": "20", "status": "ordered"})
	c.must(selling, second, "cancel", nil)
	c.fields(line(), m{"quantity": "70", "needed_quantity": "62"})
	c.fields(b.one(wanted, "sales_order_id", second), m{"status": "cancelled", "purchase_order_id": "<nil>"})

	doc := b.one(buying, "status", "draft")
	c.ok(b.change(buying, str(doc["id"]), m{"lines": []m{{"id": line()["id"], "product_id": p, "quantity": "80"}}}))
	sold = rows(c.one(selling, "id", first), "lines")[0]
	c.must(selling, first, "amend", m{"lines": []m{{"id": sold["id"], "quantity": "60"}}})
	c.fields(line(), m{"quantity": "80", "needed_quantity": "60"})
	c.ok(b.change(buying, str(doc["id"]), m{"lines": []m{{"id": line()["id"], "product_id": p, "quantity": "60"}}}))
	c.must(selling, first, "cancel", nil)
	if left := b.list(buying, "status", "draft"); len(left) != 0 {
		t.Errorf("nobody needs it, yet the draft stays: %v", left)
	}
	c.fields(b.one(wanted, "sales_order_id", first), m{"status": "cancelled"})
}

// TestAmendedOrders changes a confirmed order: the receipt and those who wait follow.
func TestAmendedOrders(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", nil)
	c.price(c.vendor("V", nil), p, "5", nil)
	sale := c.sell(p, "8")
	doc := c.buy()
	key, line := str(doc["id"]), rows(doc, "lines")[0]["id"]
	c.fields(c.one(selling, "id", sale), m{"promised_date": day(3)})
	b.must(buying, key, "acknowledge", m{"vendor_reference": "X-1", "expected_date": day(7)})
	c.fields(b.one(buying), m{"vendor_reference": "X-1", "acknowledged_on": day(0), "revision": "0"})
	c.fields(c.one(receipts), m{"expected_date": day(7)})
	c.fields(b.one(wanted), m{"expected_date": day(7)})
	c.fields(c.one(selling, "id", sale), m{"promised_date": day(7)})
	b.must(buying, key, "amend", m{"lines": []m{{"id": line, "expected_date": day(5), "quantity": "12", "unit_price": "6"}}, "reason": "Dearer"})
	c.fields(b.one(buying), m{"total_amount": "72", "revision": "1", "revision_reason": "Dearer"})
	c.fields(rows(c.one(receipts), "lines")[0], m{"quantity": "12", "unit_cost": "6", "expected_date": day(5)})
	c.fields(c.one(selling, "id", sale), m{"promised_date": day(5)})

	c.must(receipts, str(c.one(receipts)["id"]), "receive", m{"lines": []m{{"purchase_line_id": line, "quantity": "3"}}})
	c.refused(b.act(buying, key, "amend", m{"lines": []m{{"id": line, "quantity": "2"}}}), "order.amend")
	c.refused(b.act(buying, key, "amend", m{"lines": []m{{"id": sale, "quantity": "2"}}}), "order.amend")
	c.refused(b.act(buying, key, "amend", nil), "amend.nothing")
	b.must(buying, key, "amend", m{"lines": []m{{"id": line, "quantity": "3"}}})
	c.fields(b.one(buying), m{"status": "received"})
	c.fields(b.one(wanted, "status", "draft"), m{"quantity": "5", "sales_order_id": sale})
	b.must(buying, key, "amend", m{"lines": []m{{"id": line, "quantity": "4"}}})
	c.fields(b.one(buying), m{"status": "confirmed"})
	c.fields(rows(c.one(receipts, "status", "waiting"), "lines")[0], m{"quantity": "1", "unit_cost": "6"})
}

// TestOverReceipt takes a little more than ordered where that is allowed, and refuses the rest with the reason.
func TestOverReceipt(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	w := c.as("warehouse")
	p := c.product("P", nil)
	c.price(c.vendor("V", m{"over_receipt_percent": "5"}), p, "5", nil)
	b.add("purchasing/settings", m{"over_receipt_percent": "10"})
	_, err := b.make("purchasing/settings", m{"over_receipt_percent": "20"})
	c.refused(err, "setting.exists")
	c.sell(p, "50")
	doc := c.buy()
	line := rows(doc, "lines")[0]
	c.fields(line, m{"over_receipt_percent": "10"})
	in := func(q string) error {
		return w.act(receipts, str(c.one(receipts, "status", "waiting")["id"]), "receive", m{"lines": []m{{"purchase_line_id": line["id"], "quantity": q}}})
	}
	c.refused(in("56"), "receipt.over")
	c.ok(in("20"))
	c.refused(in("36"), "receipt.over")
	c.refused(w.act(buying, str(doc["id"]), "amend", m{"lines": []m{{"id": line["id"], "over_receipt_percent": "20"}}}), "action.denied")
	b.must(buying, str(doc["id"]), "amend", m{"lines": []m{{"id": line["id"], "over_receipt_percent": "20"}}})
	c.ok(in("36"))
	c.fields(b.one(buying), m{"status": "received"})
	c.fields(rows(b.one(buying), "lines")[0], m{"received_quantity": "56", "quantity": "50"})
	c.fields(c.one("inventory/stock_balances", "product_id", p, "on_hand[gt]", "0"), m{"on_hand": "56", "reserved": "50"})
}
