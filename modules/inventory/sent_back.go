package inventory

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// goodsSentBack moves free goods back to their vendor, at the cost at which their purchase line brought them: what they are worth by now differs from
// that as price variance. Goods that are held for others stay.
func (k keeper) goodsSentBack(ctx context.Context, tx *tenancy.Tx, e purchasingevent.GoodsReturned) error {
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
	costs, err := broughtAt(ctx, tx, e)
	if err != nil {
		return err
	}
	b := k.book()
	if err := b.shelf.lock(ctx, tx, keys); err != nil {
		return err
	}
	if err := b.locate(ctx, tx, where, keys); err != nil {
		return err
	}
	var plan []planned
	short := fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock")
	for i, l := range e.Lines {
		p := products[l.ProductID]
		if !p.Stocked() {
			continue
		}
		left := l.Quantity
		for _, x := range b.shelf.pick(l.ProductID, l.LotID, left, tx.Today()) {
			x.reserved = x.reserved.Add(x.quantity) // for the next line of the same product
			plan = append(plan, planned{
				product: l.ProductID, lot: x.lot, from: where.byID[x.location], to: where.byType[supplier], quantity: x.quantity, held: x.quantity,
				total: costs.of(l.PurchaseLineID, x.quantity), line: l.PurchaseLineID,
			})
			left = left.Sub(x.quantity)
		}
		if left.Sign() > 0 {
			short.At(fmt.Sprintf("lines[%d].quantity", i), "stock.not_enough", "产品 %s 缺少 %s %s", "Product %s: %s %s missing", p.Number, left, p.Unit)
		}
	}
	if len(short.Fields) > 0 {
		return short
	}
	if err := b.move(ctx, tx, source{"purchasing.return", e.ReturnID, e.No}, plan); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// brought is what purchase lines brought in, and what it cost.
type brought map[id.ID]broughtLine

type broughtLine struct {
	LineID   id.ID          `bun:"line_id"`
	Quantity money.Quantity `bun:"quantity"`
	Cost     money.Amount   `bun:"cost"`
}

// broughtAt reads what the lines of a return cost when they came in.
func broughtAt(ctx context.Context, tx *tenancy.Tx, e purchasingevent.GoodsReturned) (brought, error) {
	lines := make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		lines[i] = l.PurchaseLineID
	}
	var rows []broughtLine
	err := tx.NewRaw(`SELECT source_line_id AS line_id, sum(quantity) AS quantity, sum(value + price_variance) AS cost FROM stock_move
		WHERE source_entity = 'inventory.receipt' AND source_line_id = ANY(?::uuid[]) GROUP BY source_line_id`, pgdialect.Array(lines)).Scan(ctx, &rows)
	out := brought{}
	for _, r := range rows {
		out[r.LineID] = r
	}
	return out, err
}

// of is what a quantity of a line cost when it came in; none when nothing of it did.
func (b brought) of(line id.ID, q money.Quantity) *money.Amount {
	r, ok := b[line]
	if !ok || r.Quantity.Sign() <= 0 {
		return nil
	}
	cost := money.Div(r.Cost.Mul(q), r.Quantity).Round(4)
	return &cost
}
