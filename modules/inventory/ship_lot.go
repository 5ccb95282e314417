package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// chooseLots lets the reservations of what leaves hold the lots that a caller names, and puts them before the others. What names no lot leaves as it
// was reserved, by expiry; a lot that has expired since is exchanged for one that has not.
func (b *book) chooseLots(ctx context.Context, tx *tenancy.Tx, o *Delivery, said []shipment, leaving map[id.ID]money.Quantity, held map[id.ID][]*Reservation) error {
	named, err := lotsOf(ctx, tx, o, said)
	if err != nil {
		return err
	}
	bad := fault.New(fault.Rule, "stock.not_enough", "该批次库存不足", "There is not enough of this lot")
	rest := make(map[id.ID]money.Quantity, len(leaving))
	for key, q := range leaving {
		rest[key] = q
	}
	chosen := map[id.ID][]*Reservation{}
	for i, x := range said {
		l := o.line(x)
		if lot := named[i]; !lot.IsZero() && x.Quantity.Sign() > 0 {
			taken, others, missing := b.exchange(held[l.OrderLineID], l.ProductID, lot, x.Quantity, tx)
			held[l.OrderLineID] = others
			chosen[l.OrderLineID] = append(chosen[l.OrderLineID], taken...)
			rest[l.ID] = rest[l.ID].Sub(x.Quantity)
			if missing.Sign() > 0 {
				bad.At(fmt.Sprintf("lines[%d].quantity", i), "stock.not_enough", "该批次缺少 %s", "%s of this lot are missing", missing)
			}
		}
	}
	for i, l := range o.Lines {
		if rest[l.ID].Sign() > 0 && b.renew(held, l.OrderLineID, rest[l.ID], tx).Sign() > 0 {
			bad.At(fmt.Sprintf("lines[%d].lot_id", i), "lot.expired", "预留的批次已过期，且没有可替换的批次", "The lot that is reserved has expired and there is no other")
		}
		held[l.OrderLineID] = append(chosen[l.OrderLineID], held[l.OrderLineID]...)
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// lotsOf returns the lots that a caller names, by id or by number, in the caller's order.
func lotsOf(ctx context.Context, tx *tenancy.Tx, o *Delivery, said []shipment) ([]id.ID, error) {
	out := make([]id.ID, len(said))
	names := make([]lotName, len(said))
	for i, x := range said {
		out[i] = x.LotID
		if x.LotNumber != "" {
			names[i] = lotName{o.line(x).ProductID, x.LotNumber}
		}
	}
	found, err := lotsNamed(ctx, tx, names)
	if err != nil {
		return nil, err
	}
	unknown := fault.New(fault.Rule, "lot.unknown", "批次不存在", "There is no such lot")
	for i, n := range names {
		if n.number == "" {
			continue
		}
		if out[i] = found[n]; out[i].IsZero() {
			unknown.At(fmt.Sprintf("lines[%d].lot_number", i), "lot.unknown", "没有批次 %s", "There is no lot %s", n.number)
		}
	}
	if len(unknown.Fields) > 0 {
		return nil, unknown
	}
	return out, nil
}

// exchange takes a quantity of one lot out of what one demand holds, in place of other lots where it holds less; what those held becomes free. It
// returns the reservations that make up the quantity, the others, and what could not be had.
func (b *book) exchange(rows []*Reservation, product, lot id.ID, q money.Quantity, tx *tenancy.Tx) (chosen, others []*Reservation, missing money.Quantity) {
	for _, r := range rows {
		take := money.Min(q, r.Quantity)
		if r.LotID != lot || take.Sign() <= 0 {
			others = append(others, r)
			continue
		}
		part := b.split(r, take)
		if part != r {
			others = append(others, r)
		}
		chosen, q = append(chosen, part), q.Sub(take)
	}
	for _, p := range b.shelf.pick(product, lot, q, tx.Today()) {
		q = q.Sub(p.quantity)
		var moved []*Reservation
		moved, others = b.rehold(others, p)
		chosen = append(chosen, moved...)
	}
	return chosen, others, money.Max(q, money.Zero())
}

// rehold moves a portion's quantity of reservations to its slot, and returns those that moved and those that did not.
func (b *book) rehold(rows []*Reservation, p portion) (moved, stayed []*Reservation) {
	want := p.quantity
	for _, r := range rows {
		take := money.Min(want, r.Quantity)
		if take.Sign() <= 0 {
			stayed = append(stayed, r)
			continue
		}
		want = want.Sub(take)
		part := b.split(r, take)
		if part != r {
			stayed = append(stayed, r)
		}
		from := b.shelf.slots[cell{part.ProductID, part.LocationID, part.LotID}]
		from.reserved = from.reserved.Sub(take)
		b.released = append(b.released, part.reserved(take))
		b.hold(part, p.slot, source{})
		moved = append(moved, part)
	}
	return moved, stayed
}

// stale tells that a reservation holds goods that have expired.
func (b *book) stale(r *Reservation, tx *tenancy.Tx) bool {
	s := b.shelf.slots[cell{r.ProductID, r.LocationID, r.LotID}]
	return r.Source == fromStock && s != nil && s.expired(tx.Today())
}

// renew exchanges what a demand holds of lots that have expired until a quantity of fit goods is held. It returns what there is no exchange for; fit
// goods come first in held.
func (b *book) renew(held map[id.ID][]*Reservation, line id.ID, want money.Quantity, tx *tenancy.Tx) money.Quantity {
	var fit, stale []*Reservation
	for _, r := range held[line] {
		switch {
		case b.stale(r, tx):
			stale = append(stale, r)
		case r.Source == fromStock:
			fit, want = append(fit, r), want.Sub(r.Quantity)
		default:
			fit = append(fit, r)
		}
	}
	if want.Sign() > 0 && len(stale) > 0 {
		for _, p := range b.shelf.pick(stale[0].ProductID, id.ID{}, want, tx.Today()) {
			var moved []*Reservation
			moved, stale = b.rehold(stale, p)
			fit, want = append(fit, moved...), want.Sub(p.quantity)
		}
	}
	held[line] = append(fit, stale...)
	return want
}
