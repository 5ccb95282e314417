package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// outside is goods of one order line and lot that the customer has, and what they cost when they left.
type outside struct {
	LineID   id.ID          `bun:"line_id"`
	LotID    id.ID          `bun:"lot_id"`
	Quantity money.Quantity `bun:"quantity"`
	Cost     money.Amount   `bun:"cost"`
}

// goodsReturned takes back what a customer returns, at the cost at which it left. Who waits with nothing on its way gets it.
func (k keeper) goodsReturned(ctx context.Context, tx *tenancy.Tx, e salesevent.GoodsReturned) error {
	keys := make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		keys[i] = l.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	if keys = stocked(keys, products); len(keys) == 0 {
		return nil
	}
	where, err := places(ctx, tx)
	if err != nil {
		return err
	}
	left, err := withCustomer(ctx, tx, e, keys)
	if err != nil {
		return err
	}
	digits := money.MinorUnit(tx.Tenant.Currency)
	var plan []planned
	for _, l := range e.Lines {
		if products[l.ProductID].Stocked() {
			plan = append(plan, takeBack(where, e, l, left[l.ID], digits)...)
		}
	}
	if plan, err = tracked(ctx, tx, e.No, plan, products, nil); err != nil {
		return err
	}
	b := k.book()
	by := source{"sales.return", e.ReturnID, e.No}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	if _, err := b.arrive(ctx, tx, arrival{by: by, goods: plan}); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// withCustomer reads what left for the lines of a return and has not come back yet, what left last first.
func withCustomer(ctx context.Context, tx *tenancy.Tx, e salesevent.GoodsReturned, products []id.ID) (map[id.ID][]*outside, error) {
	lines := make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		lines[i] = l.ID
	}
	var rows []*outside
	err := tx.NewRaw(`SELECT source_line_id AS line_id, lot_id,
			sum(CASE source_entity WHEN 'sales.return' THEN -quantity ELSE quantity END) AS quantity, -sum(value + residual_value + price_variance) AS cost
		FROM stock_move WHERE product_id = ANY(?::uuid[]) AND source_line_id = ANY(?::uuid[]) AND source_entity IN ('inventory.delivery', 'sales.return')
		GROUP BY source_line_id, lot_id ORDER BY max(id::text) DESC`, pgdialect.Array(products), pgdialect.Array(lines)).Scan(ctx, &rows)
	out := map[id.ID][]*outside{}
	for _, r := range rows {
		out[r.LineID] = append(out[r.LineID], r)
	}
	return out, err
}

// takeBack plans the moves of one returned line. What did not leave from here comes in at what such goods are worth today.
func takeBack(where *site, e salesevent.GoodsReturned, l salesevent.Line, left []*outside, digits int32) []planned {
	var plan []planned
	rest := l.Quantity
	move := func(lot id.ID, q money.Quantity, cost *money.Amount) {
		plan = append(plan, planned{
			product: l.ProductID, lot: lot, from: where.byType[customer], to: where.stock, quantity: q, total: cost, line: l.ID, salesOrder: e.ID,
		})
		rest = rest.Sub(q)
	}
	for _, o := range left {
		q := money.Min(rest, o.Quantity)
		if q.Sign() <= 0 {
			continue
		}
		cost := o.Cost
		if q.LessThan(o.Quantity) {
			cost = money.Div(o.Cost.Mul(q), o.Quantity).Round(digits)
		}
		o.Quantity, o.Cost = o.Quantity.Sub(q), o.Cost.Sub(cost)
		move(o.LotID, q, &cost)
	}
	if rest.Sign() > 0 {
		move(id.ID{}, rest, nil)
	}
	return plan
}
