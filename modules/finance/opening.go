package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Opening is the balances that a company brings along 期初余额: accounts with what stands on them, and each invoice and bill that is still open with its
// due date. Posting it makes one entry, and documents that can be paid like any other.
type Opening struct {
	bun.BaseModel `bun:"table:finance_opening,alias:fop"`
	entity.Base

	Date             clock.Date   `bun:"date,type:date,notnull"`
	Status           string       `bun:"status,notnull"`
	Memo             string       `bun:"memo,notnull"`
	CounterAccountID id.ID        `bun:"counter_account_id,type:uuid,nullzero"`
	TotalAmount      money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	LineCount        int          `bun:"line_count,notnull"`

	Lines []*OpeningLine `bun:"-"`
}

// Describe says what opening balances mean.
func (o *Opening) Describe(d *entity.Desc) {
	d.Is("finance.opening", "openings", entity.T("期初余额", "Opening balances"), &o.Memo)
	d.Field(&o.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted"),
	})
	d.Field(&o.Memo, entity.Field{Label: entity.T("摘要", "Memo"), List: true, Search: true})
	d.Field(&o.CounterAccountID, entity.Field{
		Label: entity.T("差额科目", "Counter account"), Ref: "finance.account",
		Help: entity.T("只导入部分余额时，借贷差额记入此科目；为空时必须平衡", "Takes the difference when only a part of the balances is brought in; without one they must balance"),
	})
	d.Field(&o.TotalAmount, entity.Field{Label: entity.T("借方合计", "Total debit"), Class: classLedger, Computed: true, List: true, Total: true})
	d.Field(&o.LineCount, entity.Field{Label: entity.T("行数", "Lines"), Computed: true})
	d.State(&o.Status, draft)
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
}

// OpeningLine is what stands on one account, or one open invoice, bill or advance.
type OpeningLine struct {
	bun.BaseModel `bun:"table:finance_opening_line,alias:fopl"`
	entity.Line

	OpeningID      id.ID        `bun:"opening_id,type:uuid,notnull"`
	AccountID      id.ID        `bun:"account_id,type:uuid,notnull"`
	Debit          money.Amount `bun:"debit,type:numeric(20,4),notnull"`
	Credit         money.Amount `bun:"credit,type:numeric(20,4),notnull"`
	CustomerID     id.ID        `bun:"customer_id,type:uuid,nullzero"`
	VendorID       id.ID        `bun:"vendor_id,type:uuid,nullzero"`
	Reference      string       `bun:"reference,notnull"`
	DocumentDate   clock.Date   `bun:"document_date,type:date,nullzero"`
	DueDate        clock.Date   `bun:"due_date,type:date,nullzero"`
	Currency       string       `bun:"currency,notnull"`
	AmountCurrency money.Amount `bun:"amount_currency,type:numeric(20,4),notnull"`
	Memo           string       `bun:"memo,notnull"`
	ItemID         id.ID        `bun:"item_id,type:uuid,nullzero"`
}

// Describe says what a line of opening balances means.
func (l *OpeningLine) Describe(d *entity.Desc) {
	d.Is("finance.opening_line", "opening_lines", entity.T("期初明细", "Opening line"), &l.Reference)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.OpeningID, entity.Field{Label: entity.T("期初余额", "Opening balances"), Ref: "finance.opening", Computed: true})
	d.Field(&l.AccountID, entity.Field{Label: entity.T("科目", "Account"), Ref: "finance.account", Required: true, List: true})
	d.Field(&l.Debit, entity.Field{Label: entity.T("借方", "Debit"), Class: classLedger, NotNeg: true, List: true, Total: true})
	d.Field(&l.Credit, entity.Field{Label: entity.T("贷方", "Credit"), Class: classLedger, NotNeg: true, List: true, Total: true})
	d.Field(&l.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true})
	d.Field(&l.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", List: true})
	d.Field(&l.Reference, entity.Field{
		Label: entity.T("原单据号", "Document no."), List: true,
		Help: entity.T("原系统的发票号；为空时重新编号", "The invoice's number in the system before; a new one is drawn without it"),
	})
	d.Field(&l.DocumentDate, entity.Field{Label: entity.T("单据日期", "Document date")})
	d.Field(&l.DueDate, entity.Field{Label: entity.T("到期日", "Due date"), List: true})
	d.Field(&l.Currency, entity.Field{Label: entity.T("币种", "Currency")})
	d.Field(&l.AmountCurrency, entity.Field{Label: entity.T("原币金额", "Amount in currency"), Class: classLedger, NotNeg: true})
	d.Field(&l.Memo, entity.Field{Label: entity.T("摘要", "Memo")})
	d.Field(&l.ItemID, entity.Field{Label: entity.T("未清项", "Open item"), Computed: true})
	d.Parent(&l.OpeningID)
}

// value is what the line brings in: positive on the debit side.
func (l *OpeningLine) value() money.Amount { return l.Debit.Sub(l.Credit) }

// foreign tells that the line is in another currency than the company's.
func (l *OpeningLine) foreign(company string) bool { return l.Currency != "" && l.Currency != company }
