package projects

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// spending sets a project's budget against what it has cost, by kind of cost. The figures are those of this moment.
func spending() modules.Report {
	of := func(name, zh, en, class string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindAmount, Class: class}
	}
	return modules.Report{
		Name: "budget", Label: entity.T("预算与实际", "Budget and actual"), Of: "projects.project", Input: func() any { return new(Which) },
		Columns: []entity.Field{
			{Name: "kind", Label: entity.T("类别", "Kind"), Kind: entity.KindText, Class: entity.Basic, Options: entity.Options("labour", "人工", "Labour",
				"material", "材料", "Material", "expense", "费用", "Expenses", "total", "合计", "Total")},
			of("budget", "预算", "Budget", "price"), of("actual", "实际", "Actual", "cost"),
			of("remaining", "剩余", "Remaining", "cost"),
			{Name: "used_percent", Label: entity.T("已用 %", "Used %"), Kind: entity.KindPercent, Class: "cost"},
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*Which)
			if in == nil || in.ProjectID.IsZero() {
				return nil, nil
			}
			return spent(ctx, tx, in.ProjectID)
		},
	}
}

func spent(ctx context.Context, tx *tenancy.Tx, project id.ID) ([]map[string]any, error) {
	rows, err := record.GetMany[Project](ctx, tx, []id.ID{project})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	p := rows[0]
	row := func(kind string, budget, actual money.Amount) map[string]any {
		out := map[string]any{"kind": kind, "budget": budget, "actual": actual, "remaining": budget.Sub(actual), "used_percent": money.Zero()}
		if budget.Sign() > 0 {
			out["used_percent"] = money.Div(actual.Mul(money.Hundred()), budget).Round(2)
		}
		return out
	}
	return []map[string]any{
		row("labour", p.LabourBudget, p.LabourCost), row("material", p.MaterialBudget, p.MaterialCost),
		row("expense", p.ExpenseBudget, p.ActualCost.Sub(p.LabourCost).Sub(p.MaterialCost)), row("total", p.BudgetAmount, p.ActualCost),
	}, nil
}
