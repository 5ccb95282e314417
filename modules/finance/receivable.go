package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Receivable is what one order is expected to bring, what of it is invoiced and what is paid, tax included: the cash forecast.
type Receivable struct {
	bun.BaseModel `bun:"table:finance_receivable,alias:fr"`
	entity.Base

	OrderID        id.ID        `bun:"order_id,type:uuid,notnull"`
	OrderNo        string       `bun:"order_no,notnull"`
	CustomerID     id.ID        `bun:"customer_id,type:uuid,notnull"`
	Currency       string       `bun:"currency,notnull"`
	ExpectedDate   clock.Date   `bun:"expected_date,type:date,notnull"`
	ExpectedAmount money.Amount `bun:"expected_amount,type:numeric(20,4),notnull"`
	InvoicedAmount money.Amount `bun:"invoiced_amount,type:numeric(20,4),notnull"`
	PaidAmount     money.Amount `bun:"paid_amount,type:numeric(20,4),notnull"`

	Lines []*ReceivableLine `bun:"-"`
}

// Describe says what a receivable means.
func (r *Receivable) Describe(d *entity.Desc) {
	d.Is("finance.receivable", "receivables", entity.T("应收款", "Receivable"), &r.OrderNo)
	d.Field(&r.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Filter: true})
	d.Field(&r.OrderNo, entity.Field{Label: entity.T("订单号", "Order no."), List: true, Search: true})
	d.Field(&r.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&r.Currency, entity.Field{Label: entity.T("币种", "Currency"), List: true, Filter: true})
	d.Field(&r.ExpectedDate, entity.Field{Label: entity.T("预计收款日", "Expected on"), List: true, Filter: true})
	d.Field(&r.ExpectedAmount, entity.Field{Label: entity.T("预计金额", "Expected"), Class: "payment", Signed: true, List: true, Total: true})
	d.Field(&r.InvoicedAmount, entity.Field{Label: entity.T("已开票金额", "Invoiced"), Class: "payment", Signed: true, List: true, Total: true})
	d.Field(&r.PaidAmount, entity.Field{Label: entity.T("已收金额", "Paid"), Class: "payment", Signed: true, List: true, Total: true})
	d.Virtual("open_amount", entity.Field{
		Label: entity.T("待收金额", "To come"), Class: "payment", Kind: entity.KindAmount, List: true, Total: true,
		Expr: "greatest(expected_amount, invoiced_amount) - paid_amount",
	})
	d.Measure(&r.ExpectedAmount)
	d.Key(&r.OrderID)
	d.ReadOnly()
	d.Lines(&r.Lines, "lines", entity.T("明细", "Lines"))
}

// ReceivableLine remembers what an order line is worth and what of it is invoiced, so that the last part invoice of a line takes exactly what the
// others left.
type ReceivableLine struct {
	bun.BaseModel `bun:"table:finance_receivable_line,alias:frl"`
	entity.Line

	ReceivableID     id.ID          `bun:"receivable_id,type:uuid,notnull"`
	OrderLineID      id.ID          `bun:"order_line_id,type:uuid,notnull"`
	Quantity         money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	UntaxedAmount    money.Amount   `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TotalAmount      money.Amount   `bun:"total_amount,type:numeric(20,4),notnull"`
	InvoicedQuantity money.Quantity `bun:"invoiced_quantity,type:numeric(20,6),notnull"`
	InvoicedUntaxed  money.Amount   `bun:"invoiced_untaxed,type:numeric(20,4),notnull"`
	InvoicedTotal    money.Amount   `bun:"invoiced_total,type:numeric(20,4),notnull"`
	TaxID            id.ID          `bun:"tax_id,type:uuid,nullzero"`
}

// Describe says what a receivable line means.
func (l *ReceivableLine) Describe(d *entity.Desc) {
	d.Is("finance.receivable_line", "receivable_lines", entity.T("应收明细", "Receivable line"), nil)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.ReceivableID, entity.Field{Label: entity.T("应收款", "Receivable"), Ref: "finance.receivable"})
	d.Field(&l.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Ref: "sales.order_line"})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("订购数量", "Ordered"), Signed: true})
	d.Field(&l.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "payment", Signed: true})
	d.Field(&l.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "payment", Signed: true})
	d.Field(&l.InvoicedQuantity, entity.Field{Label: entity.T("已开票数量", "Invoiced quantity"), Signed: true})
	d.Field(&l.InvoicedUntaxed, entity.Field{Label: entity.T("已开票不含税金额", "Invoiced, untaxed"), Class: "payment", Signed: true})
	d.Field(&l.InvoicedTotal, entity.Field{Label: entity.T("已开票价税合计", "Invoiced, total"), Class: "payment", Signed: true})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax"})
	d.Derived()
	d.Parent(&l.ReceivableID)
}

// share says what a part of an order line is invoiced at: direct, reckoned from its price, unless it is the last part. Then it is what the others
// left, so that the order's invoices add up to the order. When the price changed in between, the two differ by more than rounding and direct stands.
func (l *ReceivableLine) share(quantity money.Quantity, direct Sums, minor int32) Sums {
	if l.InvoicedQuantity.Add(quantity).LessThan(l.Quantity) || quantity.Sign() <= 0 {
		return direct
	}
	total, untaxed := l.TotalAmount.Sub(l.InvoicedTotal), l.UntaxedAmount.Sub(l.InvoicedUntaxed)
	tolerance := money.Int(10).Shift(-minor)
	if total.Sub(direct.Total).Abs().GreaterThan(tolerance) || untaxed.Sub(direct.Untaxed).Abs().GreaterThan(tolerance) {
		return direct
	}
	return Sums{Untaxed: untaxed, Tax: total.Sub(untaxed), Total: total}
}

// invoice notes that a part is invoiced.
func (l *ReceivableLine) invoice(quantity money.Quantity, s Sums) {
	l.InvoicedQuantity = l.InvoicedQuantity.Add(quantity)
	l.InvoicedUntaxed = l.InvoicedUntaxed.Add(s.Untaxed)
	l.InvoicedTotal = l.InvoicedTotal.Add(s.Total)
}
