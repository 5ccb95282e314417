package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Two canaries sit in a company's costs and prices. Whoever may not see the one or the other does not meet it on any way out: lists, records, searches,
// files, trees, dry runs, the audit, approvals, notices, reports.
func TestCanariesAreNotHeardByWhoMayNot(t *testing.T) {
	c := newCompany(t, newWorld(t), "Canary")
	viewer, security, manager := c.owner.hire("vic", "viewer"), c.owner.hire("sec", "security_officer"), c.owner.hire("pm", "project_manager")
	const cost, price, deal = "4313.37", "8642.68", "7531.57"
	pump := c.owner.create("inventory/products", m{"number": "P9", "name": "Pump", "type": "stock", "unit": "pcs", "supply": "buy", "standard_cost": cost, "list_price": price})
	c.buyer.create("purchasing/vendor_prices", m{"product_id": pump["id"], "vendor_id": c.vendor["id"], "price": cost, "lead_time_days": 3})
	c.stock(pump, "3", cost)
	opportunity := c.sales.create("crm/opportunities", m{"name": "Pumps", "customer_id": c.customer["id"], "lines": []m{{"product_id": pump["id"], "quantity": "5", "unit_price": deal}}})
	win := "/crm/opportunities/" + str(opportunity, "id") + "/win"
	if a := c.sales.post(win+"?dry_run=true", nil); a.status != http.StatusOK || strings.Contains(a.raw, cost) {
		t.Errorf("the dry run of sales: %d, cost %v", a.status, strings.Contains(a.raw, cost))
	}
	won := c.sales.must(http.StatusOK, c.sales.post(win, nil))
	order := str(won, "order_id")
	if delivery := c.store.one("inventory/deliveries", ""); c.store.post("/inventory/deliveries/"+str(delivery, "id")+"/ship", nil).status != http.StatusOK {
		t.Error("nothing was shipped")
	}
	for _, r := range c.buyer.list("purchasing/requisitions", "") {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
	}
	deaf := map[string][]person{
		cost:  {c.sales, c.store, c.planner, viewer, security},
		price: {c.store, c.planner, c.buyer, security, manager},
		deal:  {c.store, c.planner, security},
	}
	paths := crawl(c.owner, order, str(pump, "id"))
	for canary, people := range deaf {
		for _, p := range people {
			for _, path := range paths {
				a := p.get(path)
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s: %d %s", path, a.status, a.raw)
				}
				if strings.Contains(a.raw, canary) {
					at := strings.Index(a.raw, canary)
					t.Errorf("%s hears %s at %s: …%s", p.email, canary, path, a.raw[max(0, at-300):min(len(a.raw), at+20)])
				}
			}
		}
	}
	heard := map[string]int{}
	for canary := range deaf {
		for _, path := range paths {
			if strings.Contains(c.owner.get(path).raw, canary) {
				heard[canary]++
			}
		}
		if heard[canary] < 4 {
			t.Errorf("the owner hears %s in %d places only: the crawl proves nothing", canary, heard[canary])
		}
	}
}

// crawl lists every address that shows data.
func crawl(o person, ids ...string) []string {
	out := []string{"/audit?limit=500", "/search?q=P9&limit=20", "/events?once=true&last_event_id=" + fmt.Sprint(time.Now().Add(-time.Minute).UnixMicro()), "/meta", "/openapi.json", "/roles", "/modules"}
	for _, key := range ids {
		for _, name := range []string{"sales.order", "inventory.product"} {
			out = append(out, "/audit?limit=500&entity="+name+"&record_id="+key)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(o.w.app.Engine.Reports())) {
		out = append(out, "/"+path)
	}
	for _, d := range o.w.app.Engine.Catalog().All() {
		if d.Parent != nil || d.Collection == "" {
			continue
		}
		expand := []string{}
		for _, f := range d.Fields {
			if name, ok := strings.CutSuffix(f.Name, "_id"); ok && f.Ref != "" && f.RefBy == "" {
				expand = append(expand, name)
			}
		}
		out = append(out, "/"+d.Path()+"?limit=500", "/"+d.Path()+"/export", "/"+d.Path()+"?limit=1&q=P9")
		for _, name := range expand {
			out = append(out, "/"+d.Path()+"?limit=500&expand="+name)
		}
		for _, row := range o.list(d.Path(), "limit=2") {
			out = append(out, "/"+d.Path()+"/"+str(row, "id"), "/"+d.Path()+"/"+str(row, "id")+"/tree",
				"/"+d.Path()+"/"+str(row, "id")+"/history", "/"+d.Path()+"/"+str(row, "id")+"/related")
		}
	}
	return out
}

// The same key at the same time is one request.
func TestOneKeyIsOneOrder(t *testing.T) {
	c := newCompany(t, newWorld(t), "Race")
	in := m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "10"}}}
	order := str(c.sales.create("sales/orders", in), "id")
	answers := make([]answer, 12)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			if i%2 == 0 {
				answers[i] = c.sales.post("/sales/orders", in, "Idempotency-Key", "race")
			} else {
				answers[i] = c.sales.post("/sales/orders/"+order+"/confirm", nil)
			}
		})
	}
	all.Wait()
	got := map[string]int{}
	for i, a := range answers {
		got[fmt.Sprint(i%2, a.status)]++
	}
	if got["0 201"] != 6 || got["1 200"] != 1 || got["1 409"] != 5 {
		t.Errorf("answers: %v", got)
	}
	if n := len(c.sales.list("sales/orders", "")); n != 2 {
		t.Errorf("%d orders", n)
	}
	if n := len(c.buyer.list("purchasing/requisitions", "")); n != 1 {
		t.Errorf("%d requisitions", n)
	}
}
