package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Debts answers what customers owe.
type Debts struct{}

// Debts returns what a customer's posted invoices leave open, by the order that they are for, in company currency.
func (Debts) Debts(ctx context.Context, tx *tenancy.Tx, customer id.ID) ([]financeevent.Debt, error) {
	var rows []financeevent.Debt
	err := record.Select(ctx, tx, &rows, `SELECT order_id, sum(residual_amount * rate) AS open,
			coalesce(sum(residual_amount * rate) FILTER (WHERE due_date < $2::text::date), 0) AS overdue
		FROM finance_invoice WHERE customer_id = $1::text::uuid AND status IN ('posted', 'partial') AND residual_amount > 0 GROUP BY order_id`,
		customer, tx.Today())
	return rows, err
}
