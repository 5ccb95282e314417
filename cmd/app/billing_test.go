package app_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

// watch is a clock that a test moves.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) move(d time.Duration) { w.to(w.now().Add(d)) }

func (w *watch) to(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at
}

// payingWorld is a world with a clock of its own in which rules hold.
func payingWorld(t *testing.T, at time.Time, b app.Billing) (*world, *watch) {
	t.Helper()
	aside(t)
	c := &watch{at: at}
	a, err := app.Open(t.Context(), app.Config{
		Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Clock: c.now, Billing: b,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.API.Handler(web.Handler()))
	w := &world{app: a, url: srv.URL}
	t.Cleanup(func() {
		srv.Close()
		w.sound(t)
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	return w, c
}

func (w *world) tick(t *testing.T) {
	t.Helper()
	if err := w.app.Billing.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// again logs a person in anew: time has passed.
func (p person) again() person {
	p.t.Helper()
	p.token = ""
	out := p.must(http.StatusOK, p.post("/login", m{"email": p.email, "password": "correct horse battery", "token": true}))
	p.token, _ = out["token"].(string)
	return p
}

func decimalOf(t *testing.T, v any) decimal.Decimal {
	t.Helper()
	s, _ := v.(string)
	d, err := decimal.NewFromString(s)
	if err != nil {
		t.Fatalf("%v is no number", v)
	}
	return d
}

func textOf(v any) string { s, _ := v.(string); return s }

// list returns the objects in a member of an answer.
func objects(v any) []m {
	list, _ := v.([]any)
	out := make([]m, len(list))
	for i := range list {
		out[i], _ = list[i].(m)
	}
	return out
}

// opened opens each line of a statement to its events and holds the sum of all pages against the line.
func opened(t *testing.T, p person, lines []m) {
	t.Helper()
	for _, l := range lines {
		path := strings.TrimPrefix(textOf(l["events"]), "/api/v1")
		if path == "" {
			continue
		}
		sum, next := decimal.Zero, ""
		for first := true; first || next != ""; first = false {
			page := p.must(http.StatusOK, p.get(path+"&cursor="+next))
			for _, f := range objects(page["data"]) {
				sum = sum.Add(decimalOf(t, f["quantity"]))
			}
			next = textOf(page["next_cursor"])
			if next == "" && !decimalOf(t, page["total"]).Equal(decimalOf(t, l["used"])) {
				t.Errorf("%s %s: total %v, line %v", l["meter"], l["module"], page["total"], l["used"])
			}
		}
		if !sum.Equal(decimalOf(t, l["used"])) {
			t.Errorf("%s %s: the events add up to %s, the line says %v", l["meter"], l["module"], sum, l["used"])
		}
	}
}

// The life of a company without a payment provider: trial, switches, a month, an invoice, late, read-only, paid, the end.
func TestBillingStory(t *testing.T) {
	w, clock := payingWorld(t, time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC), app.Billing{Rules: true})
	p := w.signUp(t, "Story", "crm", "sales", "inventory", "finance")
	acc := p.must(http.StatusOK, p.get("/billing"))
	if acc["state"] != "trial" || acc["trial_ends_at"] != "2026-11-16T02:00:00Z" || acc["banner"] == nil {
		t.Fatalf("%v", acc)
	}
	// What it would cost is shown before.
	pre := p.must(http.StatusOK, p.do(http.MethodPut, "/modules?dry_run=true", m{"on": []string{"production"}}))
	if on := objects(pre["on"]); len(on) != 1 || on[0]["price"] != "45.00" || pre["month_before"] == "" {
		t.Errorf("%v", pre)
	}
	p.must(http.StatusOK, p.get("/crm/customers"))
	w.tick(t)
	use := p.must(http.StatusOK, p.get("/billing/usage"))
	if use["today"] != "0.00" || len(objects(use["used"])) == 0 {
		t.Errorf("a trial costs nothing and is shown: %v", use)
	}
	// The trial ends without a way to pay: look, don't touch.
	clock.move(14*24*time.Hour + time.Minute)
	w.tick(t)
	p = p.again()
	if a := p.post("/crm/customers", m{"name": "Late"}); a.status != http.StatusForbidden || a.body["reason"] != "tenant.read_only" {
		t.Errorf("%d %v", a.status, a.body)
	}
	p.must(http.StatusOK, p.get("/crm/customers/export?format=csv"))
	if a := p.post("/billing/activate", m{}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %v", a.status, a.body)
	}
	p.must(http.StatusOK, p.do(http.MethodPatch, "/billing", m{"collect": "invoice", "name": "Story Ltd", "email": "pay@example.com", "budget": "5000"}))
	p.must(http.StatusOK, p.get("/billing"))
	if acc := p.must(http.StatusOK, p.get("/billing")); acc["state"] != "active" {
		t.Fatalf("%v", acc)
	}
	// A month of use from December on, with switches on the way.
	w.tick(t)
	clock.to(time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC))
	p = p.again()
	w.tick(t)
	for day := range 10 {
		p.must(http.StatusCreated, p.post("/crm/customers", m{"name": "Customer " + string(rune('a'+day))}))
		if day == 4 {
			p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"on": []string{"production"}}))
		}
		if day == 7 {
			p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"off": []string{"production"}}))
		}
		deal := p.must(http.StatusCreated, p.post("/crm/opportunities", m{"name": "Deal", "customer_id": objects(p.must(http.StatusOK, p.get("/crm/customers?limit=1"))["data"])[0]["id"]}))
		p.post("/crm/opportunities/"+textOf(deal["id"])+"/win", m{})
		w.tick(t)
		clock.move(24 * time.Hour)
		p = p.again()
	}
	mid := p.must(http.StatusOK, p.get("/billing/usage"))
	opened(t, p, objects(mid["to_date"].(m)["lines"]))
	clock.to(time.Date(2027, 1, 1, 2, 0, 0, 0, time.UTC))
	w.tick(t)
	p = p.again()
	list := objects(p.must(http.StatusOK, p.get("/billing/invoices"))["data"])
	if len(list) != 2 {
		t.Fatalf("%d invoices: %v", len(list), list)
	}
	v := p.must(http.StatusOK, p.get("/billing/invoices/"+textOf(list[0]["id"])))
	lines := objects(v["lines"])
	sum := decimal.Zero
	got := map[string]string{}
	for _, l := range lines {
		sum = sum.Add(decimalOf(t, l["amount"]))
		got[textOf(l["meter"])+" "+textOf(l["module"])] = textOf(l["used"])
	}
	if !sum.Equal(decimalOf(t, v["subtotal"])) || !decimalOf(t, v["subtotal"]).Sub(decimalOf(t, v["discount"])).Add(decimalOf(t, v["tax"])).Equal(decimalOf(t, v["total"])) {
		t.Errorf("the lines add up to %s: %v", sum, v)
	}
	if got["module_days crm"] != "31" || got["module_days production"] != "4" || got["seat_days crm"] != "10" {
		t.Errorf("%v", got)
	}
	opened(t, p, lines)
	if r := p.must(http.StatusOK, p.post("/billing/invoices/"+textOf(v["id"])+"/replay", m{})); r["same"] != true {
		t.Errorf("%v", r)
	}
	w.untilTheEnd(t, clock, p, list)
}

// untilTheEnd goes on from open invoices: late, read-only, paid, and the end that the owner asks for.
func (w *world) untilTheEnd(t *testing.T, clock *watch, p person, open []m) {
	t.Helper()
	state := func(want string) person {
		t.Helper()
		w.tick(t)
		q := p.again()
		if acc := q.must(http.StatusOK, q.get("/billing")); acc["state"] != want {
			t.Fatalf("%v is %v, not %s", clock.now(), acc["state"], want)
		}
		return q
	}
	clock.move(24 * time.Hour)
	p = state("past_due")
	p.must(http.StatusCreated, p.post("/crm/customers", m{"name": "Still works"}))
	clock.move(14 * 24 * time.Hour)
	p = state("read_only")
	if a := p.post("/crm/customers", m{"name": "No"}); a.status != http.StatusForbidden {
		t.Errorf("%d", a.status)
	}
	list, err := w.app.DB.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(err, len(list))
	}
	for _, v := range objects(p.must(http.StatusOK, p.get("/billing/invoices"))["data"]) {
		if err := w.app.Billing.Pay(t.Context(), list[0], parse(t, v["id"]), "bank"); err != nil {
			t.Fatal(err)
		}
	}
	p = state("active")
	p.must(http.StatusCreated, p.post("/crm/customers", m{"name": "Back"}))
	_ = open
	if a := p.post("/billing/close", m{"confirm": "no"}); a.status != http.StatusBadRequest {
		t.Errorf("%d", a.status)
	}
	p.must(http.StatusOK, p.post("/billing/close", m{"confirm": "Story"}))
	p.must(http.StatusOK, p.get("/crm/customers/export?format=csv"))
	if acc := p.must(http.StatusOK, p.post("/billing/reopen", m{})); acc["state"] != "active" {
		t.Errorf("%v", acc)
	}
	mate := p.hire("mate", "admin")
	p.must(http.StatusOK, p.post("/billing/close", m{"confirm": "Story"}))
	for _, x := range []person{p, mate} {
		x.must(http.StatusOK, x.post("/keys/closing/consent", m{"confirm": "Story"}))
	}
	clock.move(31 * 24 * time.Hour)
	w.tick(t)
	if list, err := w.app.DB.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the company is still there: %v %v", list, err)
	}
}

func parse(t *testing.T, v any) id.ID {
	t.Helper()
	key, err := id.Parse(textOf(v))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
