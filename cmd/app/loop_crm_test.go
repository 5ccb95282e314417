package app_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/tenancy"
)

// sql changes a tenant's rows behind everybody's back, for what only time does.
func (p person) sql(query string) {
	p.t.Helper()
	who, err := p.w.app.DB.Authenticate(p.t.Context(), p.token)
	if err == nil {
		err = p.w.app.Engine.Do(p.t.Context(), who.Tenant, tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw(query).Exec(ctx)
			return err
		})
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// daily does what is due every day in the person's company.
func (p person) daily(key string) {
	p.t.Helper()
	who, err := p.w.app.DB.Authenticate(p.t.Context(), p.token)
	if err == nil {
		err = p.w.app.Relay.Daily(p.t.Context(), p.w.app.Engine, who.Tenant, key)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// A lead that may be known already shows it, however name, e-mail and phone are written; converting is not blocked.
func TestLoopLeadShowsDuplicates(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Duplicates")
	known := c.sales.create("crm/customers", m{"name": "北京星河科技有限公司", "email": "Info@Xinghe.cn", "phone": "+86 138-0013-8000"})
	c.sales.create("crm/contacts", m{"customer_id": known["id"], "name": "Li", "mobile": "139 0000 1111"})
	c.sales.create("crm/customers", m{"name": "Acme Co., Ltd."})
	lead := c.sales.create("crm/leads", m{"name": "Pumps", "company": "北京星河科技", "email": " info@xinghe.cn", "phone": "13900001111"})
	same(t, "seen on the lead", c.sales.read("crm/leads", str(lead, "id")), m{"duplicates": "1"})
	rows := c.sales.list("crm/leads", "duplicates[gt]=0")
	if len(rows) != 1 {
		t.Errorf("%d leads with duplicates", len(rows))
	}
	found := lists(c.sales.must(http.StatusOK, c.sales.get("/crm/duplicates?lead_id="+str(lead, "id"))), "data")
	if len(found) != 2 {
		t.Fatalf("found %v", found)
	}
	same(t, "contact", found[0], m{"entity": "crm.contact", "customer_id": known["id"], "same": "phone"})
	same(t, "customer", found[1], m{"entity": "crm.customer", "record_id": known["id"], "same": "email, company"})
	found = lists(c.sales.must(http.StatusOK, c.sales.post("/crm/duplicates", m{"company": "ACME"})), "data")
	same(t, "by the bare name", one(t, found), m{"name": "Acme Co., Ltd."})
	if got := lists(c.sales.must(http.StatusOK, c.sales.get("/crm/duplicates")), "data"); len(got) != 0 {
		t.Errorf("nothing given, found %v", got)
	}
	done := c.sales.act("crm/leads", str(lead, "id"), "convert", m{"customer_id": known["id"]})
	same(t, "joined", done, m{"status": "converted", "customer_id": known["id"], "duplicates": "0"})
}

// Reminders become activities: on the day that somebody set, and when a deal has stood still for longer than its stage allows.
func TestLoopFollowUps(t *testing.T) {
	c := newCompany(t, newWorld(t), "Reminds")
	lead := c.sales.create("crm/leads", m{"name": "Pumps", "follow_up_date": inDays(0)})
	c.sales.create("crm/leads", m{"name": "Later", "follow_up_date": inDays(3)})
	stage := c.director.list("crm/stages", "sort=sequence")[0]
	c.director.must(http.StatusOK, c.director.do(http.MethodPatch, "/crm/stages/"+str(stage, "id"), m{"follow_up_days": 5}, "If-Match", `"`+version(stage)+`"`))
	still := c.sales.create("crm/opportunities", m{"name": "Still", "customer_id": c.customer["id"]})
	c.sales.create("crm/opportunities", m{"name": "Lively", "customer_id": c.customer["id"]})
	c.sql(fmt.Sprintf("UPDATE crm_opportunity SET updated_at = now() - interval '6 days' WHERE id = '%s'", still["id"]))
	c.daily("crm/follow_ups")
	due := c.sales.list("crm/activities", "sort=subject")
	if len(due) != 2 {
		t.Fatalf("activities: %v", due)
	}
	same(t, "lead", due[0], m{"subject": "Follow up: Pumps", "lead_id": lead["id"], "due_date": inDays(0), "owner_id": c.sales.id, "status": "planned"})
	same(t, "deal", due[1], m{"subject": "Follow up: Still", "opportunity_id": still["id"], "customer_id": c.customer["id"]})
	same(t, "the date is used up", c.sales.read("crm/leads", str(lead, "id")), m{"follow_up_date": "<nil>"})
	c.daily("crm/follow_ups")
	if n := len(c.sales.list("crm/activities", "")); n != 2 {
		t.Errorf("%d activities after the second run", n)
	}
	if n := len(c.sales.list("notifications", "entity=crm.activity")); n != 1 {
		t.Errorf("%d notices, want one", n)
	}
}

func (c *company) sql(query string) { c.owner.sql(query) }
func (c *company) daily(key string) { c.owner.daily(key) }

// A running Tenon does its daily work by itself, once a day.
func TestLoopDailyWorkRuns(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Daily")
	c.sales.create("crm/leads", m{"name": "Pumps", "follow_up_date": inDays(0)})
	for range 2 { // a restart finds the day done
		client, err := w.app.Relay.Worker(w.app.Jobs, w.app.Engine, w.app.Live, w.app.Config.Log)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(40 * time.Second); len(c.sales.list("crm/activities", "")) == 0 && time.Now().Before(end); {
			time.Sleep(100 * time.Millisecond)
		}
		if err := client.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "made", c.sales.one("crm/activities", ""), m{"subject": "Follow up: Pumps"})
}

// The forecast adds up what open deals may bring, by month, stage and owner, weighted by their probability.
func TestLoopForecast(t *testing.T) {
	c := newCompany(t, newWorld(t), "Forecasts")
	deal := func(p person, amount, close string, more m) m {
		in := m{"name": "Deal", "customer_id": c.customer["id"], "expected_amount": amount, "close_date": close}
		for k, v := range more {
			in[k] = v
		}
		return p.create("crm/opportunities", in)
	}
	deal(c.sales, "1000", "2031-03-10", nil)
	deal(c.sales, "500", "2031-03-20", m{"probability": "50"})
	deal(c.director, "2000", "2031-03-31", nil)
	deal(c.sales, "300", "2031-04-01", m{"stage": "Proposal"})
	lost := deal(c.sales, "9999", "2031-03-05", nil)
	c.sales.act("crm/opportunities", str(lost, "id"), "lose", nil)
	rows := lists(c.sales.must(http.StatusOK, c.sales.get("/crm/forecast?from=2031-01-01&to=2031-12-31")), "data")
	if len(rows) != 3 {
		t.Fatalf("rows: %v", rows)
	}
	for _, r := range rows[:2] {
		want := m{"month": "2031-03", "stage": "First contact", "deals": "2", "expected_amount": "1500", "weighted_amount": "350"}
		if r["owner_id"] == c.director.id {
			want = m{"month": "2031-03", "deals": "1", "expected_amount": "2000", "weighted_amount": "200"}
		}
		same(t, "March", r, want)
	}
	same(t, "April", rows[2], m{"month": "2031-04", "stage": "Proposal", "expected_amount": "300", "weighted_amount": "150"})
	if got := lists(c.sales.must(http.StatusOK, c.sales.get("/crm/forecast?from=2031-04-01")), "data"); len(got) != 1 {
		t.Errorf("from April: %v", got)
	}
	c.planner.refused("no deals for planners", c.planner.get("/crm/forecast"), http.StatusForbidden, "")
}

// Goods that come back because of a service case are linked to it, to the order and to the customer.
func TestLoopReturnOfAServiceCase(t *testing.T) {
	c := newCompany(t, newWorld(t), "Cases")
	c.stock(c.motor, "3", "480")
	order := c.sell(c.motor, "3", "600")
	c.ships(order)
	cs := c.sales.create("crm/service_cases", m{"subject": "Humming", "type": "return", "customer_id": c.customer["id"], "order_id": order["id"]})
	in := func(x m) m {
		return m{"order_id": order["id"], "service_case_id": x["id"], "lines": []m{{"order_line_id": lines(order)[0]["id"], "quantity": "1"}}}
	}
	back := c.sales.create("sales/returns", in(cs))
	c.sales.act("sales/returns", str(back, "id"), "confirm", nil)
	same(t, "case", c.sales.read("crm/service_cases", str(cs, "id")), m{"return_id": back["id"], "status": "in_progress", "order_id": order["id"]})
	if onHand, _, _ := c.balance(t, c.motor); onHand.String() != "1" {
		t.Errorf("%s motors are back", onHand)
	}
	other := c.sales.create("crm/service_cases", m{"subject": "Theirs", "customer_id": c.sales.create("crm/customers", m{"name": "Other"})["id"]})
	wrong := c.sales.create("sales/returns", in(other))
	c.sales.refused("another's case", c.sales.doing("sales/returns", wrong, "confirm", nil), http.StatusUnprocessableEntity, "case.other_customer")
	c.balanced(t)
}
