package app_test

import (
	"net/http"
	"testing"
)

// A salesperson asks for a date while a machine is full, the planner moves work by hand within what it can do, output differs within its tolerance,
// rejects are worked over, and an order that has begun is given up by a decision. Nothing stays in work in progress.
func TestShopFloorThroughHTTP(t *testing.T) {
	c := newCompany(t, newWorld(t), "Floor")
	p := c.planner
	calendar := p.create("production/calendars", m{"code": "C", "name": "Every day", "saturday_hours": "8", "sunday_hours": "8"})
	press := p.create("production/work_centers", m{"code": "P", "name": "Press", "bottleneck": true, "calendar_id": calendar["id"], "cost_rate": "60"})
	routing := p.create("production/routings", m{"code": "R", "name": "Pressing", "operations": []m{
		{"name": "Press", "work_center_id": press["id"], "run_minutes": "60"},
	}})
	panel := c.product("P1", "stock", "make", "100", "300")
	p.create("production/bills_of_materials", m{
		"product_id": panel["id"], "routing_id": routing["id"], "over_percent": "10", "under_percent": "10",
		"lines":      []m{{"component_id": c.steel["id"], "quantity": "2"}},
		"alternates": []m{{"component_id": c.steel["id"], "product_id": c.motor["id"], "quantity": "1"}},
	})
	c.stock(c.steel, "100", "9")
	first := p.create(orders, m{"product_id": panel["id"], "quantity": "16"}) // two days of the press
	same(t, "operation", lists(first, "operations")[0], m{"planned_minutes": "960", "planned_end": first["due_date"]})

	ask := func(who person, quantity string) m {
		out := who.must(http.StatusOK, who.get("/production/capable_to_promise?product_id="+str(panel, "id")+"&quantity="+quantity))
		return lists(out, "data")[0]
	}
	same(t, "promise", ask(c.sales, "8"), m{"way": "make", "from_stock": "0", "earliest_date": inDays(2)})
	second := p.create(orders, m{"product_id": panel["id"], "quantity": "10"})
	move := func(in m) answer { return p.doing(orders, second, "reschedule", in) }
	p.refused("a full press", move(m{"start_date": inDays(0), "due_date": inDays(1)}), http.StatusBadRequest, "fields.invalid")
	p.must(http.StatusOK, move(m{"start_date": inDays(5), "due_date": inDays(7)}))
	for _, d := range lists(p.must(http.StatusOK, p.get("/production/work_center_days?from="+inDays(0)+"&to="+inDays(9))), "data") {
		if num(t, d, "minutes").GreaterThan(num(t, d, "available_minutes")) {
			t.Errorf("the press is too full: %v", d)
		}
	}

	key := str(first, "id")
	p.act(orders, key, "release", nil)
	p.act(orders, key, "book", m{"minutes": "960"})
	p.refused("too much", p.doing(orders, first, "complete", m{"quantity": "18"}), http.StatusUnprocessableEntity, "production.too_much")
	p.refused("too little", p.doing(orders, first, "complete", m{"quantity": "14", "close": true}), http.StatusUnprocessableEntity, "production.too_little")
	p.act(orders, key, "complete", m{"quantity": "12"})
	c.store.refused("rework", c.store.doing(orders, first, "rework", m{"quantity": "4"}), http.StatusForbidden, "")
	p.act(orders, key, "rework", m{"quantity": "4", "note": "scratched"})
	over := p.one(orders, "rework_of_id="+key)
	same(t, "rework", over, m{"quantity": "4", "material_cost": "72", "labour_cost": "240"})
	p.act(orders, str(over, "id"), "release", nil)
	p.act(orders, str(over, "id"), "complete", nil)
	same(t, "made", p.read(orders, key), m{"status": "done", "rejected_quantity": "4"})

	material := lists(p.read(orders, str(second, "id")), "materials")[0]
	c.stock(c.motor, "50", "470")
	p.act(orders, str(second, "id"), "substitute", m{"material_id": material["id"], "product_id": c.motor["id"]})
	p.act(orders, str(second, "id"), "release", nil)
	p.act(orders, str(second, "id"), "issue", nil)
	p.refused("undecided", p.doing(orders, second, "cancel", nil), http.StatusUnprocessableEntity, "production.decide")
	p.act(orders, str(second, "id"), "cancel", m{"materials": "return"})
	if onHand, reserved, _ := c.balance(t, c.motor); onHand.String() != "50" || !reserved.IsZero() {
		t.Errorf("motors on hand %s, reserved %s", onHand, reserved)
	}
	if onHand, _, _ := c.balance(t, panel); onHand.String() != "16" {
		t.Errorf("panels on hand %s", onHand)
	}
	sum := num(t, m{"x": "0"}, "x")
	for _, a := range lists(c.books.must(http.StatusOK, c.books.get("/finance/trial_balance")), "data") {
		sum = sum.Add(num(t, a, "balance"))
		if a["code"] == "5001" && !num(t, a, "balance").IsZero() {
			t.Errorf("work in progress %v", a)
		}
	}
	denied, _ := c.sales.read(orders, key)["_denied"].([]any)
	for _, want := range []string{"yield_variance", "subcontract_cost"} {
		seen := false
		for _, d := range denied {
			seen = seen || d == want
		}
		if !seen {
			t.Errorf("a salesperson sees %s", want)
		}
	}
	if !sum.IsZero() {
		t.Errorf("the books are off by %s", sum)
	}
}
