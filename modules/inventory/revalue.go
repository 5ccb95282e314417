package inventory

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// came is a move that brought goods, with how many of them have not gone back to the vendor.
type came struct {
	*StockMove
	kept money.Quantity
}

// lateCost is a cost that falls to the goods of one move.
type lateCost struct {
	move   *came
	amount money.Amount
}

// revalue spreads late costs over what is left of the goods and what is gone, and tells what that means for the books.
func (k keeper) revalue(ctx context.Context, tx *tenancy.Tx, by source, reason string, costs []lateCost) error {
	keys := make([]id.ID, len(costs))
	for i, c := range costs {
		keys[i] = c.move.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	valued := map[id.ID]coreevent.Product{}
	for key, p := range products {
		if p.Stocked() {
			valued[key] = p
		}
	}
	books, err := lockLedger(ctx, tx, valued)
	if err != nil {
		return err
	}
	var rows []*ValueAdjustment
	e := inventoryevent.StockRevalued{SourceEntity: by.entity, SourceID: by.id, SourceNo: by.no, Date: tx.Today()}
	if reason == billPrice { // a document is posted once: the bill has its own entry
		e.SourceEntity, e.SourceID = "inventory.value_adjustment", tx.NewID()
	}
	for _, c := range costs {
		p, stocked := valued[c.move.ProductID]
		if !stocked || c.amount.IsZero() {
			continue
		}
		share := books.late(p, c)
		rows = append(rows, &ValueAdjustment{
			Date: tx.Today(), Reason: reason, ProductID: p.ID, MoveID: c.move.ID, Amount: c.amount, StockAmount: share.stock, SoldAmount: share.sold,
			Variance: share.variance, SourceEntity: by.entity, SourceID: by.id, SourceNo: by.no,
			PostingID: e.SourceID,
		})
		e.Items = append(e.Items, inventoryevent.Revalued{
			ProductID: p.ID, Category: p.Category, Stock: share.stock, Sold: share.sold, Variance: share.variance, FromVariance: reason == billPrice,
		})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := books.save(ctx, tx); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, rows...); err != nil {
		return err
	}
	return record.Emit(ctx, tx, e)
}

// late is worth.late for a move.
func (l *ledger) late(p coreevent.Product, c lateCost) lateShare {
	l.touched[p.ID] = true
	return l.worths[p.ID].late(l.pricing(p), c.move.ID, c.move.kept, c.amount)
}

// costDiffered takes what a vendor's bill says otherwise than the order to the goods themselves, over all receipts of a purchase line by quantity.
func (k keeper) costDiffered(ctx context.Context, tx *tenancy.Tx, e financeevent.CostDiffered) error {
	lines := make([]id.ID, len(e.Items))
	for i, x := range e.Items {
		lines[i] = x.PurchaseLineID
	}
	moves, err := inbound(ctx, tx, "mv.source_line_id = ANY(?::uuid[])", pgdialect.Array(lines))
	if err != nil {
		return err
	}
	byLine := map[id.ID][]*came{}
	for _, m := range moves {
		byLine[m.SourceLineID] = append(byLine[m.SourceLineID], m)
	}
	digits := money.MinorUnit(tx.Tenant.Currency)
	var costs []lateCost
	for _, x := range e.Items {
		list := byLine[x.PurchaseLineID]
		weights := make([]money.Quantity, len(list))
		for i, m := range list {
			weights[i] = m.kept
		}
		for i, part := range money.Split(x.Amount, weights, digits) {
			costs = append(costs, lateCost{list[i], part})
		}
	}
	return k.revalue(ctx, tx, source{e.SourceEntity, e.SourceID, e.SourceNo}, billPrice, costs)
}

// inbound finds moves that brought goods from vendors, in their order. What went back is taken off those that came first.
func inbound(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]*came, error) {
	moves, err := record.Find[StockMove](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where(where, args...).Where("mv.source_entity = 'inventory.receipt' AND mv.from_location_id IN (SELECT id FROM location WHERE type = 'supplier')").
			OrderExpr("mv.id")
	})
	if err != nil {
		return nil, err
	}
	lines, out := make([]id.ID, len(moves)), make([]*came, len(moves))
	for i, m := range moves {
		lines[i], out[i] = m.SourceLineID, &came{m, m.Quantity}
	}
	var gone []brought
	err = record.Select(ctx, tx, &gone, `SELECT m.source_line_id AS line_id, m.product_id, m.lot_id, sum(m.quantity) AS quantity FROM stock_move m
		JOIN location t ON t.id = m.to_location_id AND t.type = 'supplier' WHERE m.source_line_id = ANY($1::text[]::uuid[]) GROUP BY 1, 2, 3`, lines)
	for i := range gone {
		g := &gone[i]
		for _, m := range out {
			if m.SourceLineID == g.LineID && m.ProductID == g.ProductID && m.LotID == g.LotID {
				back := money.Min(m.kept, g.Quantity)
				m.kept, g.Quantity = m.kept.Sub(back), g.Quantity.Sub(back)
			}
		}
	}
	return out, err
}
