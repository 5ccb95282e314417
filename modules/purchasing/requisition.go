package purchasing

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
)

// The states of requisitions and purchase orders.
const (
	Draft     = "draft"
	Approved  = "approved"
	Ordered   = "ordered"
	Confirmed = "confirmed"
	Received  = "received"
	Billed    = "billed"
	Done      = "done"
	Cancelled = "cancelled"

	pending = "pending_approval"
)

// Requisition is a request to buy: for one demand, exactly what it lacks.
type Requisition struct {
	bun.BaseModel `bun:"table:requisition,alias:rq"`
	entity.Base

	No                string         `bun:"no,notnull"`
	ProductID         id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity          money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	UnneededQuantity  money.Quantity `bun:"unneeded_quantity,type:numeric(20,6),notnull"`
	NeedBy            clock.Date     `bun:"need_by,type:date,nullzero"`
	ExpectedDate      clock.Date     `bun:"expected_date,type:date,nullzero"`
	VendorID          id.ID          `bun:"vendor_id,type:uuid,nullzero"`
	VendorPriceID     id.ID          `bun:"vendor_price_id,type:uuid,nullzero"`
	Price             money.Price    `bun:"price,type:numeric(20,6),notnull"`
	Currency          string         `bun:"currency,notnull"`
	Status            string         `bun:"status,notnull"`
	SalesOrderID      id.ID          `bun:"sales_order_id,type:uuid,nullzero"`
	ProductionOrderID id.ID          `bun:"production_order_id,type:uuid,nullzero"`
	PurchaseOrderID   id.ID          `bun:"purchase_order_id,type:uuid,nullzero"`
	PurchaseLineID    id.ID          `bun:"purchase_line_id,type:uuid,nullzero"`
	DemandEntity      string         `bun:"demand_entity,notnull"`
	DemandLineID      id.ID          `bun:"demand_line_id,type:uuid,nullzero"`
	DemandID          id.ID          `bun:"demand_document_id,type:uuid,nullzero"`
	DemandNo          string         `bun:"demand_document_no,notnull"`
	Manual            bool           `bun:"manual,notnull"`
	Note              string         `bun:"note,notnull"`

	QuantityByHand bool `bun:"quantity_by_hand,notnull"`
}

// Describe says what a requisition means.
func (r *Requisition) Describe(d *entity.Desc) {
	d.Is("purchasing.requisition", "requisitions", entity.T("采购申请", "Requisition"), &r.No)
	d.Field(&r.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&r.ProductID, entity.Field{
		Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, Immutable: true, List: true, Filter: true,
	})
	d.Field(&r.Quantity, entity.Field{
		Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true, Help: entity.T("以产品单位计", "In the product's own unit"),
	})
	d.Field(&r.UnneededQuantity, entity.Field{
		Label: entity.T("不再需要的数量", "No longer needed"), Computed: true, Aside: true,
		Help: entity.T("下单后取消或减少的需求；采购订单取消时随之减少", "Demand that was called off after ordering; it is taken off when the purchase order is cancelled"),
	})
	d.Field(&r.NeedBy, entity.Field{Label: entity.T("需用日期", "Need by"), List: true, Filter: true})
	d.Field(&r.ExpectedDate, entity.Field{Label: entity.T("预计到货", "Expected"), Computed: true, Aside: true, List: true})
	d.Field(&r.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", List: true, Filter: true})
	d.Field(&r.VendorPriceID, entity.Field{Label: entity.T("供应商价格", "Vendor price"), Ref: "purchasing.vendor_price", Computed: true, Aside: true})
	d.Field(&r.Price, entity.Field{
		Label: entity.T("单价", "Price"), Kind: entity.KindPrice, Class: "cost", NotNeg: true, List: true,
		Help: entity.T("不含税，每产品单位", "Without tax, for one of the product's own unit"),
	})
	d.Field(&r.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", Computed: true, List: true})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Draft, List: true, Filter: true,
		Options: entity.Options(Draft, "草稿", "Draft", Approved, "已批准", "Approved", Ordered, "已下单", "Ordered", Received, "已收货", "Received",
			Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&r.SalesOrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Computed: true, List: true, Filter: true})
	d.Field(&r.ProductionOrderID, entity.Field{
		Label: entity.T("生产工单", "Production order"), Ref: "production.production_order", Computed: true, List: true, Filter: true,
	})
	d.Field(&r.PurchaseOrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", Computed: true, List: true, Filter: true})
	d.Field(&r.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase line"), Computed: true, Aside: true})
	d.Field(&r.DemandEntity, entity.Field{Label: entity.T("需求类型", "Demand type"), Computed: true, Aside: true})
	d.Field(&r.DemandLineID, entity.Field{Label: entity.T("需求行", "Demand line"), Computed: true, Aside: true})
	d.Field(&r.DemandID, entity.Field{Label: entity.T("需求单据", "Demand document"), Computed: true, Aside: true})
	d.Field(&r.DemandNo, entity.Field{Label: entity.T("需求单号", "Demanded by"), Computed: true, Aside: true, List: true, Search: true})
	d.Field(&r.Manual, entity.Field{
		Label: entity.T("人工修改", "Changed by hand"), Computed: true, Aside: true, Help: entity.T("采购员改动过，重新计划时保留", "A buyer's change, kept by re-planning"),
	})
	d.Field(&r.QuantityByHand, entity.Field{
		Label: entity.T("数量由人工确定", "Quantity set by hand"), Computed: true, Aside: true, Filter: true,
		Help: entity.T("需求减少时数量不变，只记录不再需要的数量并提醒采购员", "It stays when the need shrinks; what is no longer needed is noted and the buyer is told"),
	})
	d.Field(&r.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Virtual("late_days", entity.Field{
		Label: entity.T("晚到天数", "Days late"), Kind: entity.KindInt, List: true,
		Expr: "CASE WHEN status IN ('draft', 'approved', 'ordered') THEN greatest(0, greatest(expected_date, {today}) - need_by) ELSE 0 END",
	})
	d.Number(&r.No, "PR")
	d.State(&r.Status, Draft)
	d.Measure(&r.Quantity, Cancelled)
	d.NoDelete()
}

// told is the requisition as other modules see it.
func (r *Requisition) told() purchasingevent.Requisition {
	return purchasingevent.Requisition{
		ID: r.ID, No: r.No, ProductID: r.ProductID, Quantity: r.Quantity, NeedBy: r.NeedBy, Expected: r.ExpectedDate, Demand: inventoryevent.Demand{
			Entity: r.DemandEntity, LineID: r.DemandLineID, DocumentID: r.DemandID, DocumentNo: r.DemandNo, SalesOrderID: r.SalesOrderID,
		},
	}
}

// forDemand tells that somebody waits for it.
func (r *Requisition) forDemand() bool { return !r.DemandLineID.IsZero() }
