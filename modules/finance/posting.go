package finance

import (
	"context"
	"fmt"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// posting is an entry that will be saved before the commit, and the event that caused it.
type posting struct {
	tx    *tenancy.Tx
	entry *Entry
}

// add books an amount on an account: a positive one is a debit, a negative one a credit, zero is nothing. Amounts for the same account, party and
// product on the same side become one line.
func (e *Entry) add(account id.ID, amount money.Amount, about EntryLine) {
	if amount.IsZero() {
		return
	}
	about.AccountID = account
	if amount.Sign() > 0 {
		about.Debit = amount
	} else {
		about.Credit = amount.Neg()
	}
	for _, l := range e.Lines {
		if l.AccountID == account && l.CustomerID == about.CustomerID && l.VendorID == about.VendorID && l.ProductID == about.ProductID && l.ItemID == about.ItemID && l.TaxID == about.TaxID &&
			l.Currency == about.Currency && l.DimensionValueID == about.DimensionValueID && l.Debit.IsZero() == about.Debit.IsZero() {
			l.Debit, l.Credit = l.Debit.Add(about.Debit), l.Credit.Add(about.Credit)
			l.AmountCurrency = l.AmountCurrency.Add(about.AmountCurrency)
			return
		}
	}
	e.Lines = append(e.Lines, &about)
}

// balance sums both sides up.
func (e *Entry) balance() (debit, credit money.Amount) {
	for _, l := range e.Lines {
		debit, credit = debit.Add(l.Debit), credit.Add(l.Credit)
	}
	return debit, credit
}

// ready tells why an entry can't be posted: nothing on it, a side that is missing, debit and credit that differ.
func (e *Entry) ready() error {
	debit, credit := e.balance()
	if len(e.Lines) < 2 {
		return fault.New(fault.Rule, "entry.empty", "凭证至少需要两行分录", "An entry needs at least two lines").At("lines", "required", "至少两行", "at least two lines")
	}
	if !debit.Equal(credit) {
		return fault.New(fault.Rule, "entry.unbalanced", "凭证借贷不平衡：借方 %[1]s，贷方 %[2]s", "The entry does not balance: debit %[1]s, credit %[2]s",
			debit.StringFixed(2), credit.StringFixed(2)).At("lines", "entry.unbalanced", "借贷不平衡", "does not balance")
	}
	if e.JournalID.IsZero() {
		return fault.New(fault.Rule, "setting.missing", "缺少过账所用的日记账", "The journal to post in is missing").At("journal_id", "required", "缺少日记账", "is missing")
	}
	for i, l := range e.Lines {
		if l.AccountID.IsZero() {
			return fault.New(fault.Rule, "setting.missing", "缺少过账科目，请检查财务默认设置", "An account to post on is missing; check the finance settings").
				At(fmt.Sprintf("lines[%d].account_id", i), "required", "缺少科目", "is missing")
		}
	}
	return nil
}

// finish makes an entry's head agree with its lines.
func (e *Entry) finish() {
	e.TotalAmount, _ = e.balance()
	e.LineCount = len(e.Lines)
}

// post queues an entry: it gets its number and is saved just before the commit, so that nobody waits for its series longer than that, and two units
// of work never wait for each other's series and stock. An entry without lines (nothing had a value) is left out.
func (b *books) post(tx *tenancy.Tx, e *Entry) error {
	if len(e.Lines) == 0 {
		return nil
	}
	if err := e.ready(); err != nil {
		return err
	}
	if err := b.check(e.Date, e.Adjustment); err != nil {
		return err
	}
	e.Status = posted
	e.finish()
	b.queue = append(b.queue, posting{tx, e})
	if !b.waiting {
		b.waiting = true
		tx.BeforeCommit(func(ctx context.Context) error {
			b.waiting = false
			return b.settle(ctx, tx)
		})
	}
	return nil
}

// settle numbers and saves the queued entries: one draw for each series, in the same order everywhere, and one write for all entries with the same cause.
func (b *books) settle(ctx context.Context, tx *tenancy.Tx) error {
	queue := b.queue
	b.queue = nil
	bySeries := map[string][]*Entry{}
	for _, p := range queue {
		p.entry.ID = tx.NewID()
		series := b.series(p.entry)
		bySeries[series] = append(bySeries[series], p.entry)
	}
	names := make([]string, 0, len(bySeries))
	for name := range bySeries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		numbers, err := record.Gapless(ctx, tx, name, len(bySeries[name]))
		if err != nil {
			return err
		}
		for i, e := range bySeries[name] {
			e.No = number(b.codes[e.JournalID], e.Date, numbers[i], e.ID)
		}
	}
	for len(queue) > 0 {
		n := 1
		for n < len(queue) && queue[n].tx.Cause == queue[0].tx.Cause {
			n++
		}
		entries := make([]*Entry, n)
		for i, p := range queue[:n] {
			entries[i] = p.entry
		}
		if err := record.Create(ctx, queue[0].tx, entries...); err != nil {
			return err
		}
		queue = queue[n:]
	}
	return nil
}

// series is the name of the gapless numbers of an entry: its journal's code and the year.
func (b *books) series(e *Entry) string {
	return fmt.Sprintf("%s-%d", b.codes[e.JournalID], e.Date.Year())
}

// draw gives a document the next number of its kind and year.
func draw(ctx context.Context, tx *tenancy.Tx, kind string, on clock.Date, key id.ID) (string, error) {
	n, err := record.Gapless(ctx, tx, fmt.Sprintf("%s-%d", kind, on.Year()), 1)
	if err != nil {
		return "", err
	}
	return number(kind, on, n[0], key), nil
}
