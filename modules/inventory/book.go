package inventory

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// book is one entry of the stock keeper: everything that an action or a reaction does to balances and reservations. It is written at once when it is
// settled, with a handful of statements, and told afterwards.
type book struct {
	keeper
	shelf *shelf

	made    []*Reservation
	changed []*Reservation
	seen    map[*Reservation]bool
	known   map[id.ID]*Reservation
	orders  map[id.ID]bool // whose deliveries have to follow
	started map[id.ID]bool // supplies that have begun, as far as somebody asked

	moved    []inventoryevent.StockMoved
	released []inventoryevent.Reserved
	reserved []inventoryevent.Reserved
	pegged   []inventoryevent.Peg
	dropped  []inventoryevent.Peg
	opened   []inventoryevent.OpenDelivery
}

func (k keeper) book() *book {
	return &book{keeper: k, shelf: newShelf(), seen: map[*Reservation]bool{}, known: map[id.ID]*Reservation{}, orders: map[id.ID]bool{}}
}

// supply is something on its way.
type supply struct {
	entity string
	id     id.ID
	no     string
	date   clock.Date
}

// reservations locks the open reservations that a condition selects, in the order of their ids.
func reservations(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]*Reservation, error) {
	return record.Find[Reservation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status = 'open'").Where(where, args...).OrderExpr("id").For("UPDATE")
	})
}

// find is reservations for a book: a row that the book holds already is the same row.
func (b *book) find(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]*Reservation, error) {
	rows, err := reservations(ctx, tx, where, args...)
	for i, r := range rows {
		if b.known[r.ID] == nil {
			b.known[r.ID] = r
		}
		rows[i] = b.known[r.ID]
	}
	return rows, err
}

// ofLines locks what serves some demand lines.
func (b *book) ofLines(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID][]*Reservation, error) {
	if len(lines) == 0 {
		return map[id.ID][]*Reservation{}, nil
	}
	rows, err := b.find(ctx, tx, "demand_line_id = ANY(?::uuid[])", pgdialect.Array(lines))
	return grouped(rows), err
}

// heldFor locks the goods that are held for some demand lines, and nothing else: who takes them away needs no more.
func (b *book) heldFor(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID][]*Reservation, error) {
	rows, err := b.find(ctx, tx, "source = 'stock' AND demand_line_id = ANY(?::uuid[])", pgdialect.Array(lines))
	return grouped(rows), err
}

// grouped files reservations by the line that they are for.
func grouped(rows []*Reservation) map[id.ID][]*Reservation {
	out := map[id.ID][]*Reservation{}
	for _, r := range rows {
		out[r.DemandLineID] = append(out[r.DemandLineID], r)
	}
	return out
}

// add notes a new reservation.
func (b *book) add(r *Reservation) *Reservation {
	r.Status = open
	b.made = append(b.made, r)
	b.seen[r] = true
	return r
}

func (b *book) touch(r *Reservation) {
	if !b.seen[r] {
		b.seen[r] = true
		b.changed = append(b.changed, r)
	}
}

// concern notes that the delivery of a reservation's order has to follow.
func (b *book) concern(r *Reservation) {
	if r.DemandEntity == orderLine {
		b.orders[r.DemandID] = true
	}
}

// split takes a quantity out of a reservation as one of its own; the whole of it when that is all there is.
func (b *book) split(r *Reservation, q money.Quantity) *Reservation {
	b.touch(r)
	if !q.LessThan(r.Quantity) {
		return r
	}
	r.Quantity = r.Quantity.Sub(q)
	part := *r
	part.Base = entity.Base{CreatedAt: r.CreatedAt}
	part.Quantity, part.FulfilledQuantity = q, money.Zero()
	return b.add(&part)
}

// hold lets a reservation hold goods of a slot. by is what brought them, when they just came in.
func (b *book) hold(r *Reservation, s *slot, by source) {
	r.Source, r.LocationID, r.LotID, r.Awaits = fromStock, s.location, s.lot, false
	s.reserved = s.reserved.Add(r.Quantity)
	b.concern(r)
	e := r.reserved(r.Quantity)
	e.FromEntity, e.FromID, e.FromNo = by.entity, by.id, by.no
	b.reserved = append(b.reserved, e)
}

// peg lets a reservation wait for a supply.
func (b *book) peg(r *Reservation, s supply) {
	r.Source, r.SupplyEntity, r.SupplyID, r.SupplyNo, r.ExpectedDate = fromSupply, s.entity, s.id, s.no, s.date
	b.touch(r)
	b.pegged = append(b.pegged, r.peg(r.Quantity))
}

// strand leaves a reservation without any supply, and says so.
func (b *book) strand(r *Reservation) {
	r.Source, r.SupplyEntity, r.SupplyID, r.SupplyNo, r.ExpectedDate, r.Awaits = fromNone, "", id.ID{}, "", clock.Date{}, false
	b.touch(r)
	b.pegged = append(b.pegged, r.peg(r.Quantity))
}

// release gives up a quantity that a demand no longer needs. The shelf must hold the product when goods are given up.
func (b *book) release(r *Reservation, q money.Quantity) {
	if r.Status != open {
		return
	}
	b.touch(r)
	switch r.Source {
	case fromStock:
		if s := b.shelf.slots[cell{r.ProductID, r.LocationID, r.LotID}]; s != nil {
			s.reserved = s.reserved.Sub(q)
		}
		b.released = append(b.released, r.reserved(q))
	case fromSupply:
		b.dropped = append(b.dropped, r.peg(q))
	}
	b.reduce(r, q, released)
}

// fulfil notes that goods which were held have left.
func (b *book) fulfil(r *Reservation, q money.Quantity) {
	b.touch(r)
	r.FulfilledQuantity = r.FulfilledQuantity.Add(q)
	b.reduce(r, q, done)
}

func (b *book) reduce(r *Reservation, q money.Quantity, end string) {
	b.concern(r)
	if r.Quantity = r.Quantity.Sub(q); r.Quantity.Sign() <= 0 {
		r.Quantity, r.Status = money.Zero(), end
	}
}

// save writes reservations and balances.
func (b *book) save(ctx context.Context, tx *tenancy.Tx) error {
	if err := record.Create(ctx, tx, b.made...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, b.changed...); err != nil {
		return err
	}
	return b.shelf.save(ctx, tx)
}

// settle writes the book, lets open deliveries follow, and tells what happened. heads names orders that may have no open delivery yet.
func (b *book) settle(ctx context.Context, tx *tenancy.Tx, heads ...head) error {
	if err := b.save(ctx, tx); err != nil {
		return err
	}
	if err := b.follow(ctx, tx, heads); err != nil {
		return err
	}
	return b.tell(ctx, tx)
}

// tell emits one event for each kind of thing that happened.
func (b *book) tell(ctx context.Context, tx *tenancy.Tx) error {
	var events []modules.Event
	for _, e := range b.moved {
		events = append(events, e)
	}
	if len(b.released) > 0 {
		events = append(events, inventoryevent.StockReleased{Items: b.released})
	}
	if len(b.reserved) > 0 {
		events = append(events, inventoryevent.StockReserved{Items: b.reserved})
	}
	if len(b.pegged) > 0 {
		events = append(events, inventoryevent.DemandPegged{Items: b.pegged})
	}
	if len(b.dropped) > 0 {
		events = append(events, inventoryevent.SupplyReleased{Items: b.dropped})
	}
	if len(b.opened) > 0 {
		events = append(events, inventoryevent.DeliveriesOpened{Items: b.opened})
	}
	for _, e := range events {
		if err := record.Emit(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}
