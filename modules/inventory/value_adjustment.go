package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The reasons why goods turn out to cost otherwise.
const (
	landed    = "landed_cost"
	billPrice = "bill_price"

	newStandard = "standard_cost"
)

// ValueAdjustment is a late cost of goods that one move brought in, or what another standard cost makes of the stock. With the moves it makes up what the stock is worth; it is never changed.
type ValueAdjustment struct {
	bun.BaseModel `bun:"table:value_adjustment,alias:va"`
	entity.Base

	Date         clock.Date   `bun:"date,type:date,notnull"`
	Reason       string       `bun:"reason,notnull"`
	ProductID    id.ID        `bun:"product_id,type:uuid,notnull"`
	MoveID       id.ID        `bun:"move_id,type:uuid,nullzero"`
	Amount       money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	StockAmount  money.Amount `bun:"stock_amount,type:numeric(20,4),notnull"`
	SoldAmount   money.Amount `bun:"sold_amount,type:numeric(20,4),notnull"`
	Variance     money.Amount `bun:"variance_amount,type:numeric(20,4),notnull"`
	SourceEntity string       `bun:"source_entity,notnull"`
	SourceID     id.ID        `bun:"source_id,type:uuid,nullzero"`
	SourceNo     string       `bun:"source_no,notnull"`
	PostingID    id.ID        `bun:"posting_id,type:uuid,notnull"`
}

// Describe says what the columns mean.
func (a *ValueAdjustment) Describe(d *entity.Desc) {
	d.Is("inventory.value_adjustment", "value_adjustments", entity.T("成本调整", "Value adjustment"), nil)
	d.Field(&a.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true, Filter: true})
	d.Field(&a.Reason, entity.Field{
		Label: entity.T("原因", "Reason"), Computed: true, List: true, Filter: true,
		Options: entity.Options(landed, "到岸费用", "Landed cost", billPrice, "发票价差", "Price on the bill", newStandard, "标准成本变更", "Another standard cost"),
	})
	d.Field(&a.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true, Filter: true})
	d.Field(&a.MoveID, entity.Field{Label: entity.T("入库移动", "Move"), Ref: "inventory.stock_move", Computed: true})
	share := func(p any, zh, en, helpZH, helpEN string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Help: entity.T(helpZH, helpEN), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	}
	share(&a.Amount, "金额", "Amount", "该入库应分摊的全部费用", "All that falls to these goods")
	share(&a.StockAmount, "计入库存", "On stock", "仍在库部分", "For what is still here")
	share(&a.SoldAmount, "计入销售成本", "Cost of sales", "已售出部分", "For what is gone")
	share(&a.Variance, "计入差异", "Variance", "按标准成本计价的产品", "Of products at standard cost")
	d.Field(&a.SourceEntity, entity.Field{Label: entity.T("来源类型", "Kind of source"), Computed: true, Filter: true})
	d.Field(&a.SourceID, entity.Field{Label: entity.T("来源", "Source"), Computed: true, Filter: true})
	d.Field(&a.SourceNo, entity.Field{Label: entity.T("来源单号", "Source no."), Computed: true, List: true, Search: true})
	d.Field(&a.PostingID, entity.Field{Label: entity.T("入账批次", "Posting"), Computed: true, Help: entity.T("凭证的来源", "What the books name as the source")})
	d.ReadOnly()
	d.NoDelete()
}
