package app_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/clock"
)

// Operators see companies and money, never business data; they enter with consent only, and all that they do is on record for the company.
func TestOperator(t *testing.T) {
	w, hands := payingWorld(t, time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC), app.Billing{})
	boss, other := w.signUp(t, "Operator", "crm"), w.signUp(t, "Customer", "crm")
	if a := boss.get("/operator/tenants"); a.status != http.StatusNotFound {
		t.Fatalf("%d", a.status)
	}
	if err := w.app.Billing.Appoint(t.Context(), boss.email, true, "test"); err != nil {
		t.Fatal(err)
	}
	if a := other.get("/operator/tenants"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
	rows := objects(boss.must(http.StatusOK, boss.get("/operator/tenants"))["data"])
	if len(rows) != 2 || rows[0]["company"] != "Customer" {
		t.Fatalf("%v", rows)
	}
	at := "/operator/tenants/" + textOf(rows[0]["id"])
	enter := m{"user_id": other.id, "reason": "a ticket"}
	if a := boss.post(at+"/impersonate", enter); a.status != http.StatusForbidden || a.body["reason"] != "impersonate.no_consent" {
		t.Errorf("%d %v", a.status, a.body)
	}
	other.must(http.StatusOK, other.post("/billing/consent", m{"hours": 2}))
	token := boss.must(http.StatusCreated, boss.post(at+"/impersonate", enter))
	guest := person{w: w, t: t, token: textOf(token["token"])}
	guest.must(http.StatusOK, guest.get("/crm/customers"))
	guest.must(http.StatusCreated, guest.post("/crm/customers", m{"name": "by a visitor"}))
	for path, in := range map[string]m{ // a visit does not prolong itself
		"/tokens": {"name": "mine", "days": 366}, "/billing/consent": {"hours": 72}, "/invitations": {"email": "x@example.com", "name": "X", "roles": []string{"owner"}},
	} {
		guest.refused(path, guest.post(path, in), http.StatusForbidden, "visit.records")
	}
	entries := objects(other.must(http.StatusOK, other.get("/audit?limit=2"))["data"])
	if rules, _ := entries[0]["rules"].([]any); entries[0]["entity"] != "crm.customer" || len(rules) != 2 || rules[1] != "visit:"+boss.email {
		t.Errorf("the audit says %v", entries[0])
	}
	if about, _ := entries[1]["values"].(m); entries[1]["action"] != "visit" || about["reason"] != "a ticket" {
		t.Errorf("the audit says %v", entries[1])
	}
	other.must(http.StatusOK, other.post("/billing/consent", m{"hours": 0}))
	if a := guest.get("/crm/customers"); a.status != http.StatusUnauthorized {
		t.Errorf("a visit goes on after the consent was taken back: %d", a.status)
	}
	other.must(http.StatusOK, other.post("/billing/consent", m{"hours": 2}))
	token = boss.must(http.StatusCreated, boss.post(at+"/impersonate", enter))
	guest.token = textOf(token["token"])
	if acts := objects(other.must(http.StatusOK, other.get("/billing"))["operator_acts"]); len(acts) != 5 || acts[0]["what"] != "impersonate" || acts[0]["operator"] != boss.email {
		t.Errorf("%v", acts)
	}
	hands.move(61 * time.Minute)
	if a := guest.get("/crm/customers"); a.status != http.StatusUnauthorized {
		t.Errorf("after an hour: %d", a.status)
	}
	for path, in := range map[string]m{"/plan": {"discount_percent": "101"}, "/credit": {"invoice_id": other.id, "amount": "-5", "reason": ""}} {
		if a := boss.post(at+path, in); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %v", path, a.status, a.body)
		}
	}
	boss.must(http.StatusOK, boss.post(at+"/plan", m{"plan": "free"}))
	boss.must(http.StatusOK, boss.post(at+"/suspend", m{}))
	if a := other.post("/crm/customers", m{"name": "x"}); a.status != http.StatusForbidden {
		t.Errorf("%d", a.status)
	}
	other.must(http.StatusOK, other.get("/crm/customers/export?format=csv"))
	boss.must(http.StatusOK, boss.post(at+"/resume", m{}))
	other.must(http.StatusCreated, other.post("/crm/customers", m{"name": "x"}))
	boss.must(http.StatusOK, boss.get("/operator/revenue"))
	boss.must(http.StatusOK, boss.get("/operator/webhooks"))
	// One company's invoices and events are not another's; odd input is refused with its field.
	for path, status := range map[string]int{
		"/billing/invoices/" + other.id: http.StatusNotFound, "/billing/usage?month=soon": http.StatusBadRequest, "/billing/usage?mnth=1": http.StatusBadRequest,
		"/billing/usage/events?meter=gold": http.StatusBadRequest, "/billing/usage/events?meter=documents&cursor=x": http.StatusBadRequest,
	} {
		if a := other.get(path); a.status != status {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := other.post("/billing/webhooks/stripe", m{"id": "evt"}); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
	if a := other.do(http.MethodPatch, "/billing", m{"budget": "-1", "collect": "gold", "currency": "XXX"}); a.status != http.StatusBadRequest || len(objects(a.body["fields"])) != 3 {
		t.Errorf("%d %v", a.status, a.body)
	}
	seller := other.hire("Seller", "sales")
	if a := seller.get("/billing"); a.status != http.StatusForbidden || a.body["rule"] != "platform.billing" {
		t.Errorf("%d %v", a.status, a.body)
	}
}

// A budget with a hard limit stops the workspace, not the bill's surprise; raising it goes on at once.
func TestBudgetCap(t *testing.T) {
	w, hands := payingWorld(t, time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC), app.Billing{})
	p := w.signUp(t, "Cap", "crm", "sales")
	p.must(http.StatusOK, p.do(http.MethodPatch, "/billing", m{"collect": "invoice", "budget": "5", "cap": true}))
	p.must(http.StatusOK, p.post("/billing/activate", m{}))
	for range 4 {
		hands.move(24 * time.Hour)
		w.tick(t)
	}
	p = p.again()
	if a := p.post("/crm/customers", m{"name": "x"}); a.status != http.StatusForbidden || a.body["reason"] != "tenant.read_only" {
		t.Fatalf("%d %v", a.status, a.body)
	}
	before := p.must(http.StatusOK, p.get("/billing/usage"))["to_date"].(m)["subtotal"]
	hands.move(3 * 24 * time.Hour)
	w.tick(t)
	p = p.again()
	if after := p.must(http.StatusOK, p.get("/billing/usage"))["to_date"].(m)["subtotal"]; after != before {
		t.Errorf("%v, then %v: read-only costs nothing", before, after)
	}
	p.must(http.StatusOK, p.do(http.MethodPatch, "/billing", m{"budget": "500"}))
	p.must(http.StatusCreated, p.post("/crm/customers", m{"name": "x"}))
}

// A private install: no prices are charged, the licence says which modules, expiry stops writing, export goes on, use is still shown.
func TestPrivateEdition(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "licence.pem")
	text, err := billing.Sign(billing.Licence{Company: "Private", Modules: []string{"crm"}, Expires: clock.NewDate(2026, 12, 31)}, private)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	w, at := payingWorld(t, time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC), app.Billing{Edition: app.Private, Licence: file, Vendor: base64.StdEncoding.EncodeToString(public)})
	p := w.signUp(t, "Private", "crm")
	if a := p.do(http.MethodPut, "/modules", m{"on": []string{"sales"}}); a.status != http.StatusPaymentRequired {
		t.Errorf("%d %v", a.status, a.body)
	}
	p.must(http.StatusCreated, p.post("/crm/customers", m{"name": "x"}))
	if acc := p.must(http.StatusOK, p.get("/billing")); acc["edition"] != "private" || acc["licence"] == nil {
		t.Errorf("%v", acc)
	}
	if a := p.post("/billing/checkout", m{}); a.status != http.StatusServiceUnavailable {
		t.Errorf("%d", a.status)
	}
	at.to(time.Date(2027, 2, 1, 1, 0, 0, 0, time.UTC))
	w.tick(t)
	p = p.again()
	if a := p.post("/crm/customers", m{"name": "y"}); a.status != http.StatusForbidden {
		t.Errorf("%d", a.status)
	}
	p.must(http.StatusOK, p.get("/crm/customers/export?format=csv"))
	if use := p.must(http.StatusOK, p.get("/billing/usage?month=2026-12")); len(objects(use["used"])) == 0 {
		t.Errorf("%v", use)
	}
}
