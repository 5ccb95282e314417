package production

import (
	"context"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// due is what so much output takes of each material and yields of each by-product of an order, by the line's id, whole steps of their units.
type due struct {
	materials, residues map[id.ID]money.Quantity
}

// due says what so much output takes and yields, good of it without a flaw. Exactly what was ordered takes and yields what the order's lines say. More or
// less takes what the bill of materials says, with its fixed lines and its own roundings; lines that a person changed, and those of another bill, follow in
// proportion. Scrap that the routing expects is in what was ordered.
func (f *floor) due(ctx context.Context, tx *tenancy.Tx, o *Order, processed, good money.Quantity, products map[id.ID]coreevent.Product) (due, error) {
	if processed.Equal(o.Quantity) || processed.Sign() <= 0 || o.BOMID.IsZero() {
		return o.proportion(processed, products), nil
	}
	book, err := f.cookbook(ctx, tx, []id.ID{o.ProductID})
	if err != nil {
		return due{}, err
	}
	r := book.recipes[o.ProductID]
	if r == nil || r.ID != o.BOMID {
		return o.proportion(processed, products), nil
	}
	if processed.GreaterThan(o.Quantity) {
		expected := r.yield() // of what went through, this share was to be good
		processed = money.Max(money.Max(good, upTo(expected.Mul(expected, processed.Rat()), money.Zero())), o.Quantity)
	}
	out := o.proportion(processed, products)
	return out, book.follow(r, o, processed, out)
}

// proportion is due in proportion to what was ordered.
func (o *Order) proportion(processed money.Quantity, products map[id.ID]coreevent.Product) due {
	out := due{materials: map[id.ID]money.Quantity{}, residues: map[id.ID]money.Quantity{}}
	for _, m := range o.Materials {
		out.materials[m.ID] = o.portion(m.Quantity, processed, products[m.ProductID].Rounding, true)
	}
	for _, b := range o.ByProducts {
		out.residues[b.ID] = o.portion(b.Quantity, processed, products[b.ProductID].Rounding, false)
	}
	return out
}

// portion is a line's quantity in proportion to the output: whole steps, rounded up for what is taken, down for what is yielded.
func (o *Order) portion(q, processed, step money.Quantity, up bool) money.Quantity {
	if processed.Equal(o.Quantity) {
		return q
	}
	x := ratio(processed.Rat(), o.Quantity.Rat())
	if x.Mul(x, q.Rat()); !up {
		return downTo(x, step)
	}
	if processed.LessThan(o.Quantity) {
		return money.Min(q, upTo(x, step))
	}
	return upTo(x, step)
}

// follow puts in what the recipe says for lines that are still as the recipe made them.
func (b *cookbook) follow(r *recipe, o *Order, processed money.Quantity, out due) error {
	was, err := b.exploded(r, o.Quantity)
	if err != nil {
		return err
	}
	is, err := b.exploded(r, processed)
	if err != nil {
		return err
	}
	for _, m := range o.Materials {
		if q, listed := was[m.ProductID]; listed && q.Equal(m.Quantity) {
			out.materials[m.ID] = is[m.ProductID]
		}
	}
	before, after := b.byProducts(r, o.Quantity), b.byProducts(r, processed)
	for i, x := range o.ByProducts {
		if i < len(before) && r.Residuals[i].ProductID == x.ProductID && before[i].Equal(x.Quantity) {
			out.residues[x.ID] = after[i]
		}
	}
	return nil
}

// exploded is explode by product.
func (b *cookbook) exploded(r *recipe, quantity money.Quantity) (map[id.ID]money.Quantity, error) {
	needs, err := b.explode(r, quantity)
	out := make(map[id.ID]money.Quantity, len(needs))
	for _, n := range needs {
		out[n.ProductID] = n.Quantity
	}
	return out, err
}

// backflush returns what must still be issued for output. What a person issued in full beforehand is all that goes in, whatever comes out.
func (o *Order) backflush(d due, products map[id.ID]coreevent.Product) []productionevent.Issue {
	var out []productionevent.Issue
	for _, m := range o.Materials {
		q := d.materials[m.ID]
		byHand := m.IssuedQuantity.GreaterThan(o.portion(m.Quantity, o.processed(), products[m.ProductID].Rounding, true))
		if byHand && m.IssuedQuantity.GreaterThanOrEqual(m.Quantity) {
			continue
		}
		if short := q.Sub(m.IssuedQuantity); short.Sign() > 0 {
			out = append(out, productionevent.Issue{MaterialID: m.ID, ProductID: m.ProductID, Quantity: short})
		}
	}
	return out
}

// spared lessens issues beyond what the order planned to take by what is not there: more came out of what went in, as nothing else could.
func (f *floor) spared(ctx context.Context, tx *tenancy.Tx, o *Order, issues []productionevent.Issue, products map[id.ID]coreevent.Product) ([]productionevent.Issue, error) {
	var keys []id.ID
	for _, s := range issues {
		if s.Quantity.GreaterThan(o.material(s.MaterialID).left()) && products[s.ProductID].Stocked() {
			keys = append(keys, s.ProductID)
		}
	}
	if len(keys) == 0 {
		return issues, nil
	}
	free, err := f.Stock.Free(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	out := issues[:0:0]
	for _, s := range issues {
		left := o.material(s.MaterialID).left()
		if beyond := s.Quantity.Sub(left); beyond.Sign() > 0 && products[s.ProductID].Stocked() {
			got := money.Min(beyond, money.Max(free[s.ProductID], money.Zero()))
			free[s.ProductID], s.Quantity = free[s.ProductID].Sub(got), left.Add(got)
		}
		if s.Quantity.Sign() > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}
