package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// post makes the balances agree with a count: what is too much comes from the loss location, what is missing goes there. A product that was counted
// twice at the location, in two bins, counts together.
func (k keeper) post(ctx context.Context, tx *tenancy.Tx, o *StockCount, _ modules.None) error {
	where, err := places(ctx, tx, o.LocationID)
	if err != nil {
		return err
	}
	here := where.byID[o.LocationID]
	if !here.owned() {
		return fault.New(fault.Rule, "location.not_internal", "只能盘点内部或在途库位", "Only internal and transit locations are counted")
	}
	keys := make([]id.ID, len(o.Lines))
	for i, l := range o.Lines {
		keys[i] = l.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	if err := o.check(products); err != nil {
		return err
	}
	b := k.book()
	if err := b.shelf.lock(ctx, tx, keys); err != nil {
		return err
	}
	plan, err := b.differences(o, where, here)
	if err != nil {
		return err
	}
	by := source{"inventory.stock_count", o.ID, o.No}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	var gains []planned
	for _, p := range plan {
		if p.to == here {
			gains = append(gains, p)
		}
	}
	if len(gains) > 0 {
		if _, err := b.arrive(ctx, tx, arrival{by: by, goods: gains}); err != nil {
			return err
		}
	}
	o.Status = posted
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// check refuses lines of products without balances, and tracked products without a lot.
func (o *StockCount) check(products map[id.ID]coreevent.Product) error {
	bad := fault.New(fault.Rule, "count.lines", "盘点明细有误", "The count has lines that can't be posted")
	for i, l := range o.Lines {
		p := products[l.ProductID]
		switch {
		case !p.Stocked():
			bad.At(fmt.Sprintf("lines[%d].product_id", i), "product.not_stocked", "产品 %s 不记录库存", "No balances are kept of product %s", p.Number)
		case p.Tracking != "none" && l.LotID.IsZero():
			bad.At(fmt.Sprintf("lines[%d].lot_id", i), "lot.required", "产品 %s 必须填写批次", "Product %s needs a lot", p.Number)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// differences plans the moves and notes what was expected. Goods that are reserved can't be counted away: who waits for them has to be told first.
func (b *book) differences(o *StockCount, where *site, here *Location) ([]planned, error) {
	first := map[cell]int{}
	counted := map[cell]money.Quantity{}
	cost := map[cell]money.Amount{}
	for i, l := range o.Lines {
		c := cell{l.ProductID, here.ID, l.LotID}
		if _, ok := first[c]; !ok {
			first[c] = i
		}
		counted[c] = counted[c].Add(l.CountedQuantity)
		cost[c] = cost[c].Add(l.CountedQuantity.Mul(l.UnitCost))
	}
	held := fault.New(fault.Rule, "stock.reserved", "实盘数量少于已预留数量，请先释放预留", "Less was counted than is reserved; release reservations first")
	var plan []planned
	for i, l := range o.Lines {
		c := cell{l.ProductID, here.ID, l.LotID}
		s := b.shelf.at(l.ProductID, here, l.LotID)
		l.ExpectedQuantity = s.onHand
		if first[c] != i {
			continue
		}
		p := planned{product: l.ProductID, lot: l.LotID, line: l.ID, from: where.byType[loss], to: here, path: fmt.Sprintf("lines[%d].counted_quantity", i)}
		switch diff := counted[c].Sub(s.onHand); {
		case diff.IsZero():
			continue
		case diff.Sign() > 0:
			p.quantity = diff
			if cost[c].Sign() > 0 {
				total := money.Div(cost[c].Mul(diff), counted[c])
				p.total = &total
			}
		default:
			if counted[c].LessThan(s.reserved) && !s.negative {
				held.At(p.path, "stock.reserved", "已预留 %s", "%s are reserved", s.reserved)
			}
			p.from, p.to, p.quantity = here, where.byType[loss], diff.Neg()
		}
		plan = append(plan, p)
	}
	if len(held.Fields) > 0 {
		return nil, held
	}
	return plan, nil
}
