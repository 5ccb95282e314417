package sales

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// AmendLine changes the line with this id, removes it, or adds a line when no id is given. What is left out stays.
type AmendLine struct {
	ID              id.ID           `in:"id" label:"行|Line"`
	ProductID       id.ID           `in:"product_id" label:"产品|Product"`
	Quantity        *money.Quantity `in:"quantity" label:"数量|Quantity"`
	Unit            string          `in:"unit" label:"单位|Unit"`
	UnitPrice       *money.Price    `in:"unit_price" class:"price" label:"单价|Unit price"`
	DiscountPercent *money.Percent  `in:"discount_percent" class:"price" label:"折扣 %|Discount %"`
	TaxID           id.ID           `in:"tax_id" label:"税率|Tax"`
	Description     string          `in:"description" label:"说明|Description"`
	Remove          bool            `in:"remove" label:"删除|Remove"`
}

// Amendment is what changes in a confirmed order.
type Amendment struct {
	RequestedDate *clock.Date `in:"requested_date" label:"要求交期|Requested date"`
	Lines         []AmendLine `in:"lines" label:"订单行|Lines"`
	Reason        string      `in:"reason" label:"变更原因|Reason"`

	Choices []record.Chosen `in:"choices" label:"已开始单据的处理|What becomes of what has begun"`
}

// amend proposes a revision of a confirmed order and applies it, unless policy wants somebody to agree first: then the order stays as it is until
// then. A revision that was rejected gives way to a new one; while one awaits its approval there is no other.
func (o office) amend(ctx context.Context, tx *tenancy.Tx, x *Order, in Amendment) error {
	deskOf(tx).put(x)
	if err := o.clear(ctx, tx, x); err != nil {
		return err
	}
	r, err := x.propose(tx, in)
	if err != nil {
		return err
	}
	trial := x.copy()
	if _, err := trial.revise(r); err != nil {
		return err
	}
	s := trial.sheet()
	if err := o.price(ctx, tx, []*sheet{s}); err != nil {
		return err
	}
	r.price(trial)
	r.TotalBefore, r.TotalAfter = x.TotalAmount, s.sums.total
	r.CompanyAmount = s.sums.company
	r.RaisedAmount = money.Max(money.Zero(), s.sums.company.Sub(x.CompanyAmount))
	if r.RaisedAmount.Sign() > 0 {
		c, err := o.credit(ctx, tx, x, r.CompanyAmount)
		if err != nil {
			return err
		}
		r.CreditLimit, r.CreditOpen, r.CreditExcess = c.Limit, c.Open, c.Excess
	}
	if err := record.Create(ctx, tx, r); err != nil {
		return err
	}
	_, err = record.Act(ctx, tx, r, "apply", &Application{Choices: in.Choices})
	return err
}

// clear withdraws earlier proposals; one that awaits approval is in the way.
func (o office) clear(ctx context.Context, tx *tenancy.Tx, x *Order) error {
	rows, err := record.Find[Revision](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ?", x.ID.String()).Where("status IN (?, ?)", Proposed, PendingApproval)
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Status == PendingApproval {
			return fault.New(fault.Conflict, "order.revision_pending", "订单的变更 %s 正在审批", "The revision %s of this order awaits approval", r.Name)
		}
		r.Status = Withdrawn
	}
	return record.Update(ctx, tx, rows...)
}

// propose writes an amendment down as a revision.
func (o *Order) propose(tx *tenancy.Tx, in Amendment) (*Revision, error) {
	r := &Revision{
		Base: entity.Base{ID: tx.NewID()}, OrderID: o.ID, Number: o.Revision + 1, Name: fmt.Sprintf("%s-%d", o.No, o.Revision+1),
		Status: Proposed, Reason: in.Reason, RequestedFrom: o.RequestedDate, RequestedTo: o.RequestedDate,
	}
	if in.RequestedDate != nil {
		r.RequestedTo = *in.RequestedDate
	}
	var bad fault.Fields
	for i, a := range in.Lines {
		if l := o.proposeLine(tx, a, fmt.Sprintf("lines[%d].", i), &bad); l != nil {
			r.Lines = append(r.Lines, l)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if len(r.Lines) == 0 && r.RequestedTo == r.RequestedFrom {
		return nil, fault.New(fault.Rule, "order.no_change", "没有任何变更", "Nothing would change")
	}
	return r, nil
}

// proposeLine writes one change down; nil when nothing would change or something is wrong.
func (o *Order) proposeLine(tx *tenancy.Tx, a AmendLine, path string, bad *fault.Fields) *RevisionLine {
	if a.Quantity != nil && (a.Quantity.Sign() < 0 || a.Quantity.IsZero() && a.ID.IsZero()) {
		bad.Add(path+"quantity", "value.positive", "数量应大于零", "The quantity must be more than zero")
		return nil
	}
	if a.DiscountPercent != nil && (a.DiscountPercent.Sign() < 0 || a.DiscountPercent.GreaterThan(money.Hundred())) {
		bad.Add(path+"discount_percent", "value.percent", "折扣应在 0 到 100 之间", "The discount must be between 0 and 100")
		return nil
	}
	if a.UnitPrice != nil && a.UnitPrice.Sign() < 0 {
		bad.Add(path+"unit_price", "value.negative", "单价不能为负", "The price must not be negative")
		return nil
	}
	if a.ID.IsZero() {
		return newLine(tx, a, path, bad)
	}
	l := o.line(a.ID)
	if l == nil {
		bad.Add(path+"id", "line.unknown", "订单没有这一行", "The order has no such line")
		return nil
	}
	c := &RevisionLine{
		OrderLineID: l.ID, Change: changed, ProductID: l.ProductID, Description: l.Description, Unit: l.Unit, TaxID: l.TaxID,
		QuantityBefore: l.Quantity, QuantityAfter: l.Quantity, PriceBefore: l.UnitPrice, PriceAfter: l.UnitPrice,
		DiscountBefore: l.DiscountPercent, DiscountAfter: l.DiscountPercent,
	}
	if !a.ProductID.IsZero() && a.ProductID != l.ProductID {
		bad.Add(path+"product_id", "order.product_fixed", "不能更换产品：请删除此行并新增一行", "A line keeps its product: remove it and add another")
		return nil
	}
	if !c.take(a) {
		return nil
	}
	return c
}

func newLine(tx *tenancy.Tx, a AmendLine, path string, bad *fault.Fields) *RevisionLine {
	c := &RevisionLine{OrderLineID: tx.NewID(), Change: added, ProductID: a.ProductID}
	if a.ProductID.IsZero() {
		bad.Add(path+"product_id", "required", "请填写产品", "The product is missing")
		return nil
	}
	if a.Quantity == nil {
		bad.Add(path+"quantity", "required", "请填写数量", "The quantity is missing")
		return nil
	}
	c.take(a)
	return c
}

// take writes what the caller gave and tells whether anything differs.
func (l *RevisionLine) take(a AmendLine) bool {
	was := *l
	if a.Quantity != nil {
		l.QuantityAfter = *a.Quantity
	}
	if a.UnitPrice != nil {
		l.PriceAfter = *a.UnitPrice
	}
	if a.DiscountPercent != nil {
		l.DiscountAfter = *a.DiscountPercent
	}
	if a.Unit != "" {
		l.Unit = a.Unit
	}
	if !a.TaxID.IsZero() {
		l.TaxID = a.TaxID
	}
	if a.Description != "" {
		l.Description = a.Description
	}
	if l.Change == changed && (a.Remove || l.QuantityAfter.IsZero()) {
		l.Change, l.QuantityAfter = removed, money.Zero()
	}
	return l.Change != changed || !l.QuantityAfter.Equal(was.QuantityAfter) || !l.PriceAfter.Equal(was.PriceAfter) ||
		!l.DiscountAfter.Equal(was.DiscountAfter) || l.Unit != was.Unit || l.TaxID != was.TaxID || l.Description != was.Description
}

// price takes over what pricing completed.
func (r *Revision) price(trial *Order) {
	for _, c := range r.Lines {
		if l := trial.line(c.OrderLineID); l != nil {
			c.PriceAfter, c.DiscountAfter, c.Unit, c.TaxID, c.Description = l.UnitPrice, l.DiscountPercent, l.Unit, l.TaxID, l.Description
		}
	}
}

// copy is the order to try a revision on.
func (o *Order) copy() *Order {
	c := *o
	c.Lines = make([]*OrderLine, len(o.Lines))
	for i, l := range o.Lines {
		n := *l
		c.Lines[i] = &n
	}
	return &c
}
