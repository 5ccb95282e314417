package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// StockBalance is how much of a product lies at a location, by lot, and how much of it is held for somebody. It follows from moves and reservations
// and is the row that everyone who takes goods has to lock.
type StockBalance struct {
	bun.BaseModel `bun:"table:stock_balance,alias:bal"`
	entity.Base

	ProductID     id.ID          `bun:"product_id,type:uuid,notnull"`
	LocationID    id.ID          `bun:"location_id,type:uuid,notnull"`
	LotID         id.ID          `bun:"lot_id,type:uuid,nullzero"`
	OnHand        money.Quantity `bun:"on_hand,type:numeric(20,6),notnull"`
	Reserved      money.Quantity `bun:"reserved,type:numeric(20,6),notnull"`
	AllowNegative bool           `bun:"allow_negative,notnull"`
	Serial        bool           `bun:"serial,notnull"`
}

// Describe says what a balance's columns mean.
func (b *StockBalance) Describe(d *entity.Desc) {
	d.Is("inventory.stock_balance", "stock_balances", entity.T("库存结存", "Stock balance"), nil)
	d.Field(&b.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true, Filter: true})
	d.Field(&b.LocationID, entity.Field{Label: entity.T("库位", "Location"), Ref: "inventory.location", Computed: true, List: true, Filter: true})
	d.Field(&b.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot", Computed: true, List: true, Filter: true})
	d.Field(&b.OnHand, entity.Field{Label: entity.T("在手数量", "On hand"), Computed: true, Signed: true, List: true, Total: true})
	d.Field(&b.Reserved, entity.Field{Label: entity.T("预留数量", "Reserved"), Computed: true, List: true, Total: true})
	d.Virtual("free", entity.Field{Label: entity.T("可用数量", "Free"), Kind: entity.KindQuantity, Expr: "on_hand - reserved", Signed: true, List: true, Total: true})
	d.Field(&b.AllowNegative, entity.Field{Label: entity.T("允许负库存", "Allows negative stock"), Computed: true})
	d.Field(&b.Serial, entity.Field{Label: entity.T("单件", "Single piece"), Computed: true, Help: entity.T("带序列号的货物：只有一件，只在一处", "A piece with a serial number: one, in one place")})
	d.Derived()
}
