package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// The gapless series of documents.
const (
	seriesInvoice = "INV"
	seriesCredit  = "CRN"
	seriesBill    = "BIL"
	seriesPayment = "PAY"
	seriesVendor  = "VCN" // vendors' credits
	seriesOpening = "OPN" // invoices of opening balances that bring no number along
)

// orderDelivered invoices what the customer has got, posts the invoice and tells. One invoice for each event, a constant number of statements
// whatever the number of lines.
func (o office) orderDelivered(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderDelivered) error {
	if len(e.Lines) == 0 {
		return nil
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(tx.Today(), false); err != nil {
		return err
	}
	t, err := lockReceivables(ctx, tx, []id.ID{e.ID}, true)
	if err != nil {
		return err
	}
	inv := &Invoice{
		CustomerID: e.CustomerID, OrderID: e.ID, OrderNo: e.No, DeliveryID: e.DeliveryID, Date: tx.Today(), PaymentTermID: e.PaymentTermID,
		Currency: e.Currency, Kind: standard,
	}
	inv.ID = tx.NewID()
	if err := o.deliveredLines(ctx, tx, inv, e.Lines, t); err != nil {
		return err
	}
	deposits, err := inv.deduct(ctx, tx, t)
	if err != nil {
		return err
	}
	if err := record.Update(ctx, tx, deposits...); err != nil {
		return err
	}
	if err := o.date(ctx, tx, inv); err != nil {
		return err
	}
	r := t.of(e.ID, e.CustomerID, e.No, e.Currency, inv.DueDate)
	inv.invoice(t, r, tx.Tenant.Currency)
	if err := t.save(ctx, tx); err != nil {
		return err
	}
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

// deliveredLines makes the invoice's lines from what was delivered. A line's last part takes what the others left of the order line.
func (o office) deliveredLines(ctx context.Context, tx *tenancy.Tx, inv *Invoice, lines []salesevent.Line, t *track) error {
	for _, l := range lines {
		inv.Lines = append(inv.Lines, &InvoiceLine{
			OrderLineID: l.ID, ProductID: l.ProductID, Description: l.Description, Quantity: l.Ordered, Unit: l.Unit, UnitPrice: l.UnitPrice,
			PriceIncludesTax: l.PriceIncludes, DiscountPercent: l.DiscountPercent, TaxID: l.TaxID,
		})
	}
	taxes, err := o.reckon(ctx, tx, inv)
	if err != nil {
		return err
	}
	for i, l := range inv.Lines {
		if lines[i].Exact {
			l.setSums(atRate(lines[i].Untaxed, taxes[l.TaxID].Rate, money.MinorUnit(inv.Currency)))
		}
		if known := t.byLine[l.OrderLineID]; known != nil && !taxes[l.TaxID].PerDocument() {
			l.setSums(known.share(l.Quantity, l.sums(), money.MinorUnit(inv.Currency)))
		}
	}
	for tax := range taxes {
		if taxes[tax].PerDocument() {
			inv.takeRest(tax, t)
		}
	}
	inv.total()
	return nil
}

// takeRest gives the last line of a tax that is rounded per document what the order's other invoices left of it, when this invoice is the last of all
// lines with that tax. A difference beyond rounding comes from another price and stands.
func (i *Invoice) takeRest(tax id.ID, t *track) {
	now := map[id.ID]money.Quantity{}
	var last *InvoiceLine
	var rest Sums
	for _, l := range i.Lines {
		if l.TaxID == tax && t.byLine[l.OrderLineID] != nil {
			now[l.OrderLineID], last = now[l.OrderLineID].Add(l.Quantity), l
			rest = rest.Sub(l.sums())
		}
	}
	if last == nil {
		return
	}
	for key, l := range t.byLine {
		if l.TaxID != tax {
			continue
		}
		if l.InvoicedQuantity.Add(now[key]).LessThan(l.Quantity) {
			return
		}
		total, untaxed := l.TotalAmount.Sub(l.InvoicedTotal), l.UntaxedAmount.Sub(l.InvoicedUntaxed)
		rest = rest.Add(Sums{Untaxed: untaxed, Tax: total.Sub(untaxed), Total: total})
	}
	if limit := money.Int(10).Shift(-money.MinorUnit(i.Currency)); rest.Total.Abs().LessThanOrEqual(limit) && rest.Untaxed.Abs().LessThanOrEqual(limit) {
		last.setSums(last.sums().Add(rest))
	}
}

// reckon works out the amounts of an invoice's lines and its totals.
func (o office) reckon(ctx context.Context, tx *tenancy.Tx, inv *Invoice) (map[id.ID]coreevent.Tax, error) {
	keys := make([]id.ID, len(inv.Lines))
	for i, l := range inv.Lines {
		keys[i] = l.TaxID
	}
	taxes, err := o.taxes(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	priced := make([]Priced, len(inv.Lines))
	for i, l := range inv.Lines {
		priced[i] = l.priced(taxes[l.TaxID])
	}
	for i, s := range Reckon(priced, money.MinorUnit(inv.Currency)) {
		inv.Lines[i].setSums(s)
	}
	inv.total()
	return taxes, nil
}

// total sums the lines up.
func (i *Invoice) total() {
	var all Sums
	for _, l := range i.Lines {
		all = all.Add(l.sums())
	}
	i.UntaxedAmount, i.TaxAmount, i.TotalAmount = all.Untaxed, all.Tax, all.Total
	i.LineCount = len(i.Lines)
}

// date gives an invoice its rate and its dates: those that its payment term says, unless a person has chosen a due date.
func (o office) date(ctx context.Context, tx *tenancy.Tx, inv *Invoice) error {
	var err error
	if inv.Rate, err = o.rate(ctx, tx, inv.Currency, inv.Date); err != nil {
		return err
	}
	if !inv.DueDate.IsZero() {
		return nil
	}
	term, err := o.ask.Terms.Terms(ctx, tx, inv.PaymentTermID)
	if err != nil {
		return err
	}
	parts := term.Instalments(inv.Date, inv.TotalAmount, money.MinorUnit(inv.Currency))
	inv.DueDate, inv.Installments = lastDue(parts), installments(parts)
	return nil
}

// invoice makes the document binding and notes it in its order's receivable (none for an invoice without an order).
func (i *Invoice) invoice(t *track, r *Receivable, company string) {
	i.settle()
	i.OpenValue = i.value(company)
	if r == nil {
		return
	}
	r.InvoicedAmount = r.InvoicedAmount.Add(i.TotalAmount)
	for _, l := range i.Lines {
		if known := t.byLine[l.OrderLineID]; known != nil {
			known.invoice(l.Quantity, l.sums())
		}
	}
}

// told is what others learn of a posted invoice.
func (i *Invoice) told() financeevent.InvoicePosted {
	e := financeevent.InvoicePosted{InvoiceID: i.ID, No: i.No, OrderID: i.OrderID, CustomerID: i.CustomerID, Total: i.TotalAmount}
	for _, l := range i.Lines {
		if !l.OrderLineID.IsZero() {
			e.Lines = append(e.Lines, financeevent.InvoicedLine{OrderLineID: l.OrderLineID, Quantity: l.Quantity})
		}
	}
	return e
}

// claim is a document that changes what a customer owes, as the ledger sees it.
type claim struct {
	entry    *Entry
	customer id.ID
	currency string
	rate     money.Price
	lines    []claimLine
	items    []claimItem // what it opens or settles
}

type claimLine struct {
	product, account, taxID id.ID
	untaxed, tax            money.Amount
}

// claimItem is the part of a claim that stands on one open item, in its currency and in the books.
type claimItem struct {
	id            id.ID
	amount, value money.Amount
}

// claimEntry books a claim: debit receivable, credit revenue and output tax. A negative sign books it the other way round. What is in another
// currency is converted so that the entry balances to the cent; what items are worth otherwise is a difference of exchange.
func (b *books) claimEntry(c claim, sign int64, company string) *Entry {
	parts := make([]money.Amount, 0, 2*len(c.lines))
	total := money.Zero()
	for _, l := range c.lines {
		parts = append(parts, l.untaxed, l.tax)
		total = total.Add(l.untaxed).Add(l.tax)
	}
	whole, split := convert(total, parts, c.rate, money.MinorUnit(company))
	s := money.Int(sign)
	about := func(l EntryLine, original money.Amount) EntryLine {
		l.CustomerID = c.customer
		if c.currency != company {
			l.Currency, l.AmountCurrency = c.currency, original
		}
		return l
	}
	for _, x := range c.items {
		c.entry.add(b.account(forReceivable, ""), x.value.Mul(s), about(EntryLine{ItemID: x.id}, x.amount.Mul(s)))
		whole = whole.Sub(x.value)
	}
	c.entry.add(b.account(forExchange, ""), whole.Mul(s), EntryLine{})
	for i, l := range c.lines {
		account := l.account
		if account.IsZero() {
			account = b.account(forRevenue, "")
		}
		c.entry.add(account, split[2*i].Mul(s).Neg(), about(EntryLine{ProductID: l.product, TaxID: l.taxID}, l.untaxed.Mul(s).Neg()))
		c.entry.add(b.account(forOutputTax, ""), split[2*i+1].Mul(s).Neg(), about(EntryLine{TaxID: l.taxID}, l.tax.Mul(s).Neg()))
	}
	return c.entry
}

// invoiceEntry is what an invoice means in the books.
func (b *books) invoiceEntry(inv *Invoice, company string) *Entry {
	c := claim{
		entry:    &Entry{JournalID: b.journals[journalSales].id, Date: inv.Date, Source: inv.No, SourceEntity: "finance.invoice", SourceID: inv.ID},
		customer: inv.CustomerID, currency: inv.Currency, rate: inv.Rate,
		items: []claimItem{{inv.ID, inv.TotalAmount, inv.value(company)}},
	}
	for _, l := range inv.Lines {
		c.lines = append(c.lines, claimLine{l.ProductID, b.earned(inv, l), l.TaxID, l.UntaxedAmount, l.TaxAmount})
	}
	return b.claimEntry(c, 1, company)
}

// value is what the whole invoice is worth in company currency.
func (i *Invoice) value(company string) money.Amount {
	whole, _ := convert(i.TotalAmount, nil, i.Rate, money.MinorUnit(company))
	return whole
}

// earned is the account that an invoice line is booked on: its own, that of deposits for a deposit and its deduction, or none for the usual revenue.
func (b *books) earned(inv *Invoice, l *InvoiceLine) id.ID {
	if l.AccountID.IsZero() && (inv.Kind == deposit || !l.DepositID.IsZero()) {
		return b.account(forDeposit, "")
	}
	return l.AccountID
}

// firstDate returns the first date that is set.
func firstDate(dates ...clock.Date) clock.Date {
	for _, d := range dates {
		if !d.IsZero() {
			return d
		}
	}
	return clock.Date{}
}
