package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const (
	loaded  = "loaded"
	matched = "matched"
)

// BankStatement is what a bank reports about an account 银行对账单: loaded from the bank's file, its lines are matched with documents and posted.
type BankStatement struct {
	bun.BaseModel `bun:"table:finance_bank_statement,alias:fbs"`
	entity.Base

	BankAccountID  id.ID        `bun:"bank_account_id,type:uuid,notnull"`
	Reference      string       `bun:"reference,notnull"`
	Date           clock.Date   `bun:"date,type:date,notnull"`
	Format         string       `bun:"format,notnull"`
	Status         string       `bun:"status,notnull"`
	Currency       string       `bun:"currency,notnull"`
	OpeningBalance money.Amount `bun:"opening_balance,type:numeric(20,4),notnull"`
	ClosingBalance money.Amount `bun:"closing_balance,type:numeric(20,4),notnull"`
	Digest         string       `bun:"digest,nullzero"`
	LineCount      int          `bun:"line_count,notnull"`

	Lines []*BankLine `bun:"-"`
}

// Describe says what a bank statement means.
func (s *BankStatement) Describe(d *entity.Desc) {
	d.Is("finance.bank_statement", "bank_statements", entity.T("银行对账单", "Bank statement"), &s.Reference)
	d.Field(&s.BankAccountID, entity.Field{Label: entity.T("银行账户", "Bank account"), Ref: "finance.bank_account", Required: true, List: true, Filter: true})
	d.Field(&s.Reference, entity.Field{Label: entity.T("对账单号", "Statement no."), List: true, Search: true})
	d.Field(&s.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&s.Format, entity.Field{Label: entity.T("格式", "Format"), Computed: true, Options: entity.Options(
		formatCSV, "CSV", "CSV", formatCAMT, "CAMT.053", "CAMT.053", formatMT940, "MT940", "MT940")})
	d.Field(&s.Status, entity.Field{
		Label: entity.T("状态", "Status"), Class: "payment", Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", loaded, "已导入", "Loaded", posted, "已过账", "Posted"),
	})
	d.Field(&s.Currency, entity.Field{Label: entity.T("币种", "Currency"), Computed: true, List: true})
	d.Field(&s.OpeningBalance, entity.Field{Label: entity.T("期初余额", "Opening balance"), Class: "payment", Computed: true, Signed: true})
	d.Field(&s.ClosingBalance, entity.Field{Label: entity.T("期末余额", "Closing balance"), Class: "payment", Computed: true, Signed: true, List: true})
	d.Field(&s.Digest, entity.Field{Label: entity.T("文件摘要", "Digest of the file"), Computed: true, Unique: true, Aside: true})
	d.Field(&s.LineCount, entity.Field{Label: entity.T("行数", "Lines"), Computed: true, List: true})
	d.State(&s.Status, draft)
	d.Lines(&s.Lines, "lines", entity.T("明细", "Lines"))
}

// BankLine is one movement on a bank account: positive came in. It becomes a payment, belongs to one that is posted already, or goes on an account of
// the books (charges, interest).
type BankLine struct {
	bun.BaseModel `bun:"table:finance_bank_line,alias:fbkl"`
	entity.Line

	StatementID    id.ID        `bun:"statement_id,type:uuid,notnull"`
	Date           clock.Date   `bun:"date,type:date,notnull"`
	Amount         money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	Counterparty   string       `bun:"counterparty,notnull"`
	CounterAccount string       `bun:"counter_account,notnull"`
	Reference      string       `bun:"reference,notnull"`
	Text           string       `bun:"text,notnull"`
	Status         string       `bun:"status,notnull"`
	CustomerID     id.ID        `bun:"customer_id,type:uuid,nullzero"`
	VendorID       id.ID        `bun:"vendor_id,type:uuid,nullzero"`
	Suggested      []string     `bun:"suggested,array,notnull"`
	Score          int          `bun:"score,notnull"`
	Because        string       `bun:"because,notnull"`
	PaymentID      id.ID        `bun:"payment_id,type:uuid,nullzero"`
	AccountID      id.ID        `bun:"account_id,type:uuid,nullzero"`
}

// Describe says what a line of a bank statement means.
func (l *BankLine) Describe(d *entity.Desc) {
	d.Is("finance.bank_line", "bank_lines", entity.T("对账单明细", "Bank statement line"), &l.Text)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.StatementID, entity.Field{Label: entity.T("银行对账单", "Bank statement"), Ref: "finance.bank_statement", Computed: true})
	d.Field(&l.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true})
	d.Field(&l.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "payment", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.Counterparty, entity.Field{Label: entity.T("对方户名", "Counterparty"), Class: "payment", Computed: true, List: true})
	d.Field(&l.CounterAccount, entity.Field{Label: entity.T("对方账号", "Counterparty's account"), Class: "payment", Computed: true})
	d.Field(&l.Reference, entity.Field{Label: entity.T("流水号", "Bank reference"), Class: "payment", Computed: true, List: true})
	d.Field(&l.Text, entity.Field{Label: entity.T("附言", "Text"), Class: "payment", Computed: true, List: true})
	d.Field(&l.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: open, List: true,
		Options: entity.Options(open, "待处理", "Open", matched, "已匹配", "Matched", posted, "已过账", "Posted"),
	})
	d.Field(&l.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Computed: true, List: true})
	d.Field(&l.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Computed: true, List: true})
	d.Field(&l.Suggested, entity.Field{
		Label: entity.T("建议匹配", "Suggested"), Class: "payment", Computed: true,
		Help: entity.T("建议结清的单据，或已登记的收付款", "The documents that it probably settles, or the payment that it probably is"),
	})
	d.Field(&l.Score, entity.Field{Label: entity.T("把握（0–100）", "Confidence, 0 to 100"), Computed: true, List: true})
	d.Field(&l.Because, entity.Field{Label: entity.T("依据", "Because"), Computed: true, Options: entity.Options(
		becausePayment, "已登记的收付款", "A payment on record", becauseNumber, "附言中的单据号", "The number in the text",
		becauseAmount, "金额相同", "The amount", becauseName, "户名与金额", "The name and the amount")})
	d.Field(&l.PaymentID, entity.Field{Label: entity.T("收付款", "Payment"), Ref: "finance.payment", Class: "payment", Computed: true, List: true})
	d.Field(&l.AccountID, entity.Field{Label: entity.T("科目", "Account"), Ref: "finance.account", Computed: true, List: true})
	d.Parent(&l.StatementID)
}

// reopen makes a line wait to be matched.
func (l *BankLine) reopen() {
	l.Status, l.PaymentID, l.AccountID, l.CustomerID, l.VendorID = open, id.ID{}, id.ID{}, id.ID{}, id.ID{}
}

// came tells that the money came in.
func (l *BankLine) came() bool { return l.Amount.Sign() > 0 }
