package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// materialsIssued moves materials into production: first what is reserved for them, then what is free.
func (k keeper) materialsIssued(ctx context.Context, tx *tenancy.Tx, e productionevent.MaterialsIssued) error {
	lines, keys := make([]id.ID, len(e.Lines)), make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		lines[i], keys[i] = l.MaterialID, l.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	b := k.book()
	held, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return err
	}
	where, err := places(ctx, tx, heldAt(held)...)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, stocked(keys, products)); err != nil {
		return err
	}
	if err := b.locate(ctx, tx, where, keys); err != nil {
		return err
	}
	var plan []planned
	short := fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock")
	for i, l := range e.Lines {
		p := products[l.ProductID]
		if !p.Stocked() || l.Quantity.Sign() <= 0 {
			continue
		}
		if l.LotID.IsZero() {
			b.renew(held, l.MaterialID, l.Quantity, tx)
		}
		moves, missing := b.issue(tx, where, e, l, held[l.MaterialID])
		if missing.Sign() > 0 {
			short.At(fmt.Sprintf("lines[%d].quantity", i), "stock.not_enough", "产品 %s 缺少 %s %s", "Product %s: %s %s missing", p.Number, missing, p.Unit)
		}
		plan = append(plan, moves...)
	}
	if len(short.Fields) > 0 {
		return short
	}
	if err := b.move(ctx, tx, source{productionOrder, e.OrderID, e.No}, plan); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// issue plans the moves of one material. What is taken beyond its reservations lessens what it still waits for. It returns what is missing.
func (b *book) issue(tx *tenancy.Tx, where *site, e productionevent.MaterialsIssued, l productionevent.Issue, held []*Reservation) ([]planned, money.Quantity) {
	var plan []planned
	left := l.Quantity
	move := func(location, lot id.ID, q, reserved money.Quantity) {
		plan = append(plan, planned{
			product: l.ProductID, lot: lot, from: where.byID[location], to: where.byType[production], quantity: q, held: reserved,
			line: l.MaterialID, salesOrder: e.SalesOrderID,
		})
		left = left.Sub(q)
	}
	for _, r := range held {
		if r.Source == fromStock && left.Sign() > 0 && (r.LotID == l.LotID || l.LotID.IsZero() && !b.stale(r, tx)) {
			q := money.Min(left, r.Quantity)
			move(r.LocationID, r.LotID, q, q)
			b.fulfil(r, q)
		}
	}
	taken := money.Zero()
	for _, p := range b.shelf.pick(l.ProductID, l.LotID, left, tx.Today()) {
		p.reserved = p.reserved.Add(p.quantity) // for the next line of the same product
		move(p.location, p.lot, p.quantity, p.quantity)
		taken = taken.Add(p.quantity)
	}
	var pending []*Reservation
	for _, r := range held {
		if r.Source != fromStock {
			pending = append(pending, r)
		}
	}
	b.shrink(pending, taken)
	return plan, left
}

// heldAt are the locations from which reservations hold goods.
func heldAt(byLine map[id.ID][]*Reservation) []id.ID {
	var out []id.ID
	for _, rows := range byLine {
		for _, r := range rows {
			if r.Source == fromStock {
				out = append(out, r.LocationID)
			}
		}
	}
	return out
}

// locate reads the locations of all free goods of products.
func (b *book) locate(ctx context.Context, tx *tenancy.Tx, where *site, products []id.ID) error {
	var missing []id.ID
	for _, p := range products {
		for _, s := range b.shelf.products[p] {
			if where.byID[s.location] == nil {
				missing = append(missing, s.location)
			}
		}
	}
	_, err := places(ctx, tx, missing...)
	return err
}

// stocked are the products of which balances are kept.
func stocked(keys []id.ID, products map[id.ID]coreevent.Product) []id.ID {
	var out []id.ID
	for _, key := range keys {
		if products[key].Stocked() {
			out = append(out, key)
		}
	}
	return out
}
