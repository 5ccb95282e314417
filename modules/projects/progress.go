package projects

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// take writes the figures into the project. Work that has begun makes it active.
func (p *Project) take(s sums) {
	p.ActualHours, p.PlannedHours = s.Hours, s.Planned
	p.LabourCost, p.ExpenseCost = s.Labour, s.Expenses
	p.MaterialCost = s.Bought.Add(s.Issued)
	p.ActualCost = s.Labour.Add(s.Expenses).Add(s.Issued)
	p.Margin = p.Revenue.Sub(p.ActualCost)
	p.NextDue = s.NextDue
	if p.Status != Done {
		p.Progress = s.progress()
	}
	if p.Status == Planned && !p.InitiationRequired && (s.Hours.Sign() > 0 || p.Progress.Sign() > 0) {
		p.Status = Active
	}
}

// progress is how far the project is: by its tasks, by its milestones, or half by each when it has both.
func (s sums) progress() money.Percent {
	var parts []money.Percent
	if s.Work.Sign() > 0 {
		parts = append(parts, money.Div(s.WorkDone.Mul(money.Hundred()), s.Work))
	}
	if s.Steps > 0 {
		parts = append(parts, money.Div(money.Int(s.Reached).Mul(money.Hundred()), money.Int(s.Steps)))
	}
	if len(parts) == 0 {
		return money.Zero()
	}
	sum := money.Zero()
	for _, p := range parts {
		sum = sum.Add(p)
	}
	return money.Div(sum, money.Int(int64(len(parts)))).Round(4)
}

// strain is how much of the budget is spent: 0 below 80 %, 1 from there, 2 beyond all of it.
func (p *Project) strain() int {
	switch {
	case p.BudgetAmount.Sign() <= 0:
		return 0
	case p.ActualCost.GreaterThan(p.BudgetAmount):
		return 2
	case p.ActualCost.GreaterThanOrEqual(p.BudgetAmount.Mul(money.Must("0.8"))):
		return 1
	}
	return 0
}

// tell tells how far the project is when that changed, and warns its manager before the budget is exceeded.
func tell(ctx context.Context, tx *tenancy.Tx, p, before *Project) error {
	if !p.Progress.Equal(before.Progress) || !p.ActualCost.Equal(before.ActualCost) {
		err := record.Emit(ctx, tx, projectsevent.ProjectProgressed{
			ProjectID: p.ID, OrderID: p.OrderID, OpportunityID: p.OpportunityID, Progress: p.Progress, ActualCost: p.ActualCost,
		})
		if err != nil {
			return err
		}
	}
	if p.strain() <= before.strain() {
		return nil
	}
	if p.strain() == 2 {
		return notify(ctx, tx, p, i18n.T("项目 "+p.No+" 的成本已超过预算", "The cost of project "+p.No+" exceeds its budget"))
	}
	return notify(ctx, tx, p, i18n.T("项目 "+p.No+" 的成本已达到预算的 80 %", "The cost of project "+p.No+" has reached 80 % of its budget"))
}

// notify tells the project's manager something; without one, all project managers.
func notify(ctx context.Context, tx *tenancy.Tx, p *Project, text i18n.Text) error {
	n := coreevent.Notice{Text: text, Entity: "projects.project", Record: p.ID}
	if p.ManagerID.IsZero() {
		n.Roles = []string{"project_manager"}
	} else {
		n.To = []id.ID{p.ManagerID}
	}
	return record.Emit(ctx, tx, n)
}
