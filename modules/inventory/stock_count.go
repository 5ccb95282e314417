package inventory

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of a count, besides draft.
const (
	pending = "pending_approval"
	posted  = "posted"
)

// StockCount is what people found at a location. Posting it makes the balances agree; a first count is how opening stock comes in.
type StockCount struct {
	bun.BaseModel `bun:"table:stock_count,alias:cnt"`
	entity.Base

	No         string     `bun:"no,notnull"`
	LocationID id.ID      `bun:"location_id,type:uuid,notnull"`
	Date       clock.Date `bun:"date,type:date,notnull"`
	Status     string     `bun:"status,notnull"`
	Note       string     `bun:"note,notnull"`
	StartedAt  time.Time  `bun:"started_at,nullzero"`

	BeyondTolerance int `bun:"beyond_tolerance,notnull"`

	Lines []*StockCountLine `bun:"-"`
}

// Describe says what a count's columns mean.
func (o *StockCount) Describe(d *entity.Desc) {
	d.Is("inventory.stock_count", "stock_counts", entity.T("盘点单", "Stock count"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.LocationID, entity.Field{
		Label: entity.T("库位", "Location"), Ref: "inventory.location", List: true, Filter: true,
		Help: entity.T("未填写时为仓库的默认库位", "The warehouse's stock location when left out"),
	})
	d.Field(&o.Date, entity.Field{Label: entity.T("盘点日期", "Date"), List: true, Filter: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", pending, "审批中", "Pending approval", posted, "已过账", "Posted"),
	})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Field(&o.StartedAt, entity.Field{
		Label: entity.T("开始时间", "Started at"), Computed: true,
		Help: entity.T("账面数量取自此刻；之后的出入库不影响盘点差异", "What was expected is of this moment; what moves afterwards does not change the difference"),
	})
	d.Field(&o.BeyondTolerance, entity.Field{Label: entity.T("超容差行数", "Lines beyond tolerance"), Computed: true, List: true, Filter: true})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "SC")
	d.State(&o.Status, draft)
	d.Pending(pending)
}

// StockCountLine is one product that was counted. The unit cost is for goods that come in with the count; without it they come in at today's cost.
type StockCountLine struct {
	bun.BaseModel `bun:"table:stock_count_line,alias:cnl"`
	entity.Line

	CountID          id.ID          `bun:"count_id,type:uuid,notnull"`
	ProductID        id.ID          `bun:"product_id,type:uuid,notnull"`
	LotID            id.ID          `bun:"lot_id,type:uuid,nullzero"`
	CountedQuantity  money.Quantity `bun:"counted_quantity,type:numeric(20,6),notnull"`
	Unit             string         `bun:"unit,notnull"`
	UnitCost         money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	BaseQuantity     money.Quantity `bun:"base_quantity,type:numeric(20,6),notnull"`
	ExpectedQuantity money.Quantity `bun:"expected_quantity,type:numeric(20,6),notnull"`
	MovedQuantity    money.Quantity `bun:"moved_quantity,type:numeric(20,6),notnull"`
	BeyondTolerance  bool           `bun:"beyond_tolerance,notnull"`
}

// cell is where the line was counted.
func (l *StockCountLine) cell(location id.ID) cell { return cell{l.ProductID, location, l.LotID} }

// Describe says what the columns mean.
func (l *StockCountLine) Describe(d *entity.Desc) {
	d.Is("inventory.stock_count_line", "lines", entity.T("盘点明细", "Count line"), nil)
	d.Field(&l.CountID, entity.Field{Label: entity.T("盘点单", "Count"), Ref: "inventory.stock_count", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true})
	d.Field(&l.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot"})
	d.Field(&l.CountedQuantity, entity.Field{Label: entity.T("实盘数量", "Counted quantity"), Required: true, NotNeg: true})
	d.Field(&l.Unit, unitField())
	d.Field(&l.UnitCost, entity.Field{Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", NotNeg: true})
	d.Field(&l.BaseQuantity, entity.Field{Label: entity.T("基本单位数量", "Quantity in the product's unit"), Computed: true})
	d.Field(&l.ExpectedQuantity, entity.Field{
		Label: entity.T("账面数量", "Expected quantity"), Computed: true, Signed: true, Help: entity.T("盘点开始时的结存", "The balance when the count started"),
	})
	d.Field(&l.MovedQuantity, entity.Field{
		Label: entity.T("盘点期间变动", "Moved meanwhile"), Computed: true, Signed: true,
		Help: entity.T("从盘点开始到过账之间的出入库", "What came and went between the start of the count and its posting"),
	})
	d.Field(&l.BeyondTolerance, entity.Field{Label: entity.T("超容差", "Beyond tolerance"), Computed: true})
	d.Parent(&l.CountID)
}
