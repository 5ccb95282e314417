package app

import (
	"strconv"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/projects"
)

// improvement is a project of the company's own, with risks.
func (d *demo) improvement() {
	k := d.one("pm", "projects.project", obj{
		"name": "V520 高速立式机研发", "manager_id": key(d.staff["pm"].ID), "start_date": d.date(0), "end_date": d.date(150), "budget_amount": "260000",
	})
	d.run("pm", "projects.project", k, "start", nil)
	last := ""
	for i, t := range []struct {
		name, hours, who string
		from, to         int
	}{
		{"方案设计", "120", "planner", 0, 30}, {"样机零件试制", "160", "planner", 31, 80}, {"样机装配与调试", "140", "pm", 81, 120}, {"用户试用", "60", "sales", 121, 150},
	} {
		body := obj{
			"project_id": key(k), "name": t.name, "sequence": whole(10 * (i + 1)), "assignee_id": key(d.staff[t.who].ID), "planned_hours": t.hours,
			"start_date": d.date(t.from), "end_date": d.date(t.to),
		}
		if last != "" {
			body["depends_on"] = []any{last}
		}
		last = key(d.one("pm", "projects.task", body))
	}
	d.quality(k,
		d.one("pm", "projects.milestone", obj{"project_id": key(k), "name": "设计评审通过", "due_date": d.date(35)}),
		d.one("pm", "projects.milestone", obj{"project_id": key(k), "name": "样机定型", "due_date": d.date(125)}))
	d.one("pm", "projects.risk", obj{
		"project_id": key(k), "name": "进口伺服交期延长", "probability": "high", "impact": "medium", "owner_id": key(d.staff["buyer"].ID), "mitigation": "提前下单，备选国产型号",
	})
	closed := d.one("pm", "projects.risk", obj{"project_id": key(k), "name": "高速封口强度不足", "impact": "high", "mitigation": "增加热封时间试验"})
	d.at(60, func() {
		for _, r := range rows[projects.Risk](d, "id = ? AND status = 'open'", closed) { // a project that ended early has closed its risks
			d.run("pm", "projects.risk", r.ID, "close", nil)
		}
	})
}

// visitProjects is the project manager's week: begin what was ordered, book hours, finish tasks, reach milestones, close what is done.
func (d *demo) visitProjects() {
	for _, p := range rows[projects.Project](d, "status IN ('planned', 'active')") {
		if p.Status == projects.Planned {
			d.run("pm", "projects.project", p.ID, "start", nil)
			continue
		}
		d.work(p)
	}
}

// work takes a project on by one step of its current task.
func (d *demo) work(p *projects.Project) {
	tasks := rows[projects.Task](d, "project_id = ? AND status IN ('todo', 'in_progress')", p.ID)
	if len(tasks) == 0 {
		d.deliver(p)
		return
	}
	t := tasks[0]
	if t.Status == projects.Todo {
		if t.Sequence == 20 && !d.arrived(p) {
			return // nothing to install yet
		}
		d.run("pm", "projects.task", t.ID, "start", nil)
	}
	worker := pick(&d.dice, "pm", "planner", "viewer")
	hours := 6 + 2*d.dice.n(3)
	if t.PlannedHours.IntPart() > 40 {
		hours = 28 + 2*d.dice.n(6)
	}
	d.one("pm", "projects.timesheet", obj{
		"project_id": key(p.ID), "task_id": key(t.ID), "user_id": key(d.staff[worker].ID), "date": d.date(0), "hours": strconv.Itoa(hours), "description": t.Name,
	})
	if d.dice.one(4) {
		e := pick(&d.dice, expense{"travel", "高铁与住宿", 420}, expense{"travel", "市内交通", 86}, expense{"material", "安装辅料", 260}, expense{"subcontract", "外请叉车", 600})
		d.one("pm", "projects.expense", obj{
			"project_id": key(p.ID), "task_id": key(t.ID), "user_id": key(d.staff[worker].ID), "date": d.date(0), "category": e.category, "description": e.text,
			"amount": strconv.Itoa(e.amount + d.dice.n(90)),
		})
	}
	now := get[projects.Task](d, t.ID)
	if now.DoneHours.LessThan(now.PlannedHours) && !d.dice.one(3) {
		return
	}
	d.run("pm", "projects.task", t.ID, "complete", nil)
	d.reach(p.ID, t.EndDate.String())
}

type expense struct {
	category, text string
	amount         int
}

// reach completes the milestones that the end of a task means.
func (d *demo) reach(project id.ID, due string) {
	for _, m := range rows[projects.Milestone](d, "project_id = ? AND status = 'open' AND due_date <= ?", project, due) {
		d.passGates(m.ID)
		d.run("pm", "projects.milestone", m.ID, "complete", nil)
	}
}

// arrived tells that what is to be installed has been shipped, or that there is nothing to ship.
func (d *demo) arrived(p *projects.Project) bool {
	if p.OrderID.IsZero() {
		return true
	}
	there := rows[inventory.Delivery](d, "order_id = ? AND status <> 'cancelled'", p.OrderID)
	for _, o := range there {
		if o.Status == "shipped" {
			return true
		}
	}
	return len(there) == 0
}

// deliver closes a project of which everything is done.
func (d *demo) deliver(p *projects.Project) {
	for _, m := range rows[projects.Milestone](d, "project_id = ? AND status = 'open'", p.ID) {
		d.passGates(m.ID)
		d.run("pm", "projects.milestone", m.ID, "complete", nil)
	}
	if d.reviewed(p) {
		d.run("pm", "projects.project", p.ID, "close", nil)
	}
}
