package sales

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
)

// How a line is fulfilled: it is known once the order is confirmed.
const (
	byStock   = "stock"   // inventory holds, makes or buys it and ships it
	byProject = "project" // a project renders it
	direct    = "direct"  // nobody takes care of it: it counts as delivered at once
)

// OrderLine is one product of an order. Base quantities are in the product's own unit and exact; the others are shown in the line's unit.
type OrderLine struct {
	bun.BaseModel `bun:"table:sales_order_line,alias:l"`
	entity.Line
	Priced

	OrderID          id.ID          `bun:"order_id,type:uuid,notnull"`
	ReservedQuantity money.Quantity `bun:"reserved_quantity,type:numeric(20,6),notnull"`
	ShippedQuantity  money.Quantity `bun:"shipped_quantity,type:numeric(20,6),notnull"`
	InvoicedQuantity money.Quantity `bun:"invoiced_quantity,type:numeric(20,6),notnull"`
	ReturnedQuantity money.Quantity `bun:"returned_quantity,type:numeric(20,6),notnull"`
	BaseReserved     money.Quantity `bun:"base_reserved,type:numeric(20,6),notnull"`
	BaseShipped      money.Quantity `bun:"base_shipped,type:numeric(20,6),notnull"`
	PromisedDate     clock.Date     `bun:"promised_date,nullzero"`
	Fulfilment       string         `bun:"fulfilment,notnull"`
	Closed           bool           `bun:"closed,notnull"`
}

// Describe says what the fields mean.
func (l *OrderLine) Describe(d *entity.Desc) {
	d.Is("sales.order_line", "order_lines", entity.T("销售订单行", "Sales order line"), nil)
	d.Field(&l.OrderID, entity.Field{Label: entity.T("订单", "Order"), Ref: "sales.order", Required: true, Immutable: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	l.describe(d)
	done := func(p any, zh, en string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Computed: true, Aside: true, Signed: true})
	}
	done(&l.ReservedQuantity, "已预留", "Reserved")
	done(&l.ShippedQuantity, "已交付", "Shipped")
	done(&l.InvoicedQuantity, "已开票", "Invoiced")
	done(&l.ReturnedQuantity, "已退货", "Returned")
	done(&l.BaseReserved, "已预留（基本单位）", "Reserved, in product unit")
	done(&l.BaseShipped, "已交付（基本单位）", "Shipped, in product unit")
	d.Field(&l.PromisedDate, entity.Field{Label: entity.T("承诺交期", "Promised date"), Computed: true, Aside: true})
	d.Field(&l.Fulfilment, entity.Field{
		Label: entity.T("履行方式", "Fulfilment"), Computed: true, Aside: true,
		Options: entity.Options(byStock, "库存", "Stock", byProject, "项目", "Project", direct, "直接交付", "Direct"),
	})
	d.Field(&l.Closed, entity.Field{Label: entity.T("余量已关闭", "Rest is off"), Computed: true, Aside: true})
	d.Parent(&l.OrderID)
}

// open is what is still to be delivered, in the product's unit.
func (l *OrderLine) open() money.Quantity {
	if l.Closed {
		return money.Zero()
	}
	return money.Max(money.Zero(), l.BaseQuantity.Sub(l.BaseShipped))
}

// wanted is what the customer gets in the end: everything, or what had left when the rest was called off.
func (l *OrderLine) wanted() money.Quantity {
	if l.Closed {
		return l.BaseShipped
	}
	return l.BaseQuantity
}

// kept is what the customer gets in the end and did not give back.
func (l *OrderLine) kept() money.Quantity {
	back := l.ReturnedQuantity
	if l.Quantity.Sign() > 0 {
		back = money.Div(back.Mul(l.BaseQuantity), l.Quantity).Round(6)
	}
	return money.Max(money.Zero(), l.wanted().Sub(back))
}

// inUnit shows a quantity of the product's unit in the line's; all of it is exactly the line's quantity.
func (l *OrderLine) inUnit(base money.Quantity) money.Quantity {
	if l.BaseQuantity.IsZero() || base.Equal(l.BaseQuantity) {
		return l.Quantity
	}
	return money.Div(base.Mul(l.Quantity), l.BaseQuantity).Round(6)
}

// share is the part of an amount of the whole line that falls on a quantity in the product's unit, rounded; all of it is exactly the amount.
func (l *OrderLine) share(amount money.Amount, base money.Quantity, currency string) money.Amount {
	if l.BaseQuantity.IsZero() || base.GreaterThanOrEqual(l.BaseQuantity) {
		return amount
	}
	return money.RoundTo(money.Div(amount.Mul(base), l.BaseQuantity), currency)
}

// hold notes that so much more (or less) is reserved.
func (l *OrderLine) hold(q money.Quantity) {
	l.BaseReserved = money.Max(money.Zero(), l.BaseReserved.Add(q))
}

// tell is the line as other modules see it.
func (l *OrderLine) tell(o *Order, p coreevent.Product) salesevent.Line {
	return salesevent.Line{
		ID: l.ID, ProductID: l.ProductID, ProductType: p.Type, Description: l.Description, Quantity: l.BaseQuantity, Ordered: l.Quantity, Unit: l.Unit,
		UnitPrice: l.UnitPrice, PriceIncludes: o.PriceIncludesTax, DiscountPercent: l.DiscountPercent, TaxID: l.TaxID,
		Untaxed: l.UntaxedAmount, Total: l.TotalAmount, RequestedDate: o.RequestedDate,
	}
}

// deliver notes that so much more is with the customer and returns the line as delivered now. Parts of amounts are differences of rounded
// cumulated ones, so that many part deliveries add up to the line exactly.
func (l *OrderLine) deliver(o *Order, p coreevent.Product, q money.Quantity) salesevent.Line {
	t := l.tell(o, p)
	before, after := l.BaseShipped, l.BaseShipped.Add(q)
	t.Quantity = q
	t.Ordered = l.inUnit(after).Sub(l.inUnit(before))
	t.Untaxed = l.share(l.UntaxedAmount, after, o.Currency).Sub(l.share(l.UntaxedAmount, before, o.Currency))
	t.Total = l.share(l.TotalAmount, after, o.Currency).Sub(l.share(l.TotalAmount, before, o.Currency))
	l.BaseShipped = after
	l.hold(q.Neg())
	return t
}
