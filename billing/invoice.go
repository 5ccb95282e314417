package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// settle is how long after a month's end its invoice waits: what began in the month has committed by then.
const settle = 3 * time.Hour

// Issue writes the invoices of the months that are over.
func (s *Service) Issue(ctx context.Context, t *tenancy.Tenant) error {
	return s.counting(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.locked(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		return s.issueUntil(ctx, tx, t, a, firstOf(clock.DateOf(s.db.Now().Add(-settle), a.zone)))
	})
}

// issueUntil bills the days before until that no invoice covers, one invoice for each month.
func (s *Service) issueUntil(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account, until clock.Date) error {
	if a.State == Trial {
		return nil
	}
	for a.BilledUntil.Before(until) {
		first, last := a.BilledUntil, a.BilledUntil.MonthEnd()
		if !last.Before(until) {
			last = until.AddDays(-1)
		}
		if err := s.issue(ctx, tx, t, a, first, last); err != nil {
			return err
		}
		a.BilledUntil = last.AddDays(1)
		//nolint:unqueryvet // one month after the other, each with its invoice
		_, err := tx.Exec(ctx, "update tenon.billing_account set billed_until = $2::date where tenant_id = $1", t.ID.String(), a.BilledUntil.String())
		if err != nil {
			return err
		}
	}
	return nil
}

// issue writes one invoice: the facts are counted once more, and what came late for the period before is added.
func (s *Service) issue(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account, first, last clock.Date) error {
	st, err := s.statement(ctx, tx, t, a, first, last, 0)
	if err != nil {
		return err
	}
	late, err := s.late(ctx, tx, t, a, first)
	if err != nil {
		return err
	}
	own := st.Lines
	st.Lines = slices.Concat(own, late)
	if st.add(a); st.Subtotal.Sign() < 0 { // what is to be returned waits for an invoice that it can be taken off
		st.Lines = own
		st.add(a)
	}
	if len(st.Lines) == 0 {
		return nil
	}
	return s.write(ctx, tx, a, st)
}

// statement counts and prices a period anew from the facts. version 0 takes the prices of its first day.
func (s *Service) statement(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account, first, last clock.Date, version int) (*Statement, error) {
	whole := span{dayOf(first, a.zone).from, dayOf(last, a.zone).to}
	if now := s.db.Now(); now.Before(whole.to) {
		whole.to = now.Add(time.Hour)
	}
	if err := s.rollUp(ctx, tx, t, whole.from, whole.to); err != nil {
		return nil, err
	}
	f, err := s.gather(ctx, tx, t, first, last, whole.to)
	if err != nil {
		return nil, err
	}
	b, err := bookIn(ctx, tx, version, first)
	if err != nil {
		return nil, err
	}
	return a.state(b, f, first, last), nil
}

func bookIn(ctx context.Context, tx pgx.Tx, version int, day clock.Date) (*Book, error) {
	var raw []byte
	err := tx.QueryRow(ctx, `select body from tenon.price_book where case when $1 > 0 then version = $1 else valid_from <= $2::date end
		order by valid_from desc, version desc limit 1`, version, day.String()).Scan(&raw)
	if err != nil {
		return nil, err
	}
	b := &Book{}
	return b, json.Unmarshal(raw, b)
}

// late compares what the last two invoices billed with what the facts say now, and returns the differences as lines of their own.
func (s *Service) late(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account, before clock.Date) ([]Line, error) {
	rows, err := tx.Query(ctx, `select first_day::text, last_day::text, book, own from tenon.billing_invoice
		where tenant_id = $1 and kind = 'invoice' and state <> 'void' and last_day < $2::date order by first_day desc limit 2`, t.ID.String(), before.String())
	if err != nil {
		return nil, err
	}
	type period struct {
		First, Last string
		Book        int
		Own         []byte
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[period])
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, p := range list {
		first, err1 := clock.ParseDate(p.First)
		last, err2 := clock.ParseDate(p.Last)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		then := *a // the account's own prices as they were
		if err := json.Unmarshal(p.Own, &then.Own); err != nil {
			return nil, err
		}
		now, err := s.statement(ctx, tx, t, &then, first, last, p.Book)
		if err != nil {
			return nil, err
		}
		billed, err := billedLines(ctx, tx, t.ID, first, last)
		if err != nil {
			return nil, err
		}
		out = append(out, differences(billed, now.Lines)...)
	}
	return out, nil
}

// billedLines returns what all invoices together have billed for a period.
func billedLines(ctx context.Context, tx pgx.Tx, tenant id.ID, first, last clock.Date) ([]Line, error) {
	rows, err := tx.Query(ctx, `select l.meter, l.module, sum(l.used)::text, sum(l.quantity)::text, min(l.price), sum(l.amount)::text
		from tenon.billing_line l join tenon.billing_invoice i on i.id = l.invoice_id and i.kind = 'invoice' and i.state <> 'void'
		where i.tenant_id = $1 and l.first_day = $2::date and l.last_day = $3::date group by 1, 2`, tenant.String(), first.String(), last.String())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Line, error) {
		l := Line{First: first, Last: last}
		var used, quantity, amount string
		if err := row.Scan(&l.Meter, &l.Module, &used, &quantity, &l.Price, &amount); err != nil {
			return l, err
		}
		var errs [3]error
		l.Used, errs[0] = money.Parse(used)
		l.Quantity, errs[1] = money.Parse(quantity)
		l.Amount, errs[2] = money.Parse(amount)
		return l, errors.Join(errs[:]...)
	})
}

// differences returns the lines that turn what was billed into what is right.
func differences(billed, right []Line) []Line {
	type key struct{ meter, module string }
	was := map[key]Line{}
	for _, l := range billed {
		was[key{l.Meter, l.Module}] = l
	}
	var out []Line
	add := func(l, old Line) {
		l.Used, l.Quantity, l.Amount = l.Used.Sub(old.Used), l.Quantity.Sub(old.Quantity), l.Amount.Sub(old.Amount)
		if !l.Used.IsZero() || !l.Amount.IsZero() {
			out = append(out, l)
		}
	}
	for _, l := range right {
		k := key{l.Meter, l.Module}
		add(l, was[k])
		delete(was, k)
	}
	for _, l := range billed {
		if _, open := was[key{l.Meter, l.Module}]; open {
			gone := l
			gone.Used, gone.Quantity, gone.Amount = money.Zero(), money.Zero(), money.Zero()
			add(gone, l)
		}
	}
	return out
}

// write stores an invoice with its lines and queues what follows from it.
func (s *Service) write(ctx context.Context, tx pgx.Tx, a *Account, st *Statement) error {
	now := s.db.Now()
	day := clock.DateOf(now, a.zone)
	v := &Invoice{
		ID: s.db.NewID(), Tenant: a.Tenant, Kind: "invoice", State: "open", Statement: *st, Issued: now, Due: day.AddDays(s.terms.Due),
		Own:      a.Own,
		Customer: map[string]string{"name": a.Name, "email": a.Email, "tax_id": a.TaxID},
	}
	if st.Total.IsZero() {
		v.State, v.Paid, v.PaidBy = "paid", &now, "nothing_due"
	}
	if err := s.insert(ctx, tx, a, v, "INV"); err != nil {
		return err
	}
	if v.State == "open" && a.Collect == collectProvider && a.Subscription != "" {
		if err := s.enqueue(ctx, tx, a, "settle:"+v.ID.String(), kindSettle, settleCall{Invoice: v.ID.String()}); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, a, "invoice:"+v.ID.String(), invoiceLetter(v))
}

// insert draws the next number of the year, without holes, and stores the document.
func (s *Service) insert(ctx context.Context, tx pgx.Tx, a *Account, v *Invoice, series string) error {
	prefix := fmt.Sprintf("%s-%d-", series, clock.DateOf(v.Issued, a.zone).Year())
	if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended('billing:numbers', 0))"); err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(ctx, "select count(*) + 1 from tenon.billing_invoice where no like $1 || '%'", prefix).Scan(&n); err != nil {
		return err
	}
	v.No = fmt.Sprintf("%s%06d", prefix, n)
	customer, err := json.Marshal(v.Customer)
	if err != nil {
		return err
	}
	own, err := json.Marshal(append([]Item{}, v.Own...))
	if err != nil {
		return err
	}
	var about any
	if !v.About.IsZero() {
		about = v.About.String()
	}
	_, err = tx.Exec(ctx, `insert into tenon.billing_invoice (id, tenant_id, no, kind, about_id, state, first_day, last_day, currency, book, customer,
			subtotal, discount, tax_percent, tax, total, reason, issued_at, due_on, paid_at, paid_by, own)
		values ($1, $2, $3, $4, $5, $6, $7::date, $8::date, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::date, $20, $21, $22)`,
		v.ID.String(), v.Tenant.String(), v.No, v.Kind, about, v.State, v.First.String(), v.Last.String(), v.Currency, v.Book, string(customer),
		v.Subtotal.String(), v.Discount.String(), v.TaxPercent.String(), v.Tax.String(), v.Total.String(), v.Reason, v.Issued, v.Due.String(), v.Paid, v.PaidBy, string(own))
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for i, l := range v.Lines {
		batch.Queue("insert into tenon.billing_line values ($1, $2, $3, $4, $5, $6::date, $7::date, $8, $9, $10, $11)", s.db.NewID().String(), v.ID.String(), i+1,
			l.Meter, l.Module, l.First.String(), l.Last.String(), l.Used.String(), l.Quantity.String(), l.Price, l.Amount.String())
	}
	return tx.SendBatch(ctx, batch).Close()
}
