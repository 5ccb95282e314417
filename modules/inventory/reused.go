package inventory

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// requisitionsReused lets demands wait for what vendors owe already and nobody needed any more.
func (k keeper) requisitionsReused(ctx context.Context, tx *tenancy.Tx, e purchasingevent.RequisitionsReused) error {
	lines, orders := make([]id.ID, len(e.Items)), make([]id.ID, len(e.Items))
	for i, r := range e.Items {
		lines[i], orders[i] = r.Demand.LineID, r.OrderID
	}
	docs, err := record.Find[Receipt](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ANY(?::uuid[]) AND status = 'waiting'", pgdialect.Array(orders)).OrderExpr("id")
	})
	if err != nil {
		return err
	}
	byOrder := map[id.ID]*Receipt{}
	for _, d := range docs {
		byOrder[d.PurchaseOrderID] = d
	}
	b := k.book()
	asked, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return err
	}
	for _, r := range e.Items {
		s := supply{requisition, r.ID, r.No, r.Expected}
		if d := byOrder[r.OrderID]; d != nil {
			s.entity, s.id, s.no = receipt, d.ID, d.No
		}
		b.waitFor(asked[r.Demand.LineID], r.Quantity, s)
	}
	return b.settle(ctx, tx)
}
