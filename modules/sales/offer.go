package sales

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
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
		q.Status = Draft
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
	for i, q := range drafts {
		s := sheets[i].sums
		q.UntaxedAmount, q.TaxAmount, q.TotalAmount = s.untaxed, s.tax, s.total
	}
	return nil
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
		return fault.New(fault.Rule, "quotation.expired", "报价已于 %s 过期", "The quotation expired on %s", q.ValidUntil.String())
	}
	if len(q.Lines) == 0 {
		return noLines()
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
