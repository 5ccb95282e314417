package finance

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareRuns gives a dunning run its date; nobody is reminded of what is not due yet.
func prepareRuns(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*DunningRun]) error {
	var bad fault.Fields
	for _, c := range changes {
		c.New.Date = firstDate(c.New.Date, tx.Today())
		if c.New.Date.After(tx.Today()) {
			bad.Add("date", "date.future", "催款日期不能晚于今天", "The date must not be after today")
		}
	}
	return bad.Err()
}

// remind raises every overdue invoice to its next level when that level's days have passed, and tells each customer once for all that was raised. What a
// customer has with us (credit notes, money on account) is taken off what is overdue longest: nobody is reminded of what they have paid or been credited.
func (o office) remind(ctx context.Context, tx *tenancy.Tx, r *DunningRun, _ modules.None) error {
	levels, err := record.Find[DunningLevel](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active").OrderExpr("level") })
	if err != nil {
		return err
	}
	invoices, err := record.Find[Invoice](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status IN ('posted', 'partial')").Where("residual_amount > 0").
			Where("due_date < ?::date OR EXISTS (SELECT 1 FROM finance_installment s WHERE s.invoice_id = fi.id AND s.due_date < ?::date)", r.Date, r.Date).
			OrderExpr("id").For("UPDATE OF fi")
	})
	if err != nil {
		return err
	}
	parts, err := instalmentsOf(ctx, tx, invoices)
	if err != nil {
		return err
	}
	held, err := heldFor(ctx, tx)
	if err != nil {
		return err
	}
	var raised []*Invoice
	for _, l := range held.net(invoices, parts, r.Date) {
		inv, overdue, since := l.invoice, l.amount, l.since
		next := nextLevel(levels, inv.DunningLevel)
		if next == nil || overdue.IsZero() || r.Date.Sub(since) < next.Days {
			continue
		}
		inv.DunningLevel, inv.DunnedOn = next.Level, r.Date
		n := &DunningNotice{
			RunID: r.ID, InvoiceID: inv.ID, CustomerID: inv.CustomerID, Level: next.Level, DaysLate: r.Date.Sub(since), Currency: inv.Currency,
			OverdueAmount: overdue,
		}
		n.Position = len(r.Notices)
		r.Notices, raised = append(r.Notices, n), append(raised, inv)
	}
	r.Status, r.LineCount = done, len(r.Notices)
	if err := record.Create(ctx, tx, r.Notices...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, raised...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	return r.tell(ctx, tx, levels, raised)
}

// nextLevel is the reminder that follows a level.
func nextLevel(levels []*DunningLevel, after int) *DunningLevel {
	for _, l := range levels {
		if l.Level > after {
			return l
		}
	}
	return nil
}

// instalmentsOf reads the instalments of invoices that are due on several days.
func instalmentsOf(ctx context.Context, tx *tenancy.Tx, invoices []*Invoice) (map[id.ID][]*Installment, error) {
	out := map[id.ID][]*Installment{}
	if len(invoices) == 0 {
		return out, nil
	}
	keys := make([]id.ID, len(invoices))
	for i, inv := range invoices {
		keys[i] = inv.ID
	}
	rows, err := record.Find[Installment](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("invoice_id = ANY(?::uuid[])", pgdialect.Array(texts(keys))).OrderExpr("invoice_id, position")
	})
	for _, s := range rows {
		out[s.InvoiceID] = append(out[s.InvoiceID], s)
	}
	return out, err
}

// overdue is how much of an invoice is overdue on a day, and since when. What is settled is taken off the first instalments.
func (i *Invoice) overdue(parts []*Installment, on clock.Date) (amount money.Amount, since clock.Date) {
	if len(parts) == 0 {
		parts = []*Installment{{DueDate: i.DueDate, Amount: i.TotalAmount}}
	}
	settled := i.TotalAmount.Sub(i.ResidualAmount)
	for _, p := range parts {
		open := money.Max(p.Amount.Sub(settled), money.Zero())
		settled = money.Max(settled.Sub(p.Amount), money.Zero())
		if open.IsZero() || !p.DueDate.Before(on) {
			continue
		}
		if since.IsZero() || p.DueDate.Before(since) {
			since = p.DueDate
		}
		amount = amount.Add(open)
	}
	return amount, since
}

// letter is what one customer is told: in one currency, in the words of the highest level.
type letter struct {
	customer id.ID
	currency string
	level    int
	days     int
	amount   money.Amount
	numbers  []string
	invoices []id.ID
}

// tell says to mail (and whoever else listens) what each customer is reminded of, and to finance how many they were.
func (r *DunningRun) tell(ctx context.Context, tx *tenancy.Tx, levels []*DunningLevel, raised []*Invoice) error {
	if len(raised) == 0 {
		return nil
	}
	words := map[int]*DunningLevel{}
	for _, l := range levels {
		words[l.Level] = l
	}
	letters := r.letters(raised)
	customers := map[id.ID]bool{}
	for _, l := range letters {
		customers[l.customer] = true
		w := words[l.level]
		e := financeevent.CustomerDunned{
			RunID: r.ID, CustomerID: l.customer, Level: l.level, Invoices: l.invoices, Amount: l.amount, Currency: l.currency,
			Text: i18n.T(l.fill(w.TextZH), l.fill(w.TextEN)),
		}
		if err := record.Emit(ctx, tx, e); err != nil {
			return err
		}
	}
	m, n := strconv.Itoa(len(raised)), strconv.Itoa(len(customers))
	return record.Emit(ctx, tx, coreevent.Notice{
		Roles: []string{"finance"}, Entity: "finance.dunning_run", Record: r.ID,
		Text: i18n.T("已向 "+n+" 个客户催收 "+m+" 张发票", n+" customers were reminded of "+m+" invoices"),
	})
}

// letters gathers the notices of a run by customer and currency.
func (r *DunningRun) letters(raised []*Invoice) []*letter {
	type key struct {
		customer id.ID
		currency string
	}
	at := map[key]*letter{}
	var list []*letter
	for i, n := range r.Notices {
		k := key{n.CustomerID, n.Currency}
		l := at[k]
		if l == nil {
			l = &letter{customer: n.CustomerID, currency: n.Currency}
			at[k], list = l, append(list, l)
		}
		l.level, l.days = max(l.level, n.Level), max(l.days, n.DaysLate)
		l.amount = l.amount.Add(n.OverdueAmount)
		l.numbers, l.invoices = append(l.numbers, raised[i].No), append(l.invoices, n.InvoiceID)
	}
	slices.SortFunc(list, func(a, b *letter) int {
		return cmp.Compare(a.customer.String()+a.currency, b.customer.String()+b.currency)
	})
	return list
}

func (l *letter) fill(text string) string {
	return strings.NewReplacer("{invoices}", strings.Join(l.numbers, ", "), "{amount}", l.amount.StringFixed(2), "{currency}", l.currency,
		"{days}", strconv.Itoa(l.days)).Replace(text)
}
