package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// want is goods that somebody needs.
type want struct {
	demand   inventoryevent.Demand
	product  coreevent.Product
	quantity money.Quantity
	stock    money.Quantity // of it, at most this is taken from stock
	needBy   clock.Date
}

// need reserves what is free for a want and notes what is missing as waiting; the balances must be locked. It returns what waits, or nil.
func (b *book) need(w want, today clock.Date) *Reservation {
	fresh := func(q money.Quantity) *Reservation {
		return b.add(&Reservation{
			ProductID: w.product.ID, Quantity: q, Source: fromNone, NeedBy: w.needBy, DemandEntity: w.demand.Entity, DemandLineID: w.demand.LineID,
			DemandID: w.demand.DocumentID, DemandNo: w.demand.DocumentNo, SalesOrderID: w.demand.SalesOrderID,
		})
	}
	missing := w.quantity
	for _, p := range b.shelf.pick(w.product.ID, id.ID{}, money.Min(w.stock, w.quantity), today) {
		b.hold(fresh(p.quantity), p.slot, source{})
		missing = missing.Sub(p.quantity)
	}
	if missing.Sign() <= 0 {
		return nil
	}
	r := fresh(missing)
	b.concern(r)
	return r
}

// provide asks for what is missing: production plans made products, and what nobody plans is bought. Products that are supplied from stock only just
// wait, and so does what nobody takes up; it is served when goods come in.
func (k keeper) provide(ctx context.Context, tx *tenancy.Tx, waits []*Reservation) error {
	if len(waits) == 0 {
		return nil
	}
	keys := make([]id.ID, len(waits))
	for i, r := range waits {
		keys[i] = r.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	var toMake, toBuy, idle []*Reservation
	for _, r := range waits {
		switch p := products[r.ProductID]; {
		case p.SupplyPolicy == "stock":
			idle = append(idle, r)
		case p.Supply == "make":
			toMake = append(toMake, r)
		default:
			toBuy = append(toBuy, r)
		}
	}
	if len(toMake) > 0 {
		if err := record.Emit(ctx, tx, inventoryevent.StockShort{Items: shorts(toMake)}); err != nil {
			return err
		}
		unplanned, err := stillWaiting(ctx, tx, toMake)
		if err != nil {
			return err
		}
		toBuy = append(unplanned, toBuy...)
	}
	if len(toBuy) > 0 {
		if err := record.Emit(ctx, tx, inventoryevent.PurchaseNeeded{Items: shorts(toBuy)}); err != nil {
			return err
		}
	}
	return announce(ctx, tx, idle)
}

// announce tells that demands wait with nothing on its way.
func announce(ctx context.Context, tx *tenancy.Tx, idle []*Reservation) error {
	if len(idle) == 0 {
		return nil
	}
	items := make([]inventoryevent.Peg, len(idle))
	for i, r := range idle {
		items[i] = r.peg(r.Quantity)
	}
	return record.Emit(ctx, tx, inventoryevent.DemandPegged{Items: items})
}

// stillWaiting reads waiting reservations again and returns those that nobody has taken up.
func stillWaiting(ctx context.Context, tx *tenancy.Tx, rows []*Reservation) ([]*Reservation, error) {
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.ID
	}
	return reservations(ctx, tx, "source = 'wait' AND id = ANY(?::uuid[])", pgdialect.Array(keys))
}

func shorts(rows []*Reservation) []inventoryevent.Short {
	out := make([]inventoryevent.Short, len(rows))
	for i, r := range rows {
		out[i] = r.short()
	}
	return out
}

// Who is offered goods: demands with nothing on its way for them, or whoever waits.
const (
	withNothing = "source = 'wait'"
	whoever     = "(source = 'wait' OR source = 'supply' AND NOT awaits)"
)

// offer gives free goods of products to demands that wait, in order of promise. What was on its way for them is not wanted any more. Who waits for one
// document by a person's choice goes on waiting, and so does what is supplied to order.
func (b *book) offer(ctx context.Context, tx *tenancy.Tx, products []id.ID, to string) error {
	if len(products) == 0 {
		return nil
	}
	waits, err := b.find(ctx, tx, to+" AND product_id = ANY(?::uuid[])", pgdialect.Array(products))
	if err != nil || len(waits) == 0 {
		return err
	}
	known, err := b.products.Products(ctx, tx, products)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, products); err != nil {
		return err
	}
	for _, r := range inOrder(waits) {
		served := r.Source == fromSupply
		if r.Status != open || r.Source == fromStock || served && (r.Awaits || known[r.ProductID].SupplyPolicy == "order") {
			continue
		}
		for _, p := range b.shelf.pick(r.ProductID, id.ID{}, r.Quantity, tx.Today()) {
			if served {
				b.dropped = append(b.dropped, r.peg(p.quantity))
			}
			b.hold(b.split(r, p.quantity), p.slot, source{})
		}
	}
	return nil
}
