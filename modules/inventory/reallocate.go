package inventory

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// claim is one demand line and what it is to get of the stock.
type claim struct {
	rows         []*Reservation
	need, target money.Quantity
	held         money.Quantity
}

// reallocate shares out what is held and free of a product among all open demands, but for what vendors have who work for us. Who gets goods hands on the supply that was on its way to who loses
// them, so that nothing is asked for twice; who then has nothing on the way is supplied as any shortfall.
func (k keeper) reallocate(ctx context.Context, tx *tenancy.Tx, o *Reallocation, _ modules.None) error {
	products, err := k.products.Products(ctx, tx, []id.ID{o.ProductID})
	if err != nil {
		return err
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "product_id = ?"+notAtVendors, o.ProductID)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, []id.ID{o.ProductID}); err != nil {
		return err
	}
	claims := claimsOf(rows)
	pool := money.Zero()
	for _, s := range b.shelf.products[o.ProductID] {
		if s.fit(tx.Today()) {
			pool = pool.Add(s.free())
		}
	}
	for _, c := range claims {
		pool = pool.Add(c.held)
	}
	share(claims, pool, o.Method, products[o.ProductID].Rounding)
	lost := b.take(claims, o.Reason)
	o.MovedQuantity = money.Zero()
	for _, r := range lost {
		o.MovedQuantity = o.MovedQuantity.Add(r.Quantity)
	}
	without := b.swap(lost, b.give(tx, claims, o.Reason))
	o.Status, o.AppliedOn = done, tx.Today()
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	return k.provide(ctx, tx, without)
}

// claimsOf gathers reservations by demand line, in the order of promise.
func claimsOf(rows []*Reservation) []*claim {
	var out []*claim
	at := map[id.ID]*claim{}
	for _, r := range inOrder(rows) {
		c := at[r.DemandLineID]
		if c == nil {
			c = &claim{}
			at[r.DemandLineID] = c
			out = append(out, c)
		}
		c.rows, c.need = append(c.rows, r), c.need.Add(r.Quantity)
		if r.Source == fromStock {
			c.held = c.held.Add(r.Quantity)
		}
	}
	return out
}

// share says what each claim is to get of a pool: those promised first all that they need, or everyone the same part of it in whole steps of the unit,
// what that leaves going to those promised first.
func share(claims []*claim, pool money.Quantity, method string, step money.Quantity) {
	total := money.Zero()
	for _, c := range claims {
		total, c.target = total.Add(c.need), money.Zero()
	}
	rest := pool
	if method == proRata && pool.LessThan(total) {
		for _, c := range claims {
			c.target = money.Div(pool.Mul(c.need), total)
			if step.Sign() > 0 {
				c.target = money.Down(c.target, step)
			}
			c.target = c.target.RoundDown(6)
			rest = rest.Sub(c.target)
		}
	}
	for _, most := range []money.Quantity{step, rest} { // first one step each, then whatever there is
		if method != proRata {
			most = rest
		}
		for _, c := range claims {
			more := money.Min(money.Min(most, rest), c.need.Sub(c.target))
			if more.Sign() > 0 {
				c.target, rest = c.target.Add(more), rest.Sub(more)
			}
		}
	}
}

// take looses what claims hold beyond their target.
func (b *book) take(claims []*claim, why string) []*Reservation {
	var lost []*Reservation
	for _, c := range claims {
		over := c.held.Sub(c.target)
		for _, r := range slices.Backward(c.rows) {
			if q := money.Min(over, r.Quantity); q.Sign() > 0 && r.Source == fromStock {
				over = over.Sub(q)
				part := b.loosen(b.split(r, q))
				part.Reason = why
				lost = append(lost, part)
			}
		}
	}
	return lost
}

// give lets claims hold what their target says, first in place of nothing, then of what comes last, and returns the supplies that they wait for no longer.
func (b *book) give(tx *tenancy.Tx, claims []*claim, why string) []inventoryevent.Peg {
	var out []inventoryevent.Peg
	for _, c := range claims {
		more := c.target.Sub(c.held)
		if more.Sign() <= 0 {
			continue
		}
		for _, r := range b.lastFirst(c.rows) {
			if r.Source == fromStock {
				continue
			}
			for _, p := range b.shelf.pick(r.ProductID, id.ID{}, money.Min(more, r.Quantity), tx.Today()) {
				part := b.split(r, p.quantity)
				if part.Source == fromSupply {
					out = append(out, part.peg(p.quantity))
				}
				part.Reason = why
				b.hold(part, p.slot, source{})
				more = more.Sub(p.quantity)
			}
		}
	}
	return out
}

// swap lets those who lost goods wait for the supplies that others wait for no longer, and returns who is without. What nobody takes over is not wanted
// any more.
func (b *book) swap(lost []*Reservation, free []inventoryevent.Peg) []*Reservation {
	var without []*Reservation
	for _, r := range inOrder(lost) {
		for i := range free {
			f := &free[i]
			q := money.Min(f.Quantity, r.Quantity)
			if q.Sign() <= 0 || r.Source != fromNone {
				continue
			}
			f.Quantity = f.Quantity.Sub(q)
			b.peg(b.split(r, q), supply{f.SupplyEntity, f.SupplyID, f.SupplyNo, f.Date})
		}
		if r.Source == fromNone {
			without = append(without, r)
		}
	}
	for _, f := range free {
		if f.Quantity.Sign() > 0 {
			b.dropped = append(b.dropped, f)
		}
	}
	return without
}
