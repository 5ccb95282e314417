package inventory

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

const posted = "posted"

// StockCount is what people found at a location. Posting it makes the balances agree; a first count is how opening stock comes in.
type StockCount struct {
	bun.BaseModel `bun:"table:stock_count,alias:cnt"`
	entity.Base

	No         string     `bun:"no,notnull"`
	LocationID id.ID      `bun:"location_id,type:uuid,notnull"`
	Date       clock.Date `bun:"date,type:date,notnull"`
	Status     string     `bun:"status,notnull"`
	Note       string     `bun:"note,notnull"`

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
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted"),
	})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "SC")
	d.State(&o.Status, draft)
}

// StockCountLine is one product that was counted. The unit cost is for goods that come in with the count; without it they come in at today's cost.
type StockCountLine struct {
	bun.BaseModel `bun:"table:stock_count_line,alias:cnl"`
	entity.Line

	CountID          id.ID          `bun:"count_id,type:uuid,notnull"`
	ProductID        id.ID          `bun:"product_id,type:uuid,notnull"`
	LotID            id.ID          `bun:"lot_id,type:uuid,nullzero"`
	CountedQuantity  money.Quantity `bun:"counted_quantity,type:numeric(20,6),notnull"`
	UnitCost         money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	ExpectedQuantity money.Quantity `bun:"expected_quantity,type:numeric(20,6),notnull"`
}

// Describe says what the columns mean.
func (l *StockCountLine) Describe(d *entity.Desc) {
	d.Is("inventory.stock_count_line", "lines", entity.T("盘点明细", "Count line"), nil)
	d.Field(&l.CountID, entity.Field{Label: entity.T("盘点单", "Count"), Ref: "inventory.stock_count", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true})
	d.Field(&l.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot"})
	d.Field(&l.CountedQuantity, entity.Field{Label: entity.T("实盘数量", "Counted quantity"), Required: true, NotNeg: true})
	d.Field(&l.UnitCost, entity.Field{Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", NotNeg: true})
	d.Field(&l.ExpectedQuantity, entity.Field{Label: entity.T("账面数量", "Expected quantity"), Computed: true, Signed: true})
	d.Parent(&l.CountID)
}

// prepareCounts fills in today and the warehouse's stock location.
func prepareCounts(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*StockCount]) error {
	for _, c := range changes {
		if c.New.Date.IsZero() {
			c.New.Date = tx.Today()
		}
		if c.New.LocationID.IsZero() {
			m, err := places(ctx, tx)
			if err != nil {
				return err
			}
			c.New.LocationID = m.stock.ID
		}
	}
	return nil
}
