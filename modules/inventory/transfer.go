package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of transfers.
const (
	draft     = "draft"
	inTransit = "in_transit"
)

// Transfer is goods that go from one of our locations to another, at once or over days through the transit location.
type Transfer struct {
	bun.BaseModel `bun:"table:transfer,alias:trf"`
	entity.Base

	No             string `bun:"no,notnull"`
	FromLocationID id.ID  `bun:"from_location_id,type:uuid,notnull"`
	ToLocationID   id.ID  `bun:"to_location_id,type:uuid,notnull"`
	ViaTransit     bool   `bun:"via_transit,notnull"`
	Status         string `bun:"status,notnull"`
	Note           string `bun:"note,notnull"`

	ExpectedDate clock.Date `bun:"expected_date,type:date,nullzero"`

	Lines []*TransferLine `bun:"-"`
}

// Describe says what a transfer's columns mean.
func (o *Transfer) Describe(d *entity.Desc) {
	d.Is("inventory.transfer", "transfers", entity.T("调拨单", "Transfer"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.FromLocationID, entity.Field{Label: entity.T("来源库位", "From"), Ref: "inventory.location", Required: true, List: true, Filter: true})
	d.Field(&o.ToLocationID, entity.Field{Label: entity.T("目标库位", "To"), Ref: "inventory.location", Required: true, List: true, Filter: true})
	d.Field(&o.ViaTransit, entity.Field{
		Label: entity.T("经在途库位", "Over transit"), Default: "false",
		Help: entity.T("跨日调拨：确认后货物在途，到达时再收货", "For transfers over days: confirming sends the goods off, receiving takes them in"),
	})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", inTransit, "在途", "In transit", done, "已完成", "Done"),
	})
	d.Field(&o.ExpectedDate, entity.Field{Label: entity.T("预计到达", "Expected"), Anytime: true, List: true, Filter: true})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "TR")
	d.State(&o.Status, draft)
}

// unitField is the unit that a quantity on a line is in.
func unitField() entity.Field {
	return entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code",
		Help: entity.T("未填写时为产品自身的单位；按精确比率换算，四舍五入到六位小数", "The product's own when left out; converted by the exact ratio, rounded to six decimals half away from zero"),
	}
}

// TransferLine is one product on a transfer.
type TransferLine struct {
	bun.BaseModel `bun:"table:transfer_line,alias:trl"`
	entity.Line

	TransferID id.ID          `bun:"transfer_id,type:uuid,notnull"`
	ProductID  id.ID          `bun:"product_id,type:uuid,notnull"`
	LotID      id.ID          `bun:"lot_id,type:uuid,nullzero"`
	Quantity   money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit       string         `bun:"unit,notnull"`

	BaseQuantity     money.Quantity `bun:"base_quantity,type:numeric(20,6),notnull"`
	ReceivedQuantity money.Quantity `bun:"received_quantity,type:numeric(20,6),notnull"`
}

// open is what left and has not arrived.
func (l *TransferLine) open() money.Quantity { return l.BaseQuantity.Sub(l.ReceivedQuantity) }

func (o *Transfer) products() []id.ID {
	out := make([]id.ID, len(o.Lines))
	for i, l := range o.Lines {
		out[i] = l.ProductID
	}
	return out
}

// Describe says what the columns mean.
func (l *TransferLine) Describe(d *entity.Desc) {
	d.Is("inventory.transfer_line", "lines", entity.T("调拨明细", "Transfer line"), nil)
	d.Field(&l.TransferID, entity.Field{Label: entity.T("调拨单", "Transfer"), Ref: "inventory.transfer", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true})
	d.Field(&l.LotID, entity.Field{
		Label: entity.T("批次", "Lot"), Ref: "inventory.lot",
		Help: entity.T("未填写时按失效日期先到先出，过期的除外", "When left out, what expires first is taken, never what has expired"),
	})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true})
	d.Field(&l.Unit, unitField())
	d.Field(&l.BaseQuantity, entity.Field{Label: entity.T("基本单位数量", "Quantity in the product's unit"), Computed: true})
	d.Field(&l.ReceivedQuantity, entity.Field{
		Label: entity.T("已收数量", "Received quantity"), Computed: true, Help: entity.T("按产品自身单位", "In the product's own unit"),
	})
	d.Parent(&l.TransferID)
}
