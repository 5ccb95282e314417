package app_test

import (
	"net/http"
	"sync"
	"testing"
)

// Two directors at once: the order is confirmed once.
func TestLoopTwoDirectors(t *testing.T) {
	c := newCompany(t, newWorld(t), "Directors")
	second := c.owner.hire("dave", "sales_director")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "200", "600")}})
	parked := c.sales.must(http.StatusAccepted, c.sales.doing("sales/orders", order, "confirm", nil))
	id := str(parked["approval"].(m), "id")
	var wg sync.WaitGroup
	var got [2]answer
	for i, p := range []person{c.director, second} {
		wg.Go(func() { got[i] = p.post("/approvals/"+id+"/approve", nil) })
	}
	wg.Wait()
	if got[0].status+got[1].status != http.StatusOK+http.StatusConflict {
		t.Errorf("%d %s, %d %s", got[0].status, got[0].raw, got[1].status, got[1].raw)
	}
	same(t, "once", c.buyer.one("purchasing/requisitions", ""), m{"quantity": "200"})
}

// Refused at the edges: nothing, too fine, negative, unknown, inactive.
func TestLoopRefusals(t *testing.T) {
	c := newCompany(t, newWorld(t), "Edges")
	c.stock(c.motor, "3", "480")
	order := c.sell(c.motor, "3", "100")
	d := c.store.one("inventory/deliveries", "")
	key := lines(order)[0]["id"]
	ship := func(in any) answer { return c.store.doing("inventory/deliveries", d, "ship", in) }
	c.store.refused("negative", ship(m{"lines": []m{{"order_line_id": key, "quantity": "-1"}}}), http.StatusUnprocessableEntity, "")
	c.store.refused("zero", ship(m{"lines": []m{{"order_line_id": key, "quantity": "0"}}}), http.StatusUnprocessableEntity, "delivery.nothing_ready")
	c.store.refused("twice the line", ship(m{"lines": []m{{"order_line_id": key, "quantity": "2"}, {"order_line_id": key, "quantity": "2"}}}), http.StatusUnprocessableEntity, "stock.not_enough")
	c.store.refused("unknown line", ship(m{"lines": []m{{"order_line_id": c.motor["id"], "quantity": "1"}}}), http.StatusUnprocessableEntity, "")
	c.sales.refused("not sales'", c.sales.doing("inventory/deliveries", d, "ship", nil), http.StatusForbidden, "")
	same(t, "untouched", c.store.read("inventory/deliveries", str(d, "id")), m{"status": "ready"})

	// The same key and body ships once and answers the same.
	one := m{"lines": []m{{"order_line_id": key, "quantity": "1"}}}
	path := "/inventory/deliveries/" + str(d, "id") + "/ship"
	a, b := c.store.post(path, one, "Idempotency-Key", "ship-1"), c.store.post(path, one, "Idempotency-Key", "ship-1")
	if a.status != http.StatusOK || b.status != http.StatusOK || a.raw != b.raw {
		t.Errorf("idempotent: %d %s, %d %s", a.status, a.raw, b.status, b.raw)
	}
	c.store.refused("another body", c.store.post(path, m{}, "Idempotency-Key", "ship-1"), http.StatusConflict, "")
	same(t, "one left", lines(c.sales.read("sales/orders", str(order, "id")))[0], m{"shipped_quantity": "1", "reserved_quantity": "2"})
	rest := c.store.one("inventory/deliveries", "status=ready")
	if w := c.store.post("/inventory/deliveries/"+str(rest, "id")+"/ship?dry_run=true", nil); w.status != http.StatusOK || w.body["events"] == nil {
		t.Errorf("dry run: %d %s", w.status, w.raw)
	}
	same(t, "still there", c.store.read("inventory/deliveries", str(rest, "id")), m{"status": "ready"})
}

// A preview is binding when its hash is sent: another outcome is refused.
func TestLoopPreviewHash(t *testing.T) {
	c := newCompany(t, newWorld(t), "Preview")
	c.stock(c.motor, "3", "480")
	deal := c.deal(nil, line(c.motor, "3", "100"))
	path := "/crm/opportunities/" + str(deal, "id") + "/win"
	shown := c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	again := c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	if shown["hash"] != again["hash"] || str(shown, "hash") == "" {
		t.Errorf("hashes %v and %v", shown["hash"], again["hash"])
	}
	c.sell(c.motor, "2", "100")
	c.sales.refused("differs", c.sales.post(path, nil, "X-Preview-Hash", str(shown, "hash")), http.StatusConflict, "")
	same(t, "open", c.sales.read("crm/opportunities", str(deal, "id")), m{"status": "open"})
	shown = c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	c.sales.must(http.StatusOK, c.sales.post(path, nil, "X-Preview-Hash", str(shown, "hash")))
	tree := c.sales.must(http.StatusOK, c.sales.get("/crm/opportunities/"+str(deal, "id")+"/tree"))
	if len(tree) == 0 {
		t.Error("no tree")
	}
}

// Two orders want the last goods; when one gives way the other gets them.
func TestLoopFreedGoodsGoToWhoWaits(t *testing.T) {
	c := newCompany(t, newWorld(t), "Freed")
	c.switches(false, "purchasing")
	c.stock(c.motor, "5", "480")
	first := c.sell(c.motor, "5", "100")
	second := c.sell(c.motor, "4", "100")
	c.sales.act("sales/orders", str(first, "id"), "amend", m{"lines": []m{{"id": lines(first)[0]["id"], "quantity": "2"}}})
	same(t, "second", lines(c.sales.read("sales/orders", str(second, "id")))[0], m{"reserved_quantity": "3"})
	c.sales.act("sales/orders", str(first, "id"), "cancel", nil)
	same(t, "second", lines(c.sales.read("sales/orders", str(second, "id")))[0], m{"reserved_quantity": "4"})
	if _, reserved, free := c.balance(t, c.motor); reserved.String() != "4" || free.String() != "1" {
		t.Errorf("reserved %s, free %s", reserved, free)
	}
}

// Closing ends an order of which a part was delivered; what it waits for is given up.
func TestLoopCloseTheRest(t *testing.T) {
	c := newCompany(t, newWorld(t), "Closes")
	c.stock(c.motor, "2", "480")
	order := c.sell(c.motor, "5", "100")
	c.sales.refused("nothing shipped", c.sales.doing("sales/orders", order, "close", nil), http.StatusUnprocessableEntity, "order.nothing_shipped")
	inv := c.ships(order)
	c.sales.act("sales/orders", str(order, "id"), "close", m{"reason": "enough"})
	same(t, "closed", c.sales.read("sales/orders", str(order, "id")), m{"status": "done", "delivery_status": "shipped", "delivery_progress": "100", "invoice_status": "invoiced", "payment_status": "none"})
	same(t, "requisition", c.buyer.one("purchasing/requisitions", ""), m{"status": "cancelled"})
	same(t, "receivable", c.books.one("finance/receivables", ""), m{"expected_amount": "226"})
	c.pays("226", m{"invoice_id": inv["id"], "amount": "226"})
	same(t, "paid", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "paid", "collected_amount": "226", "status": "done"})
}

// Credit: who owes too much needs somebody to let the order pass.
func TestLoopCreditLimit(t *testing.T) {
	c := newCompany(t, newWorld(t), "Credit")
	c.stock(c.motor, "10", "480")
	c.customer = c.owner.create("crm/customers", m{"name": "Poor", "credit_limit": "500"})
	first := c.sell(c.motor, "4", "100")
	inv := c.ships(first)
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "1", "100")}})
	parked := c.sales.doing("sales/orders", order, "confirm", nil)
	if parked.status != http.StatusAccepted {
		t.Fatalf("%d %s", parked.status, parked.raw)
	}
	same(t, "held", c.sales.read("sales/orders", str(order, "id")), m{"status": "pending_approval"})
	c.director.act("approvals", str(parked.body["approval"].(m), "id"), "reject", nil)
	c.pays("452", m{"invoice_id": inv["id"], "amount": "452"})
	same(t, "passes", c.sales.act("sales/orders", str(order, "id"), "confirm", nil), m{"status": "confirmed"})
}
