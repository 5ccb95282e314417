package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// rescheduleInput is when goods are expected now: all of a receipt, or one product of it.
type rescheduleInput struct {
	ExpectedDate clock.Date `in:"expected_date" label:"预计到货|Expected"`
	ProductID    id.ID      `in:"product_id" label:"仅此产品|Only this product"`
}

// reschedule notes that goods come on another day. Who waits for them, and everything that waits for those, is promised anew.
func (k keeper) reschedule(ctx context.Context, tx *tenancy.Tx, o *Receipt, in rescheduleInput) error {
	if in.ExpectedDate.IsZero() {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("expected_date", "required", "请填写预计到货日期", "the expected date is missing")
	}
	e := inventoryevent.ReceiptRescheduled{ReceiptID: o.ID, No: o.No, PurchaseOrderID: o.PurchaseOrderID, Dates: map[id.ID]clock.Date{}}
	o.ExpectedDate = clock.Date{}
	for _, l := range o.Lines {
		if in.ProductID.IsZero() || in.ProductID == l.ProductID {
			l.ExpectedDate = in.ExpectedDate
			e.Dates[l.PurchaseLineID] = in.ExpectedDate
		}
		o.ExpectedDate = clock.Latest(o.ExpectedDate, l.ExpectedDate)
	}
	if len(e.Dates) == 0 {
		return fault.New(fault.Rule, "line.unknown", "入库单没有该产品", "The receipt has no such product").At("product_id", "line.unknown", "入库单没有该产品", "not on this receipt")
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ?", o.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if in.ProductID.IsZero() || in.ProductID == r.ProductID {
			b.peg(r, supply{receipt, o.ID, o.No, in.ExpectedDate})
		}
	}
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	return record.Emit(ctx, tx, e)
}

// requisitionsRescheduled passes the new dates of requests to buy on to who waits for them.
func (k keeper) requisitionsRescheduled(ctx context.Context, tx *tenancy.Tx, e purchasingevent.RequisitionsRescheduled) error {
	keys := make([]id.ID, len(e.Items))
	byID := map[id.ID]purchasingevent.Requisition{}
	for i, r := range e.Items {
		keys[i], byID[r.ID] = r.ID, r
	}
	b := k.book()
	rows, err := b.waiting(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, r := range rows {
		x := byID[r.SupplyID]
		b.peg(r, supply{requisition, x.ID, x.No, x.Expected})
	}
	return b.settle(ctx, tx)
}
