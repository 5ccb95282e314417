package projects

import (
	"context"
	"slices"
	"sort"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Which is the input of the critical path: whose.
type Which struct {
	ProjectID id.ID `in:"project_id" label:"项目|Project"`
}

// criticalPath tells when each task of a project can start at the earliest, and which ones must not slip.
func criticalPath() modules.Report {
	return modules.Report{
		Name: "critical_path", Label: entity.T("关键路径", "Critical path"), Of: "projects.task", Input: func() any { return new(Which) },
		Columns: []entity.Field{
			column("task_id", "任务编号", "Task id", entity.KindID), column("name", "任务", "Task", entity.KindText),
			column("days", "工期（天）", "Days", entity.KindInt), column("start_date", "最早开始", "Earliest start", entity.KindDate),
			column("end_date", "最早结束", "Earliest end", entity.KindDate), column("slack_days", "浮动（天）", "Slack in days", entity.KindInt),
			column("critical", "关键", "Critical", entity.KindBool),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*Which)
			if in == nil || in.ProjectID.IsZero() {
				return nil, nil
			}
			return path(ctx, tx, in.ProjectID)
		},
	}
}

func path(ctx context.Context, tx *tenancy.Tx, project id.ID) ([]map[string]any, error) {
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", project.String()).Where("status <> ?", Cancelled).OrderExpr("sequence, id")
	})
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	begin := tx.Today()
	for _, t := range tasks {
		if !t.StartDate.IsZero() && t.StartDate.Before(begin) {
			begin = t.StartDate
		}
	}
	var out []map[string]any
	for _, s := range spans(tasks) {
		out = append(out, map[string]any{
			"task_id": s.task.ID, "name": s.task.Name, "days": int64(s.days), "start_date": begin.AddDays(s.start),
			"end_date": begin.AddDays(s.start + s.days - 1), "slack_days": int64(s.slack), "critical": s.slack == 0,
		})
	}
	return out, nil
}

// span is a task in days from the project's begin: its earliest start, and by how much it may slip without moving the project's end.
type span struct {
	task               *Task
	days, start, slack int
}

// days is how long a task takes by its own dates; one day without them.
func (t *Task) days() int {
	if t.StartDate.IsZero() || t.EndDate.IsZero() || t.EndDate.Before(t.StartDate) {
		return 1
	}
	return t.EndDate.Sub(t.StartDate) + 1
}

// spans schedules tasks forward by their dependencies alone, then backward from the last end. The result is in the order of the earliest starts.
// Dependencies on tasks that are not in the list are taken as met; there are no cycles, because none can be saved.
func spans(tasks []*Task) []*span {
	byID := make(map[string]*span, len(tasks))
	for _, t := range tasks {
		byID[t.ID.String()] = &span{task: t, days: t.days()}
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
				s.start = max(s.start, before.start+before.days)
			}
		}
		order = append(order, s)
	}
	end := 0
	for _, t := range tasks {
		s := byID[t.ID.String()]
		visit(s)
		end = max(end, s.start+s.days)
	}
	latest := map[*span]int{} // the latest end
	for _, s := range slices.Backward(order) {
		if _, bound := latest[s]; !bound {
			latest[s] = end
		}
		s.slack = latest[s] - s.days - s.start
		for _, key := range s.task.DependsOn {
			if before := byID[key]; before != nil {
				if by, bound := latest[before]; !bound || latest[s]-s.days < by {
					latest[before] = latest[s] - s.days
				}
			}
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return order[i].start < order[j].start })
	return order
}
