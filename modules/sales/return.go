package sales

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Return is goods that a customer gives back.
type Return struct {
	bun.BaseModel `bun:"table:sales_return,alias:sr"`
	entity.Base

	No         string     `bun:"no,nullzero"`
	OrderID    id.ID      `bun:"order_id,type:uuid,notnull"`
	CustomerID id.ID      `bun:"customer_id,type:uuid,nullzero"`
	Status     string     `bun:"status,notnull"`
	Date       clock.Date `bun:"date,nullzero"`
	Reason     string     `bun:"reason,notnull"`
	CaseID     id.ID      `bun:"service_case_id,type:uuid,nullzero"`

	Lines []*ReturnLine `bun:"-"`
}

// Describe says what the fields mean.
func (r *Return) Describe(d *entity.Desc) {
	d.Is("sales.return", "returns", entity.T("销售退货单", "Sales return"), &r.No)
	d.Field(&r.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&r.OrderID, entity.Field{Label: entity.T("订单", "Order"), Ref: "sales.order", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&r.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Computed: true, List: true, Filter: true})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true, Default: Draft,
		Options: entity.Options(Draft, "草稿", "Draft", Confirmed, "已确认", "Confirmed", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&r.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&r.Reason, entity.Field{Label: entity.T("退货原因", "Reason")})
	d.Field(&r.CaseID, entity.Field{Label: entity.T("服务工单", "Service case"), Ref: "crm.service_case", Filter: true})
	d.Number(&r.No, "SR")
	d.State(&r.Status, Draft)
	d.Lines(&r.Lines, "lines", entity.T("退货行", "Return lines"))
}

// ReturnLine is how much of an order line comes back, in that line's unit.
type ReturnLine struct {
	bun.BaseModel `bun:"table:sales_return_line,alias:srl"`
	entity.Line

	ReturnID    id.ID          `bun:"return_id,type:uuid,notnull"`
	OrderLineID id.ID          `bun:"order_line_id,type:uuid,notnull"`
	ProductID   id.ID          `bun:"product_id,type:uuid,nullzero"`
	Quantity    money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	LotID       id.ID          `bun:"lot_id,type:uuid,nullzero"`
}

// Describe says what the fields mean.
func (l *ReturnLine) Describe(d *entity.Desc) {
	d.Is("sales.return_line", "return_lines", entity.T("销售退货行", "Sales return line"), nil)
	d.Field(&l.ReturnID, entity.Field{Label: entity.T("退货单", "Return"), Ref: "sales.return", Required: true, Immutable: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Ref: "sales.order_line", Required: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&l.LotID, entity.Field{
		Label: entity.T("批次", "Lot"), Ref: "inventory.lot", List: true,
		Help: entity.T("退回的批次或序列号；留空取最后发出的", "The lot or serial number that comes back; none: what left last"),
	})
	d.Parent(&l.ReturnID)
}

// prepareReturns fills customer and products from the orders and checks the quantities.
func (o office) prepareReturns(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Return]) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.New.OrderID
	}
	orders, err := record.GetMany[Order](ctx, tx, unique(keys))
	if err != nil {
		return err
	}
	byID := map[id.ID]*Order{}
	for _, x := range orders {
		byID[x.ID] = x
	}
	for _, c := range changes {
		r := c.New
		if r.Status == "" {
			r.Status = Draft
		}
		if r.Date.IsZero() {
			r.Date = tx.Today()
		}
		if x := byID[r.OrderID]; x != nil {
			r.CustomerID = x.CustomerID
			if err := r.check(x); err != nil {
				return err
			}
		}
	}
	return nil
}

// check refuses lines of other orders and more than the customer has.
func (r *Return) check(x *Order) error {
	var bad fault.Fields
	back := map[id.ID]money.Quantity{}
	for i, l := range r.Lines {
		ol := x.line(l.OrderLineID)
		if ol == nil {
			bad.Add(fmt.Sprintf("lines[%d].order_line_id", i), "line.unknown", "订单没有这一行", "The order has no such line")
			continue
		}
		l.ProductID = ol.ProductID
		back[ol.ID] = back[ol.ID].Add(l.Quantity)
		if left := ol.ShippedQuantity.Sub(ol.ReturnedQuantity); back[ol.ID].GreaterThan(left) {
			bad.Add(fmt.Sprintf("lines[%d].quantity", i), "return.too_much", "最多可退 %s", "At most %s can come back", left.String())
		}
	}
	return bad.Err()
}

// confirmReturn takes the goods back: the order shows it, and stock and invoicing hear of it.
func (o office) confirmReturn(ctx context.Context, tx *tenancy.Tx, r *Return, _ modules.None) error {
	if len(r.Lines) == 0 {
		return fault.New(fault.Rule, "return.no_lines", "退货单没有明细行", "The return has no lines").At("lines", "required", "至少需要一行", "At least one line is needed")
	}
	orders, err := deskOf(tx).open(ctx, tx, []id.ID{r.OrderID})
	if err != nil {
		return err
	}
	if len(orders) == 0 {
		return fault.New(fault.NotFound, "record.not_found", "找不到订单", "There is no such order")
	}
	x := orders[0]
	if err := r.check(x); err != nil {
		return err
	}
	products, err := o.ask.Products.Products(ctx, tx, x.products())
	if err != nil {
		return err
	}
	var lines []salesevent.Line
	for _, rl := range r.Lines {
		l := x.line(rl.OrderLineID)
		l.ReturnedQuantity = l.ReturnedQuantity.Add(rl.Quantity)
		t := l.tell(x, products[l.ProductID])
		t.LotID = rl.LotID
		t.Ordered, t.Quantity = rl.Quantity, money.Div(rl.Quantity.Mul(l.BaseQuantity), l.Quantity).Round(6)
		t.Untaxed = l.share(l.UntaxedAmount, t.Quantity, x.Currency)
		t.Total = l.share(l.TotalAmount, t.Quantity, x.Currency)
		lines = append(lines, t)
	}
	r.Status = Confirmed
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	o.touch(tx, x)
	if err := record.Emit(ctx, tx, salesevent.GoodsReturned{Order: x.head(), ReturnID: r.ID, No: r.No, CaseID: r.CaseID, Lines: lines}); err != nil {
		return err
	}
	return o.settle(ctx, tx)
}

func (o office) cancelReturn(ctx context.Context, tx *tenancy.Tx, r *Return, _ modules.None) error {
	r.Status = Cancelled
	return record.Update(ctx, tx, r)
}
