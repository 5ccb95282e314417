package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
)

// Customers and vendors who are people are shredded like contacts; companies are not, and what was written of somebody before they were marked as a person
// is told.
func TestCustomersAndVendorsWhoArePeopleAreShredded(t *testing.T) {
	w := newWorld(t)
	owner := w.signUp(t, "Buyers", "crm", "purchasing", "inventory", "finance")
	ada := owner.create("crm/customers", m{"name": "Cnryada Lovelace", "phone": "139-cnryada", "email": "cnryada@example.org", "address": "cnryada street", "tax_no": "cnryada-tax", "note": "cnryada", "person": true})
	works := owner.create("crm/customers", m{"name": "Northwind", "phone": "1380000", "email": "works@example.org"})
	vera := owner.create("purchasing/vendors", m{"name": "Cnryvera Rubin", "contact_name": "cnryvera", "email": "cnryvera@example.org", "bank_account": "6222 cnryvera 1", "tax_number": "cnryvera-tax", "person": true})
	steel := owner.create("purchasing/vendors", m{"name": "Steelworks", "bank_account": "6222 steel 1"})
	owner.must(http.StatusOK, owner.patch("/purchasing/vendors/"+str(vera, "id"), m{"bank_account": "6222 cnryvera 2"}))
	for _, word := range []string{"cnryada", "cnryvera"} {
		for _, table := range w.holding(t, word) {
			if !strings.Contains(table, ".crm_customer ") && !strings.Contains(table, ".vendor ") && !strings.Contains(table, "idempotency_key") {
				t.Errorf("%s holds %s in clear", table, word)
			}
		}
	}
	if h := owner.get("/crm/customers/" + str(ada, "id") + "/history").raw; !strings.Contains(h, "139-cnryada") {
		t.Errorf("the history does not tell: %s", h)
	}
	store := archive.Folder(t.TempDir())
	b, err := w.app.Backup(t.Context(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := b.Entry(w.tenant(t, "Buyers").ID)
	if raw := bytes.ToLower(w.inside(t, store, e)); bytes.Contains(raw, []byte("cnryada")) || bytes.Contains(raw, []byte("cnryvera")) || !bytes.Contains(raw, []byte("northwind")) {
		t.Error("people can be read within a backup, or nothing can")
	}

	// A company is no person, until it is marked as one; what the audit said of it before stays, and that is told.
	of := func(entity, key string) m { return m{"entity": entity, "record_id": key, "reason": "asked by letter"} }
	owner.refused("a company", owner.post("/keys/deletions", of("crm.customer", str(works, "id"))), http.StatusUnprocessableEntity, "person.none")
	owner.refused("a company", owner.post("/keys/deletions", of("purchasing.vendor", str(steel, "id"))), http.StatusUnprocessableEntity, "person.none")
	owner.must(http.StatusOK, owner.patch("/crm/customers/"+str(works, "id"), m{"person": true}))
	same(t, "marked later", owner.must(http.StatusCreated, owner.post("/keys/deletions", of("crm.customer", str(works, "id")))), m{"key": true, "audit_entries": 1.0, "audit_plain": 1.0})

	for _, x := range []struct{ entity, path, key string }{{"crm.customer", "crm/customers", str(ada, "id")}, {"purchasing.vendor", "purchasing/vendors", str(vera, "id")}} {
		d := owner.must(http.StatusCreated, owner.post("/keys/deletions", of(x.entity, x.key)))
		same(t, "the request", d, m{"key": true, "audit_plain": 0.0})
		owner.must(http.StatusOK, owner.post("/keys/deletions/"+str(d, "id")+"/carry_out", nil))
	}
	gone := func(what string, p person) {
		t.Helper()
		same(t, what, p.read("crm/customers", str(ada, "id")), m{"name": "(erased)", "phone": "", "email": "", "address": "", "tax_no": "", "note": ""})
		same(t, what, p.read("purchasing/vendors", str(vera, "id")), m{"name": "(erased)", "contact_name": "", "email": "", "bank_account": "", "tax_number": ""})
		for _, path := range []string{"/crm/customers/" + str(ada, "id"), "/purchasing/vendors/" + str(vera, "id")} {
			if h := p.get(path + "/history"); h.status != http.StatusOK || strings.Contains(strings.ToLower(h.raw), "cnry") || !strings.Contains(h.raw, `"_erased":["`) {
				t.Errorf("%s: %d %s", what, h.status, h.raw)
			}
		}
		if h := p.get("/purchasing/vendors/" + str(steel, "id") + "/history"); !strings.Contains(h.raw, "Steelworks") || !strings.Contains(h.raw, "6222 steel 1") {
			t.Errorf("%s: a company: %s", what, h.raw)
		}
		if found := p.list("purchasing/vendors", "bank_account=6222+cnryvera+2"); len(found) != 0 {
			t.Errorf("%s: still found by the account", what)
		}
	}
	gone("after the deed", owner)
	for _, word := range []string{"cnryada", "cnryvera"} {
		if left := w.holding(t, word); len(left) > 0 {
			t.Errorf("%s is left in %v", word, left)
		}
	}
	r, err := w.app.Restore(t.Context(), store, e, app.Copy{Beside: true, Name: "Buyers before"})
	if err != nil {
		t.Fatal(err)
	}
	gone("a copy of before", w.login(t, owner.email, r.Tenant.Name))
}

// Who tries addresses of certificates is slowed down; who is logged in elsewhere on that network is not.
func TestCertificatesAreNotTriedOut(t *testing.T) {
	w := newWorld(t)
	owner := w.signUp(t, "Curious")
	stranger := person{w: w, t: t}
	for i := range 30 {
		stranger.refused("an unknown certificate", stranger.get("/certificates/018f0000-0000-7000-8000-0000000000"+string("0123456789"[i/10])+string("0123456789"[i%10])), http.StatusNotFound, "certificate.not_found")
	}
	for range 2 {
		stranger.refused("one too many", stranger.get("/certificates/018f0000-0000-7000-8000-000000000099"), http.StatusTooManyRequests, "rate.limit")
	}
	owner.must(http.StatusOK, owner.get("/me"))
}
