package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Allocation plans a resource for a project: from when to when, how many hours a working day. A task with a person and hours plans that person by
// itself.
type Allocation struct {
	bun.BaseModel `bun:"table:projects_allocation,alias:al"`
	entity.Base

	ResourceID  id.ID          `bun:"resource_id,type:uuid,notnull"`
	ProjectID   id.ID          `bun:"project_id,type:uuid,notnull"`
	TaskID      id.ID          `bun:"task_id,type:uuid,nullzero"`
	StartDate   clock.Date     `bun:"start_date,nullzero"`
	EndDate     clock.Date     `bun:"end_date,nullzero"`
	HoursPerDay money.Quantity `bun:"hours_per_day,type:numeric(20,6),notnull"`
	Note        string         `bun:"note,notnull"`
}

// Describe says what the fields mean.
func (a *Allocation) Describe(d *entity.Desc) {
	d.Is("projects.allocation", "allocations", entity.T("资源安排", "Allocation"), nil)
	d.Field(&a.ResourceID, entity.Field{Label: entity.T("资源", "Resource"), Ref: "projects.resource", Required: true, List: true, Filter: true})
	d.Field(&a.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&a.TaskID, entity.Field{Label: entity.T("任务", "Task"), Ref: "projects.task", List: true, Filter: true})
	d.Field(&a.StartDate, entity.Field{Label: entity.T("开始日期", "Starts on"), Required: true, List: true, Filter: true})
	d.Field(&a.EndDate, entity.Field{Label: entity.T("结束日期", "Ends on"), Required: true, List: true, Filter: true})
	d.Field(&a.HoursPerDay, entity.Field{
		Label: entity.T("每日工时", "Hours a day"), Positive: true, Required: true, List: true, Help: entity.T("默认为资源的每日工时", "By default all that the resource has"),
	})
	d.Field(&a.Note, entity.Field{Label: entity.T("备注", "Note")})
}

// prepareAllocations gives an allocation all hours of its resource unless it says otherwise, and refuses one that ends before it starts.
func prepareAllocations(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Allocation]) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.New.ResourceID
	}
	rows, err := record.Find[Resource](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", texts(keys)) })
	if err != nil {
		return err
	}
	hours := map[id.ID]money.Quantity{}
	for _, r := range rows {
		hours[r.ID] = r.HoursPerDay
	}
	var bad fault.Fields
	for _, c := range changes {
		a := c.New
		if a.HoursPerDay.IsZero() {
			a.HoursPerDay = hours[a.ResourceID]
		}
		if !a.StartDate.IsZero() && !a.EndDate.IsZero() && a.EndDate.Before(a.StartDate) {
			bad.Add("end_date", "span.empty", "结束日期早于开始日期", "It ends before it starts")
		}
	}
	return bad.Err()
}
