package sales

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareQuotations completes and prices offers before they are saved.
func (o office) prepareQuotations(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Quotation]) error {
	var drafts []*Quotation
	var sheets []*sheet
	for _, c := range changes {
		q := c.New
		if q.Status != Draft && q.Status != "" {
			continue
		}
		q.Status, q.Revision = Draft, max(1, q.Revision)
		if q.OwnerID.IsZero() {
			q.OwnerID = tx.Actor.ID
		}
		if q.Currency == "" {
			q.Currency = tx.Tenant.Currency
		}
		if q.Date.IsZero() {
			q.Date = tx.Today()
		}
		if q.ValidUntil.IsZero() {
			q.ValidUntil = q.Date.AddDays(30)
		}
		drafts = append(drafts, q)
		sheets = append(sheets, q.sheet())
	}
	if err := o.price(ctx, tx, sheets); err != nil {
		return err
	}
	var keys []id.ID
	for _, s := range sheets {
		for _, l := range s.lines {
			keys = append(keys, l.ProductID)
		}
	}
	products, err := o.ask.Products.Products(ctx, tx, unique(keys))
	for i, q := range drafts {
		s := sheets[i].sums
		q.UntaxedAmount, q.TaxAmount, q.TotalAmount = s.untaxed, s.tax, s.total
		q.CostAmount, q.MarginAmount = earned(sheets[i].lines, products, s, tx.Tenant.Currency)
	}
	return err
}

// sendQuotation freezes the offer: from now on the customer may accept it.
func (o office) sendQuotation(ctx context.Context, tx *tenancy.Tx, q *Quotation, _ modules.None) error {
	if len(q.Lines) == 0 {
		return noLines()
	}
	q.Status = Sent
	return record.Update(ctx, tx, q)
}

func noLines() error {
	return fault.New(fault.Rule, "quotation.no_lines", "报价单没有产品行", "The quotation has no lines").
		At("lines", "required", "至少需要一行产品", "At least one line is needed")
}

// Acceptance is the input of accepting an offer.
type Acceptance struct {
	Confirm bool `in:"confirm" label:"同时确认订单|Confirm the order at once"`
}

// acceptQuotation makes the order from the offer, at the offered prices. An offer past its validity is refused.
func (o office) acceptQuotation(ctx context.Context, tx *tenancy.Tx, q *Quotation, in Acceptance) error {
	if !q.ValidUntil.IsZero() && tx.Today().After(q.ValidUntil) {
		return fault.New(fault.Rule, "quotation.expired", "报价已于 %s 过期：请申请延期或修订", "The quotation expired on %s; have it extended, or revise it", q.ValidUntil.String())
	}
	if len(q.Lines) == 0 {
		return noLines()
	}
	if err := q.unordered(ctx, tx); err != nil {
		return err
	}
	x := q.order()
	if err := o.place(ctx, tx, x); err != nil {
		return err
	}
	q.Status, q.OrderID = Accepted, x.ID
	if err := record.Update(ctx, tx, q); err != nil {
		return err
	}
	if !in.Confirm {
		return nil
	}
	_, err := record.Act(ctx, tx, x, "confirm", &modules.None{})
	return err
}

// unordered refuses an offer for a deal that has an order already, by another offer or by itself.
func (q *Quotation) unordered(ctx context.Context, tx *tenancy.Tx) error {
	if q.OpportunityID.IsZero() {
		return nil
	}
	others, err := record.Find[Order](ctx, tx, func(s *bun.SelectQuery) *bun.SelectQuery {
		return s.Where("opportunity_id = ?", q.OpportunityID.String()).Where("status <> ?", Cancelled).Limit(1)
	})
	if err != nil || len(others) == 0 {
		return err
	}
	return fault.New(fault.Rule, "quotation.deal_ordered", "该商机已有订单 %s", "The deal has an order already: %s", others[0].No).
		At("opportunity_id", "quotation.deal_ordered", "已有订单 %[1]s", "has the order %[1]s already", others[0].No)
}

// reviseQuotation makes the next version of an offer, a draft with the same lines and as long a validity from today; this one can't be accepted any more.
func (o office) reviseQuotation(ctx context.Context, tx *tenancy.Tx, q *Quotation, _ modules.None) error {
	next := *q
	next.Base = entity.Base{ID: tx.NewID()}
	base, _, _ := strings.Cut(q.No, "-")
	next.Revision = q.Revision + 1
	next.No = fmt.Sprintf("%s-%d", base, next.Revision)
	next.Status, next.PreviousID, next.RejectReason, next.Date = Draft, q.ID, "", tx.Today()
	if !q.ValidUntil.IsZero() && !q.Date.IsZero() {
		next.ValidUntil = tx.Today().AddDays(max(0, q.ValidUntil.Sub(q.Date)))
	}
	next.Lines = make([]*QuotationLine, len(q.Lines))
	for i, l := range q.Lines {
		next.Lines[i] = &QuotationLine{Priced: l.Priced}
	}
	if err := record.Create(ctx, tx, &next); err != nil {
		return err
	}
	q.Status, q.ReplacedByID = Superseded, next.ID
	return record.Update(ctx, tx, q)
}

// Extension is until when an offer holds now.
type Extension struct {
	ValidUntil clock.Date `in:"valid_until" label:"有效期至|Valid until"`
}

// extendQuotation lets an offer hold longer, also one that has expired.
func (o office) extendQuotation(ctx context.Context, tx *tenancy.Tx, q *Quotation, in Extension) error {
	if in.ValidUntil.Before(tx.Today()) || in.ValidUntil.IsZero() {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("valid_until", "date.past", "有效期不能早于今天", "An offer can't expire before today")
	}
	q.ValidUntil = in.ValidUntil
	return record.Update(ctx, tx, q)
}

// rejectQuotation notes that the customer declined.
func (o office) rejectQuotation(ctx context.Context, tx *tenancy.Tx, q *Quotation, in Because) error {
	q.Status, q.RejectReason = Rejected, in.Reason
	return record.Update(ctx, tx, q)
}

// place stores a draft order that follows from an offer and tells about it.
func (o office) place(ctx context.Context, tx *tenancy.Tx, x *Order) error {
	x.begin(tx)
	if err := o.adopt(ctx, tx, []*Order{x}); err != nil {
		return err
	}
	s := x.sheet()
	if err := o.price(ctx, tx, []*sheet{s}); err != nil {
		return err
	}
	x.take(s.sums)
	if err := record.Create(ctx, tx, x); err != nil {
		return err
	}
	return record.Emit(ctx, tx, salesevent.OrderCreated{Order: x.head()})
}
