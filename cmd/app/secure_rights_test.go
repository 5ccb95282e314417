package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func (p person) patch(path string, in m) answer {
	p.t.Helper()
	return p.do(http.MethodPatch, path, in, "If-Match", fmt.Sprint(p.must(http.StatusOK, p.get(path))["version"]))
}

// Lines hold fields: who may write none of them may not take lines away, add or move them either.
func TestLinesAreNotRemovedWithoutTheRightToWriteThem(t *testing.T) {
	c := newCompany(t, newWorld(t), "Lines")
	viewer := c.owner.hire("vic", "viewer")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{
		{"product_id": c.motor["id"], "quantity": "1", "unit_price": "700"}, {"product_id": c.steel["id"], "quantity": "2", "unit_price": "7"},
	}})
	path := "/sales/orders/" + str(order, "id")
	first, second := lines(order)[0]["id"], lines(order)[1]["id"]
	for what, list := range map[string][]m{"all removed": {}, "one removed": {{"id": first}}, "moved": {{"id": second}, {"id": first}}} {
		for _, p := range []person{viewer, c.store, c.books, c.planner} {
			p.refused(p.email+": "+what, p.patch(path, m{"lines": list}), http.StatusForbidden, "field.denied")
		}
	}
	if n := len(lines(c.sales.read("sales/orders", str(order, "id")))); n != 2 {
		t.Fatalf("%d lines are left", n)
	}
	c.sales.must(http.StatusOK, c.sales.patch(path, m{"lines": []m{{"id": second}}}))
	if n := len(lines(c.sales.read("sales/orders", str(order, "id")))); n != 1 {
		t.Errorf("%d lines are left", n)
	}
}

// An administrator may do much, but not take a company from its owner.
func TestOwnersCanOnlyBeTouchedByOwners(t *testing.T) {
	w := newWorld(t)
	o := w.signUp(t, "Owned")
	admin, clerk := o.hire("ada", "admin"), o.hire("cleo", "viewer")
	for what, in := range map[string]m{"demoted": {"roles": []string{"viewer"}}, "switched off": {"active": false}, "renamed": {"email": "other@example.com"}} {
		admin.refused("an owner "+what, admin.patch("/users/"+o.id, in), http.StatusForbidden, "role.owner")
	}
	admin.refused("raising oneself", admin.patch("/users/"+admin.id, m{"roles": []string{"owner"}}), http.StatusForbidden, "role.owner")
	admin.refused("an owner by import", admin.post("/users/import", "email,name,roles\nx@example.com,X,owner\n"), http.StatusForbidden, "role.owner")
	o.refused("a role by import", o.post("/users/import", "email,name,roles\nx@example.com,X,emperor\n"), http.StatusBadRequest, "")
	clerk.refused("raising oneself", clerk.patch("/users/"+clerk.id, m{"roles": []string{"admin"}}), http.StatusForbidden, "field.denied")
	o.refused("the last owner leaves", o.patch("/users/"+o.id, m{"roles": []string{"admin"}}), http.StatusUnprocessableEntity, "user.last_owner")
	o.refused("the last owner goes", o.patch("/users/"+o.id, m{"active": false}), http.StatusUnprocessableEntity, "user.last_owner")
	o.must(http.StatusOK, o.patch("/users/"+admin.id, m{"roles": []string{"owner"}}))
	o.must(http.StatusOK, o.patch("/users/"+o.id, m{"roles": []string{"viewer"}}))
	o.refused("no owner any more", o.patch("/users/"+admin.id, m{"active": false}), http.StatusForbidden, "")
}

// What others were told, and what they remarked on records that one may not see, is seen nowhere.
func TestRemarksAndNoticesOfOthersStayHidden(t *testing.T) {
	c := newCompany(t, newWorld(t), "Hidden")
	security := c.owner.hire("sec", "security_officer")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.machine["id"], "quantity": "1", "unit_price": "60000"}}})
	id := str(order, "id")
	c.sales.act("sales/orders", id, "confirm", nil)
	told := c.planner.list("notifications", "")
	if len(told) == 0 {
		t.Fatal("the planner was told nothing")
	}
	text := str(told[0], "text_en")
	for _, p := range []person{c.sales, c.director, security} {
		for _, path := range []string{"/sales/orders/" + id + "/tree", "/audit?limit=500", "/audit?entity=notification&record_id=" + str(told[0], "id"), "/notifications"} {
			if a := p.get(path); strings.Contains(a.raw, text) {
				t.Errorf("%s reads at %s what the planner was told: %s", p.email, path, text)
			}
		}
	}
	bill := c.books.create("finance/payments", m{"direction": "in", "customer_id": c.customer["id"], "amount": "5", "date": "2026-01-02"})
	about := m{"entity": "finance.payment", "record_id": bill["id"], "text": "CANARY the customer is broke"}
	c.store.refused("a remark on what one may not see", c.store.post("/comments", about), http.StatusBadRequest, "fields.invalid")
	c.store.refused("a file on what one may not see", c.store.post("/attachments", m{"entity": "finance.payment", "record_id": bill["id"], "name": "x"}), http.StatusBadRequest, "fields.invalid")
	c.store.refused("a remark on nothing", c.store.post("/comments", m{"entity": "planet", "record_id": bill["id"], "text": "x"}), http.StatusBadRequest, "fields.invalid")
	remark := c.books.create("comments", about)
	path := "/comments/" + str(remark, "id")
	for _, p := range []person{c.store, c.planner, security} {
		if rows := p.list("comments", ""); len(rows) != 0 {
			t.Errorf("%s reads %v", p.email, rows)
		}
		p.refused(p.email, p.get(path), http.StatusNotFound, "record.not_found")
		p.refused(p.email, p.get(path+"/tree"), http.StatusNotFound, "record.not_found")
		p.refused(p.email, p.do(http.MethodPatch, path, m{"text": "x"}, "If-Match", "1"), http.StatusNotFound, "record.not_found")
		if a := p.get("/audit?limit=500"); strings.Contains(a.raw, "CANARY") {
			t.Errorf("%s reads the remark in the audit", p.email)
		}
	}
	if rows := c.owner.list("comments", "q=&entity=finance.payment"); len(rows) != 1 {
		t.Errorf("the owner sees %d remarks", len(rows))
	}
	c.owner.refused("another's remark changed", c.owner.patch(path, m{"text": "fine"}), http.StatusForbidden, "record.not_author")
	c.books.must(http.StatusOK, c.books.patch(path, m{"text": "paid"}))
	on := c.store.create("comments", m{"entity": "sales.order", "record_id": id, "text": "on its way"})
	if rows := c.sales.list("comments", "record_id="+id); len(rows) != 1 || rows[0]["id"] != on["id"] {
		t.Errorf("sales reads %v", rows)
	}
}

// A member of an action's input stands for a field: who may not write that class may not give it.
func TestTheWarehouseSetsNoCosts(t *testing.T) {
	c := newCompany(t, newWorld(t), "Costs")
	po := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": c.steel["id"], "quantity": "10", "unit_price": "9.5"}}})
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	path := "/inventory/receipts/" + str(receipt, "id") + "/receive"
	line := m{"id": lines(receipt)[0]["id"], "quantity": "10", "unit_cost": "0.01"}
	for _, q := range []string{"", "?dry_run=true"} {
		c.store.refused("a cost"+q, c.store.post(path+q, m{"lines": []m{line}}), http.StatusForbidden, "field.denied")
	}
	receipts := c.store.described()["inventory/receipts"]
	for _, part := range []string{"fields", "lines", "actions"} {
		list, _ := receipts[part].([]any)
		for _, x := range list {
			if one, _ := x.(m); part != "lines" && strings.Contains(fmt.Sprint(one), "unit_cost") || strings.Contains(fmt.Sprint(one["fields"]), "unit_cost") {
				t.Errorf("the warehouse is offered the cost in %s", part)
			}
		}
	}
	delete(line, "unit_cost")
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", m{"lines": []m{line}})
	if got := c.buyer.read("inventory/receipts", str(receipt, "id")); !num(t, lines(got)[0], "unit_cost").Equal(num(t, m{"x": "9.5"}, "x")) {
		t.Errorf("valued at %v", lines(got)[0]["unit_cost"])
	}
}

// A file of a denied field is refused as its filter is, and what is exported stands in the audit.
func TestExportsNameNoDeniedField(t *testing.T) {
	c := newCompany(t, newWorld(t), "Export")
	c.sales.refused("a denied column", c.sales.get("/inventory/products/export?fields=name,standard_cost"), http.StatusForbidden, "field.denied")
	if a := c.sales.get("/inventory/products/export"); a.status != http.StatusOK || strings.Contains(a.raw, "20000") || strings.Contains(a.raw, "Standard cost") {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if log := c.owner.get("/audit?action=export"); !strings.Contains(log.raw, c.sales.id) {
		t.Errorf("the export left no trace: %s", log.raw)
	}
}
