package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Every record of one company is nothing to another: same answer, same text, whatever the route.
func TestAnotherCompanysRecordsDoNotExist(t *testing.T) {
	w := newWorld(t)
	a := newCompany(t, w, "Alpha")
	b := w.signUp(t, "Beta")
	a.stock(a.motor, "5", "480")
	order := a.sales.create("sales/orders", m{"customer_id": a.customer["id"], "lines": []m{{"product_id": a.machine["id"], "quantity": "1", "unit_price": "10"}}})
	a.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	unknown := w.app.DB.NewID().String()
	seen := 0
	for _, d := range w.app.Engine.Catalog().All() {
		if d.Collection == "" || d.Parent != nil {
			continue
		}
		for _, row := range a.owner.list(d.Path(), "") {
			seen++
			path := "/" + d.Path() + "/" + str(row, "id")
			probes := [][3]string{{http.MethodGet, "", ""}, {http.MethodGet, "/tree", ""}, {http.MethodPatch, "", "{}"}, {http.MethodDelete, "", ""}}
			for _, x := range w.app.Engine.Actions(d.Name) {
				probes = append(probes, [3]string{http.MethodPost, "/" + x.Name, ""})
			}
			for _, p := range probes {
				got := b.do(p[0], path+p[1], p[2], "If-Match", "1")
				none := b.do(p[0], "/"+d.Path()+"/"+unknown+p[1], p[2], "If-Match", "1")
				if got.status != http.StatusNotFound || plainProblem(got) != plainProblem(none) {
					t.Errorf("%s %s%s: %d %s, an unknown one: %d %s", p[0], path, p[1], got.status, got.raw, none.status, none.raw)
				}
			}
			if list := b.list(d.Path(), "id="+str(row, "id")); len(list) != 0 {
				t.Errorf("%s lists %v", d.Path(), list)
			}
			break // one of each kind
		}
	}
	if seen < 25 {
		t.Errorf("only %d kinds of record were there to probe", seen)
	}
	for field, ref := range map[string]string{"customer_id": str(a.customer, "id"), "owner_id": a.sales.id} {
		b.refused(field, b.post("/crm/opportunities", m{"name": "x", field: ref}), http.StatusBadRequest, "fields.invalid")
	}
}

func plainProblem(a answer) string {
	return fmt.Sprint(a.body["reason"], a.body["detail"], a.body["fields"])
}

// A company starts with crm alone, adds projects, then the rest; data stays, also while a module is off.
func TestModulesAreSwitchedLateAndKeepTheirData(t *testing.T) {
	w := newWorld(t)
	p := w.signUp(t, "Grow", "crm")
	customer := p.create("crm/customers", m{"name": "First"})
	off := p.get("/sales/orders")
	p.refused("a module that is off", off, http.StatusPaymentRequired, "module.off")
	if off.body["price"] == nil {
		t.Errorf("no price: %s", off.raw)
	}
	needs := p.do(http.MethodPut, "/modules", m{"on": []string{"production"}})
	p.refused("production without inventory", needs, http.StatusUnprocessableEntity, "module.needs")
	p.refused("a module that does not exist", p.do(http.MethodPut, "/modules", m{"on": []string{"teleport"}}), http.StatusBadRequest, "")

	p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"on": []string{"projects"}}))
	project := p.create("projects/projects", m{"name": "Install", "customer_id": customer["id"]})
	p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"on": []string{"sales", "inventory", "production", "purchasing", "finance"}}))
	same(t, "customer", p.read("crm/customers", str(customer, "id")), m{"name": "First"})

	p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"off": []string{"projects"}}))
	p.refused("projects off", p.get("/projects/projects/"+str(project, "id")), http.StatusPaymentRequired, "module.off")
	p.refused("crm off under sales", p.do(http.MethodPut, "/modules", m{"off": []string{"crm"}}), http.StatusUnprocessableEntity, "module.needed_by")
	p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"on": []string{"projects"}}))
	same(t, "project", p.read("projects/projects", str(project, "id")), m{"name": "Install"})

	list, _ := p.must(http.StatusOK, p.get("/modules"))["data"].([]any)
	for _, x := range list {
		mod, _ := x.(m)
		if mod["state"] != "on" && mod["name"] != "mail" {
			t.Errorf("%v is %v", mod["name"], mod["state"])
		}
	}
}

// Without inventory nothing is reserved: services and untracked goods are delivered and invoiced at once.
func TestSalesWorksWithoutInventory(t *testing.T) {
	w := newWorld(t)
	p := w.signUp(t, "Advice", "crm", "sales", "finance")
	customer := p.create("crm/customers", m{"name": "Client"})
	product := p.create("inventory/products", m{"number": "H", "name": "Advice", "type": "service", "unit": "h", "list_price": "100"})
	order := p.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": product["id"], "quantity": "3"}}})
	p.act("sales/orders", str(order, "id"), "confirm", nil)
	same(t, "order", p.read("sales/orders", str(order, "id")), m{"invoice_status": "invoiced", "delivery_status": "shipped"})
	same(t, "invoice", p.one("finance/invoices", ""), m{"total_amount": "339", "residual_amount": "339", "status": "posted"})
}

// A person who is logged in may found a second company and switch between the two.
func TestOnePersonWorksInTwoCompanies(t *testing.T) {
	w := newWorld(t)
	p := w.signUp(t, "One")
	out := p.must(http.StatusCreated, p.post("/signup", m{"company": "Two", "name": "x", "email": p.email, "password": "correct horse battery", "token": true}))
	list, _ := p.must(http.StatusOK, p.get("/workspaces"))["data"].([]any)
	if len(list) != 2 {
		t.Fatalf("%d workspaces: %v", len(list), list)
	}
	second, _ := out["tenant"].(m)
	p.create("crm/customers", m{"name": "of One"})
	switched := p.must(http.StatusOK, p.post("/switch", m{"workspace": second["id"]}))
	q := p
	q.token = str(switched, "token")
	if rows := q.list("crm/customers", ""); len(rows) != 0 {
		t.Errorf("company Two sees %v", rows)
	}
	if !strings.Contains(q.get("/me").raw, `"Two"`) {
		t.Error("still in company One")
	}
}
