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

// shipment is what a caller says about one line; any of the three ids names it, the product's where only one line has it.
type shipment struct {
	ID          id.ID          `in:"id" label:"发货行|Delivery line"`
	OrderLineID id.ID          `in:"order_line_id" label:"订单行|Order line"`
	ProductID   id.ID          `in:"product_id" label:"产品|Product"`
	Quantity    money.Quantity `in:"quantity" label:"数量|Quantity"`
	Unit        string         `in:"unit" label:"单位|Unit"`
	LotID       id.ID          `in:"lot_id" label:"批次|Lot"`
	LotNumber   string         `in:"lot_number" label:"批号或序列号|Lot or serial number"`
}

// shipInput is what to ship; without lines, all that is ready.
type shipInput struct {
	Lines []shipment `in:"lines" label:"明细|Lines"`
}

// ship lets the goods of a delivery leave. What is not shipped stays with the order, on one new delivery.
func (k keeper) ship(ctx context.Context, tx *tenancy.Tx, o *Delivery, in shipInput) error {
	if err := k.leavingUnits(ctx, tx, o, in.Lines); err != nil {
		return err
	}
	leaving, err := o.leaving(in)
	if err != nil {
		return err
	}
	lines, products := make([]id.ID, 0, len(leaving)), make([]id.ID, 0, len(leaving))
	for _, l := range o.Lines {
		if leaving[l.ID].Sign() > 0 {
			lines, products = append(lines, l.OrderLineID), append(products, l.ProductID)
		}
	}
	b := k.book()
	held, err := b.heldFor(ctx, tx, lines)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, products); err != nil {
		return err
	}
	if err := b.chooseLots(ctx, tx, o, in.Lines, leaving, held); err != nil {
		return err
	}
	where, err := places(ctx, tx, heldAt(held)...)
	if err != nil {
		return err
	}
	var plan []planned
	var left []inventoryevent.DeliveredLine
	for _, l := range o.Lines {
		q := leaving[l.ID]
		if q.Sign() <= 0 {
			continue
		}
		plan = append(plan, b.load(where, o, l, held[l.OrderLineID], q)...)
		left = append(left, inventoryevent.DeliveredLine{OrderLineID: l.OrderLineID, ProductID: l.ProductID, Quantity: q})
	}
	if err := b.move(ctx, tx, source{"inventory.delivery", o.ID, o.No}, plan); err != nil {
		return err
	}
	if err := o.close(ctx, tx, leaving); err != nil {
		return err
	}
	rest := head{orderID: o.OrderID, orderNo: o.OrderNo, customerID: o.CustomerID, address: o.DeliveryAddress, requested: o.RequestedDate, rest: o.ID}
	if err := b.settle(ctx, tx, rest); err != nil {
		return err
	}
	return record.Emit(ctx, tx, inventoryevent.GoodsShipped{DeliveryID: o.ID, No: o.No, OrderID: o.OrderID, Date: tx.Today(), Lines: left})
}

// leavingUnits turns what is to leave into the products' own units.
func (k keeper) leavingUnits(ctx context.Context, tx *tenancy.Tx, o *Delivery, lines []shipment) error {
	items := make([]coreevent.Conversion, len(lines))
	for i, x := range lines {
		items[i].Quantity = x.Quantity
		if l := o.line(x); l != nil {
			items[i] = coreevent.Conversion{ProductID: l.ProductID, Quantity: x.Quantity, From: x.Unit}
		}
	}
	own, err := k.ownUnits(ctx, tx, items)
	for i := range own {
		lines[i].Quantity = own[i]
	}
	return err
}

// leaving says how much of each line is to go. More than is ready is refused, and so is nothing at all.
func (o *Delivery) leaving(in shipInput) (map[id.ID]money.Quantity, error) {
	out := map[id.ID]money.Quantity{}
	bad := fault.New(fault.Rule, "stock.not_enough", "发货数量超过已备妥数量", "More is to be shipped than is ready")
	if len(in.Lines) == 0 {
		for _, l := range o.Lines {
			out[l.ID] = l.Quantity
		}
	}
	for i, x := range in.Lines {
		l := o.line(x)
		switch path := fmt.Sprintf("lines[%d].", i); {
		case l == nil:
			bad.At(path+"order_line_id", "line.unknown", "发货单没有这一行", "The delivery has no such line")
		case x.Quantity.Sign() < 0:
			bad.At(path+"quantity", "value.negative", "数量不能小于零", "The quantity can't be negative")
		case out[l.ID].Add(x.Quantity).GreaterThan(l.Quantity):
			bad.At(path+"quantity", "stock.not_enough", "已备妥 %[1]s，要求 %[2]s", "%[1]s ready, %[2]s wanted", l.Quantity, out[l.ID].Add(x.Quantity))
		default:
			out[l.ID] = out[l.ID].Add(x.Quantity)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	for _, q := range out {
		if q.Sign() > 0 {
			return out, nil
		}
	}
	return nil, fault.New(fault.Rule, "delivery.nothing_ready", "没有可发货的货物", "Nothing is ready to be shipped")
}

// line finds the line that a caller means.
func (o *Delivery) line(x shipment) *DeliveryLine {
	var found []*DeliveryLine
	for _, l := range o.Lines {
		if named(x.ID, l.ID) && named(x.OrderLineID, l.OrderLineID) && named(x.ProductID, l.ProductID) {
			found = append(found, l)
		}
	}
	exact := !x.ID.IsZero() || !x.OrderLineID.IsZero()
	if len(found) == 0 || !exact && (x.ProductID.IsZero() || len(found) > 1) {
		return nil
	}
	return found[0]
}

// named tells that a caller left an id open or means this one.
func named(said, is id.ID) bool { return said.IsZero() || said == is }

// load takes a quantity from what is reserved for an order line.
func (b *book) load(where *site, o *Delivery, l *DeliveryLine, held []*Reservation, q money.Quantity) []planned {
	var plan []planned
	for _, r := range held {
		if r.Source != fromStock || q.Sign() <= 0 {
			continue
		}
		take := money.Min(q, r.Quantity)
		plan = append(plan, planned{
			product: r.ProductID, lot: r.LotID, from: where.byID[r.LocationID], to: where.byType[customer], quantity: take, held: take,
			line: l.OrderLineID, salesOrder: o.OrderID, path: fmt.Sprintf("lines[%d].quantity", l.Position),
		})
		b.fulfil(r, take)
		q = q.Sub(take)
	}
	return plan
}

// close makes the delivery a record of what left; lines of which nothing left are taken off.
func (o *Delivery) close(ctx context.Context, tx *tenancy.Tx, leaving map[id.ID]money.Quantity) error {
	var kept, gone []*DeliveryLine
	for _, l := range o.Lines {
		if q := leaving[l.ID]; q.Sign() > 0 {
			l.OpenQuantity = l.OpenQuantity.Sub(q)
			l.Quantity = q
			kept = append(kept, l)
		} else {
			gone = append(gone, l)
		}
	}
	o.Lines, o.Status, o.ShippedOn = kept, shipped, tx.Today()
	if err := record.Update(ctx, tx, kept...); err != nil {
		return err
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	return record.Update(ctx, tx, o)
}
