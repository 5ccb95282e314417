package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// leaving is free goods that leave for good, without a reservation or a delivery.
type leaving struct {
	product, lot, line id.ID
	quantity           money.Quantity
	cost               func(q money.Quantity) *money.Amount // at which so many leave; none: what they are worth
}

// sendOff moves free goods from wherever they lie to a kind of location. It refuses with stock.not_enough and names all lines that lack something.
func (k keeper) sendOff(ctx context.Context, tx *tenancy.Tx, by source, to string, list []leaving) error {
	keys := make([]id.ID, len(list))
	for i, l := range list {
		keys[i] = l.product
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
	b := k.book()
	if err := b.shelf.lock(ctx, tx, keys); err != nil {
		return err
	}
	if err := b.locate(ctx, tx, where, keys); err != nil {
		return err
	}
	var plan []planned
	short := fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock")
	for i, l := range list {
		p := products[l.product]
		if !p.Stocked() {
			continue
		}
		left := l.quantity
		for _, x := range b.shelf.pick(l.product, l.lot, left, tx.Today()) {
			x.reserved = x.reserved.Add(x.quantity) // for the next line of the same product
			move := planned{
				product: l.product, lot: x.lot, from: where.byID[x.location], to: where.byType[to], quantity: x.quantity, held: x.quantity, line: l.line,
			}
			if l.cost != nil {
				move.total = l.cost(x.quantity)
			}
			plan = append(plan, move)
			left = left.Sub(x.quantity)
		}
		if left.Sign() > 0 {
			short.At(fmt.Sprintf("lines[%d].quantity", i), "stock.not_enough", "产品 %s 缺少 %s %s", "Product %s: %s %s missing", p.Number, left, p.Unit)
		}
	}
	if len(short.Fields) > 0 {
		return short
	}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// projectSupplied hands goods out to a project. They are used up for its customer, so that they are cost of sales at once.
func (k keeper) projectSupplied(ctx context.Context, tx *tenancy.Tx, e projectsevent.MaterialIssued) error {
	return k.sendOff(ctx, tx, source{"projects.material", e.MaterialID, e.ProjectNo}, customer, []leaving{
		{product: e.ProductID, lot: e.LotID, line: e.MaterialID, quantity: e.Quantity},
	})
}
