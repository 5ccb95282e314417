package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Look returns what Free does, without keeping it for the asker: enough to answer what could be promised.
func (Stock) Look(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error) {
	var rows []struct {
		ProductID id.ID          `bun:"product_id"`
		Free      money.Quantity `bun:"free"`
	}
	if err := pledgesOf(tx).keep(ctx, tx); err != nil {
		return nil, err
	}
	err := record.Select(ctx, tx, &rows, `SELECT b.product_id, sum(b.on_hand - b.reserved) AS free
		FROM stock_balance b JOIN location p ON p.id = b.location_id LEFT JOIN lot l ON l.id = b.lot_id
		WHERE b.product_id = ANY($1::text[]::uuid[]) AND p.type = 'internal' AND p.active AND b.on_hand > b.reserved
			AND (l.expires_on IS NULL OR l.expires_on >= $2::text::date)
		GROUP BY b.product_id`, products, tx.Today())
	out := make(map[id.ID]money.Quantity, len(rows))
	for _, r := range rows {
		out[r.ProductID] = r.Free
	}
	return out, err
}
