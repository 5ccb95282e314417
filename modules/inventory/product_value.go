package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// ProductValue is how much of a product the company owns, wherever it lies, and what it is worth. It follows from the moves; its row is locked by
// everyone who values one.
type ProductValue struct {
	bun.BaseModel `bun:"table:product_value,alias:pv"`
	entity.Base

	ProductID id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity  money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Value     money.Amount   `bun:"value,type:numeric(20,4),notnull"`
	LastCost  money.Price    `bun:"last_cost,type:numeric(20,6),notnull"`
}

// Describe says what the columns mean.
func (v *ProductValue) Describe(d *entity.Desc) {
	d.Is("inventory.product_value", "product_values", entity.T("库存金额", "Stock value"), nil)
	d.Field(&v.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, Unique: true, List: true, Filter: true})
	d.Field(&v.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true, Signed: true, List: true})
	d.Field(&v.Value, entity.Field{Label: entity.T("金额", "Value"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&v.LastCost, entity.Field{Label: entity.T("最近入库成本", "Last cost"), Kind: entity.KindPrice, Class: "cost", Computed: true, List: true})
	d.Derived()
}

// CostLayer is goods that came in at one cost and are valued first in, first out. What is left of it is in RemainingQuantity and RemainingValue.
type CostLayer struct {
	bun.BaseModel `bun:"table:cost_layer,alias:cl"`
	entity.Base

	ProductID         id.ID          `bun:"product_id,type:uuid,notnull"`
	MoveID            id.ID          `bun:"move_id,type:uuid,nullzero"`
	Date              clock.Date     `bun:"date,type:date,notnull"`
	Quantity          money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	UnitCost          money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	RemainingQuantity money.Quantity `bun:"remaining_quantity,type:numeric(20,6),notnull"`
	RemainingValue    money.Amount   `bun:"remaining_value,type:numeric(20,4),notnull"`
}

// Describe says what the columns mean.
func (l *CostLayer) Describe(d *entity.Desc) {
	d.Is("inventory.cost_layer", "cost_layers", entity.T("成本层", "Cost layer"), nil)
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true, Filter: true})
	d.Field(&l.MoveID, entity.Field{Label: entity.T("入库移动", "Move"), Ref: "inventory.stock_move", Computed: true})
	d.Field(&l.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true, Filter: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("入库数量", "Quantity"), Computed: true, List: true})
	d.Field(&l.UnitCost, entity.Field{Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", Computed: true, List: true})
	d.Field(&l.RemainingQuantity, entity.Field{Label: entity.T("剩余数量", "Remaining quantity"), Computed: true, List: true})
	d.Field(&l.RemainingValue, entity.Field{Label: entity.T("剩余金额", "Remaining value"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Derived()
}
