package inventory

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
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
	plan := b.differences(o, where, here)
	lost, err := b.bump(ctx, tx, plan)
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
	lost = b.elsewhere(lost, tx.Today())
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	return k.provide(ctx, tx, lost)
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

// differences plans the moves and notes what was expected.
func (b *book) differences(o *StockCount, where *site, here *Location) []planned {
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
			p.from, p.to, p.quantity = here, where.byType[loss], diff.Neg()
		}
		plan = append(plan, p)
	}
	return plan
}

// bump takes goods that are not there from those for whom they were held, the last promised first, and returns who lost them.
func (b *book) bump(ctx context.Context, tx *tenancy.Tx, plan []planned) ([]*Reservation, error) {
	missing := map[cell]money.Quantity{}
	products := []id.ID{}
	for _, p := range plan {
		if !p.from.owned() {
			continue
		}
		s := b.shelf.at(p.product, p.from, p.lot)
		if over := p.quantity.Sub(s.free()); over.Sign() > 0 && !s.negative {
			missing[s.cell] = over
			products = append(products, p.product)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	rows, err := b.find(ctx, tx, "source = 'stock' AND product_id = ANY(?::uuid[])", pgdialect.Array(products))
	if err != nil {
		return nil, err
	}
	var lost []*Reservation
	rows = inOrder(rows)
	slices.Reverse(rows)
	for _, r := range rows {
		c := cell{r.ProductID, r.LocationID, r.LotID}
		q := money.Min(missing[c], r.Quantity)
		if q.Sign() <= 0 {
			continue
		}
		missing[c] = missing[c].Sub(q)
		lost = append(lost, b.loosen(b.split(r, q)))
	}
	return lost, nil
}

// loosen lets go of goods that a demand still needs.
func (b *book) loosen(r *Reservation) *Reservation {
	s := b.shelf.slots[cell{r.ProductID, r.LocationID, r.LotID}]
	s.reserved = s.reserved.Sub(r.Quantity)
	b.released = append(b.released, r.reserved(r.Quantity))
	r.Source, r.LocationID, r.LotID = fromNone, id.ID{}, id.ID{}
	r.SupplyEntity, r.SupplyID, r.SupplyNo, r.ExpectedDate = "", id.ID{}, "", clock.Date{}
	b.concern(r)
	return r
}

// elsewhere holds other free goods for who lost some, and returns who is still without.
func (b *book) elsewhere(lost []*Reservation, today clock.Date) []*Reservation {
	var without []*Reservation
	slices.Reverse(lost) // the first promised first again
	for _, r := range lost {
		for _, p := range b.shelf.pick(r.ProductID, id.ID{}, r.Quantity, today) {
			b.hold(b.split(r, p.quantity), p.slot, source{})
		}
		if r.Source == fromNone {
			without = append(without, r)
		}
	}
	return without
}
