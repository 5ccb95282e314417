package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Coming returns what open production orders will still make of some products, whoever waits for it.
func (p Promises) Coming(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Coming, error) {
	rows, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("product_id = ANY(?::uuid[])", pgdialect.Array(products)).Where("status IN (?, ?, ?)", Planned, Released, InProgress).
			OrderExpr("due_date, id")
	})
	out := make([]inventoryevent.Coming, len(rows))
	for i, o := range rows {
		out[i] = inventoryevent.Coming{ProductID: o.ProductID, Entity: orderEntity, ID: o.ID, No: o.No, Quantity: o.open(), Date: o.DueDate}
	}
	return out, err
}
