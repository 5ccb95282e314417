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

// crediting is what is to be taken back of one invoice, and why.
type crediting struct {
	invoice *Invoice
	lines   []CreditLine // none: all that is left
	reason  string
}

// credit takes back all or part of a posted invoice with a credit note. What the customer still owed shrinks; what was paid already stays open on the
// credit note to be refunded.
func (o office) credit(ctx context.Context, tx *tenancy.Tx, inv *Invoice, in Credit) error {
	on := clock.Latest(tx.Today(), inv.Date)
	if in.Date != nil {
		on = *in.Date
	}
	if err := notBefore(on, inv.No, inv.Date); err != nil {
		return err
	}
	return creditAll(ctx, tx, []crediting{{inv, in.Lines, in.Reason}}, on)
}

// notBefore refuses to take a document back on a day before its own: between the two days something would be credited that was never asked for.
func notBefore(on clock.Date, no string, date clock.Date) error {
	if !on.Before(date) {
		return nil
	}
	return fault.New(fault.Rule, "credit.early", "红字发票日期 %[1]s 早于原发票 %[2]s 的日期 %[3]s", "The credit's date %[1]s is before that of %[2]s, %[3]s", on, no, date).
		At("date", "credit.early", "不能早于 %[1]s", "must not be before %[1]s", date)
}

// creditAll credits invoices, each with a note of its own, with a constant number of statements. The invoices are locked.
func creditAll(ctx context.Context, tx *tenancy.Tx, list []crediting, on clock.Date) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(on, false); err != nil {
		return err
	}
	before, err := credited(ctx, tx, list)
	if err != nil {
		return err
	}
	invoices, notes := make([]*Invoice, len(list)), make([]*CreditNote, len(list))
	for i, c := range list {
		invoices[i] = c.invoice
		if notes[i], err = c.note(tx, on, before); err != nil {
			return err
		}
	}
	if err := undeduct(ctx, tx, notes); err != nil {
		return err
	}
	if err := uncollect(ctx, tx, notes); err != nil {
		return err
	}
	numbers, err := record.Gapless(ctx, tx, fmt.Sprintf("%s-%d", seriesCredit, on.Year()), len(notes))
	if err != nil {
		return err
	}
	for i, n := range notes {
		n.No = number(seriesCredit, on, numbers[i], n.ID)
		if err := b.post(tx, b.creditEntry(n, tx.Tenant.Currency)); err != nil {
			return err
		}
	}
	if err := record.Update(ctx, tx, invoices...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, notes...); err != nil {
		return err
	}
	for _, n := range notes {
		if err := record.Emit(ctx, tx, n.told()); err != nil {
			return err
		}
	}
	return nil
}

// note makes the credit note and takes its amount off the invoice, in memory.
func (c crediting) note(tx *tenancy.Tx, on clock.Date, before map[id.ID]taken) (*CreditNote, error) {
	inv := c.invoice
	n := &CreditNote{
		InvoiceID: inv.ID, CustomerID: inv.CustomerID, OrderID: inv.OrderID, Status: posted, Date: on, Currency: inv.Currency, Rate: inv.Rate, Reason: c.reason,
		deposit: inv.Kind == deposit,
	}
	n.ID = tx.NewID()
	var err error
	if n.Lines, err = inv.creditLines(c.lines, before); err != nil {
		return nil, err
	}
	n.total()
	if free := inv.TotalAmount.Sub(inv.CreditedAmount).Sub(inv.DeductedAmount); inv.Kind == deposit && n.TotalAmount.GreaterThan(free) {
		return nil, fault.New(fault.Rule, "deposit.deducted", "预收款发票 %[1]s 已抵扣，最多可红冲 %[2]s", "Deposit %[1]s is deducted already; at most %[2]s can be credited",
			inv.No, free.StringFixed(2)).At("lines", "deposit.deducted", "已抵扣", "is deducted")
	}
	was := inv.ResidualAmount
	inv.CreditedAmount = inv.CreditedAmount.Add(n.TotalAmount)
	inv.settle()
	minor := money.MinorUnit(tx.Tenant.Currency)
	n.applied = claimItem{id: inv.ID, amount: was.Sub(inv.ResidualAmount)}
	n.applied.value = part(inv.OpenValue, n.applied.amount, was, minor)
	if n.applied.amount.IsZero() {
		n.applied.value = money.Zero()
	}
	inv.OpenValue = inv.OpenValue.Sub(n.applied.value)
	n.ResidualAmount = money.Max(n.TotalAmount.Sub(n.applied.amount), money.Zero())
	n.OpenValue = n.ResidualAmount.Mul(n.Rate).Round(minor)
	return n, nil
}

// taken is what earlier credit notes took back of an invoice line.
type taken struct {
	quantity money.Quantity
	sums     Sums
}

// credited sums up the earlier credit notes of invoices, by invoice line. The invoices are locked, so none can join meanwhile.
func credited(ctx context.Context, tx *tenancy.Tx, list []crediting) (map[id.ID]taken, error) {
	out := map[id.ID]taken{}
	var keys []id.ID
	for _, c := range list {
		if c.invoice.CreditedAmount.IsZero() {
			continue
		}
		for _, l := range c.invoice.Lines {
			keys = append(keys, l.ID)
		}
	}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := record.Find[CreditNoteLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("invoice_line_id = ANY(?::uuid[])", pgdialect.Array(texts(keys)))
	})
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
			bad.Add(path+"quantity", "credit.too_much", "该行可红冲数量为 %[1]s，不能红冲 %[2]s", "%[1]s of this line can be credited, not %[2]s", left.String(),
				quantity.String())
			continue
		case quantity.IsZero() && rest.Total.IsZero():
			continue
		case quantity.LessThan(left):
			rest = share(rest, quantity, left, money.MinorUnit(i.Currency))
		}
		line := &CreditNoteLine{
			InvoiceLineID: l.ID, OrderLineID: l.OrderLineID, ProductID: l.ProductID, Description: l.Description, Quantity: quantity, Unit: l.Unit,
			AccountID: l.AccountID, TaxID: l.TaxID, DepositID: l.DepositID,
		}
		line.UntaxedAmount, line.TaxAmount, line.TotalAmount = rest.Untaxed, rest.Tax, rest.Total
		out = append(out, line)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	out = append(out, i.deductions(out, done, before)...)
	if len(out) == 0 {
		return nil, fault.New(fault.Rule, "credit.nothing", "发票 %s 已全部红冲", "Invoice %s is credited in full already", i.No)
	}
	return out, nil
}

// deductions credits the deposits that an invoice deducts in the proportion in which its goods are credited, so that a note is never more than what
// its invoice asked for. Deductions that were named are left as they are.
func (i *Invoice) deductions(out []*CreditNoteLine, done map[id.ID]bool, before map[id.ID]taken) []*CreditNoteLine {
	whole, gone, now := money.Zero(), money.Zero(), money.Zero()
	for _, l := range i.Lines {
		if l.DepositID.IsZero() {
			whole, gone = whole.Add(l.TotalAmount), gone.Add(before[l.ID].sums.Total)
		}
	}
	for _, l := range out {
		if l.DepositID.IsZero() {
			now = now.Add(l.TotalAmount)
		}
	}
	var list []*CreditNoteLine
	for _, l := range i.Lines {
		if l.DepositID.IsZero() || done[l.ID] || now.IsZero() {
			continue
		}
		left := l.sums().Sub(before[l.ID].sums)
		sums := left
		if rest := whole.Sub(gone); now.LessThan(rest) {
			sums = share(left, now, rest, money.MinorUnit(i.Currency))
		}
		if sums.Total.IsZero() {
			continue
		}
		n := &CreditNoteLine{InvoiceLineID: l.ID, Description: l.Description, AccountID: l.AccountID, TaxID: l.TaxID, DepositID: l.DepositID}
		n.UntaxedAmount, n.TaxAmount, n.TotalAmount = sums.Untaxed, sums.Tax, sums.Total
		list = append(list, n)
	}
	return list
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

// uncollect no longer expects of the orders what is credited.
func uncollect(ctx context.Context, tx *tenancy.Tx, notes []*CreditNote) error {
	keys := make([]id.ID, len(notes))
	for i, n := range notes {
		keys[i] = n.OrderID
	}
	t, err := lockReceivables(ctx, tx, keys, true)
	if err != nil {
		return err
	}
	for _, n := range notes {
		r := t.byOrder[n.OrderID]
		if r == nil {
			continue
		}
		r.InvoicedAmount = r.InvoicedAmount.Sub(n.TotalAmount)
		r.ExpectedAmount = r.ExpectedAmount.Sub(n.goods())
		if n.deposit && !r.waits() {
			r.ExpectedAmount = r.InvoicedAmount // nothing will be delivered that the deposit was for
		}
		for _, l := range n.Lines {
			if known := t.byLine[l.OrderLineID]; known != nil {
				known.credit(l)
			}
		}
	}
	return t.save(ctx, tx)
}

// goods is what of a credit note is about goods and services, not about money paid in advance for them.
func (c *CreditNote) goods() money.Amount {
	sum := money.Zero()
	for _, l := range c.Lines {
		if !c.deposit && l.DepositID.IsZero() {
			sum = sum.Add(l.TotalAmount)
		}
	}
	return sum
}

// credit takes back what was invoiced of an order line, and no longer expects it.
func (l *ReceivableLine) credit(c *CreditNoteLine) {
	l.invoice(c.Quantity.Neg(), Sums{c.UntaxedAmount.Neg(), c.TaxAmount.Neg(), c.TotalAmount.Neg()})
	l.Quantity = l.Quantity.Sub(c.Quantity)
	l.UntaxedAmount, l.TotalAmount = l.UntaxedAmount.Sub(c.UntaxedAmount), l.TotalAmount.Sub(c.TotalAmount)
}

// creditEntry books a credit note: an invoice the other way round.
func (b *books) creditEntry(note *CreditNote, company string) *Entry {
	c := claim{
		entry: &Entry{
			JournalID: b.journals[journalSales].id, Date: note.Date, Source: note.No, SourceEntity: "finance.credit_note", SourceID: note.ID, Memo: note.Reason,
		},
		customer: note.CustomerID, currency: note.Currency, rate: note.Rate,
		items: []claimItem{note.applied, {note.ID, note.ResidualAmount, note.OpenValue}},
	}
	for _, l := range note.Lines {
		account := l.AccountID
		if account.IsZero() && (note.deposit || !l.DepositID.IsZero()) {
			account = b.account(forDeposit, "")
		}
		c.lines = append(c.lines, claimLine{l.ProductID, account, l.TaxID, l.UntaxedAmount, l.TaxAmount})
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
