package production

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// supplyReleased reduces or cancels planned orders that nobody wants any more in full. What is on the shop floor already stays for people to decide.
func (f *floor) supplyReleased(ctx context.Context, tx *tenancy.Tx, e inventoryevent.SupplyReleased) error {
	less := map[id.ID]money.Quantity{}
	var keys []id.ID
	for _, p := range e.Items {
		if p.SupplyEntity == orderEntity {
			if _, ok := less[p.SupplyID]; !ok {
				keys = append(keys, p.SupplyID)
			}
			less[p.SupplyID] = less[p.SupplyID].Add(p.Quantity)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	orders, err := record.Lock[Order](ctx, tx, keys...)
	if err != nil {
		return err
	}
	var gone, smaller, begun []*Order
	for _, o := range orders {
		switch {
		case !o.active():
		case o.Status != Planned:
			begun = append(begun, o.spare(less[o.ID]))
		case less[o.ID].GreaterThanOrEqual(o.DemandQuantity):
			gone = append(gone, o)
		default:
			o.DemandQuantity = o.DemandQuantity.Sub(less[o.ID])
			smaller = append(smaller, o)
		}
	}
	if err := cancelAll(ctx, tx, gone...); err != nil {
		return err
	}
	if err := f.reduce(ctx, tx, smaller); err != nil {
		return err
	}
	if err := f.leave(ctx, tx, begun, less); err != nil {
		return err
	}
	return notifyBegun(ctx, tx, begun)
}

// reduce makes planned orders just large enough for what their demands still want, and their materials with them.
func (f *floor) reduce(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	if len(orders) == 0 {
		return nil
	}
	products := make([]id.ID, len(orders))
	for i, o := range orders {
		products[i] = o.ProductID
	}
	book, err := f.cookbook(ctx, tx, products)
	if err != nil {
		return err
	}
	var told []productionevent.OrderReduced
	var materials []*Material
	var operations []*Operation
	var residues []*OrderByProduct
	for _, o := range orders {
		e, err := book.shrink(o)
		if err != nil {
			return err
		}
		told = append(told, e)
		materials, operations, residues = append(materials, o.Materials...), append(operations, o.Operations...), append(residues, o.ByProducts...)
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, materials...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, operations...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, residues...); err != nil {
		return err
	}
	if err := f.replace(ctx, tx, orders); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	for _, e := range told {
		if err := record.Emit(ctx, tx, e); err != nil {
			return err
		}
	}
	return recall(ctx, tx, orders)
}

// shrink lowers an order to its demand. Its lines follow the bill of materials as it is today, but never grow; lines that a person added shrink in
// proportion.
func (b *cookbook) shrink(o *Order) (productionevent.OrderReduced, error) {
	before := o.Quantity
	o.Quantity = upTo(o.DemandQuantity.Rat(), b.products[o.ProductID].Rounding)
	part := ratio(o.Quantity.Rat(), before.Rat())
	share := func(q, step money.Quantity) money.Quantity {
		return upTo(ratio(q.Rat(), ratio(before.Rat(), o.Quantity.Rat())), step)
	}
	exact := map[id.ID]money.Quantity{}
	if r := b.recipes[o.ProductID]; r != nil && r.ID == o.BOMID {
		needs, err := b.explode(r, o.Quantity)
		if err != nil {
			return productionevent.OrderReduced{}, err
		}
		for _, n := range needs {
			exact[n.ProductID] = n.Quantity
		}
	}
	told := productionevent.OrderReduced{OrderID: o.ID, No: o.No, Quantity: o.Quantity}
	for _, m := range o.Materials {
		q, ok := exact[m.ProductID]
		if !ok {
			q = share(m.Quantity, b.products[m.ProductID].Rounding)
		}
		m.Quantity = money.Min(m.Quantity, money.Max(q, m.IssuedQuantity)) // what a begun order was given stays in it
		told.Materials = append(told.Materials, productionevent.Material{ID: m.ID, ProductID: m.ProductID, Quantity: m.Quantity, NeedBy: m.NeedBy})
	}
	for _, p := range o.Operations {
		p.PlannedMinutes = share(p.PlannedMinutes, money.Zero())
		if !p.ServiceID.IsZero() {
			p.ServiceQuantity = share(p.ServiceQuantity, b.products[p.ServiceID].Rounding)
		}
	}
	for _, by := range o.ByProducts {
		q := by.Quantity.Rat()
		by.Quantity = downTo(q.Mul(q, part), b.products[by.ProductID].Rounding)
	}
	return told, nil
}

// notifyBegun tells planners and the makers of orders that what is being made is no longer wanted.
func notifyBegun(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	if len(orders) == 0 {
		return nil
	}
	var numbers []string
	var makers []id.ID
	for _, o := range orders {
		numbers = append(numbers, o.No)
		if !o.CreatedBy.IsZero() {
			makers = append(makers, o.CreatedBy)
		}
	}
	list := strings.Join(numbers, ", ")
	return record.Emit(ctx, tx, coreevent.Notice{
		To: makers, Roles: []string{"planner"}, Entity: orderEntity, Record: orders[0].ID,
		Text: i18n.T("已下达的生产工单 "+list+" 的需求已取消或减少，请决定如何处理", "The demand for production orders "+list+
			", which are released already, is cancelled or lowered; please decide what to do"),
	})
}
