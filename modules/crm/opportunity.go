package crm

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
)

// The states of an opportunity.
const (
	Open = "open"
	Won  = "won"
	Lost = "lost"
)

// Opportunity is a deal in the making. Once it is won it keeps showing how its order is delivered and paid, and what its project costs.
type Opportunity struct {
	bun.BaseModel `bun:"table:crm_opportunity,alias:op"`
	entity.Base

	Name             string        `bun:"name,notnull"`
	CustomerID       id.ID         `bun:"customer_id,type:uuid,nullzero"`
	ContactID        id.ID         `bun:"contact_id,type:uuid,nullzero"`
	CampaignID       id.ID         `bun:"campaign_id,type:uuid,nullzero"`
	OwnerID          id.ID         `bun:"owner_id,type:uuid,nullzero"`
	Stage            string        `bun:"stage,notnull"`
	Status           string        `bun:"status,notnull"`
	Probability      money.Percent `bun:"probability,type:numeric(9,4),notnull"`
	ExpectedAmount   money.Amount  `bun:"expected_amount,type:numeric(20,4),notnull"`
	Currency         string        `bun:"currency,notnull"`
	CloseDate        clock.Date    `bun:"close_date,nullzero"`
	FollowUpDate     clock.Date    `bun:"follow_up_date,type:date,nullzero"`
	RequestedDate    clock.Date    `bun:"requested_date,nullzero"`
	DeliveryAddress  string        `bun:"delivery_address,notnull"`
	Terms            string        `bun:"terms,notnull"`
	PaymentTermID    id.ID         `bun:"payment_term_id,type:uuid,nullzero"`
	LostReason       string        `bun:"lost_reason,notnull"`
	Note             string        `bun:"note,notnull"`
	OrderID          id.ID         `bun:"order_id,type:uuid,nullzero"`
	OrderCancelled   bool          `bun:"order_cancelled,notnull"`
	DeliveryStatus   string        `bun:"delivery_status,notnull"`
	DeliveryProgress money.Percent `bun:"delivery_progress,type:numeric(9,4),notnull"`
	PromisedDate     clock.Date    `bun:"promised_date,nullzero"`
	PromisedBy       string        `bun:"promised_by,notnull"`
	PaymentStatus    string        `bun:"payment_status,notnull"`
	CollectedAmount  money.Amount  `bun:"collected_amount,type:numeric(20,4),notnull"`
	ProjectID        id.ID         `bun:"project_id,type:uuid,nullzero"`
	ProjectProgress  money.Percent `bun:"project_progress,type:numeric(9,4),notnull"`
	ProjectCost      money.Amount  `bun:"project_cost,type:numeric(20,4),notnull"`

	Lines    []*OpportunityLine `bun:"-"`
	Arrivals []*Arrival         `bun:"-"`
}

// late tells in SQL whether, today, the order will be delivered after the day the customer asked for.
const late = `delivery_status IN ('waiting', 'partial') AND requested_date IS NOT NULL
	AND greatest(coalesce(promised_date, requested_date), {today}) > requested_date`

// Describe says what the fields mean.
func (o *Opportunity) Describe(d *entity.Desc) {
	d.Is("crm.opportunity", "opportunities", entity.T("商机", "Opportunity"), &o.Name)
	o.describeDeal(d)
	o.describeOrder(d)
	d.State(&o.Status, Open)
	d.Owner(&o.OwnerID)
	d.Lines(&o.Lines, "lines", entity.T("产品", "Products"))
	d.Lines(&o.Arrivals, "arrivals", entity.T("到货", "Arrivals"))
}

func (o *Opportunity) describeDeal(d *entity.Desc) {
	d.Field(&o.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&o.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&o.ContactID, entity.Field{Label: entity.T("联系人", "Contact"), Ref: "crm.contact"})
	d.Field(&o.CampaignID, entity.Field{Label: entity.T("市场活动", "Campaign"), Ref: "crm.campaign", Filter: true, Aside: true})
	d.Field(&o.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", List: true, Filter: true, Anytime: true, Aside: true})
	d.Field(&o.Stage, entity.Field{Label: entity.T("阶段", "Stage"), Ref: "crm.stage", RefBy: "name", List: true, Filter: true, Aside: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Open, List: true, Filter: true,
		Options: entity.Options(Open, "进行中", "Open", Won, "赢单", "Won", Lost, "输单", "Lost"),
	})
	d.Field(&o.Probability, entity.Field{
		Label: entity.T("成交概率 %", "Probability %"), List: true, Aside: true,
		Help: entity.T("随阶段变化，可手工修改", "Follows the stage; may be changed by hand"),
	})
	d.Field(&o.ExpectedAmount, entity.Field{
		Label: entity.T("预计金额", "Expected amount"), Class: "price", List: true, Filter: true, Total: true,
		Help: entity.T("有产品行时按行计算", "Worked out from the lines when there are any"),
	})
	d.Field(&o.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", Filter: true})
	d.Field(&o.CloseDate, entity.Field{Label: entity.T("预计成交日期", "Expected to close on"), List: true, Filter: true, Aside: true})
	d.Field(&o.FollowUpDate, entity.Field{
		Label: entity.T("跟进日期", "Follow up on"), Anytime: true, Aside: true, Filter: true, Help: entity.T("当天自动生成跟进", "An activity is made on that day"),
	})
	d.Field(&o.RequestedDate, entity.Field{Label: entity.T("要求交期", "Requested date"), Filter: true})
	d.Field(&o.DeliveryAddress, entity.Field{Label: entity.T("交货地址", "Delivery address")})
	d.Field(&o.Terms, entity.Field{Label: entity.T("合同条款", "Terms"), Class: "contract"})
	d.Field(&o.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&o.LostReason, entity.Field{Label: entity.T("输单原因", "Reason of loss"), Computed: true})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true, Aside: true})
}

func (o *Opportunity) describeOrder(d *entity.Desc) {
	d.Field(&o.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Computed: true, Unique: true})
	d.Field(&o.OrderCancelled, entity.Field{
		Label: entity.T("订单已取消", "Order cancelled"), Computed: true, Filter: true,
		Help: entity.T("订单整单取消后，商机可以重新打开", "The whole order is called off; the deal may be reopened"),
	})
	d.Field(&o.DeliveryStatus, entity.Field{
		Label: entity.T("交付状态", "Delivery"), Computed: true, Default: "none", List: true, Filter: true,
		Options: entity.Options("none", "无", "None", "waiting", "待交付", "Waiting", "partial", "部分交付", "Partial", "shipped", "已交付", "Shipped"),
	})
	d.Field(&o.DeliveryProgress, entity.Field{Label: entity.T("交付进度 %", "Delivery progress %"), Computed: true, List: true})
	d.Field(&o.PromisedDate, entity.Field{Label: entity.T("承诺交期", "Promised date"), Computed: true, Filter: true})
	d.Field(&o.PromisedBy, entity.Field{Label: entity.T("交期取决于", "Promise depends on"), Computed: true})
	d.Field(&o.PaymentStatus, entity.Field{
		Label: entity.T("收款状态", "Payment"), Class: "payment", Computed: true, Default: "none", Filter: true,
		Options: entity.Options("none", "未收款", "None", "partial", "部分收款", "Partial", "paid", "已收款", "Paid"),
	})
	d.Field(&o.CollectedAmount, entity.Field{Label: entity.T("已收金额", "Collected"), Class: "payment", Computed: true, List: true, Total: true})
	d.Field(&o.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Computed: true})
	d.Field(&o.ProjectProgress, entity.Field{Label: entity.T("项目进度 %", "Project progress %"), Computed: true})
	d.Field(&o.ProjectCost, entity.Field{Label: entity.T("项目成本", "Project cost"), Class: "cost", Computed: true, Total: true})
	d.Virtual("late_days", entity.Field{
		Label: entity.T("逾期天数", "Days late"), Kind: entity.KindInt, List: true, Filter: true,
		Expr: "CASE WHEN " + late + " THEN greatest(coalesce(promised_date, requested_date), {today}) - requested_date ELSE 0 END",
	})
	d.Virtual("late_because", entity.Field{
		Label: entity.T("逾期原因", "Late because of"), Kind: entity.KindText,
		Expr: "CASE WHEN " + late + " THEN promised_by ELSE '' END",
	})
}

// OpportunityLine is one offered product.
type OpportunityLine struct {
	bun.BaseModel `bun:"table:crm_opportunity_line,alias:ol"`
	entity.Line

	OpportunityID   id.ID          `bun:"opportunity_id,type:uuid,notnull"`
	ProductID       id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity        money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit            string         `bun:"unit,notnull"`
	UnitPrice       money.Price    `bun:"unit_price,type:numeric(20,6),notnull"`
	DiscountPercent money.Percent  `bun:"discount_percent,type:numeric(9,4),notnull"`
	Amount          money.Amount   `bun:"amount,type:numeric(20,4),notnull"`
}

// Describe says what the fields mean.
func (l *OpportunityLine) Describe(d *entity.Desc) {
	d.Is("crm.opportunity_line", "opportunity_lines", entity.T("商机产品", "Opportunity line"), nil)
	d.Field(&l.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Required: true, Immutable: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&l.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code",
		Help: entity.T("留空时取产品单位", "The product's unit when left empty"),
	})
	d.Field(&l.UnitPrice, entity.Field{
		Label: entity.T("单价（不含税）", "Unit price without tax"), Kind: entity.KindPrice, Class: "price", List: true,
		Help: entity.T("留空或为零时与订单一样取价目表或产品目录价", "When left out or zero, as on an order: the price list's or the product's list price"),
	})
	d.Field(&l.DiscountPercent, entity.Field{Label: entity.T("折扣 %", "Discount %"), Class: "price"})
	d.Field(&l.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "price", Computed: true, List: true})
	d.Parent(&l.OpportunityID)
}

// offer is the line as others hear of it.
func (l *OpportunityLine) offer() crmevent.Line {
	return crmevent.Line{ProductID: l.ProductID, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, DiscountPercent: l.DiscountPercent}
}

// Arrival is goods that came in for the opportunity's order: from a vendor or from production.
type Arrival struct {
	bun.BaseModel `bun:"table:crm_arrival,alias:ar"`
	entity.Line

	OpportunityID id.ID          `bun:"opportunity_id,type:uuid,notnull"`
	ProductID     id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity      money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Date          clock.Date     `bun:"date,nullzero"`
	SourceNo      string         `bun:"source_no,notnull"`
}

// Describe says what the fields mean.
func (a *Arrival) Describe(d *entity.Desc) {
	d.Is("crm.arrival", "arrivals", entity.T("到货", "Arrival"), nil)
	d.Field(&a.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Computed: true})
	d.Field(&a.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&a.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true})
	d.Field(&a.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true})
	d.Field(&a.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true})
	d.Field(&a.SourceNo, entity.Field{Label: entity.T("来源单据", "Source"), Computed: true})
	d.Parent(&a.OpportunityID)
	d.Derived()
}
