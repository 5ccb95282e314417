package projects_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/clock"
)

// from is the date n days after the first Monday of 2030.
func from(n int) string { return clock.NewDate(2030, 1, 7).AddDays(n).String() }

// refused fails unless an action is refused with a reason.
func (p person) refused(path string, rec m, action string, in any, reason string) m {
	p.t.Helper()
	status, out, raw := p.do(http.MethodPost, "/"+path+"/"+text(rec, "id")+"/"+action, in)
	if status < 400 || text(out, "reason") != reason {
		p.t.Errorf("%s: %d %s, want %s", action, status, raw, reason)
	}
	return out
}

// A project whose initiation needs approval is started by somebody else's consent; nothing is booked on it before.
func TestInitiationNeedsApproval(t *testing.T) {
	owner := company(t)
	pm := owner.hire("pam", "project_manager")
	project := pm.create("projects/projects", m{"name": "New line", "initiation_required": true, "budget_amount": "90000", "objective": "A second line"})
	status, out, _ := pm.do(http.MethodPost, "/projects/timesheets", m{"project_id": project["id"], "hours": "1"})
	if status != http.StatusUnprocessableEntity || text(out, "reason") != "project.not_started" {
		t.Errorf("hours before the start: %d %v", status, out)
	}
	parked := pm.must(http.StatusAccepted, http.MethodPost, "/projects/projects/"+text(project, "id")+"/start", nil)
	approval, _ := parked["approval"].(m)
	same(t, "parked", pm.read("projects/projects", project), m{"status": "pending_approval"})
	owner.act("approvals", approval, "approve", nil)
	same(t, "started", pm.read("projects/projects", project), m{"status": "active"})
	pm.create("projects/timesheets", m{"project_id": project["id"], "hours": "1"})
	strict := owner.create("projects/templates", m{"name": "Strict", "initiation_required": true, "closing_review": true})
	same(t, "as its template says", pm.create("projects/projects", m{"name": "Big", "template_id": strict["id"]}), m{"initiation_required": true, "closing_review": true})
	same(t, "others start at once", pm.act("projects/projects", pm.create("projects/projects", m{"name": "Small"}), "start", nil), m{"status": "active"})
}

// A milestone is reached when its gates are passed, not before; risks are ranked by probability and impact.
func TestGatesAndRisks(t *testing.T) {
	owner := company(t, "crm", "projects")
	pm := owner.hire("pam", "project_manager")
	project := pm.create("projects/projects", m{"name": "Own"})
	step := pm.create("projects/milestones", m{"project_id": project["id"], "name": "Design"})
	gate := pm.create("projects/gates", m{"milestone_id": step["id"], "name": "Peer review", "criterion": "No open finding"})
	same(t, "gate", gate, m{"project_id": project["id"], "status": "open"})
	out := pm.refused("projects/milestones", step, "complete", nil, "milestone.gated")
	if !strings.Contains(text(out, "detail"), "Peer review") {
		t.Errorf("the gate is not named: %v", out)
	}
	pm.refused("projects/gates", gate, "fail", nil, "gate.no_finding")
	same(t, "failed", pm.act("projects/gates", gate, "fail", m{"finding": "Two findings"}), m{"status": "failed", "finding": "Two findings"})
	pm.refused("projects/milestones", step, "complete", nil, "milestone.gated")
	same(t, "passed", pm.act("projects/gates", gate, "pass", nil), m{"status": "passed", "decided_by": pm.id})
	same(t, "reached", pm.act("projects/milestones", step, "complete", nil), m{"status": "reached"})
	status, _, _ := pm.do(http.MethodPost, "/projects/gates", m{"milestone_id": step["id"], "name": "Too late"})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a gate on a reached milestone: %d", status)
	}
	risk := pm.create("projects/risks", m{"project_id": project["id"], "name": "Late parts", "probability": "high", "impact": "high", "response": "transfer", "review_date": "2020-01-01"})
	same(t, "risk", risk, m{"score": 9, "rating": "high", "review_overdue": true, "response": "transfer"})
	same(t, "default", pm.create("projects/risks", m{"project_id": project["id"], "name": "Other", "impact": "low"}), m{"score": 2, "rating": "low", "review_overdue": false})
}

// A project under closing review is closed when nothing is open, or by somebody who says why.
func TestClosingReview(t *testing.T) {
	owner := company(t, "crm", "projects")
	pm := owner.hire("pam", "project_manager")
	project := pm.create("projects/projects", m{"name": "Own"})
	task := pm.create("projects/tasks", m{"project_id": project["id"], "name": "Write it down"})
	same(t, "under review", pm.act("projects/projects", project, "review", nil), m{"closing_review": true})
	items := pm.list("projects/closing_items", "project_id="+text(project, "id"))
	if len(items) != 4 {
		t.Fatalf("%d items on the checklist", len(items))
	}
	out := pm.refused("projects/projects", project, "close", nil, "project.open_work")
	if f := rows(out, "fields"); len(f) != 2 || text(f[0], "field") != "closing_items" || !strings.Contains(text(f[1], "detail"), "Write it down") {
		t.Errorf("what is open: %v", f)
	}
	pm.refused("projects/projects", project, "close", m{"override": true}, "project.no_reason")
	other := pm.create("projects/projects", m{"name": "Given up", "closing_review": true})
	pm.create("projects/tasks", m{"project_id": other["id"], "name": "Never done"})
	same(t, "anyway", pm.act("projects/projects", other, "close", m{"override": true, "reason": "The customer is gone"}), m{"status": "closed", "close_reason": "The customer is gone"})
	pm.act("projects/tasks", task, "complete", nil)
	for _, i := range items {
		same(t, "item", pm.act("projects/closing_items", i, "complete", nil), m{"status": "done"})
	}
	same(t, "closed", pm.act("projects/projects", project, "close", nil), m{"status": "closed", "close_reason": ""})
}

// The plan is frozen; what slips is measured against it. Budget and cost stand side by side by kind.
func TestBaselineAndBudget(t *testing.T) {
	owner := company(t, "crm", "projects")
	pm := owner.hire("pam", "project_manager")
	project := pm.create("projects/projects", m{
		"name": "Own", "start_date": from(0), "end_date": from(11), "budget_amount": "1000", "labour_budget": "600", "material_budget": "400",
	})
	first := pm.create("projects/tasks", m{"project_id": project["id"], "name": "A", "start_date": from(0), "end_date": from(4), "planned_hours": "8"})
	second := pm.create("projects/tasks", m{"project_id": project["id"], "name": "B", "sequence": 10, "start_date": from(7), "end_date": from(11), "depends_on": []any{first["id"]}})
	same(t, "baseline", pm.act("projects/projects", project, "baseline", nil), m{"baseline_end": from(11), "baseline_budget": "1000"})
	second = pm.read("projects/tasks", second)
	pm.must(http.StatusOK, http.MethodPatch, "/projects/tasks/"+text(second, "id"), m{"end_date": from(14)}, "If-Match", `"2"`)
	off := rows(pm.must(http.StatusOK, http.MethodGet, "/projects/schedule_variance?project_id="+text(project, "id"), nil), "data")
	if len(off) != 2 {
		t.Fatalf("%v", off)
	}
	same(t, "A", off[0], m{"variance_days": 0, "baseline_hours": "8"})
	same(t, "B", off[1], m{"variance_days": 1, "baseline_end": from(11), "end_date": from(14), "critical": true})

	crane := pm.create("projects/resources", m{"kind": "equipment", "name": "Crane", "cost_rate": "50"})
	pm.create("projects/timesheets", m{"project_id": project["id"], "hours": "4", "resource_id": crane["id"]})
	pm.create("projects/expenses", m{"project_id": project["id"], "amount": "300", "category": "material"})
	pm.create("projects/expenses", m{"project_id": project["id"], "amount": "350", "category": "travel"})
	same(t, "project", pm.read("projects/projects", project), m{
		"labour_cost": "200", "material_cost": "300", "expense_cost": "650", "actual_cost": "850", "health": "amber",
		"health_text_en": "Schedule: on time; cost: 80 % of the budget is spent", "health_text_zh": "进度：正常；成本：已达预算的 80 %",
	})
	money := rows(pm.must(http.StatusOK, http.MethodGet, "/projects/budget?project_id="+text(project, "id"), nil), "data")
	same(t, "labour", money[0], m{"kind": "labour", "budget": "600", "actual": "200", "remaining": "400", "used_percent": "33.33"})
	same(t, "material", money[1], m{"budget": "400", "actual": "300"})
	same(t, "expense", money[2], m{"budget": "0", "actual": "350"})
	same(t, "total", money[3], m{"budget": "1000", "actual": "850", "remaining": "150", "used_percent": "85"})
	late := pm.create("projects/projects", m{"name": "Late", "end_date": "2020-02-01", "start_date": "2020-01-01"})
	if s := text(late, "health_text_en"); !strings.HasPrefix(s, "Schedule: ") || !strings.HasSuffix(s, " days past its end; cost: no budget is set") {
		t.Errorf("health in words: %q", s)
	}
}

// Who and what is planned for more than a day has is listed with the days and the work.
func TestResourceConflicts(t *testing.T) {
	owner := company(t, "crm", "projects")
	pm := owner.hire("pam", "project_manager")
	a, b := pm.create("projects/projects", m{"name": "A"}), pm.create("projects/projects", m{"name": "B"})
	pm.create("projects/resources", m{"user_id": pm.id, "hours_per_day": "6", "name": "Pam", "days_off": []any{from(1)}})
	task := func(project m, name string, from, to string, hours string) {
		pm.create("projects/tasks", m{"project_id": project["id"], "name": name, "assignee_id": pm.id, "start_date": from, "end_date": to, "planned_hours": hours})
	}
	task(a, "Design", from(0), from(9), "28") // 7 working days: 4 hours each
	task(b, "Review", from(3), from(7), "9")  // Thursday, Friday, Monday: 3 hours each
	crane := pm.create("projects/resources", m{"kind": "equipment", "name": "Crane", "weekdays": []any{"1", "2"}})
	status, _, _ := pm.do(http.MethodPost, "/projects/resources", m{"kind": "equipment"})
	if status != http.StatusBadRequest {
		t.Errorf("equipment without a name: %d", status)
	}
	for _, p := range []m{a, b} {
		same(t, "allocated", pm.create("projects/allocations", m{"resource_id": crane["id"], "project_id": p["id"], "start_date": from(0), "end_date": from(2)}), m{"hours_per_day": "8"})
	}
	list := rows(pm.must(http.StatusOK, http.MethodGet, "/projects/resource_conflicts?from="+from(0)+"&to="+from(30), nil), "data")
	if len(list) != 2 {
		t.Fatalf("%d conflicts: %v", len(list), list)
	}
	same(t, "crane", list[0], m{"kind": "equipment", "name": "Crane", "from": from(0), "to": from(1), "capacity_hours": "8", "planned_hours": "16", "over_hours": "8"})
	same(t, "pam", list[1], m{"user_id": pm.id, "from": from(3), "to": from(7), "capacity_hours": "6", "planned_hours": "7", "over_hours": "1", "work": "PJ000001 Design; PJ000002 Review"})
	status, _, _ = pm.do(http.MethodGet, "/projects/resource_conflicts?from="+from(0)+"&to="+from(800), nil)
	if status != http.StatusBadRequest {
		t.Errorf("two years at once: %d", status)
	}
}

// When a task takes longer, those that depend on it move behind it, with the project's end.
func TestSlippingTasksMoveWhatDependsOnThem(t *testing.T) {
	owner := company(t, "crm", "projects")
	pm := owner.hire("pam", "project_manager")
	project := pm.create("projects/projects", m{"name": "Own", "start_date": from(0), "end_date": from(9)})
	make1 := func(name, start, end string, after ...any) m {
		return pm.create("projects/tasks", m{"project_id": project["id"], "name": name, "start_date": start, "end_date": end, "depends_on": append([]any{}, after...)})
	}
	a := make1("A", from(0), from(3))
	b := make1("B", from(4), from(6), a["id"])
	c := make1("C", from(7), from(9), b["id"])
	d := make1("D", from(12), from(13), a["id"])
	pm.act("projects/projects", project, "baseline", nil)
	pm.must(http.StatusOK, http.MethodPatch, "/projects/tasks/"+text(a, "id"), m{"end_date": from(8)}, "If-Match", version(pm.read("projects/tasks", a)))
	same(t, "project", pm.act("projects/projects", project, "reschedule", nil), m{"end_date": from(14), "baseline_end": from(13)})
	same(t, "B", pm.read("projects/tasks", b), m{"start_date": from(9), "end_date": from(9), "baseline_end": from(6)}) // Friday to Sunday is one day of work
	same(t, "C", pm.read("projects/tasks", c), m{"start_date": from(10), "end_date": from(14)})
	same(t, "D has room", pm.read("projects/tasks", d), m{"start_date": from(12), "end_date": from(13)})
}
