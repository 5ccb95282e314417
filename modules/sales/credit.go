package sales

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
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

// credit is how a customer stands, in company currency, when another amount is to be ordered.
type credit struct {
	Limit     money.Amount
	Open      money.Amount // all that is ordered or invoiced and not paid
	Unshipped money.Amount // of it, what has not left
	Overdue   money.Amount // of it, what should be paid by now
	Excess    money.Amount // by how much the limit would be exceeded; zero when it fits or when no limit is set
}

// credit works out how far an order of this amount would exceed its customer's credit limit. Two orders of one customer wait for each other here, so
// that they can't both take the last credit.
func (o office) credit(ctx context.Context, tx *tenancy.Tx, x *Order, amount money.Amount) (credit, error) {
	list, err := o.customers(ctx, tx, []id.ID{x.CustomerID})
	if err != nil {
		return credit{}, err
	}
	c := credit{Limit: list[x.CustomerID].CreditLimit}
	if c.Limit.Sign() <= 0 {
		return credit{}, nil
	}
	lock := tx.Tenant.ID.String() + "/credit/" + x.CustomerID.String()
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", lock).Exec(ctx); err != nil {
		return c, err
	}
	if err := c.ordered(ctx, tx, x); err != nil {
		return c, err
	}
	c.Excess = exceeds(c.Limit, c.Open, amount)
	return c, c.invoiced(ctx, tx, o.ask.Debts, x, amount)
}

// ordered adds what the customer's other orders leave to be paid: of what was called off, only what had left.
func (c *credit) ordered(ctx context.Context, tx *tenancy.Tx, x *Order) error {
	var sums struct {
		Open      money.Amount `bun:"open"`
		Unshipped money.Amount `bun:"unshipped"`
	}
	err := tx.NewRaw(`SELECT coalesce(sum(greatest(due - collected, 0)), 0) AS open, coalesce(sum(greatest(least(waits, due - collected), 0)), 0) AS unshipped
		FROM (SELECT o.collected_amount * o.exchange_rate AS collected,
				sum(l.total_amount * CASE WHEN l.closed THEN l.base_shipped ELSE l.base_quantity END / nullif(l.base_quantity, 0)) * o.exchange_rate AS due,
				sum(l.total_amount * CASE WHEN l.closed THEN 0 ELSE greatest(l.base_quantity - l.base_shipped, 0) END / nullif(l.base_quantity, 0))
					* o.exchange_rate AS waits
			FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id
			WHERE o.customer_id = ? AND o.id <> ? AND o.status IN ('confirmed', 'in_progress') GROUP BY o.id) s`,
		x.CustomerID.String(), x.ID.String()).Scan(ctx, &sums)
	c.Open, c.Unshipped = sums.Open.Round(4), sums.Unshipped.Round(4)
	return err
}

// invoiced adds open invoices that no open order stands for, and tells what is overdue.
func (c *credit) invoiced(ctx context.Context, tx *tenancy.Tx, debts Debts, x *Order, amount money.Amount) error {
	list, err := debts.Debts(ctx, tx, x.CustomerID)
	if err != nil || len(list) == 0 {
		return err
	}
	keys := make([]id.ID, 0, len(list))
	for _, d := range list {
		if !d.OrderID.IsZero() {
			keys = append(keys, d.OrderID)
		}
	}
	live, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[]) AND status IN ('confirmed', 'in_progress')", pgdialect.Array(keys))
	})
	if err != nil {
		return err
	}
	counted := map[id.ID]bool{x.ID: true}
	for _, l := range live {
		counted[l.ID] = true
	}
	for _, d := range list {
		c.Overdue = c.Overdue.Add(d.Overdue)
		if !counted[d.OrderID] || d.OrderID.IsZero() {
			c.Open = c.Open.Add(d.Open)
		}
	}
	c.Excess = exceeds(c.Limit, c.Open, amount)
	return nil
}

// note writes the figures into the order, where who is asked to release it sees them.
func (o *Order) note(c credit) {
	o.CreditLimit, o.CreditOpen, o.CreditUnshipped, o.CreditOverdue, o.CreditExcess = c.Limit, c.Open, c.Unshipped, c.Overdue, c.Excess
}

// exceeds is what a new amount takes beyond a limit, given what is open.
func exceeds(limit, open, amount money.Amount) money.Amount {
	return money.Max(money.Zero(), open.Add(amount).Sub(limit)).Round(4)
}
