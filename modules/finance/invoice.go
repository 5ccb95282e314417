package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const (
	partial   = "partial"
	paid      = "paid"
	cancelled = "cancelled"
)

// The kinds of invoices and bills.
const (
	standard = "standard"
	deposit  = "deposit" // asked for before anything is delivered, deducted from the invoices of the delivery
	opening  = "opening" // was open when the company began to keep its books here
)

func documentStates() []entity.Option {
	return entity.Options(draft, "草稿", "Draft", posted, "已过账", "Posted", partial, "部分结清", "Partly paid", paid, "已结清", "Paid", cancelled, "已冲销", "Cancelled")
}

// Invoice is what a customer owes for goods and services. Its amounts never change once it is posted; what is wrong is credited.
type Invoice struct {
	bun.BaseModel `bun:"table:finance_invoice,alias:fi"`
	entity.Base

	No             string       `bun:"no,nullzero"`
	CustomerID     id.ID        `bun:"customer_id,type:uuid,notnull"`
	OrderID        id.ID        `bun:"order_id,type:uuid,nullzero"`
	OrderNo        string       `bun:"order_no,notnull"`
	DeliveryID     id.ID        `bun:"delivery_id,type:uuid,nullzero"`
	Status         string       `bun:"status,notnull"`
	Date           clock.Date   `bun:"date,type:date,notnull"`
	DueDate        clock.Date   `bun:"due_date,type:date,notnull"`
	PaymentTermID  id.ID        `bun:"payment_term_id,type:uuid,nullzero"`
	Currency       string       `bun:"currency,notnull"`
	Rate           money.Price  `bun:"rate,type:numeric(20,6),notnull"`
	Memo           string       `bun:"memo,notnull"`
	UntaxedAmount  money.Amount `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount      money.Amount `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount    money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	PaidAmount     money.Amount `bun:"paid_amount,type:numeric(20,4),notnull"`
	CreditedAmount money.Amount `bun:"credited_amount,type:numeric(20,4),notnull"`
	ResidualAmount money.Amount `bun:"residual_amount,type:numeric(20,4),notnull"`
	OpenValue      money.Amount `bun:"open_value,type:numeric(20,4),notnull"`
	LineCount      int          `bun:"line_count,notnull"`
	Kind           string       `bun:"kind,notnull"`
	DeductedAmount money.Amount `bun:"deducted_amount,type:numeric(20,4),notnull"`
	DunningLevel   int          `bun:"dunning_level,notnull"`
	DunnedOn       clock.Date   `bun:"dunned_on,type:date,nullzero"`

	Lines        []*InvoiceLine `bun:"-"`
	Installments []*Installment `bun:"-"`
}

// Describe says what an invoice means.
func (i *Invoice) Describe(d *entity.Desc) {
	d.Is("finance.invoice", "invoices", entity.T("销售发票", "Invoice"), &i.No)
	d.Field(&i.No, entity.Field{Label: entity.T("发票号", "No."), Computed: true, List: true, Search: true})
	d.Field(&i.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Required: true, List: true, Filter: true})
	d.Field(&i.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Filter: true})
	d.Field(&i.OrderNo, entity.Field{Label: entity.T("订单号", "Order no."), Computed: true, List: true, Search: true})
	d.Field(&i.DeliveryID, entity.Field{Label: entity.T("发货单", "Delivery"), Ref: "inventory.delivery", Computed: true})
	d.Field(&i.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true, Options: documentStates()})
	d.Field(&i.Date, entity.Field{Label: entity.T("开票日期", "Date"), List: true, Filter: true})
	d.Field(&i.DueDate, entity.Field{Label: entity.T("到期日", "Due date"), List: true, Filter: true})
	d.Field(&i.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&i.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Filter: true})
	d.Field(&i.Rate, entity.Field{Label: entity.T("汇率", "Exchange rate"), Kind: entity.KindPrice, Computed: true})
	d.Field(&i.Memo, entity.Field{Label: entity.T("备注", "Memo")})
	d.Field(&i.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&i.TaxAmount, entity.Field{Label: entity.T("税额", "Tax"), Class: "price", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&i.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, Signed: true, List: true, Filter: true, Total: true})
	d.Field(&i.PaidAmount, entity.Field{Label: entity.T("已收金额", "Paid"), Class: "payment", Computed: true, Total: true})
	d.Field(&i.CreditedAmount, entity.Field{Label: entity.T("已红冲金额", "Credited"), Class: "payment", Computed: true, Total: true})
	d.Field(&i.ResidualAmount, entity.Field{Label: entity.T("未结金额", "Open amount"), Class: "payment", Computed: true, List: true, Filter: true, Total: true})
	d.Field(&i.OpenValue, entity.Field{Label: entity.T("未结金额（本位币账面）", "Open amount in the books"), Class: "payment", Computed: true, Signed: true, Total: true, Aside: true})
	d.Field(&i.Kind, entity.Field{Label: entity.T("种类", "Kind"), Computed: true, Default: standard, List: true, Filter: true, Options: entity.Options(
		standard, "普通", "Standard", deposit, "预收款", "Deposit", opening, "期初", "Opening balance")})
	d.Field(&i.DeductedAmount, entity.Field{Label: entity.T("已抵扣预收款", "Deducted deposit"), Class: "payment", Computed: true, Total: true, Aside: true})
	d.Field(&i.DunningLevel, entity.Field{Label: entity.T("催款级别", "Dunning level"), Class: "payment", Computed: true, Filter: true, Aside: true})
	d.Field(&i.DunnedOn, entity.Field{Label: entity.T("上次催款日", "Dunned on"), Class: "payment", Computed: true, Aside: true})
	d.Field(&i.LineCount, entity.Field{Label: entity.T("行数", "Lines"), Computed: true})
	d.Virtual("late_days", entity.Field{
		Label: entity.T("逾期天数", "Days late"), Class: "payment", Kind: entity.KindInt, List: true,
		Expr: "CASE WHEN residual_amount > 0 THEN greatest({today} - due_date, 0) ELSE 0 END",
	})
	d.State(&i.Status, draft)
	d.Measure(&i.TotalAmount, cancelled)
	d.Gapless(&i.No)
	d.Lines(&i.Lines, "lines", entity.T("明细", "Lines"))
	d.Lines(&i.Installments, "installments", entity.T("分期", "Instalments"))
}

// open tells how much of the invoice can be settled.
func (i *Invoice) open() Open {
	o := Open{ID: i.ID, No: i.No, Party: i.CustomerID, Currency: i.Currency, Residual: i.ResidualAmount}
	if i.Status == draft {
		o.Residual = money.Zero()
	}
	return o
}

// settle reckons what is open, and the state that follows.
func (i *Invoice) settle() {
	i.ResidualAmount = money.Max(i.TotalAmount.Sub(i.PaidAmount).Sub(i.CreditedAmount), money.Zero())
	switch {
	case i.TotalAmount.Sign() > 0 && i.CreditedAmount.Equal(i.TotalAmount):
		i.Status = cancelled
	case i.ResidualAmount.IsZero():
		i.Status = paid
	case i.PaidAmount.Sign() > 0:
		i.Status = partial
	default:
		i.Status = posted
	}
}
