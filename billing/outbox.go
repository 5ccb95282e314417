package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// The kinds of what waits to be told.
const (
	kindMail   = "mail"
	kindUsage  = "usage"
	kindSettle = "settle"
	kindCredit = "credit"
	kindCancel = "cancel"
	kindHold   = "hold"

	kindElsewhere = "elsewhere"
)

type (
	settleCall struct {
		Invoice string `json:"invoice"`
	}
	cancelCall struct {
		Subscription string `json:"subscription"`
	}
	holdCall struct {
		Ref string `json:"ref"`
	}
	creditCall struct {
		Ref      string `json:"ref"`
		Total    string `json:"total"`
		Currency string `json:"currency"`
		Reason   string `json:"reason"`
	}
)

// enqueue notes in the transaction of its cause what is to be told, once for each key.
func (s *Service) enqueue(ctx context.Context, tx pgx.Tx, a *Account, key, kind string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.queue(ctx, tx, a.Tenant, key, kind, raw)
}

func (s *Service) queue(ctx context.Context, tx pgx.Tx, tenant id.ID, key, kind string, raw []byte) error {
	_, err := tx.Exec(ctx, "insert into tenon.billing_outbox (tenant_id, key, kind, body, next_at) values ($1, $2, $3, $4, $5) on conflict (key) do nothing",
		tenant.String(), key, kind, string(raw), s.db.Now())
	return err
}

// waiting is one thing to be told.
type waiting struct {
	seq      int64
	tenant   id.ID
	key      string
	kind     string
	body     []byte
	attempts int
}

// parked is after how many attempts what can't be told is left for a person to look at; it stays in the list and can be tried again.
const parked = 40

// Post tells what is waiting, in order for each tenant. What fails waits longer each time, at most an hour; metering and people's work never wait for it.
func (s *Service) Post(ctx context.Context) error {
	for range 1000 {
		list, err := s.take(ctx)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, w := range list {
			err := s.post(ctx, w)
			if err := s.posted(ctx, w, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// take leases the next calls for a minute, so that two programs don't make the same at once; should both, the key makes it one.
func (s *Service) take(ctx context.Context) (list []waiting, err error) {
	now := s.db.Now()
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `update tenon.billing_outbox o set next_at = $2, attempts = attempts + 1
			where seq in (select seq from tenon.billing_outbox where done_at is null and next_at <= $1 and attempts < $3 order by seq limit 20 for update skip locked)
			returning seq, tenant_id::text, key, kind, body, attempts`, now, now.Add(time.Minute), parked)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w waiting, err error) {
			var tenant string
			if err := row.Scan(&w.seq, &tenant, &w.key, &w.kind, &w.body, &w.attempts); err != nil {
				return w, err
			}
			w.tenant, err = id.Parse(tenant)
			return w, err
		})
		return err
	})
	return list, err
}

// posted writes down how it went.
func (s *Service) posted(ctx context.Context, w waiting, failed error) error {
	now := s.db.Now()
	return s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if failed == nil {
			_, err := tx.Exec(ctx, "update tenon.billing_outbox set done_at = $2, error = '' where seq = $1", w.seq, now)
			return err
		}
		s.log.WarnContext(ctx, "billing: not told yet", "kind", w.kind, "key", w.key, "attempt", w.attempts, "error", failed)
		wait, attempts := min(time.Minute<<min(w.attempts, 6), time.Hour), w.attempts
		if errors.Is(failed, ErrRefused) {
			attempts = parked
		}
		_, err := tx.Exec(ctx, "update tenon.billing_outbox set next_at = $2, error = $3, attempts = $4 where seq = $1", w.seq, now.Add(wait), failed.Error(), attempts)
		return err
	})
}

// post makes one call.
func (s *Service) post(ctx context.Context, w waiting) error {
	if w.kind == kindMail {
		return s.mail(ctx, w)
	}
	if s.cfg.Provider == nil {
		return fmt.Errorf("%w: no provider is connected", ErrRefused)
	}
	switch w.kind {
	case kindUsage:
		return call(w, func(c ReportCall) error { return s.cfg.Provider.Report(ctx, w.key, c) })
	case kindCancel:
		return call(w, func(c cancelCall) error { return s.cfg.Provider.Cancel(ctx, w.key, c.Subscription) })
	case kindHold:
		return call(w, func(c holdCall) error { return s.cfg.Provider.Hold(ctx, w.key, c.Ref) })
	case kindElsewhere:
		return call(w, func(c holdCall) error { return s.cfg.Provider.PaidElsewhere(ctx, w.key, c.Ref) })
	case kindCredit:
		return call(w, func(c creditCall) error {
			total, err := money.Parse(c.Total)
			if err != nil {
				return err
			}
			return s.cfg.Provider.Credit(ctx, w.key, c.Ref, minor(total, c.Currency), c.Reason)
		})
	case kindSettle:
		return call(w, func(c settleCall) error { return s.settle(ctx, w, c) })
	}
	return fmt.Errorf("%w: %s", ErrRefused, w.kind)
}

func call[C any](w waiting, fn func(C) error) error {
	var c C
	if err := json.Unmarshal(w.body, &c); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return fn(c)
}

// minor turns an amount into the currency's smallest units.
func minor(a money.Amount, currency string) int64 {
	return a.Shift(money.MinorUnit(currency)).Round(0).IntPart()
}

// settle sends an invoice through the provider and keeps where it is paid.
func (s *Service) settle(ctx context.Context, w waiting, c settleCall) error {
	key, err := id.Parse(c.Invoice)
	if err != nil {
		return err
	}
	v, err := s.Invoice(ctx, w.tenant, key)
	if err != nil {
		return err
	}
	t, err := s.db.Tenant(ctx, w.tenant)
	if fault.Is(err, fault.NotFound) {
		return fmt.Errorf("%w: the company is closed", ErrRefused)
	}
	if err != nil {
		return err
	}
	a, err := s.Account(ctx, t)
	if err != nil {
		return err
	}
	if v.State != "open" {
		return nil
	}
	if a.Customer == "" {
		return fmt.Errorf("%w: the company has no customer there", ErrRefused)
	}
	ref, url, err := s.cfg.Provider.Settle(ctx, w.key, Settlement{
		Invoice: v.ID.String(), No: v.No, Customer: a.Customer, Subscription: a.Subscription, Currency: v.Currency,
		From: dayOf(v.First, a.zone).from, To: dayOf(v.Last, a.zone).to,
		Net: minor(v.Subtotal.Sub(v.Discount), v.Currency), Tax: minor(v.Tax, v.Currency), TaxText: v.TaxPercent.String() + " %", DueDays: s.terms.Due,
	})
	if err != nil {
		return err
	}
	return s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "update tenon.billing_invoice set provider_ref = $2, provider_url = $3 where id = $1", v.ID.String(), ref, url)
		return err
	})
}

// mail sends a letter to a company's owners.
func (s *Service) mail(ctx context.Context, w waiting) error {
	if s.cfg.Mail == nil {
		return nil
	}
	var l Letter
	if err := json.Unmarshal(w.body, &l); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if len(l.To) > 0 { // of a company that is gone
		return s.cfg.Mail.Send(ctx, w.key, l)
	}
	t, err := s.db.Tenant(ctx, w.tenant)
	if fault.Is(err, fault.NotFound) {
		return fmt.Errorf("%w: the company is gone", ErrRefused)
	}
	if err != nil {
		return err
	}
	l.Company = t.Name
	if l.To, err = s.cfg.Owners.Owners(ctx, t); err != nil || len(l.To) == 0 {
		return err
	}
	return s.cfg.Mail.Send(ctx, w.key, l)
}

// Report queues what was used since the last report. The amount that was reported and the call that reports it are written together, so that neither a
// crash nor a provider that is down loses or doubles a cent.
func (s *Service) Report(ctx context.Context, t *tenancy.Tenant) error {
	if s.cfg.Provider == nil {
		return nil
	}
	return s.counting(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.locked(ctx, tx, t.ID)
		if err != nil || a.Customer == "" || a.Subscription == "" || a.Plan == PlanFree {
			return err
		}
		now := s.db.Now()
		month := firstOf(clock.DateOf(now, a.zone))
		u, err := s.usage(ctx, tx, t, a, month)
		if err != nil {
			return err
		}
		total := minor(net(a, u.Month), a.Currency)
		var reported int64
		var parts int
		err = tx.QueryRow(ctx, "select amount, parts from tenon.billing_report where tenant_id = $1 and month = $2::date", t.ID.String(), month.String()).Scan(&reported, &parts)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) || total <= reported {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into tenon.billing_report values ($1, $2::date, $3, $4)
			on conflict (tenant_id, month) do update set amount = excluded.amount, parts = excluded.parts`, t.ID.String(), month.String(), total, parts+1); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, a, fmt.Sprintf("usage:%s:%s:%d", t.ID, month, parts+1), kindUsage, ReportCall{a.Customer, total - reported, now})
	})
}

// net is what a statement's use costs after the discount, without the minimum.
func net(a *Account, st *Statement) money.Amount {
	only := *st
	only.Lines = nil
	for _, l := range st.Lines {
		if l.Meter != lineMinimum {
			only.Lines = append(only.Lines, l)
		}
	}
	only.add(a)
	return only.Subtotal.Sub(only.Discount)
}
