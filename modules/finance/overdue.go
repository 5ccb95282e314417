package finance

import (
	"cmp"
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// account is a customer in one currency.
type account struct {
	customer id.ID
	currency string
}

// held is what customers have with us and no invoice has taken yet: open credit notes and money on account.
type held map[account]money.Amount

func heldFor(ctx context.Context, tx *tenancy.Tx) (held, error) {
	var rows []struct {
		Customer id.ID        `bun:"customer_id"`
		Currency string       `bun:"currency"`
		Amount   money.Amount `bun:"amount"`
	}
	err := tx.NewRaw(`SELECT x.customer_id, x.currency, sum(x.amount) AS amount FROM (
			SELECT customer_id, currency, residual_amount AS amount FROM finance_credit_note WHERE residual_amount > 0
			UNION ALL SELECT customer_id, currency, CASE direction WHEN 'in' THEN unmatched_amount ELSE -unmatched_amount END FROM finance_payment
				WHERE unmatched_amount > 0 AND status = 'posted' AND customer_id IS NOT NULL) x
		GROUP BY 1, 2 HAVING sum(x.amount) > 0`).Scan(ctx, &rows)
	out := held{}
	for _, r := range rows {
		out[account{r.Customer, r.Currency}] = r.Amount
	}
	return out, err
}

// late is an invoice of which an amount is overdue since a day.
type late struct {
	invoice *Invoice
	amount  money.Amount
	since   clock.Date
}

// net works out what of invoices is overdue on a day beyond what their customers have with us, which goes to what is overdue longest.
func (h held) net(invoices []*Invoice, parts map[id.ID][]*Installment, on clock.Date) []late {
	list := make([]late, len(invoices))
	for i, inv := range invoices {
		list[i].invoice = inv
		list[i].amount, list[i].since = inv.overdue(parts[inv.ID], on)
	}
	slices.SortStableFunc(list, func(a, b late) int { return cmp.Or(a.since.Sub(b.since), cmp.Compare(a.invoice.No, b.invoice.No)) })
	for i := range list {
		k := account{list[i].invoice.CustomerID, list[i].invoice.Currency}
		taken := money.Min(list[i].amount, h[k])
		list[i].amount, h[k] = list[i].amount.Sub(taken), h[k].Sub(taken)
	}
	return list
}
