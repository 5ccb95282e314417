package production_test

import "testing"

// TestBottleneck plans orders on a machine that takes one at a time, moves one by hand, and lets the promise know.
func TestBottleneck(t *testing.T) {
	c := newCompany(t)
	p := c.as("planner")
	good, raw := c.product("GOOD", "make", nil), c.product("RAW", "buy", nil)
	calendar := p.add("production/calendars", m{"code": "C", "name": "Week", "friday_hours": "4", "days": []m{{"date": day(2), "name": "Holiday"}}})
	center := p.add("production/work_centers", m{"code": "W1", "name": "Press", "bottleneck": true, "calendar_id": calendar, "efficiency_percent": "50"})
	routing := p.add("production/routings", m{"code": "R1", "name": "Pressing", "operations": []m{
		{"name": "Press", "work_center_id": center, "run_minutes": "60", "scrap_percent": "0"},
	}})
	p.add(bills, m{"product_id": good, "routing_id": routing, "lines": components(raw, "1")})
	c.stock(raw, "100", "1")
	// Four hours' work a day; day 2 is a holiday, day 4 has two: 6 pieces take half of today, and tomorrow.
	first := p.add(orders, m{"product_id": good, "quantity": "6"})
	one := p.one(orders, "id", first)
	c.fields(one, m{"start_date": day(0), "due_date": day(1)})
	c.fields(rows(one, "operations")[0], m{"planned_start": day(0), "planned_end": day(1), "planned_minutes": "360"})
	c.fields(p.report("capable_to_promise", m{"product_id": good, "quantity": "6"})[0], m{"earliest_date": day(3)}) // 2 today, 4 on day 3
	second := p.add(orders, m{"product_id": good, "quantity": "6"})
	c.fields(p.one(orders, "id", second), m{"due_date": day(3)})
	days := p.report("work_center_days", m{"from": day(0), "to": day(4)})
	for i, want := range []m{
		{"minutes": "240", "available_minutes": "240", "orders": "2"},
		{"minutes": "240", "free_minutes": "0", "orders": "1"},
		{"minutes": "0", "available_minutes": "0"},
		{"minutes": "240"},
		{"minutes": "0", "available_minutes": "120", "free_minutes": "120"},
	} {
		c.fields(days[i], want)
	}
	f := c.refused(p.act(orders, second, "reschedule", m{"start_date": day(0), "due_date": day(1)}), "fields.invalid")
	if f.Fields[0].Reason != "production.no_capacity" || f.Fields[0].Path != "due_date" {
		t.Errorf("refused with %+v", f.Fields)
	}
	f = c.refused(p.act(orders, second, "reschedule", m{"start_date": "2026-02-27"}), "fields.invalid")
	if f.Fields[0].Reason != "production.past" {
		t.Errorf("refused with %+v", f.Fields)
	}
	p.must(orders, second, "reschedule", m{"start_date": day(7), "due_date": day(9)})
	moved := p.one(orders, "id", second)
	c.fields(moved, m{"start_date": day(7), "due_date": day(9), "manual": "true"})
	c.fields(rows(moved, "operations")[0], m{"planned_start": day(8), "planned_end": day(9)})
	c.fields(p.report("work_center_days", m{"from": day(0), "to": day(0)})[0], m{"minutes": "120", "orders": "1"})
	_, err := p.make("production/calendars", m{"code": "D", "name": "D", "monday_hours": "25", "days": []m{{"date": day(1)}, {"date": day(1)}}})
	if f := c.refused(err, "fields.invalid"); len(f.Fields) != 2 {
		t.Errorf("refused with %+v", f.Fields)
	}
}
