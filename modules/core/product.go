package core

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Product is what the company buys, makes, stores, renders and sells.
type Product struct {
	bun.BaseModel `bun:"table:product,alias:p"`
	entity.Base

	Number       string         `bun:"number,notnull"`
	Name         string         `bun:"name,notnull"`
	Type         string         `bun:"type,notnull"`
	Unit         string         `bun:"unit,notnull"`
	Category     string         `bun:"category,nullzero"`
	Supply       string         `bun:"supply,notnull"`
	SupplyPolicy string         `bun:"supply_policy,notnull"`
	StandardCost money.Price    `bun:"standard_cost,type:numeric(20,6),notnull"`
	ListPrice    money.Price    `bun:"list_price,type:numeric(20,6),notnull"`
	SafetyStock  money.Quantity `bun:"safety_stock,type:numeric(20,6),notnull"`
	ReorderPoint money.Quantity `bun:"reorder_point,type:numeric(20,6),notnull"`
	TargetStock  money.Quantity `bun:"target_stock,type:numeric(20,6),notnull"`
	LeadTimeDays int            `bun:"lead_time_days,notnull"`
	Weight       money.Quantity `bun:"weight,type:numeric(20,6),notnull"`
	Tracking     string         `bun:"tracking,notnull"`
	CostMethod   string         `bun:"cost_method,nullzero"`
	TaxID        id.ID          `bun:"tax_id,type:uuid,nullzero"`
	Description  string         `bun:"description,notnull"`
	Active       bool           `bun:"active,notnull"`

	Units []*ProductUnit `bun:"-"`
}

// Describe says what a product's columns mean.
func (p *Product) Describe(d *entity.Desc) {
	d.Is("inventory.product", "products", entity.T("产品", "Product"), &p.Name)
	d.Field(&p.Number, entity.Field{Label: entity.T("产品编号", "Product number"), Required: true, Unique: true, List: true, Filter: true, Search: true})
	d.Field(&p.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	p.describeUse(d)
	p.describeSupply(d)
	p.describeValue(d)
	d.Field(&p.Description, entity.Field{Label: entity.T("说明", "Description")})
	d.Field(&p.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Lines(&p.Units, "units", entity.T("专用计量单位", "Units of this product"))
	d.Key(&p.Number)
}

func (p *Product) describeUse(d *entity.Desc) {
	d.Field(&p.Type, entity.Field{
		Label: entity.T("类型", "Type"), Required: true, Immutable: true, List: true, Filter: true,
		Help:    entity.T("库存产品记录结存；服务通过项目交付；耗材不记录结存", "Balances are kept of stock; services are rendered by projects; of consumables no balances are kept"),
		Options: entity.Options("stock", "库存产品", "Stock", "service", "服务", "Service", "consumable", "耗材", "Consumable"),
	})
	d.Field(&p.Unit, entity.Field{Label: entity.T("计量单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", Required: true, Immutable: true, List: true})
	d.Field(&p.Category, entity.Field{Label: entity.T("产品类别", "Category"), Ref: "inventory.product_category", RefBy: "code", Default: "general", List: true, Filter: true})
	d.Field(&p.Weight, entity.Field{
		Label: entity.T("重量（kg）", "Weight (kg)"), NotNeg: true, Help: entity.T("一个计量单位的重量", "Of one, in the product's unit"),
	})
	d.Field(&p.Tracking, entity.Field{
		Label: entity.T("追踪方式", "Tracking"), Default: "none", Filter: true,
		Options: entity.Options("none", "不追踪", "None", "lot", "按批次", "By lot", "serial", "按序列号", "By serial number"),
	})
}

func (p *Product) describeSupply(d *entity.Desc) {
	d.Field(&p.Supply, entity.Field{
		Label: entity.T("供应方式", "Supply"), Default: "buy", List: true, Filter: true,
		Options: entity.Options("make", "自制", "Make", "buy", "外购", "Buy"),
	})
	d.Field(&p.SupplyPolicy, entity.Field{
		Label: entity.T("供应策略", "Supply policy"), Default: "split", Filter: true,
		Help: entity.T("从库存：缺货时等待补货；按单：不占用现有库存，按订单采购或生产；先库存后补足：先用库存，不足部分采购或生产",
			"From stock: what is missing waits; to order: stock is left alone and the order is supplied for itself; stock first: what is there is taken and the rest supplied"),
		Options: entity.Options("stock", "从库存", "From stock", "order", "按单供应", "To order", "split", "先库存后补足", "Stock first, supply the rest"),
	})
	d.Field(&p.SafetyStock, entity.Field{Label: entity.T("安全库存", "Safety stock")})
	d.Field(&p.ReorderPoint, entity.Field{Label: entity.T("再订货点", "Reorder point")})
	d.Field(&p.TargetStock, entity.Field{
		Label: entity.T("目标库存", "Target stock"), NotNeg: true,
		Help: entity.T("补货后的库存；为零时补到安全库存与再订货点中的较大者", "What replenishment fills up to; without one, the larger of safety stock and reorder point"),
	})
	d.Field(&p.LeadTimeDays, entity.Field{Label: entity.T("提前期（天）", "Lead time in days"), NotNeg: true})
}

func (p *Product) describeValue(d *entity.Desc) {
	d.Field(&p.StandardCost, entity.Field{Label: entity.T("标准成本", "Standard cost"), Kind: entity.KindPrice, Class: "cost"})
	d.Field(&p.ListPrice, entity.Field{Label: entity.T("目录价", "List price"), Kind: entity.KindPrice, Class: "price", List: true})
	d.Field(&p.CostMethod, entity.Field{
		Label: entity.T("计价方法", "Cost method"), Filter: true,
		Help:    entity.T("未填写时使用产品类别的计价方法", "When empty, the category's applies"),
		Options: costMethods(),
	})
	d.Field(&p.TaxID, entity.Field{Label: entity.T("默认税率", "Default tax"), Ref: "finance.tax", Filter: true})
}

// costMethods are the ways to value stock.
func costMethods() []entity.Option {
	return entity.Options("average", "移动加权平均", "Moving average", "fifo", "先进先出", "First in, first out", "standard", "标准成本", "Standard cost")
}

// ProductUnit is a unit that means something for this product only: a box of 6 has numerator 6 and denominator 1.
type ProductUnit struct {
	bun.BaseModel `bun:"table:product_unit,alias:pu"`
	entity.Line

	ProductID   id.ID          `bun:"product_id,type:uuid,notnull"`
	Unit        string         `bun:"unit,notnull"`
	Numerator   money.Quantity `bun:"numerator,type:numeric(20,6),notnull"`
	Denominator money.Quantity `bun:"denominator,type:numeric(20,6),notnull"`
}

// Describe says what the columns mean.
func (u *ProductUnit) Describe(d *entity.Desc) {
	d.Is("inventory.product_unit", "units", entity.T("专用计量单位", "Unit of a product"), nil)
	d.Field(&u.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true})
	d.Field(&u.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&u.Unit, entity.Field{Label: entity.T("计量单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", Required: true})
	d.Field(&u.Numerator, entity.Field{
		Label: entity.T("换算分子", "Numerator"), Required: true, Positive: true,
		Help: entity.T("1 个该单位 = 分子 ÷ 分母 个产品自身单位", "One of this unit is numerator ÷ denominator of the product's own unit"),
	})
	d.Field(&u.Denominator, entity.Field{Label: entity.T("换算分母", "Denominator"), Default: "1", Positive: true})
	d.Parent(&u.ProductID)
}

// prepareProducts refuses a unit that is given twice, or that is the product's own.
func prepareProducts(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Product]) error {
	var bad fault.Fields
	var told coreevent.StandardCostsChanged
	for _, c := range changes {
		if c.Old != nil && !c.New.StandardCost.Equal(c.Old.StandardCost) {
			told.Items = append(told.Items, coreevent.StandardCost{ProductID: c.New.ID, No: c.New.Number, Cost: c.New.StandardCost})
		}
		seen := map[string]bool{c.New.Unit: true}
		for i, u := range c.New.Units {
			if seen[u.Unit] {
				bad.Add(fmt.Sprintf("units[%d].unit", i), "unit.twice", "单位 %s 重复或就是产品自身的单位", "Unit %s is given twice or is the product's own", u.Unit)
			}
			seen[u.Unit] = true
		}
	}
	if err := bad.Err(); err != nil || len(told.Items) == 0 {
		forget(tx)
		return err
	}
	err := record.Emit(ctx, tx, told)
	forget(tx) // who heard of it has asked what the products were
	return err
}
