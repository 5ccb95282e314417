package sales

import (
	"cmp"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
)

// The states of an order; draft and confirmed are shared by quotations and returns.
const (
	Draft           = "draft"
	PendingApproval = "pending_approval"
	Confirmed       = "confirmed"
	InProgress      = "in_progress"
	Done            = "done"
	Cancelled       = "cancelled"
)

// Order is a customer's binding request. Stock, production, purchasing, projects and receivables follow it.
type Order struct {
	bun.BaseModel `bun:"table:sales_order,alias:o"`
	entity.Base

	No               string        `bun:"no,nullzero"`
	CustomerID       id.ID         `bun:"customer_id,type:uuid,notnull"`
	OpportunityID    id.ID         `bun:"opportunity_id,type:uuid,nullzero"`
	QuotationID      id.ID         `bun:"quotation_id,type:uuid,nullzero"`
	OwnerID          id.ID         `bun:"owner_id,type:uuid,nullzero"`
	CustomerRef      string        `bun:"customer_ref,notnull"`
	Status           string        `bun:"status,notnull"`
	Currency         string        `bun:"currency,notnull"`
	OrderDate        clock.Date    `bun:"order_date,nullzero"`
	RequestedDate    clock.Date    `bun:"requested_date,nullzero"`
	PromisedDate     clock.Date    `bun:"promised_date,nullzero"`
	PromisedBy       string        `bun:"promised_by,notnull"`
	DeliveryAddress  string        `bun:"delivery_address,notnull"`
	Terms            string        `bun:"terms,notnull"`
	PaymentTermID    id.ID         `bun:"payment_term_id,type:uuid,nullzero"`
	PriceListID      id.ID         `bun:"price_list_id,type:uuid,nullzero"`
	PriceIncludesTax bool          `bun:"price_includes_tax,notnull"`
	ShipComplete     bool          `bun:"ship_complete,notnull"`
	UntaxedAmount    money.Amount  `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount        money.Amount  `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount      money.Amount  `bun:"total_amount,type:numeric(20,4),notnull"`
	CompanyAmount    money.Amount  `bun:"company_amount,type:numeric(20,4),notnull"`
	ExchangeRate     money.Price   `bun:"exchange_rate,type:numeric(20,6),notnull"`
	CostAmount       money.Amount  `bun:"cost_amount,type:numeric(20,4),notnull"`
	MarginAmount     money.Amount  `bun:"margin_amount,type:numeric(20,4),notnull"`
	CriticalPath     string        `bun:"critical_path,notnull"`
	DeliveryNo       string        `bun:"delivery_no,notnull"` // the open one
	ProjectNo        string        `bun:"project_no,notnull"`  // the one that has services to render
	DeliveryStatus   string        `bun:"delivery_status,notnull"`
	DeliveryProgress money.Percent `bun:"delivery_progress,type:numeric(9,4),notnull"`
	InvoiceStatus    string        `bun:"invoice_status,notnull"`
	PaymentStatus    string        `bun:"payment_status,notnull"`
	InvoicedAmount   money.Amount  `bun:"invoiced_amount,type:numeric(20,4),notnull"`
	CollectedAmount  money.Amount  `bun:"collected_amount,type:numeric(20,4),notnull"`
	CreditLimit      money.Amount  `bun:"credit_limit,type:numeric(20,4),notnull"`
	CreditOpen       money.Amount  `bun:"credit_open,type:numeric(20,4),notnull"`
	CreditUnshipped  money.Amount  `bun:"credit_unshipped,type:numeric(20,4),notnull"`
	CreditOverdue    money.Amount  `bun:"credit_overdue,type:numeric(20,4),notnull"`
	CreditExcess     money.Amount  `bun:"credit_excess,type:numeric(20,4),notnull"`
	Revision         int64         `bun:"revision,notnull"`
	CancelReason     string        `bun:"cancel_reason,notnull"`
	Note             string        `bun:"note,notnull"`

	Lines []*OrderLine `bun:"-"`
}

// late tells in SQL whether, today, the order will be delivered after the day the customer asked for.
const late = `status IN ('confirmed', 'in_progress') AND delivery_status <> 'shipped' AND requested_date IS NOT NULL
	AND greatest(coalesce(promised_date, requested_date), {today}) > requested_date`

// Describe says what the fields mean.
func (o *Order) Describe(d *entity.Desc) {
	d.Is("sales.order", "orders", entity.T("销售订单", "Sales order"), &o.No)
	o.describeHead(d)
	o.describeAmounts(d)
	o.describeProgress(d)
	d.Number(&o.No, "SO")
	d.State(&o.Status, Draft)
	d.Pending(PendingApproval)
	d.Owner(&o.OwnerID)
	d.Lines(&o.Lines, "lines", entity.T("订单行", "Order lines"))
}

func (o *Order) describeHead(d *entity.Desc) {
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Required: true, List: true, Filter: true})
	d.Field(&o.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Computed: true})
	d.Field(&o.QuotationID, entity.Field{Label: entity.T("报价单", "Quotation"), Ref: "sales.quotation", Computed: true})
	d.Field(&o.OwnerID, entity.Field{Label: entity.T("销售员", "Salesperson"), Ref: "user", Filter: true, Aside: true, Anytime: true})
	d.Field(&o.CustomerRef, entity.Field{Label: entity.T("客户订单号", "Customer's reference"), Search: true, Anytime: true, Aside: true})
	d.Field(&o.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true, Default: Draft, Options: entity.Options(
		Draft, "草稿", "Draft", PendingApproval, "审批中", "Pending approval", Confirmed, "已确认", "Confirmed",
		InProgress, "执行中", "In progress", Done, "已完成", "Done", Cancelled, "已取消", "Cancelled")})
	d.Field(&o.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", Filter: true})
	d.Field(&o.OrderDate, entity.Field{Label: entity.T("下单日期", "Order date"), List: true, Filter: true})
	d.Field(&o.RequestedDate, entity.Field{Label: entity.T("要求交期", "Requested date"), List: true, Filter: true})
	d.Field(&o.DeliveryAddress, entity.Field{Label: entity.T("交货地址", "Delivery address"), Help: entity.T("留空时取客户地址", "The customer's address when left empty")})
	d.Field(&o.Terms, entity.Field{Label: entity.T("合同条款", "Terms"), Class: "contract"})
	d.Field(&o.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&o.PriceListID, entity.Field{Label: entity.T("价目表", "Price list"), Ref: "sales.price_list"})
	d.Field(&o.PriceIncludesTax, entity.Field{Label: entity.T("单价含税", "Prices include tax"), Class: "price"})
	d.Field(&o.ShipComplete, entity.Field{Label: entity.T("整单发货", "Ship complete"), Help: entity.T("全部备齐才发货", "Nothing leaves before all of it can")})
	d.Field(&o.Revision, entity.Field{Label: entity.T("版次", "Revision"), Computed: true})
	d.Field(&o.CancelReason, entity.Field{Label: entity.T("取消或关闭原因", "Reason of cancelling or closing"), Computed: true})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true, Aside: true})
}

func (o *Order) describeAmounts(d *entity.Desc) {
	d.Field(&o.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Total: true})
	d.Field(&o.TaxAmount, entity.Field{Label: entity.T("税额", "Tax amount"), Class: "price", Computed: true})
	d.Field(&o.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, List: true, Filter: true, Total: true})
	d.Field(&o.CompanyAmount, entity.Field{Label: entity.T("本位币金额", "Total in company currency"), Class: "price", Computed: true, Total: true})
	d.Field(&o.ExchangeRate, entity.Field{
		Label: entity.T("汇率", "Exchange rate"), Kind: entity.KindPrice, Computed: true,
		Help: entity.T("1 单位订单币种折合的本位币", "Company currency for one unit of the order's"),
	})
	credit := func(p any, zh, en, zhHelp, enHelp string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Help: entity.T(zhHelp, enHelp), Class: "price", Computed: true, Aside: true})
	}
	credit(&o.CreditLimit, "信用额度", "Credit limit", "确认时客户的信用额度，本位币；零表示未设定", "The customer's limit at the confirmation, in company currency; zero: none")
	credit(&o.CreditOpen, "未结金额", "Open amounts", "确认时其他订单和发票尚未付清的金额", "What other orders and invoices left to be paid at the confirmation")
	credit(&o.CreditUnshipped, "其中未发货", "Of it unshipped", "未结金额中尚未发货的部分", "The part of the open amounts that had not left")
	credit(&o.CreditOverdue, "其中已逾期", "Of it overdue", "未结金额中已逾期的部分", "The part of the open amounts that was overdue")
	d.Field(&o.CreditExcess, entity.Field{
		Label: entity.T("超出信用额度", "Above the credit limit"), Class: "price", Computed: true, Aside: true,
		Help: entity.T("确认时客户未结金额加本单超出信用额度的部分，本位币", "By how much the customer's open amounts and this order exceed the limit, in company currency"),
	})
	d.Field(&o.CostAmount, entity.Field{Label: entity.T("预计成本", "Expected cost"), Class: "cost", Computed: true, Total: true, Aside: true})
	d.Field(&o.MarginAmount, entity.Field{Label: entity.T("预计毛利", "Expected margin"), Class: "margin", Computed: true, Signed: true, Total: true, Aside: true})
}

func (o *Order) describeProgress(d *entity.Desc) {
	d.Field(&o.PromisedDate, entity.Field{Label: entity.T("承诺交期", "Promised date"), Computed: true, List: true, Filter: true, Aside: true})
	d.Field(&o.PromisedBy, entity.Field{Label: entity.T("交期取决于", "Promise depends on"), Computed: true, Aside: true})
	d.Field(&o.DeliveryNo, entity.Field{Label: entity.T("待发货的发货单", "Open delivery"), Computed: true, Aside: true})
	d.Field(&o.ProjectNo, entity.Field{Label: entity.T("待交付的项目", "Open project"), Computed: true, Aside: true})
	d.Field(&o.CriticalPath, entity.Field{
		Label: entity.T("关键路径", "Critical path"), Computed: true, Aside: true,
		Help: entity.T("交期晚于要求时，由近及远拖延订单的单据", "Of an order that is late: the documents that hold it up, each waiting for the next"),
	})
	d.Field(&o.DeliveryStatus, entity.Field{
		Label: entity.T("交付状态", "Delivery"), Computed: true, List: true, Filter: true, Default: "none", Aside: true,
		Options: entity.Options("none", "无", "None", "waiting", "待交付", "Waiting", "partial", "部分交付", "Partial", "shipped", "已交付", "Shipped"),
	})
	d.Field(&o.DeliveryProgress, entity.Field{Label: entity.T("交付进度 %", "Delivery progress %"), Computed: true, List: true, Aside: true})
	d.Field(&o.InvoiceStatus, entity.Field{
		Label: entity.T("开票状态", "Invoicing"), Computed: true, Filter: true, Default: "none", Aside: true,
		Options: entity.Options("none", "无", "None", "waiting", "待开票", "Waiting", "partial", "部分开票", "Partial", "invoiced", "已开票", "Invoiced"),
	})
	d.Field(&o.PaymentStatus, entity.Field{
		Label: entity.T("收款状态", "Payment"), Class: "payment", List: true, Filter: true, Anytime: true, Aside: true,
		Default: "none",
		Options: entity.Options("none", "未收款", "None", "partial", "部分收款", "Partial", "paid", "已收款", "Paid"),
	})
	d.Field(&o.InvoicedAmount, entity.Field{
		Label: entity.T("已开票金额", "Invoiced"), Class: "payment", Computed: true, Signed: true, Total: true, Aside: true,
		Help: entity.T("已过账发票减红字发票，含税", "Posted invoices less credit notes, tax included"),
	})
	d.Field(&o.CollectedAmount, entity.Field{Label: entity.T("已收金额", "Collected"), Class: "payment", Computed: true, Total: true, Aside: true})
	d.Virtual("late_days", entity.Field{
		Label: entity.T("逾期天数", "Days late"), Kind: entity.KindInt, List: true, Filter: true,
		Expr: "CASE WHEN " + late + " THEN greatest(coalesce(promised_date, requested_date), {today}) - requested_date ELSE 0 END",
	})
	d.Virtual("late_because", entity.Field{
		Label: entity.T("逾期原因", "Late because of"), Kind: entity.KindText,
		Expr: "CASE WHEN " + late + " THEN coalesce(nullif(critical_path, ''), nullif(promised_by, ''), nullif(delivery_no, ''), project_no) ELSE '' END",
	})
}

// head is the order as other modules see it.
func (o *Order) head() salesevent.Order {
	return salesevent.Order{
		ID: o.ID, No: o.No, CustomerID: o.CustomerID, OpportunityID: o.OpportunityID, OwnerID: o.OwnerID, Currency: o.Currency,
		OrderDate: o.OrderDate, RequestedDate: o.RequestedDate, DeliveryAddress: o.DeliveryAddress, PaymentTermID: o.PaymentTermID,
		Untaxed: o.UntaxedAmount, Tax: o.TaxAmount, Total: o.TotalAmount, Rate: o.ExchangeRate,
	}
}

// priced returns what the lines cost.
func (o *Order) priced() []*Priced {
	out := make([]*Priced, len(o.Lines))
	for i, l := range o.Lines {
		out[i] = &l.Priced
	}
	return out
}

// take writes a document's sums into it.
func (o *Order) take(s sums) {
	o.UntaxedAmount, o.TaxAmount, o.TotalAmount, o.CompanyAmount, o.ExchangeRate = s.untaxed, s.tax, s.total, s.company, s.rate
}

// line returns the line with an id, or nil.
func (o *Order) line(key id.ID) *OrderLine {
	for _, l := range o.Lines {
		if l.ID == key {
			return l
		}
	}
	return nil
}

// live tells that the order is binding and not yet over.
func (o *Order) live() bool { return o.Status == Confirmed || o.Status == InProgress }

// because is what decides when the rest of the order is with the customer: the document that brings the goods, or for an order that is late all of them
// down to the last; the delivery of what is all here; the project of services.
func (o *Order) because() string {
	return cmp.Or(o.CriticalPath, o.PromisedBy, o.DeliveryNo, o.ProjectNo)
}
