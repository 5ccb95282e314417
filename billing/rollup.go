package billing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Facts is a source of usage in tenants' own tables: rows that were written in the same transaction as what they count.
type Facts struct {
	Meter string
	// SQL selects (id uuid, at timestamptz, quantity numeric, what text, entity text, record_id uuid), one row for each event, without schema names.
	SQL string
}

// overlap is how far back each roll-up looks again: a unit of work that began before the last one may have committed after it.
const overlap = 2 * time.Hour

// bucket is what one hour used of a meter.
type bucket struct {
	meter, module string
	hour          time.Time
	quantity      string
}

// system is the actor of what nobody asked for.
func system() tenancy.Actor { return tenancy.Actor{System: true, Name: "billing"} }

// RollUp brings all tenants' hours up to date. A tenant that fails keeps its place and the others go on; the errors are returned together.
func (s *Service) RollUp(ctx context.Context) error {
	tenants, err := s.db.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range tenants {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := s.RollUpTenant(ctx, t); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// RollUpTenant makes a tenant's hours anew from where the last roll-up was, a little before, until now. It may run at any time, twice, or at the same
// time as another: the hours are replaced by what the facts say.
func (s *Service) RollUpTenant(ctx context.Context, t *tenancy.Tenant) (a *Account, err error) {
	err = s.counting(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if a, err = s.account(ctx, tx, t.ID); err != nil {
			return err
		}
		now := s.db.Now()
		from := a.RolledUntil.Add(-overlap)
		if from.After(now) { // the clock was turned back
			from = now.Add(-overlap)
		}
		if err := s.rollUp(ctx, tx, t, from, now.Add(time.Hour)); err != nil {
			return err
		}
		a.RolledUntil = now
		if err := s.measure(ctx, tx, t); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update tenon.billing_account set rolled_until = $2 where tenant_id = $1", t.ID.String(), now)
		return err
	})
	return a, err
}

// rollUp replaces the hours in [from, to) by what the facts say. One at a time for a tenant: the lock is held until the end of tx.
func (s *Service) rollUp(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, from, to time.Time) error {
	from, to = hourIn(from, t.Zone), hourIn(to, t.Zone)
	if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended('billing:' || $1, 0))", t.ID.String()); err != nil {
		return err
	}
	list, err := s.count(ctx, t, from, to)
	if err != nil {
		return err
	}
	shared, err := s.countShared(ctx, tx, t, from, to)
	if err != nil {
		return err
	}
	return replaceHours(ctx, tx, t.ID, from, to, slices.Concat(list, shared))
}

// hourIn returns the beginning of the hour on a zone's clock: some zones are half an hour off.
func hourIn(at time.Time, zone *time.Location) time.Time {
	_, seconds := at.In(zone).Zone()
	shift := time.Duration(seconds) * time.Second
	return at.Add(shift).Truncate(time.Hour).Add(-shift)
}

// count reads the facts in the tenant's own tables.
func (s *Service) count(ctx context.Context, t *tenancy.Tenant, from, to time.Time) (list []bucket, err error) {
	if len(s.cfg.Facts) == 0 {
		return nil, nil
	}
	err = s.db.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		list = nil
		for _, f := range s.cfg.Facts {
			//nolint:unqueryvet // a handful of sources
			rows, err := tx.QueryContext(ctx, `select date_trunc('hour', f.at, ?), sum(f.quantity)::text from (`+f.SQL+`) f
				where f.at >= ?::timestamptz and f.at < ?::timestamptz group by 1`,
				t.Zone.String(), from, to)
			if err != nil {
				return err
			}
			for rows.Next() {
				b := bucket{meter: f.Meter}
				if err := rows.Scan(&b.hour, &b.quantity); err != nil {
					return errors.Join(err, rows.Close())
				}
				list = append(list, b)
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	}, tenancy.Snapshot(), tenancy.Within(5*time.Minute))
	return list, err
}

// countShared reads the facts in the shared tables: seats and counted calls.
func (s *Service) countShared(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, from, to time.Time) ([]bucket, error) {
	rows, err := tx.Query(ctx, `select $4, module, date_trunc('hour', at, $5), count(*)::text from tenon.usage_seat
			where tenant_id = $1 and day between ($2::timestamptz - interval '1 day')::date and ($3::timestamptz + interval '1 day')::date and at >= $2 and at < $3 group by 2, 3
		union all select meter, '', hour, sum(quantity)::text from tenon.usage_count where tenant_id = $1 and hour >= $2 and hour < $3 group by 1, 3`,
		t.ID.String(), from, to, SeatDays, t.Zone.String())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b bucket, err error) {
		return b, row.Scan(&b.meter, &b.module, &b.hour, &b.quantity)
	})
}

func replaceHours(ctx context.Context, tx pgx.Tx, tenant id.ID, from, to time.Time, list []bucket) error {
	n := len(list)
	meters, names, hours, quantities := make([]string, n), make([]string, n), make([]time.Time, n), make([]string, n)
	for i, b := range list {
		meters[i], names[i], hours[i], quantities[i] = b.meter, b.module, b.hour, b.quantity
	}
	if _, err := tx.Exec(ctx, "delete from tenon.usage_hour where tenant_id = $1 and hour >= $2 and hour < $3", tenant.String(), from, to); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into tenon.usage_hour (tenant_id, meter, module, hour, quantity)
		select $1::uuid, m, o, h, sum(q::numeric) from unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[]) u(m, o, h, q) group by 2, 3, 4
		on conflict (tenant_id, hour, meter, module) do update set quantity = excluded.quantity`,
		tenant.String(), meters, names, hours, quantities)
	return err
}
