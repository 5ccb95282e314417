package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/web"
)

const officerCases = `
cases:
  - name: a small order needs nobody
    who: [sales]
    entity: sales.order
    record: {total_amount: "250000"}
    may_not: ["approval:confirm"]
  - name: a large one needs a director
    who: [sales]
    entity: sales.order
    record: {total_amount: "300000.01"}
    may: ["approval:confirm"]
  - name: warehouse does not change whether an invoice is paid
    who: [warehouse]
    entity: finance.invoice
    may_not: ["edit:payment"]
`

// rules are the two rules of the house, with the limit raised: what two officers write, test, review, publish and roll back.
func officerRules() []m {
	return []m{
		{
			"id": "own.contract-over-limit", "label": m{"zh": "超过三十万的合同须总监审批", "en": "Contracts over 300,000 need a director"},
			"approval": m{
				"entity": "sales.order", "action": "confirm", "when": []m{{"field": "total_amount", "op": "gt", "value": "300000"}},
				"approvers": []m{{"roles": []string{"sales_director"}}},
			},
		},
		{
			"id": "own.payment-by-finance", "label": m{"zh": "只有财务可改付款状态", "en": "Only finance changes the payment status"},
			"deny": m{"roles": []string{"sales", "buyer", "warehouse", "planner", "project_manager", "viewer"}, "entities": []string{"finance.invoice"}, "classes": []string{"payment"}, "edit": true},
		},
	}
}

// officers are two people of a company who set rights.
func officers(t *testing.T, w *world, company string) (owner, ann, ben person) {
	t.Helper()
	owner = w.signUp(t, company)
	return owner, owner.hire("ann", "security_officer"), owner.hire("ben", "security_officer")
}

// draft makes a version whose rules are the given ones beside those that hold, but for the shipped limit.
func (p person) draft(title string, rules []m, more m) m {
	p.t.Helper()
	now := p.must(http.StatusOK, p.get("/roles"))
	list := []any{}
	old, _ := now["rules"].([]any)
	for _, x := range old {
		r, _ := x.(m)
		if a, ok := r["approval"].(m); ok && a["entity"] == "sales.order" {
			continue
		}
		list = append(list, r)
	}
	for _, r := range rules {
		list = append(list, r)
	}
	in := m{"title": title, "rules": list}
	for k, v := range more {
		in[k] = v
	}
	return p.must(http.StatusCreated, p.post("/policy/versions", in))
}

func (p person) step(v m, name string, in any) answer {
	p.t.Helper()
	return p.post("/policy/versions/"+str(v, "id")+"/"+name, in)
}

func TestTwoOfficersPublishAndRollBack(t *testing.T) {
	w := newWorld(t)
	owner, ann, ben := officers(t, w, "Officers")
	beside, err := app.Open(t.Context(), app.Config{DatabaseURL: w.app.Config.DatabaseURL, Data: w.app.Config.Data, Listen: "127.0.0.1:0", Log: w.app.Config.Log})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close(t.Context()) //nolint:errcheck // the test is over
	second := serve(t, beside)
	sam := owner.hire("sam", "sales")
	for _, path := range []string{"/policy/versions", "/policy/keys", "/policy/emergency", "/policy/completion"} {
		if a := sam.get(path); a.status != http.StatusForbidden {
			t.Errorf("sales opens %s: %d", path, a.status)
		}
	}
	v := ann.draft("Raise the limit", officerRules(), m{"cases": strings.Replace(officerCases, `"250000"`, `"300000.01"`, 1)})
	if a := ann.step(v, "submit", nil); a.status != http.StatusUnprocessableEntity || a.body["reason"] != "policy.cases_fail" {
		t.Fatalf("a failing case is let through: %d %s", a.status, a.raw)
	}
	if a := ann.do(http.MethodPatch, "/policy/versions/"+str(v, "id"), m{"cases": officerCases}, "If-Match", "9"); a.status != http.StatusConflict {
		t.Fatalf("a stale edit: %d %s", a.status, a.raw)
	}
	ann.must(http.StatusOK, ann.do(http.MethodPatch, "/policy/versions/"+str(v, "id"), m{"cases": officerCases}, "If-Match", "1"))
	check := ann.must(http.StatusOK, ann.step(v, "check", nil))
	cases, _ := check["cases"].(m)
	coverage, _ := cases["coverage"].(m)
	if check["ok"] != true || cases["total"] != 3.0 || coverage["percent"] != 100.0 {
		t.Errorf("check: %v", check)
	}
	ann.must(http.StatusOK, ann.step(v, "submit", nil))
	if a := ann.do(http.MethodPatch, "/policy/versions/"+str(v, "id"), m{"title": "other"}, "If-Match", "2"); a.status != http.StatusConflict {
		t.Errorf("what is under review was changed: %d", a.status)
	}
	words := fmt.Sprint(ben.must(http.StatusOK, ben.get("/policy/versions/"+str(v, "id")+"/diff"))["words"])
	for _, want := range []string{"New rule: `confirm` of Sales order when Total", "is over 300000", "No longer"} {
		if !strings.Contains(words, want) {
			t.Errorf("the difference does not say %q: %s", want, words)
		}
	}
	if a := ann.step(v, "publish", nil); a.status != http.StatusForbidden || a.body["rule"] != "policy.four_eyes" {
		t.Errorf("the author publishes: %d %s", a.status, a.raw)
	}
	done := ben.must(http.StatusOK, ben.step(v, "publish", m{"comment": "agreed"}))
	if done["state"] != "published" || done["number"] != 1.0 || done["signature"] == nil {
		t.Errorf("published: %v", done)
	}
	reaches(t, second, ann, 1)
	if rules := fmt.Sprint(ann.must(http.StatusOK, ann.get("/roles"))["rules"]); !strings.Contains(rules, "own.contract-over-limit") {
		t.Error("the published rules do not hold")
	}
	w.meddled = true
	meddling(t, w, "Officers", str(v, "id"))
	back := ben.must(http.StatusOK, ben.post("/policy/versions/shipped/rollback", m{"comment": "too early"}))
	if back["number"] != 2.0 || back["kind"] != "rollback" {
		t.Errorf("rolled back: %v", back)
	}
	reaches(t, second, ann, 2)
	again := ann.must(http.StatusOK, ann.post("/policy/versions/"+str(v, "id")+"/rollback", nil))
	if again["number"] != 3.0 {
		t.Errorf("and back again: %v", again)
	}
	states := []string{}
	for _, x := range ann.list("policy/versions", "") {
		states = append(states, str(x, "state"))
	}
	if !slices.Equal(states, []string{"published", "superseded", "superseded"}) {
		t.Errorf("states: %v", states)
	}
	if audit := owner.get("/audit?entity=platform.policy&limit=100").raw; !strings.Contains(audit, `"publish"`) || !strings.Contains(audit, `"rollback"`) {
		t.Errorf("the audit does not tell: %s", audit)
	}
}

// reaches waits two seconds at most until another program decides by a version.
func reaches(t *testing.T, other *world, p person, number float64) {
	t.Helper()
	q := p
	q.w = other
	end := time.Now().Add(2 * time.Second)
	for {
		if got := q.must(http.StatusOK, q.get("/policy/explain?entity=user&what=see"))["version"]; got == number {
			return
		} else if time.Now().After(end) {
			t.Fatalf("another program is at version %v, not %v, after two seconds", got, number)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// meddling proves that PostgreSQL itself refuses to change or delete versions, and that an altered one is refused by its signature.
func meddling(t *testing.T, w *world, company, version string) {
	t.Helper()
	tenant := w.tenant(t, company)
	for _, sql := range []string{
		"UPDATE policy_version SET rego = 'x'", "DELETE FROM policy_version", "DELETE FROM policy_draft WHERE id = '" + version + "'",
		"UPDATE policy_draft SET content = '{}' WHERE id = '" + version + "'", "UPDATE policy_proof SET passed = true",
	} {
		if err := w.try(t, tenant, sql); err == nil {
			t.Errorf("the database lets %q through", sql)
		}
	}
}

// serve puts a listener before another program on the same database.
func serve(t *testing.T, a *app.App) *world {
	t.Helper()
	srv := httptest.NewServer(a.API.Handler(web.Handler()))
	t.Cleanup(srv.Close)
	return &world{app: a, url: srv.URL}
}

// try sends a statement as the program itself would.
func (w *world) try(t *testing.T, tenant *tenancy.Tenant, sql string) error {
	t.Helper()
	return w.app.DB.Do(t.Context(), tenant, tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.ExecContext(ctx, sql)
		return err
	})
}
