package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// VendorReturn is goods of a receipt that go back to their vendor, at the cost at which they came in, before or after they are billed.
type VendorReturn struct {
	bun.BaseModel `bun:"table:vendor_return,alias:vrt"`
	entity.Base

	No              string     `bun:"no,notnull"`
	ReceiptID       id.ID      `bun:"receipt_id,type:uuid,notnull"`
	PurchaseOrderID id.ID      `bun:"purchase_order_id,type:uuid,nullzero"`
	VendorID        id.ID      `bun:"vendor_id,type:uuid,nullzero"`
	LocationID      id.ID      `bun:"location_id,type:uuid,nullzero"`
	Status          string     `bun:"status,notnull"`
	SentOn          clock.Date `bun:"sent_on,type:date,nullzero"`
	Reason          string     `bun:"reason,notnull"`

	Lines []*VendorReturnLine `bun:"-"`
}

// Describe says what the columns mean.
func (o *VendorReturn) Describe(d *entity.Desc) {
	d.Is("inventory.vendor_return", "vendor_returns", entity.T("采购退货单", "Vendor return"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.ReceiptID, entity.Field{Label: entity.T("入库单", "Receipt"), Ref: "inventory.receipt", Required: true, List: true, Filter: true})
	d.Field(&o.PurchaseOrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Computed: true, Filter: true})
	d.Field(&o.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Computed: true, List: true, Filter: true})
	d.Field(&o.LocationID, entity.Field{
		Label: entity.T("出库库位", "From"), Ref: "inventory.location", Filter: true, Help: entity.T("未填写时为入库单的库位", "The receipt's location when left out"),
	})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true, Options: entity.Options(draft, "草稿", "Draft", done, "已退货", "Sent back"),
	})
	d.Field(&o.SentOn, entity.Field{Label: entity.T("退货日期", "Sent back on"), Computed: true, List: true, Filter: true})
	d.Field(&o.Reason, entity.Field{Label: entity.T("原因", "Reason"), Anytime: true, List: true})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "VR")
	d.State(&o.Status, draft)
}

// VendorReturnLine is one product that goes back. Without a purchase line all lines of the receipt with the product count; without a lot, all its lots.
type VendorReturnLine struct {
	bun.BaseModel `bun:"table:vendor_return_line,alias:vrl"`
	entity.Line

	VendorReturnID id.ID          `bun:"vendor_return_id,type:uuid,notnull"`
	PurchaseLineID id.ID          `bun:"purchase_line_id,type:uuid,nullzero"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	LotID          id.ID          `bun:"lot_id,type:uuid,nullzero"`
	Quantity       money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit           string         `bun:"unit,notnull"`
	Value          money.Amount   `bun:"value,type:numeric(20,4),notnull"`
}

// Describe says what the columns mean.
func (l *VendorReturnLine) Describe(d *entity.Desc) {
	d.Is("inventory.vendor_return_line", "lines", entity.T("采购退货明细", "Vendor return line"), nil)
	d.Field(&l.VendorReturnID, entity.Field{Label: entity.T("采购退货单", "Vendor return"), Ref: "inventory.vendor_return", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase line")})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true})
	d.Field(&l.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot"})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true})
	d.Field(&l.Unit, unitField())
	d.Field(&l.Value, entity.Field{Label: entity.T("入库成本", "Cost"), Class: "cost", Computed: true, Help: entity.T("按原入库成本", "As it came in")})
	d.Parent(&l.VendorReturnID)
}
