package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const (
	moneyIn  = "in"
	moneyOut = "out"
)

// Payment is money that came in or went out, and the documents that it settles. What it does not settle yet stays on account of the customer or vendor.
type Payment struct {
	bun.BaseModel `bun:"table:finance_payment,alias:fp"`
	entity.Base

	No              string       `bun:"no,nullzero"`
	Direction       string       `bun:"direction,notnull"`
	CustomerID      id.ID        `bun:"customer_id,type:uuid,nullzero"`
	VendorID        id.ID        `bun:"vendor_id,type:uuid,nullzero"`
	Status          string       `bun:"status,notnull"`
	Date            clock.Date   `bun:"date,type:date,notnull"`
	Amount          money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	Currency        string       `bun:"currency,notnull"`
	Rate            money.Price  `bun:"rate,type:numeric(20,6),notnull"`
	Method          string       `bun:"method,notnull"`
	JournalID       id.ID        `bun:"journal_id,type:uuid,nullzero"`
	BankAccountID   id.ID        `bun:"bank_account_id,type:uuid,nullzero"`
	Reference       string       `bun:"reference,notnull"`
	Memo            string       `bun:"memo,notnull"`
	UnmatchedAmount money.Amount `bun:"unmatched_amount,type:numeric(20,4),notnull"`
	OpenValue       money.Amount `bun:"open_value,type:numeric(20,4),notnull"`

	Matches []*Match `bun:"-"`
}

// Describe says what a payment means.
func (p *Payment) Describe(d *entity.Desc) {
	d.Is("finance.payment", "payments", entity.T("收付款", "Payment"), &p.No)
	d.Field(&p.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, List: true, Search: true})
	d.Field(&p.Direction, entity.Field{
		Label: entity.T("方向", "Direction"), Default: moneyIn, List: true, Filter: true,
		Options: entity.Options(moneyIn, "收款", "Received", moneyOut, "付款", "Paid"),
	})
	d.Field(&p.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&p.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", List: true, Filter: true})
	d.Field(&p.Status, entity.Field{
		Label: entity.T("状态", "Status"), Class: "payment", Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted", reversed, "已冲销", "Reversed"),
	})
	d.Field(&p.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&p.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "payment", Required: true, Positive: true, List: true, Filter: true, Total: true})
	d.Field(&p.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Filter: true})
	d.Field(&p.Rate, entity.Field{Label: entity.T("汇率", "Exchange rate"), Kind: entity.KindPrice, Computed: true})
	d.Field(&p.Method, entity.Field{Label: entity.T("方式", "Method"), Default: "transfer", List: true, Filter: true, Options: entity.Options(
		"transfer", "银行转账", "Bank transfer", "cash", "现金", "Cash", "card", "银行卡", "Card", "bill", "承兑汇票", "Bill of exchange",
		"online", "在线支付", "Online payment", "other", "其他", "Other")})
	d.Field(&p.JournalID, entity.Field{Label: entity.T("日记账", "Journal"), Ref: "finance.journal", Filter: true})
	d.Field(&p.BankAccountID, entity.Field{Label: entity.T("银行账户", "Bank account"), Ref: "finance.bank_account", Filter: true})
	d.Field(&p.Reference, entity.Field{Label: entity.T("银行流水号", "Bank reference"), List: true, Search: true})
	d.Field(&p.Memo, entity.Field{Label: entity.T("备注", "Memo")})
	d.Field(&p.UnmatchedAmount, entity.Field{Label: entity.T("未核销金额", "Unmatched"), Class: "payment", Computed: true, List: true, Filter: true, Total: true})
	d.Field(&p.OpenValue, entity.Field{Label: entity.T("未核销金额（本位币账面）", "Unmatched, in the books"), Class: "payment", Computed: true, Total: true})
	d.State(&p.Status, draft)
	d.Gapless(&p.No)
	d.Lines(&p.Matches, "matches", entity.T("核销", "Matches"))
}

// party is whose account the payment is on.
func (p *Payment) party() id.ID {
	if !p.CustomerID.IsZero() {
		return p.CustomerID
	}
	return p.VendorID
}

// matched is how much of the payment's money settles documents.
func (p *Payment) matched() money.Amount {
	sum := money.Zero()
	for _, m := range p.Matches {
		sum = sum.Add(m.money())
	}
	return sum
}

// Match is the part of a payment that settles one document: Amount is what the document is settled by, WriteOff the part of it that is no money. A
// negative write-off is money beyond what is settled. The values are in company currency, as they were taken off the document and off the payment.
type Match struct {
	bun.BaseModel `bun:"table:finance_payment_match,alias:fpm"`
	entity.Line

	PaymentID      id.ID        `bun:"payment_id,type:uuid,notnull"`
	InvoiceID      id.ID        `bun:"invoice_id,type:uuid,nullzero"`
	BillID         id.ID        `bun:"bill_id,type:uuid,nullzero"`
	CreditNoteID   id.ID        `bun:"credit_note_id,type:uuid,nullzero"`
	VendorCreditID id.ID        `bun:"vendor_credit_id,type:uuid,nullzero"`
	AdvanceID      id.ID        `bun:"advance_id,type:uuid,nullzero"`
	Amount         money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	WriteOff       money.Amount `bun:"write_off,type:numeric(20,4),notnull"`
	Date           clock.Date   `bun:"date,type:date,nullzero"`
	BookedValue    money.Amount `bun:"booked_value,type:numeric(20,4),notnull"`
	MovedValue     money.Amount `bun:"moved_value,type:numeric(20,4),notnull"`
}

// Describe says what a match means.
func (m *Match) Describe(d *entity.Desc) {
	d.Is("finance.payment_match", "payment_matches", entity.T("核销明细", "Match"), nil)
	d.Field(&m.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&m.PaymentID, entity.Field{Label: entity.T("收付款", "Payment"), Ref: "finance.payment", Computed: true})
	d.Field(&m.InvoiceID, entity.Field{Label: entity.T("销售发票", "Invoice"), Class: "payment", Ref: "finance.invoice", List: true, Filter: true})
	d.Field(&m.BillID, entity.Field{Label: entity.T("采购发票", "Bill"), Class: "payment", Ref: "finance.bill", List: true, Filter: true})
	d.Field(&m.CreditNoteID, entity.Field{Label: entity.T("红字发票", "Credit note"), Class: "payment", Ref: "finance.credit_note", List: true, Filter: true})
	d.Field(&m.VendorCreditID, entity.Field{
		Label: entity.T("供应商红字发票", "Vendor credit"), Class: "payment", Ref: "finance.vendor_credit", List: true, Filter: true,
	})
	d.Field(&m.AdvanceID, entity.Field{
		Label: entity.T("退回的预收预付款", "Money on account"), Class: "payment", Ref: "finance.payment", List: true, Filter: true,
		Help: entity.T("本笔款项退回的、方向相反的收付款", "The payment the other way, of which this one gives money back"),
	})
	d.Field(&m.Amount, entity.Field{Label: entity.T("核销金额", "Amount"), Class: "payment", Required: true, Positive: true, List: true, Total: true})
	d.Field(&m.WriteOff, entity.Field{
		Label: entity.T("核销差额", "Write-off"), Class: "payment", Signed: true, List: true, Total: true,
		Help: entity.T("核销金额中不以款项结清、作为差额转销的部分", "The part of the amount that is written off instead of paid; within the tolerance"),
	})
	d.Field(&m.Date, entity.Field{Label: entity.T("核销日期", "Matched on"), Class: "payment", Computed: true, List: true})
	d.Field(&m.BookedValue, entity.Field{Label: entity.T("单据账面价值", "Value of the document"), Class: "payment", Computed: true, Signed: true})
	d.Field(&m.MovedValue, entity.Field{Label: entity.T("款项账面价值", "Value of the money"), Class: "payment", Computed: true, Signed: true})
	d.Parent(&m.PaymentID)
}

// money is how much of the payment the match uses.
func (m *Match) money() money.Amount { return m.Amount.Sub(m.WriteOff) }

// target is the document that the match settles.
func (m *Match) target() id.ID {
	switch {
	case !m.InvoiceID.IsZero():
		return m.InvoiceID
	case !m.BillID.IsZero():
		return m.BillID
	case !m.CreditNoteID.IsZero():
		return m.CreditNoteID
	case !m.VendorCreditID.IsZero():
		return m.VendorCreditID
	}
	return m.AdvanceID
}

func (m *Match) targets() int {
	n := 0
	for _, k := range []id.ID{m.InvoiceID, m.BillID, m.CreditNoteID, m.VendorCreditID, m.AdvanceID} {
		if !k.IsZero() {
			n++
		}
	}
	return n
}
