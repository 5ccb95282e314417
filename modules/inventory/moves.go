package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
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
	from, to   *Location
	quantity   money.Quantity
	held       money.Quantity // of it, what was reserved for whom it is
	total      *money.Amount  // what goods that come in cost in all; none: today's cost
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
				path := p.path
				if path == "" {
					path = fmt.Sprintf("lines[%d].quantity", i)
				}
				x := products[p.product]
				short.At(path, "stock.not_enough", "产品 %[1]s 需要 %[2]s，库位 %[5]s 可用 %[3]s %[4]s", "Product %[1]s: %[2]s wanted, %[3]s %[4]s there at %[5]s",
					x.Number, p.quantity, money.Max(there, money.Zero()), x.Unit, p.from.Code)
			}
			s.onHand, s.reserved = s.onHand.Sub(p.quantity), s.reserved.Sub(p.held)
		}
		if p.to.owned() {
			s := b.shelf.at(p.product, p.to, p.lot)
			s.onHand = s.onHand.Add(p.quantity)
		}
	}
	if len(short.Fields) > 0 {
		return short
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
			c = books.out(p.product, p.quantity)
			m.Value, m.ResidualValue = c.value.Neg(), c.residual.Neg()
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
