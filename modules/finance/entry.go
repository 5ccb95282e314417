package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// classLedger is the class of amounts in the books.
const classLedger = "ledger"

// classClosing is the class of what only those give who may post into a soft-locked period.
const classClosing = "closing"

const (
	draft  = "draft"
	posted = "posted"
)

// Entry is a journal entry 凭证: debits and credits in company currency that balance. Once it is posted nobody changes or deletes it; it is reversed.
type Entry struct {
	bun.BaseModel `bun:"table:finance_entry,alias:fe"`
	entity.Base

	No           string       `bun:"no,nullzero"`
	JournalID    id.ID        `bun:"journal_id,type:uuid,notnull"`
	Date         clock.Date   `bun:"date,type:date,notnull"`
	Status       string       `bun:"status,notnull"`
	Source       string       `bun:"source,notnull"`
	SourceEntity string       `bun:"source_entity,notnull"`
	SourceID     id.ID        `bun:"source_id,type:uuid,nullzero"`
	Memo         string       `bun:"memo,notnull"`
	Adjustment   bool         `bun:"adjustment,notnull"`
	ReversalOf   id.ID        `bun:"reversal_of,type:uuid,nullzero"`
	TotalAmount  money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	LineCount    int          `bun:"line_count,notnull"`

	Lines []*EntryLine `bun:"-"`
}

// Describe says what an entry means.
func (e *Entry) Describe(d *entity.Desc) {
	d.Is("finance.entry", "entries", entity.T("凭证", "Journal entry"), &e.No)
	d.Field(&e.No, entity.Field{Label: entity.T("凭证号", "No."), Computed: true, List: true, Search: true})
	d.Field(&e.JournalID, entity.Field{Label: entity.T("日记账", "Journal"), Ref: "finance.journal", Required: true, List: true, Filter: true})
	d.Field(&e.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&e.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted"),
	})
	d.Field(&e.Source, entity.Field{Label: entity.T("来源单据", "Source"), Computed: true, List: true, Filter: true, Search: true})
	d.Field(&e.SourceEntity, entity.Field{Label: entity.T("来源类型", "Source type"), Computed: true, Filter: true})
	d.Field(&e.SourceID, entity.Field{Label: entity.T("来源编号", "Source id"), Computed: true})
	d.Field(&e.Memo, entity.Field{Label: entity.T("摘要", "Memo"), List: true, Search: true})
	d.Field(&e.Adjustment, entity.Field{
		Label: entity.T("结账调整", "Closing adjustment"), Class: classClosing,
		Help: entity.T("结账调整凭证可以记入软锁定的期间", "Closing adjustments may be posted into a soft-locked period"),
	})
	d.Field(&e.ReversalOf, entity.Field{Label: entity.T("冲销凭证", "Reversal of"), Ref: "finance.entry", Computed: true, List: true})
	d.Field(&e.TotalAmount, entity.Field{Label: entity.T("金额", "Amount"), Class: classLedger, Computed: true, List: true, Total: true})
	d.Field(&e.LineCount, entity.Field{Label: entity.T("分录数", "Lines"), Computed: true})
	d.State(&e.Status, draft)
	d.Gapless(&e.No)
	d.Lines(&e.Lines, "lines", entity.T("分录", "Lines"))
}

// EntryLine is one side of an entry on one account.
type EntryLine struct {
	bun.BaseModel `bun:"table:finance_entry_line,alias:fel"`
	entity.Line

	EntryID          id.ID        `bun:"entry_id,type:uuid,notnull"`
	AccountID        id.ID        `bun:"account_id,type:uuid,notnull"`
	Debit            money.Amount `bun:"debit,type:numeric(20,4),notnull"`
	Credit           money.Amount `bun:"credit,type:numeric(20,4),notnull"`
	CustomerID       id.ID        `bun:"customer_id,type:uuid,nullzero"`
	VendorID         id.ID        `bun:"vendor_id,type:uuid,nullzero"`
	ProductID        id.ID        `bun:"product_id,type:uuid,nullzero"`
	DimensionValueID id.ID        `bun:"dimension_value_id,type:uuid,nullzero"`
	Memo             string       `bun:"memo,notnull"`
	Currency         string       `bun:"currency,notnull"`
	AmountCurrency   money.Amount `bun:"amount_currency,type:numeric(20,4),notnull"`
	ItemID           id.ID        `bun:"item_id,type:uuid,nullzero"`
	TaxID            id.ID        `bun:"tax_id,type:uuid,nullzero"`
}

// Describe says what an entry line means.
func (l *EntryLine) Describe(d *entity.Desc) {
	d.Is("finance.entry_line", "entry_lines", entity.T("分录", "Entry line"), &l.Memo)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.EntryID, entity.Field{Label: entity.T("凭证", "Entry"), Ref: "finance.entry", Computed: true})
	d.Field(&l.AccountID, entity.Field{Label: entity.T("科目", "Account"), Ref: "finance.account", Required: true, List: true, Filter: true})
	d.Field(&l.Debit, entity.Field{Label: entity.T("借方", "Debit"), Class: classLedger, NotNeg: true, List: true, Total: true})
	d.Field(&l.Credit, entity.Field{Label: entity.T("贷方", "Credit"), Class: classLedger, NotNeg: true, List: true, Total: true})
	d.Field(&l.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&l.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", List: true, Filter: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Filter: true})
	d.Field(&l.DimensionValueID, entity.Field{Label: entity.T("辅助核算", "Dimension"), Ref: "finance.dimension_value", Filter: true})
	d.Field(&l.Memo, entity.Field{Label: entity.T("摘要", "Memo"), List: true})
	d.Field(&l.Currency, entity.Field{Label: entity.T("币种", "Currency")})
	d.Field(&l.AmountCurrency, entity.Field{Label: entity.T("原币金额", "Amount in currency"), Class: classLedger, Signed: true})
	d.Field(&l.ItemID, entity.Field{
		Label: entity.T("未清项", "Open item"), Computed: true, Filter: true,
		Help: entity.T("本行产生或结清的发票、采购发票、红字发票或收付款", "The invoice, bill, credit note or payment that this line opens or settles"),
	})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", Filter: true})
	d.Parent(&l.EntryID)
}
