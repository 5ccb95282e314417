package inventory

import (
	"cmp"
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// planned is goods that are to go from one location to another.
type planned struct {
	product    id.ID
	lot        id.ID
	expires    clock.Date // of the lot, when it comes in
	from, to   *Location
	quantity   money.Quantity
	held       money.Quantity // of it, what was reserved for whom it is
	total      *money.Amount  // what goods cost in all that come in, or that go back to where they came from; none: today's cost
	cameBy     id.ID          // the move that brought goods which go back
	line       id.ID
	salesOrder id.ID
	path       string // the caller's field, for the case that there is not enough
}

// source is the document that moves goods.
type source struct {
	entity string
	id     id.ID
	no     string
}

// move carries out planned moves: the balances are locked and checked, the moves valued and stored, all at once. The balances themselves are written
// when the book is settled, together with the reservations. It refuses with stock.not_enough and names every field concerned.
func (b *book) move(ctx context.Context, tx *tenancy.Tx, from source, plan []planned) error {
	if len(plan) == 0 {
		return nil
	}
	keys := make([]id.ID, len(plan))
	for i, p := range plan {
		keys[i] = p.product
	}
	products, err := b.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, keys); err != nil {
		return err
	}
	if err := b.carry(plan, products); err != nil {
		return err
	}
	moves, events, err := b.value(ctx, tx, from, plan, products)
	if err != nil {
		return err
	}
	if err := record.Create(ctx, tx, moves...); err != nil {
		return err
	}
	b.moved = append(b.moved, inventoryevent.StockMoved{SourceEntity: from.entity, SourceID: from.id, SourceNo: from.no, Date: tx.Today(), Moves: events})
	return nil
}

// carry takes goods from their slots and puts them into others, where it is ours to count.
func (b *book) carry(plan []planned, products map[id.ID]coreevent.Product) error {
	short := fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock")
	for i, p := range plan {
		if p.from.owned() {
			s := b.shelf.at(p.product, p.from, p.lot)
			there := s.free().Add(p.held)
			if p.quantity.GreaterThan(there) && !s.negative {
				path := cmp.Or(p.path, fmt.Sprintf("lines[%d].quantity", i))
				x := products[p.product]
				short.At(path, "stock.not_enough", "产品 %[1]s 需要 %[2]s，库位 %[5]s 可用 %[3]s %[4]s", "Product %[1]s: %[2]s wanted, %[3]s %[4]s there at %[5]s",
					x.Number, p.quantity, money.Max(there, money.Zero()), x.Unit, p.from.Code)
			}
			s.onHand, s.reserved = s.onHand.Sub(p.quantity), s.reserved.Sub(p.held)
		}
		if p.to.owned() {
			s := b.shelf.at(p.product, p.to, p.lot)
			s.onHand = s.onHand.Add(p.quantity)
			s.expires = clock.Latest(s.expires, p.expires)
			s.serial = products[p.product].Tracking == serial && !p.lot.IsZero()
		}
	}
	if len(short.Fields) > 0 {
		return short
	}
	return b.single(plan, products)
}

// single refuses a serial number that would be more than one piece, or in two places at once. The database refuses it too.
func (b *book) single(plan []planned, products map[id.ID]coreevent.Product) error {
	twice := fault.New(fault.Rule, "serial.twice", "序列号只能对应一件货物", "A serial number is one piece in one place")
	for i, p := range plan {
		x := products[p.product]
		if x.Tracking != serial || p.lot.IsZero() || !p.to.owned() {
			continue
		}
		there := money.Zero()
		for _, s := range b.shelf.products[p.product] {
			if s.lot == p.lot {
				there = there.Add(money.Max(s.onHand, money.Zero()))
			}
		}
		if there.GreaterThan(money.Int(1)) {
			path := cmp.Or(p.path, fmt.Sprintf("lines[%d].quantity", i))
			twice.At(path, "serial.twice", "产品 %s 的该序列号已在库", "Product %s: the piece with this serial number is in stock already", x.Number)
		}
	}
	if len(twice.Fields) > 0 {
		return twice
	}
	return nil
}

// value says what each move is worth. Only goods that become ours or cease to be are valued; where they lie does not change what they are worth.
func (b *book) value(ctx context.Context, tx *tenancy.Tx, from source, plan []planned, products map[id.ID]coreevent.Product) ([]*StockMove, []inventoryevent.Moved, error) {
	valued := map[id.ID]coreevent.Product{}
	for _, p := range plan {
		if p.from.owned() != p.to.owned() {
			valued[p.product] = products[p.product]
		}
	}
	books, err := lockLedger(ctx, tx, valued)
	if err != nil {
		return nil, nil, err
	}
	moves, events := make([]*StockMove, len(plan)), make([]inventoryevent.Moved, len(plan))
	for i, p := range plan {
		m := &StockMove{
			Date: tx.Today(), ProductID: p.product, LotID: p.lot, FromLocationID: p.from.ID, ToLocationID: p.to.ID, Quantity: p.quantity,
			SourceEntity: from.entity, SourceID: from.id, SourceNo: from.no, SourceLineID: p.line, SalesOrderID: p.salesOrder,
		}
		m.ID = tx.NewID()
		var c change
		switch {
		case p.to.owned() && !p.from.owned():
			c = books.in(p.product, p.quantity, p.total, m.ID)
			m.Value, m.PriceVariance = c.value, c.variance
		case p.from.owned() && !p.to.owned():
			c = books.out(p)
			m.Value, m.ResidualValue, m.PriceVariance = c.value.Neg(), c.residual.Neg(), c.variance.Neg()
		}
		m.UnitCost = money.Div(c.value.Add(c.residual), p.quantity).Round(6)
		moves[i] = m
		x := products[p.product]
		events[i] = inventoryevent.Moved{
			MoveID: m.ID, ProductID: p.product, ProductName: x.Name, Category: x.Category, From: p.from.Type, To: p.to.Type, Quantity: p.quantity,
			Value: c.value.Add(c.residual), SourceEntity: from.entity, SourceID: from.id, SourceLineID: p.line, SalesOrderID: p.salesOrder,
			PriceVariance: c.variance, ResidualRounds: c.residual,
		}
	}
	return moves, events, books.save(ctx, tx)
}
