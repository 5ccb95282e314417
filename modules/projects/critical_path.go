package projects

import (
	"context"
	"slices"
	"sort"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Which is the input of the critical path: whose.
type Which struct {
	ProjectID id.ID `in:"project_id" label:"项目|Project"`
}

// criticalPath tells when each task of a project can start at the earliest by the working days of who does it, and which ones must not slip.
func (w scheduler) criticalPath() modules.Report {
	return modules.Report{
		Name: "critical_path", Label: entity.T("关键路径", "Critical path"), Of: "projects.task", Input: func() any { return new(Which) },
		Columns: []entity.Field{
			column("task_id", "任务编号", "Task id", entity.KindID), column("name", "任务", "Task", entity.KindText),
			column("days", "工期（工作日）", "Working days", entity.KindInt), column("start_date", "最早开始", "Earliest start", entity.KindDate),
			column("end_date", "最早结束", "Earliest end", entity.KindDate), column("slack_days", "浮动（工作日）", "Slack in working days", entity.KindInt),
			column("critical", "关键", "Critical", entity.KindBool),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*Which)
			if in == nil || in.ProjectID.IsZero() {
				return nil, nil
			}
			return w.path(ctx, tx, in.ProjectID)
		},
	}
}

func (w scheduler) path(ctx context.Context, tx *tenancy.Tx, project id.ID) ([]map[string]any, error) {
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", project.String()).Where("status <> ?", Cancelled).OrderExpr("sequence, id")
	})
	if err != nil || len(tasks) == 0 {
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
	var out []map[string]any
	for _, s := range spans(tasks, begin, c) {
		out = append(out, map[string]any{
			"task_id": s.task.ID, "name": s.task.Name, "days": int64(s.days), "start_date": s.start, "end_date": s.end, "slack_days": int64(s.slack),
			"critical": s.slack == 0,
		})
	}
	return out, nil
}

// startOf is the first day of a project's plan: where the project or its first task begins, today when neither has a date.
func startOf(ctx context.Context, tx *tenancy.Tx, project id.ID, tasks []*Task) (clock.Date, error) {
	heads, err := record.Find[Project](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", project.String()) })
	var begin clock.Date
	earlier := func(day clock.Date) {
		if !day.IsZero() && (begin.IsZero() || day.Before(begin)) {
			begin = day
		}
	}
	for _, p := range heads {
		earlier(p.StartDate)
	}
	for _, t := range tasks {
		earlier(t.StartDate)
	}
	if begin.IsZero() {
		begin = tx.Today()
	}
	return begin, err
}

// span is a task with its working days, its earliest start and end, and by how many working days it may slip without moving the project's end.
type span struct {
	task       *Task
	who        *plan
	days       int
	start, end clock.Date
	slack      int
}

// days is how many working days a task takes by its own dates; one without them.
func (t *Task) days(who *plan) int {
	if t.StartDate.IsZero() || t.EndDate.IsZero() || t.EndDate.Before(t.StartDate) {
		return 1
	}
	return max(1, who.count(t.StartDate, t.EndDate))
}

// spans schedules tasks forward from a day by their dependencies alone, then backward from the last end, each by the working days of who does it. The
// result is in the order of the earliest starts. Dependencies on tasks that are not in the list are taken as met; there are no cycles, because none can
// be saved.
func spans(tasks []*Task, begin clock.Date, c *calendar) []*span {
	byID := make(map[string]*span, len(tasks))
	for _, t := range tasks {
		who := c.of(t)
		byID[t.ID.String()] = &span{task: t, who: who, days: t.days(who), start: begin}
	}
	order := make([]*span, 0, len(tasks))
	state := map[*span]bool{}
	var visit func(s *span)
	visit = func(s *span) {
		if state[s] {
			return
		}
		state[s] = true
		for _, key := range s.task.DependsOn {
			if before := byID[key]; before != nil {
				visit(before)
				s.start = clock.Latest(s.start, before.end.AddDays(1))
			}
		}
		s.start = s.who.next(s.start, 1)
		s.end = s.who.span(s.start, s.days, 1)
		order = append(order, s)
	}
	last := begin
	for _, t := range tasks {
		s := byID[t.ID.String()]
		visit(s)
		last = clock.Latest(last, s.end)
	}
	latest := map[*span]clock.Date{} // the latest end
	for _, s := range slices.Backward(order) {
		if _, bound := latest[s]; !bound {
			latest[s] = last
		}
		s.slack = s.who.count(s.end.AddDays(1), latest[s])
		before := s.who.span(latest[s], s.days, -1).AddDays(-1)
		for _, key := range s.task.DependsOn {
			if b := byID[key]; b != nil {
				if by, bound := latest[b]; !bound || before.Before(by) {
					latest[b] = before
				}
			}
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return order[i].start.Before(order[j].start) })
	return order
}
