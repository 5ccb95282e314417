package purchasing

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// receiptRescheduled notes on the order and its requisitions when goods are expected now.
func (b *desk) receiptRescheduled(ctx context.Context, tx *tenancy.Tx, e inventoryevent.ReceiptRescheduled) error {
	docs, err := record.Lock[Order](ctx, tx, e.PurchaseOrderID)
	if err != nil || len(docs) == 0 {
		return err
	}
	asked, err := requisitionsOf(ctx, tx, docs[0])
	if err != nil {
		return err
	}
	for _, l := range docs[0].Lines {
		if on := e.Dates[l.ID]; !on.IsZero() {
			l.ExpectedDate = on
		}
	}
	for _, r := range asked {
		if on := e.Dates[r.PurchaseLineID]; !on.IsZero() {
			r.ExpectedDate = on
		}
	}
	if err := record.Update(ctx, tx, docs[0].Lines...); err != nil {
		return err
	}
	return record.Update(ctx, tx, asked...)
}

// redated tells of requisitions that a buyer's change brings on another day.
func redated(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Requisition]) error {
	var e purchasingevent.RequisitionsRescheduled
	for _, c := range changes {
		if c.Old != nil && c.New.forDemand() && c.New.ExpectedDate != c.Old.ExpectedDate {
			e.Items = append(e.Items, c.New.told())
		}
	}
	if len(e.Items) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, e)
}
