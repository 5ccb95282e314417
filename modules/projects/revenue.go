package projects

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// earned is the revenue that a project has earned by now: the part of it that is complete, nothing until it is closed, or what is billed.
func (p *Project) earned(part, whole money.Amount, currency string) money.Amount {
	switch p.RevenueMethod {
	case Percentage:
		return money.RoundTo(money.Div(p.Revenue.Mul(part), whole), currency)
	case Completed:
		if p.Status != Done {
			return money.Zero()
		}
		return p.Revenue
	}
	return p.BilledAmount
}

// complete is how far a project is, as a part of a whole: by its progress; one without tasks and milestones by what it has cost of its budget.
func (p *Project) complete(ctx context.Context, tx *tenancy.Tx) (part, whole money.Amount, err error) {
	part, whole = p.Progress, money.Hundred()
	if p.RevenueMethod != Percentage || part.Sign() > 0 || p.BudgetAmount.Sign() <= 0 {
		return part, whole, nil
	}
	var planned bool
	err = tx.NewRaw(`SELECT EXISTS (SELECT 1 FROM projects_task WHERE project_id = ?0 AND status <> 'cancelled')
		OR EXISTS (SELECT 1 FROM projects_milestone WHERE project_id = ?0 AND status <> 'cancelled')`, p.ID.String()).Scan(ctx, &planned)
	if err != nil || planned {
		return part, whole, err
	}
	return money.Min(p.ActualCost, p.BudgetAmount), p.BudgetAmount, nil
}

// recognise brings the revenue in the books to what is earned, at the end of a period or whenever it is asked.
func recognise(ctx context.Context, tx *tenancy.Tx, p *Project, _ modules.None) error {
	if p.RevenueMethod == AsInvoiced || p.RevenueMethod == "" {
		return fault.New(fault.Rule, "project.as_invoiced", "项目 %s 的收入随开票确认", "The revenue of project %s is recognised as it is invoiced", p.No).
			At("revenue_method", "project.as_invoiced", "请选择完工百分比法或完成合同法", "choose percentage of completion or completed contract")
	}
	bookOf(tx).put(p)
	return p.recognise(ctx, tx)
}

// recognise tells finance by how much what is earned differs from what is billed, as far as it does not know that yet. Invoices book revenue when
// they are posted: what is earned beyond them is a claim on the customer, what is not yet earned of them is owed in services.
func (p *Project) recognise(ctx context.Context, tx *tenancy.Tx) error {
	part, whole, err := p.complete(ctx, tx)
	if err != nil {
		return err
	}
	p.EarnedAmount, p.RecognisedOn = p.earned(part, whole, tx.Tenant.Currency), tx.Today()
	balance := p.EarnedAmount.Sub(p.BilledAmount)
	change := balance.Sub(p.ContractBalance)
	p.ContractBalance = balance
	if err := record.Update(ctx, tx, p); err != nil || change.IsZero() {
		return err
	}
	return record.Emit(ctx, tx, projectsevent.RevenueRecognised{
		ProjectID: p.ID, No: p.No, CustomerID: p.CustomerID, Change: change, Earned: p.EarnedAmount, Billed: p.BilledAmount,
	})
}
