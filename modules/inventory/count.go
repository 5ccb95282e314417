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

// post corrects the balances by what a count found: what is too much comes from the loss location, what is missing goes there. A product that was
// counted twice at the location, in two bins, counts together.
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
	if err := k.convert(ctx, tx, o); err != nil {
		return err
	}
	b := k.book()
	if err := b.shelf.lock(ctx, tx, keys); err != nil {
		return err
	}
	plan := b.correct(o, where, here)
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
		case p.Tracking != untracked && l.LotID.IsZero():
			bad.At(fmt.Sprintf("lines[%d].lot_id", i), "lot.required", "产品 %s 必须填写批次", "Product %s needs a lot", p.Number)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// difference is what was counted and what was expected of one product and lot at one place, and what it costs.
type difference struct {
	first             *StockCountLine // where it stands on the count
	at                int
	counted, expected money.Quantity
	cost              money.Amount
}

func (d *difference) quantity() money.Quantity { return d.counted.Sub(d.expected) }

// differences adds up what was counted twice, in two bins.
func (o *StockCount) differences() map[cell]*difference {
	out := make(map[cell]*difference, len(o.Lines))
	for i, l := range o.Lines {
		d := out[l.cell(o.LocationID)]
		if d == nil {
			d = &difference{first: l, at: i, expected: l.ExpectedQuantity}
			out[l.cell(o.LocationID)] = d
		}
		d.counted = d.counted.Add(l.BaseQuantity)
		d.cost = d.cost.Add(l.CountedQuantity.Mul(l.UnitCost))
	}
	return out
}

// correct plans the moves that make up for the differences. What moved since the count started stays moved.
func (b *book) correct(o *StockCount, where *site, here *Location) []planned {
	for _, l := range o.Lines {
		s := b.shelf.at(l.ProductID, here, l.LotID)
		if o.StartedAt.IsZero() {
			l.ExpectedQuantity = s.onHand
		}
		l.MovedQuantity = s.onHand.Sub(l.ExpectedQuantity)
	}
	all := o.differences()
	var plan []planned
	for i, l := range o.Lines {
		d := all[l.cell(here.ID)]
		off := d.quantity()
		if d.at != i || off.IsZero() {
			continue
		}
		p := planned{
			product: l.ProductID, lot: l.LotID, line: l.ID, from: where.byType[loss], to: here, quantity: off.Abs(),
			path: fmt.Sprintf("lines[%d].counted_quantity", i),
		}
		if off.Sign() < 0 {
			p.from, p.to = here, where.byType[loss]
		} else if d.cost.Sign() > 0 {
			total := money.Div(d.cost.Mul(off), d.counted)
			p.total = &total
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
