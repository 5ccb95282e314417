package purchasing

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Ordered returns what lines of purchase orders were ordered at, for a bill in the order's currency to be compared with; a line that is unknown is left
// out.
func (Tolerances) Ordered(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID]purchasingevent.Ordered, error) {
	out := map[id.ID]purchasingevent.Ordered{}
	if lines = distinct(lines); len(lines) == 0 {
		return out, nil
	}
	var rows []struct {
		ID       id.ID          `bun:"id"`
		Quantity money.Quantity `bun:"base_quantity"`
		Amount   money.Amount   `bun:"amount"`
		Currency string         `bun:"currency"`
		Making   bool           `bun:"making"`
	}
	err := tx.NewRaw(`SELECT l.id, l.base_quantity, l.unit_price * l.quantity AS amount, o.currency,
			EXISTS (SELECT FROM requisition r WHERE r.purchase_line_id = l.id AND r.demand_entity IN ('production.production_order', 'production.operation')) AS making
		FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id WHERE l.id = ANY(?::uuid[])`, pgdialect.Array(lines)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.ID] = purchasingevent.Ordered{Quantity: r.Quantity, Amount: r.Amount, Currency: r.Currency, Making: r.Making}
	}
	return out, err
}
