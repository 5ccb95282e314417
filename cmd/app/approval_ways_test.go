package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// asked makes an order of so many machines that a director has to agree to, and asks for it. It returns the order's id and the request.
func (c *company) asked(by person, machines string) (string, m) {
	o := by.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.machine["id"], "quantity": machines, "unit_price": "60000"}}})
	out := by.must(http.StatusAccepted, by.post("/sales/orders/"+str(o, "id")+"/confirm", nil))
	approval, _ := out["approval"].(m)
	return str(o, "id"), approval
}

// Of many decisions each is checked by itself: those that may not be made are refused by name, and the one that may is carried out.
func TestManyDecisionsAreEachChecked(t *testing.T) {
	c := newCompany(t, newWorld(t), "Decides")
	stale, staleAsk := c.asked(c.sales, "2")
	own, ownAsk := c.asked(c.director, "2")
	second := c.owner.hire("dan", "sales_director")
	decided, decidedAsk := c.asked(c.sales, "2")
	second.must(http.StatusOK, second.post("/approvals/"+str(decidedAsk, "id")+"/reject", m{"comment": "no"}))
	good, goodAsk := c.asked(c.sales, "3")
	all := m{"decisions": []m{
		{"id": staleAsk["id"], "action": "approve", "content_hash": strings.Repeat("0", 64)},
		{"id": ownAsk["id"], "action": "approve", "content_hash": ownAsk["content_hash"]},
		{"id": decidedAsk["id"], "action": "approve", "content_hash": decidedAsk["content_hash"]},
		{"id": goodAsk["id"], "action": "approve", "content_hash": goodAsk["content_hash"], "comment": "fine"},
		{"id": "00000000-0000-7000-8000-000000000000", "action": "approve"},
	}}
	for _, p := range []person{c.sales, c.store} { // nobody else decides any of them
		if out := p.must(http.StatusOK, p.post("/approvals/decide", all)); out["done"] != 0.0 || out["refused"] != 5.0 {
			t.Errorf("%s decides: %v", p.email, out)
		}
	}
	out := c.director.must(http.StatusOK, c.director.post("/approvals/decide", all))
	if out["done"] != 1.0 || out["refused"] != 4.0 {
		t.Errorf("%v done, %v refused", out["done"], out["refused"])
	}
	want := []struct {
		status float64
		reason string
	}{{http.StatusConflict, "approval.other_content"}, {http.StatusForbidden, "approval.self"}, {http.StatusConflict, "state.not_allowed"}, {http.StatusOK, ""}, {http.StatusNotFound, "record.not_found"}}
	for i, x := range data(out) {
		problem, _ := x["problem"].(m)
		if x["status"] != want[i].status || str(problem, "reason") != want[i].reason || want[i].reason != "" && (str(problem, "detail") == "" || str(problem, "request_id") == "") {
			t.Errorf("decision %d: %v, want %v", i, x, want[i])
		}
		if x["id"] != all["decisions"].([]m)[i]["id"] {
			t.Errorf("decision %d is about %v", i, x["id"])
		}
	}
	for key, status := range map[string]string{stale: "pending_approval", own: "pending_approval", decided: "draft", good: "confirmed"} {
		same(t, "order", c.sales.read("sales/orders", key), m{"status": status})
	}
	same(t, "the good one", c.director.read("approvals", str(goodAsk, "id")), m{"status": "approved", "decided_by": c.director.id, "comment": "fine"})
	if n := len(c.planner.list("production/production_orders", "")); n != 2 { // of one order: machine and frame
		t.Errorf("%d production orders", n)
	}
	if again := c.director.must(http.StatusOK, c.director.post("/approvals/decide", all)); again["done"] != 0.0 {
		t.Errorf("a second time: %v", again)
	}
	for what, in := range map[string][]m{
		"nothing": {}, "twice": {{"id": goodAsk["id"], "action": "approve"}, {"id": goodAsk["id"], "action": "reject"}},
		"no decision": {{"id": goodAsk["id"], "action": "withdraw"}}, "no id": {{"id": "1", "action": "approve"}},
	} {
		c.director.refused(what, c.director.post("/approvals/decide", m{"decisions": in}), http.StatusBadRequest, "fields.invalid")
	}
}

// A record that waits for an approval is moved by no way but the decision of who may decide, with the roles that they have then.
func TestNoWayLeadsRoundAnApproval(t *testing.T) {
	c := newCompany(t, newWorld(t), "Ways")
	order, ask := c.asked(c.sales, "2")
	path, decision := "/sales/orders/"+order, "/approvals/"+str(ask, "id")
	line := str(lines(c.sales.read("sales/orders", order))[0], "id")
	still := func(what string) {
		t.Helper()
		x := c.owner.read("sales/orders", order)
		same(t, "after "+what, x, m{"status": "pending_approval", "total_amount": "135600"})
		same(t, "after "+what, c.owner.read("approvals", str(ask, "id")), m{"status": "pending"})
	}
	match := func() string { return fmt.Sprint(c.owner.read("sales/orders", order)["version"]) }

	// As a change, of the record and of many, by its salesperson, by a director and by the owner.
	for _, p := range []person{c.sales, c.director, c.owner} {
		for what, in := range map[string]m{
			"an address": {"delivery_address": "x"}, "a price": {"lines": []m{{"id": line, "unit_price": "1"}}}, "another line": {"lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "1"}}},
		} {
			p.refused(what, p.do(http.MethodPatch, path, in, "If-Match", match()), http.StatusConflict, "approval.pending")
		}
		if a := p.do(http.MethodPatch, path, m{"status": "confirmed"}, "If-Match", match()); a.status < http.StatusBadRequest {
			t.Errorf("%s sets the status: %s", p.email, a.raw)
		}
		if a := p.do(http.MethodPatch, "/sales/orders?id="+order, m{"set": m{"delivery_address": "x"}}); a.status < http.StatusBadRequest {
			t.Errorf("%s changes it among many: %s", p.email, a.raw)
		}
		if a := p.do(http.MethodPatch, decision, m{"status": "approved"}, "If-Match", "1"); a.status < http.StatusBadRequest {
			t.Errorf("%s sets the request's status: %s", p.email, a.raw)
		}
		if a := p.do(http.MethodPatch, "/approvals?id="+str(ask, "id"), m{"set": m{"status": "approved"}}); a.status < http.StatusBadRequest {
			t.Errorf("%s sets the request's status among many: %s", p.email, a.raw)
		}
		for _, action := range []string{"confirm", "release"} {
			if a := p.post(path+"/"+action, nil); a.status < http.StatusBadRequest {
				t.Errorf("%s does %s: %s", p.email, action, a.raw)
			}
		}
		if a := p.do(http.MethodDelete, path, nil); a.status < http.StatusBadRequest {
			t.Errorf("%s deletes it: %s", p.email, a.raw)
		}
		still("changes by " + p.email)
	}

	// As a file, which may neither say that something is confirmed or agreed to, nor name what is there.
	no := str(c.sales.read("sales/orders", order), "no")
	for what, table := range map[string]string{
		"status": "customer_id,status,lines.product_id,lines.quantity\nNorthwind,confirmed,E1,1\n", "no": "customer_id,no,lines.product_id,lines.quantity\nNorthwind," + no + ",E1,1\n",
		"id": "id,customer_id,lines.product_id,lines.quantity\n" + order + ",Northwind,E1,1\n",
	} {
		c.owner.refused("a file with "+what, c.owner.upload("/sales/orders/import", table), http.StatusBadRequest, "")
	}
	if a := c.owner.upload("/approvals/import", "status\napproved\n"); a.status < http.StatusBadRequest {
		t.Errorf("approvals are imported: %s", a.raw)
	}
	big := "customer_id,lines.product_id,lines.quantity,lines.unit_price\nNorthwind,M1,3,60000\n"
	c.sales.must(http.StatusOK, c.sales.upload("/sales/orders/import", big))
	imported := c.sales.one("sales/orders", "status=draft")
	c.sales.must(http.StatusAccepted, c.sales.post("/sales/orders/"+str(imported, "id")+"/confirm", nil))
	taken := c.owner.takeOver("", m{"then": `{"sales/orders":"confirm"}`}, "sales/orders", big)
	if len(c.owner.list("sales/orders", "status=confirmed")) > 0 {
		t.Errorf("a takeover confirms without an approval: %s", taken.raw)
	}
	still("files")

	// As somebody who is not, or no longer, the approver.
	second := c.owner.hire("dan", "sales_director")
	role := func(roles ...string) {
		u := c.owner.read("users", second.id)
		c.owner.must(http.StatusOK, c.owner.do(http.MethodPatch, "/users/"+second.id, m{"roles": roles}, "If-Match", fmt.Sprint(u["version"])))
	}
	if inbox := second.list("approvals", "status=pending"); len(inbox) == 0 {
		t.Error("the second director is shown nothing")
	}
	role("sales")
	second.refused("without the role", second.post(decision+"/approve", nil), http.StatusForbidden, "approval.not_approver")
	role("viewer")
	second.refused("as a viewer", second.post(decision+"/approve", nil), http.StatusForbidden, "")
	narrow := person{w: c.director.w, t: t, email: "token"}
	narrow.token = str(c.director.must(http.StatusCreated, c.director.post("/tokens", m{"name": "reads", "scopes": []string{"read"}})), "token")
	narrow.refused("a token that reads", narrow.post(decision+"/approve", nil), http.StatusForbidden, "")
	c.sales.refused("the requester", c.sales.post(decision+"/approve", nil), http.StatusForbidden, "")
	c.sales.refused("hands it over", c.sales.post(decision+"/delegate", m{"to": second.id}), http.StatusForbidden, "")
	still("others")

	// After it was taken back.
	c.sales.act("approvals", str(ask, "id"), "withdraw", nil)
	c.director.refused("withdrawn", c.director.post(decision+"/approve", nil), http.StatusConflict, "state.not_allowed")
	same(t, "withdrawn", c.sales.read("sales/orders", order), m{"status": "draft"})
	if n := len(c.planner.list("production/production_orders", "")); n != 0 {
		t.Errorf("%d production orders", n)
	}
}

// A deputy decides for who is away, but never what the two of them ask for themselves.
func TestADeputyIsNoWayRoundEither(t *testing.T) {
	c := newCompany(t, newWorld(t), "Deputies")
	deputy := c.owner.hire("dep", "sales")
	day := func(n int) string { return c.owner.w.app.DB.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	c.director.must(http.StatusCreated, c.director.post("/delegations", m{"delegate_id": deputy.id, "valid_from": day(-2), "valid_to": day(2), "reason": "leave"}))
	_, ask := c.asked(c.director, "2")
	deputy.refused("the director's own request", deputy.post("/approvals/"+str(ask, "id")+"/approve", nil), http.StatusForbidden, "approval.not_approver")
	_, ask = c.asked(deputy, "2")
	deputy.refused("their own request", deputy.post("/approvals/"+str(ask, "id")+"/approve", nil), http.StatusForbidden, "approval.self")
	out := deputy.must(http.StatusOK, deputy.post("/approvals/decide", m{"decisions": []m{{"id": ask["id"], "action": "approve"}}}))
	if out["done"] != 0.0 {
		t.Errorf("among many: %v", out)
	}
	order, ask := c.asked(c.sales, "2")
	deputy.must(http.StatusOK, deputy.post("/approvals/"+str(ask, "id")+"/approve", nil))
	same(t, "in the director's place", c.sales.read("sales/orders", order), m{"status": "confirmed"})
}
