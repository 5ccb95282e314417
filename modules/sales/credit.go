package sales

import (
	"context"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/tenancy"
)

type customersKey struct{}

// customers asks about customers, once in a unit of work.
func (o office) customers(ctx context.Context, tx *tenancy.Tx, keys []id.ID) (map[id.ID]crmevent.Customer, error) {
	known, _ := tx.Local(customersKey{}).(map[id.ID]crmevent.Customer)
	if known == nil {
		known = map[id.ID]crmevent.Customer{}
		tx.SetLocal(customersKey{}, known)
	}
	var missing []id.ID
	for _, k := range keys {
		if _, ok := known[k]; !ok {
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 {
		return known, nil
	}
	fresh, err := o.ask.Customers.Customers(ctx, tx, missing)
	for _, k := range missing {
		known[k] = fresh[k]
	}
	return known, err
}

// excess is by how much an order of this amount would exceed its customer's credit limit: what other orders still leave to be paid counts. Zero when
// it fits, or when no limit is set. Two orders of one customer wait for each other here, so that they can't both take the last credit.
func (o office) excess(ctx context.Context, tx *tenancy.Tx, x *Order, amount money.Amount) (money.Amount, error) {
	list, err := o.customers(ctx, tx, []id.ID{x.CustomerID})
	if err != nil {
		return money.Zero(), err
	}
	limit := list[x.CustomerID].CreditLimit
	if limit.Sign() <= 0 {
		return money.Zero(), nil
	}
	lock := tx.Tenant.ID.String() + "/credit/" + x.CustomerID.String()
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", lock).Exec(ctx); err != nil {
		return money.Zero(), err
	}
	var open money.Amount
	err = tx.NewRaw(`SELECT coalesce(sum(greatest(company_amount - collected_amount * exchange_rate, 0)), 0) FROM sales_order
		WHERE customer_id = ? AND id <> ? AND status IN ('confirmed', 'in_progress')`, x.CustomerID.String(), x.ID.String()).Scan(ctx, &open)
	if err != nil {
		return money.Zero(), err
	}
	return exceeds(limit, open, amount), nil
}

// exceeds is what a new amount takes beyond a limit, given what is open.
func exceeds(limit, open, amount money.Amount) money.Amount {
	return money.Max(money.Zero(), open.Add(amount).Sub(limit)).Round(4)
}
