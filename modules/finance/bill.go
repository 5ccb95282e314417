package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
)

// What the three-way match of order, receipt and bill found.
const (
	matchNone     = "none"     // nothing on it was ordered
	matchFits     = "matched"  // quantity and price agree
	matchQuantity = "quantity" // more is billed than received
	matchPrice    = "price"    // the price is higher than ordered
)

// Bill is what a vendor charges. It is compared with what was ordered and received; a bill that does not fit is not paid until finance releases it.
type Bill struct {
	bun.BaseModel `bun:"table:finance_bill,alias:fb"`
	entity.Base

	No              string       `bun:"no,nullzero"`
	VendorID        id.ID        `bun:"vendor_id,type:uuid,notnull"`
	PurchaseOrderID id.ID        `bun:"purchase_order_id,type:uuid,nullzero"`
	VendorReference string       `bun:"vendor_reference,notnull"`
	Status          string       `bun:"status,notnull"`
	Date            clock.Date   `bun:"date,type:date,notnull"`
	DueDate         clock.Date   `bun:"due_date,type:date,notnull"`
	PaymentTermID   id.ID        `bun:"payment_term_id,type:uuid,nullzero"`
	Currency        string       `bun:"currency,notnull"`
	Rate            money.Price  `bun:"rate,type:numeric(20,6),notnull"`
	Memo            string       `bun:"memo,notnull"`
	MatchStatus     string       `bun:"match_status,notnull"`
	Blocked         bool         `bun:"blocked,notnull"`
	UntaxedAmount   money.Amount `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount       money.Amount `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount     money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	PaidAmount      money.Amount `bun:"paid_amount,type:numeric(20,4),notnull"`
	ResidualAmount  money.Amount `bun:"residual_amount,type:numeric(20,4),notnull"`
	OpenValue       money.Amount `bun:"open_value,type:numeric(20,4),notnull"`
	LineCount       int          `bun:"line_count,notnull"`
	MatchReasonZH   string       `bun:"match_reason_zh,notnull"`
	MatchReasonEN   string       `bun:"match_reason_en,notnull"`
	ReleaseReason   string       `bun:"release_reason,notnull"`
	Kind            string       `bun:"kind,notnull"`
	PrintedTax      money.Amount `bun:"printed_tax_amount,type:numeric(20,4),notnull"`
	PrintedTotal    money.Amount `bun:"printed_total_amount,type:numeric(20,4),notnull"`

	Lines []*BillLine `bun:"-"`

	// By how much it may exceed order and receipt, while it is posted.
	quantityTolerance money.Percent `bun:"-"`
	priceTolerance    money.Percent `bun:"-"`

	ordered map[id.ID]purchasingevent.Ordered `bun:"-"` // by purchase line, of orders in the bill's currency
}

// Describe says what a bill means.
func (b *Bill) Describe(d *entity.Desc) {
	d.Is("finance.bill", "bills", entity.T("采购发票", "Bill"), &b.No)
	d.Field(&b.No, entity.Field{Label: entity.T("登记号", "No."), Computed: true, List: true, Search: true})
	d.Field(&b.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Required: true, List: true, Filter: true})
	d.Field(&b.PurchaseOrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", List: true, Filter: true})
	d.Field(&b.VendorReference, entity.Field{Label: entity.T("供应商发票号", "Vendor's invoice no."), List: true, Search: true})
	d.Field(&b.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true, Options: documentStates()})
	d.Field(&b.Date, entity.Field{Label: entity.T("发票日期", "Date"), List: true, Filter: true})
	d.Field(&b.DueDate, entity.Field{Label: entity.T("到期日", "Due date"), List: true, Filter: true})
	d.Field(&b.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&b.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Filter: true})
	d.Field(&b.Rate, entity.Field{Label: entity.T("汇率", "Exchange rate"), Kind: entity.KindPrice, Computed: true})
	d.Field(&b.Memo, entity.Field{Label: entity.T("备注", "Memo")})
	d.Field(&b.MatchStatus, entity.Field{
		Label: entity.T("三单匹配", "Three-way match"), Computed: true, Default: matchNone, List: true, Filter: true,
		Options: entity.Options(
			matchNone, "无订单", "No order", matchFits, "相符", "Matched", matchQuantity, "数量不符", "Quantity differs", matchPrice, "价格不符", "Price differs"),
	})
	d.Field(&b.Blocked, entity.Field{Label: entity.T("冻结付款", "Blocked for payment"), Class: "payment", Computed: true, List: true, Filter: true})
	d.Field(&b.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&b.TaxAmount, entity.Field{Label: entity.T("税额", "Tax"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&b.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "cost", Computed: true, Signed: true, List: true, Filter: true, Total: true})
	d.Field(&b.PaidAmount, entity.Field{Label: entity.T("已付金额", "Paid"), Class: "payment", Computed: true, Total: true})
	d.Field(&b.ResidualAmount, entity.Field{Label: entity.T("未付金额", "Open amount"), Class: "payment", Computed: true, List: true, Filter: true, Total: true})
	d.Field(&b.MatchReasonZH, entity.Field{Label: entity.T("匹配差异（中文）", "What differs (Chinese)"), Class: "cost", Computed: true})
	d.Field(&b.MatchReasonEN, entity.Field{Label: entity.T("匹配差异（英文）", "What differs"), Class: "cost", Computed: true})
	d.Field(&b.ReleaseReason, entity.Field{Label: entity.T("放行原因", "Reason of the release"), Class: "payment", Computed: true})
	d.Field(&b.OpenValue, entity.Field{Label: entity.T("未付金额（本位币账面）", "Open amount in the books"), Class: "payment", Computed: true, Signed: true, Total: true, Aside: true})
	d.Field(&b.Kind, entity.Field{Label: entity.T("种类", "Kind"), Computed: true, Default: standard, Filter: true, Options: entity.Options(
		standard, "普通", "Standard", opening, "期初", "Opening balance")})
	d.Field(&b.PrintedTax, entity.Field{
		Label: entity.T("票面税额", "Printed tax"), Class: "cost",
		Help: entity.T("供应商发票上的税额；与计算结果相差在容差以内时记入尾差行", "As the vendor prints it; a difference within the tolerance becomes a rounding line. Zero: as computed"),
	})
	d.Field(&b.PrintedTotal, entity.Field{
		Label: entity.T("票面价税合计", "Printed total"), Class: "cost",
		Help: entity.T("供应商发票上的价税合计；为零时按计算结果", "As the vendor prints it. Zero: as computed"),
	})
	d.Field(&b.LineCount, entity.Field{Label: entity.T("行数", "Lines"), Computed: true})
	d.State(&b.Status, draft)
	d.Gapless(&b.No)
	d.Lines(&b.Lines, "lines", entity.T("明细", "Lines"))
}

func (b *Bill) open() Open {
	o := Open{ID: b.ID, No: b.No, Party: b.VendorID, Currency: b.Currency, Residual: b.ResidualAmount}
	if b.Status == draft {
		o.Residual = money.Zero()
	}
	return o
}

// settle reckons what is open, and the state that follows.
func (b *Bill) settle() {
	b.ResidualAmount = b.TotalAmount.Sub(b.PaidAmount)
	switch {
	case b.ResidualAmount.IsZero():
		b.Status = paid
	case b.PaidAmount.Sign() > 0:
		b.Status = partial
	default:
		b.Status = posted
	}
}
