package app_test

import (
	"net/http"
	"testing"
)

// An order that ships complete leaves as a whole.
func TestLoopShipComplete(t *testing.T) {
	c := newCompany(t, newWorld(t), "Whole")
	c.stock(c.motor, "2", "480")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "ship_complete": true, "lines": []m{line(c.motor, "2", "10"), line(c.steel, "1", "10")}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	d := c.store.one("inventory/deliveries", "")
	c.store.refused("a part", c.store.doing("inventory/deliveries", d, "ship", nil), http.StatusUnprocessableEntity, "order.ships_complete")
	if onHand, reserved, _ := c.balance(t, c.motor); onHand.String() != "2" || reserved.String() != "2" {
		t.Errorf("on hand %s, reserved %s", onHand, reserved)
	}
	c.receive(t, c.steel, "1", "9")
	c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_status": "shipped"})
	c.balanced(t)
}

// Money that comes before the invoice waits on the customer's account until it is matched.
func TestLoopDownPayment(t *testing.T) {
	c := newCompany(t, newWorld(t), "Down")
	c.stock(c.motor, "2", "480")
	p := c.pays("113")
	same(t, "payment", p, m{"status": "posted", "unmatched_amount": "113"})
	order := c.sell(c.motor, "2", "100")
	inv := c.ships(order)
	c.books.act("finance/payments", str(p, "id"), "match", m{"matches": []m{{"invoice_id": inv["id"], "amount": "113"}}})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "partial", "collected_amount": "113"})
	other := c.sales.create("crm/customers", m{"name": "Other"})
	alien := c.books.create("finance/payments", m{"customer_id": other["id"], "direction": "in", "amount": "113"})
	c.books.act("finance/payments", str(alien, "id"), "post", nil)
	c.books.refused("another's invoice", c.books.doing("finance/payments", alien, "match", m{"matches": []m{{"invoice_id": inv["id"], "amount": "1"}}}), http.StatusUnprocessableEntity, "payment.match")
	if got := c.movement(t, "1122"); got.String() != "113" {
		t.Errorf("receivable %s", got)
	}
	c.balanced(t)
}

// Purchase orders that are called off: from a draft the requests wait again; from a confirmed order who lacks the goods asks anew.
func TestLoopPurchaseCancelled(t *testing.T) {
	c := newCompany(t, newWorld(t), "Uncertain")
	order := c.sell(c.motor, "5", "100")
	take := func(r m) m {
		if r["status"] == "draft" {
			c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		}
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
		return c.buyer.one("purchasing/orders", "status=draft")
	}
	r := c.buyer.one("purchasing/requisitions", "")
	po := take(r)
	c.buyer.act("purchasing/orders", str(po, "id"), "cancel", nil)
	same(t, "waits again", c.buyer.read("purchasing/requisitions", str(r, "id")), m{"status": "approved", "purchase_order_id": nil})
	po = take(c.buyer.read("purchasing/requisitions", str(r, "id")))
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", m{"lines": []m{{"purchase_line_id": lines(po)[0]["id"], "quantity": "2"}}})
	c.buyer.act("purchasing/orders", str(po, "id"), "cancel", nil)
	if n := len(c.store.list("inventory/receipts", "status=waiting")); n != 0 {
		t.Errorf("%d receipts wait", n)
	}
	same(t, "asked anew", c.buyer.one("purchasing/requisitions", "status=draft"), m{"quantity": "3", "sales_order_id": order["id"]})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_progress": "20", "promised_date": inDays(10)})
}

// Lots: goods come in by lot, what expires first leaves first.
func TestLoopLots(t *testing.T) {
	c := newCompany(t, newWorld(t), "Lots")
	p := c.owner.create("inventory/products", m{"number": "L", "name": "L", "type": "stock", "unit": "pcs", "supply": "buy", "tracking": "lot"})
	for lot, days := range map[string]int{"late": 90, "soon": 30} {
		po := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": p["id"], "quantity": "5", "unit_price": "1"}}})
		c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
		r := c.store.one("inventory/receipts", "status=waiting")
		c.store.act("inventory/receipts", str(r, "id"), "receive", m{"lines": []m{{"purchase_line_id": lines(po)[0]["id"], "quantity": "5", "lot_number": lot, "expires_on": inDays(days)}}})
	}
	order := c.sell(p, "7", "10")
	same(t, "line", lines(order)[0], m{"reserved_quantity": "7"})
	c.ships(order)
	b := c.store.one("inventory/stock_balances", "on_hand[gt]=0&product_id="+str(p, "id"))
	same(t, "left", b, m{"on_hand": "3", "reserved": "0"})
	lot := c.store.read("inventory/lots", str(b, "lot_id"))
	if lot["number"] != "late" {
		t.Errorf("lot %v is left", lot)
	}
}

// A requisition in boxes: the need is in pieces, the order in whole boxes, the receipt in pieces.
func TestLoopBoughtInBoxes(t *testing.T) {
	c := newCompany(t, newWorld(t), "Boxes")
	p := c.owner.create("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "supply": "buy", "units": []m{{"unit": "box", "numerator": "6"}}})
	c.buyer.create("purchasing/vendor_prices", m{"product_id": p["id"], "vendor_id": c.vendor["id"], "price": "12", "unit": "box", "lead_time_days": 4, "min_quantity": "2"})
	order := c.sell(p, "7", "5")
	r := c.buyer.one("purchasing/requisitions", "")
	same(t, "need", r, m{"quantity": "7", "price": "2", "need_by": inDays(4)})
	c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	po := c.buyer.one("purchasing/orders", "")
	same(t, "boxes", lines(po)[0], m{"quantity": "2", "unit": "box", "unit_price": "12"})
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	same(t, "pieces", lines(receipt)[0], m{"quantity": "12"})
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", m{"lines": []m{{"purchase_line_id": lines(po)[0]["id"], "quantity": "5"}}})
	same(t, "held", lines(c.sales.read("sales/orders", str(order, "id")))[0], m{"reserved_quantity": "5"})
	same(t, "line", lines(c.buyer.one("purchasing/orders", ""))[0], m{"received_quantity": "0.833333"})
	rest := c.store.one("inventory/receipts", "status=waiting")
	c.store.act("inventory/receipts", str(rest, "id"), "receive", nil)
	same(t, "line", c.buyer.one("purchasing/orders", ""), m{"status": "received"})
	if onHand, reserved, free := c.balance(t, p); onHand.String() != "12" || reserved.String() != "7" || free.String() != "5" {
		t.Errorf("on hand %s, reserved %s, free %s", onHand, reserved, free)
	}
	v := c.owner.list("inventory/stock_moves", "sort=created_at&product_id="+str(p, "id"))
	if len(v) != 2 || !num(t, v[0], "value").Add(num(t, v[1], "value")).Equal(num(t, m{"x": "24"}, "x")) {
		t.Errorf("moves: %v", v)
	}
}

// Returned pieces come back at the cost at which they left, and are credited.
func TestLoopReturn(t *testing.T) {
	c := newCompany(t, newWorld(t), "Returns")
	c.stock(c.motor, "3", "333.333333")
	order := c.sell(c.motor, "3", "100")
	c.ships(order)
	c.receive(t, c.motor, "1", "900")
	id, key := str(order, "id"), lines(order)[0]["id"]
	give := func(quantity string) answer {
		back := c.sales.create("sales/returns", m{"order_id": id, "lines": []m{{"order_line_id": key, "quantity": quantity}}})
		return c.sales.doing("sales/returns", back, "confirm", nil)
	}
	c.sales.must(http.StatusOK, give("1"))
	same(t, "note", c.books.one("finance/credit_notes", ""), m{"total_amount": "113"})
	same(t, "invoice", c.books.one("finance/invoices", ""), m{"residual_amount": "226"})
	same(t, "line", lines(c.sales.read("sales/orders", id))[0], m{"returned_quantity": "1", "shipped_quantity": "3"})
	same(t, "move", c.owner.one("inventory/stock_moves", "source_entity=sales.return"), m{"quantity": "1", "value": "333.33"})
	if onHand, _, free := c.balance(t, c.motor); onHand.String() != "2" || free.String() != "2" {
		t.Errorf("on hand %s, free %s", onHand, free)
	}
	if got := c.movement(t, "6401"); got.String() != "666.67" {
		t.Errorf("cost of sales %s", got)
	}
	c.sales.refused("too much", c.sales.post("/sales/returns", m{"order_id": id, "lines": []m{{"order_line_id": key, "quantity": "3"}}}), http.StatusBadRequest, "")
	c.sales.must(http.StatusOK, give("2"))
	if got := c.movement(t, "6401"); !got.IsZero() {
		t.Errorf("cost of sales %s after everything came back", got)
	}
	c.balanced(t)
}

// A request date that moves is followed by everybody.
func TestLoopRequestedDateMoves(t *testing.T) {
	c := newCompany(t, newWorld(t), "Moves")
	first := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "requested_date": inDays(20), "lines": []m{line(c.motor, "4", "1")}})
	second := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "requested_date": inDays(30), "lines": []m{line(c.motor, "4", "1")}})
	for _, o := range []m{first, second} {
		c.sales.act("sales/orders", str(o, "id"), "confirm", nil)
	}
	c.sales.act("sales/orders", str(first, "id"), "amend", m{"requested_date": inDays(40)})
	same(t, "first", c.sales.read("sales/orders", str(first, "id")), m{"requested_date": inDays(40), "late_days": "0"})
	c.receive(t, c.motor, "5", "480")
	same(t, "first", lines(c.sales.read("sales/orders", str(first, "id")))[0], m{"reserved_quantity": "1"})
	same(t, "second", lines(c.sales.read("sales/orders", str(second, "id")))[0], m{"reserved_quantity": "4"})
}
