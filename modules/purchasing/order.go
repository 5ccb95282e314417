package purchasing

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Order is what a vendor is asked to deliver.
type Order struct {
	bun.BaseModel `bun:"table:purchase_order,alias:pu"`
	entity.Base

	No            string       `bun:"no,notnull"`
	VendorID      id.ID        `bun:"vendor_id,type:uuid,notnull"`
	Status        string       `bun:"status,notnull"`
	OrderDate     clock.Date   `bun:"order_date,type:date,nullzero"`
	Currency      string       `bun:"currency,notnull"`
	PaymentTermID id.ID        `bun:"payment_term_id,type:uuid,nullzero"`
	UntaxedAmount money.Amount `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount     money.Amount `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount   money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	Note          string       `bun:"note,notnull"`

	VendorReference string     `bun:"vendor_reference,notnull"`
	AcknowledgedOn  clock.Date `bun:"acknowledged_on,type:date,nullzero"`
	Revision        int        `bun:"revision,notnull"`
	RevisionReason  string     `bun:"revision_reason,notnull"`

	CreditExpected money.Amount `bun:"credit_expected,type:numeric(20,4),notnull"`

	Lines []*OrderLine `bun:"-"`
}

// Describe says what a purchase order means.
func (o *Order) Describe(d *entity.Desc) {
	d.Is("purchasing.order", "orders", entity.T("采购订单", "Purchase order"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Required: true, List: true, Filter: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Draft, List: true, Filter: true,
		Options: entity.Options(Draft, "草稿", "Draft", pending, "审批中", "Pending approval", Confirmed, "已确认", "Confirmed",
			Received, "已收货", "Received", Billed, "已开票", "Billed", Done, "已完成", "Done", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&o.OrderDate, entity.Field{Label: entity.T("订单日期", "Order date"), Computed: true, List: true, Filter: true})
	d.Field(&o.Currency, entity.Field{
		Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Help: entity.T("默认为供应商的交易币种", "By default the vendor's"),
	})
	d.Field(&o.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&o.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "cost", Computed: true, Total: true})
	d.Field(&o.TaxAmount, entity.Field{Label: entity.T("税额", "Tax"), Class: "cost", Computed: true, Total: true})
	d.Field(&o.TotalAmount, entity.Field{Label: entity.T("含税总额", "Total"), Class: "cost", Computed: true, List: true, Total: true})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Field(&o.VendorReference, entity.Field{Label: entity.T("供应商单号", "Vendor's number"), Anytime: true, Search: true})
	d.Field(&o.AcknowledgedOn, entity.Field{Label: entity.T("供应商确认日期", "Acknowledged on"), Computed: true, Filter: true})
	d.Field(&o.Revision, entity.Field{Label: entity.T("变更次数", "Revision"), Computed: true, Aside: true})
	d.Field(&o.RevisionReason, entity.Field{Label: entity.T("最近变更原因", "Reason of the last change"), Computed: true, Aside: true})
	d.Field(&o.CreditExpected, entity.Field{
		Label: entity.T("应收红字金额", "Credit expected"), Class: "cost", Computed: true, Filter: true, Total: true,
		Help: entity.T("已开票的退货，供应商应退的不含税金额", "What the vendor owes for goods that were billed and went back, without tax"),
	})
	d.Number(&o.No, "PO")
	d.State(&o.Status, Draft)
	d.Pending(pending)
	d.Lines(&o.Lines, "lines", entity.T("订单行", "Lines"))
}

// OrderLine is one product on a purchase order, in the vendor's unit.
type OrderLine struct {
	bun.BaseModel `bun:"table:purchase_order_line,alias:pl"`
	entity.Line

	OrderID          id.ID          `bun:"order_id,type:uuid,notnull"`
	ProductID        id.ID          `bun:"product_id,type:uuid,notnull"`
	VendorPriceID    id.ID          `bun:"vendor_price_id,type:uuid,nullzero"`
	Description      string         `bun:"description,notnull"`
	Quantity         money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit             string         `bun:"unit,notnull"`
	UnitPrice        money.Price    `bun:"unit_price,type:numeric(20,6),notnull"`
	TaxID            id.ID          `bun:"tax_id,type:uuid,nullzero"`
	Amount           money.Amount   `bun:"amount,type:numeric(20,4),notnull"`
	ExpectedDate     clock.Date     `bun:"expected_date,type:date,nullzero"`
	LeadTimeDays     int            `bun:"lead_time_days,notnull"`
	NeededQuantity   money.Quantity `bun:"needed_quantity,type:numeric(20,6),notnull"`
	BaseQuantity     money.Quantity `bun:"base_quantity,type:numeric(20,6),notnull"`
	ReceivedBase     money.Quantity `bun:"received_base,type:numeric(20,6),notnull"`
	ReceivedQuantity money.Quantity `bun:"received_quantity,type:numeric(20,6),notnull"`
	BilledQuantity   money.Quantity `bun:"billed_quantity,type:numeric(20,6),notnull"`

	OverReceiptPercent money.Percent  `bun:"over_receipt_percent,type:numeric(9,4),notnull"`
	ReturnedQuantity   money.Quantity `bun:"returned_quantity,type:numeric(20,6),notnull"`
	ReturnedBase       money.Quantity `bun:"returned_base,type:numeric(20,6),notnull"`
	CreditExpected     money.Amount   `bun:"credit_expected,type:numeric(20,4),notnull"`
}

// Describe says what a purchase order's line means.
func (l *OrderLine) Describe(d *entity.Desc) {
	d.Is("purchasing.order_line", "order_lines", entity.T("采购订单行", "Purchase order line"), nil)
	d.Field(&l.OrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&l.VendorPriceID, entity.Field{Label: entity.T("供应商价格", "Vendor price"), Ref: "purchasing.vendor_price", Computed: true, Aside: true})
	d.Field(&l.Description, entity.Field{Label: entity.T("说明", "Description")})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&l.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true,
		Help: entity.T("默认为供应商价格的单位，否则为产品单位", "By default that of the vendor's price, else the product's own"),
	})
	d.Field(&l.UnitPrice, entity.Field{
		Label: entity.T("单价", "Unit price"), Kind: entity.KindPrice, Class: "cost", NotNeg: true, List: true,
		Help: entity.T("不含税；留空取供应商价格", "Without tax; the vendor's price when left empty"),
	})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", List: true})
	d.Field(&l.Amount, entity.Field{Label: entity.T("不含税金额", "Amount"), Class: "cost", Computed: true, List: true})
	d.Field(&l.ExpectedDate, entity.Field{Label: entity.T("预计到货", "Expected"), List: true})
	d.Field(&l.LeadTimeDays, entity.Field{Label: entity.T("交货天数", "Lead time in days"), Computed: true, Aside: true})
	d.Field(&l.NeededQuantity, entity.Field{
		Label: entity.T("申请数量", "Quantity requested"), Computed: true, Aside: true,
		Help: entity.T("采购申请合计，以产品单位计", "Of its requisitions, in the product's unit"),
	})
	d.Field(&l.BaseQuantity, entity.Field{Label: entity.T("产品单位数量", "Quantity in the product's unit"), Computed: true, Aside: true})
	d.Field(&l.ReceivedBase, entity.Field{Label: entity.T("已收数量（产品单位）", "Received in the product's unit"), Computed: true, Aside: true})
	d.Field(&l.ReceivedQuantity, entity.Field{Label: entity.T("已收数量", "Received"), Computed: true, List: true})
	d.Field(&l.BilledQuantity, entity.Field{Label: entity.T("已开票数量", "Billed"), Computed: true, Signed: true, List: true})
	d.Field(&l.OverReceiptPercent, entity.Field{
		Label: entity.T("超收容差 %", "Over-receipt tolerance %"), Help: entity.T("确认时至少取供应商和采购设置的容差", "At least the vendor's and the company's once it is confirmed"),
	})
	d.Field(&l.ReturnedQuantity, entity.Field{Label: entity.T("已退货数量", "Returned"), Computed: true, List: true})
	d.Field(&l.ReturnedBase, entity.Field{Label: entity.T("已退货数量（产品单位）", "Returned in the product's unit"), Computed: true, Aside: true})
	d.Field(&l.CreditExpected, entity.Field{
		Label: entity.T("应收红字金额", "Credit expected"), Class: "cost", Computed: true,
		Help: entity.T("已开票的退货，供应商应退的不含税金额", "What the vendor owes for goods that were billed and went back, without tax"),
	})
	d.Measure(&l.Quantity)
	d.Parent(&l.OrderID)
}

// progress sets the order's state from what of its lines is received and billed.
func (o *Order) progress() {
	received, billed := len(o.Lines) > 0, len(o.Lines) > 0
	for _, l := range o.Lines {
		received = received && l.ReceivedBase.GreaterThanOrEqual(l.BaseQuantity)
		billed = billed && l.BilledQuantity.GreaterThanOrEqual(l.Quantity.Sub(l.ReturnedQuantity)) // what went back before the bill is never billed
	}
	switch {
	case received && billed:
		o.Status = Done
	case billed:
		o.Status = Billed
	case received:
		o.Status = Received
	default:
		o.Status = Confirmed
	}
}

// line returns a line by its id, or nil.
func (o *Order) line(key id.ID) *OrderLine {
	for _, l := range o.Lines {
		if l.ID == key {
			return l
		}
	}
	return nil
}
