package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const reversed = "reversed"

// Revaluation brings what is open in other currencies to the rates of a day, as a period end asks. The difference is carried with each document, so
// that a later payment realises only what has come since; reversing it takes the differences off again.
type Revaluation struct {
	bun.BaseModel `bun:"table:finance_revaluation,alias:frv"`
	entity.Base

	Date          clock.Date   `bun:"date,type:date,notnull"`
	Status        string       `bun:"status,notnull"`
	Memo          string       `bun:"memo,notnull"`
	Difference    money.Amount `bun:"difference,type:numeric(20,4),notnull"`
	AutoReverse   bool         `bun:"auto_reverse,notnull"`
	LeaveAdvances bool         `bun:"leave_advances,notnull"`

	Lines []*RevaluationLine `bun:"-"`
}

// Describe says what a revaluation means.
func (r *Revaluation) Describe(d *entity.Desc) {
	d.Is("finance.revaluation", "revaluations", entity.T("期末调汇", "Revaluation"), nil)
	d.Field(&r.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted", reversed, "已冲回", "Reversed"),
	})
	d.Field(&r.Memo, entity.Field{Label: entity.T("摘要", "Memo"), List: true, Search: true})
	d.Field(&r.Difference, entity.Field{
		Label: entity.T("汇兑差额", "Difference"), Class: classLedger, Computed: true, Signed: true, List: true, Total: true,
		Help: entity.T("正数为收益", "Positive: a gain"),
	})
	d.Field(&r.AutoReverse, entity.Field{
		Label: entity.T("次日自动冲回", "Reverse on the next day"),
		Help: entity.T("按当日的未清余额调汇，次日自动冲回；否则差额随单据结转",
			"What was open on the day is revalued, and taken back the day after; otherwise the differences are carried with the documents"),
	})
	d.Field(&r.LeaveAdvances, entity.Field{
		Label: entity.T("预收预付不调汇", "Leave advances alone"),
		Help:  entity.T("预收、预付款项按准则作为非货币性项目处理时勾选", "For who treats money on account as settled by goods, not by money"),
	})
	d.State(&r.Status, draft)
	d.Lines(&r.Lines, "lines", entity.T("明细", "Lines"))
}

// RevaluationLine is one document, or one bank account, that was revalued.
type RevaluationLine struct {
	bun.BaseModel `bun:"table:finance_revaluation_line,alias:frl2"`
	entity.Line

	RevaluationID  id.ID        `bun:"revaluation_id,type:uuid,notnull"`
	InvoiceID      id.ID        `bun:"invoice_id,type:uuid,nullzero"`
	CreditNoteID   id.ID        `bun:"credit_note_id,type:uuid,nullzero"`
	BillID         id.ID        `bun:"bill_id,type:uuid,nullzero"`
	VendorCreditID id.ID        `bun:"vendor_credit_id,type:uuid,nullzero"`
	PaymentID      id.ID        `bun:"payment_id,type:uuid,nullzero"`
	BankAccountID  id.ID        `bun:"bank_account_id,type:uuid,nullzero"`
	Currency       string       `bun:"currency,notnull"`
	OpenAmount     money.Amount `bun:"open_amount,type:numeric(20,4),notnull"`
	Rate           money.Price  `bun:"rate,type:numeric(20,6),notnull"`
	OldValue       money.Amount `bun:"old_value,type:numeric(20,4),notnull"`
	NewValue       money.Amount `bun:"new_value,type:numeric(20,4),notnull"`
	Difference     money.Amount `bun:"difference,type:numeric(20,4),notnull"`
}

// Describe says what a revaluation line means.
func (l *RevaluationLine) Describe(d *entity.Desc) {
	d.Is("finance.revaluation_line", "revaluation_lines", entity.T("调汇明细", "Revaluation line"), nil)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.RevaluationID, entity.Field{Label: entity.T("期末调汇", "Revaluation"), Ref: "finance.revaluation", Computed: true})
	d.Field(&l.InvoiceID, entity.Field{Label: entity.T("销售发票", "Invoice"), Ref: "finance.invoice", Computed: true, List: true})
	d.Field(&l.CreditNoteID, entity.Field{Label: entity.T("红字发票", "Credit note"), Ref: "finance.credit_note", Computed: true, List: true})
	d.Field(&l.BillID, entity.Field{Label: entity.T("采购发票", "Bill"), Ref: "finance.bill", Computed: true, List: true})
	d.Field(&l.VendorCreditID, entity.Field{Label: entity.T("供应商红字发票", "Vendor credit"), Ref: "finance.vendor_credit", Computed: true, List: true})
	d.Field(&l.PaymentID, entity.Field{Label: entity.T("预收预付款", "Money on account"), Ref: "finance.payment", Computed: true, List: true})
	d.Field(&l.BankAccountID, entity.Field{Label: entity.T("银行账户", "Bank account"), Ref: "finance.bank_account", Computed: true, List: true})
	d.Field(&l.Currency, entity.Field{Label: entity.T("币种", "Currency"), Computed: true, List: true})
	d.Field(&l.OpenAmount, entity.Field{Label: entity.T("原币余额", "Open amount"), Class: classLedger, Computed: true, Signed: true, List: true})
	d.Field(&l.Rate, entity.Field{Label: entity.T("汇率", "Rate"), Kind: entity.KindPrice, Computed: true, List: true})
	d.Field(&l.OldValue, entity.Field{Label: entity.T("原账面价值", "Value before"), Class: classLedger, Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.NewValue, entity.Field{Label: entity.T("新账面价值", "Value after"), Class: classLedger, Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.Difference, entity.Field{Label: entity.T("差额", "Difference"), Class: classLedger, Computed: true, Signed: true, List: true, Total: true})
	d.Parent(&l.RevaluationID)
}

// document is the open item that the line is about; none for a bank account.
func (l *RevaluationLine) document() id.ID {
	for _, k := range []id.ID{l.InvoiceID, l.CreditNoteID, l.BillID, l.VendorCreditID, l.PaymentID} {
		if !k.IsZero() {
			return k
		}
	}
	return id.ID{}
}
