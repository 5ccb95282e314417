package app

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/projects"
)

// quality sets up what the company's own projects are held to: a frozen plan, gates before milestones, the machine that all of them need.
func (d *demo) quality(project id.ID, milestones ...id.ID) {
	for i, k := range milestones {
		g := []obj{
			{"name": "图纸与物料清单评审", "criterion": "关键尺寸链、标准件替代方案经工艺确认", "owner_id": key(d.staff["planner"].ID)},
			{"name": "样机连续运行 72 小时", "criterion": "故障停机不超过 2 次，封口合格率 ≥ 99.5%", "owner_id": key(d.staff["pm"].ID)},
		}[i%2]
		g["milestone_id"] = key(k)
		d.one("pm", "projects.gate", g)
	}
	d.run("pm", "projects.project", project, "baseline", nil)
	bench := d.bench()
	d.one("pm", "projects.allocation", obj{
		"resource_id": key(bench), "project_id": key(project), "start_date": d.date(20), "end_date": d.date(45), "hours_per_day": "6", "note": "样机测试",
	})
	d.take(project, "M-BEARING", "8", 10)
	d.take(project, "E-SENSOR-PX", "4", 24)
}

// bench is the equipment that projects share.
func (d *demo) bench() id.ID {
	for _, r := range rows[projects.Resource](d, "kind = 'equipment'") {
		return r.ID
	}
	return d.one("pm", "projects.resource", obj{"kind": "equipment", "name": "样机测试台", "cost_rate": "60", "hours_per_day": "8"})
}

// take asks for goods for a project; the warehouse hands them out some days later when there are enough.
func (d *demo) take(project id.ID, product, quantity string, days int) {
	k := d.one("pm", "projects.material", obj{
		"project_id": key(project), "product_id": key(d.products[product]), "quantity": quantity, "need_by": d.date(days + 3), "note": "样机用料",
	})
	d.at(days, func() {
		open := rows[projects.Project](d, "id = ? AND status = 'active'", project)
		there := rows[inventory.StockBalance](d, "product_id = ? AND location_id = ? AND on_hand - reserved >= ?", d.products[product], d.location("STOCK"), quantity)
		if len(open) > 0 && len(there) > 0 {
			d.run("warehouse", "projects.material", k, "issue", nil)
		}
	})
}

// passGates checks what a milestone has to pass; the first try often fails.
func (d *demo) passGates(milestone id.ID) {
	for _, g := range rows[projects.Gate](d, "milestone_id = ? AND status <> 'passed'", milestone) {
		if g.Status == "open" && d.aside.one(2) {
			d.run("pm", "projects.gate", g.ID, "fail", obj{"finding": "两处问题待整改，整改后复审"})
		}
		d.run("pm", "projects.gate", g.ID, "pass", obj{"finding": "符合要求，准予通过"})
	}
}

// reviewed tells that a project of the company's own has been looked over before its end: it closes a week after its review began.
func (d *demo) reviewed(p *projects.Project) bool {
	if !p.OrderID.IsZero() {
		return true
	}
	if !p.ClosingReview {
		d.run("pm", "projects.project", p.ID, "review", nil)
		return false
	}
	for _, i := range rows[projects.ClosingItem](d, "project_id = ? AND status = 'open'", p.ID) {
		d.run("pm", "projects.closing_item", i.ID, "complete", nil)
	}
	for _, r := range rows[projects.Risk](d, "project_id = ? AND status = 'open'", p.ID) {
		d.run("pm", "projects.risk", r.ID, "close", nil)
	}
	return true
}

// ramp is a project that has only begun: it needs the director's yes, and its first gate did not pass.
func (d *demo) ramp() {
	k := d.one("pm", "projects.project", obj{
		"name": "V520 高速立式机量产导入", "manager_id": key(d.staff["pm"].ID), "start_date": d.date(5), "end_date": d.date(120), "budget_amount": "180000",
		"initiation_required": true, "objective": "年内形成每月 6 台的产能", "sponsor_id": key(d.staff["owner"].ID),
	})
	ready := d.one("pm", "projects.milestone", obj{"project_id": key(k), "name": "工艺文件齐套", "due_date": d.date(75)})
	line := d.one("pm", "projects.milestone", obj{"project_id": key(k), "name": "首批 3 台下线", "due_date": d.date(118)})
	for i, name := range []string{"工装夹具设计与制作", "工艺文件编制", "首批试装"} {
		d.one("pm", "projects.task", obj{
			"project_id": key(k), "name": name, "sequence": whole(10 * (i + 1)), "assignee_id": key(d.staff["planner"].ID), "planned_hours": "160",
			"start_date": d.date(6 + 30*i), "end_date": d.date(35 + 36*i),
		})
	}
	failed := d.one("pm", "projects.gate", obj{"milestone_id": key(ready), "name": "工艺评审", "owner_id": key(d.staff["planner"].ID)})
	d.one("pm", "projects.gate", obj{"milestone_id": key(line), "name": "首件检验", "criterion": "全尺寸检验合格", "owner_id": key(d.staff["warehouse"].ID)})
	d.one("pm", "projects.risk", obj{
		"project_id": key(k), "name": "焊接工位产能不足", "probability": "medium", "impact": "high", "response": "mitigate", "mitigation": "增加夜班或外协",
		"owner_id": key(d.staff["planner"].ID), "review_date": d.date(30),
	})
	d.run("pm", "projects.project", k, "start", nil)
	d.at(9, func() {
		d.run("pm", "projects.gate", failed, "fail", obj{"finding": "装配作业指导书缺三份"})
		if len(rows[projects.Project](d, "id = ? AND status = 'active'", k)) == 0 {
			return
		}
		d.take(k, "M-SCREWS", "6", 20)
		d.one("pm", "projects.allocation", obj{
			"resource_id": key(d.bench()), "project_id": key(k), "start_date": d.date(10), "end_date": d.date(30), "hours_per_day": "4", "note": "首批机调试",
		})
	})
}
