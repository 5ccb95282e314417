package production

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
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
	Rate        *money.Amount  `in:"rate" class:"cost" label:"实际小时费率|Rate of an hour"`
}

// book adds minutes to an operation and their cost to the order, at the work centre's rate or at the one that was really paid. Without an operation the order must have exactly one.
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
	if in.Rate != nil && in.Rate.Sign() < 0 {
		bad.Add("rate", "value.negative", "不能为负", "must not be negative")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	center, err := record.Get[WorkCenter](ctx, tx, op.WorkCenterID)
	if err != nil {
		return err
	}
	rate := center.CostRate
	if in.Rate != nil {
		rate = *in.Rate
	}
	cost := money.RoundTo(money.Div(in.Minutes.Mul(rate), money.Int(60)), tx.Tenant.Currency)
	op.ActualMinutes, op.Cost = op.ActualMinutes.Add(in.Minutes), op.Cost.Add(cost)
	o.LabourCost, o.Status = o.LabourCost.Add(cost), InProgress
	if err := record.Update(ctx, tx, op); err != nil {
		return err
	}
	return record.Update(ctx, tx, o)
}

// What becomes of the materials of an order that is given up after it was begun.
const (
	returned = "return"
	written  = "scrap"
)

// CancelInput is the decision about an order that has begun.
type CancelInput struct {
	Materials string `in:"materials" label:"已领用料的处理：return 退回，scrap 报废|What becomes of issued materials: return or scrap"`
}

// cancel gives an order up. Its reservations and supplies become void. What was issued to one that has begun goes back to stock, or is written off with
// the hours: a person has to say which.
func (f *floor) cancel(ctx context.Context, tx *tenancy.Tx, o *Order, in CancelInput) error {
	if o.Status != InProgress {
		return cancelAll(ctx, tx, o)
	}
	if in.Materials != returned && in.Materials != written {
		return fault.New(fault.Rule, "production.decide", "工单 %[1]s 已开工，请决定已领用料退回（return）还是报废（scrap）",
			"%[1]s has begun; decide whether what was issued is returned or scrapped", o.No).
			At("materials", "required", "请选择 return 或 scrap", "choose return or scrap")
	}
	if in.Materials == returned {
		if err := f.giveBack(ctx, tx, o); err != nil {
			return err
		}
	}
	// Said first, so that who waits is left without supply rather than served by the same again: that would undo the decision.
	if err := record.Emit(ctx, tx, productionevent.OrderCancelled{OrderID: o.ID, No: o.No}); err != nil {
		return err
	}
	if err := record.Fresh(ctx, tx, o); err != nil {
		return err
	}
	products, err := f.Products.Products(ctx, tx, o.products())
	if err != nil {
		return err
	}
	o.closing = true
	told := o.settle(money.Zero(), money.Zero(), o.proportion(o.processed(), products), products, tx.Tenant.Currency)
	if o.DoneQuantity.IsZero() {
		o.Status = Cancelled
	}
	return f.finish(ctx, tx, o, told, products)
}

// giveBack returns to stock what was issued and has not gone into finished goods.
func (f *floor) giveBack(ctx context.Context, tx *tenancy.Tx, o *Order) error {
	products, err := f.Products.Products(ctx, tx, o.products())
	if err != nil {
		return err
	}
	told := productionevent.MaterialsReturned{OrderID: o.ID, No: o.No, SalesOrderID: o.SalesOrderID}
	used, err := f.due(ctx, tx, o, o.processed(), o.DoneQuantity, products)
	if err != nil {
		return err
	}
	for _, m := range o.Materials {
		left := m.IssuedQuantity.Sub(used.materials[m.ID])
		if left.Sign() <= 0 || !products[m.ProductID].Stocked() {
			continue
		}
		value := money.RoundTo(money.Div(m.IssuedCost.Mul(left), m.IssuedQuantity), tx.Tenant.Currency)
		told.Lines = append(told.Lines, productionevent.Return{MaterialID: m.ID, ProductID: m.ProductID, Quantity: left, Value: value})
		m.IssuedQuantity = m.IssuedQuantity.Sub(left)
	}
	if len(told.Lines) == 0 {
		return nil
	}
	if err := record.Update(ctx, tx, o.Materials...); err != nil {
		return err
	}
	if err := record.Emit(ctx, tx, told); err != nil {
		return err
	}
	return record.Fresh(ctx, tx, o)
}

// cancelAll cancels orders and tells of each.
func cancelAll(ctx context.Context, tx *tenancy.Tx, orders ...*Order) error {
	for _, o := range orders {
		o.Status, o.DemandQuantity, o.Unneeded = Cancelled, money.Zero(), money.Zero()
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	for _, o := range orders {
		if err := record.Emit(ctx, tx, productionevent.OrderCancelled{OrderID: o.ID, No: o.No}); err != nil {
			return err
		}
	}
	return recall(ctx, tx, orders)
}
