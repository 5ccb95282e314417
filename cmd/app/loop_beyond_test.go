package app_test

import (
	"net/http"
	"testing"
)

// agrees lets somebody agree to what waits about a record.
func (p person) agrees(record string) {
	p.t.Helper()
	p.act("approvals", str(p.one("approvals", "status=pending&record_id="+record), "id"), "approve", m{"comment": "fine"})
}

// More than the tolerance is refused; who asks for it waits for somebody to agree, and then it happens.
func TestLoopBeyondTolerance(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Beyond")
	c.stock(c.steel, "160", "9")
	made := c.planner.create(orders, m{"product_id": c.frame["id"], "quantity": "3"})
	c.planner.act(orders, str(made, "id"), "release", nil)
	c.planner.refused("too much", c.planner.doing(orders, made, "complete", m{"quantity": "4"}), http.StatusUnprocessableEntity, "production.too_much")
	c.planner.must(http.StatusAccepted, c.planner.doing(orders, made, "complete", m{"quantity": "4", "over": true, "reason": "good yield"}))
	same(t, "waits", c.planner.read(orders, str(made, "id")), m{"status": "released", "done_quantity": "0", "over_quantity": "1"})
	c.planner.refused("nobody agrees to their own", c.planner.post("/approvals/"+str(c.planner.one("approvals", "status=pending"), "id")+"/approve", nil), http.StatusForbidden, "")
	c.owner.agrees(str(made, "id"))
	same(t, "made", c.planner.read(orders, str(made, "id")), m{"status": "done", "done_quantity": "4", "over_quantity": "0"})

	buying := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "10", "unit_price": "480"}}})
	c.buyer.act("purchasing/orders", str(buying, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	came := m{"lines": []m{{"purchase_line_id": lines(buying)[0]["id"], "quantity": "12"}}}
	c.store.refused("too much", c.store.doing("inventory/receipts", receipt, "receive", came), http.StatusUnprocessableEntity, "receipt.over")
	came["over"] = true
	c.store.must(http.StatusAccepted, c.store.doing("inventory/receipts", receipt, "receive", came))
	same(t, "waits", c.store.read("inventory/receipts", str(receipt, "id")), m{"status": "waiting", "over_quantity": "2"})
	c.buyer.agrees(str(receipt, "id"))
	same(t, "received", c.store.read("inventory/receipts", str(receipt, "id")), m{"status": "received", "over_quantity": "0"})
	same(t, "bought", lines(c.buyer.read("purchasing/orders", str(buying, "id")))[0], m{"received_quantity": "12"})
	if onHand, _, _ := c.balance(t, c.motor); onHand.String() != "12" {
		t.Errorf("on hand %s", onHand)
	}
	w.sound(t)
}

// Vendors are asked, answer, and those who don't are reminded.
func TestLoopQuotationsAreAskedFor(t *testing.T) {
	c := newCompany(t, newWorld(t), "Asks")
	quick := c.buyer.create("purchasing/vendors", m{"name": "Quick", "email": "quick@example.com"})
	slow := c.buyer.create("purchasing/vendors", m{"name": "Slow", "email": "slow@example.com"})
	ask := c.buyer.create("purchasing/quotation_requests", m{
		"title": "Motors", "due_on": inDays(2), "lines": []m{{"product_id": c.motor["id"], "quantity": "4"}},
		"vendors": []m{{"vendor_id": quick["id"]}, {"vendor_id": slow["id"]}, {"vendor_id": c.vendor["id"]}},
	})
	sent := c.buyer.act("purchasing/quotation_requests", str(ask, "id"), "send", nil)
	invited := lists(sent, "vendors")
	same(t, "quick", invited[0], m{"mailed_on": inDays(0), "answered_on": nil})
	same(t, "no address", invited[2], m{"mailed_on": nil})
	c.buyer.create("purchasing/vendor_offers", m{"request_id": ask["id"], "line_id": lines(sent)[0]["id"], "vendor_id": quick["id"], "price": "470"})
	c.owner.daily("purchasing/quotation_reminders") // two days before the answers are due
	invited = lists(c.buyer.read("purchasing/quotation_requests", str(ask, "id")), "vendors")
	same(t, "quick", invited[0], m{"answered_on": inDays(0), "reminded_on": nil})
	same(t, "slow", invited[1], m{"answered_on": nil, "reminded_on": inDays(0)})
	c.buyer.act("purchasing/quotation_requests", str(ask, "id"), "remind", nil)
	c.buyer.create("purchasing/vendor_offers", m{"request_id": ask["id"], "line_id": lines(sent)[0]["id"], "vendor_id": slow["id"], "price": "480"})
	c.buyer.create("purchasing/vendor_offers", m{"request_id": ask["id"], "line_id": lines(sent)[0]["id"], "vendor_id": c.vendor["id"], "price": "490"})
	c.buyer.refused("nobody left", c.buyer.post("/purchasing/quotation_requests/"+str(ask, "id")+"/remind", nil), http.StatusUnprocessableEntity, "quotation_request.answered")
}
