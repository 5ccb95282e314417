package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Begun answers other modules which production orders are on the shop floor.
type Begun struct{}

// Begun names those of some orders that are released or in progress.
func (Begun) Begun(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]bool, error) {
	rows, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(ids)).Where("status IN (?, ?)", Released, InProgress)
	})
	out := make(map[id.ID]bool, len(rows))
	for _, o := range rows {
		out[o.ID] = true
	}
	return out, err
}
