package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// Difference is where our ledger and the provider's disagree.
type Difference struct {
	ID, Tenant         id.ID
	Month              clock.Date
	What, Ours, Theirs string
	Found              time.Time
	Repaired           *time.Time
}

// Reconcile compares, for every company that pays through the provider, what we reported of this month with what arrived there, and our invoices'
// states with theirs. What differs is written down; what agrees again is closed.
func (s *Service) Reconcile(ctx context.Context) error {
	if s.cfg.Provider == nil {
		return nil
	}
	tenants, err := s.db.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range tenants {
		a, err := s.Account(ctx, t)
		if err != nil || a.Customer == "" {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, s.reconcileUsage(ctx, a), s.reconcileInvoices(ctx, a))
	}
	return errors.Join(errs...)
}

func (s *Service) reconcileUsage(ctx context.Context, a *Account) error {
	now := s.db.Now()
	month := firstOf(clock.DateOf(now, a.zone))
	var ours int64
	var waiting bool
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select coalesce((select amount from tenon.billing_report where tenant_id = $1 and month = $2::date), 0),
			exists (select from tenon.billing_outbox where tenant_id = $1 and kind = $3 and done_at is null)`, a.Tenant.String(), month.String(), kindUsage).Scan(&ours, &waiting)
	})
	if err != nil || waiting { // what is on its way is no difference
		return err
	}
	theirs, err := s.cfg.Provider.Reported(ctx, a.Customer, dayOf(month, a.zone).from, now.Add(time.Hour))
	if err != nil {
		return err
	}
	return s.differ(ctx, a.Tenant, month, "usage", fmt.Sprint(ours), fmt.Sprint(theirs))
}

func (s *Service) reconcileInvoices(ctx context.Context, a *Account) error {
	list, err := s.Invoices(ctx, a.Tenant)
	if err != nil {
		return err
	}
	errs := []error{}
	for _, v := range list {
		if v.ProviderRef == "" || v.Kind != "invoice" {
			continue
		}
		theirs, err := s.cfg.Provider.State(ctx, v.ProviderRef)
		if errors.Is(err, ErrGone) {
			theirs, err = "gone", nil
		}
		if err == nil {
			err = s.differ(ctx, a.Tenant, firstOf(v.First), "invoice "+v.No, v.State, theirs)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// differ writes a difference down once, or closes it.
func (s *Service) differ(ctx context.Context, tenant id.ID, month clock.Date, what, ours, theirs string) error {
	return s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if ours == theirs {
			_, err := tx.Exec(ctx, "update tenon.billing_difference set repaired_at = $4 where tenant_id = $1 and month = $2::date and what = $3 and repaired_at is null",
				tenant.String(), month.String(), what, s.db.Now())
			return err
		}
		_, err := tx.Exec(ctx, `insert into tenon.billing_difference (id, tenant_id, month, what, ours, theirs, found_at) values ($1, $2, $3::date, $4, $5, $6, $7)
			on conflict (tenant_id, month, what) where repaired_at is null do update set ours = excluded.ours, theirs = excluded.theirs`,
			s.db.NewID().String(), tenant.String(), month.String(), what, ours, theirs, s.db.Now())
		return err
	})
}

// Differences returns what is not repaired yet, oldest first.
func (s *Service) Differences(ctx context.Context) (list []Difference, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select id::text, tenant_id::text, month::text, what, ours, theirs, found_at, repaired_at
			from tenon.billing_difference where repaired_at is null order by found_at, id`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Difference, err error) {
			var key, tenant, month string
			if err := row.Scan(&key, &tenant, &month, &d.What, &d.Ours, &d.Theirs, &d.Found, &d.Repaired); err != nil {
				return d, err
			}
			return d, errors.Join(d.ID.UnmarshalText([]byte(key)), d.Tenant.UnmarshalText([]byte(tenant)), d.Month.UnmarshalText([]byte(month)))
		})
		return err
	})
	return list, err
}

// Repair makes the two agree: what the provider has not got of our usage is reported again under a new key, what it has too much of is taken off with
// the month's invoice, which always follows our ledger; an invoice that was paid there is paid here.
func (s *Service) Repair(ctx context.Context, key id.ID, operator string) error {
	list, err := s.Differences(ctx)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ID != key {
			continue
		}
		if err := s.repair(ctx, d); err != nil {
			return err
		}
		return s.entry(ctx, operator, d.Tenant, "repair", map[string]any{"what": d.What, "ours": d.Ours, "theirs": d.Theirs})
	}
	return fault.New(fault.NotFound, "difference.not_found", "没有这个差异", "There is no such difference")
}

func (s *Service) repair(ctx context.Context, d Difference) error {
	t, err := s.tenantOf(ctx, d.Tenant)
	if err != nil || t == nil {
		return err
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.locked(ctx, tx, d.Tenant)
		if err != nil {
			return err
		}
		if d.What != "usage" {
			if d.Theirs == "paid" {
				v, err := invoiceIn(ctx, tx, "tenant_id = $1 and 'invoice ' || no = $2", d.Tenant.String(), d.What)
				if err != nil {
					return err
				}
				return s.pay(ctx, tx, v, s.cfg.Provider.Name())
			}
			return nil
		}
		var ours, theirs int64
		if _, err := fmt.Sscan(d.Ours, &ours); err != nil {
			return err
		}
		if _, err := fmt.Sscan(d.Theirs, &theirs); err != nil {
			return err
		}
		if missing := ours - theirs; missing > 0 {
			return s.enqueue(ctx, tx, a, "repair:"+d.ID.String(), kindUsage, ReportCall{a.Customer, missing, s.db.Now()})
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "update tenon.billing_difference set repaired_at = $2 where id = $1", d.ID.String(), s.db.Now())
		return err
	})
	return errors.Join(err, s.Live(ctx, t))
}
