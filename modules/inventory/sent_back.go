package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// goodsSentBack moves free goods back to their vendor, at the cost at which their purchase line brought them: what they are worth by now differs from
// that as price variance. Goods that are held for others stay.
func (k keeper) goodsSentBack(ctx context.Context, tx *tenancy.Tx, e purchasingevent.GoodsReturned) error {
	costs, err := boughtAt(ctx, tx, e)
	if err != nil {
		return err
	}
	list := make([]leaving, len(e.Lines))
	for i, l := range e.Lines {
		list[i] = leaving{
			product: l.ProductID, lot: l.LotID, line: l.PurchaseLineID, quantity: l.Quantity,
			cost: func(q money.Quantity) *money.Amount { return costs.of(l.PurchaseLineID, q) },
		}
	}
	return k.sendOff(ctx, tx, source{"purchasing.return", e.ReturnID, e.No}, supplier, list)
}

// bought is what purchase lines brought in, and what it cost.
type bought map[id.ID]boughtLine

type boughtLine struct {
	LineID   id.ID          `bun:"line_id"`
	Quantity money.Quantity `bun:"quantity"`
	Cost     money.Amount   `bun:"cost"`
}

// boughtAt reads what the lines of a return cost when they came in.
func boughtAt(ctx context.Context, tx *tenancy.Tx, e purchasingevent.GoodsReturned) (bought, error) {
	lines := make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		lines[i] = l.PurchaseLineID
	}
	var rows []boughtLine
	err := tx.NewRaw(`SELECT source_line_id AS line_id, sum(quantity) AS quantity, sum(value + price_variance) AS cost FROM stock_move
		WHERE source_entity = 'inventory.receipt' AND source_line_id = ANY(?::uuid[]) GROUP BY source_line_id`, pgdialect.Array(lines)).Scan(ctx, &rows)
	out := bought{}
	for _, r := range rows {
		out[r.LineID] = r
	}
	return out, err
}

// of is what a quantity of a line cost when it came in; none when nothing of it did.
func (b bought) of(line id.ID, q money.Quantity) *money.Amount {
	r, ok := b[line]
	if !ok || r.Quantity.Sign() <= 0 {
		return nil
	}
	cost := money.Div(r.Cost.Mul(q), r.Quantity).Round(4)
	return &cost
}
