package sales

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of a quotation, beside draft.
const (
	Sent     = "sent"
	Accepted = "accepted"
	Rejected = "rejected"

	Superseded = "superseded"
)

// Quotation is an offer to a customer. Accepting it makes the order.
type Quotation struct {
	bun.BaseModel `bun:"table:sales_quotation,alias:q"`
	entity.Base

	No               string       `bun:"no,nullzero"`
	CustomerID       id.ID        `bun:"customer_id,type:uuid,notnull"`
	OpportunityID    id.ID        `bun:"opportunity_id,type:uuid,nullzero"`
	OwnerID          id.ID        `bun:"owner_id,type:uuid,nullzero"`
	Status           string       `bun:"status,notnull"`
	Currency         string       `bun:"currency,notnull"`
	Date             clock.Date   `bun:"date,nullzero"`
	ValidUntil       clock.Date   `bun:"valid_until,nullzero"`
	RequestedDate    clock.Date   `bun:"requested_date,nullzero"`
	DeliveryAddress  string       `bun:"delivery_address,notnull"`
	Terms            string       `bun:"terms,notnull"`
	PaymentTermID    id.ID        `bun:"payment_term_id,type:uuid,nullzero"`
	PriceListID      id.ID        `bun:"price_list_id,type:uuid,nullzero"`
	PriceIncludesTax bool         `bun:"price_includes_tax,notnull"`
	UntaxedAmount    money.Amount `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount        money.Amount `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount      money.Amount `bun:"total_amount,type:numeric(20,4),notnull"`
	CostAmount       money.Amount `bun:"cost_amount,type:numeric(20,4),notnull"`
	MarginAmount     money.Amount `bun:"margin_amount,type:numeric(20,4),notnull"`
	Revision         int64        `bun:"revision,notnull"`
	PreviousID       id.ID        `bun:"previous_id,type:uuid,nullzero"`
	ReplacedByID     id.ID        `bun:"replaced_by_id,type:uuid,nullzero"`
	OrderID          id.ID        `bun:"order_id,type:uuid,nullzero"`
	RejectReason     string       `bun:"reject_reason,notnull"`

	Lines []*QuotationLine `bun:"-"`
}

// Describe says what the fields mean.
func (q *Quotation) Describe(d *entity.Desc) {
	d.Is("sales.quotation", "quotations", entity.T("报价单", "Quotation"), &q.No)
	d.Field(&q.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&q.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Required: true, List: true, Filter: true})
	d.Field(&q.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Filter: true})
	d.Field(&q.OwnerID, entity.Field{Label: entity.T("销售员", "Salesperson"), Ref: "user", Filter: true, Anytime: true, Aside: true})
	d.Field(&q.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true, Default: Draft, Options: entity.Options(
		Draft, "草稿", "Draft", Sent, "已发出", "Sent", Accepted, "已接受", "Accepted", Rejected, "已拒绝", "Rejected",
		Superseded, "已被新版取代", "Superseded")})
	d.Field(&q.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", Filter: true})
	d.Field(&q.Date, entity.Field{Label: entity.T("报价日期", "Date"), List: true, Filter: true})
	d.Field(&q.ValidUntil, entity.Field{Label: entity.T("有效期至", "Valid until"), List: true, Filter: true})
	d.Field(&q.RequestedDate, entity.Field{Label: entity.T("要求交期", "Requested date")})
	d.Field(&q.DeliveryAddress, entity.Field{Label: entity.T("交货地址", "Delivery address")})
	d.Field(&q.Terms, entity.Field{Label: entity.T("合同条款", "Terms"), Class: "contract"})
	d.Field(&q.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&q.PriceListID, entity.Field{Label: entity.T("价目表", "Price list"), Ref: "sales.price_list"})
	d.Field(&q.PriceIncludesTax, entity.Field{Label: entity.T("单价含税", "Prices include tax"), Class: "price"})
	d.Field(&q.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Total: true})
	d.Field(&q.TaxAmount, entity.Field{Label: entity.T("税额", "Tax amount"), Class: "price", Computed: true})
	d.Field(&q.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, List: true, Filter: true, Total: true})
	d.Field(&q.CostAmount, entity.Field{Label: entity.T("预计成本", "Expected cost"), Class: "cost", Computed: true, Total: true, Aside: true})
	d.Field(&q.MarginAmount, entity.Field{Label: entity.T("预计毛利", "Expected margin"), Class: "margin", Computed: true, Signed: true, Total: true, Aside: true})
	d.Field(&q.Revision, entity.Field{Label: entity.T("版次", "Version"), Computed: true, List: true})
	d.Field(&q.PreviousID, entity.Field{Label: entity.T("上一版", "Version before"), Ref: "sales.quotation", Computed: true})
	d.Field(&q.ReplacedByID, entity.Field{Label: entity.T("下一版", "Replaced by"), Ref: "sales.quotation", Computed: true})
	d.Virtual("expired", entity.Field{
		Label: entity.T("已过期", "Expired"), Kind: entity.KindBool, List: true, Filter: true,
		Expr: "status IN ('draft', 'sent') AND valid_until IS NOT NULL AND valid_until < {today}",
	})
	d.Field(&q.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Computed: true})
	d.Field(&q.RejectReason, entity.Field{Label: entity.T("拒绝原因", "Reason of rejection"), Computed: true})
	d.Number(&q.No, "QT")
	d.State(&q.Status, Draft)
	d.Owner(&q.OwnerID)
	d.Lines(&q.Lines, "lines", entity.T("报价行", "Quotation lines"))
}

// QuotationLine is one offered product.
type QuotationLine struct {
	bun.BaseModel `bun:"table:sales_quotation_line,alias:ql"`
	entity.Line
	Priced

	QuotationID id.ID `bun:"quotation_id,type:uuid,notnull"`
}

// Describe says what the fields mean.
func (l *QuotationLine) Describe(d *entity.Desc) {
	d.Is("sales.quotation_line", "quotation_lines", entity.T("报价单行", "Quotation line"), nil)
	d.Field(&l.QuotationID, entity.Field{Label: entity.T("报价单", "Quotation"), Ref: "sales.quotation", Required: true, Immutable: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	l.describe(d)
	d.Parent(&l.QuotationID)
}

func (q *Quotation) sheet() *sheet {
	s := &sheet{customer: q.CustomerID, currency: q.Currency, included: q.PriceIncludesTax, priceList: q.PriceListID}
	for _, l := range q.Lines {
		s.lines = append(s.lines, &l.Priced)
	}
	return s
}

// order is the order that the offer becomes.
func (q *Quotation) order() *Order {
	x := &Order{
		CustomerID: q.CustomerID, OpportunityID: q.OpportunityID, QuotationID: q.ID, OwnerID: q.OwnerID, Currency: q.Currency,
		RequestedDate: q.RequestedDate, DeliveryAddress: q.DeliveryAddress, Terms: q.Terms, PaymentTermID: q.PaymentTermID,
		PriceListID: q.PriceListID, PriceIncludesTax: q.PriceIncludesTax,
	}
	for _, l := range q.Lines {
		x.Lines = append(x.Lines, &OrderLine{Priced: l.Priced})
	}
	return x
}
