package production

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of a production order.
const (
	Planned    = "planned"
	Released   = "released"
	InProgress = "in_progress"
	Done       = "done"
	Cancelled  = "cancelled"
)

// Order is a production order: make a quantity of a product from its materials, for a demand or for stock.
type Order struct {
	bun.BaseModel `bun:"table:production_order,alias:po"`
	entity.Base

	No             string         `bun:"no,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity       money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Status         string         `bun:"status,notnull"`
	StartDate      clock.Date     `bun:"start_date,type:date,nullzero"`
	DueDate        clock.Date     `bun:"due_date,type:date,nullzero"`
	BOMID          id.ID          `bun:"bom_id,type:uuid,nullzero"`
	SalesOrderID   id.ID          `bun:"sales_order_id,type:uuid,nullzero"`
	ParentID       id.ID          `bun:"parent_id,type:uuid,nullzero"`
	DemandEntity   string         `bun:"demand_entity,notnull"`
	DemandLineID   id.ID          `bun:"demand_line_id,type:uuid,nullzero"`
	DemandID       id.ID          `bun:"demand_document_id,type:uuid,nullzero"`
	DemandQuantity money.Quantity `bun:"demand_quantity,type:numeric(20,6),notnull"`
	Unneeded       money.Quantity `bun:"unneeded_quantity,type:numeric(20,6),notnull"`
	DoneQuantity   money.Quantity `bun:"done_quantity,type:numeric(20,6),notnull"`
	ScrapQuantity  money.Quantity `bun:"scrap_quantity,type:numeric(20,6),notnull"`
	Rejected       money.Quantity `bun:"rejected_quantity,type:numeric(20,6),notnull"`
	ReworkOfID     id.ID          `bun:"rework_of_id,type:uuid,nullzero"`
	OverPercent    money.Percent  `bun:"over_percent,type:numeric(9,4),notnull"`
	UnderPercent   money.Percent  `bun:"under_percent,type:numeric(9,4),notnull"`
	OverQuantity   money.Quantity `bun:"over_quantity,type:numeric(20,6),notnull"`
	ClosingReason  string         `bun:"closing_reason,notnull"`
	ServiceID      id.ID          `bun:"subcontract_service_id,type:uuid,nullzero"`
	VendorID       id.ID          `bun:"subcontract_vendor_id,type:uuid,nullzero"`
	RequisitionID  id.ID          `bun:"subcontract_requisition_id,type:uuid,nullzero"`
	MaterialCost   money.Amount   `bun:"material_cost,type:numeric(20,4),notnull"`
	LabourCost     money.Amount   `bun:"labour_cost,type:numeric(20,4),notnull"`
	MaterialOut    money.Amount   `bun:"material_absorbed,type:numeric(20,4),notnull"`
	LabourOut      money.Amount   `bun:"labour_absorbed,type:numeric(20,4),notnull"`
	OutputValue    money.Amount   `bun:"output_value,type:numeric(20,4),notnull"`
	UnitCost       money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	ServiceCost    money.Amount   `bun:"subcontract_cost,type:numeric(20,4),notnull"`
	PriceVariance  money.Amount   `bun:"price_variance,type:numeric(20,4),notnull"`
	UsageVariance  money.Amount   `bun:"usage_variance,type:numeric(20,4),notnull"`
	LabourVariance money.Amount   `bun:"labour_variance,type:numeric(20,4),notnull"`
	YieldVariance  money.Amount   `bun:"yield_variance,type:numeric(20,4),notnull"`
	RateVariance   money.Amount   `bun:"labour_rate_variance,type:numeric(20,4),notnull"`
	EffortVariance money.Amount   `bun:"labour_efficiency_variance,type:numeric(20,4),notnull"`
	ReworkVariance money.Amount   `bun:"rework_variance,type:numeric(20,4),notnull"`
	Manual         bool           `bun:"manual,notnull"`
	Note           string         `bun:"note,notnull"`

	Materials  []*Material       `bun:"-"`
	Operations []*Operation      `bun:"-"`
	ByProducts []*OrderByProduct `bun:"-"`

	closing bool `bun:"-"` // a person ends it with what is there
}

// Describe says what a production order means.
func (o *Order) Describe(d *entity.Desc) {
	d.Is("production.production_order", "production_orders", entity.T("生产工单", "Production order"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.ProductID, entity.Field{
		Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, Immutable: true, List: true, Filter: true,
	})
	d.Field(&o.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, Immutable: true, List: true, Total: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Planned, List: true, Filter: true,
		Options: entity.Options(Planned, "已计划", "Planned", Released, "已下达", "Released", InProgress, "生产中", "In progress",
			Done, "已完成", "Done", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&o.StartDate, entity.Field{Label: entity.T("开工日期", "Start date"), Immutable: true, List: true, Filter: true})
	d.Field(&o.DueDate, entity.Field{Label: entity.T("完工日期", "Due date"), Immutable: true, List: true, Filter: true})
	d.Field(&o.BOMID, entity.Field{Label: entity.T("物料清单", "Bill of materials"), Ref: "production.bill_of_materials", Computed: true})
	o.describeDemand(d)
	o.describeOutput(d)
	o.describeCost(d)
	d.Field(&o.Manual, entity.Field{
		Label: entity.T("人工修改", "Changed by hand"), Computed: true, Aside: true,
		Help: entity.T("由人创建或改期，重新计划时保留", "Made or moved by a person, kept by re-planning"),
	})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Virtual("progress", entity.Field{
		Label: entity.T("完成进度 %", "Progress %"), Kind: entity.KindPercent, List: true,
		Expr: "least(100, round(100 * done_quantity / quantity, 4))",
	})
	d.Virtual("late_days", entity.Field{
		Label: entity.T("逾期天数", "Days late"), Kind: entity.KindInt, List: true,
		Expr: "CASE WHEN status IN ('planned', 'released', 'in_progress') AND due_date < {today} THEN {today} - due_date ELSE 0 END",
	})
	d.Number(&o.No, "MO")
	d.State(&o.Status, Planned)
	d.Measure(&o.Quantity, Cancelled)
	d.NoDelete()
	d.Lines(&o.Materials, "materials", entity.T("用料", "Materials"))
	d.Lines(&o.Operations, "operations", entity.T("工序", "Operations"))
	d.Lines(&o.ByProducts, "by_products", entity.T("副产品", "By-products"))
}

// describeDemand says for whom the order is.
func (o *Order) describeDemand(d *entity.Desc) {
	d.Field(&o.SalesOrderID, entity.Field{
		Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Immutable: true, List: true, Filter: true,
	})
	d.Field(&o.ParentID, entity.Field{
		Label: entity.T("上级工单", "Parent order"), Ref: "production.production_order", Computed: true, List: true, Filter: true,
	})
	d.Field(&o.DemandEntity, entity.Field{Label: entity.T("需求类型", "Demand type"), Computed: true, Aside: true})
	d.Field(&o.DemandLineID, entity.Field{Label: entity.T("需求行", "Demand line"), Computed: true, Aside: true})
	d.Field(&o.DemandID, entity.Field{Label: entity.T("需求单据", "Demand document"), Computed: true, Aside: true})
	d.Field(&o.DemandQuantity, entity.Field{Label: entity.T("需求数量", "Demanded quantity"), Computed: true})
	d.Field(&o.Unneeded, entity.Field{
		Label: entity.T("不再需要的数量", "No longer needed"), Computed: true, Aside: true, Filter: true,
		Help: entity.T("下达后取消或减少的需求，待计划员决定", "Demand that was called off after the release; the planner decides what becomes of it"),
	})
}

// describeOutput says how output may differ, and what became of what was not good.
func (o *Order) describeOutput(d *entity.Desc) {
	d.Field(&o.Rejected, entity.Field{Label: entity.T("返工数量", "Rejected for rework"), Computed: true, Total: true})
	d.Field(&o.ReworkOfID, entity.Field{Label: entity.T("返工自", "Rework of"), Ref: "production.production_order", Computed: true, Filter: true})
	d.Field(&o.OverPercent, entity.Field{Label: entity.T("超产容差 %", "Over tolerance %"), Computed: true})
	d.Field(&o.UnderPercent, entity.Field{Label: entity.T("欠产容差 %", "Under tolerance %"), Computed: true})
	d.Field(&o.OverQuantity, entity.Field{
		Label: entity.T("申请超量", "Asked beyond the tolerance"), Computed: true, Aside: true, Help: entity.T("超出容差、待批准的完工数量", "Output beyond the tolerance that awaits an approval"),
	})
	d.Field(&o.ClosingReason, entity.Field{Label: entity.T("结案原因", "Closed because"), Computed: true})
	d.Field(&o.ServiceID, entity.Field{Label: entity.T("委外服务", "Subcontracted as"), Ref: "inventory.product", Computed: true, Filter: true})
	d.Field(&o.VendorID, entity.Field{Label: entity.T("委外供应商", "Subcontractor"), Ref: "purchasing.vendor", Computed: true, Filter: true})
	d.Field(&o.RequisitionID, entity.Field{Label: entity.T("委外申请", "Requisition of the service"), Ref: "purchasing.requisition", Computed: true})
}

// describeCost says what is done and what it has cost so far.
func (o *Order) describeCost(d *entity.Desc) {
	d.Field(&o.DoneQuantity, entity.Field{Label: entity.T("完工数量", "Done"), Computed: true, List: true, Total: true})
	d.Field(&o.ScrapQuantity, entity.Field{Label: entity.T("报废数量", "Scrapped"), Computed: true, List: true, Total: true})
	d.Field(&o.MaterialCost, entity.Field{Label: entity.T("材料成本", "Material cost"), Class: "cost", Computed: true, Signed: true, Total: true})
	d.Field(&o.LabourCost, entity.Field{Label: entity.T("人工成本", "Labour cost"), Class: "cost", Computed: true, Total: true})
	d.Field(&o.MaterialOut, entity.Field{Label: entity.T("已结转材料成本", "Material cost handed over"), Class: "cost", Computed: true, Signed: true})
	d.Field(&o.LabourOut, entity.Field{Label: entity.T("已结转人工成本", "Labour cost handed over"), Class: "cost", Computed: true})
	d.Field(&o.OutputValue, entity.Field{Label: entity.T("产出价值", "Value of output"), Class: "cost", Computed: true, Signed: true, Total: true})
	d.Field(&o.UnitCost, entity.Field{
		Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", Computed: true, Signed: true, List: true,
	})
	d.Field(&o.ServiceCost, entity.Field{
		Label: entity.T("委外成本", "Cost of subcontracting"), Class: "cost", Computed: true, Total: true, Help: entity.T("含于人工成本", "Part of the labour cost"),
	})
	variance := func(p any, zh, en string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Class: "cost", Computed: true, Signed: true, Total: true})
	}
	variance(&o.PriceVariance, "材料价格差异", "Material price variance")
	variance(&o.UsageVariance, "材料用量差异", "Material usage variance")
	variance(&o.LabourVariance, "人工差异", "Labour variance")
	variance(&o.RateVariance, "人工与机器费率差异", "Labour rate variance")
	variance(&o.EffortVariance, "人工与机器效率差异", "Labour efficiency variance")
	variance(&o.YieldVariance, "批量与报废差异", "Lot size and scrap variance")
	variance(&o.ReworkVariance, "返工差异", "Rework variance")
}

// open returns how much is still to be made.
func (o *Order) open() money.Quantity {
	return money.Max(money.Zero(), o.Quantity.Sub(o.processed()))
}

// processed is how much went through the shop floor: good, scrapped, or rejected.
func (o *Order) processed() money.Quantity {
	return o.DoneQuantity.Add(o.ScrapQuantity).Add(o.Rejected)
}

// active tells that the order still wants materials and will give goods.
func (o *Order) active() bool {
	return o.Status == Planned || o.Status == Released || o.Status == InProgress
}

// material returns a material by its id, or nil.
func (o *Order) material(key id.ID) *Material {
	for _, m := range o.Materials {
		if m.ID == key {
			return m
		}
	}
	return nil
}
