package inventory

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// orderConfirmed reserves what is free for a customer, opens the delivery, and asks for what is missing.
func (k keeper) orderConfirmed(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderConfirmed) error {
	changes := make([]salesevent.LineChange, len(e.Lines))
	for i, l := range e.Lines {
		changes[i] = salesevent.LineChange{Line: l, After: l.Quantity}
	}
	h := headOf(e.Order)
	h.first = true
	return k.serve(ctx, tx, e.Order, h, changes)
}

// orderAmended reserves or asks for what was added and gives up what was taken off. Another requested date counts for whose turn it is.
func (k keeper) orderAmended(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderAmended) error {
	if err := k.redate(ctx, tx, e); err != nil {
		return err
	}
	var more, fewer []salesevent.LineChange
	for _, c := range e.Changes {
		switch {
		case c.After.GreaterThan(c.Before):
			more = append(more, c)
		case c.After.LessThan(c.Before):
			fewer = append(fewer, c)
		}
	}
	if err := k.withdraw(ctx, tx, fewer); err != nil {
		return err
	}
	return k.serve(ctx, tx, e.Order, headOf(e.Order), more)
}

// redate lets what serves an order, and its open delivery, follow the dates that the customer asks for now.
func (k keeper) redate(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderAmended) error {
	dates := map[id.ID]clock.Date{}
	for _, c := range e.Changes {
		if dates[c.ID] = c.RequestedDate; c.RequestedDate.IsZero() {
			dates[c.ID] = e.RequestedDate
		}
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "demand_id = ?", e.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if on, known := dates[r.DemandLineID]; known && r.NeedBy != on {
			r.NeedBy = on
			b.touch(r)
		}
	}
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	open, err := openOnes(ctx, tx, []id.ID{e.ID})
	if err != nil || open[e.ID] == nil || open[e.ID].RequestedDate == e.RequestedDate {
		return err
	}
	open[e.ID].RequestedDate = e.RequestedDate
	return record.Update(ctx, tx, open[e.ID])
}

// orderCancelled gives up everything that order lines still hold or wait for.
func (k keeper) orderCancelled(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderCancelled) error {
	b := k.book()
	rows, err := b.find(ctx, tx, "demand_id = ?", e.ID)
	if err != nil {
		return err
	}
	off := rows[:0:0]
	for _, r := range rows {
		if len(e.LineIDs) == 0 || slices.Contains(e.LineIDs, r.DemandLineID) {
			off = append(off, r)
		}
	}
	return b.giveUp(ctx, tx, off)
}

func headOf(o salesevent.Order) head {
	return head{orderID: o.ID, orderNo: o.No, customerID: o.CustomerID, address: o.DeliveryAddress, requested: o.RequestedDate}
}

// serve reserves and asks for what lines gained.
func (k keeper) serve(ctx context.Context, tx *tenancy.Tx, o salesevent.Order, h head, changes []salesevent.LineChange) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	var wants []want
	var takes []id.ID
	for _, c := range changes {
		p, q := products[c.ProductID], c.After.Sub(c.Before)
		if !p.Stocked() || q.Sign() <= 0 {
			continue
		}
		w := want{demand: inventoryevent.Demand{Entity: orderLine, LineID: c.ID, DocumentID: o.ID, DocumentNo: o.No, SalesOrderID: o.ID}, product: p, quantity: q}
		if w.needBy = c.RequestedDate; w.needBy.IsZero() {
			w.needBy = o.RequestedDate
		}
		if w.stock = fromStockFor(p, q); w.stock.Sign() > 0 {
			takes = append(takes, p.ID)
		}
		wants = append(wants, w)
	}
	if len(wants) == 0 {
		return nil
	}
	b := k.book()
	if err := b.shelf.look(ctx, tx, takes); err != nil {
		return err
	}
	waits := b.needs(wants, tx.Today())
	if err := b.settle(ctx, tx, h); err != nil {
		return err
	}
	return k.provide(ctx, tx, waits)
}

// fromStockFor is how much of a need may be taken from stock: nothing of what is supplied to order.
func fromStockFor(p coreevent.Product, q money.Quantity) money.Quantity {
	if p.SupplyPolicy == "order" {
		return money.Zero()
	}
	return q
}

func (b *book) needs(wants []want, today clock.Date) []*Reservation {
	var waits []*Reservation
	for _, w := range wants {
		if r := b.need(w, today); r != nil {
			waits = append(waits, r)
		}
	}
	return waits
}

// inOrder sorts demands by promise.
func inOrder(rows []*Reservation) []*Reservation {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, (*Reservation).before)
	return out
}

// lockHeld locks the balances from which reservations hold goods.
func (b *book) lockHeld(ctx context.Context, tx *tenancy.Tx, byLine map[id.ID][]*Reservation) error {
	var held []id.ID
	for _, rows := range byLine {
		held = append(held, heldProducts(rows)...)
	}
	return b.shelf.lock(ctx, tx, held)
}

func heldProducts(rows []*Reservation) []id.ID {
	var out []id.ID
	for _, r := range rows {
		if r.Source == fromStock && !slices.Contains(out, r.ProductID) {
			out = append(out, r.ProductID)
		}
	}
	return out
}

// giveUp releases whole reservations and hands on what becomes free.
func (b *book) giveUp(ctx context.Context, tx *tenancy.Tx, rows []*Reservation) error {
	if err := b.shelf.lock(ctx, tx, heldProducts(rows)); err != nil {
		return err
	}
	for _, r := range rows {
		b.release(r, r.Quantity)
	}
	return b.freed(ctx, tx)
}

// freed offers what the book released to those who wait with nothing on its way, and settles it. What is left goes to whoever waits.
func (b *book) freed(ctx context.Context, tx *tenancy.Tx) error {
	var products []id.ID
	for _, r := range b.released {
		if !slices.Contains(products, r.ProductID) {
			products = append(products, r.ProductID)
		}
	}
	if err := b.offer(ctx, tx, products, withNothing); err != nil {
		return err
	}
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	b.offerAtLast(tx, products)
	return nil
}

// leftover is the products of which a unit of work has freed goods.
type leftover struct{ products []id.ID }

type leftoverKey struct{}

// offerAtLast offers what is still free once the unit of work has done all else: a cancellation travels down the whole tree first, so that nothing is given
// to what it calls off itself, nor is any document changed while it is at work on it.
func (k keeper) offerAtLast(tx *tenancy.Tx, products []id.ID) {
	if len(products) == 0 {
		return
	}
	l, ok := tx.Local(leftoverKey{}).(*leftover)
	if !ok {
		l = &leftover{}
		tx.SetLocal(leftoverKey{}, l)
	}
	if len(l.products) == 0 {
		tx.BeforeCommit(func(ctx context.Context) error {
			b, products := k.book(), l.products
			l.products = nil
			if err := b.offer(ctx, tx, products, whoever); err != nil {
				return err
			}
			return b.settle(ctx, tx)
		})
	}
	for _, p := range products {
		if !slices.Contains(l.products, p) {
			l.products = append(l.products, p)
		}
	}
}
