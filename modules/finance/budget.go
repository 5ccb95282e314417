package finance

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

const approved = "approved"

// Budget is what a fiscal year's accounts are planned to be. The report budget_actual compares it with the books.
type Budget struct {
	bun.BaseModel `bun:"table:finance_budget,alias:fbu"`
	entity.Base

	Name         string       `bun:"name,notnull"`
	FiscalYearID id.ID        `bun:"fiscal_year_id,type:uuid,notnull"`
	Status       string       `bun:"status,notnull"`
	TotalAmount  money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`

	Lines []*BudgetLine `bun:"-"`
}

// Describe says what a budget means.
func (b *Budget) Describe(d *entity.Desc) {
	d.Is("finance.budget", "budgets", entity.T("预算", "Budget"), &b.Name)
	d.Field(&b.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&b.FiscalYearID, entity.Field{Label: entity.T("会计年度", "Fiscal year"), Ref: "finance.fiscal_year", Required: true, List: true, Filter: true})
	d.Field(&b.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", approved, "已批准", "Approved", closed, "已关闭", "Closed"),
	})
	d.Field(&b.TotalAmount, entity.Field{Label: entity.T("合计", "Total"), Class: classLedger, Computed: true, Signed: true, List: true, Total: true})
	d.State(&b.Status, draft)
	d.Key(&b.Name)
	d.Lines(&b.Lines, "lines", entity.T("明细", "Lines"))
}

// BudgetLine is the plan for one account, for the year or for one period.
type BudgetLine struct {
	bun.BaseModel `bun:"table:finance_budget_line,alias:fbul"`
	entity.Line

	BudgetID         id.ID        `bun:"budget_id,type:uuid,notnull"`
	AccountID        id.ID        `bun:"account_id,type:uuid,notnull"`
	PeriodID         id.ID        `bun:"period_id,type:uuid,nullzero"`
	DimensionValueID id.ID        `bun:"dimension_value_id,type:uuid,nullzero"`
	Amount           money.Amount `bun:"amount,type:numeric(20,4),notnull"`
}

// Describe says what a budget line means.
func (l *BudgetLine) Describe(d *entity.Desc) {
	d.Is("finance.budget_line", "budget_lines", entity.T("预算明细", "Budget line"), nil)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.BudgetID, entity.Field{Label: entity.T("预算", "Budget"), Ref: "finance.budget", Computed: true})
	d.Field(&l.AccountID, entity.Field{Label: entity.T("科目", "Account"), Ref: "finance.account", Required: true, List: true})
	d.Field(&l.PeriodID, entity.Field{Label: entity.T("会计期间", "Period"), Ref: "finance.period", Help: entity.T("为空表示全年", "Empty: the whole year"), List: true})
	d.Field(&l.DimensionValueID, entity.Field{Label: entity.T("辅助核算", "Dimension"), Ref: "finance.dimension_value", List: true})
	d.Field(&l.Amount, entity.Field{Label: entity.T("预算金额", "Amount"), Class: classLedger, Required: true, Signed: true, List: true, Total: true})
	d.Parent(&l.BudgetID)
}

// prepareBudgets sums up the lines.
func prepareBudgets(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Budget]) error {
	for _, c := range changes {
		c.New.TotalAmount = money.Zero()
		for _, l := range c.New.Lines {
			c.New.TotalAmount = c.New.TotalAmount.Add(l.Amount)
		}
	}
	return nil
}

// approveBudget makes a budget binding: its lines no longer change.
func approveBudget(ctx context.Context, tx *tenancy.Tx, b *Budget, _ modules.None) error {
	b.Status = approved
	return record.Update(ctx, tx, b)
}

// closeBudget ends a budget.
func closeBudget(ctx context.Context, tx *tenancy.Tx, b *Budget, _ modules.None) error {
	b.Status = closed
	return record.Update(ctx, tx, b)
}
