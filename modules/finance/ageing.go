package finance

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

func ageingColumns() []entity.Field {
	const class = "payment"
	return []entity.Field{
		{Name: "customer_id", Label: entity.T("客户", "Customer"), Kind: entity.KindID, Ref: "crm.customer", Class: entity.Basic},
		{Name: "currency", Label: entity.T("币种", "Currency"), Kind: entity.KindText, Class: entity.Basic},
		amount("not_due", "未到期", "Not due", class), amount("days_30", "逾期 1–30 天", "1–30 days", class), amount("days_60", "逾期 31–60 天", "31–60 days", class),
		amount("days_90", "逾期 61–90 天", "61–90 days", class), amount("older", "逾期 90 天以上", "Over 90 days", class), amount("total", "合计", "Total", class),
	}
}

// ageing sums the open invoices up by customer and by how long they are overdue on a day.
func ageing(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*AsOf)
	var rows []struct {
		Customer id.ID        `bun:"customer"`
		Currency string       `bun:"currency"`
		NotDue   money.Amount `bun:"not_due"`
		Days30   money.Amount `bun:"days_30"`
		Days60   money.Amount `bun:"days_60"`
		Days90   money.Amount `bun:"days_90"`
		Older    money.Amount `bun:"older"`
		Total    money.Amount `bun:"total"`
	}
	err := tx.NewRaw(`SELECT x.customer_id AS customer, x.currency,
			coalesce(sum(x.residual_amount) FILTER (WHERE x.late <= 0), 0) AS not_due,
			coalesce(sum(x.residual_amount) FILTER (WHERE x.late BETWEEN 1 AND 30), 0) AS days_30,
			coalesce(sum(x.residual_amount) FILTER (WHERE x.late BETWEEN 31 AND 60), 0) AS days_60,
			coalesce(sum(x.residual_amount) FILTER (WHERE x.late BETWEEN 61 AND 90), 0) AS days_90,
			coalesce(sum(x.residual_amount) FILTER (WHERE x.late > 90), 0) AS older, sum(x.residual_amount) AS total
		FROM (SELECT i.customer_id, i.currency, i.residual_amount, ?::date - i.due_date AS late
			FROM finance_invoice i WHERE i.status IN ('posted', 'partial') AND i.residual_amount > 0) x
		GROUP BY x.customer_id, x.currency ORDER BY total DESC, x.customer_id`, in.on(tx)).Scan(ctx, &rows)
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{
			"customer_id": r.Customer, "currency": r.Currency, "not_due": r.NotDue, "days_30": r.Days30, "days_60": r.Days60, "days_90": r.Days90,
			"older": r.Older, "total": r.Total,
		}
	}
	return out, err
}

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
