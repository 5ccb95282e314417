package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// projectSupplied hands free goods out to a project, from wherever they lie. They are used up for its customer, so that they are cost of sales at once.
func (k keeper) projectSupplied(ctx context.Context, tx *tenancy.Tx, e projectsevent.MaterialIssued) error {
	products, err := k.products.Products(ctx, tx, []id.ID{e.ProductID})
	if err != nil {
		return err
	}
	p := products[e.ProductID]
	if !p.Stocked() {
		return nil
	}
	where, err := places(ctx, tx)
	if err != nil {
		return err
	}
	b := k.book()
	if err := b.shelf.lock(ctx, tx, []id.ID{e.ProductID}); err != nil {
		return err
	}
	if err := b.locate(ctx, tx, where, []id.ID{e.ProductID}); err != nil {
		return err
	}
	var plan []planned
	left := e.Quantity
	for _, x := range b.shelf.pick(e.ProductID, e.LotID, left, tx.Today()) {
		plan = append(plan, planned{product: e.ProductID, lot: x.lot, from: where.byID[x.location], to: where.byType[customer], quantity: x.quantity, line: e.MaterialID})
		left = left.Sub(x.quantity)
	}
	if left.Sign() > 0 {
		return fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock").
			At("quantity", "stock.not_enough", "产品 %s 缺少 %s %s", "Product %s: %s %s missing", p.Number, left, p.Unit)
	}
	if err := b.move(ctx, tx, source{"projects.material", e.MaterialID, e.ProjectNo}, plan); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}
