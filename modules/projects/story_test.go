package projects_test

import (
	"net/http"
	"testing"
)

// deal is a won deal with services: its order is confirmed and its project open.
func deal(p person, more ...m) (won, order, project m) {
	p.t.Helper()
	customer := p.create("crm/customers", m{"name": "Northwind", "notify_progress": true})
	service := p.create("inventory/products", m{"number": "S", "name": "Installation", "type": "service", "unit": "h", "list_price": "100"})
	lines := append([]m{{"product_id": service["id"], "quantity": "50"}}, more...)
	won = p.create("crm/opportunities", m{"name": "Services", "customer_id": customer["id"], "lines": lines})
	won = p.act("crm/opportunities", won, "win", nil)
	order = p.read("sales/orders", m{"id": won["order_id"]})
	return won, order, p.one("projects/projects", "order_id="+text(order, "id"))
}

// A service order opens a project from the template; hours, expenses, tasks and milestones move it, and the deal shows it.
func TestServiceOrderOpensAProject(t *testing.T) {
	owner := company(t)
	pm, sally := owner.hire("pam", "project_manager"), owner.hire("sally", "sales")
	won, order, project := deal(owner)
	same(t, "project", project, m{
		"status": "planned", "budget_amount": "5000", "revenue": "5000", "actual_cost": "0", "margin": "5000", "progress": "0", "health": "green",
		"health_reason": "on_track", "opportunity_id": won["id"], "planned_hours": "184",
	})
	same(t, "line", lines(order)[0], m{"fulfilment": "project", "shipped_quantity": "0"})
	same(t, "deal", won, m{"project_id": project["id"], "delivery_status": "waiting"})
	tasks := pm.list("projects/tasks", "project_id="+text(project, "id")+"&sort=sequence")
	steps := pm.list("projects/milestones", "project_id="+text(project, "id")+"&sort=due_date")
	if len(tasks) != 4 || len(steps) != 4 {
		t.Fatalf("%d tasks, %d milestones", len(tasks), len(steps))
	}

	// Work: hours at the person's rate, an expense.
	same(t, "resource", pm.create("projects/resources", m{"user_id": pm.id, "cost_rate": "60"}), m{"name": "pam"})
	sheet := pm.create("projects/timesheets", m{"project_id": project["id"], "task_id": tasks[0]["id"], "hours": "4"})
	same(t, "hours", sheet, m{"user_id": pm.id, "rate": "60", "amount": "240", "status": "booked"})
	expense := pm.create("projects/expenses", m{"project_id": project["id"], "description": "Train", "amount": "160"})
	project = pm.read("projects/projects", project)
	same(t, "worked", project, m{"status": "active", "actual_cost": "400", "labour_cost": "240", "expense_cost": "160", "actual_hours": "4", "margin": "4600"})
	same(t, "task", pm.read("projects/tasks", tasks[0]), m{"status": "in_progress", "done_hours": "4"})
	same(t, "deal", owner.read("crm/opportunities", won), m{"project_cost": "400"})
	if _, seen := sally.read("projects/projects", project)["actual_cost"]; seen {
		t.Error("a salesperson sees cost")
	}
	pm.act("projects/expenses", expense, "cancel", nil)
	same(t, "without the expense", pm.read("projects/projects", project), m{"actual_cost": "240"})

	// Progress.
	pm.act("projects/tasks", tasks[0], "complete", nil)
	same(t, "reached", pm.act("projects/milestones", steps[0], "complete", nil), m{"status": "reached"})
	project = pm.read("projects/projects", project)
	same(t, "moved", project, m{"progress": "14.6739"}) // (8/184 + 1/4) / 2
	same(t, "deal", owner.read("crm/opportunities", won), m{"project_progress": "14.6739"})

	// Closed: the services are delivered and invoiced.
	same(t, "closed", pm.act("projects/projects", project, "close", nil), m{"status": "closed", "progress": "100"})
	order = owner.read("sales/orders", order)
	same(t, "order", order, m{"delivery_status": "shipped", "delivery_progress": "100", "invoice_status": "invoiced", "status": "in_progress"})
	same(t, "deal", owner.read("crm/opportunities", won), m{"project_progress": "100", "delivery_status": "shipped"})
	_, out, _ := pm.do(http.MethodPost, "/projects/timesheets", m{"project_id": project["id"], "hours": "1"})
	same(t, "too late", out, m{"reason": "project.over"})
}

// The manager is warned before the budget is exceeded, and health says why.
func TestHealth(t *testing.T) {
	owner := company(t)
	_, _, project := deal(owner)
	owner.create("projects/expenses", m{"project_id": project["id"], "description": "Subcontractor", "amount": "4000"})
	same(t, "near", owner.read("projects/projects", project), m{"health": "amber", "health_reason": "near_budget"})
	owner.create("projects/expenses", m{"project_id": project["id"], "description": "More", "amount": "1001"})
	same(t, "over", owner.read("projects/projects", project), m{"health": "red", "health_reason": "over_budget", "margin": "-1"})
	own := owner.create("projects/projects", m{"name": "Own", "end_date": "2020-02-01", "start_date": "2020-01-01"})
	same(t, "own", own, m{"no": "PJ000002", "manager_id": owner.id, "health": "red", "health_reason": "overdue"})
	if n := len(owner.list("projects/projects", "health=red")); n != 2 {
		t.Errorf("%d red projects", n)
	}
}

// An amendment takes services in and out; a cancelled order cancels what has not begun.
func TestOrderChangesReachTheProject(t *testing.T) {
	owner := company(t)
	_, order, project := deal(owner)
	line := lines(order)[0]
	extra := owner.create("inventory/products", m{"number": "T", "name": "Training", "type": "service", "unit": "h", "list_price": "50"})
	order = owner.act("sales/orders", order, "amend", m{"lines": []m{{"id": line["id"], "quantity": "40"}, {"product_id": extra["id"], "quantity": "10"}}})
	project = owner.read("projects/projects", project)
	same(t, "amended", project, m{"revenue": "4500", "budget_amount": "4500"})
	if n := len(rows(project, "services")); n != 2 {
		t.Errorf("%d services", n)
	}
	same(t, "new line", lines(order)[1], m{"fulfilment": "project", "shipped_quantity": "0"})
	owner.act("sales/orders", order, "cancel", nil)
	same(t, "cancelled", owner.read("projects/projects", project), m{"status": "cancelled"})
}

// Goods and services in one order: the delivery takes the goods, the project the services.
func TestGoodsAndServices(t *testing.T) {
	owner := company(t)
	goods := owner.create("inventory/products", m{"number": "G", "name": "Pump", "type": "stock", "unit": "pcs", "list_price": "5000", "supply": "buy"})
	doc := owner.create("inventory/stock_counts", m{"lines": []m{{"product_id": goods["id"], "counted_quantity": "5", "unit_cost": "100"}}})
	owner.act("inventory/stock_counts", doc, "post", nil)
	_, order, project := deal(owner, m{"product_id": goods["id"], "quantity": "1"})
	same(t, "half of the goods", order, m{"delivery_progress": "25"})
	delivery := owner.one("inventory/deliveries", "order_id="+text(order, "id"))
	owner.act("inventory/deliveries", delivery, "ship", nil)
	same(t, "goods left", owner.read("sales/orders", order), m{"delivery_progress": "50", "delivery_status": "partial", "invoice_status": "partial"})
	owner.act("projects/projects", project, "start", nil)
	owner.act("projects/projects", project, "close", nil)
	same(t, "all done", owner.read("sales/orders", order), m{"delivery_progress": "100", "invoice_status": "invoiced"})
}

func TestTasksHangTogether(t *testing.T) {
	owner := company(t, "crm", "projects")
	tpl := owner.one("projects/templates", "is_default=true")
	project := owner.create("projects/projects", m{"name": "Own", "template_id": tpl["id"], "start_date": "2026-01-01"})
	other := owner.create("projects/projects", m{"name": "Other"})
	tasks := owner.list("projects/tasks", "project_id="+text(project, "id")+"&sort=sequence")
	if len(tasks) != 4 {
		t.Fatalf("%d tasks", len(tasks))
	}
	path := rows(owner.must(http.StatusOK, http.MethodGet, "/projects/critical_path?project_id="+text(project, "id"), nil), "data")
	if len(path) != 4 {
		t.Fatalf("%v", path)
	}
	same(t, "last", path[3], m{"name": "Acceptance", "critical": "true", "start_date": "2026-02-24", "end_date": "2026-02-28"}) // New Year and Spring Festival are off, the weekends around them are worked
	next := owner.create("projects/projects", m{"name": "Next", "start_date": "2031-05-05"})
	owner.create("projects/tasks", m{"project_id": next["id"], "name": "Far", "start_date": "2031-05-06", "end_date": "2031-05-08"})
	far := rows(owner.must(http.StatusOK, http.MethodGet, "/projects/critical_path?project_id="+text(next, "id"), nil), "data")
	same(t, "a plan for later begins later", far[0], m{"start_date": "2031-05-05", "end_date": "2031-05-07"})
	_, out, _ := owner.do(http.MethodPatch, "/projects/tasks/"+text(tasks[0], "id"), m{"depends_on": []any{tasks[3]["id"]}}, "If-Match", `"1"`)
	if f := rows(out, "fields"); len(f) != 1 || text(f[0], "reason") != "task.cycle" {
		t.Errorf("a cycle: %v", out)
	}
	_, out, _ = owner.do(http.MethodPost, "/projects/timesheets", m{"project_id": other["id"], "task_id": tasks[0]["id"], "hours": "1"})
	if f := rows(out, "fields"); len(f) != 1 || text(f[0], "reason") != "task.other_project" {
		t.Errorf("a task of another project: %v", out)
	}
	same(t, "begun", owner.act("projects/tasks", tasks[1], "start", nil), m{"status": "in_progress"})
	same(t, "off", owner.act("projects/tasks", tasks[1], "cancel", nil), m{"status": "cancelled"})
	same(t, "again", owner.act("projects/tasks", tasks[1], "reopen", nil), m{"status": "todo"})
	step := owner.list("projects/milestones", "project_id="+text(project, "id"))[0]
	same(t, "milestone off", owner.act("projects/milestones", step, "cancel", nil), m{"status": "cancelled"})
	sheet := owner.create("projects/timesheets", m{"project_id": project["id"], "hours": "2", "rate": "10"})
	same(t, "void", owner.act("projects/timesheets", sheet, "cancel", nil), m{"status": "cancelled"})
	same(t, "nothing counts", owner.read("projects/projects", project), m{"actual_cost": "0", "actual_hours": "0"})
	risk := owner.create("projects/risks", m{"project_id": project["id"], "name": "Late parts", "impact": "high"})
	same(t, "risk", owner.act("projects/risks", risk, "close", nil), m{"status": "closed"})
	same(t, "cancelled", owner.act("projects/projects", other, "cancel", nil), m{"status": "cancelled"})
}

// Hours and expenses without a project, or for none that exists, are refused with the field's name.
func TestBookingsNameTheirProject(t *testing.T) {
	owner := company(t, "crm", "projects")
	for _, path := range []string{"/projects/timesheets", "/projects/expenses", "/projects/tasks", "/projects/milestones", "/projects/risks"} {
		for name, project := range map[string]any{"missing": nil, "malformed": "x", "unknown": "019307a0-0000-7000-8000-000000000000", "empty": "", "a number": 7} {
			body := m{"hours": "1", "amount": "1", "name": "N"}
			switch path {
			case "/projects/timesheets":
				delete(body, "amount")
				delete(body, "name")
			case "/projects/expenses":
				delete(body, "hours")
				delete(body, "name")
			default:
				delete(body, "hours")
				delete(body, "amount")
			}
			if name != "missing" {
				body["project_id"] = project
			}
			status, out, _ := owner.do(http.MethodPost, path, body)
			if f := rows(out, "fields"); status != http.StatusBadRequest || len(f) != 1 || text(f[0], "field") != "project_id" {
				t.Errorf("%s, %s project: %d %v", path, name, status, out)
			}
		}
	}
}
