package production_test

import (
	"testing"
)

const runs = "production/planning_runs"

// planned starts a run and returns its results.
func (c *company) planned() (m, []m) {
	c.t.Helper()
	rec := c.one(runs, "id", c.as("planner").add(runs, m{}))
	return rec, rows(rec, "lines")
}

// TestPlanningRunKeepsStock fills stock that falls below its level on a coming day, once, and takes back what nobody needs any more.
func TestPlanningRunKeepsStock(t *testing.T) {
	c := newCompany(t)
	bolt := c.product("BOLT", "buy", m{"safety_stock": "20", "target_stock": "50"})
	frame := c.product("FRAME", "make", m{"reorder_point": "5", "lead_time_days": 2})
	c.bom(frame, "1", bolt, "4")
	c.vendor("Smith", bolt, "1", 3)
	c.stock(bolt, "30", "1")
	c.stock(frame, "8", "9")
	sale := c.sell(frame, "6", m{"requested_date": day(10)}) // leaves 2 of 5 on day 10
	run, results := c.planned()
	c.fields(run, m{"made_count": "1", "requested_count": "1", "withdrawn_count": "0"})
	made := c.one(orders)
	c.fields(made, m{"product_id": frame, "quantity": "3", "due_date": day(10), "status": "planned", "manual": "false"})
	need := c.one(wanted) // 30 less 12 for the frames is 18 of at least 20 when they begin: up to 50
	c.fields(need, m{"product_id": bolt, "quantity": "32", "need_by": day(8), "status": "draft", "demand_document_no": run["no"]})
	c.fields(results[0], m{"action": "make", "state": "done", "reason": "stock_level", "document_no": made["no"], "quantity": "3"})
	c.fields(results[1], m{"action": "buy", "state": "done", "reason": "stock_level", "document_no": need["no"], "quantity": "32", "serves": run["no"]})

	again, results := c.planned()
	c.fields(again, m{"made_count": "0", "requested_count": "0", "withdrawn_count": "0"})
	if len(results) != 0 {
		t.Errorf("the second run finds %v", results)
	}

	c.must(selling, sale, "cancel", nil)
	third, _ := c.planned()
	c.fields(third, m{"withdrawn_count": "2"})
	c.fields(c.one(orders), m{"status": "cancelled"})
	c.fields(c.one(wanted), m{"status": "cancelled"}) // 30 on hand again
}

// TestPlanningRunServesWaiting supplies demands that lost their supply, pegged to them.
func TestPlanningRunServesWaiting(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	frame, steel := c.product("FRAME", "make", nil), c.product("STEEL", "buy", nil)
	c.bom(frame, "1", steel, "2")
	sale := c.sell(frame, "5", nil)
	order := c.one(orders)
	b.must(wanted, str(c.one(wanted)["id"]), "cancel", nil)
	_, results := c.planned()
	need := c.one(wanted, "status", "draft")
	c.fields(need, m{"quantity": "10", "production_order_id": order["id"], "sales_order_id": sale})
	c.fields(results[0], m{"action": "buy", "reason": "material", "serves": order["no"], "document_no": need["no"]})
	c.as("planner").must(orders, str(order["id"]), "cancel", nil)
	c.fields(c.one(wanted, "id", str(need["id"])), m{"status": "cancelled"})
	_, results = c.planned()
	made := c.one(orders, "status", "planned")
	c.fields(made, m{"quantity": "5", "sales_order_id": sale})
	if len(results) != 2 || str(results[0]["reason"]) != "demand" || str(results[1]["serves"]) != str(made["no"]) {
		t.Errorf("results %v", results)
	}
	c.fields(c.one(selling), m{"promised_date": day(2)})
}

// TestPlanningRunProposes what only people may decide, and does as they say. What a buyer changed stays as it is.
func TestPlanningRunProposes(t *testing.T) {
	c := newCompany(t)
	p, b := c.as("planner"), c.as("buyer")
	frame, steel := c.product("FRAME", "make", nil), c.product("STEEL", "buy", m{"reorder_point": "10"})
	c.bom(frame, "1", steel, "1")
	_, _ = c.planned()
	need := c.one(wanted)
	c.fields(need, m{"quantity": "10"})
	c.ok(b.change(wanted, str(need["id"]), m{"quantity": "15"}))
	c.stock(steel, "40", "1") // nothing is lacking any more
	_, results := c.planned()
	c.fields(c.one(wanted), m{"quantity": "15", "status": "draft", "manual": "true"})
	if len(results) != 0 {
		t.Errorf("results %v", results)
	}

	sale := c.sell(frame, "5", m{"requested_date": day(20)})
	order := c.one(orders)
	p.must(orders, str(order["id"]), "release", nil)
	p.must(orders, str(order["id"]), "reschedule", m{"due_date": day(10)})
	run, results := c.planned()
	c.fields(run, m{"proposed_count": "1"})
	c.fields(results[0], m{"action": "reschedule_out", "state": "proposed", "from_date": day(10), "date": day(20), "serves": c.one(selling)["no"]})
	p.must(runs, str(run["id"]), "accept", m{"lines": []any{results[0]["id"]}})
	c.fields(c.one(orders), m{"due_date": day(20), "start_date": day(19)})
	c.fields(rows(c.one(runs, "id", str(run["id"])), "lines")[0], m{"state": "accepted"})
	c.refused(p.act(runs, str(run["id"]), "accept", m{"lines": []any{results[0]["id"]}}), "fields.invalid")

	c.must(selling, sale, "cancel", nil) // released: the planner decides
	run, results = c.planned()
	c.fields(results[0], m{"action": "cancel", "state": "proposed", "document_no": order["no"], "reason": "unneeded"})
	p.must(runs, str(run["id"]), "accept", nil)
	c.fields(c.one(orders), m{"status": "cancelled"})
}
