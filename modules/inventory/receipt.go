package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Receipt is what a vendor owes, or what came in at once. A purchase order has one open receipt: what does not come goes on a new one.
type Receipt struct {
	bun.BaseModel `bun:"table:receipt,alias:rct"`
	entity.Base

	No              string     `bun:"no,notnull"`
	PurchaseOrderID id.ID      `bun:"purchase_order_id,type:uuid,notnull"`
	PurchaseOrderNo string     `bun:"purchase_order_no,notnull"`
	VendorID        id.ID      `bun:"vendor_id,type:uuid,nullzero"`
	LocationID      id.ID      `bun:"location_id,type:uuid,notnull"`
	Status          string     `bun:"status,notnull"`
	ExpectedDate    clock.Date `bun:"expected_date,type:date,nullzero"`
	ReceivedOn      clock.Date `bun:"received_on,type:date,nullzero"`
	RestOfID        id.ID      `bun:"rest_of_id,type:uuid,nullzero"`

	OverQuantity money.Quantity `bun:"over_quantity,type:numeric(20,6),notnull"`

	Lines []*ReceiptLine `bun:"-"`
}

// Describe says what a receipt's columns mean.
func (o *Receipt) Describe(d *entity.Desc) {
	d.Is("inventory.receipt", "receipts", entity.T("入库单", "Receipt"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.PurchaseOrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Computed: true, Filter: true})
	d.Field(&o.PurchaseOrderNo, entity.Field{Label: entity.T("采购订单号", "Purchase order no."), Computed: true, List: true, Search: true})
	d.Field(&o.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Computed: true, List: true, Filter: true})
	d.Field(&o.LocationID, entity.Field{Label: entity.T("入库库位", "Location"), Ref: "inventory.location", Computed: true, List: true, Filter: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true,
		Options: entity.Options(waiting, "待入库", "Waiting", received, "已入库", "Received", cancelled, "已取消", "Cancelled"),
	})
	d.Field(&o.ExpectedDate, entity.Field{Label: entity.T("预计到货", "Expected"), Computed: true, List: true, Filter: true})
	d.Field(&o.ReceivedOn, entity.Field{Label: entity.T("入库日期", "Received on"), Computed: true, List: true, Filter: true})
	d.Field(&o.RestOfID, entity.Field{Label: entity.T("续收自", "Continues"), Ref: "inventory.receipt", Computed: true})
	d.Field(&o.OverQuantity, entity.Field{
		Label: entity.T("申请超收", "Asked beyond the tolerance"), Computed: true, Aside: true,
		Help: entity.T("超出未入库数量与容差、待批准的数量", "More than is open and tolerated; it awaits an approval"),
	})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "RC")
	d.State(&o.Status, waiting)
	d.ReadOnly()
	d.NoDelete()
}

// ReceiptLine is how much of a purchase line is still to come, or came in.
type ReceiptLine struct {
	bun.BaseModel `bun:"table:receipt_line,alias:rcl"`
	entity.Line

	ReceiptID      id.ID          `bun:"receipt_id,type:uuid,notnull"`
	PurchaseLineID id.ID          `bun:"purchase_line_id,type:uuid,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity       money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	UnitCost       money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	ExpectedDate   clock.Date     `bun:"expected_date,type:date,nullzero"`

	ToleranceQuantity money.Quantity `bun:"tolerance_quantity,type:numeric(20,6),notnull"`
}

// Describe says what the columns mean.
func (l *ReceiptLine) Describe(d *entity.Desc) {
	d.Is("inventory.receipt_line", "lines", entity.T("入库明细", "Receipt line"), nil)
	d.Field(&l.ReceiptID, entity.Field{Label: entity.T("入库单", "Receipt"), Ref: "inventory.receipt", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase line"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true})
	d.Field(&l.UnitCost, entity.Field{Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", Computed: true})
	d.Field(&l.ExpectedDate, entity.Field{Label: entity.T("预计到货", "Expected"), Computed: true})
	d.Field(&l.ToleranceQuantity, entity.Field{
		Label: entity.T("可超收数量", "Tolerance"), Computed: true, Help: entity.T("采购允许超过未入库数量的部分", "How much more than is open the purchase allows to come in"),
	})
	d.Parent(&l.ReceiptID)
}
