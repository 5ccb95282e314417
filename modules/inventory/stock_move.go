package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// StockMove is goods that went from one location to another. It is never changed: a mistake is put right by another move. Value and ResidualValue
// together are by how much the move changed the value of the stock.
type StockMove struct {
	bun.BaseModel `bun:"table:stock_move,alias:mv"`
	entity.Base

	Date           clock.Date     `bun:"date,type:date,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	LotID          id.ID          `bun:"lot_id,type:uuid,nullzero"`
	FromLocationID id.ID          `bun:"from_location_id,type:uuid,notnull"`
	ToLocationID   id.ID          `bun:"to_location_id,type:uuid,notnull"`
	Quantity       money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	UnitCost       money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	Value          money.Amount   `bun:"value,type:numeric(20,4),notnull"`
	ResidualValue  money.Amount   `bun:"residual_value,type:numeric(20,4),notnull"`
	PriceVariance  money.Amount   `bun:"price_variance,type:numeric(20,4),notnull"`
	SourceEntity   string         `bun:"source_entity,notnull"`
	SourceID       id.ID          `bun:"source_id,type:uuid,nullzero"`
	SourceNo       string         `bun:"source_no,notnull"`
	SourceLineID   id.ID          `bun:"source_line_id,type:uuid,nullzero"`
	SalesOrderID   id.ID          `bun:"sales_order_id,type:uuid,nullzero"`
}

// Describe says what a move's columns mean.
func (m *StockMove) Describe(d *entity.Desc) {
	d.Is("inventory.stock_move", "stock_moves", entity.T("库存移动", "Stock move"), nil)
	d.Field(&m.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true, Filter: true})
	d.Field(&m.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true, Filter: true})
	d.Field(&m.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot", Computed: true, List: true, Filter: true})
	d.Field(&m.FromLocationID, entity.Field{Label: entity.T("来源库位", "From"), Ref: "inventory.location", Computed: true, List: true, Filter: true})
	d.Field(&m.ToLocationID, entity.Field{Label: entity.T("目标库位", "To"), Ref: "inventory.location", Computed: true, List: true, Filter: true})
	d.Field(&m.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true, List: true})
	d.Field(&m.UnitCost, entity.Field{Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", Computed: true, List: true})
	d.Field(&m.Value, entity.Field{
		Label: entity.T("金额", "Value"), Class: "cost", Computed: true, Signed: true, List: true, Total: true,
		Help: entity.T("入库为正，出库为负", "Positive when stock grows, negative when it shrinks"),
	})
	d.Field(&m.ResidualValue, entity.Field{
		Label: entity.T("尾差", "Residual"), Class: "cost", Computed: true, Signed: true, Total: true,
		Help: entity.T("随最后一件转出的尾差，另计于金额之外", "Cents that left with the last piece, on top of the value"),
	})
	d.Field(&m.PriceVariance, entity.Field{Label: entity.T("价格差异", "Price variance"), Class: "cost", Computed: true, Signed: true, Total: true})
	d.Field(&m.SourceEntity, entity.Field{Label: entity.T("来源类型", "Kind of source"), Computed: true, Filter: true})
	d.Field(&m.SourceID, entity.Field{Label: entity.T("来源", "Source"), Computed: true})
	d.Field(&m.SourceNo, entity.Field{Label: entity.T("来源单号", "Source no."), Computed: true, List: true, Search: true})
	d.Field(&m.SourceLineID, entity.Field{Label: entity.T("来源行", "Source line"), Computed: true})
	d.Field(&m.SalesOrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Computed: true, Filter: true})
	d.ReadOnly()
	d.NoDelete()
}
