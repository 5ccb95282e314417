package inventory

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// head is what a delivery has to know of its order.
type head struct {
	orderID    id.ID
	orderNo    string
	customerID id.ID
	address    string
	requested  clock.Date
	rest       id.ID // the delivery that it continues
	first      bool  // the order has no delivery yet: nothing is to be looked for
}

// due is what an order line still has to get, and how much of it is ready.
type due struct {
	LineID    id.ID          `bun:"demand_line_id"`
	OrderID   id.ID          `bun:"demand_id"`
	ProductID id.ID          `bun:"product_id"`
	Ready     money.Quantity `bun:"ready"`
	Open      money.Quantity `bun:"open"`
}

// follow lets the open deliveries of the orders concerned agree with their reservations: quantities grow and shrink, lines come and go, and a
// delivery with nothing left to bring is cancelled.
func (b *book) follow(ctx context.Context, tx *tenancy.Tx, heads []head) error {
	if len(heads) == 1 && heads[0].first {
		return b.openDeliveries(ctx, tx, heads, b.dues())
	}
	for _, h := range heads {
		b.orders[h.orderID] = true
	}
	if len(b.orders) == 0 {
		return nil
	}
	keys := slices.SortedFunc(maps.Keys(b.orders), compare)
	open, err := openOnes(ctx, tx, keys)
	if err != nil {
		return err
	}
	var dues []*due
	err = tx.NewRaw(`SELECT demand_line_id, demand_id, product_id, coalesce(sum(quantity) FILTER (WHERE source = 'stock'), 0) AS ready, sum(quantity) AS open
		FROM reservation WHERE status = 'open' AND demand_entity = 'sales.order_line' AND demand_id = ANY(?::uuid[])
		GROUP BY demand_line_id, demand_id, product_id ORDER BY demand_line_id`, pgdialect.Array(keys)).Scan(ctx, &dues)
	if err != nil {
		return err
	}
	byOrder := map[id.ID][]*due{}
	for _, d := range dues {
		byOrder[d.OrderID] = append(byOrder[d.OrderID], d)
	}
	if err := adjust(ctx, tx, open, byOrder); err != nil {
		return err
	}
	var missing []head
	for _, h := range heads {
		if open[h.orderID] == nil && len(byOrder[h.orderID]) > 0 {
			missing = append(missing, h)
		}
	}
	return b.openDeliveries(ctx, tx, missing, byOrder)
}

// dues adds up what the book itself made, for an order that is new.
func (b *book) dues() map[id.ID][]*due {
	out, byLine := map[id.ID][]*due{}, map[id.ID]*due{}
	for _, r := range b.made {
		d := byLine[r.DemandLineID]
		if d == nil {
			d = &due{LineID: r.DemandLineID, OrderID: r.DemandID, ProductID: r.ProductID}
			byLine[r.DemandLineID] = d
			out[r.DemandID] = append(out[r.DemandID], d)
		}
		d.Open = d.Open.Add(r.Quantity)
		if r.Source == fromStock {
			d.Ready = d.Ready.Add(r.Quantity)
		}
	}
	return out
}

// openOnes locks the open deliveries of orders, with their lines. Locking them first keeps two arrivals for one order from reading past each other.
func openOnes(ctx context.Context, tx *tenancy.Tx, orders []id.ID) (map[id.ID]*Delivery, error) {
	list, err := record.Find[Delivery](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ANY(?::uuid[]) AND status IN ('waiting', 'ready')", pgdialect.Array(orders)).OrderExpr("id").For("UPDATE")
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	byID, byOrder := map[id.ID]*Delivery{}, map[id.ID]*Delivery{}
	keys := make([]id.ID, len(list))
	for i, o := range list {
		keys[i], byID[o.ID], byOrder[o.OrderID] = o.ID, o, o
	}
	lines, err := record.Find[DeliveryLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("delivery_id = ANY(?::uuid[])", pgdialect.Array(keys)).OrderExpr("delivery_id, position")
	})
	for _, l := range lines {
		byID[l.DeliveryID].Lines = append(byID[l.DeliveryID].Lines, l)
	}
	return byOrder, err
}

// adjust writes what differs between open deliveries and what is due.
func adjust(ctx context.Context, tx *tenancy.Tx, open map[id.ID]*Delivery, byOrder map[id.ID][]*due) error {
	var docs []*Delivery
	var changed, fresh, gone []*DeliveryLine
	for _, key := range slices.SortedFunc(maps.Keys(open), compare) {
		o := open[key]
		docs = append(docs, o)
		old := map[id.ID]*DeliveryLine{}
		for _, l := range o.Lines {
			old[l.OrderLineID] = l
		}
		next := len(o.Lines)
		for _, d := range byOrder[o.OrderID] {
			l := old[d.LineID]
			delete(old, d.LineID)
			if l != nil {
				l.Quantity, l.OpenQuantity = d.Ready, d.Open
				changed = append(changed, l)
				continue
			}
			l = d.line()
			l.DeliveryID, l.Position = o.ID, next
			next++
			fresh = append(fresh, l)
		}
		for _, l := range o.Lines {
			if old[l.OrderLineID] != nil {
				gone = append(gone, l)
			}
		}
		o.Status = state(byOrder[o.OrderID])
	}
	if err := record.Update(ctx, tx, changed...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, fresh...); err != nil {
		return err
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	return record.Update(ctx, tx, docs...)
}

// state is that of a delivery that brings what is due.
func state(list []*due) string {
	if len(list) == 0 {
		return cancelled
	}
	for _, d := range list {
		if d.Ready.Sign() > 0 {
			return ready
		}
	}
	return waiting
}

func (d *due) line() *DeliveryLine {
	return &DeliveryLine{OrderLineID: d.LineID, ProductID: d.ProductID, Quantity: d.Ready, OpenQuantity: d.Open}
}

// openDeliveries opens one delivery for each order.
func (b *book) openDeliveries(ctx context.Context, tx *tenancy.Tx, heads []head, byOrder map[id.ID][]*due) error {
	var fresh []*Delivery
	for _, h := range heads {
		list := byOrder[h.orderID]
		if len(list) == 0 {
			continue
		}
		o := &Delivery{
			OrderID: h.orderID, OrderNo: h.orderNo, CustomerID: h.customerID, DeliveryAddress: h.address, RequestedDate: h.requested,
			Status: state(list), BackorderOfID: h.rest,
		}
		for _, d := range list {
			o.Lines = append(o.Lines, d.line())
		}
		fresh = append(fresh, o)
	}
	err := record.Create(ctx, tx, fresh...)
	for _, o := range fresh {
		b.opened = append(b.opened, inventoryevent.OpenDelivery{DeliveryID: o.ID, No: o.No, OrderID: o.OrderID})
	}
	return err
}
