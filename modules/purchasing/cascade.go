package purchasing

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// received books what came in on the order's lines; requisitions end when their share is there, the most urgent first.
func (b *desk) received(ctx context.Context, tx *tenancy.Tx, e inventoryevent.GoodsReceived) error {
	if e.PurchaseOrderID.IsZero() {
		return nil
	}
	docs, err := record.Lock[Order](ctx, tx, e.PurchaseOrderID)
	if err != nil || len(docs) == 0 {
		return err
	}
	o := docs[0]
	for _, r := range e.Lines {
		if l := o.line(r.PurchaseLineID); l != nil {
			l.ReceivedBase = l.ReceivedBase.Add(r.Quantity)
			l.ReceivedQuantity = l.inLineUnit(l.ReceivedBase)
		}
	}
	if o.Status != Cancelled {
		o.progress()
	}
	asked, err := requisitionsOf(ctx, tx, o)
	if err != nil {
		return err
	}
	served := o.serve(asked)
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	return record.Update(ctx, tx, served...)
}

// serve ends the requisitions that the quantities received so far cover, in their order, and returns them. What ended before used its share.
func (o *Order) serve(open []*Requisition) []*Requisition {
	left, asked := map[id.ID]money.Quantity{}, map[id.ID]money.Quantity{}
	for _, r := range open {
		asked[r.PurchaseLineID] = asked[r.PurchaseLineID].Add(r.Quantity)
	}
	for _, l := range o.Lines {
		left[l.ID] = l.ReceivedBase.Sub(money.Max(money.Zero(), l.NeededQuantity.Sub(asked[l.ID])))
	}
	var out []*Requisition
	for _, r := range open {
		l := o.line(r.PurchaseLineID)
		if l == nil {
			continue
		}
		if left[l.ID] = left[l.ID].Sub(r.Quantity); left[l.ID].Sign() >= 0 || l.ReceivedBase.GreaterThanOrEqual(l.BaseQuantity) {
			r.Status = Received
			out = append(out, r)
		}
	}
	return out
}

// billed books what a vendor has billed, which comes in the products' own units.
func (b *desk) billed(ctx context.Context, tx *tenancy.Tx, e financeevent.BillPosted) error {
	return b.bill(ctx, tx, e.PurchaseOrderID, e.Quantities, money.Int(1))
}

// credited takes back what a vendor has credited of what it billed; what is credited is no longer expected to be.
func (b *desk) credited(ctx context.Context, tx *tenancy.Tx, e financeevent.VendorCreditPosted) error {
	return b.bill(ctx, tx, e.PurchaseOrderID, e.Quantities, money.Int(-1))
}

// bill adds billed quantities to the lines of an order, or takes them off (−1).
func (b *desk) bill(ctx context.Context, tx *tenancy.Tx, key id.ID, quantities map[id.ID]money.Quantity, way money.Quantity) error {
	if key.IsZero() {
		return nil
	}
	docs, err := record.Lock[Order](ctx, tx, key)
	if err != nil || len(docs) == 0 {
		return err
	}
	o := docs[0]
	for _, l := range o.Lines {
		if q := quantities[l.ID]; !q.IsZero() {
			l.BilledQuantity = l.BilledQuantity.Add(l.inLineUnit(q).Mul(way))
		}
	}
	o.owed()
	if o.Status != Cancelled {
		o.progress()
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return record.Update(ctx, tx, o.Lines...)
}

// blocked tells the buyers that a bill does not fit what they ordered: they know whether the vendor is right.
func blocked(ctx context.Context, tx *tenancy.Tx, e financeevent.BillBlocked) error {
	return record.Emit(ctx, tx, coreevent.Notice{
		Roles: []string{"buyer"}, Entity: "finance.bill", Record: e.BillID,
		Text: i18n.T("采购发票 "+e.No+" 已冻结付款："+e.Reason.ZH, "Bill "+e.No+" is blocked for payment: "+e.Reason.EN),
	})
}
