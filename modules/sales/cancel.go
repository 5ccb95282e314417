package sales

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Because is the input of cancelling and closing.
type Because struct {
	Reason string `in:"reason" label:"原因|Reason"`
}

// cancel calls an order off. What has left stays delivered; the rest is released, and what was planned for it is cancelled or shown for a decision.
// An order that is delivered in full cannot be cancelled.
func (o office) cancel(ctx context.Context, tx *tenancy.Tx, x *Order, in Because) error {
	if x.DeliveryStatus == "shipped" {
		return fault.New(fault.Conflict, "order.shipped", "订单已全部交付，不能取消；请使用退货", "The order is delivered in full and cannot be cancelled; use a return")
	}
	return o.callOff(ctx, tx, x, Cancelled, in.Reason)
}

// close ends an order of which a part was delivered: the rest is off, the order is done.
func (o office) close(ctx context.Context, tx *tenancy.Tx, x *Order, in Because) error {
	if x.DeliveryStatus == "none" || x.DeliveryStatus == "waiting" {
		return fault.New(fault.Rule, "order.nothing_shipped", "尚未交付任何货物：请取消订单", "Nothing has been delivered yet: cancel the order instead")
	}
	return o.callOff(ctx, tx, x, Done, in.Reason)
}

// callOff closes what is open and moves the order to its last state.
func (o office) callOff(ctx context.Context, tx *tenancy.Tx, x *Order, state, reason string) error {
	d := deskOf(tx)
	d.put(x)
	binding := x.Status != Draft
	if err := d.recall(ctx, tx, []*Order{x}); err != nil {
		return err
	}
	var open []id.ID
	for _, l := range x.Lines {
		if l.open().Sign() > 0 {
			open = append(open, l.ID)
			l.Closed = binding
		}
	}
	x.Status, x.CancelReason = state, reason
	o.touch(tx, x)
	if binding && len(open) > 0 || state == Cancelled {
		if err := record.Emit(ctx, tx, salesevent.OrderCancelled{Order: x.head(), LineIDs: open}); err != nil {
			return err
		}
	}
	return o.settle(ctx, tx)
}
