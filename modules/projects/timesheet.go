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

// Booked is the state of hours and expenses that count; otherwise they are cancelled. They are never deleted, so that a project's cost can always
// be explained.
const Booked = "booked"

// Timesheet is hours that somebody worked on a project.
type Timesheet struct {
	bun.BaseModel `bun:"table:projects_timesheet,alias:ts"`
	entity.Base

	ProjectID   id.ID          `bun:"project_id,type:uuid,notnull"`
	TaskID      id.ID          `bun:"task_id,type:uuid,nullzero"`
	UserID      id.ID          `bun:"user_id,type:uuid,nullzero"`
	Date        clock.Date     `bun:"date,nullzero"`
	Hours       money.Quantity `bun:"hours,type:numeric(20,6),notnull"`
	Rate        money.Price    `bun:"rate,type:numeric(20,6),notnull"`
	Amount      money.Amount   `bun:"amount,type:numeric(20,4),notnull"`
	Description string         `bun:"description,notnull"`
	Status      string         `bun:"status,notnull"`

	ResourceID   id.ID        `bun:"resource_id,type:uuid,nullzero"`
	NotBillable  bool         `bun:"not_billable,notnull"`
	BilledAmount money.Amount `bun:"billed_amount,type:numeric(20,4),notnull"`
	BilledOn     clock.Date   `bun:"billed_on,nullzero"`
}

// Describe says what the fields mean.
func (t *Timesheet) Describe(d *entity.Desc) {
	d.Is("projects.timesheet", "timesheets", entity.T("工时", "Timesheet"), nil)
	d.Field(&t.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&t.TaskID, entity.Field{Label: entity.T("任务", "Task"), Ref: "projects.task", Immutable: true, List: true, Filter: true})
	d.Field(&t.UserID, entity.Field{Label: entity.T("人员", "Person"), Ref: "user", List: true, Filter: true})
	d.Field(&t.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&t.Hours, entity.Field{Label: entity.T("小时", "Hours"), Required: true, Positive: true, List: true, Total: true})
	d.Field(&t.Rate, entity.Field{
		Label: entity.T("成本费率", "Cost rate"), Kind: entity.KindPrice, Class: "cost",
		Help: entity.T("留空时取人员资源的成本费率", "The person's cost rate when left out"),
	})
	d.Field(&t.Amount, entity.Field{Label: entity.T("成本", "Cost"), Class: "cost", Computed: true, Total: true})
	d.Field(&t.Description, entity.Field{Label: entity.T("说明", "Description"), List: true, Search: true})
	d.Field(&t.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Booked, Filter: true,
		Options: entity.Options(Booked, "已登记", "Booked", Cancelled, "已作废", "Cancelled"),
	})
	d.Field(&t.ResourceID, entity.Field{
		Label: entity.T("设备", "Equipment"), Ref: "projects.resource", List: true, Filter: true, Help: entity.T("设备工时按设备费率计", "Hours of equipment cost its rate"),
	})
	d.Field(&t.NotBillable, entity.Field{Label: entity.T("不开票", "Not billable"), Filter: true})
	d.Field(&t.BilledAmount, entity.Field{Label: entity.T("已开票金额", "Billed"), Class: "price", Computed: true, Total: true})
	d.Field(&t.BilledOn, entity.Field{Label: entity.T("开票日期", "Billed on"), Computed: true, Filter: true})
	d.State(&t.Status, Booked)
	d.Owner(&t.UserID)
	d.NoDelete()
}

// prepareTimesheets completes booked hours: who, when, at which rate, and what they cost. Nothing is booked on a project that is over.
func prepareTimesheets(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Timesheet]) error {
	people, projects, tasks := make([]id.ID, len(changes)), make([]id.ID, len(changes)), make([]id.ID, len(changes))
	var bad fault.Fields
	for i, c := range changes {
		t := c.New
		if c.Old == nil {
			t.Status = Booked
		}
		if t.UserID.IsZero() {
			t.UserID = tx.Actor.ID
		}
		if t.Date.IsZero() {
			t.Date = tx.Today()
		}
		people[i], projects[i], tasks[i] = t.UserID, t.ProjectID, t.TaskID
		if c.Old != nil && !c.Old.BilledOn.IsZero() {
			bad.Add("hours", "timesheet.billed", "工时已开票，不能修改", "The hours are billed and can't be changed")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := bookable(ctx, tx, projects, tasks, func(i int) id.ID { return changes[i].New.ProjectID }); err != nil {
		return err
	}
	equipment := make([]id.ID, len(changes))
	for i, c := range changes {
		equipment[i] = c.New.ResourceID
	}
	rates, err := rates(ctx, tx, people, equipment)
	if err != nil {
		return err
	}
	b := bookOf(tx)
	for _, c := range changes {
		t := c.New
		if t.Rate.IsZero() {
			if t.Rate = rates[t.UserID]; !t.ResourceID.IsZero() {
				t.Rate = rates[t.ResourceID]
			}
		}
		t.Amount = money.RoundTo(t.Hours.Mul(t.Rate), tx.Tenant.Currency)
		b.touch(tx, t.ProjectID)
		b.touchTask(t.TaskID)
	}
	return nil
}

func cancelTimesheet(ctx context.Context, tx *tenancy.Tx, t *Timesheet, _ modules.None) error {
	if !t.BilledOn.IsZero() {
		return fault.New(fault.Rule, "timesheet.billed", "工时已开票，不能作废", "The hours are billed and can't be cancelled")
	}
	t.Status = Cancelled
	b := bookOf(tx)
	b.touch(tx, t.ProjectID)
	b.touchTask(t.TaskID)
	return record.Update(ctx, tx, t)
}
