package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const refunded = "refunded"

// CreditNote is a red-letter invoice 红字发票: it takes back all or part of an invoice. What the customer has paid already beyond what remains stays
// open on it, to be refunded or offset against other invoices.
type CreditNote struct {
	bun.BaseModel `bun:"table:finance_credit_note,alias:fcn"`
	entity.Base

	No             string       `bun:"no,notnull"`
	InvoiceID      id.ID        `bun:"invoice_id,type:uuid,notnull"`
	CustomerID     id.ID        `bun:"customer_id,type:uuid,notnull"`
	OrderID        id.ID        `bun:"order_id,type:uuid,nullzero"`
	Status         string       `bun:"status,notnull"`
	Date           clock.Date   `bun:"date,type:date,notnull"`
	Currency       string       `bun:"currency,notnull"`
	Rate           money.Price  `bun:"rate,type:numeric(20,6),notnull"`
	Reason         string       `bun:"reason,notnull"`
	UntaxedAmount  money.Amount `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount      money.Amount `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount    money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	ResidualAmount money.Amount `bun:"residual_amount,type:numeric(20,4),notnull"`
	OpenValue      money.Amount `bun:"open_value,type:numeric(20,4),notnull"`
	LineCount      int          `bun:"line_count,notnull"`

	Lines   []*CreditNoteLine `bun:"-"`
	Matches []*CreditMatch    `bun:"-"`

	applied claimItem `bun:"-"` // what it takes off its invoice
	deposit bool      `bun:"-"` // it credits a deposit
}

// Describe says what a credit note means.
func (c *CreditNote) Describe(d *entity.Desc) {
	d.Is("finance.credit_note", "credit_notes", entity.T("红字发票", "Credit note"), &c.No)
	d.Field(&c.No, entity.Field{Label: entity.T("红字发票号", "No."), Computed: true, List: true, Search: true})
	d.Field(&c.InvoiceID, entity.Field{Label: entity.T("原发票", "Invoice"), Ref: "finance.invoice", Computed: true, List: true, Filter: true})
	d.Field(&c.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Computed: true, List: true, Filter: true})
	d.Field(&c.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Computed: true, Filter: true})
	d.Field(&c.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true,
		Options: entity.Options(posted, "已过账", "Posted", refunded, "已结清", "Refunded or offset"),
	})
	d.Field(&c.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true, Filter: true})
	d.Field(&c.Currency, entity.Field{Label: entity.T("币种", "Currency"), Computed: true, List: true})
	d.Field(&c.Rate, entity.Field{Label: entity.T("汇率", "Exchange rate"), Kind: entity.KindPrice, Computed: true})
	d.Field(&c.Reason, entity.Field{Label: entity.T("原因", "Reason"), Computed: true, List: true, Search: true})
	d.Field(&c.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&c.TaxAmount, entity.Field{Label: entity.T("税额", "Tax"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&c.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&c.ResidualAmount, entity.Field{Label: entity.T("待退或待抵扣金额", "To be refunded or offset"), Class: "payment", Computed: true, List: true, Filter: true, Total: true})
	d.Field(&c.OpenValue, entity.Field{Label: entity.T("待退或待抵扣金额（本位币账面）", "To be refunded or offset, in the books"), Class: "payment", Computed: true, Signed: true, Total: true})
	d.Field(&c.LineCount, entity.Field{Label: entity.T("行数", "Lines"), Computed: true})
	d.State(&c.Status, draft)
	d.Gapless(&c.No)
	d.ReadOnly()
	d.Lines(&c.Lines, "lines", entity.T("明细", "Lines"))
	d.Lines(&c.Matches, "matches", entity.T("抵扣", "Offsets"))
}

func (c *CreditNote) open() Open {
	return Open{ID: c.ID, No: c.No, Party: c.CustomerID, Currency: c.Currency, Residual: c.ResidualAmount}
}

// settle sets the state that follows from what is open.
func (c *CreditNote) settle() {
	c.Status = posted
	if c.ResidualAmount.IsZero() {
		c.Status = refunded
	}
}

// CreditNoteLine takes back all or part of one invoice line.
type CreditNoteLine struct {
	bun.BaseModel `bun:"table:finance_credit_note_line,alias:fcl"`
	entity.Line

	CreditNoteID  id.ID          `bun:"credit_note_id,type:uuid,notnull"`
	InvoiceLineID id.ID          `bun:"invoice_line_id,type:uuid,notnull"`
	OrderLineID   id.ID          `bun:"order_line_id,type:uuid,nullzero"`
	ProductID     id.ID          `bun:"product_id,type:uuid,nullzero"`
	Description   string         `bun:"description,notnull"`
	Quantity      money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit          string         `bun:"unit,notnull"`
	AccountID     id.ID          `bun:"account_id,type:uuid,nullzero"`
	UntaxedAmount money.Amount   `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount     money.Amount   `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount   money.Amount   `bun:"total_amount,type:numeric(20,4),notnull"`
	TaxID         id.ID          `bun:"tax_id,type:uuid,nullzero"`
	DepositID     id.ID          `bun:"deposit_id,type:uuid,nullzero"`
}

// Describe says what a credit note line means.
func (l *CreditNoteLine) Describe(d *entity.Desc) {
	d.Is("finance.credit_note_line", "credit_note_lines", entity.T("红字发票明细", "Credit note line"), &l.Description)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.CreditNoteID, entity.Field{Label: entity.T("红字发票", "Credit note"), Ref: "finance.credit_note", Computed: true})
	d.Field(&l.InvoiceLineID, entity.Field{Label: entity.T("原发票行", "Invoice line"), Ref: "finance.invoice_line", Computed: true})
	d.Field(&l.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Ref: "sales.order_line", Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true})
	d.Field(&l.Description, entity.Field{Label: entity.T("描述", "Description"), Computed: true, List: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true, List: true})
	d.Field(&l.Unit, entity.Field{Label: entity.T("单位", "Unit"), Computed: true, List: true})
	d.Field(&l.AccountID, entity.Field{Label: entity.T("收入科目", "Revenue account"), Ref: "finance.account", Computed: true})
	d.Field(&l.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TaxAmount, entity.Field{Label: entity.T("税额", "Tax"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", Computed: true})
	d.Field(&l.DepositID, entity.Field{Label: entity.T("抵扣的预收款", "Deposit deducted"), Ref: "finance.invoice", Computed: true})
	d.Parent(&l.CreditNoteID)
}
