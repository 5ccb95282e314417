package sales

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// desk holds the orders that one unit of work touches. Each is read and locked once, changed in memory by one reaction after another, and saved and
// told about once at the end, however many events concern it.
type desk struct {
	orders   map[id.ID]*Order
	told     map[id.ID]told
	supplies map[id.ID][]*Promise // by order line
	loaded   map[id.ID]bool       // orders whose supplies are known
	stored   map[id.ID]id.ID      // supplies that are rows, with their orders
	dirty    []id.ID
	waiting  bool // settle will run before the commit
}

// told is what others know of an order's progress.
type told struct {
	delivery, by string
	progress     string
	promised     clock.Date
	requested    clock.Date
}

type deskKey struct{}

func deskOf(tx *tenancy.Tx) *desk {
	if d, ok := tx.Local(deskKey{}).(*desk); ok {
		return d
	}
	d := &desk{
		orders: map[id.ID]*Order{}, told: map[id.ID]told{}, supplies: map[id.ID][]*Promise{},
		loaded: map[id.ID]bool{}, stored: map[id.ID]id.ID{},
	}
	tx.SetLocal(deskKey{}, d)
	return d
}

func tellable(o *Order) told {
	return told{delivery: o.DeliveryStatus, by: o.because(), progress: o.DeliveryProgress.String(), promised: o.PromisedDate, requested: o.RequestedDate}
}

// put lays an order that the engine has loaded and locked on the desk. If the desk has it already, what was done to it in memory goes on with the
// engine's copy.
func (d *desk) put(o *Order) {
	if mine := d.orders[o.ID]; mine != nil && mine != o {
		*o = *mine
	}
	if _, known := d.told[o.ID]; !known {
		d.told[o.ID] = tellable(o)
	}
	d.orders[o.ID] = o
}

// forget takes an order off the desk before others write it.
func (d *desk) forget(key id.ID) {
	if !slices.Contains(d.dirty, key) {
		delete(d.orders, key)
	}
}

// open returns orders by id, reading and locking those that are not on the desk yet. Unknown ids are left out.
func (d *desk) open(ctx context.Context, tx *tenancy.Tx, keys []id.ID) ([]*Order, error) {
	var missing []id.ID
	for _, k := range keys {
		if d.orders[k] == nil && !slices.Contains(missing, k) {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		rows, err := record.Lock[Order](ctx, tx, missing...)
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			d.put(o)
		}
	}
	var out []*Order
	for _, k := range keys {
		if o := d.orders[k]; o != nil && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out, nil
}

// recall reads what orders wait for, once.
func (d *desk) recall(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var keys []string
	for _, o := range orders {
		if !d.loaded[o.ID] {
			d.loaded[o.ID] = true
			keys = append(keys, o.ID.String())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := record.Find[Promise](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ANY(?::uuid[])", pgdialect.Array(keys))
	})
	for _, p := range rows {
		d.stored[p.ID] = p.OrderID
		d.supplies[p.OrderLineID] = append(d.supplies[p.OrderLineID], p)
	}
	return err
}

// peg notes a supply for a line: a new one, or another quantity or date of a known one.
func (d *desk) peg(tx *tenancy.Tx, o *Order, l *OrderLine, item inventoryevent.Peg) {
	for _, p := range d.supplies[l.ID] {
		if p.SupplyID == item.SupplyID {
			p.Quantity, p.Date, p.SupplyNo = item.Quantity, item.Date, item.SupplyNo
			return
		}
	}
	d.supplies[l.ID] = append(d.supplies[l.ID], &Promise{
		Base: entity.Base{ID: tx.NewID()}, OrderID: o.ID, OrderLineID: l.ID, SupplyEntity: item.SupplyEntity, SupplyID: item.SupplyID,
		SupplyNo: item.SupplyNo, Quantity: item.Quantity, Date: item.Date,
	})
}

// arrived takes a quantity off the supply that brought it.
func (d *desk) arrived(l *OrderLine, supply id.ID, q money.Quantity) {
	for _, p := range d.supplies[l.ID] {
		if p.SupplyID == supply {
			p.Quantity = money.Max(money.Zero(), p.Quantity.Sub(q))
		}
	}
}

// touch says that an order changed: it will be reckoned, saved and told before the commit, caused by what happens now.
func (o office) touch(tx *tenancy.Tx, orders ...*Order) {
	d := deskOf(tx)
	for _, x := range orders {
		if !slices.Contains(d.dirty, x.ID) {
			d.dirty = append(d.dirty, x.ID)
		}
	}
	if !d.waiting {
		d.waiting = true
		tx.BeforeCommit(func(ctx context.Context) error {
			d.waiting = false
			return o.settle(ctx, tx)
		})
	}
}

// settle saves what changed with one statement for each table and tells about each order whose progress others know differently.
func (o office) settle(ctx context.Context, tx *tenancy.Tx) error {
	d := deskOf(tx)
	for len(d.dirty) > 0 {
		orders, lines, err := d.reckon(ctx, tx)
		if err != nil {
			return err
		}
		if err := o.trace(ctx, tx, orders); err != nil {
			return err
		}
		if err := record.Update(ctx, tx, orders...); err != nil {
			return err
		}
		if err := record.Update(ctx, tx, lines...); err != nil {
			return err
		}
		if err := d.saveSupplies(ctx, tx, orders); err != nil {
			return err
		}
		if err := d.tell(ctx, tx, orders); err != nil {
			return err
		}
	}
	return nil
}

// reckon brings the touched orders up to date in memory.
func (d *desk) reckon(ctx context.Context, tx *tenancy.Tx) (orders []*Order, lines []*OrderLine, err error) {
	var waiting []*Order
	for _, k := range d.dirty {
		o := d.orders[k]
		orders, lines = append(orders, o), append(lines, o.Lines...)
		if o.waits() {
			waiting = append(waiting, o)
		}
	}
	d.dirty = nil
	if err := d.recall(ctx, tx, waiting); err != nil {
		return nil, nil, err
	}
	for _, l := range lines {
		if list := d.supplies[l.ID]; len(list) > 0 {
			d.supplies[l.ID] = prune(list, l.open().Sub(money.Min(l.BaseReserved, l.open())))
		}
	}
	for _, o := range orders {
		o.reckon(tx.Today(), func(l *OrderLine) []*Promise { return d.supplies[l.ID] })
	}
	return orders, lines, nil
}

// saveSupplies writes what the lines of these orders wait for.
func (d *desk) saveSupplies(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var fresh, known []*Promise
	kept := map[id.ID]bool{}
	for _, o := range orders {
		for _, l := range o.Lines {
			for _, p := range d.supplies[l.ID] {
				kept[p.ID] = true
				if d.stored[p.ID].IsZero() {
					fresh = append(fresh, p)
				} else {
					known = append(known, p)
				}
			}
		}
	}
	var gone []string
	for _, o := range orders {
		for key, of := range d.stored {
			if of == o.ID && !kept[key] {
				gone = append(gone, key.String())
				delete(d.stored, key)
			}
		}
	}
	if len(gone) > 0 {
		if _, err := tx.NewRaw("DELETE FROM sales_promise WHERE id = ANY(?::uuid[])", pgdialect.Array(gone)).Exec(ctx); err != nil {
			return err
		}
	}
	for _, p := range fresh {
		d.stored[p.ID] = p.OrderID
	}
	if err := record.Update(ctx, tx, known...); err != nil {
		return err
	}
	return record.Create(ctx, tx, fresh...)
}

func (d *desk) tell(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	for _, o := range orders {
		now := tellable(o)
		was := d.told[o.ID]
		if o.Status == Draft || was == now {
			continue
		}
		d.told[o.ID] = now
		err := record.Emit(ctx, tx, salesevent.OrderProgressed{
			Order: o.head(), DeliveryStatus: o.DeliveryStatus, DeliveryProgress: o.DeliveryProgress, PromisedDate: o.PromisedDate, Because: o.because(),
		})
		if err != nil {
			return err
		}
		if was.delivery != now.delivery && (now.delivery == "shipped" || now.delivery == "partial") {
			if err := notify(ctx, tx, o, shippedText(o)); err != nil {
				return err
			}
		}
	}
	return nil
}
