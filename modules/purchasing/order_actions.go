package purchasing

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// confirm binds the order to the vendor. Inventory opens a receipt; who waited for the requisitions learns when the goods come.
func (b *desk) confirm(ctx context.Context, tx *tenancy.Tx, o *Order, _ modules.None) error {
	if len(o.Lines) == 0 {
		return fault.New(fault.Rule, "order.empty", "采购订单没有明细", "The purchase order has no lines").
			At("lines", "required", "至少需要一行", "at least one line is required")
	}
	vendors, err := record.GetMany[Vendor](ctx, tx, []id.ID{o.VendorID})
	if err != nil {
		return err
	}
	if len(vendors) == 0 || !vendors[0].Active {
		return inactive(&Vendor{Name: vendorName(vendors)})
	}
	rate, err := b.Trade.Rate(ctx, tx, o.Currency, tx.Today())
	if err != nil {
		return err
	}
	asked, err := requisitionsOf(ctx, tx, o)
	if err != nil {
		return err
	}
	s, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	o.Status, o.OrderDate = Confirmed, tx.Today()
	e := purchasingevent.OrderConfirmed{OrderID: o.ID, No: o.No, VendorID: o.VendorID}
	for _, l := range o.Lines {
		if l.ExpectedDate.IsZero() || l.ExpectedDate.Before(tx.Today()) {
			l.ExpectedDate = tx.Today().AddDays(l.LeadTimeDays)
		}
		l.OverReceiptPercent = money.Max(l.OverReceiptPercent, money.Max(s.OverReceiptPercent, vendors[0].OverReceiptPercent))
		line := purchasingevent.Line{
			ID: l.ID, ProductID: l.ProductID, Quantity: l.BaseQuantity, Tolerance: l.tolerance(), Expected: l.ExpectedDate, UnitCost: l.pieceCost(rate),
		}
		for _, r := range asked {
			if r.PurchaseLineID == l.ID {
				r.ExpectedDate = l.ExpectedDate
				line.RequisitionIDs = append(line.RequisitionIDs, r.ID)
			}
		}
		e.Lines = append(e.Lines, line)
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, asked...); err != nil {
		return err
	}
	return record.Emit(ctx, tx, e)
}

// requisitionsOf locks the open requisitions that an order serves, the most urgent first.
func requisitionsOf(ctx context.Context, tx *tenancy.Tx, o *Order) ([]*Requisition, error) {
	return record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ? AND status = ?", o.ID, Ordered).OrderExpr("need_by NULLS LAST, id").For("UPDATE")
	})
}

// cancelOrder calls off what has not come. From a draft, the requisitions wait to be ordered again; from a confirmed order they end, and who still
// lacks the goods asks anew. What came in already stays: then the order is closed at that.
func (b *desk) cancelOrder(ctx context.Context, tx *tenancy.Tx, o *Order, _ modules.None) error {
	if o.Status == Draft {
		o.Status = Cancelled
		if err := record.Update(ctx, tx, o); err != nil {
			return err
		}
		return reopen(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("purchase_order_id = ?", o.ID) })
	}
	asked, err := requisitionsOf(ctx, tx, o)
	if err != nil {
		return err
	}
	e := purchasingevent.OrderCancelled{OrderID: o.ID, No: o.No}
	for _, r := range asked {
		r.Status = Cancelled
		e.RequisitionIDs = append(e.RequisitionIDs, r.ID)
	}
	if err := b.closeShort(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, asked...); err != nil {
		return err
	}
	return record.Emit(ctx, tx, e)
}

// closeShort ends an order at what came in; an order of which nothing came is cancelled as it stands.
func (b *desk) closeShort(ctx context.Context, tx *tenancy.Tx, o *Order) error {
	came := false
	for _, l := range o.Lines {
		came = came || l.ReceivedBase.Sign() > 0
	}
	if !came {
		o.Status = Cancelled
		return nil
	}
	for _, l := range o.Lines {
		if l.ReceivedBase.LessThan(l.BaseQuantity) {
			l.Quantity, l.BaseQuantity = l.ReceivedQuantity, l.ReceivedBase
		}
	}
	o.progress()
	return b.total(ctx, tx, o)
}
