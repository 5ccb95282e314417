package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

// told is what the demo said while it loaded.
type told []string

func (l *told) hear(t entity.Text) { *l = append(*l, t.EN) }

func (l *told) said(part string) bool { return strings.Contains(strings.Join(*l, "\n"), part) }

// demoWorld is a Tenon with the demo company, whose first load was interrupted.
func demoWorld(t *testing.T) *world {
	t.Helper()
	aside(t)
	cfg := app.Config{
		Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { return time.Date(2026, time.June, 17, 2, 0, 0, 0, time.UTC) }, // the story ends today, whenever that is
	}
	short, stop := context.WithCancel(t.Context())
	if _, err := app.OpenDemo(short, cfg, func(text entity.Text) {
		if !strings.Contains(text.EN, "loading") {
			stop() // in the second month
		}
	}); err == nil {
		t.Fatal("an interrupted load succeeded")
	}
	stop()
	var l told
	a, err := app.OpenDemo(t.Context(), cfg, l.hear)
	if err != nil {
		t.Fatal(err)
	}
	if !l.said("interrupted") || !l.said("loaded: ") {
		t.Errorf("after an interrupted load it said %v", l)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
	l = nil
	if a, err = app.OpenDemo(t.Context(), cfg, l.hear); err != nil {
		t.Fatal(err)
	}
	if !l.said("is there") || l.said("loading") {
		t.Errorf("the second start said %v", l)
	}
	if list, err := a.DB.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d companies, %v", len(list), err)
	}
	srv := httptest.NewServer(a.API.Handler(web.Handler()))
	t.Cleanup(func() {
		srv.Close()
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	return &world{app: a, url: srv.URL}
}

func (w *world) demoLogin(t *testing.T, who string) person {
	t.Helper()
	p := person{w: w, t: t, email: who + "@demo.tenon"}
	out := p.must(http.StatusOK, p.post("/login", m{"email": p.email, "password": app.DemoPassword, "token": true}))
	p.token, p.id = str(out, "token"), str(out, "user_id")
	return p
}

func TestTheDemoHasLifeInEveryList(t *testing.T) {
	w := demoWorld(t)
	owner := w.demoLogin(t, "owner")
	empty := map[string]string{
		"attachment": "files come by upload, and the demo brings none",
		"own_field":  "a company's own fields change its tables; the demo company lives with what is shipped",
		"webhook":    "a webhook calls a system outside, and there is none that the demo could call",

		"webhook_delivery": "nothing is called, so nothing was delivered",

		"mail.setting":  "the usual limit applies",
		"mail.document": "a document is mailed to somebody, and the demo has nobody to write to",

		"invitation":        "an invitation is a letter to somebody, and the demo has nobody to write to",
		"identity_provider": "a login by a provider needs one outside",
		"scim_user":         "people who are kept by a directory outside",
		"scim_group":        "groups that are kept by a directory outside",
	}
	var paths []string
	for _, d := range w.app.Engine.Catalog().All() {
		if d.Collection == "" || d.Parent != nil {
			continue
		}
		paths = append(paths, d.Path())
		if n := len(owner.list(d.Path(), "")); n == 0 && empty[d.Name] == "" {
			t.Errorf("%s: no records", d.Path())
		}
	}
	if len(paths) < 50 {
		t.Errorf("only %d collections", len(paths))
	}
	for _, who := range []string{"viewer", "sales", "warehouse", "director", "buyer", "planner", "finance", "pm", "security"} {
		p := w.demoLogin(t, who)
		seen := 0
		for _, path := range paths {
			switch a := p.get("/" + path + "?limit=20"); {
			case a.status == http.StatusOK:
				seen++
			case a.status != http.StatusForbidden || str(a.body, "reason") != "entity.denied":
				t.Errorf("%s lists %s: %d %s", who, path, a.status, a.raw)
			}
		}
		if who != "security" && seen < 20 {
			t.Errorf("%s sees only %d lists", who, seen)
		}
	}
	(&company{owner: owner, books: w.demoLogin(t, "finance")}).balanced(t)
	states(t, owner)
	tour(t, w)
	w.sound(t)
}

// states checks that the main documents stand in all their states.
func states(t *testing.T, owner person) {
	t.Helper()
	for path, wanted := range map[string]string{
		"crm/leads":                     "new contacted converted disqualified",
		"crm/opportunities":             "open won lost",
		"crm/service_cases":             "new in_progress resolved closed",
		"sales/quotations":              "draft sent accepted rejected superseded",
		"sales/orders":                  "draft pending_approval confirmed in_progress done cancelled",
		"inventory/deliveries":          "waiting ready shipped",
		"inventory/receipts":            "waiting received",
		"inventory/transfers":           "draft in_transit done",
		"production/production_orders":  "planned released in_progress done",
		"purchasing/requisitions":       "draft approved ordered received",
		"purchasing/orders":             "draft confirmed done cancelled",
		"finance/invoices":              "draft posted partial paid",
		"finance/bills":                 "posted paid",
		"finance/payments":              "draft posted",
		"projects/projects":             "planned active closed",
		"projects/tasks":                "todo in_progress done",
		"approvals":                     "pending approved rejected",
		"inventory/landed_costs":        "draft posted",
		"inventory/vendor_returns":      "done",
		"inventory/reallocations":       "draft done",
		"purchasing/quotation_requests": "draft sent awarded",
		"purchasing/vendor_offers":      "offered awarded declined",
		"finance/bank_statements":       "loaded posted",
		"finance/dunning_runs":          "done",
		"finance/revaluations":          "posted",
		"finance/openings":              "posted",
		"projects/gates":                "open passed failed",
		"projects/materials":            "issued",
		"projects/closing_items":        "done",
	} {
		for state := range strings.FieldsSeq(wanted) {
			if len(owner.list(path, "status="+state)) == 0 {
				t.Errorf("%s: none is %s", path, state)
			}
		}
	}
	for path, query := range map[string]string{
		"production/production_orders": "rework_of_id[null]=false",
		"crm/opportunities":            "follow_up_date[null]=false",
		"sales/returns":                "service_case_id[null]=false",
		"sales/price_lists":            "customer_group=经销商",
		"finance/bills":                "match_status=price",
	} {
		if len(owner.list(path, query)) == 0 {
			t.Errorf("%s: none has %s", path, query)
		}
	}
	for _, kind := range []string{"payment_status=partial", "payment_status=paid", "delivery_status=partial", "delivery_status=waiting", "invoice_status=invoiced"} {
		if len(owner.list("sales/orders", kind)) == 0 {
			t.Errorf("no order with %s", kind)
		}
	}
}

// tour checks the deal that the README follows: what its win would bring about.
func tour(t *testing.T, w *world) {
	t.Helper()
	sales := w.demoLogin(t, "sales")
	deals := sales.list("crm/opportunities", "q=湖畔")
	if len(deals) != 1 || str(deals[0], "name") != app.DemoDeal {
		t.Fatalf("the deal of the README: %v", deals)
	}
	a := sales.post("/crm/opportunities/"+str(deals[0], "id")+"/win?dry_run=true", nil)
	for _, part := range []string{"sales.order.confirmed", "production.", "purchasing.", "S1 封口头", "S1 加热线圈"} {
		if a.status != http.StatusOK || !strings.Contains(a.raw, part) {
			t.Errorf("winning it does not show %s: %d %.2000s", part, a.status, a.raw)
		}
	}
}
