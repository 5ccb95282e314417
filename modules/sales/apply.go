package sales

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Application is the input of applying a revision: what is decided about documents that have begun.
type Application struct {
	Choices []record.Chosen `in:"choices" label:"已开始单据的处理|What becomes of what has begun"`
}

// apply makes a revision true: the order's lines change and everybody learns of the differences.
func (o office) apply(ctx context.Context, tx *tenancy.Tx, r *Revision, in Application) error {
	record.Choose(tx, in.Choices)
	d := deskOf(tx)
	orders, err := d.open(ctx, tx, []id.ID{r.OrderID})
	if err != nil {
		return err
	}
	if len(orders) == 0 || !orders[0].live() {
		return fault.New(fault.Conflict, "order.not_live", "订单已完成或取消，不能变更", "The order is done or cancelled and cannot be amended")
	}
	x := orders[0]
	if err := d.recall(ctx, tx, orders); err != nil {
		return err
	}
	before := map[id.ID]money.Quantity{}
	for _, l := range x.Lines {
		before[l.ID] = l.wanted()
	}
	gone, err := x.revise(r)
	if err != nil {
		return err
	}
	products, err := o.reprice(ctx, tx, x)
	if err != nil {
		return err
	}
	x.RequestedDate, x.Revision = r.RequestedTo, r.Number
	r.Status = Applied
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	if err := saveNew(ctx, tx, x, before); err != nil {
		return err
	}
	o.touch(tx, x)
	event := salesevent.OrderAmended{Order: x.head(), Due: x.due(), Changes: x.changes(r, before, gone, products)}
	if err := record.Emit(ctx, tx, event); err != nil {
		return err
	}
	if err := o.deliverUntaken(ctx, tx, x, products); err != nil {
		return err
	}
	for _, l := range gone {
		delete(d.supplies, l.ID)
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	if x.off() { // all that is left was called off before
		x.Status = Cancelled
	}
	return o.settle(ctx, tx)
}

// reprice works out the order's amounts and what it will cost and earn.
func (o office) reprice(ctx context.Context, tx *tenancy.Tx, x *Order) (map[id.ID]coreevent.Product, error) {
	s := x.sheet()
	if err := o.price(ctx, tx, []*sheet{s}); err != nil {
		return nil, err
	}
	x.take(s.sums)
	products, err := o.ask.Products.Products(ctx, tx, x.products())
	if err != nil {
		return nil, err
	}
	x.expect(products, tx.Tenant.Currency)
	return products, nil
}

// saveNew stores added lines before anybody refers to them.
func saveNew(ctx context.Context, tx *tenancy.Tx, x *Order, before map[id.ID]money.Quantity) error {
	var fresh []*OrderLine
	for i, l := range x.Lines {
		if _, was := before[l.ID]; !was {
			l.OrderID, l.Position = x.ID, i
			fresh = append(fresh, l)
		}
	}
	return record.Create(ctx, tx, fresh...)
}

// withdraw takes a proposal back.
func (o office) withdraw(ctx context.Context, tx *tenancy.Tx, r *Revision, _ modules.None) error {
	r.Status = Withdrawn
	return record.Update(ctx, tx, r)
}

// revise changes the order's lines in memory and returns those that go. It refuses to go below what was shipped or invoiced. A line of which a part
// has left is not removed but reduced to that part.
func (o *Order) revise(r *Revision) (gone []*OrderLine, err error) {
	var bad fault.Fields
	for i, c := range r.Lines {
		path := fmt.Sprintf("lines[%d].", i)
		l := o.line(c.OrderLineID)
		switch {
		case c.Change == added && l == nil:
			o.Lines = append(o.Lines, c.line())
		case l == nil:
			bad.Add(path+"id", "line.unknown", "订单没有这一行", "The order has no such line")
		case c.Change == removed && l.BaseShipped.IsZero() && l.InvoicedQuantity.IsZero():
			gone = append(gone, l)
			o.Lines = without(o.Lines, l)
		default:
			l.change(c, path, &bad)
		}
	}
	if err := bad.Err(); err != nil {
		f := fault.As(err)
		f.Kind, f.Reason = fault.Rule, "order.amendment_refused"
		return nil, f
	}
	if len(o.Lines) == 0 {
		return nil, fault.New(fault.Rule, "order.no_lines", "订单至少保留一行；如不再需要请取消订单", "An order keeps at least one line; cancel it when nothing is wanted")
	}
	return gone, nil
}

func (l *OrderLine) change(c *RevisionLine, path string, bad *fault.Fields) {
	left := money.Max(l.inUnit(l.BaseShipped), l.InvoicedQuantity)
	quantity := c.QuantityAfter
	if c.Change == removed {
		quantity = left
	}
	if quantity.LessThan(left) {
		bad.Add(path+"quantity", "order.below_shipped", "数量不能低于已交付或已开票的 %s", "The quantity cannot go below %s, which is shipped or invoiced", left.String())
		return
	}
	if c.Unit != l.Unit && left.Sign() > 0 {
		bad.Add(path+"unit", "order.unit_fixed", "已交付的行不能更换单位", "A line keeps its unit once a part of it is shipped")
		return
	}
	l.Quantity, l.Unit, l.UnitPrice, l.DiscountPercent, l.TaxID, l.Description = quantity, c.Unit, c.PriceAfter, c.DiscountAfter, c.TaxID, c.Description
}

// line is the order line that a revision adds.
func (l *RevisionLine) line() *OrderLine {
	n := &OrderLine{Priced: Priced{
		ProductID: l.ProductID, Description: l.Description, Quantity: l.QuantityAfter, Unit: l.Unit, UnitPrice: l.PriceAfter,
		DiscountPercent: l.DiscountAfter, TaxID: l.TaxID,
	}}
	n.Base = entity.Base{ID: l.OrderLineID}
	return n
}

// changes are the differences that others have to follow. A new requested date concerns every line that is still open.
func (o *Order) changes(r *Revision, before map[id.ID]money.Quantity, gone []*OrderLine, products map[id.ID]coreevent.Product) []salesevent.LineChange {
	touched := map[id.ID]bool{}
	for _, c := range r.Lines {
		touched[c.OrderLineID] = true
	}
	moved := r.RequestedTo != r.RequestedFrom
	var out []salesevent.LineChange
	for _, l := range o.Lines {
		if touched[l.ID] || moved && l.open().Sign() > 0 {
			out = append(out, salesevent.LineChange{Line: l.tell(o, products[l.ProductID]), Before: before[l.ID], After: l.wanted()})
		}
	}
	for _, l := range gone {
		t := l.tell(o, products[l.ProductID])
		t.Quantity, t.Ordered, t.Untaxed, t.Total = money.Zero(), money.Zero(), money.Zero(), money.Zero()
		out = append(out, salesevent.LineChange{Line: t, Before: before[l.ID], After: money.Zero()})
	}
	return out
}

func without(lines []*OrderLine, gone *OrderLine) []*OrderLine {
	out := make([]*OrderLine, 0, len(lines))
	for _, l := range lines {
		if l != gone {
			out = append(out, l)
		}
	}
	return out
}
