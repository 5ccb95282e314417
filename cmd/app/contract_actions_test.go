package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestContractDryRunsAndApprovals(t *testing.T) {
	c := newCompany(t, newWorld(t), "Actions")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.machine["id"], "quantity": "2", "unit_price": "60000"}}})
	path := "/sales/orders/" + str(order, "id") + "/confirm"
	shown := c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	raw := fmt.Sprint(shown["events"])
	for _, want := range []string{"sales.order.confirmed", "production.", "purchasing.", "caused", "effects"} { // beyond the approval
		if !strings.Contains(raw, want) {
			t.Errorf("the preview shows no %s: %.600s", want, raw)
		}
	}
	if str(shown, "hash") == "" || c.sales.read("sales/orders", str(order, "id"))["status"] != "draft" || len(c.planner.list("production/production_orders", "")) != 0 {
		t.Errorf("hash %v", shown["hash"])
	}
	c.sales.refused("a typing mistake", c.sales.post(path+"?dry_run=yes", nil), http.StatusBadRequest, "")
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"status": "draft"})
	c.sales.refused("an unknown member", c.sales.post(path, m{"colour": "red"}), http.StatusBadRequest, "fields.invalid")
	out := c.sales.must(http.StatusAccepted, c.sales.post(path, nil, "Idempotency-Key", "c1", "X-Preview-Hash", str(shown, "hash")))
	if again := c.sales.post(path, nil, "Idempotency-Key", "c1", "X-Preview-Hash", str(shown, "hash")); again.status != http.StatusAccepted {
		t.Errorf("repeated: %d", again.status)
	}
	same(t, "parked", out, m{"status": "pending_approval"})
	approval := out["approval"].(m)
	for _, f := range []string{"entity", "record_id", "action", "requested_by", "status", "content_hash", "steps"} {
		if approval[f] == nil || approval[f] == "" {
			t.Errorf("the approval has no %s: %v", f, approval)
		}
	}
	same(t, "approval", approval, m{"entity": "sales.order", "record_id": order["id"], "action": "confirm", "requested_by": c.sales.id, "status": "pending"})
	c.director.must(http.StatusOK, c.director.post("/approvals/"+str(approval, "id")+"/approve", nil))
	same(t, "approval", c.director.read("approvals", str(approval, "id")), m{"status": "approved"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"status": "confirmed"})
	c.sales.refused("twice", c.sales.post(path, nil), http.StatusConflict, "")
	for _, p := range []string{"/crm/customers/" + str(c.customer, "id"), "/production/production_orders/" + str(c.planner.list("production/production_orders", "")[0], "id")} {
		tree := c.owner.must(http.StatusOK, c.owner.get(p+"/tree"))
		if _, ok := tree["events"].([]any); !ok {
			t.Errorf("%s/tree: %v", p, tree)
		}
	}
	// Withdrawn and rejected orders are drafts again.
	for _, how := range []struct {
		who    person
		action string
		status string
	}{{c.sales, "withdraw", "withdrawn"}, {c.director, "reject", "rejected"}, {c.director, "return", ""}} {
		o := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.machine["id"], "quantity": "2", "unit_price": "60000"}}})
		parked := c.sales.must(http.StatusAccepted, c.sales.post("/sales/orders/"+str(o, "id")+"/confirm", nil))
		key := str(parked["approval"].(m), "id")
		how.who.must(http.StatusOK, how.who.post("/approvals/"+key+"/"+how.action, nil))
		same(t, how.action, c.sales.read("sales/orders", str(o, "id")), m{"status": "draft"})
		if how.status != "" {
			same(t, how.action, c.director.read("approvals", key), m{"status": how.status})
		}
	}
}

// A dry run of any write shows what it would do and leaves nothing.
func TestContractDryRunOfRecords(t *testing.T) {
	p := newWorld(t).signUp(t, "Dry", "crm")
	tree := p.must(http.StatusOK, p.post("/crm/customers?dry_run=true", m{"name": "North"}))
	if len(p.list("crm/customers", "")) != 0 || !strings.Contains(fmt.Sprint(tree["effects"]), "North") {
		t.Errorf("creating: %v", tree)
	}
	p.refused("creating nothing", p.post("/crm/customers?dry_run=true", m{}), http.StatusBadRequest, "fields.invalid")
	x := p.create("crm/customers", m{"name": "North"})
	path := "/crm/customers/" + str(x, "id")
	p.must(http.StatusOK, p.do(http.MethodPatch, path+"?dry_run=true", m{"name": "South"}, "If-Match", "1"))
	p.must(http.StatusOK, p.do(http.MethodDelete, path+"?dry_run=true", nil))
	same(t, "untouched", p.read("crm/customers", str(x, "id")), m{"name": "North", "version": 1})
	made := p.post("/crm/customers", m{"name": "East"}, "Idempotency-Key", "k")
	again := p.post("/crm/customers", m{"name": "East"}, "Idempotency-Key", "k")
	if made.raw != again.raw || made.status != again.status || made.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("repeated: %s", again.raw)
	}
	p.refused("another body", p.post("/crm/customers", m{"name": "West"}, "Idempotency-Key", "k"), http.StatusConflict, "idempotency")
	u := p.post("/users", m{"name": "U", "email": "u@example.com", "roles": []string{"sales"}}, "Idempotency-Key", "u")
	if b := p.post("/users", m{"name": "U", "email": "u@example.com", "roles": []string{"sales"}}, "Idempotency-Key", "u"); b.status != http.StatusCreated || b.raw != u.raw {
		t.Errorf("a user repeated: %d %s", b.status, b.raw)
	}
	tok := p.post("/tokens", m{"name": "t"}, "Idempotency-Key", "t")
	if b := p.post("/tokens", m{"name": "t"}, "Idempotency-Key", "t"); tok.status != http.StatusCreated || b.status != http.StatusCreated {
		t.Errorf("a token repeated: %d %s", b.status, b.raw)
	}
}

func TestContractDenied(t *testing.T) {
	p := newWorld(t).signUp(t, "Denied")
	x := p.create("inventory/products", m{"number": "A", "name": "A", "type": "stock", "unit": "pcs", "standard_cost": "7"})
	s := p.hire("sam", "sales")
	got := s.read("inventory/products", str(x, "id"))
	if !denied(got, "standard_cost") {
		t.Errorf("sales reads %v", got)
	}
	list := s.one("inventory/products", "number=A")
	if !denied(list, "standard_cost") {
		t.Errorf("sales lists %v", list)
	}
	for _, q := range []string{"standard_cost[gte]=1", "sort=standard_cost", "standard_cost[null]=true"} {
		a := s.get("/inventory/products?" + q)
		s.refused(q, a, http.StatusForbidden, "field.denied")
		if str(a.body, "rule") == "" {
			t.Errorf("no rule: %s", a.raw)
		}
	}
	if a := s.get("/inventory/products?fields=number,standard_cost"); a.status == http.StatusOK && !strings.Contains(a.raw, `"_denied":["standard_cost"]`) {
		t.Errorf("fields: %s", a.raw)
	}
	if a := s.get("/inventory/products/export?fields=number,standard_cost"); a.status == http.StatusOK && strings.Contains(a.raw, "7") {
		t.Errorf("export: %s", a.raw)
	}
	v := p.hire("val", "viewer")
	v.refused("a viewer writes", v.post("/crm/customers", m{"name": "x"}), http.StatusForbidden, "")
	v.refused("a viewer imports", v.upload("/crm/customers/import?dry_run=true", "name\nx\n"), http.StatusForbidden, "")
}

// Lines of a delivery or a receipt are named by any of their ids, as they were read.
func TestContractPartialLines(t *testing.T) {
	c := newCompany(t, newWorld(t), "Lines")
	po := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "9", "unit_price": "5"}}})
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	c.store.refused("no line", c.store.post("/inventory/receipts/"+str(receipt, "id")+"/receive", m{"lines": []m{{"quantity": "1"}}}), http.StatusUnprocessableEntity, "")
	line := lines(receipt)[0]
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", m{"lines": []m{{"purchase_line_id": line["purchase_line_id"], "product_id": line["product_id"], "quantity": "4"}}})
	same(t, "order", lines(c.buyer.read("purchasing/orders", str(po, "id")))[0], m{"received_quantity": "4"})
	rest := c.store.one("inventory/receipts", "status=waiting")
	c.store.act("inventory/receipts", str(rest, "id"), "receive", m{"lines": []m{{"product_id": c.motor["id"], "quantity": "5"}}})

	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "6", "unit_price": "9"}}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	for _, ids := range []m{{"order_line_id": lines(order)[0]["id"]}, {"product_id": c.motor["id"]}, {"order_line_id": lines(order)[0]["id"], "product_id": c.motor["id"]}} {
		d := c.store.one("inventory/deliveries", "status[in]=ready,waiting&order_id="+str(order, "id"))
		ids["quantity"] = "2"
		c.store.act("inventory/deliveries", str(d, "id"), "ship", m{"lines": []m{ids}})
	}
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_status": "shipped", "invoice_status": "invoiced"})
	for _, p := range []person{c.sales, c.owner} {
		x := p.must(http.StatusOK, p.get("/policy/explain?entity=inventory.product&field=standard_cost"))
		if who, _ := x["person"].(m); who["rule"] == nil || who["allow"] != (p == c.owner) {
			t.Errorf("explained: %v", x["person"])
		}
		p.refused("an unknown field", p.get("/policy/explain?entity=inventory.product&field=none"), http.StatusBadRequest, "field.unknown")
	}
}

// What records are called in a preview is in the caller's language, where they have a name in it.
func TestAPreviewNamesRecordsInTheCallersLanguage(t *testing.T) {
	c := newCompany(t, newWorld(t), "Named")
	payment := c.books.create("finance/payments", m{"direction": "in", "customer_id": c.customer["id"], "amount": "10"})
	for lang, want := range map[string]string{"en": "Bank", "zh-CN": "银行"} {
		shown := c.books.must(http.StatusOK, c.books.post("/finance/payments/"+str(payment, "id")+"/post?dry_run=true", nil, "Accept-Language", lang))
		got := ""
		for _, x := range shown["effects"].([]any) {
			if names, ok := x.(m)["names"].(m); ok && str(names, "journal_id") != "" {
				got = str(names, "journal_id")
			}
		}
		if got != want {
			t.Errorf("in %s the journal is called %q, want %q", lang, got, want)
		}
	}
}
