package production

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// BillOfMaterials says what a product is made of. A product may have several whose validity does not overlap; one is valid at once.
type BillOfMaterials struct {
	bun.BaseModel `bun:"table:bill_of_materials,alias:bm"`
	entity.Base

	No             string         `bun:"no,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	OutputQuantity money.Quantity `bun:"output_quantity,type:numeric(20,6),notnull"`
	Unit           string         `bun:"unit,notnull"`
	Revision       string         `bun:"revision,notnull"`
	Active         bool           `bun:"active,notnull"`
	Phantom        bool           `bun:"phantom,notnull"`
	RoutingID      id.ID          `bun:"routing_id,type:uuid,nullzero"`
	OverPercent    money.Percent  `bun:"over_percent,type:numeric(9,4),notnull"`
	UnderPercent   money.Percent  `bun:"under_percent,type:numeric(9,4),notnull"`
	ServiceID      id.ID          `bun:"subcontract_service_id,type:uuid,nullzero"`
	ValidFrom      clock.Date     `bun:"valid_from,type:date,nullzero"`
	ValidTo        clock.Date     `bun:"valid_to,type:date,nullzero"`
	Note           string         `bun:"note,notnull"`

	Lines      []*BOMLine   `bun:"-"`
	ByProducts []*ByProduct `bun:"-"`
	Alternates []*Alternate `bun:"-"`
}

// Describe says what a bill of materials means.
func (b *BillOfMaterials) Describe(d *entity.Desc) {
	d.Is("production.bill_of_materials", "bills_of_materials", entity.T("物料清单", "Bill of materials"), &b.No)
	d.Field(&b.No, entity.Field{Label: entity.T("编号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&b.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Filter: true})
	d.Field(&b.OutputQuantity, entity.Field{
		Label: entity.T("产出数量", "Output quantity"), Default: "1", Positive: true, List: true,
		Help: entity.T("下列用料所产出的产品数量", "How much of the product the lines below make"),
	})
	d.Field(&b.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code",
		Help: entity.T("产出数量的单位，默认为产品单位", "The unit of the output quantity; by default the product's own"),
	})
	d.Field(&b.Revision, entity.Field{Label: entity.T("版次", "Revision"), List: true, Search: true})
	d.Field(&b.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Field(&b.Phantom, entity.Field{
		Label: entity.T("虚拟件", "Phantom"), Filter: true,
		Help: entity.T("不单独生产：用到该产品处直接展开其用料", "Never made for itself: wherever the product is used, its lines are used instead"),
	})
	d.Field(&b.RoutingID, entity.Field{Label: entity.T("工艺路线", "Routing"), Ref: "production.routing", List: true})
	d.Field(&b.OverPercent, entity.Field{
		Label: entity.T("超产容差 %", "Over tolerance %"), NotNeg: true, Help: entity.T("完工数量可超出工单的比例", "How much more than ordered may be made"),
	})
	d.Field(&b.UnderPercent, entity.Field{
		Label: entity.T("欠产容差 %", "Under tolerance %"), NotNeg: true, Help: entity.T("少于工单数量仍可结案的比例", "With how much less than ordered an order may be closed"),
	})
	d.Field(&b.ServiceID, entity.Field{
		Label: entity.T("委外服务", "Subcontracted as"), Ref: "inventory.product",
		Help: entity.T("由供应商加工：所采购的服务产品", "Made by a vendor: the service that is bought for each unit"),
	})
	d.Field(&b.ValidFrom, entity.Field{Label: entity.T("生效日期", "Valid from"), List: true, Help: entity.T("空表示一直有效", "None: always")})
	d.Field(&b.ValidTo, entity.Field{Label: entity.T("失效日期", "Valid to"), List: true, Help: entity.T("不含当日", "Exclusive")})
	d.Field(&b.Note, entity.Field{Label: entity.T("备注", "Note")})
	d.Number(&b.No, "BOM")
	d.Lines(&b.Lines, "lines", entity.T("用料", "Components"))
	d.Lines(&b.ByProducts, "by_products", entity.T("副产品", "By-products"))
	d.Lines(&b.Alternates, "alternates", entity.T("替代料", "Alternates"))
}

// BOMLine is one component of a bill of materials.
type BOMLine struct {
	bun.BaseModel `bun:"table:bom_line,alias:bl"`
	entity.Line

	BillID       id.ID          `bun:"bill_id,type:uuid,notnull"`
	ComponentID  id.ID          `bun:"component_id,type:uuid,notnull"`
	Quantity     money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit         string         `bun:"unit,notnull"`
	ScrapPercent money.Percent  `bun:"scrap_percent,type:numeric(9,4),notnull"`
	Fixed        bool           `bun:"fixed,notnull"`
	Phantom      bool           `bun:"phantom,notnull"`
	ValidFrom    clock.Date     `bun:"valid_from,type:date,nullzero"`
	ValidTo      clock.Date     `bun:"valid_to,type:date,nullzero"`
}

// Describe says what a component line means.
func (l *BOMLine) Describe(d *entity.Desc) {
	d.Is("production.bom_line", "bom_lines", entity.T("用料", "Component"), nil)
	d.Field(&l.BillID, entity.Field{Label: entity.T("物料清单", "Bill of materials"), Ref: "production.bill_of_materials", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&l.ComponentID, entity.Field{Label: entity.T("组件", "Component"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&l.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true,
		Help: entity.T("默认为组件自身的单位", "By default the component's own"),
	})
	d.Field(&l.ScrapPercent, entity.Field{
		Label: entity.T("损耗率 %", "Scrap %"), NotNeg: true, List: true,
		Help: entity.T("领用量中损耗的比例", "The share of what is taken that is lost"),
	})
	d.Field(&l.Fixed, entity.Field{
		Label: entity.T("固定用量", "Fixed"), Help: entity.T("用量不随产量变化", "The same for any quantity that is made"),
	})
	d.Field(&l.Phantom, entity.Field{
		Label: entity.T("虚拟件", "Phantom"), Help: entity.T("直接展开组件自己的用料", "The component's own lines are used in its place"),
	})
	d.Field(&l.ValidFrom, entity.Field{Label: entity.T("生效日期", "Valid from")})
	d.Field(&l.ValidTo, entity.Field{Label: entity.T("失效日期", "Valid to"), Help: entity.T("不含当日", "Exclusive")})
	d.Parent(&l.BillID)
}

// ByProduct is what making the product yields besides.
type ByProduct struct {
	bun.BaseModel `bun:"table:bom_by_product,alias:bp"`
	entity.Line

	BillID      id.ID          `bun:"bill_id,type:uuid,notnull"`
	ProductID   id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity    money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	CostPercent money.Percent  `bun:"cost_percent,type:numeric(9,4),notnull"`
}

// Describe says what a by-product means.
func (l *ByProduct) Describe(d *entity.Desc) {
	d.Is("production.by_product", "by_products", entity.T("副产品", "By-product"), nil)
	d.Field(&l.BillID, entity.Field{Label: entity.T("物料清单", "Bill of materials"), Ref: "production.bill_of_materials", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&l.CostPercent, entity.Field{
		Label: entity.T("成本占比 %", "Cost share %"), NotNeg: true, List: true,
		Help: entity.T("副产品承担的成本比例", "The share of the cost that the by-product bears"),
	})
	d.Parent(&l.BillID)
}
