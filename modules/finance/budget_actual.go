package finance

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// BudgetOf is the input of the comparison of a budget with the books.
type BudgetOf struct {
	BudgetID id.ID `in:"budget_id" label:"预算|Budget"`
}

func budgetColumns() []entity.Field {
	return append(accountColumns(), amount("budget", "预算", "Budget", classLedger), amount("actual", "实际", "Actual", classLedger), amount("left", "剩余",
		"Left", classLedger))
}

// budgetActual compares a budget with what was posted in its year, by account. Actual is on the account's usual side.
func budgetActual(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*BudgetOf)
	if in == nil {
		in = new(BudgetOf)
	}
	var rows []struct {
		ID     id.ID        `bun:"id"`
		Code   string       `bun:"code"`
		Name   string       `bun:"name"`
		Budget money.Amount `bun:"budget"`
		Actual money.Amount `bun:"actual"`
	}
	err := tx.NewRaw(`SELECT a.id, a.code, CASE WHEN ? AND a.name_en <> '' THEN a.name_en ELSE a.name END AS name, b.amount AS budget,
			coalesce(CASE a.side WHEN 'debit' THEN m.moved ELSE -m.moved END, 0) AS actual
		FROM (SELECT l.account_id, sum(l.amount) AS amount FROM finance_budget_line l WHERE l.budget_id = ? GROUP BY l.account_id) b
		JOIN finance_account a ON a.id = b.account_id
		LEFT JOIN (SELECT l.account_id, sum(l.debit - l.credit) AS moved FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id
			JOIN finance_budget x ON x.id = ? JOIN finance_fiscal_year y ON y.id = x.fiscal_year_id
			WHERE e.status = 'posted' AND e.date BETWEEN y.start_date AND y.end_date AND e.source_entity <> 'finance.fiscal_year' GROUP BY l.account_id) m
			ON m.account_id = a.id
		ORDER BY a.code`, english(tx), in.BudgetID, in.BudgetID).Scan(ctx, &rows)
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{"account_id": r.ID, "code": r.Code, "name": r.Name, "budget": r.Budget, "actual": r.Actual, "left": r.Budget.Sub(r.Actual)}
	}
	return out, err
}
