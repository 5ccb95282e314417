package production

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// release hands a planned order to the shop floor.
func (f *floor) release(ctx context.Context, tx *tenancy.Tx, o *Order, _ modules.None) error {
	o.Status = Released
	return record.Update(ctx, tx, o)
}

// IssueLine is how much of a material is taken, in the component's unit. Either id names it.
type IssueLine struct {
	MaterialID id.ID          `in:"material_id" label:"用料|Material"`
	ProductID  id.ID          `in:"product_id" label:"组件|Component"`
	Quantity   money.Quantity `in:"quantity" label:"数量|Quantity"`
	LotID      id.ID          `in:"lot_id" label:"批次|Lot"`
}

// IssueInput says what is issued; without lines it is all that remains.
type IssueInput struct {
	Lines []IssueLine `in:"lines" label:"领料行|Lines"`
}

// issue takes materials from stock into production.
func (f *floor) issue(ctx context.Context, tx *tenancy.Tx, o *Order, in IssueInput) error {
	issues, err := o.issues(in.Lines)
	if err != nil {
		return err
	}
	if len(issues) == 0 {
		return fault.New(fault.Rule, "production.nothing_to_issue", "没有待领的用料", "There is nothing left to issue")
	}
	return f.consume(ctx, tx, o, issues)
}

// issues finds the materials of issue lines and checks them.
func (o *Order) issues(lines []IssueLine) ([]productionevent.Issue, error) {
	var out []productionevent.Issue
	if len(lines) == 0 {
		for _, m := range o.Materials {
			if q := m.left(); q.Sign() > 0 {
				out = append(out, productionevent.Issue{MaterialID: m.ID, ProductID: m.ProductID, Quantity: q})
			}
		}
		return out, nil
	}
	var bad fault.Fields
	for i, l := range lines {
		path := fmt.Sprintf("lines[%d].", i)
		m := o.find(l)
		if m == nil {
			bad.Add(path+"material_id", "production.no_material", "工单没有该用料", "is no material of this order")
			continue
		}
		if l.Quantity.Sign() <= 0 {
			bad.Add(path+"quantity", "value.positive", "应大于零", "must be more than zero")
			continue
		}
		out = append(out, productionevent.Issue{MaterialID: m.ID, ProductID: m.ProductID, Quantity: l.Quantity, LotID: l.LotID})
	}
	return out, bad.Err()
}

// find returns the material that an issue line means, or nil.
func (o *Order) find(l IssueLine) *Material {
	if !l.MaterialID.IsZero() {
		return o.material(l.MaterialID)
	}
	for _, m := range o.Materials {
		if m.ProductID == l.ProductID {
			return m
		}
	}
	return nil
}

// consume books issues on the order's materials and asks inventory for the goods. Inventory refuses the whole act when they are not there; it answers
// with the moves' values, which become the order's material cost before this returns.
func (f *floor) consume(ctx context.Context, tx *tenancy.Tx, o *Order, issues []productionevent.Issue) error {
	keys := make([]id.ID, len(issues))
	for i, s := range issues {
		m := o.material(s.MaterialID)
		m.IssuedQuantity = m.IssuedQuantity.Add(s.Quantity)
		keys[i] = s.ProductID
	}
	products, err := f.Products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	o.Status = InProgress
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Materials...); err != nil {
		return err
	}
	told := productionevent.MaterialsIssued{OrderID: o.ID, No: o.No, SalesOrderID: o.SalesOrderID}
	for _, s := range issues {
		if products[s.ProductID].Stocked() { // what has no balances was an expense when it was bought
			told.Lines = append(told.Lines, s)
		}
	}
	if len(told.Lines) == 0 {
		return nil
	}
	if err := record.Emit(ctx, tx, told); err != nil {
		return err
	}
	return record.Fresh(ctx, tx, o)
}

// BookInput is work done on an operation, in minutes.
type BookInput struct {
	OperationID id.ID          `in:"operation_id" label:"工序|Operation"`
	Minutes     money.Quantity `in:"minutes" label:"分钟|Minutes"`
}

// book adds minutes to an operation and their cost at the work centre's rate to the order. Without an operation the order must have exactly one.
func (f *floor) book(ctx context.Context, tx *tenancy.Tx, o *Order, in BookInput) error {
	var op *Operation
	for _, p := range o.Operations {
		if p.ID == in.OperationID || in.OperationID.IsZero() && len(o.Operations) == 1 {
			op = p
		}
	}
	var bad fault.Fields
	if op == nil {
		bad.Add("operation_id", "production.no_operation", "工单没有该工序", "is no operation of this order")
	}
	if in.Minutes.Sign() <= 0 {
		bad.Add("minutes", "value.positive", "应大于零", "must be more than zero")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	center, err := record.Get[WorkCenter](ctx, tx, op.WorkCenterID)
	if err != nil {
		return err
	}
	cost := money.RoundTo(money.Div(in.Minutes.Mul(center.CostRate), money.Int(60)), tx.Tenant.Currency)
	op.ActualMinutes, op.Cost = op.ActualMinutes.Add(in.Minutes), op.Cost.Add(cost)
	o.LabourCost, o.Status = o.LabourCost.Add(cost), InProgress
	if err := record.Update(ctx, tx, op); err != nil {
		return err
	}
	return record.Update(ctx, tx, o)
}

// cancel gives an order up of which nothing was begun. Its reservations and supplies become void.
func (f *floor) cancel(ctx context.Context, tx *tenancy.Tx, o *Order, _ modules.None) error {
	return cancelAll(ctx, tx, o)
}

// cancelAll cancels orders and tells of each.
func cancelAll(ctx context.Context, tx *tenancy.Tx, orders ...*Order) error {
	for _, o := range orders {
		o.Status, o.DemandQuantity = Cancelled, money.Zero()
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	for _, o := range orders {
		if err := record.Emit(ctx, tx, productionevent.OrderCancelled{OrderID: o.ID, No: o.No}); err != nil {
			return err
		}
	}
	return nil
}

// RescheduleInput is when an order is to start and to be done; what is left out follows from the other.
type RescheduleInput struct {
	StartDate clock.Date `in:"start_date" label:"开工日期|Start date"`
	DueDate   clock.Date `in:"due_date" label:"完工日期|Due date"`
}

// reschedule moves an order that has not begun; demands that wait for it learn its new date.
func (f *floor) reschedule(ctx context.Context, tx *tenancy.Tx, o *Order, in RescheduleInput) error {
	days := o.DueDate.Sub(o.StartDate)
	start, due := in.StartDate, in.DueDate
	switch {
	case start.IsZero() && due.IsZero():
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("due_date", "required", "请填写开工或完工日期", "a start date or a due date is required")
	case start.IsZero():
		start = due.AddDays(-days)
	case due.IsZero():
		due = start.AddDays(days)
	}
	if due.Before(start) {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("due_date", "span.empty", "完工日期早于开工日期", "is before the start date")
	}
	o.StartDate, o.DueDate = start, due
	return moved(ctx, tx, o)
}

// moved saves orders whose dates changed and tells of each.
func moved(ctx context.Context, tx *tenancy.Tx, orders ...*Order) error {
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	for _, o := range orders {
		if err := record.Emit(ctx, tx, productionevent.OrderRescheduled{ID: o.ID, No: o.No, StartDate: o.StartDate, DueDate: o.DueDate}); err != nil {
			return err
		}
	}
	return nil
}
