package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const settled = "settled"

// VendorCredit is a vendor's credit note 供应商红字发票, a negative bill: for goods that went back after they were billed, or for a bill that was too
// high. Its amounts are positive. What is open of it settles other bills of the vendor, or is paid back.
type VendorCredit struct {
	bun.BaseModel `bun:"table:finance_vendor_credit,alias:fvc"`
	entity.Base

	No              string       `bun:"no,nullzero"`
	VendorID        id.ID        `bun:"vendor_id,type:uuid,notnull"`
	PurchaseOrderID id.ID        `bun:"purchase_order_id,type:uuid,nullzero"`
	BillID          id.ID        `bun:"bill_id,type:uuid,nullzero"`
	VendorReference string       `bun:"vendor_reference,notnull"`
	Status          string       `bun:"status,notnull"`
	Date            clock.Date   `bun:"date,type:date,notnull"`
	Currency        string       `bun:"currency,notnull"`
	Rate            money.Price  `bun:"rate,type:numeric(20,6),notnull"`
	Reason          string       `bun:"reason,notnull"`
	UntaxedAmount   money.Amount `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount       money.Amount `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount     money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	ResidualAmount  money.Amount `bun:"residual_amount,type:numeric(20,4),notnull"`
	OpenValue       money.Amount `bun:"open_value,type:numeric(20,4),notnull"`
	LineCount       int          `bun:"line_count,notnull"`
	PrintedTax      money.Amount `bun:"printed_tax_amount,type:numeric(20,4),notnull"`
	PrintedTotal    money.Amount `bun:"printed_total_amount,type:numeric(20,4),notnull"`

	Lines   []*VendorCreditLine  `bun:"-"`
	Matches []*VendorCreditMatch `bun:"-"`
}

// Describe says what a vendor's credit means.
func (c *VendorCredit) Describe(d *entity.Desc) {
	d.Is("finance.vendor_credit", "vendor_credits", entity.T("供应商红字发票", "Vendor credit"), &c.No)
	d.Field(&c.No, entity.Field{Label: entity.T("登记号", "No."), Computed: true, List: true, Search: true})
	d.Field(&c.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Required: true, List: true, Filter: true})
	d.Field(&c.PurchaseOrderID, entity.Field{
		Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", List: true, Filter: true,
		Help: entity.T("没有明细时，按该订单已开票而不在库的数量提议", "Without lines, what is billed of it and not here is proposed"),
	})
	d.Field(&c.BillID, entity.Field{
		Label: entity.T("原采购发票", "Bill"), Ref: "finance.bill", List: true, Filter: true,
		Help: entity.T("红冲的采购发票，按其汇率入账；为空时取货物的最后一张发票", "What it credits, at whose rate it is booked; empty: the last bill of the goods"),
	})
	d.Field(&c.VendorReference, entity.Field{Label: entity.T("供应商红字发票号", "Vendor's credit note no."), List: true, Search: true})
	d.Field(&c.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted", partial, "部分结清", "Partly settled", settled, "已结清", "Settled"),
	})
	d.Field(&c.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&c.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Filter: true})
	d.Field(&c.Rate, entity.Field{Label: entity.T("汇率", "Exchange rate"), Kind: entity.KindPrice, Computed: true})
	d.Field(&c.Reason, entity.Field{Label: entity.T("原因", "Reason"), List: true, Search: true})
	d.Field(&c.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&c.TaxAmount, entity.Field{Label: entity.T("税额", "Tax"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&c.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "cost", Computed: true, Signed: true, List: true, Filter: true, Total: true})
	d.Field(&c.ResidualAmount, entity.Field{
		Label: entity.T("未结金额", "Open amount"), Class: "payment", Computed: true, List: true, Filter: true, Total: true,
		Help: entity.T("尚未抵扣其他发票、也未收到退款的金额", "Neither offset against bills nor paid back yet"),
	})
	d.Field(&c.OpenValue, entity.Field{Label: entity.T("未结金额（本位币账面）", "Open amount in the books"), Class: "payment", Computed: true, Signed: true, Total: true, Aside: true})
	d.Field(&c.PrintedTax, entity.Field{
		Label: entity.T("票面税额", "Printed tax"), Class: "cost",
		Help: entity.T("供应商红字发票上的税额；与计算结果相差在容差以内时记入尾差行", "As the vendor prints it; a difference within the tolerance becomes a rounding line. Zero: as computed"),
	})
	d.Field(&c.PrintedTotal, entity.Field{
		Label: entity.T("票面价税合计", "Printed total"), Class: "cost",
		Help: entity.T("供应商红字发票上的价税合计；为零时按计算结果", "As the vendor prints it. Zero: as computed"),
	})
	d.Field(&c.LineCount, entity.Field{Label: entity.T("行数", "Lines"), Computed: true})
	d.State(&c.Status, draft)
	d.Gapless(&c.No)
	d.Lines(&c.Lines, "lines", entity.T("明细", "Lines"))
	d.Lines(&c.Matches, "matches", entity.T("抵扣", "Offsets"))
}

func (c *VendorCredit) open() Open {
	o := Open{ID: c.ID, No: c.No, Party: c.VendorID, Currency: c.Currency, Residual: c.ResidualAmount}
	if c.Status == draft {
		o.Residual = money.Zero()
	}
	return o
}

// settle sets the state that follows from what is open.
func (c *VendorCredit) settle() {
	switch {
	case c.ResidualAmount.IsZero():
		c.Status = settled
	case c.ResidualAmount.LessThan(c.TotalAmount):
		c.Status = partial
	default:
		c.Status = posted
	}
}
