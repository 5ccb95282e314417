package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// projectBilled invoices the customer of a project without an order, for a milestone or for hours, and posts the invoice.
func (o office) projectBilled(ctx context.Context, tx *tenancy.Tx, e projectsevent.BillingDue) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(tx.Today(), false); err != nil {
		return err
	}
	inv := &Invoice{CustomerID: e.CustomerID, Date: tx.Today(), Currency: tx.Tenant.Currency, Kind: standard, Memo: e.No}
	inv.ID = tx.NewID()
	for _, l := range e.Lines {
		inv.Lines = append(inv.Lines, &InvoiceLine{Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, TaxID: e.TaxID})
	}
	if _, err := o.reckon(ctx, tx, inv); err != nil {
		return err
	}
	if err := o.date(ctx, tx, inv); err != nil {
		return err
	}
	inv.invoice(nil, nil, tx.Tenant.Currency)
	if inv.No, err = draw(ctx, tx, seriesInvoice, inv.Date, inv.ID); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, inv); err != nil {
		return err
	}
	if err := b.post(tx, b.invoiceEntry(inv, tx.Tenant.Currency)); err != nil {
		return err
	}
	return record.Emit(ctx, tx, inv.told())
}

// revenueRecognised moves revenue between the invoices that book it and the time in which it is earned: earned and not billed is a contract asset,
// billed and not earned a contract liability. Both stand on one account, whose sign tells which.
func (o office) revenueRecognised(ctx context.Context, tx *tenancy.Tx, e projectsevent.RevenueRecognised) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	entry := &Entry{
		JournalID: b.journals[journalGeneral].id, Date: tx.Today(), Source: e.No, SourceEntity: "projects.project", SourceID: e.ProjectID, Memo: e.No,
	}
	about := EntryLine{CustomerID: e.CustomerID}
	entry.add(b.account(forContract, ""), e.Change, about)
	entry.add(b.account(forRevenue, ""), e.Change.Neg(), about)
	return b.post(tx, entry)
}
