package app_test

import (
	"net/http"
	"strings"
	"testing"
)

const runs = "production/planning_runs"

// A planner looks at what a planning run would do, lets it run, and finds each request traceable to what it serves; what a buyer changed stays.
func TestPlanningRunThroughHTTP(t *testing.T) {
	c := newCompany(t, newWorld(t), "Plans")
	c.owner.must(http.StatusOK, c.owner.patch("/inventory/products/"+str(c.steel, "id"), m{"reorder_point": "100", "target_stock": "500"}))
	c.owner.must(http.StatusOK, c.owner.patch("/inventory/products/"+str(c.machine, "id"), m{"safety_stock": "1"}))

	a := c.planner.post("/"+runs+"?dry_run=true", m{})
	tree := c.planner.must(http.StatusOK, a)
	if hash, _ := tree["hash"].(string); hash == "" || !strings.Contains(a.raw, `"action":"buy"`) || !strings.Contains(a.raw, "purchasing.requisition") {
		t.Errorf("the dry run shows %s", a.raw)
	}
	if n := len(c.planner.list(runs, "")) + len(c.planner.list(orders, "")) + len(c.buyer.list("purchasing/requisitions", "")); n != 0 {
		t.Fatalf("a dry run left %d documents", n)
	}

	run := c.planner.create(runs, m{})
	same(t, "run", run, m{"made_count": "2", "requested_count": "3"}) // a machine and its frame; motors, steel for the frame, steel for stock
	machine, frame := c.made(c.machine), c.made(c.frame)
	same(t, "machine", machine, m{"quantity": "1", "status": "planned"})
	same(t, "frame", frame, m{"quantity": "1", "parent_id": machine["id"]})
	served := map[string]bool{}
	for _, l := range lines(run) {
		served[str(l, "document_no")+" for "+str(l, "serves")] = true
	}
	for _, r := range c.buyer.list("purchasing/requisitions", "") {
		if !served[str(r, "no")+" for "+str(r, "demand_document_no")] {
			t.Errorf("requisition %v is not among the results %v", r["no"], served)
		}
		why := c.buyer.get("/purchasing/requisitions/" + str(r, "id") + "/tree")
		if !strings.Contains(why.raw, "production.planning.started") {
			t.Errorf("requisition %v does not tell that planning asked for it: %s", r["no"], why.raw)
		}
	}
	steel := c.buyer.one("purchasing/requisitions", "product_id="+str(c.steel, "id")+"&production_order_id="+str(frame, "id"))
	pegs := c.pegging(str(steel, "id"))
	if len(pegs) != 2 || pegs[0]["direction"] != "serves" || pegs[0]["demand_no"] != frame["no"] || pegs[1]["demand_no"] != machine["no"] {
		t.Errorf("the steel serves %v", pegs)
	}
	pegs = c.pegging(str(machine, "id"))
	below := map[any]bool{}
	for _, x := range pegs {
		below[x["supply_no"]] = x["direction"] == "served_by"
	}
	if len(pegs) != 3 || !below[frame["no"]] || !below[steel["no"]] {
		t.Errorf("the machine is served by %v", pegs)
	}
	for _, who := range []person{c.sales, c.store, c.buyer} {
		who.refused("planning is for planners", who.post("/"+runs, m{}), http.StatusForbidden, "action.denied")
	}

	// The buyer rounds up; the machine is no longer wanted. Only what nobody touched goes.
	stock := c.buyer.one("purchasing/requisitions", "product_id="+str(c.steel, "id")+"&production_order_id[null]=true")
	same(t, "for stock", stock, m{"quantity": "500", "demand_document_no": run["no"]})
	c.buyer.must(http.StatusOK, c.buyer.patch("/purchasing/requisitions/"+str(stock, "id"), m{"quantity": "600"}))
	c.owner.must(http.StatusOK, c.owner.patch("/inventory/products/"+str(c.machine, "id"), m{"safety_stock": "0"}))
	second := c.planner.create(runs, m{})
	same(t, "second run", second, m{"made_count": "0", "requested_count": "0", "withdrawn_count": "1"})
	same(t, "machine", c.made(c.machine), m{"status": "cancelled"})
	same(t, "frame", c.made(c.frame), m{"status": "cancelled"})
	for _, r := range c.buyer.list("purchasing/requisitions", "status[ne]=cancelled") {
		same(t, "what stays", r, m{"id": stock["id"], "quantity": "600", "manual": "true"})
	}
}

// pegging asks what a document serves and what serves it.
func (c *company) pegging(id string) []m {
	return lists(c.planner.must(http.StatusOK, c.planner.get("/inventory/pegging?document_id="+id)), "data")
}
