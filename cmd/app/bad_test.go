package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// fieldsOf returns the errors of a problem by field.
func fieldsOf(a answer) map[string]string {
	out := map[string]string{}
	list, _ := a.body["fields"].([]any)
	for _, x := range list {
		f, _ := x.(m)
		out[str(f, "field")] = str(f, "reason")
	}
	return out
}

// wants checks status and reason of a refusal.
func (p person) refused(what string, a answer, status int, reason string) {
	p.t.Helper()
	if a.status != status || !strings.Contains(str(a.body, "reason"), reason) {
		p.t.Errorf("%s: got %d %s, want %d %s", what, a.status, a.raw, status, reason)
	}
	if a.header.Get("Content-Type") != "application/problem+json" || str(a.body, "request_id") == "" || str(a.body, "detail") == "" {
		p.t.Errorf("%s: no problem+json: %s", what, a.raw)
	}
}

func TestBadInputIsRefusedWithEveryMistake(t *testing.T) {
	c := newCompany(t, newWorld(t), "Bad")
	o := c.owner
	before := len(o.list("sales/orders", ""))

	a := o.post("/sales/orders", m{
		"customer_id": id.ID{1}.String(), "colour": "red", "total_amount": "1", "requested_date": "2026-02-30",
		"lines": []m{{"product_id": c.machine["id"], "quantity": "-1"}, {"product_id": "x", "quantity": "1e99"}, {"product_id": c.motor["id"], "quantity": "9999999999999999"}},
	})
	o.refused("a bad order", a, http.StatusBadRequest, "fields.invalid")
	got := fieldsOf(a)
	for _, path := range []string{"customer_id", "colour", "total_amount", "requested_date", "lines[0].quantity", "lines[1].product_id", "lines[1].quantity", "lines[2].quantity"} {
		if got[path] == "" {
			t.Errorf("nothing is said about %s: %v", path, got)
		}
	}
	if n := len(o.list("sales/orders", "")); n != before {
		t.Errorf("%d orders were half written", n-before)
	}
	o.refused("broken JSON", o.post("/crm/customers", `{"name":`), http.StatusBadRequest, "json.broken")
	o.refused("deep JSON", o.post("/crm/customers", strings.Repeat(`{"a":`, 10000)), http.StatusBadRequest, "json.depth")
	o.refused("an array", o.post("/crm/customers", `[]`), http.StatusBadRequest, "json.broken")
	o.refused("an unknown filter", o.get("/crm/customers?colour=red"), http.StatusBadRequest, "fields.invalid")
	o.refused("an unknown operator", o.get("/crm/customers?name[like]=x"), http.StatusBadRequest, "fields.invalid")
	o.refused("an unknown path", o.get("/crm/planets"), http.StatusNotFound, "path.unknown")
	o.refused("an unknown action", o.post("/crm/customers/"+str(c.customer, "id")+"/explode", nil), http.StatusNotFound, "action.unknown")
	o.refused("an unknown record", o.get("/crm/customers/"+o.w.app.DB.NewID().String()), http.StatusNotFound, "record.not_found")
	nobody := person{w: o.w, t: t}
	nobody.refused("nobody", nobody.get("/crm/customers"), http.StatusUnauthorized, "login.required")
}

func TestABOMCycleIsNamed(t *testing.T) {
	c := newCompany(t, newWorld(t), "Cycle")
	a := c.planner.post("/production/bills_of_materials", m{"product_id": c.steel["id"], "lines": []m{{"component_id": c.machine["id"], "quantity": "1"}}})
	c.planner.refused("a cycle", a, a.status, "bom.cycle")
	if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity || !strings.Contains(a.raw, "S1 → M1") && !strings.Contains(a.raw, "M1 → F1 → S1") {
		t.Errorf("the path is not named: %s", a.raw)
	}
}

func TestUnitsThatDoNotConvertAreRefused(t *testing.T) {
	c := newCompany(t, newWorld(t), "Units")
	order := m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.machine["id"], "quantity": "1", "unit": "kg", "unit_price": "1"}}}
	a := c.sales.post("/sales/orders", order)
	if a.status == http.StatusCreated {
		a = c.sales.post("/sales/orders/"+str(a.body, "id")+"/confirm", nil)
	}
	if a.status < 400 || a.status >= 500 || !strings.Contains(a.raw, "unit.no_conversion") {
		t.Errorf("kilograms of a machine: %d %s", a.status, a.raw)
	}
}

func TestRepeatedRequestsHaveOneEffect(t *testing.T) {
	c := newCompany(t, newWorld(t), "Twice")
	in := m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "10"}}}
	first := c.sales.post("/sales/orders", in, "Idempotency-Key", "k-1")
	again := c.sales.post("/sales/orders", in, "Idempotency-Key", "k-1")
	c.sales.must(http.StatusCreated, first)
	if again.raw != first.raw || again.status != first.status || again.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("the repetition got another answer: %s", again.raw)
	}
	in["delivery_address"] = "elsewhere"
	c.sales.refused("another body", c.sales.post("/sales/orders", in, "Idempotency-Key", "k-1"), http.StatusConflict, "idempotency.reused")
	if n := len(c.sales.list("sales/orders", "")); n != 1 {
		t.Fatalf("%d orders", n)
	}
	path := "/sales/orders/" + str(first.body, "id")
	c.sales.must(http.StatusOK, c.sales.post(path+"/confirm", nil, "Idempotency-Key", "k-2"))
	c.sales.must(http.StatusOK, c.sales.post(path+"/confirm", nil, "Idempotency-Key", "k-2"))
	c.sales.refused("confirmed twice", c.sales.post(path+"/confirm", nil), http.StatusConflict, "state.not_allowed")
	if n := len(c.buyer.list("purchasing/requisitions", "")); n != 1 {
		t.Errorf("%d requisitions", n)
	}
	c.sales.refused("patched when confirmed", c.sales.do(http.MethodPatch, path, m{"delivery_address": "x"}, "If-Match", fmt.Sprint(c.sales.read("sales/orders", str(first.body, "id"))["version"])),
		http.StatusUnprocessableEntity, "document.locked")
	c.sales.refused("without a version", c.sales.do(http.MethodPatch, path, m{"delivery_address": "x"}), http.StatusBadRequest, "if_match.required")
	c.sales.refused("a stale version", c.sales.do(http.MethodPatch, path, m{"delivery_address": "x"}, "If-Match", "1"), http.StatusConflict, "record.stale")
	c.owner.refused("deleted when confirmed", c.owner.do(http.MethodDelete, path, nil), http.StatusUnprocessableEntity, "document.locked")
}

func TestPreviewHashGuardsTheOutcome(t *testing.T) {
	c := newCompany(t, newWorld(t), "Preview")
	c.stock(c.motor, "5", "480")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "4", "unit_price": "500"}}})
	path := "/sales/orders/" + str(order, "id") + "/confirm"
	shown := c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	again := c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	if shown["hash"] != again["hash"] || str(shown, "hash") == "" {
		t.Fatalf("hashes %v and %v", shown["hash"], again["hash"])
	}
	other := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "3", "unit_price": "500"}}})
	c.sales.act("sales/orders", str(other, "id"), "confirm", nil)
	c.sales.refused("another outcome", c.sales.post(path, nil, "X-Preview-Hash", str(shown, "hash")), http.StatusConflict, "preview.changed")
	same(t, "untouched", c.sales.read("sales/orders", str(order, "id")), m{"status": "draft"})
	now := c.sales.must(http.StatusOK, c.sales.post(path+"?dry_run=true", nil))
	c.sales.must(http.StatusOK, c.sales.post(path, nil, "X-Preview-Hash", str(now, "hash")))
}

// The database itself holds the ledger, whatever a program writes.
func TestTheLedgerIsHeldByTheDatabase(t *testing.T) {
	c := newCompany(t, newWorld(t), "Ledger")
	c.stock(c.steel, "10", "9")
	if len(c.books.list("finance/entries", "")) == 0 {
		t.Fatal("counting stock posted no entry")
	}
	sql := func(statements ...string) error {
		p, err := c.owner.w.app.DB.Authenticate(t.Context(), c.owner.token)
		if err != nil {
			t.Fatal(err)
		}
		return c.owner.w.app.Engine.Do(t.Context(), p.Tenant, tenancy.Actor{ID: p.UserID, System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
			for _, s := range statements {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for what, s := range map[string]string{
		"a posted line changed":  "UPDATE finance_entry_line SET debit = debit + 1 WHERE debit > 0",
		"a posted line deleted":  "DELETE FROM finance_entry_line",
		"a posted entry changed": "UPDATE finance_entry SET date = date - 1 WHERE status = 'posted'",
		"a posted entry deleted": "DELETE FROM finance_entry WHERE status = 'posted'",
		"the audit changed":      "UPDATE audit_entry SET action = 'x'",
		"a trigger disabled":     "ALTER TABLE finance_entry DISABLE TRIGGER ALL",
	} {
		if err := sql(s); err == nil {
			t.Errorf("%s: nobody refused", what)
		}
	}
	err := sql(`INSERT INTO finance_entry_line (id, version, created_at, updated_at, position, entry_id, account_id, debit, credit)
		SELECT gen_random_uuid(), 1, now(), now(), 99, e.id, l.account_id, 5, 0 FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id LIMIT 1`)
	if err == nil {
		t.Error("an unbalanced line went into a posted entry")
	}
}
