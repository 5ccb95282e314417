package inventory

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/fault"
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

// goodsReturned takes back what a customer returns, at the cost at which it left. Who waits gets it.
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
	if err := checkLots(e.Lines, left); err != nil {
		return err
	}
	digits := money.MinorUnit(tx.Tenant.Currency)
	var plan []planned
	for _, named := range []bool{true, false} { // what is named can't be taken for something else
		for _, l := range e.Lines {
			if products[l.ProductID].Stocked() && named != l.LotID.IsZero() {
				plan = append(plan, takeBack(where, e, l, left[l.ID], digits)...)
			}
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

// checkLots refuses lots of which the customer has less than comes back.
func checkLots(lines []salesevent.Line, left map[id.ID][]*outside) error {
	bad := fault.New(fault.Rule, "return.other_lot", "退回的批次或序列号不是发给客户的", "The customer does not have these lots or serial numbers")
	taken := map[[2]id.ID]money.Quantity{}
	for i, l := range lines {
		if l.LotID.IsZero() {
			continue
		}
		key, has := [2]id.ID{l.ID, l.LotID}, money.Zero()
		for _, o := range left[l.ID] {
			if o.LotID == l.LotID {
				has = has.Add(o.Quantity)
			}
		}
		if taken[key] = taken[key].Add(l.Quantity); taken[key].GreaterThan(has) {
			bad.At(fmt.Sprintf("lines[%d].lot_id", i), "return.other_lot", "客户持有 %s", "the customer has %s of it", has)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
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
		if q.Sign() <= 0 || !l.LotID.IsZero() && o.LotID != l.LotID {
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
