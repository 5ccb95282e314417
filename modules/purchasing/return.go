package purchasing

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
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Return is goods that go back to their vendor, before or after they are billed.
type Return struct {
	bun.BaseModel `bun:"table:purchase_return,alias:pr"`
	entity.Base

	No       string     `bun:"no,notnull"`
	OrderID  id.ID      `bun:"order_id,type:uuid,notnull"`
	VendorID id.ID      `bun:"vendor_id,type:uuid,nullzero"`
	Status   string     `bun:"status,notnull"`
	Date     clock.Date `bun:"date,type:date,nullzero"`
	Reason   string     `bun:"reason,notnull"`

	Lines []*ReturnLine `bun:"-"`
}

// Describe says what a return means.
func (r *Return) Describe(d *entity.Desc) {
	d.Is("purchasing.return", "returns", entity.T("采购退货单", "Purchase return"), &r.No)
	d.Field(&r.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&r.OrderID, entity.Field{
		Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", Required: true, Immutable: true, List: true, Filter: true,
	})
	d.Field(&r.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Computed: true, List: true, Filter: true})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Draft, List: true, Filter: true,
		Options: entity.Options(Draft, "草稿", "Draft", Confirmed, "已确认", "Confirmed", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&r.Date, entity.Field{Label: entity.T("退货日期", "Date"), Computed: true, List: true, Filter: true})
	d.Field(&r.Reason, entity.Field{Label: entity.T("退货原因", "Reason"), Search: true})
	d.Number(&r.No, "VR")
	d.State(&r.Status, Draft)
	d.Lines(&r.Lines, "lines", entity.T("退货明细", "Lines"))
}

// ReturnLine is how much of a purchase line goes back, in that line's unit.
type ReturnLine struct {
	bun.BaseModel `bun:"table:purchase_return_line,alias:prl"`
	entity.Line

	ReturnID       id.ID          `bun:"return_id,type:uuid,notnull"`
	PurchaseLineID id.ID          `bun:"purchase_line_id,type:uuid,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,nullzero"`
	LotID          id.ID          `bun:"lot_id,type:uuid,nullzero"`
	Quantity       money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
}

// Describe says what a line means.
func (l *ReturnLine) Describe(d *entity.Desc) {
	d.Is("purchasing.return_line", "lines", entity.T("采购退货明细", "Purchase return line"), nil)
	d.Field(&l.ReturnID, entity.Field{Label: entity.T("退货单", "Return"), Ref: "purchasing.return", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&l.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase line"), Ref: "purchasing.order_line", Required: true, List: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true})
	d.Field(&l.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot", Help: entity.T("留空取任一可用批次", "Any that is free when left empty")})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true, Help: entity.T("以订单行单位计", "In the order line's unit")})
	d.Parent(&l.ReturnID)
}

// prepareReturns takes vendor and products from the orders and checks the quantities.
func prepareReturns(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Return]) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.New.OrderID
	}
	orders, err := record.GetMany[Order](ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	byID := map[id.ID]*Order{}
	for _, o := range orders {
		byID[o.ID] = o
	}
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = Draft
		}
		if o := byID[c.New.OrderID]; o != nil {
			if err := c.New.check(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// check refuses lines of other orders and more than came in and is still here.
func (r *Return) check(o *Order) error {
	var bad fault.Fields
	r.VendorID = o.VendorID
	back := map[id.ID]money.Quantity{}
	for i, l := range r.Lines {
		of := o.line(l.PurchaseLineID)
		if of == nil {
			bad.Add(fmt.Sprintf("lines[%d].purchase_line_id", i), "line.unknown", "采购订单没有这一行", "The purchase order has no such line")
			continue
		}
		l.ProductID = of.ProductID
		back[of.ID] = back[of.ID].Add(l.Quantity)
		if most := of.ReceivedQuantity.Sub(of.ReturnedQuantity); back[of.ID].GreaterThan(most) {
			bad.Add(fmt.Sprintf("lines[%d].quantity", i), "return.too_much", "最多可退 %s", "At most %s can go back", most.String())
		}
	}
	return bad.Err()
}

// confirmReturn sends the goods back: inventory moves them, the order shows them when they left, and what was billed is to be credited.
func confirmReturn(ctx context.Context, tx *tenancy.Tx, r *Return, _ modules.None) error {
	if len(r.Lines) == 0 {
		return fault.New(fault.Rule, "return.empty", "退货单没有明细", "The return has no lines").At("lines", "required", "至少需要一行", "at least one line is required")
	}
	orders, err := record.Lock[Order](ctx, tx, r.OrderID)
	if err != nil || len(orders) == 0 {
		return err
	}
	if err := r.check(orders[0]); err != nil {
		return err
	}
	r.Status, r.Date = Confirmed, tx.Today()
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	e := purchasingevent.GoodsReturned{ReturnID: r.ID, No: r.No, OrderID: r.OrderID, VendorID: r.VendorID}
	for _, l := range r.Lines {
		e.Lines = append(e.Lines, purchasingevent.ReturnedLine{
			PurchaseLineID: l.PurchaseLineID, ProductID: l.ProductID, LotID: l.LotID, Quantity: orders[0].line(l.PurchaseLineID).inBase(l.Quantity),
		})
	}
	return record.Emit(ctx, tx, e)
}

func cancelReturn(ctx context.Context, tx *tenancy.Tx, r *Return, _ modules.None) error {
	r.Status = Cancelled
	return record.Update(ctx, tx, r)
}

// inBase turns a quantity of the line's unit into the product's own.
func (l *OrderLine) inBase(q money.Quantity) money.Quantity {
	if q.Equal(l.Quantity) || l.Quantity.IsZero() {
		return l.BaseQuantity
	}
	return money.Div(q.Mul(l.BaseQuantity), l.Quantity).Round(6)
}
