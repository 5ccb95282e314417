package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// inProduction is how much of a material's lot went into production and has not come back.
type inProduction struct {
	LineID   id.ID          `bun:"source_line_id"`
	LotID    id.ID          `bun:"lot_id"`
	Quantity money.Quantity `bun:"quantity"`
}

// materialsReturned takes back what production did not use, in the lots that went there and at the value at which it left. Who waits gets it.
func (k keeper) materialsReturned(ctx context.Context, tx *tenancy.Tx, e productionevent.MaterialsReturned) error {
	where, err := places(ctx, tx)
	if err != nil {
		return err
	}
	lines := make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		lines[i] = l.MaterialID
	}
	var rows []inProduction
	err = tx.NewRaw(`SELECT source_line_id, lot_id, sum(CASE to_location_id WHEN ? THEN quantity ELSE -quantity END) AS quantity
		FROM stock_move WHERE source_id = ? AND source_line_id = ANY(?::uuid[]) GROUP BY source_line_id, lot_id ORDER BY max(id::text) DESC`,
		where.byType[production].ID, e.OrderID, pgdialect.Array(lines)).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	var plan []planned
	for _, l := range e.Lines {
		left, cost := l.Quantity, l.Value
		for _, r := range rows {
			q := money.Min(r.Quantity, left)
			if r.LineID != l.MaterialID || q.Sign() <= 0 {
				continue
			}
			value := cost
			if q.LessThan(left) {
				value = money.RoundTo(money.Div(cost.Mul(q), left), tx.Tenant.Currency)
			}
			left, cost = left.Sub(q), cost.Sub(value)
			plan = append(plan, planned{
				product: l.ProductID, lot: r.LotID, from: where.byType[production], to: where.stock, quantity: q, total: &value, line: l.MaterialID,
				salesOrder: e.SalesOrderID,
			})
		}
	}
	b := k.book()
	by := source{productionOrder, e.OrderID, e.No}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	if _, err := b.arrive(ctx, tx, arrival{by: by, goods: plan}); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}
