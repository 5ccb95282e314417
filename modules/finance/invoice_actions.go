package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareInvoices completes drafts that people write: date, currency, amounts. What is posted passes as it is.
func (o office) prepareInvoices(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Invoice]) error {
	for _, c := range changes {
		inv := c.New
		if inv.Status == "" {
			inv.Status = draft
		}
		if inv.Status != draft {
			continue
		}
		inv.Date = firstDate(inv.Date, tx.Today())
		if inv.Currency == "" {
			inv.Currency = tx.Tenant.Currency
		}
		if _, err := o.reckon(ctx, tx, inv); err != nil {
			return err
		}
		if err := o.dueDraft(ctx, tx, c); err != nil {
			return err
		}
		inv.ResidualAmount = money.Max(inv.TotalAmount, money.Zero())
	}
	return nil
}

// dueDraft shows a draft's due date. A date that a person wrote stays; one that followed from the term follows it again.
func (o office) dueDraft(ctx context.Context, tx *tenancy.Tx, c modules.Change[*Invoice]) error {
	inv := c.New
	if c.Old != nil && inv.DueDate == c.Old.DueDate && (inv.Date != c.Old.Date || inv.PaymentTermID != c.Old.PaymentTermID) {
		inv.DueDate = firstDate()
	}
	if err := o.date(ctx, tx, inv); err != nil {
		return err
	}
	inv.Installments = nil // rows are made when it is posted
	return nil
}

// postInvoice makes a draft binding: it gets its number, the books and the order's receivable know of it, and nothing on it changes any more.
func (o office) postInvoice(ctx context.Context, tx *tenancy.Tx, inv *Invoice, _ modules.None) error {
	if len(inv.Lines) == 0 {
		return fault.New(fault.Rule, "invoice.empty", "发票没有明细", "The invoice has no lines").At("lines", "required", "至少需要一行", "at least one line is needed")
	}
	if inv.TotalAmount.Sign() < 0 {
		return fault.New(fault.Rule, "invoice.negative", "发票金额不能为负，请使用红字发票", "An invoice cannot be negative; use a credit note").
			At("total_amount", "value.negative", "不能为负", "must not be negative")
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(inv.Date, false); err != nil {
		return err
	}
	if err := o.termRows(ctx, tx, inv); err != nil {
		return err
	}
	t, err := lockReceivables(ctx, tx, []id.ID{inv.OrderID}, true)
	if err != nil {
		return err
	}
	var r *Receivable
	if !inv.OrderID.IsZero() {
		r = t.of(inv.OrderID, inv.CustomerID, inv.OrderNo, inv.Currency, inv.DueDate)
		inv.OrderNo = r.OrderNo
	}
	inv.invoice(t, r, tx.Tenant.Currency)
	inv.LineCount = len(inv.Lines)
	if err := t.save(ctx, tx); err != nil {
		return err
	}
	if inv.No, err = draw(ctx, tx, seriesInvoice, inv.Date, inv.ID); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, inv); err != nil {
		return err
	}
	if err := b.post(tx, b.invoiceEntry(inv, tx.Tenant.Currency)); err != nil {
		return err
	}
	return record.Emit(ctx, tx, inv.told())
}

// termRows makes the instalments of an invoice whose term has several dates, and fixes its rate.
func (o office) termRows(ctx context.Context, tx *tenancy.Tx, inv *Invoice) error {
	var err error
	if inv.Rate, err = o.rate(ctx, tx, inv.Currency, inv.Date); err != nil {
		return err
	}
	term, err := o.ask.Terms.Terms(ctx, tx, inv.PaymentTermID)
	if err != nil {
		return err
	}
	parts := term.Instalments(inv.Date, inv.TotalAmount, money.MinorUnit(inv.Currency))
	if lastDue(parts) != inv.DueDate {
		return nil // a person has chosen another date for the whole
	}
	rows := installments(parts)
	for i, row := range rows {
		row.InvoiceID, row.Position = inv.ID, i
	}
	inv.Installments = rows
	return record.Create(ctx, tx, rows...)
}
