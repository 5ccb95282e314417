package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// denied tells whether a record names a field as denied and does not hold it.
func denied(x m, field string) bool {
	_, there := x[field]
	return !there && strings.Contains(fmt.Sprint(x["_denied"]), field)
}

func TestRolesSeeWhatTheyMay(t *testing.T) {
	c := newCompany(t, newWorld(t), "Rights")
	viewer, security, manager := c.owner.hire("vic", "viewer"), c.owner.hire("sec", "security_officer"), c.owner.hire("pm", "project_manager")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "terms": "secret", "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "700"}}})
	id := str(order, "id")
	c.sales.act("sales/orders", id, "confirm", nil)
	cases := []struct {
		who    person
		path   string
		id     any
		denied []string
		seen   []string
	}{
		{c.sales, "inventory/products", c.motor["id"], []string{"standard_cost"}, []string{"list_price", "name"}},
		{c.director, "inventory/products", c.motor["id"], []string{"standard_cost"}, []string{"list_price"}},
		{c.buyer, "inventory/products", c.motor["id"], nil, []string{"standard_cost"}},
		{c.store, "inventory/products", c.motor["id"], []string{"standard_cost", "list_price"}, []string{"name"}},
		{viewer, "inventory/products", c.motor["id"], []string{"standard_cost"}, []string{"list_price"}},
		{c.sales, "sales/orders", id, []string{"cost_amount"}, []string{"total_amount", "payment_status", "terms"}},
		{c.director, "sales/orders", id, nil, []string{"margin_amount", "total_amount"}},
		{c.store, "sales/orders", id, []string{"total_amount", "terms", "payment_status"}, []string{"no", "status"}},
		{viewer, "sales/orders", id, []string{"payment_status", "terms", "cost_amount", "collected_amount"}, []string{"total_amount"}},
		{manager, "sales/orders", id, nil, []string{"no"}},
		{c.books, "sales/orders", id, nil, []string{"payment_status", "total_amount"}},
	}
	for _, x := range cases {
		got := x.who.read(x.path, fmt.Sprint(x.id))
		for _, f := range x.denied {
			if !denied(got, f) {
				t.Errorf("%s reads %s of %s: %v", x.who.email, f, x.path, got[f])
			}
			x.who.refused(x.who.email+" filters by "+f, x.who.get("/"+x.path+"?"+f+"=1"), http.StatusForbidden, "field.denied")
			x.who.refused(x.who.email+" sorts by "+f, x.who.get("/"+x.path+"?sort="+f), http.StatusForbidden, "field.denied")
		}
		for _, f := range x.seen {
			if _, ok := got[f]; !ok {
				t.Errorf("%s does not see %s of %s: denied %v", x.who.email, f, x.path, got["_denied"])
			}
		}
	}
	for _, path := range []string{"crm/customers", "sales/orders", "finance/entries", "inventory/products", "purchasing/orders"} {
		security.refused("security officer on "+path, security.get("/"+path), http.StatusForbidden, "entity.denied")
	}
	c.store.refused("warehouse on invoices", c.store.get("/finance/invoices"), http.StatusForbidden, "entity.denied")
	c.store.refused("warehouse confirms", c.store.post("/sales/orders/"+id+"/cancel", nil), http.StatusForbidden, "action.denied")
	c.sales.refused("sales makes products", c.sales.post("/inventory/products", m{"number": "Z", "name": "z", "type": "stock", "unit": "pcs"}), http.StatusForbidden, "")
	c.sales.refused("sales hires", c.sales.post("/users", m{"email": "x@example.com", "name": "x", "roles": []string{"owner"}}), http.StatusForbidden, "")
	c.sales.refused("sales switches modules", c.sales.do(http.MethodPut, "/modules", m{"off": []string{"finance"}}), http.StatusForbidden, "modules.denied")
	if export := c.sales.get("/inventory/products/export"); export.status == http.StatusOK && strings.Contains(export.raw, ",480") { // ids hold any digits
		t.Errorf("an export leaks: %s", export.raw)
	}
}

func TestOnlyFinanceChangesThePaymentStatus(t *testing.T) {
	c := newCompany(t, newWorld(t), "Payment")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "700"}}})
	id := str(order, "id")
	c.sales.act("sales/orders", id, "confirm", nil)
	version := func() string { return fmt.Sprint(c.books.read("sales/orders", id)["version"]) }
	patch := m{"payment_status": "paid"}
	for _, p := range []person{c.sales, c.director, c.store, c.buyer} {
		a := p.do(http.MethodPatch, "/sales/orders/"+id, patch, "If-Match", version())
		p.refused(p.email, a, http.StatusForbidden, "field.denied")
		if str(a.body, "rule") == "" {
			t.Errorf("no rule is named: %s", a.raw)
		}
	}
	c.books.must(http.StatusOK, c.books.do(http.MethodPatch, "/sales/orders/"+id, patch, "If-Match", version()))
	same(t, "order", c.sales.read("sales/orders", id), m{"payment_status": "paid"})
}

func TestApprovalsCannotBeWalkedAround(t *testing.T) {
	c := newCompany(t, newWorld(t), "Approve")
	big := func(by person) string {
		o := by.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.machine["id"], "quantity": "2", "unit_price": "60000"}}})
		return str(o, "id")
	}
	limit := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "88495.58"}}})
	same(t, "at the limit", limit, m{"total_amount": "100000.01"})

	// Nobody approves their own request, not even a director.
	own := big(c.director)
	out := c.director.must(http.StatusAccepted, c.director.post("/sales/orders/"+own+"/confirm", nil))
	path := "/approvals/" + str(out["approval"].(m), "id")
	c.director.refused("their own", c.director.post(path+"/approve", nil), http.StatusForbidden, "")
	c.director.refused("a locked order", c.director.do(http.MethodPatch, "/sales/orders/"+own, m{"delivery_address": "x"}, "If-Match", fmt.Sprint(c.director.read("sales/orders", own)["version"])),
		http.StatusConflict, "approval.pending")
	second := c.owner.hire("dan", "sales_director")
	if inbox := second.list("approvals", "status=pending"); len(inbox) != 1 {
		t.Errorf("the inbox holds %d", len(inbox))
	}
	second.must(http.StatusOK, second.post(path+"/reject", m{"comment": "too cheap"}))
	same(t, "rejected", c.director.read("sales/orders", own), m{"status": "draft"})
	second.refused("decided", second.post(path+"/approve", nil), http.StatusConflict, "")

	// Two approvers at once: one decides.
	id := big(c.sales)
	out = c.sales.must(http.StatusAccepted, c.sales.post("/sales/orders/"+id+"/confirm", nil))
	path = "/approvals/" + str(out["approval"].(m), "id") + "/approve"
	results := make(chan int, 2)
	for _, p := range []person{c.director, second} {
		go func() { results <- p.post(path, nil).status }()
	}
	if a, b := <-results, <-results; a+b != http.StatusOK+http.StatusConflict {
		t.Errorf("two approvers got %d and %d", a, b)
	}
	if n := len(c.planner.list("production/production_orders", "sales_order_id="+id)); n != 2 {
		t.Errorf("%d production orders", n)
	}
	tree := c.planner.must(http.StatusOK, c.planner.get("/production/production_orders/"+str(c.planner.list("production/production_orders", "sales_order_id="+id)[0], "id")+"/tree"))
	if !strings.Contains(fmt.Sprint(tree), "sales.order.confirmed") {
		t.Errorf("the tree does not tell why: %v", tree)
	}
}
