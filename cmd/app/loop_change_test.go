package app_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
)

// Cancelling releases what is held, cancels what has not begun and shows what has.
func TestLoopCancelBeforeShipment(t *testing.T) {
	c := newCompany(t, newWorld(t), "Calls")
	c.stock(c.motor, "5", "480")
	c.stock(c.machine, "1", "20000")
	deal := c.deal(nil, line(c.machine, "2", "20000"), line(c.motor, "1", "600"))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", nil)
	order := c.sales.read("sales/orders", str(won, "order_id"))
	req := c.buyer.one("purchasing/requisitions", "")
	c.buyer.act("purchasing/requisitions", str(req, "id"), "approve", nil)
	c.sales.act("sales/orders", str(order, "id"), "cancel", m{"reason": "gone"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"status": "cancelled", "delivery_status": "none", "delivery_progress": "0"})
	same(t, "deal", c.sales.read("crm/opportunities", str(deal, "id")), m{"delivery_status": "none", "delivery_progress": "0"})
	for _, o := range c.planner.list(orders, "") {
		same(t, "production", o, m{"status": "cancelled"})
	}
	same(t, "requisition", c.buyer.one("purchasing/requisitions", ""), m{"status": "cancelled"})
	same(t, "delivery", c.store.one("inventory/deliveries", ""), m{"status": "cancelled"})
	same(t, "receivable", c.books.one("finance/receivables", ""), m{"expected_amount": "0"})
	for _, p := range []m{c.motor, c.machine} {
		if _, reserved, _ := c.balance(t, p); !reserved.IsZero() {
			t.Errorf("%s reserved %s", str(p, "number"), reserved)
		}
	}
	c.sales.refused("twice", c.sales.doing("sales/orders", order, "cancel", nil), http.StatusConflict, "")
	d := c.store.one("inventory/deliveries", "")
	c.store.refused("cancelled delivery", c.store.doing("inventory/deliveries", d, "ship", nil), http.StatusConflict, "")
	c.sales.refused("amend", c.sales.doing("sales/orders", order, "amend", m{"lines": []m{line(c.motor, "1", "1")}}), http.StatusConflict, "")
}

// After a part has left only the rest is off; what is ordered or on the floor is left to people, who are told.
func TestLoopCancelAfterPart(t *testing.T) {
	c := newCompany(t, newWorld(t), "Parts")
	c.stock(c.motor, "2", "480")
	c.stock(c.steel, "40", "9")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "3", "600"), line(c.frame, "1", "5000")}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	req := c.buyer.one("purchasing/requisitions", "")
	c.buyer.act("purchasing/requisitions", str(req, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(req, "id"), "order", nil)
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	c.planner.act(orders, str(c.made(c.frame), "id"), "release", nil)
	c.planner.act(orders, str(c.made(c.frame), "id"), "issue", nil)
	inv := c.ships(order)
	notices := func(p person) int { return len(p.list("notifications", "")) }
	before := []int{notices(c.buyer), notices(c.planner)}
	c.sales.act("sales/orders", str(order, "id"), "cancel", nil)
	now := c.sales.read("sales/orders", str(order, "id"))
	same(t, "order", now, m{"status": "cancelled", "delivery_status": "partial", "invoice_status": "invoiced", "delivery_progress": "100"})
	same(t, "production", c.made(c.frame), m{"status": "in_progress"})
	same(t, "requisition", c.buyer.one("purchasing/requisitions", ""), m{"status": "ordered"})
	same(t, "receivable", c.books.one("finance/receivables", ""), m{"expected_amount": "1356", "invoiced_amount": "1356"})
	if notices(c.buyer) <= before[0] || notices(c.planner) <= before[1] {
		t.Error("nobody is told what is under way")
	}
	// The goods that come are free, and the shipped part is still paid.
	r := c.store.one("inventory/receipts", "")
	c.store.act("inventory/receipts", str(r, "id"), "receive", nil)
	c.planner.act(orders, str(c.made(c.frame), "id"), "complete", nil)
	for _, p := range []m{c.motor, c.frame} {
		if onHand, reserved, free := c.balance(t, p); onHand.String() != "1" || !reserved.IsZero() || free.String() != "1" {
			t.Errorf("%s: on hand %s, reserved %s", str(p, "number"), onHand, reserved)
		}
	}
	c.pays("1356", m{"invoice_id": inv["id"], "amount": "1356"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "paid", "status": "cancelled"})
	c.balanced(t)
}

// An amendment adds or takes off only the difference.
func TestLoopAmend(t *testing.T) {
	c := newCompany(t, newWorld(t), "Amends")
	c.stock(c.motor, "4", "480")
	order := c.sell(c.motor, "6", "600")
	id := str(order, "id")
	key := lines(order)[0]["id"]
	sum := func() string {
		all := num(t, m{"x": "0"}, "x")
		for _, r := range c.buyer.list("purchasing/requisitions", "status[in]=draft,approved&product_id="+str(c.motor, "id")) {
			all = all.Add(num(t, r, "quantity"))
		}
		return all.String()
	}
	check := func(what, reserved, open, total string) {
		t.Helper()
		now := c.sales.read("sales/orders", id)
		same(t, what, lines(now)[0], m{"reserved_quantity": reserved})
		same(t, what, now, m{"total_amount": total})
		same(t, what, c.books.one("finance/receivables", "order_id="+id), m{"expected_amount": total})
		if got := sum(); got != open {
			t.Errorf("%s: %s to buy, want %s", what, got, open)
		}
		d := c.store.one("inventory/deliveries", "status[in]=waiting,ready&order_id="+id)
		same(t, what, lines(d)[0], m{"quantity": reserved})
	}
	check("at first", "4", "2", "4068")
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "9"}}})
	check("raised", "4", "5", "6102")
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "5"}}})
	check("lowered", "4", "1", "3390")
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "3"}}})
	check("lowered below stock", "3", "0", "2034")
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"product_id": c.machine["id"], "quantity": "1", "unit_price": "1000"}}})
	same(t, "added", c.made(c.machine), m{"quantity": "1", "sales_order_id": id})
	added := lines(c.sales.read("sales/orders", id))[1]
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": added["id"], "quantity": "3"}}})
	all := num(t, m{"x": "0"}, "x")
	for _, o := range c.planner.list(orders, "status=planned&product_id="+str(c.machine, "id")) {
		all = all.Add(num(t, o, "quantity"))
	}
	if all.String() != "3" {
		t.Errorf("%s machines planned, want 3", all)
	}
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": added["id"], "remove": true}}})
	for _, o := range c.planner.list(orders, "") {
		same(t, "removed", o, m{"status": "cancelled"})
	}
	check("removed", "3", "0", "2034")
	d := c.store.one("inventory/deliveries", "status=ready&order_id="+id)
	c.store.act("inventory/deliveries", str(d, "id"), "ship", m{"lines": []m{{"order_line_id": key, "quantity": "2"}}})
	c.sales.refused("below shipped", c.sales.doing("sales/orders", order, "amend", m{"lines": []m{{"id": key, "quantity": "1"}}}), http.StatusUnprocessableEntity, "order.amendment_refused")
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "2"}}})
	same(t, "rest is off", c.sales.read("sales/orders", id), m{"delivery_status": "shipped", "delivery_progress": "100", "invoice_status": "invoiced", "total_amount": "1356"})
	if n := len(c.store.list("inventory/deliveries", "status[in]=waiting,ready&order_id="+id)); n != 0 {
		t.Errorf("%d deliveries still open", n)
	}
	c.balanced(t)
}

// A rejected order is a draft again; a change of what was to be approved voids the request.
func TestLoopApprovals(t *testing.T) {
	c := newCompany(t, newWorld(t), "Approves")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "200", "600")}})
	id := str(order, "id")
	parked := c.sales.must(http.StatusAccepted, c.sales.doing("sales/orders", order, "confirm", nil))
	same(t, "order", c.sales.read("sales/orders", id), m{"status": "pending_approval"})
	approval := str(parked["approval"].(m), "id")
	c.sales.refused("locked", c.sales.do(http.MethodPatch, "/sales/orders/"+id, m{"terms": "x"}, "If-Match", `"`+version(c.sales.read("sales/orders", id))+`"`), http.StatusConflict, "")
	c.director.act("approvals", approval, "reject", m{"comment": "too cheap"})
	same(t, "order", c.sales.read("sales/orders", id), m{"status": "draft"})
	if n := len(c.buyer.list("purchasing/requisitions", "")); n != 0 {
		t.Errorf("%d requisitions of a rejected order", n)
	}
	parked = c.sales.must(http.StatusAccepted, c.sales.doing("sales/orders", order, "confirm", nil))
	again := str(parked["approval"].(m), "id")
	c.director.refused("the old one", c.director.post("/approvals/"+approval+"/approve", nil), http.StatusConflict, "")
	c.sales.act("approvals", again, "withdraw", nil)
	same(t, "order", c.sales.read("sales/orders", id), m{"status": "draft"})
	parked = c.director.must(http.StatusAccepted, c.director.doing("sales/orders", order, "confirm", nil))
	c.director.refused("self-approval", c.director.post("/approvals/"+str(parked["approval"].(m), "id")+"/approve", nil), http.StatusForbidden, "")
}

func version(x m) string {
	if s, ok := x["version"].(string); ok {
		return s
	}
	n, _ := x["version"].(float64)
	return strconv.Itoa(int(n))
}

// Two people (or two clicks) at once: one succeeds, the other is told, and everything happened once.
func TestLoopDoubleClicks(t *testing.T) {
	c := newCompany(t, newWorld(t), "Clicks")
	c.stock(c.motor, "10", "480")
	both := func(what string, f func() answer) {
		t.Helper()
		var wg sync.WaitGroup
		var got [2]answer
		for i := range got {
			wg.Go(func() { got[i] = f() })
		}
		wg.Wait()
		if got[0].status+got[1].status != http.StatusOK+http.StatusConflict {
			t.Errorf("%s: %d and %d: %s %s", what, got[0].status, got[1].status, got[0].raw, got[1].raw)
		}
	}
	deal := c.deal(nil, line(c.motor, "12", "100"))
	both("win", func() answer { return c.sales.doing("crm/opportunities", deal, "win", nil) })
	order := c.sales.one("sales/orders", "")
	r := c.buyer.one("purchasing/requisitions", "")
	both("approve", func() answer { return c.buyer.doing("purchasing/requisitions", r, "approve", nil) })
	both("order", func() answer { return c.buyer.doing("purchasing/requisitions", r, "order", nil) })
	po := c.buyer.one("purchasing/orders", "")
	both("confirm", func() answer { return c.buyer.doing("purchasing/orders", po, "confirm", nil) })
	receipt := c.store.one("inventory/receipts", "")
	both("receive", func() answer { return c.store.doing("inventory/receipts", receipt, "receive", nil) })
	d := c.store.one("inventory/deliveries", "")
	both("ship", func() answer { return c.store.doing("inventory/deliveries", d, "ship", nil) })
	inv := c.books.one("finance/invoices", "order_id="+str(order, "id"))
	pay := c.books.create("finance/payments", m{"customer_id": c.customer["id"], "direction": "in", "amount": "1356", "matches": []m{{"invoice_id": inv["id"], "amount": "1356"}}})
	both("pay", func() answer { return c.books.doing("finance/payments", pay, "post", nil) })
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"status": "done", "collected_amount": "1356"})
	key := func() answer {
		return c.sales.post("/sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "1", "1")}}, "Idempotency-Key", "k1")
	}
	a, b := key(), key()
	if a.status != http.StatusCreated || b.status != http.StatusCreated || a.body["id"] != b.body["id"] {
		t.Errorf("idempotency: %d %s, %d %s", a.status, a.raw, b.status, b.raw)
	}
	c.balanced(t)
}
