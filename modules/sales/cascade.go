package sales

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const lineEntity = "sales.order_line"

// opportunityWon makes the order from what was offered, and confirms it unless the winner wants a draft. The prices are the offered ones.
func (o office) opportunityWon(ctx context.Context, tx *tenancy.Tx, e crmevent.OpportunityWon) error {
	x := &Order{
		CustomerID: e.CustomerID, OpportunityID: e.ID, OwnerID: e.OwnerID, Currency: e.Currency, RequestedDate: e.RequestedDate,
		DeliveryAddress: e.DeliveryAddress, Terms: e.Terms, PaymentTermID: e.PaymentTermID,
	}
	for _, l := range e.Lines {
		x.Lines = append(x.Lines, &OrderLine{Priced: Priced{
			ProductID: l.ProductID, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, DiscountPercent: l.DiscountPercent,
		}})
	}
	if err := o.place(ctx, tx, x); err != nil {
		return err
	}
	if !e.Confirm {
		return nil
	}
	_, err := record.Act(ctx, tx, x, "confirm", &modules.None{})
	return err
}

// demand is a demand of one of our lines in an event.
type demand struct {
	order, line id.ID
}

// demands opens the orders whose lines an event's items concern and calls each for every item of ours. Items of materials are not ours.
func demands[T any](ctx context.Context, tx *tenancy.Tx, items []T, whose func(T) inventoryevent.Demand, each func(*Order, *OrderLine, T)) ([]*Order, error) {
	var keys []id.ID
	for _, it := range items {
		if d := whose(it); d.Entity == lineEntity {
			keys = append(keys, d.DocumentID)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	d := deskOf(tx)
	orders, err := d.open(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	if err := d.recall(ctx, tx, orders); err != nil {
		return nil, err
	}
	lines := map[demand]*OrderLine{}
	for _, x := range orders {
		for _, l := range x.Lines {
			lines[demand{x.ID, l.ID}] = l
		}
	}
	for _, it := range items {
		w := whose(it)
		if l := lines[demand{w.DocumentID, w.LineID}]; l != nil && w.Entity == lineEntity {
			each(d.orders[w.DocumentID], l, it)
		}
	}
	return orders, nil
}

func ofReserved(r inventoryevent.Reserved) inventoryevent.Demand { return r.Demand }
func ofShort(s inventoryevent.Short) inventoryevent.Demand       { return s.Demand }
func ofPeg(p inventoryevent.Peg) inventoryevent.Demand           { return p.Demand }

// stockReserved notes what is held for our lines; what has just arrived is no longer awaited.
func (o office) stockReserved(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockReserved) error {
	d := deskOf(tx)
	orders, err := demands(ctx, tx, e.Items, ofReserved, func(_ *Order, l *OrderLine, it inventoryevent.Reserved) {
		l.Fulfilment = byStock
		l.hold(it.Quantity)
		if !it.FromID.IsZero() {
			d.arrived(l, it.FromID, it.Quantity)
		}
	})
	o.touch(tx, orders...)
	return err
}

// stockReleased notes what is no longer held.
func (o office) stockReleased(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockReleased) error {
	orders, err := demands(ctx, tx, e.Items, ofReserved, func(_ *Order, l *OrderLine, it inventoryevent.Reserved) { l.hold(it.Quantity.Neg()) })
	o.touch(tx, orders...)
	return err
}

// stockShort notes that inventory takes care of lines that it does not have.
func (o office) stockShort(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockShort) error {
	return o.short(ctx, tx, e.Items)
}

// purchaseNeeded is the same for what has to be bought.
func (o office) purchaseNeeded(ctx context.Context, tx *tenancy.Tx, e inventoryevent.PurchaseNeeded) error {
	return o.short(ctx, tx, e.Items)
}

// short marks lines as inventory's. What is short is promised by nobody: older promises beyond the rest are void.
func (o office) short(ctx context.Context, tx *tenancy.Tx, items []inventoryevent.Short) error {
	d := deskOf(tx)
	orders, err := demands(ctx, tx, items, ofShort, func(_ *Order, l *OrderLine, it inventoryevent.Short) {
		l.Fulfilment = byStock
		room := money.Max(money.Zero(), l.open().Sub(l.BaseReserved).Sub(it.Quantity))
		d.supplies[l.ID] = prune(d.supplies[l.ID], room)
	})
	o.touch(tx, orders...)
	return err
}

// demandPegged notes which supplies our lines wait for, and until when. An item without a supply waits for nothing at all: it is short.
func (o office) demandPegged(ctx context.Context, tx *tenancy.Tx, e inventoryevent.DemandPegged) error {
	d := deskOf(tx)
	var short []inventoryevent.Short
	set := map[peg]money.Quantity{}
	orders, err := demands(ctx, tx, e.Items, ofPeg, func(x *Order, l *OrderLine, it inventoryevent.Peg) {
		l.Fulfilment = byStock
		if it.SupplyID.IsZero() {
			short = append(short, inventoryevent.Short{Demand: it.Demand, ProductID: it.ProductID, Quantity: it.Quantity})
			return
		}
		k := peg{l.ID, it.SupplyID}
		set[k] = set[k].Add(it.Quantity) // several items of one line and supply are told as parts
		it.Quantity = set[k]
		d.peg(tx, x, l, it)
	})
	if err != nil {
		return err
	}
	o.touch(tx, orders...)
	if err := o.short(ctx, tx, short); err != nil {
		return err
	}
	return o.deeper(ctx, tx, e.Items)
}

// peg is one supply of one line.
type peg struct{ line, supply id.ID }

// supplyReleased notes that a supply is no longer meant for our lines.
func (o office) supplyReleased(ctx context.Context, tx *tenancy.Tx, e inventoryevent.SupplyReleased) error {
	d := deskOf(tx)
	orders, err := demands(ctx, tx, e.Items, ofPeg, func(_ *Order, l *OrderLine, it inventoryevent.Peg) { d.arrived(l, it.SupplyID, it.Quantity) })
	o.touch(tx, orders...)
	return err
}

// deliveriesOpened notes by which delivery orders get what they have not got yet.
func (o office) deliveriesOpened(ctx context.Context, tx *tenancy.Tx, e inventoryevent.DeliveriesOpened) error {
	open := map[id.ID]string{}
	keys := make([]id.ID, len(e.Items))
	for i, it := range e.Items {
		keys[i], open[it.OrderID] = it.OrderID, it.No
	}
	orders, err := deskOf(tx).open(ctx, tx, keys)
	for _, x := range orders {
		x.DeliveryNo = open[x.ID]
	}
	o.touch(tx, orders...)
	return err
}

// goodsShipped notes what has left and tells that the customer has got it. An order that ships complete refuses a part.
func (o office) goodsShipped(ctx context.Context, tx *tenancy.Tx, e inventoryevent.GoodsShipped) error {
	d := deskOf(tx)
	orders, err := d.open(ctx, tx, []id.ID{e.OrderID})
	if err != nil || len(orders) == 0 {
		return err
	}
	shipped := map[id.ID]money.Quantity{}
	for _, l := range e.Lines {
		shipped[l.OrderLineID] = shipped[l.OrderLineID].Add(l.Quantity)
	}
	if err := orders[0].complete(shipped); err != nil {
		return err
	}
	return o.delivered(ctx, tx, orders[0], e.DeliveryID, func(l *OrderLine) money.Quantity { return shipped[l.ID] })
}

// complete refuses goods that leave while others of an order that ships complete stay behind.
func (o *Order) complete(shipped map[id.ID]money.Quantity) error {
	if !o.ShipComplete {
		return nil
	}
	for _, l := range o.Lines {
		if l.Fulfilment == byStock && l.open().GreaterThan(shipped[l.ID]) {
			return fault.New(fault.Rule, "order.ships_complete", "订单 %s 要求整单发货，%s 尚未备齐", "The order %s ships complete, and %s is not all there", o.No, l.Description)
		}
	}
	return nil
}

// delivered raises what the customer has got and tells about it.
func (o office) delivered(ctx context.Context, tx *tenancy.Tx, x *Order, delivery id.ID, quantity func(*OrderLine) money.Quantity) error {
	return o.deliver(ctx, tx, x, delivery, nil, quantity)
}

// deliver raises what the customer has got; worth says what lines come to without tax where that is known better than by their quantity.
func (o office) deliver(
	ctx context.Context, tx *tenancy.Tx, x *Order, delivery id.ID, worth map[id.ID]money.Amount, quantity func(*OrderLine) money.Quantity,
) error {
	if err := deskOf(tx).recall(ctx, tx, []*Order{x}); err != nil {
		return err
	}
	products, err := o.ask.Products.Products(ctx, tx, x.products())
	if err != nil {
		return err
	}
	var lines []salesevent.Line
	for _, l := range x.Lines {
		if q := quantity(l); q.Sign() > 0 {
			t := l.deliver(x, products[l.ProductID], q)
			if amount, known := worth[l.ID]; known {
				t.Untaxed, t.Exact = amount, true
			}
			lines = append(lines, t)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	o.touch(tx, x)
	return record.Emit(ctx, tx, salesevent.OrderDelivered{Order: x.head(), DeliveryID: delivery, Lines: lines})
}

// invoicePosted notes what is invoiced, or with a credit note no longer is.
func (o office) invoicePosted(ctx context.Context, tx *tenancy.Tx, e financeevent.InvoicePosted) error {
	if e.OrderID.IsZero() {
		return nil
	}
	orders, err := deskOf(tx).open(ctx, tx, []id.ID{e.OrderID})
	if err != nil || len(orders) == 0 {
		return err
	}
	orders[0].InvoicedAmount = orders[0].InvoicedAmount.Add(e.Total)
	for _, il := range e.Lines {
		if l := orders[0].line(il.OrderLineID); l != nil {
			l.InvoicedQuantity = money.Max(money.Zero(), l.InvoicedQuantity.Add(il.Quantity))
		}
	}
	o.touch(tx, orders...)
	return nil
}

// paymentMatched notes how much of our orders is paid now and tells it on.
func (o office) paymentMatched(ctx context.Context, tx *tenancy.Tx, e financeevent.PaymentMatched) error {
	paid := map[id.ID]money.Amount{}
	var keys []id.ID
	for _, p := range e.Orders {
		if !p.OrderID.IsZero() {
			keys = append(keys, p.OrderID)
			paid[p.OrderID] = p.Collected
		}
	}
	orders, err := deskOf(tx).open(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, x := range orders {
		was := x.PaymentStatus
		x.collect(paid[x.ID])
		o.touch(tx, x)
		if err := record.Emit(ctx, tx, salesevent.OrderCollected{Order: x.head(), Collected: x.CollectedAmount, PaymentStatus: x.PaymentStatus}); err != nil {
			return err
		}
		if was != "paid" && x.PaymentStatus == "paid" {
			if err := notify(ctx, tx, x, paidText(x)); err != nil {
				return err
			}
		}
	}
	return nil
}

// projectOpened notes that a project renders these lines.
func (o office) projectOpened(ctx context.Context, tx *tenancy.Tx, e projectsevent.ProjectOpened) error {
	orders, err := deskOf(tx).open(ctx, tx, []id.ID{e.OrderID})
	if err != nil || len(orders) == 0 {
		return err
	}
	for _, key := range e.OrderLineIDs {
		if l := orders[0].line(key); l != nil {
			l.Fulfilment = byProject
		}
	}
	orders[0].ProjectNo = e.No
	o.touch(tx, orders...)
	return nil
}

// projectClosed delivers the service lines that the project rendered.
func (o office) projectClosed(ctx context.Context, tx *tenancy.Tx, e projectsevent.ProjectClosed) error {
	if e.OrderID.IsZero() { // a project of the company's own
		return nil
	}
	orders, err := deskOf(tx).open(ctx, tx, []id.ID{e.OrderID})
	if err != nil || len(orders) == 0 {
		return err
	}
	rendered := map[id.ID]bool{}
	for _, key := range e.OrderLineIDs {
		rendered[key] = true
	}
	return o.delivered(ctx, tx, orders[0], id.ID{}, func(l *OrderLine) money.Quantity {
		if rendered[l.ID] {
			return l.open()
		}
		return money.Zero()
	})
}
