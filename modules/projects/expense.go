package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Expense is money spent for a project, in company currency.
type Expense struct {
	bun.BaseModel `bun:"table:projects_expense,alias:ex"`
	entity.Base

	ProjectID   id.ID        `bun:"project_id,type:uuid,notnull"`
	TaskID      id.ID        `bun:"task_id,type:uuid,nullzero"`
	UserID      id.ID        `bun:"user_id,type:uuid,nullzero"`
	Date        clock.Date   `bun:"date,nullzero"`
	Category    string       `bun:"category,notnull"`
	Description string       `bun:"description,notnull"`
	Amount      money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	Status      string       `bun:"status,notnull"`
}

// Describe says what the fields mean.
func (e *Expense) Describe(d *entity.Desc) {
	d.Is("projects.expense", "expenses", entity.T("项目费用", "Expense"), &e.Description)
	d.Field(&e.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&e.TaskID, entity.Field{Label: entity.T("任务", "Task"), Ref: "projects.task", Immutable: true, Filter: true})
	d.Field(&e.UserID, entity.Field{Label: entity.T("人员", "Person"), Ref: "user", List: true, Filter: true})
	d.Field(&e.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&e.Category, entity.Field{Label: entity.T("类别", "Category"), Default: "other", List: true, Filter: true, Options: entity.Options(
		"travel", "差旅", "Travel", "material", "材料", "Material", "subcontract", "外包", "Subcontracting", "other", "其他", "Other")})
	d.Field(&e.Description, entity.Field{Label: entity.T("说明", "Description"), List: true, Search: true})
	d.Field(&e.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "cost", Required: true, Positive: true, List: true, Total: true})
	d.Field(&e.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Booked, Filter: true,
		Options: entity.Options(Booked, "已登记", "Booked", Cancelled, "已作废", "Cancelled"),
	})
	d.State(&e.Status, Booked)
	d.Owner(&e.UserID)
	d.NoDelete()
}

// prepareExpenses completes expenses. Nothing is booked on a project that is over.
func prepareExpenses(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Expense]) error {
	projects, tasks := make([]id.ID, len(changes)), make([]id.ID, len(changes))
	for i, c := range changes {
		e := c.New
		if c.Old == nil {
			e.Status = Booked
		}
		if e.UserID.IsZero() {
			e.UserID = tx.Actor.ID
		}
		if e.Date.IsZero() {
			e.Date = tx.Today()
		}
		projects[i], tasks[i] = e.ProjectID, e.TaskID
	}
	if err := bookable(ctx, tx, projects, tasks, func(i int) id.ID { return changes[i].New.ProjectID }); err != nil {
		return err
	}
	b := bookOf(tx)
	for _, c := range changes {
		b.touch(tx, c.New.ProjectID)
	}
	return nil
}

func cancelExpense(ctx context.Context, tx *tenancy.Tx, e *Expense, _ modules.None) error {
	e.Status = Cancelled
	bookOf(tx).touch(tx, e.ProjectID)
	return record.Update(ctx, tx, e)
}
