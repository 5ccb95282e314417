package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// baseline freezes the plan as it stands: dates and hours of tasks, due dates of milestones, end and budget of the project. What happens later is
// measured against it. A new baseline takes the place of the old one, which the audit keeps.
func baseline(ctx context.Context, tx *tenancy.Tx, p *Project, _ modules.None) error {
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", p.ID.String()).Where("status <> ?", Cancelled).OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	milestones, err := record.Find[Milestone](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", p.ID.String()).Where("status <> ?", Cancelled).OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	p.BaselineOn, p.BaselineEnd, p.BaselineBudget = tx.Today(), p.EndDate, p.BudgetAmount
	for _, t := range tasks {
		t.BaselineStart, t.BaselineEnd, t.BaselineHours = t.StartDate, t.EndDate, t.PlannedHours
		p.BaselineEnd = clock.Latest(p.BaselineEnd, t.EndDate)
	}
	for _, m := range milestones {
		m.BaselineDue = m.DueDate
	}
	if err := record.Update(ctx, tx, tasks...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, milestones...); err != nil {
		return err
	}
	return record.Update(ctx, tx, p)
}

// variance tells by how many days and hours the tasks of a project are off their baseline.
func (w scheduler) variance() modules.Report {
	return modules.Report{
		Name: "schedule_variance", Label: entity.T("进度偏差", "Schedule variance"), Of: "projects.task", Input: func() any { return new(Which) },
		Columns: []entity.Field{
			column("task_id", "任务编号", "Task id", entity.KindID), column("name", "任务", "Task", entity.KindText), column("status", "状态", "Status", entity.KindText),
			column("baseline_start", "基线开始", "Baseline start", entity.KindDate), column("baseline_end", "基线结束", "Baseline end", entity.KindDate),
			column("start_date", "开始", "Start", entity.KindDate), column("end_date", "结束", "End", entity.KindDate),
			column("variance_days", "偏差（工作日）", "Variance in working days", entity.KindInt), column("baseline_hours", "基线工时", "Baseline hours", entity.KindQuantity),
			column("done_hours", "实际工时", "Booked hours", entity.KindQuantity), column("variance_hours", "工时偏差", "Variance in hours", entity.KindQuantity),
			column("critical", "关键", "Critical", entity.KindBool),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*Which)
			if in == nil || in.ProjectID.IsZero() {
				return nil, nil
			}
			return w.offBaseline(ctx, tx, in.ProjectID)
		},
	}
}

func (w scheduler) offBaseline(ctx context.Context, tx *tenancy.Tx, project id.ID) ([]map[string]any, error) {
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", project.String()).Where("status <> ?", Cancelled).OrderExpr("sequence, id")
	})
	if err != nil {
		return nil, err
	}
	c, err := w.calendar(ctx, tx, tasks)
	if err != nil {
		return nil, err
	}
	begin, err := startOf(ctx, tx, project, tasks)
	if err != nil {
		return nil, err
	}
	critical := map[id.ID]bool{}
	for _, s := range spans(tasks, begin, c) {
		critical[s.task.ID] = s.slack == 0
	}
	var out []map[string]any
	for _, t := range tasks {
		out = append(out, map[string]any{
			"task_id": t.ID, "name": t.Name, "status": t.Status, "baseline_start": t.BaselineStart, "baseline_end": t.BaselineEnd, "start_date": t.StartDate,
			"end_date": t.EndDate, "variance_days": int64(t.late(tx.Today(), c.of(t))), "baseline_hours": t.BaselineHours, "done_hours": t.DoneHours,
			"variance_hours": t.DoneHours.Sub(t.BaselineHours), "critical": critical[t.ID],
		})
	}
	return out, nil
}

// late is by how many working days a task ends later than its baseline (earlier when negative): when it was done, when it is planned to be, or today when
// that has passed.
func (t *Task) late(today clock.Date, who *plan) int {
	if t.BaselineEnd.IsZero() {
		return 0
	}
	end := t.EndDate
	switch {
	case !t.DoneOn.IsZero():
		end = t.DoneOn
	case end.IsZero() || end.Before(today):
		end = today
	}
	return who.off(end, t.BaselineEnd)
}

// column is a column of a report that everyone who may see its entity sees.
func column(name, zh, en string, kind entity.Kind) entity.Field {
	return entity.Field{Name: name, Label: entity.T(zh, en), Kind: kind, Class: entity.Basic}
}
