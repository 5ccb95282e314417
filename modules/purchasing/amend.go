package purchasing

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// AmendLine changes the line with this id; what is left out stays.
type AmendLine struct {
	ID                 id.ID           `in:"id" label:"订单行|Line"`
	Quantity           *money.Quantity `in:"quantity" label:"数量|Quantity"`
	UnitPrice          *money.Price    `in:"unit_price" class:"cost" label:"单价|Unit price"`
	ExpectedDate       *clock.Date     `in:"expected_date" label:"预计到货|Expected"`
	OverReceiptPercent *money.Percent  `in:"over_receipt_percent" label:"超收容差 %|Over-receipt tolerance %"`
}

// Amendment is what changes in an order that a vendor has.
type Amendment struct {
	Lines  []AmendLine `in:"lines" label:"订单行|Lines"`
	Reason string      `in:"reason" label:"变更原因|Reason"`
}

// amend changes quantities, prices and dates of a confirmed order. The open receipt follows; who waits for it is promised the new date, and who gets
// nothing from it any more asks anew.
func (b *desk) amend(ctx context.Context, tx *tenancy.Tx, o *Order, in Amendment) error {
	if len(in.Lines) == 0 {
		return fault.New(fault.Invalid, "amend.nothing", "没有要变更的内容", "There is nothing to change").At("lines", "required", "至少需要一行", "at least one line is required")
	}
	if err := o.apply(in.Lines); err != nil {
		return err
	}
	s, err := b.lots(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, l := range o.Lines {
		l.measure(s.factors[coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit}])
		l.NeededQuantity = money.Min(l.NeededQuantity, l.BaseQuantity)
	}
	if err := b.total(ctx, tx, o); err != nil {
		return err
	}
	o.Revision++
	o.RevisionReason = in.Reason
	return b.follow(ctx, tx, o)
}

// apply writes an amendment into the lines. It refuses less than what came in or is billed, and says so for all lines at once.
func (o *Order) apply(lines []AmendLine) error {
	bad := fault.New(fault.Rule, "order.amend", "采购订单不能这样变更", "The purchase order can't be changed so")
	for i, x := range lines {
		path := fmt.Sprintf("lines[%d].", i)
		l := o.line(x.ID)
		if l == nil {
			bad.At(path+"id", "line.unknown", "采购订单没有这一行", "The purchase order has no such line")
			continue
		}
		if x.Quantity != nil {
			floor := money.Max(l.ReceivedQuantity.Sub(l.ReturnedQuantity), l.BilledQuantity)
			if x.Quantity.Sign() < 0 || x.Quantity.LessThan(floor) {
				bad.At(path+"quantity", "order.below_received", "已收货或已开票 %[1]s，不能减至 %[2]s", "%[1]s came in or is billed; it can't be lowered to %[2]s", floor, *x.Quantity)
				continue
			}
			l.Quantity = *x.Quantity
		}
		if x.UnitPrice != nil {
			if x.UnitPrice.Sign() < 0 {
				bad.At(path+"unit_price", "value.negative", "单价不能为负", "The price can't be negative")
			}
			l.UnitPrice, l.VendorPriceID = *x.UnitPrice, id.ID{}
		}
		if x.ExpectedDate != nil {
			l.ExpectedDate = *x.ExpectedDate
		}
		if x.OverReceiptPercent != nil {
			if x.OverReceiptPercent.Sign() < 0 || x.OverReceiptPercent.GreaterThan(money.Hundred()) {
				bad.At(path+"over_receipt_percent", "value.percent", "应在 0 到 100 之间", "must be between 0 and 100")
			}
			l.OverReceiptPercent = *x.OverReceiptPercent
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// ConfirmedLine is the day that a vendor names for a line.
type ConfirmedLine struct {
	ID           id.ID      `in:"id" label:"订单行|Line"`
	ExpectedDate clock.Date `in:"expected_date" label:"交货日期|Delivery date"`
}

// Acknowledgement is a vendor's answer to an order: their number, and when they deliver, for all lines or for each.
type Acknowledgement struct {
	VendorReference string          `in:"vendor_reference" label:"供应商单号|Vendor's number"`
	ExpectedDate    *clock.Date     `in:"expected_date" label:"交货日期|Delivery date"`
	Lines           []ConfirmedLine `in:"lines" label:"订单行|Lines"`
}

// acknowledge notes when the vendor says that goods come. The promise to everyone who waits for them moves with it.
func (b *desk) acknowledge(ctx context.Context, tx *tenancy.Tx, o *Order, in Acknowledgement) error {
	o.AcknowledgedOn = tx.Today()
	if in.VendorReference != "" {
		o.VendorReference = in.VendorReference
	}
	if in.ExpectedDate != nil {
		for _, l := range o.Lines {
			if l.open().Sign() > 0 {
				l.ExpectedDate = *in.ExpectedDate
			}
		}
	}
	changes := make([]AmendLine, len(in.Lines))
	for i := range in.Lines {
		changes[i] = AmendLine{ID: in.Lines[i].ID, ExpectedDate: &in.Lines[i].ExpectedDate}
	}
	if err := o.apply(changes); err != nil {
		return err
	}
	return b.follow(ctx, tx, o)
}

// follow saves a changed order and lets its requisitions and the open receipt agree with it.
func (b *desk) follow(ctx context.Context, tx *tenancy.Tx, o *Order) error {
	rate, err := b.Trade.Rate(ctx, tx, o.Currency, tx.Today())
	if err != nil {
		return err
	}
	asked, err := requisitionsOf(ctx, tx, o)
	if err != nil {
		return err
	}
	e := purchasingevent.OrderAmended{OrderID: o.ID, No: o.No, VendorID: o.VendorID}
	for _, l := range o.Lines {
		e.Lines = append(e.Lines, purchasingevent.Line{
			ID: l.ID, ProductID: l.ProductID, Quantity: l.open(), Tolerance: l.tolerance(), UnitCost: l.pieceCost(rate), Expected: l.ExpectedDate,
		})
	}
	for _, r := range asked {
		if l := o.line(r.PurchaseLineID); l != nil {
			r.ExpectedDate = l.ExpectedDate
		}
	}
	o.progress()
	o.serve(asked)
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

// open is what is still to come of a line, in the product's own unit.
func (l *OrderLine) open() money.Quantity {
	return money.Max(money.Zero(), l.BaseQuantity.Sub(l.ReceivedBase))
}

// tolerance is how much more than ordered may come in, in the product's own unit, less what already has.
func (l *OrderLine) tolerance() money.Quantity {
	over := money.Div(l.BaseQuantity.Mul(l.OverReceiptPercent), money.Hundred()).Round(6)
	return money.Max(money.Zero(), over.Sub(money.Max(money.Zero(), l.ReceivedBase.Sub(l.BaseQuantity))))
}

// pieceCost is what one of the product's own unit costs in company currency, without tax.
func (l *OrderLine) pieceCost(rate money.Price) money.Price {
	if l.BaseQuantity.IsZero() {
		return money.Zero()
	}
	return money.Div(l.UnitPrice.Mul(l.Quantity).Mul(rate), l.BaseQuantity).Round(6)
}
