package production

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// ReworkMaterial is a material that working over takes besides.
type ReworkMaterial struct {
	ProductID id.ID          `in:"product_id" label:"组件|Component"`
	Quantity  money.Quantity `in:"quantity" label:"数量|Quantity"`
}

// ReworkInput is how much came out wrong but can be made good, and what that takes.
type ReworkInput struct {
	Quantity  money.Quantity   `in:"quantity" label:"返工数量|Quantity"`
	Materials []ReworkMaterial `in:"materials" label:"追加用料|Materials"`
	Note      string           `in:"note" label:"原因|Reason"`
}

// rework makes an order that consumes the rejected product: what the rejects cost so far goes over to it, and who waited for them waits for it. They
// never come to stock in between.
func (f *floor) rework(ctx context.Context, tx *tenancy.Tx, o *Order, in ReworkInput) error {
	if err := o.checkRework(in); err != nil {
		return err
	}
	products, err := f.Products.Products(ctx, tx, o.products())
	if err != nil {
		return err
	}
	before := o.processed()
	processed := before.Add(in.Quantity)
	d, err := f.due(ctx, tx, o, processed, o.DoneQuantity, products)
	if err != nil {
		return err
	}
	if issues := o.backflush(d, products); len(issues) > 0 {
		if err := f.consume(ctx, tx, o, issues); err != nil {
			return err
		}
	}
	material, labour := o.share(in.Quantity, before, processed, products, tx.Tenant.Currency)
	o.Rejected, o.Status = o.Rejected.Add(in.Quantity), InProgress
	o.MaterialOut, o.LabourOut = o.MaterialOut.Add(material), o.LabourOut.Add(labour)
	waits := money.Min(o.DemandQuantity, in.Quantity)
	o.DemandQuantity = o.DemandQuantity.Sub(waits)
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	// Who waits for more than is still made here is left without supply for a moment, and finds the new order.
	if err := record.Emit(ctx, tx, productionevent.OrderReduced{OrderID: o.ID, No: o.No, Quantity: o.open()}); err != nil {
		return err
	}
	if err := f.makeOver(ctx, tx, o, in, &Order{MaterialCost: material, LabourCost: labour, DemandQuantity: waits}); err != nil {
		return err
	}
	if !o.whole(processed) {
		return nil
	}
	o.closing = true
	return f.finish(ctx, tx, o, o.settle(money.Zero(), money.Zero(), d, products, tx.Tenant.Currency), products)
}

func (o *Order) checkRework(in ReworkInput) error {
	var bad fault.Fields
	if in.Quantity.Sign() <= 0 {
		bad.Add("quantity", "value.positive", "应大于零", "must be more than zero")
	}
	if in.Quantity.GreaterThan(o.open()) {
		bad.Add("quantity", "production.too_much", "最多 %s", "at most %s", o.open())
	}
	for _, m := range in.Materials {
		if m.ProductID.IsZero() || m.Quantity.Sign() <= 0 {
			bad.Add("materials", "required", "请填写组件与数量", "give a component and a quantity for each")
		}
	}
	return bad.Err()
}

// makeOver plans the order that makes rejects good; cost holds what they cost so far and how much of them is waited for.
func (f *floor) makeOver(ctx context.Context, tx *tenancy.Tx, o *Order, in ReworkInput, cost *Order) error {
	keys := []id.ID{}
	for _, m := range in.Materials {
		keys = append(keys, m.ProductID)
	}
	book, err := f.cookbook(ctx, tx, append([]id.ID{o.ProductID}, keys...))
	if err != nil {
		return err
	}
	p, err := f.informed(ctx, tx, book.below(keys), keys)
	if err != nil {
		return err
	}
	root := &planned{
		ID: p.newID(), ProductID: o.ProductID, Quantity: in.Quantity, ForDemand: cost.DemandQuantity, NeedBy: o.DueDate, path: []id.ID{o.ProductID},
		Materials: []*component{},
		Demand:    inventoryevent.Demand{Entity: o.DemandEntity, LineID: o.DemandLineID, DocumentID: o.DemandID, SalesOrderID: o.SalesOrderID},
	}
	for _, m := range in.Materials {
		root.Materials = append(root.Materials, &component{ID: p.newID(), ProductID: m.ProductID, Quantity: m.Quantity})
	}
	if err := p.supply(root); err != nil {
		return err
	}
	p.schedule()
	made := p.draw(root)
	made.ReworkOfID, made.MaterialCost, made.LabourCost, made.Manual, made.ParentID = o.ID, cost.MaterialCost, cost.LabourCost, true, o.ParentID
	if made.Note = in.Note; o.SalesOrderID.IsZero() {
		made.SalesOrderID = id.ID{}
	}
	if err := record.Create(ctx, tx, made); err != nil {
		return err
	}
	_, err = f.launch(ctx, tx, p, map[id.ID]*Order{made.ID: made})
	return err
}
