package finance

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareRevaluations gives a draft its date.
func prepareRevaluations(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Revaluation]) error {
	for _, c := range changes {
		c.New.Date = firstDate(c.New.Date, tx.Today())
	}
	return nil
}

// exposed are the documents that are open in other currencies, locked.
type exposed struct {
	invoices []*Invoice
	notes    []*CreditNote
	bills    []*Bill
	credits  []*VendorCredit
	advances []*Payment
}

func (x *exposed) save(ctx context.Context, tx *tenancy.Tx) error {
	if err := record.Update(ctx, tx, x.invoices...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, x.notes...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, x.bills...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, x.credits...); err != nil {
		return err
	}
	return record.Update(ctx, tx, x.advances...)
}

// lockExposed reads and locks the documents that a condition selects; what is open of them is in a column of theirs.
func lockExposed(ctx context.Context, tx *tenancy.Tx, where func(q *bun.SelectQuery, open string) *bun.SelectQuery) (x *exposed, err error) {
	x = &exposed{}
	of := func(open string) func(q *bun.SelectQuery) *bun.SelectQuery {
		return func(q *bun.SelectQuery) *bun.SelectQuery { return where(q, open).OrderExpr("id").For("UPDATE") }
	}
	locked := of("residual_amount")
	if x.invoices, err = record.Find[Invoice](ctx, tx, locked); err != nil {
		return nil, err
	}
	if x.notes, err = record.Find[CreditNote](ctx, tx, locked); err != nil {
		return nil, err
	}
	if x.bills, err = record.Find[Bill](ctx, tx, locked); err != nil {
		return nil, err
	}
	if x.credits, err = record.Find[VendorCredit](ctx, tx, locked); err != nil {
		return nil, err
	}
	x.advances, err = record.Find[Payment](ctx, tx, of("unmatched_amount"))
	return x, err
}

// revalue posts the differences between what is open at the rates of the day and what stands in the books: of documents, of money on account (unless it
// is to be left alone) and of banks.
func (o office) revalue(ctx context.Context, tx *tenancy.Tx, r *Revaluation, _ modules.None) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if r.AutoReverse {
		return o.revalueAsOf(ctx, tx, b, r)
	}
	x, err := lockExposed(ctx, tx, func(q *bun.SelectQuery, open string) *bun.SelectQuery {
		if r.LeaveAdvances && open == "unmatched_amount" {
			return q.Where("false")
		}
		return q.Where("status <> 'draft'").Where("? > 0", bun.Ident(open)).Where("currency <> ?", tx.Tenant.Currency).Where("date <= ?", r.Date)
	})
	if err != nil {
		return err
	}
	v := o.valuing(tx, b, r)
	if err := v.documents(ctx, x); err != nil {
		return err
	}
	if err := v.banks(ctx); err != nil {
		return err
	}
	return v.finish(ctx, x)
}

// valuing is a revaluation at work.
type valuing struct {
	o     office
	tx    *tenancy.Tx
	b     *books
	r     *Revaluation
	rates map[string]money.Price
	entry *Entry
	lines []*RevaluationLine
}

func (o office) valuing(tx *tenancy.Tx, b *books, r *Revaluation) *valuing {
	v := &valuing{o: o, tx: tx, b: b, r: r, rates: map[string]money.Price{}}
	v.entry = &Entry{
		JournalID: b.journals[journalGeneral].id, Date: r.Date, Source: r.Date.String(), SourceEntity: "finance.revaluation", SourceID: r.ID, Memo: r.Memo,
		Adjustment: true,
	}
	if v.entry.Memo == "" {
		v.entry.Memo = written(tx, "期末调汇", "Revaluation")
	}
	return v
}

// exposure is one document (or money on account) that is open in another currency, as a revaluation sees it.
type exposure struct {
	line    RevaluationLine // names it
	no      string
	value   *money.Amount
	account id.ID
	about   EntryLine
	side    int64 // 1: ours, −1: we owe it
}

// all lists the documents with where they stand in the books.
func (x *exposed) all(b *books) []exposure {
	var out []exposure
	owed, owing := b.account(forReceivable, ""), b.account(forPayable, "")
	for _, d := range x.invoices {
		line := RevaluationLine{InvoiceID: d.ID, Currency: d.Currency, OpenAmount: d.ResidualAmount}
		out = append(out, exposure{line, d.No, &d.OpenValue, owed, EntryLine{CustomerID: d.CustomerID}, 1})
	}
	for _, d := range x.notes {
		line := RevaluationLine{CreditNoteID: d.ID, Currency: d.Currency, OpenAmount: d.ResidualAmount}
		out = append(out, exposure{line, d.No, &d.OpenValue, owed, EntryLine{CustomerID: d.CustomerID}, -1})
	}
	for _, d := range x.bills {
		line := RevaluationLine{BillID: d.ID, Currency: d.Currency, OpenAmount: d.ResidualAmount}
		out = append(out, exposure{line, d.No, &d.OpenValue, owing, EntryLine{VendorID: d.VendorID}, -1})
	}
	for _, d := range x.credits {
		line := RevaluationLine{VendorCreditID: d.ID, Currency: d.Currency, OpenAmount: d.ResidualAmount}
		out = append(out, exposure{line, d.No, &d.OpenValue, owing, EntryLine{VendorID: d.VendorID}, 1})
	}
	for _, d := range x.advances {
		line := RevaluationLine{PaymentID: d.ID, Currency: d.Currency, OpenAmount: d.UnmatchedAmount}
		_, account, about := b.sides(d)
		side := int64(-1) // what came in is owed in goods, or back
		if d.Direction == moneyOut {
			side = 1
		}
		out = append(out, exposure{line, d.No, &d.OpenValue, account, about, side})
	}
	return out
}

// documents revalues what customers owe (and are owed), what is owed to vendors, and money on account.
func (v *valuing) documents(ctx context.Context, x *exposed) error {
	for _, e := range x.all(v.b) {
		if err := v.revalue(ctx, &e.line, e.value, e.side, e.account, e.about); err != nil {
			return err
		}
	}
	return nil
}

// banks revalues bank accounts in other currencies that have an account of the books to themselves.
func (v *valuing) banks(ctx context.Context) error {
	var rows []struct {
		Bank     id.ID        `bun:"bank"`
		Account  id.ID        `bun:"account"`
		Currency string       `bun:"currency"`
		Amount   money.Amount `bun:"amount"`
		Value    money.Amount `bun:"value"`
	}
	err := v.tx.NewRaw(`SELECT k.id AS bank, k.account_id AS account, k.currency, sum(l.amount_currency) FILTER (WHERE l.currency = k.currency) AS amount,
			sum(l.debit - l.credit) AS value
		FROM finance_bank_account k JOIN finance_entry_line l ON l.account_id = k.account_id JOIN finance_entry e ON e.id = l.entry_id
		WHERE k.currency <> ? AND e.status = 'posted' AND e.date <= ?
		GROUP BY k.id, k.account_id, k.currency HAVING sum(l.amount_currency) FILTER (WHERE l.currency = k.currency) IS NOT NULL
			AND bool_and(l.currency = k.currency OR l.amount_currency = 0 AND e.source_entity = 'finance.revaluation')
		ORDER BY k.id`, v.tx.Tenant.Currency, v.r.Date).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		value := r.Value
		line := &RevaluationLine{BankAccountID: r.Bank, Currency: r.Currency, OpenAmount: r.Amount}
		if err := v.revalue(ctx, line, &value, 1, r.Account, EntryLine{}); err != nil {
			return err
		}
	}
	return nil
}

// revalue brings one item to the rate of the day. side is 1 for what is ours and −1 for what we owe.
func (v *valuing) revalue(ctx context.Context, l *RevaluationLine, value *money.Amount, side int64, account id.ID, about EntryLine) error {
	rate, known := v.rates[l.Currency]
	if !known {
		var err error
		if rate, err = v.o.rate(ctx, v.tx, l.Currency, v.r.Date); err != nil {
			return err
		}
		v.rates[l.Currency] = rate
	}
	l.Rate, l.OldValue = rate, *value
	l.NewValue = money.RoundTo(l.OpenAmount.Mul(rate), v.tx.Tenant.Currency)
	l.Difference = l.NewValue.Sub(l.OldValue).Mul(money.Int(side))
	if l.Difference.IsZero() {
		return nil
	}
	*value = l.NewValue
	l.RevaluationID, l.Position = v.r.ID, len(v.lines)
	v.lines = append(v.lines, l)
	v.r.Difference = v.r.Difference.Add(l.Difference)
	v.book(l, account, about, 1)
	return nil
}

// book puts a line's difference on its account, or takes it off (−1), against the unrealised differences.
func (v *valuing) book(l *RevaluationLine, account id.ID, about EntryLine, way int64) {
	about.ItemID, about.Currency = l.document(), l.Currency
	amount := l.Difference.Mul(money.Int(way))
	v.entry.add(account, amount, about)
	v.entry.add(v.b.account(forUnrealised, ""), amount.Neg(), EntryLine{})
}

func (v *valuing) finish(ctx context.Context, x *exposed) error {
	if err := x.save(ctx, v.tx); err != nil {
		return err
	}
	v.r.Status = posted
	if err := record.Create(ctx, v.tx, v.lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, v.tx, v.r); err != nil {
		return err
	}
	return v.b.post(v.tx, v.entry)
}

// ReverseRevaluation is the input of taking a revaluation back; without a date, today.
type ReverseRevaluation struct {
	Date *clock.Date `in:"date" label:"日期|Date"`
}

// unvalue takes a revaluation back, as a first day of a period may ask. Documents that were settled or revalued since stay: they are named.
func (o office) unvalue(ctx context.Context, tx *tenancy.Tx, r *Revaluation, in ReverseRevaluation) error {
	if err := r.carried(); err != nil {
		return err
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	var keys []id.ID
	for _, l := range r.Lines {
		keys = append(keys, l.document())
	}
	x, err := lockExposed(ctx, tx, func(q *bun.SelectQuery, _ string) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(texts(distinct(keys))))
	})
	if err != nil {
		return err
	}
	v := &valuing{o: o, tx: tx, b: b, r: r}
	v.entry = &Entry{
		JournalID: b.journals[journalGeneral].id, Date: tx.Today(), Source: r.Date.String(), SourceEntity: "finance.revaluation", SourceID: r.ID,
		Memo: written(tx, "冲回期末调汇", "Reversal of revaluation"), Adjustment: true,
	}
	if in.Date != nil {
		v.entry.Date = *in.Date
	}
	if err := v.back(ctx, x); err != nil {
		return err
	}
	r.Status = reversed
	if err := x.save(ctx, tx); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	return b.post(tx, v.entry)
}

// back takes the differences off the documents in memory, unless one was touched since.
func (v *valuing) back(ctx context.Context, x *exposed) error {
	at := map[id.ID]exposure{}
	for _, e := range x.all(v.b) {
		at[e.line.document()] = e
	}
	var keys []id.ID
	for _, l := range v.r.Lines {
		keys = append(keys, l.BankAccountID)
	}
	banks, err := record.GetMany[BankAccount](ctx, v.tx, distinct(keys))
	if err != nil {
		return err
	}
	account := map[id.ID]id.ID{}
	for _, k := range banks {
		account[k.ID] = k.AccountID
	}
	for _, l := range v.r.Lines {
		p, ok := at[l.document()]
		if !ok {
			v.book(l, account[l.BankAccountID], EntryLine{}, -1)
			continue
		}
		if !p.value.Equal(l.NewValue) {
			return fault.New(fault.Rule, "revaluation.settled", "单据 %[1]s 在调汇后已核销或再次调汇，不能冲回",
				"Document %[1]s was settled or revalued since; the revaluation cannot be taken back", p.no).At("lines", "revaluation.settled", "已变动", "has changed")
		}
		*p.value = l.OldValue
		v.book(l, p.account, p.about, -1)
	}
	return nil
}
