package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// LandedCost is freight, duty or insurance that the goods of a receipt cost on top of their price. Posting spreads it over them. It stands as goods
// received and not billed until the carrier's bill is booked on that account.
type LandedCost struct {
	bun.BaseModel `bun:"table:landed_cost,alias:lc"`
	entity.Base

	No        string       `bun:"no,notnull"`
	ReceiptID id.ID        `bun:"receipt_id,type:uuid,notnull"`
	Date      clock.Date   `bun:"date,type:date,nullzero"`
	Status    string       `bun:"status,notnull"`
	Amount    money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	Note      string       `bun:"note,notnull"`

	Lines []*LandedCostLine `bun:"-"`
}

// Describe says what the columns mean.
func (o *LandedCost) Describe(d *entity.Desc) {
	d.Is("inventory.landed_cost", "landed_costs", entity.T("到岸费用", "Landed cost"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.ReceiptID, entity.Field{Label: entity.T("入库单", "Receipt"), Ref: "inventory.receipt", Required: true, List: true, Filter: true})
	d.Field(&o.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true, Filter: true, Help: entity.T("过账日期", "When it was posted")})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted"),
	})
	d.Field(&o.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Lines(&o.Lines, "lines", entity.T("费用", "Costs"))
	d.Number(&o.No, "LC")
	d.State(&o.Status, draft)
}

// The ways to spread a cost over goods.
const (
	byValue    = "value"
	byWeight   = "weight"
	byQuantity = "quantity"
)

// LandedCostLine is one cost and how it is spread, in company currency and without tax.
type LandedCostLine struct {
	bun.BaseModel `bun:"table:landed_cost_line,alias:lcl"`
	entity.Line

	LandedCostID id.ID        `bun:"landed_cost_id,type:uuid,notnull"`
	Name         string       `bun:"name,notnull"`
	Amount       money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	SpreadBy     string       `bun:"spread_by,notnull"`
}

// Describe says what the columns mean.
func (l *LandedCostLine) Describe(d *entity.Desc) {
	d.Is("inventory.landed_cost_line", "lines", entity.T("到岸费用明细", "Landed cost line"), nil)
	d.Field(&l.LandedCostID, entity.Field{Label: entity.T("到岸费用", "Landed cost"), Ref: "inventory.landed_cost", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.Name, entity.Field{Label: entity.T("名称", "Name")})
	d.Field(&l.Amount, entity.Field{
		Label: entity.T("金额", "Amount"), Class: "cost", Required: true, Signed: true,
		Help: entity.T("负数用于冲减此前的分摊", "A negative amount takes back what was spread before"),
	})
	d.Field(&l.SpreadBy, entity.Field{
		Label: entity.T("分摊依据", "Spread by"), Default: byValue, Help: entity.T("尾差计入最后一行", "The last line takes the remainder"),
		Options: entity.Options(byValue, "金额", "Value", byWeight, "重量", "Weight", byQuantity, "数量", "Quantity"),
	})
	d.Parent(&l.LandedCostID)
}
