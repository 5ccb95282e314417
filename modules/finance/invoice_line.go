package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

// InvoiceLine is one thing that is invoiced.
type InvoiceLine struct {
	bun.BaseModel `bun:"table:finance_invoice_line,alias:fil"`
	entity.Line

	InvoiceID        id.ID          `bun:"invoice_id,type:uuid,notnull"`
	OrderLineID      id.ID          `bun:"order_line_id,type:uuid,nullzero"`
	ProductID        id.ID          `bun:"product_id,type:uuid,nullzero"`
	Description      string         `bun:"description,notnull"`
	Quantity         money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit             string         `bun:"unit,notnull"`
	UnitPrice        money.Price    `bun:"unit_price,type:numeric(20,6),notnull"`
	PriceIncludesTax bool           `bun:"price_includes_tax,notnull"`
	DiscountPercent  money.Percent  `bun:"discount_percent,type:numeric(9,4),notnull"`
	TaxID            id.ID          `bun:"tax_id,type:uuid,nullzero"`
	AccountID        id.ID          `bun:"account_id,type:uuid,nullzero"`
	UntaxedAmount    money.Amount   `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount        money.Amount   `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount      money.Amount   `bun:"total_amount,type:numeric(20,4),notnull"`
	DepositID        id.ID          `bun:"deposit_id,type:uuid,nullzero"`
}

// Describe says what an invoice line means.
func (l *InvoiceLine) Describe(d *entity.Desc) {
	d.Is("finance.invoice_line", "invoice_lines", entity.T("发票明细", "Invoice line"), &l.Description)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.InvoiceID, entity.Field{Label: entity.T("发票", "Invoice"), Ref: "finance.invoice", Computed: true})
	d.Field(&l.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Ref: "sales.order_line"})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", List: true, Filter: true})
	d.Field(&l.Description, entity.Field{Label: entity.T("描述", "Description"), List: true, Search: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Default: "1", NotNeg: true, List: true})
	d.Field(&l.Unit, entity.Field{Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true})
	d.Field(&l.UnitPrice, entity.Field{Label: entity.T("单价", "Unit price"), Kind: entity.KindPrice, Class: "price", Signed: true, List: true})
	d.Field(&l.PriceIncludesTax, entity.Field{Label: entity.T("单价含税", "Price includes tax"), Class: "price"})
	d.Field(&l.DiscountPercent, entity.Field{Label: entity.T("折扣 %", "Discount %"), Class: "price", List: true})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", List: true})
	d.Field(&l.AccountID, entity.Field{
		Label: entity.T("收入科目", "Revenue account"), Ref: "finance.account",
		Help: entity.T("为空时使用默认收入科目", "Empty: the default revenue account"),
	})
	d.Field(&l.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TaxAmount, entity.Field{Label: entity.T("税额", "Tax amount"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.DepositID, entity.Field{Label: entity.T("抵扣的预收款", "Deposit deducted"), Ref: "finance.invoice", Computed: true})
	d.Parent(&l.InvoiceID)
}

// priced is the line as the tax rules see it.
func (l *InvoiceLine) priced(tax coreevent.Tax) Priced {
	return Priced{l.Quantity, l.UnitPrice, l.DiscountPercent, l.PriceIncludesTax, l.TaxID, tax.Rate, tax.PerDocument()}
}

// exact lets the line come to an amount without tax that is known better than by quantity and price. Where the two differ by more than rounding, because
// the price changed since another part was invoiced, the line has the price that the amount means.
func (l *InvoiceLine) exact(untaxed money.Amount, rate money.Percent, minor int32) {
	coarse := l.UnitPrice.Mul(money.Must("0.000001")).Add(money.Int(1).Shift(-minor)) // what the last decimal of the quantity is worth
	if untaxed.Sub(l.UntaxedAmount).Abs().GreaterThan(coarse) && l.Quantity.Sign() > 0 {
		l.UnitPrice, l.DiscountPercent, l.PriceIncludesTax = money.Div(untaxed, l.Quantity).Round(6), money.Zero(), false
	}
	l.setSums(atRate(untaxed, rate, minor))
}

func (l *InvoiceLine) sums() Sums { return Sums{l.UntaxedAmount, l.TaxAmount, l.TotalAmount} }
func (l *InvoiceLine) setSums(s Sums) {
	l.UntaxedAmount, l.TaxAmount, l.TotalAmount = s.Untaxed, s.Tax, s.Total
}

// Installment is a part of an invoice that is due on a date of its own; only invoices with several dates have them.
type Installment struct {
	bun.BaseModel `bun:"table:finance_installment,alias:fin"`
	entity.Line

	InvoiceID id.ID        `bun:"invoice_id,type:uuid,notnull"`
	DueDate   clock.Date   `bun:"due_date,type:date,notnull"`
	Amount    money.Amount `bun:"amount,type:numeric(20,4),notnull"`
}

// Describe says what an instalment means.
func (s *Installment) Describe(d *entity.Desc) {
	d.Is("finance.installment", "installments", entity.T("分期", "Instalment"), nil)
	d.Field(&s.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&s.InvoiceID, entity.Field{Label: entity.T("发票", "Invoice"), Ref: "finance.invoice", Computed: true})
	d.Field(&s.DueDate, entity.Field{Label: entity.T("到期日", "Due date"), Computed: true, List: true})
	d.Field(&s.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "price", Computed: true, Signed: true, List: true})
	d.Parent(&s.InvoiceID)
}
