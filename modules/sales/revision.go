package sales

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of a revision.
const (
	Proposed  = "proposed"
	Applied   = "applied"
	Withdrawn = "withdrawn"
)

// Revision is a change of a confirmed order: what it was, what it becomes. It is a document of its own so that a change which needs an approval
// waits without touching the order.
type Revision struct {
	bun.BaseModel `bun:"table:sales_order_revision,alias:r"`
	entity.Base

	OrderID       id.ID        `bun:"order_id,type:uuid,notnull"`
	Number        int64        `bun:"number,notnull"`
	Name          string       `bun:"name,notnull"`
	Status        string       `bun:"status,notnull"`
	Reason        string       `bun:"reason,notnull"`
	RequestedFrom clock.Date   `bun:"requested_from,nullzero"`
	RequestedTo   clock.Date   `bun:"requested_to,nullzero"`
	TotalBefore   money.Amount `bun:"total_before,type:numeric(20,4),notnull"`
	TotalAfter    money.Amount `bun:"total_after,type:numeric(20,4),notnull"`
	CompanyAmount money.Amount `bun:"company_amount,type:numeric(20,4),notnull"`
	RaisedAmount  money.Amount `bun:"raised_amount,type:numeric(20,4),notnull"`
	CreditLimit   money.Amount `bun:"credit_limit,type:numeric(20,4),notnull"`
	CreditOpen    money.Amount `bun:"credit_open,type:numeric(20,4),notnull"`
	CreditExcess  money.Amount `bun:"credit_excess,type:numeric(20,4),notnull"`

	Lines []*RevisionLine `bun:"-"`
}

// Describe says what the fields mean. Nothing is aside: it is what an approver agrees to.
func (r *Revision) Describe(d *entity.Desc) {
	d.Is("sales.revision", "revisions", entity.T("订单变更", "Order revision"), &r.Name)
	d.Field(&r.OrderID, entity.Field{Label: entity.T("订单", "Order"), Ref: "sales.order", Immutable: true, List: true, Filter: true})
	d.Field(&r.Number, entity.Field{Label: entity.T("版次", "Revision"), Immutable: true, List: true})
	d.Field(&r.Name, entity.Field{Label: entity.T("名称", "Name"), Computed: true, List: true, Search: true})
	d.Field(&r.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true, Default: Proposed, Options: entity.Options(
		Proposed, "已提出", "Proposed", PendingApproval, "审批中", "Pending approval", Applied, "已生效", "Applied", Withdrawn, "已撤回", "Withdrawn")})
	d.Field(&r.Reason, entity.Field{Label: entity.T("变更原因", "Reason"), Immutable: true})
	d.Field(&r.RequestedFrom, entity.Field{Label: entity.T("原要求交期", "Requested date before"), Immutable: true})
	d.Field(&r.RequestedTo, entity.Field{Label: entity.T("新要求交期", "Requested date after"), Immutable: true})
	d.Field(&r.TotalBefore, entity.Field{Label: entity.T("变更前合计", "Total before"), Class: "price", Immutable: true})
	d.Field(&r.TotalAfter, entity.Field{Label: entity.T("变更后合计", "Total after"), Class: "price", Immutable: true, List: true})
	d.Field(&r.CompanyAmount, entity.Field{Label: entity.T("变更后本位币金额", "Total after, in company currency"), Class: "price", Immutable: true})
	d.Field(&r.RaisedAmount, entity.Field{Label: entity.T("本位币增加额", "Raised by, in company currency"), Class: "price", Immutable: true})
	d.Field(&r.CreditLimit, entity.Field{Label: entity.T("信用额度", "Credit limit"), Class: "price", Computed: true})
	d.Field(&r.CreditOpen, entity.Field{Label: entity.T("未结金额", "Open amounts"), Class: "price", Computed: true})
	d.Field(&r.CreditExcess, entity.Field{Label: entity.T("超出信用额度", "Above the credit limit"), Class: "price", Computed: true})
	d.State(&r.Status, Proposed)
	d.Pending(PendingApproval)
	d.Lines(&r.Lines, "lines", entity.T("变更明细", "Changes"))
	d.ReadOnly()
}

// RevisionLine is one changed, added or removed line: before and after.
type RevisionLine struct {
	bun.BaseModel `bun:"table:sales_order_revision_line,alias:rl"`
	entity.Line

	RevisionID     id.ID          `bun:"revision_id,type:uuid,notnull"`
	OrderLineID    id.ID          `bun:"order_line_id,type:uuid,notnull"`
	Change         string         `bun:"change,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	Description    string         `bun:"description,notnull"`
	Unit           string         `bun:"unit,notnull"`
	TaxID          id.ID          `bun:"tax_id,type:uuid,nullzero"`
	QuantityBefore money.Quantity `bun:"quantity_before,type:numeric(20,6),notnull"`
	QuantityAfter  money.Quantity `bun:"quantity_after,type:numeric(20,6),notnull"`
	PriceBefore    money.Price    `bun:"price_before,type:numeric(20,6),notnull"`
	PriceAfter     money.Price    `bun:"price_after,type:numeric(20,6),notnull"`
	DiscountBefore money.Percent  `bun:"discount_before,type:numeric(9,4),notnull"`
	DiscountAfter  money.Percent  `bun:"discount_after,type:numeric(9,4),notnull"`
}

// The kinds of change.
const (
	added   = "added"
	changed = "changed"
	removed = "removed"
)

// Describe says what the fields mean.
func (l *RevisionLine) Describe(d *entity.Desc) {
	d.Is("sales.revision_line", "revision_lines", entity.T("订单变更明细", "Order revision line"), nil)
	d.Field(&l.RevisionID, entity.Field{Label: entity.T("变更", "Revision"), Ref: "sales.revision", Immutable: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Immutable: true})
	d.Field(&l.Change, entity.Field{
		Label: entity.T("变更", "Change"), Immutable: true,
		Options: entity.Options(added, "新增", "Added", changed, "修改", "Changed", removed, "删除", "Removed"),
	})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Immutable: true})
	d.Field(&l.Description, entity.Field{Label: entity.T("说明", "Description"), Immutable: true})
	d.Field(&l.Unit, entity.Field{Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", Immutable: true})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", Immutable: true})
	d.Field(&l.QuantityBefore, entity.Field{Label: entity.T("原数量", "Quantity before"), Immutable: true})
	d.Field(&l.QuantityAfter, entity.Field{Label: entity.T("新数量", "Quantity after"), Immutable: true})
	price := func(p any, zh, en string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Kind: entity.KindPrice, Class: "price", Immutable: true})
	}
	price(&l.PriceBefore, "原单价", "Price before")
	price(&l.PriceAfter, "新单价", "Price after")
	d.Field(&l.DiscountBefore, entity.Field{Label: entity.T("原折扣 %", "Discount before %"), Class: "price", Immutable: true})
	d.Field(&l.DiscountAfter, entity.Field{Label: entity.T("新折扣 %", "Discount after %"), Class: "price", Immutable: true})
	d.Parent(&l.RevisionID)
}
