package production

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Material is a component that a production order takes, in the component's own unit.
type Material struct {
	bun.BaseModel `bun:"table:production_material,alias:pm"`
	entity.Line

	OrderID          id.ID          `bun:"order_id,type:uuid,notnull"`
	ProductID        id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity         money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	IssuedQuantity   money.Quantity `bun:"issued_quantity,type:numeric(20,6),notnull"`
	ReservedQuantity money.Quantity `bun:"reserved_quantity,type:numeric(20,6),notnull"`
	IssuedCost       money.Amount   `bun:"issued_cost,type:numeric(20,4),notnull"`
	NeedBy           clock.Date     `bun:"need_by,type:date,nullzero"`
	Instead          id.ID          `bun:"substitute_for_id,type:uuid,nullzero"`
}

// Describe says what a material means.
func (m *Material) Describe(d *entity.Desc) {
	d.Is("production.material", "materials", entity.T("工单用料", "Material"), nil)
	d.Field(&m.OrderID, entity.Field{Label: entity.T("生产工单", "Production order"), Ref: "production.production_order", Computed: true})
	d.Field(&m.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&m.ProductID, entity.Field{Label: entity.T("组件", "Component"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&m.Quantity, entity.Field{Label: entity.T("需用数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&m.IssuedQuantity, entity.Field{Label: entity.T("已领数量", "Issued"), Computed: true, List: true})
	d.Field(&m.ReservedQuantity, entity.Field{Label: entity.T("已预留数量", "Reserved"), Computed: true, List: true})
	d.Field(&m.IssuedCost, entity.Field{Label: entity.T("领料成本", "Cost issued"), Class: "cost", Computed: true, Signed: true})
	d.Field(&m.NeedBy, entity.Field{Label: entity.T("需用日期", "Need by"), Computed: true, List: true})
	d.Field(&m.Instead, entity.Field{
		Label: entity.T("替代", "In place of"), Ref: "inventory.product", Computed: true,
		Help: entity.T("所替代的物料清单组件", "The component of the bill of materials that it stands in for"),
	})
	d.Parent(&m.OrderID)
}

// left returns how much is still to be issued.
func (m *Material) left() money.Quantity {
	return money.Max(money.Zero(), m.Quantity.Sub(m.IssuedQuantity))
}

// Operation is one step of work on a production order, in minutes.
type Operation struct {
	bun.BaseModel `bun:"table:production_operation,alias:pp"`
	entity.Line

	OrderID        id.ID          `bun:"order_id,type:uuid,notnull"`
	Name           string         `bun:"name,notnull"`
	WorkCenterID   id.ID          `bun:"work_center_id,type:uuid,notnull"`
	PlannedMinutes money.Quantity `bun:"planned_minutes,type:numeric(20,6),notnull"`
	ActualMinutes  money.Quantity `bun:"actual_minutes,type:numeric(20,6),notnull"`
	Cost           money.Amount   `bun:"cost,type:numeric(20,4),notnull"`
	PlannedStart   clock.Date     `bun:"planned_start,type:date,nullzero"`
	PlannedEnd     clock.Date     `bun:"planned_end,type:date,nullzero"`

	ServiceID       id.ID          `bun:"subcontract_service_id,type:uuid,nullzero"`
	ServiceQuantity money.Quantity `bun:"subcontract_quantity,type:numeric(20,6),notnull"`
	Received        money.Quantity `bun:"received_quantity,type:numeric(20,6),notnull"`
	RequisitionID   id.ID          `bun:"requisition_id,type:uuid,nullzero"`
	PurchaseLineID  id.ID          `bun:"purchase_line_id,type:uuid,nullzero"`
	VendorID        id.ID          `bun:"vendor_id,type:uuid,nullzero"`
	LeadDays        int            `bun:"lead_days,notnull"`
}

// Describe says what an operation means.
func (p *Operation) Describe(d *entity.Desc) {
	d.Is("production.operation", "operations", entity.T("工单工序", "Operation"), &p.Name)
	d.Field(&p.OrderID, entity.Field{Label: entity.T("生产工单", "Production order"), Ref: "production.production_order", Computed: true})
	d.Field(&p.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&p.Name, entity.Field{Label: entity.T("名称", "Name"), List: true})
	d.Field(&p.WorkCenterID, entity.Field{Label: entity.T("工作中心", "Work centre"), Ref: "production.work_center", Required: true, List: true})
	d.Field(&p.PlannedMinutes, entity.Field{Label: entity.T("计划分钟", "Planned minutes"), NotNeg: true, List: true})
	d.Field(&p.ActualMinutes, entity.Field{Label: entity.T("实际分钟", "Actual minutes"), Computed: true, List: true})
	d.Field(&p.PlannedStart, entity.Field{Label: entity.T("计划开始", "Planned start"), Computed: true, List: true})
	d.Field(&p.PlannedEnd, entity.Field{Label: entity.T("计划结束", "Planned end"), Computed: true, List: true})
	d.Field(&p.Cost, entity.Field{Label: entity.T("人工成本", "Labour cost"), Class: "cost", Computed: true})
	p.describeService(d)
	d.Parent(&p.OrderID)
}

// describeService says what a vendor does of it.
func (p *Operation) describeService(d *entity.Desc) {
	d.Field(&p.ServiceID, entity.Field{Label: entity.T("委外服务", "Subcontracted as"), Ref: "inventory.product", Computed: true, List: true})
	d.Field(&p.ServiceQuantity, entity.Field{Label: entity.T("委外数量", "Quantity for the vendor"), Computed: true})
	d.Field(&p.Received, entity.Field{Label: entity.T("委外已收数量", "Received from the vendor"), Computed: true, List: true})
	d.Field(&p.RequisitionID, entity.Field{Label: entity.T("委外申请", "Requisition of the service"), Ref: "purchasing.requisition", Computed: true})
	d.Field(&p.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase line"), Computed: true, Aside: true})
	d.Field(&p.VendorID, entity.Field{Label: entity.T("委外供应商", "Subcontractor"), Ref: "purchasing.vendor", Computed: true, List: true})
	d.Field(&p.LeadDays, entity.Field{Label: entity.T("委外天数", "Days at the vendor"), Computed: true})
	d.Virtual("finished", entity.Field{
		Label: entity.T("委外已完成", "Vendor has finished"), Kind: entity.KindBool, List: true,
		Expr: "subcontract_service_id IS NOT NULL AND received_quantity >= subcontract_quantity",
	})
}

// OrderByProduct is what a production order yields besides its product.
type OrderByProduct struct {
	bun.BaseModel `bun:"table:production_by_product,alias:pb"`
	entity.Line

	OrderID      id.ID          `bun:"order_id,type:uuid,notnull"`
	ProductID    id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity     money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	DoneQuantity money.Quantity `bun:"done_quantity,type:numeric(20,6),notnull"`
	CostPercent  money.Percent  `bun:"cost_percent,type:numeric(9,4),notnull"`
	DoneValue    money.Amount   `bun:"done_value,type:numeric(20,4),notnull"`
}

// Describe says what a production order's by-product means.
func (b *OrderByProduct) Describe(d *entity.Desc) {
	d.Is("production.order_by_product", "order_by_products", entity.T("工单副产品", "By-product of an order"), nil)
	d.Field(&b.OrderID, entity.Field{Label: entity.T("生产工单", "Production order"), Ref: "production.production_order", Computed: true})
	d.Field(&b.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&b.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true})
	d.Field(&b.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true, List: true})
	d.Field(&b.DoneQuantity, entity.Field{Label: entity.T("已产出数量", "Done"), Computed: true, List: true})
	d.Field(&b.CostPercent, entity.Field{Label: entity.T("成本占比 %", "Cost share %"), Computed: true, List: true})
	d.Field(&b.DoneValue, entity.Field{Label: entity.T("已产出金额", "Value done"), Class: "cost", Computed: true, Total: true})
	d.Parent(&b.OrderID)
}
