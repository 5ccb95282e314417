package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Credit is the input of crediting an invoice. Without lines everything that is not credited yet is.
type Credit struct {
	Date   *clock.Date  `in:"date" label:"日期|Date"`
	Reason string       `in:"reason" label:"原因|Reason"`
	Lines  []CreditLine `in:"lines" label:"明细|Lines"`
}

// CreditLine is how much of one invoice line is taken back; without a quantity, all that is left of it.
type CreditLine struct {
	LineID   id.ID           `in:"line_id" label:"发票行|Invoice line"`
	Quantity *money.Quantity `in:"quantity" label:"数量|Quantity"`
}

// credit takes back all or part of a posted invoice with a credit note. What the customer still owed shrinks; what was paid already stays open on the
// credit note to be refunded.
func (o office) credit(ctx context.Context, tx *tenancy.Tx, inv *Invoice, in Credit) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	note := &CreditNote{
		InvoiceID: inv.ID, CustomerID: inv.CustomerID, OrderID: inv.OrderID, Status: posted, Date: tx.Today(), Currency: inv.Currency, Rate: inv.Rate, Reason: in.Reason,
	}
	note.ID = tx.NewID()
	if in.Date != nil {
		note.Date = *in.Date
	}
	if err := b.check(note.Date, false); err != nil {
		return err
	}
	before, err := credited(ctx, tx, inv)
	if err != nil {
		return err
	}
	if note.Lines, err = inv.creditLines(in.Lines, before); err != nil {
		return err
	}
	note.total()
	was := inv.ResidualAmount
	inv.CreditedAmount = inv.CreditedAmount.Add(note.TotalAmount)
	inv.settle()
	note.ResidualAmount = money.Max(note.TotalAmount.Sub(was.Sub(inv.ResidualAmount)), money.Zero())
	if err := o.uncollect(ctx, tx, inv, note); err != nil {
		return err
	}
	if note.No, err = draw(ctx, tx, seriesCredit, note.Date, note.ID); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, inv); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, note); err != nil {
		return err
	}
	if err := b.post(tx, b.creditEntry(note, tx.Tenant.Currency)); err != nil {
		return err
	}
	return record.Emit(ctx, tx, note.told())
}

// taken is what earlier credit notes took back of an invoice line.
type taken struct {
	quantity money.Quantity
	sums     Sums
}

// credited sums up the earlier credit notes of an invoice, by invoice line. The invoice is locked, so none can join meanwhile.
func credited(ctx context.Context, tx *tenancy.Tx, inv *Invoice) (map[id.ID]taken, error) {
	if inv.CreditedAmount.IsZero() {
		return nil, nil //nolint:nilnil // nothing was credited
	}
	keys := make([]id.ID, len(inv.Lines))
	for i, l := range inv.Lines {
		keys[i] = l.ID
	}
	rows, err := record.Find[CreditNoteLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("invoice_line_id = ANY(?::uuid[])", pgdialect.Array(texts(keys)))
	})
	out := map[id.ID]taken{}
	for _, l := range rows {
		t := out[l.InvoiceLineID]
		out[l.InvoiceLineID] = taken{t.quantity.Add(l.Quantity), t.sums.Add(Sums{l.UntaxedAmount, l.TaxAmount, l.TotalAmount})}
	}
	return out, err
}

// creditLines works out what is taken back. A part of a line is its share of the amounts; the last part takes what is left.
func (i *Invoice) creditLines(wanted []CreditLine, before map[id.ID]taken) ([]*CreditNoteLine, error) {
	var bad fault.Fields
	byID := map[id.ID]*InvoiceLine{}
	for _, l := range i.Lines {
		byID[l.ID] = l
	}
	if len(wanted) == 0 {
		for _, l := range i.Lines {
			wanted = append(wanted, CreditLine{LineID: l.ID})
		}
	}
	done := map[id.ID]bool{}
	var out []*CreditNoteLine
	for n, w := range wanted {
		path := fmt.Sprintf("lines[%d].", n)
		l := byID[w.LineID]
		if l == nil || done[w.LineID] {
			bad.Add(path+"line_id", "line.unknown", "发票没有该行，或该行重复", "The invoice has no such line, or it is named twice")
			continue
		}
		done[w.LineID] = true
		left := l.Quantity.Sub(before[l.ID].quantity)
		rest := l.sums().Sub(before[l.ID].sums)
		quantity := left
		if w.Quantity != nil {
			quantity = *w.Quantity
		}
		switch {
		case quantity.GreaterThan(left) || quantity.Sign() < 0 || w.Quantity != nil && quantity.IsZero():
			bad.Add(path+"quantity", "credit.too_much", "该行可红冲数量为 %[1]s，不能红冲 %[2]s", "%[1]s of this line can be credited, not %[2]s", left.String(), quantity.String())
			continue
		case quantity.IsZero() && rest.Total.IsZero():
			continue
		case quantity.LessThan(left):
			rest = share(rest, quantity, left, money.MinorUnit(i.Currency))
		}
		line := &CreditNoteLine{
			InvoiceLineID: l.ID, OrderLineID: l.OrderLineID, ProductID: l.ProductID, Description: l.Description, Quantity: quantity, Unit: l.Unit, AccountID: l.AccountID,
		}
		line.UntaxedAmount, line.TaxAmount, line.TotalAmount = rest.Untaxed, rest.Tax, rest.Total
		out = append(out, line)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Rule, "credit.nothing", "发票 %s 已全部红冲", "Invoice %s is credited in full already", i.No)
	}
	return out, nil
}

// share is a part of sums: the total and the untaxed amount are rounded, the tax is what is between.
func share(all Sums, part, of money.Quantity, minor int32) Sums {
	total := money.Div(all.Total.Mul(part), of).Round(minor)
	untaxed := money.Div(all.Untaxed.Mul(part), of).Round(minor)
	return Sums{Untaxed: untaxed, Tax: total.Sub(untaxed), Total: total}
}

func (c *CreditNote) total() {
	c.UntaxedAmount, c.TaxAmount, c.TotalAmount = money.Zero(), money.Zero(), money.Zero()
	for _, l := range c.Lines {
		c.UntaxedAmount, c.TaxAmount, c.TotalAmount = c.UntaxedAmount.Add(l.UntaxedAmount), c.TaxAmount.Add(l.TaxAmount), c.TotalAmount.Add(l.TotalAmount)
	}
	c.LineCount = len(c.Lines)
}

// uncollect no longer expects of the order what is credited.
func (o office) uncollect(ctx context.Context, tx *tenancy.Tx, inv *Invoice, note *CreditNote) error {
	t, err := lockReceivables(ctx, tx, []id.ID{inv.OrderID}, true)
	if err != nil {
		return err
	}
	r := t.byOrder[inv.OrderID]
	if r == nil {
		return nil
	}
	r.InvoicedAmount = r.InvoicedAmount.Sub(note.TotalAmount)
	r.ExpectedAmount = r.ExpectedAmount.Sub(note.TotalAmount)
	for _, l := range note.Lines {
		known := t.byLine[l.OrderLineID]
		if known == nil {
			continue
		}
		known.invoice(l.Quantity.Neg(), Sums{l.UntaxedAmount.Neg(), l.TaxAmount.Neg(), l.TotalAmount.Neg()})
		known.Quantity = known.Quantity.Sub(l.Quantity)
		known.UntaxedAmount, known.TotalAmount = known.UntaxedAmount.Sub(l.UntaxedAmount), known.TotalAmount.Sub(l.TotalAmount)
	}
	return t.save(ctx, tx)
}

// creditEntry books a credit note: an invoice the other way round.
func (b *books) creditEntry(note *CreditNote, company string) *Entry {
	c := claim{
		entry: &Entry{
			JournalID: b.journals[journalSales].id, Date: note.Date, Source: note.No, SourceEntity: "finance.credit_note", SourceID: note.ID, Memo: note.Reason,
		},
		customer: note.CustomerID, currency: note.Currency, rate: note.Rate,
	}
	for _, l := range note.Lines {
		c.lines = append(c.lines, claimLine{l.ProductID, l.AccountID, l.UntaxedAmount, l.TaxAmount})
	}
	return b.claimEntry(c, -1, company)
}

// told says that an invoice was taken back: the amounts and quantities are negative.
func (c *CreditNote) told() financeevent.InvoicePosted {
	e := financeevent.InvoicePosted{InvoiceID: c.InvoiceID, No: c.No, OrderID: c.OrderID, CustomerID: c.CustomerID, Total: c.TotalAmount.Neg()}
	for _, l := range c.Lines {
		if !l.OrderLineID.IsZero() {
			e.Lines = append(e.Lines, financeevent.InvoicedLine{OrderLineID: l.OrderLineID, Quantity: l.Quantity.Neg()})
		}
	}
	return e
}
