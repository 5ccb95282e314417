package sales

import (
	"context"
	"fmt"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Because is why a customer declines.
type Because struct {
	Reason string `in:"reason" label:"原因|Reason"`
}

// CallOff is the input of cancelling and closing. Without lines it is the whole order.
type CallOff struct {
	Reason  string  `in:"reason" label:"原因|Reason"`
	LineIDs []id.ID `in:"line_ids" label:"仅这些行|Only these lines"`

	Choices []record.Chosen `in:"choices" label:"已开始单据的处理|What becomes of what has begun"`
}

// cancel calls an order off. What has left stays delivered; the rest is released, and what was planned for it is cancelled or shown for a decision.
// An order that is delivered in full cannot be cancelled.
func (o office) cancel(ctx context.Context, tx *tenancy.Tx, x *Order, in CallOff) error {
	record.Choose(tx, in.Choices)
	if len(in.LineIDs) > 0 {
		return o.callOffLines(ctx, tx, x, in)
	}
	if x.DeliveryStatus == "shipped" {
		return fault.New(fault.Conflict, "order.shipped", "订单已全部交付，不能取消；请使用退货", "The order is delivered in full and cannot be cancelled; use a return")
	}
	return o.callOff(ctx, tx, x, Cancelled, in.Reason)
}

// close ends an order of which a part was delivered: the rest is off, the order is done.
func (o office) close(ctx context.Context, tx *tenancy.Tx, x *Order, in CallOff) error {
	record.Choose(tx, in.Choices)
	if len(in.LineIDs) > 0 {
		return o.callOffLines(ctx, tx, x, in)
	}
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
		if err := record.Emit(ctx, tx, salesevent.OrderCancelled{Order: x.head(), LineIDs: open, Whole: x.Status == Cancelled && !x.shipped()}); err != nil {
			return err
		}
	}
	return o.settle(ctx, tx)
}

// callOffLines calls off what is open of some lines; the others go on. When nothing is left to deliver and nothing was, the order is cancelled.
func (o office) callOffLines(ctx context.Context, tx *tenancy.Tx, x *Order, in CallOff) error {
	if x.Status == Draft {
		return fault.New(fault.Rule, "order.draft", "草稿订单请直接修改", "Change the lines of a draft instead")
	}
	d := deskOf(tx)
	d.put(x)
	if err := d.recall(ctx, tx, []*Order{x}); err != nil {
		return err
	}
	if err := x.drop(in.LineIDs); err != nil {
		return err
	}
	if x.off() {
		x.Status = Cancelled
	}
	if in.Reason != "" {
		x.CancelReason = in.Reason
	}
	o.touch(tx, x)
	if err := record.Emit(ctx, tx, salesevent.OrderCancelled{Order: x.head(), LineIDs: unique(in.LineIDs), Whole: x.Status == Cancelled && !x.shipped()}); err != nil {
		return err
	}
	return o.settle(ctx, tx)
}

// drop closes lines. It refuses lines of other orders and those of which nothing is open, all at once.
func (o *Order) drop(keys []id.ID) error {
	var bad fault.Fields
	for i, key := range unique(keys) {
		path := fmt.Sprintf("line_ids[%d]", i)
		switch l := o.line(key); {
		case l == nil:
			bad.Add(path, "line.unknown", "订单没有这一行", "The order has no such line")
		case l.open().Sign() <= 0:
			bad.Add(path, "line.nothing_open", "%s 已交付或已取消", "%s is delivered or called off already", l.Description)
		default:
			l.Closed = true
		}
	}
	return bad.Err()
}

// shipped tells that something of the order was delivered.
func (o *Order) shipped() bool {
	return slices.ContainsFunc(o.Lines, func(l *OrderLine) bool { return l.BaseShipped.Sign() > 0 })
}

// off tells that nothing was delivered and nothing will be.
func (o *Order) off() bool {
	for _, l := range o.Lines {
		if l.open().Sign() > 0 || l.BaseShipped.Sign() > 0 {
			return false
		}
	}
	return true
}
