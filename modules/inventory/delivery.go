package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of deliveries and receipts.
const (
	waiting   = "waiting"
	ready     = "ready"
	shipped   = "shipped"
	received  = "received"
	cancelled = "cancelled"
)

// Delivery is what leaves for a customer at once. An order has one open delivery: it grows with what is ready, and once it is shipped the rest goes
// on a new one.
type Delivery struct {
	bun.BaseModel `bun:"table:delivery,alias:dlv"`
	entity.Base

	No              string     `bun:"no,notnull"`
	OrderID         id.ID      `bun:"order_id,type:uuid,notnull"`
	OrderNo         string     `bun:"order_no,notnull"`
	CustomerID      id.ID      `bun:"customer_id,type:uuid,nullzero"`
	DeliveryAddress string     `bun:"delivery_address,notnull"`
	RequestedDate   clock.Date `bun:"requested_date,type:date,nullzero"`
	Status          string     `bun:"status,notnull"`
	ShippedOn       clock.Date `bun:"shipped_on,type:date,nullzero"`
	BackorderOfID   id.ID      `bun:"backorder_of_id,type:uuid,nullzero"`

	Lines []*DeliveryLine `bun:"-"`
}

// Describe says what a delivery's columns mean.
func (o *Delivery) Describe(d *entity.Desc) {
	d.Is("inventory.delivery", "deliveries", entity.T("发货单", "Delivery"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Computed: true, Filter: true})
	d.Field(&o.OrderNo, entity.Field{Label: entity.T("订单号", "Order no."), Computed: true, List: true, Search: true})
	d.Field(&o.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Computed: true, List: true, Filter: true})
	d.Field(&o.DeliveryAddress, entity.Field{Label: entity.T("收货地址", "Delivery address"), Computed: true})
	d.Field(&o.RequestedDate, entity.Field{Label: entity.T("要求日期", "Requested date"), Computed: true, List: true, Filter: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true,
		Options: entity.Options(waiting, "待货", "Waiting", ready, "可发货", "Ready", shipped, "已发货", "Shipped", cancelled, "已取消", "Cancelled"),
	})
	d.Field(&o.ShippedOn, entity.Field{Label: entity.T("发货日期", "Shipped on"), Computed: true, List: true, Filter: true})
	d.Field(&o.BackorderOfID, entity.Field{Label: entity.T("续发自", "Continues"), Ref: "inventory.delivery", Computed: true})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "DO")
	d.State(&o.Status, waiting, ready)
	d.Follows(&o.OrderID, "sales.order")
	d.ReadOnly()
	d.NoDelete()
}

// DeliveryLine is how much of an order line is ready on an open delivery, or left with a shipped one.
type DeliveryLine struct {
	bun.BaseModel `bun:"table:delivery_line,alias:dll"`
	entity.Line

	DeliveryID   id.ID          `bun:"delivery_id,type:uuid,notnull"`
	OrderLineID  id.ID          `bun:"order_line_id,type:uuid,notnull"`
	ProductID    id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity     money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	OpenQuantity money.Quantity `bun:"open_quantity,type:numeric(20,6),notnull"`
}

// Describe says what the columns mean.
func (l *DeliveryLine) Describe(d *entity.Desc) {
	d.Is("inventory.delivery_line", "lines", entity.T("发货明细", "Delivery line"), nil)
	d.Field(&l.DeliveryID, entity.Field{Label: entity.T("发货单", "Delivery"), Ref: "inventory.delivery", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true})
	d.Field(&l.Quantity, entity.Field{
		Label: entity.T("数量", "Quantity"), Computed: true,
		Help: entity.T("未发货时为已备妥的数量，发货后为实发数量", "What is ready; once shipped, what left"),
	})
	d.Field(&l.OpenQuantity, entity.Field{
		Label: entity.T("未发数量", "Open quantity"), Computed: true,
		Help: entity.T("客户尚未收到的数量，含未备妥部分", "What the customer still waits for, ready or not, when the delivery was last touched"),
	})
	d.Measure(&l.Quantity)
	d.Parent(&l.DeliveryID)
}
