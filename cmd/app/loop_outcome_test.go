package app_test

import (
	"net/http"
	"testing"
)

// preview does an action as a dry run and returns what would become of each document, by entity.
func (p person) preview(path string, rec m, action string, in any) map[string][]m {
	p.t.Helper()
	tree := p.must(http.StatusOK, p.post("/"+path+"/"+str(rec, "id")+"/"+action+"?dry_run=true", in))
	out := map[string][]m{}
	for _, e := range lists(tree, "effects") {
		if e["effect"] != nil {
			out[str(e, "entity")] = append(out[str(e, "entity")], e)
		}
	}
	return out
}

// A dry run of an amendment tells for each document whether it is kept, raised, reduced or cancelled, and saves nothing.
func TestLoopAmendShowsWhatBecomesOfEachDocument(t *testing.T) {
	c := newCompany(t, newWorld(t), "Outcomes")
	c.stock(c.motor, "4", "480")
	order := c.sell(c.motor, "6", "600")
	key := lines(order)[0]["id"]
	pr := c.buyer.one("purchasing/requisitions", "")

	up := c.sales.preview("sales/orders", order, "amend", m{"lines": []m{{"id": key, "quantity": "9"}}})
	if got := up["purchasing.requisition"]; len(got) != 2 || got[0]["effect"] != "raised" || got[1]["effect"] != "kept" {
		t.Errorf("requisitions of a raise: %v", got)
	} else {
		same(t, "the difference", got[0], m{"from": "0", "to": "3"})
		same(t, "what stands", got[1], m{"from": "2", "to": "2", "record_id": pr["id"], "no": pr["no"]})
	}
	same(t, "receivable", one(t, up["finance.receivable"]), m{"effect": "raised", "from": "4068", "to": "6102"})
	same(t, "delivery", one(t, up["inventory.delivery_line"]), m{"effect": "kept", "from": "4"})

	down := c.sales.preview("sales/orders", order, "amend", m{"lines": []m{{"id": key, "quantity": "3"}}})
	same(t, "requisition", one(t, down["purchasing.requisition"]), m{"effect": "cancelled", "from": "2", "to": "0"})
	same(t, "delivery", one(t, down["inventory.delivery_line"]), m{"effect": "reduced", "from": "4", "to": "3"})
	if got := down["inventory.reservation"]; len(got) != 2 || got[0]["effect"] != "cancelled" || got[1]["effect"] != "reduced" {
		t.Errorf("reservations: %v", got)
	}
	same(t, "nothing is saved", c.sales.read("sales/orders", str(order, "id")), m{"revision": "0", "total_amount": "4068"})
	same(t, "nothing is saved", c.buyer.one("purchasing/requisitions", ""), m{"quantity": "2", "status": "draft"})

	c.sales.act("sales/orders", str(order, "id"), "amend", m{"requested_date": inDays(9), "lines": []m{{"id": key, "quantity": "9", "unit_price": "550"}}})
	r := c.sales.one("sales/revisions", "")
	rows := lists(c.sales.must(http.StatusOK, c.sales.get("/sales/revision_changes?revision_id="+str(r, "id"))), "data")
	if len(rows) != 4 {
		t.Fatalf("differences: %v", rows)
	}
	same(t, "date", rows[0], m{"field": "requested_date", "label": "Requested date", "before": "", "after": inDays(9), "change": "changed"})
	same(t, "quantity", rows[1], m{"field": "quantity", "before": "6", "after": "9", "order_line_id": key, "product_id": c.motor["id"]})
	same(t, "price", rows[2], m{"field": "unit_price", "before": "600", "after": "550"})
	same(t, "total", rows[3], m{"field": "total_amount", "before": "4068", "after": "5593.50"})
}

func one(t *testing.T, list []m) m {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("%d, want one: %v", len(list), list)
	}
	return list[0]
}

// What is on the shop floor or with a vendor is left to its owner, with what each choice costs, for those who may see cost.
func TestLoopCancelLeavesWhatHasBegunToItsOwner(t *testing.T) {
	c := newCompany(t, newWorld(t), "Decisions")
	c.stock(c.steel, "40", "9")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "3", "600"), line(c.frame, "1", "5000")}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	req := c.buyer.one("purchasing/requisitions", "")
	c.buyer.act("purchasing/requisitions", str(req, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(req, "id"), "order", nil)
	c.buyer.act("purchasing/orders", str(c.buyer.one("purchasing/orders", ""), "id"), "confirm", nil)
	frame := c.made(c.frame)
	c.planner.act(orders, str(frame, "id"), "release", nil)
	c.planner.act(orders, str(frame, "id"), "issue", nil)

	shown := c.owner.preview("sales/orders", order, "cancel", nil)
	made := one(t, shown["production.production_order"])
	same(t, "made", made, m{"effect": "decision", "from": "1", "to": "1", "no": frame["no"], "cost": "3000"})
	choices := lists(made, "choices")
	if len(choices) != 2 {
		t.Fatalf("choices: %v", choices)
	}
	same(t, "go on", choices[0], m{"choice": "keep", "cost": "3000"})
	same(t, "stop", choices[1], m{"choice": "stop", "cost": "360"})
	bought := one(t, shown["purchasing.requisition"])
	same(t, "bought", bought, m{"effect": "decision", "no": req["no"], "cost": "1440"})
	for _, e := range c.sales.preview("sales/orders", order, "cancel", nil)["production.production_order"] {
		if e["cost"] != nil || lists(e, "choices")[1]["cost"] != nil {
			t.Errorf("a salesperson sees cost: %v", e)
		}
	}

	c.sales.act("sales/orders", str(order, "id"), "cancel", nil)
	same(t, "flagged", c.planner.one(orders, "unneeded_quantity[gt]=0"), m{"no": frame["no"], "unneeded_quantity": "1", "status": "in_progress"})
	same(t, "flagged", c.buyer.one("purchasing/requisitions", "unneeded_quantity[gt]=0"), m{"no": req["no"], "unneeded_quantity": "3"})
	c.sales.refused("not theirs", c.sales.doing(orders, frame, "keep", nil), http.StatusForbidden, "")
	same(t, "decided", c.planner.act(orders, str(frame, "id"), "keep", nil), m{"unneeded_quantity": "0"})
	same(t, "decided", c.buyer.act("purchasing/requisitions", str(req, "id"), "keep", nil), m{"unneeded_quantity": "0"})
}

// A draft purchase order shrinks with the need, lot sizes and the buyer's own surplus respected; what nobody needs any more goes.
func TestLoopDraftPurchaseOrdersShrink(t *testing.T) {
	c := newCompany(t, newWorld(t), "Shrinks")
	a, b := c.sell(c.motor, "6", "600"), c.sell(c.motor, "5", "600")
	for _, r := range c.buyer.list("purchasing/requisitions", "") {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	}
	po := c.buyer.one("purchasing/orders", "")
	same(t, "both", lines(po)[0], m{"quantity": "11", "needed_quantity": "11"})
	change := m{"lines": []m{{"id": lines(a)[0]["id"], "quantity": "2"}}}
	same(t, "shown", one(t, c.owner.preview("sales/orders", a, "amend", change)["purchasing.order_line"]), m{"effect": "reduced", "from": "11", "to": "7", "no": po["no"]})
	c.sales.act("sales/orders", str(a, "id"), "amend", change)
	po = c.buyer.read("purchasing/orders", str(po, "id"))
	same(t, "less", lines(po)[0], m{"quantity": "7", "needed_quantity": "7"})
	same(t, "less", po, m{"untaxed_amount": "3360"})
	c.sales.act("sales/orders", str(b, "id"), "cancel", nil)
	po = c.buyer.read("purchasing/orders", str(po, "id"))
	same(t, "one", lines(po)[0], m{"quantity": "2"})
	c.sales.act("sales/orders", str(a, "id"), "cancel", m{"line_ids": []any{lines(a)[0]["id"]}})
	same(t, "none", c.buyer.read("purchasing/orders", str(po, "id")), m{"status": "cancelled", "untaxed_amount": "0"})
	for _, r := range c.buyer.list("purchasing/requisitions", "") {
		same(t, "requisition", r, m{"status": "cancelled"})
	}
	same(t, "the order", c.sales.read("sales/orders", str(a, "id")), m{"status": "cancelled", "delivery_status": "none"})
}

// One line is called off after a part of it was shipped and invoiced; the others go on.
func TestLoopCancelOneLine(t *testing.T) {
	c := newCompany(t, newWorld(t), "OneLine")
	c.stock(c.motor, "2", "480")
	c.stock(c.steel, "9", "9")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "5", "600"), line(c.steel, "10", "20")}})
	order = c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	id, first := str(order, "id"), lines(order)[0]["id"]
	d := c.store.one("inventory/deliveries", "status=ready")
	c.store.act("inventory/deliveries", str(d, "id"), "ship", m{"lines": []m{{"order_line_id": first, "quantity": "2"}}})
	in := m{"line_ids": []any{first}, "reason": "enough"}
	same(t, "shown", one(t, c.sales.preview("sales/orders", order, "cancel", in)["finance.receivable"]), m{"effect": "reduced", "from": "3616", "to": "1582"})
	now := c.sales.act("sales/orders", id, "cancel", in)
	same(t, "order", now, m{"status": "in_progress", "delivery_status": "partial", "cancel_reason": "enough"})
	same(t, "line", lines(now)[0], m{"closed": "true", "shipped_quantity": "2", "invoiced_quantity": "2"})
	same(t, "other", lines(now)[1], m{"closed": "false", "reserved_quantity": "9"})
	same(t, "receivable", c.books.one("finance/receivables", "order_id="+id), m{"expected_amount": "1582", "invoiced_amount": "1356"})
	same(t, "motors", c.buyer.one("purchasing/requisitions", "product_id="+str(c.motor, "id")), m{"status": "cancelled"})
	same(t, "steel", c.buyer.one("purchasing/requisitions", "product_id="+str(c.steel, "id")), m{"status": "draft", "quantity": "1"})
	c.sales.refused("twice", c.sales.doing("sales/orders", order, "cancel", in), http.StatusBadRequest, "")
	c.sales.act("sales/orders", id, "close", m{"line_ids": []any{lines(now)[1]["id"]}})
	same(t, "delivered", c.sales.read("sales/orders", id), m{"delivery_status": "shipped", "delivery_progress": "100", "invoice_status": "invoiced"})
	c.balanced(t)
}
