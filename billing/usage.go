package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Usage is what a month has used and costs so far, today, and by its end if it goes on like this.
type Usage struct {
	Account  *Account
	Month    *Statement
	Today    money.Amount // net, what this day has added so far
	Forecast *Statement
	All      []Use // by day, charged or not
	AsOf     time.Time
}

// Usage answers for the month of a day. The roll-up is brought up to date first, so that nothing that has happened is missing.
func (s *Service) Usage(ctx context.Context, t *tenancy.Tenant, day clock.Date) (*Usage, error) {
	a, err := s.RollUpTenant(ctx, t)
	if err != nil {
		return nil, err
	}
	var u *Usage
	err = s.counting(ctx, func(ctx context.Context, tx pgx.Tx) error {
		u, err = s.usage(ctx, tx, t, a, day)
		return err
	})
	return u, err
}

// usage prices the month of a day from the hours as they are.
func (s *Service) usage(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account, day clock.Date) (*Usage, error) {
	now := s.db.Now()
	today := clock.DateOf(now, a.zone)
	first := firstOf(day)
	if a.BilledUntil.After(first) && !a.BilledUntil.After(today) && firstOf(today) == first {
		first = a.BilledUntil // what was billed before the month's end, or belongs to the trial
	}
	last := first.MonthEnd()
	f, err := s.gather(ctx, tx, t, firstOf(day), last, now)
	if err != nil {
		return nil, err
	}
	b, err := bookIn(ctx, tx, 0, first)
	if err != nil {
		return nil, err
	}
	u := &Usage{Account: a, All: f.all, AsOf: a.RolledUntil}
	u.Month = a.state(b, f.within(first, last), first, last)
	if firstOf(today) != firstOf(day) {
		u.Forecast = u.Month
		return u, nil
	}
	before := a.state(b, f.within(first, today.AddDays(-1)), first, last)
	u.Today = sum(u.Month.Lines).Sub(sum(before.Lines))
	u.Forecast = a.state(b, s.forecast(t, a, f, first, last, today, now), first, last)
	return u, nil
}

// within leaves the facts of some days.
func (f *facts) within(first, last clock.Date) *facts {
	out := &facts{switches: f.switches, charged: f.charged}
	for _, u := range f.uses {
		if !u.Day.Before(first) && !u.Day.After(last) {
			out.uses = append(out.uses, u)
		}
	}
	seen := map[clock.Date]bool{}
	for _, u := range out.uses {
		seen[u.Day] = true
	}
	out.days = min(f.days, last.Sub(first)+1)
	return out
}

// sum adds lines up without the minimum, which belongs to the month as a whole.
func sum(lines []Line) money.Amount {
	out := money.Zero()
	for _, l := range lines {
		if l.Meter != lineMinimum {
			out = out.Add(l.Amount)
		}
	}
	return out
}

// forecast goes on until the month's end as the last seven days went, with the modules that are on now. In a trial it says what a paid month would cost.
func (s *Service) forecast(t *tenancy.Tenant, a *Account, f *facts, first, last, today clock.Date, now time.Time) *facts {
	out := &facts{uses: f.uses, days: f.days}
	left := last.Sub(today)
	out.days += left
	source := f.uses
	if a.State == Trial || a.State == ReadOnly {
		source = f.all
	}
	type key struct{ meter, module string }
	week := map[key]money.Quantity{}
	from := clock.Latest(today.AddDays(-6), clock.DateOf(a.Created, a.zone))
	span := int64(max(1, today.Sub(from)+1))
	for _, u := range source {
		if u.Meter != ModuleDays && !u.Day.Before(from) {
			week[key{u.Meter, u.Module}] = week[key{u.Meter, u.Module}].Add(u.Quantity)
		}
	}
	more := append([]Use{}, f.uses...)
	for d := today.AddDays(1); !d.After(last); d = d.AddDays(1) {
		for k, q := range week {
			if k.module == "" || t.On(k.module) {
				more = append(more, Use{k.meter, k.module, d, money.Div(q, money.Int(span)).Round(6)})
			}
		}
		for _, m := range s.cfg.Modules {
			if !m.Always && t.On(m.Name) {
				more = append(more, Use{ModuleDays, m.Name, d, money.Int(1)})
			}
		}
	}
	out.uses = more
	return out
}

// Fact is one event behind a line.
type Fact struct {
	ID       string
	At       time.Time
	Quantity money.Quantity
	What     string // the event's type, the person's id, the day
	Entity   string
	Record   string
	Detail   []byte // of a measured day: what was counted, as JSON
}

// FactPage is a page of the facts behind a line, with the sum over all of them.
type FactPage struct {
	Facts []Fact
	Next  string
	Total money.Quantity
}

const factPage = 200

// Events opens a line: the facts behind what a meter counted from first to last, oldest first. Only what is charged is shown when charged is set.
func (s *Service) Events(ctx context.Context, t *tenancy.Tenant, meter, module string, first, last clock.Date, onlyCharged bool, cursor string) (*FactPage, error) {
	if _, ok := MeterOf(meter); !ok {
		return nil, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("meter", "meter.unknown", "没有计量项 %s", "There is no meter %s", meter)
	}
	whole := span{dayOf(first, t.Zone).from, dayOf(last, t.Zone).to}
	steps, err := s.Steps(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	free := []span{whole}
	if onlyCharged {
		free = cut(spans(steps, s.db.Now()), free)
	}
	switch meter {
	case ModuleDays:
		return s.moduleDayFacts(ctx, t, module, first, last, free)
	case Records, StorageGBDays:
		return s.gaugeFacts(ctx, t, meter, first, last, free)
	}
	for _, f := range s.cfg.Facts {
		if f.Meter == meter {
			return s.ownFacts(ctx, t, f, free, cursor)
		}
	}
	return s.sharedFacts(ctx, t, meter, module, free, cursor)
}

func (s *Service) moduleDayFacts(ctx context.Context, t *tenancy.Tenant, module string, first, last clock.Date, in []span) (*FactPage, error) {
	switches, err := s.db.Switches(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	now := s.db.Now()
	out := &FactPage{}
	for _, m := range s.onSpans(switches, now) {
		for d := first; m.module == module && !d.After(last); d = d.AddDays(1) {
			day := dayOf(d, t.Zone)
			if day.from.Before(now) && meets(cut(m.on, in), day) {
				out.Facts = append(out.Facts, Fact{ID: d.String(), At: day.from, Quantity: money.Int(1), What: d.String()})
			}
		}
	}
	out.Total = money.Int(int64(len(out.Facts)))
	return out, nil
}

func (s *Service) gaugeFacts(ctx context.Context, t *tenancy.Tenant, meter string, first, last clock.Date, in []span) (*FactPage, error) {
	out := &FactPage{}
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select day::text, at, quantity::text, detail from tenon.usage_gauge where tenant_id = $1 and meter = $2 and day between $3 and $4 order by day",
			t.ID.String(), meter, first.String(), last.String())
		if err != nil {
			return err
		}
		var f Fact
		var quantity string
		_, err = pgx.ForEachRow(rows, []any{&f.ID, &f.At, &quantity, &f.Detail}, func() error {
			d, err := clock.ParseDate(f.ID)
			if err != nil || !meets(in, dayOf(d, t.Zone)) {
				return err
			}
			if f.Quantity, err = money.Parse(quantity); err != nil {
				return err
			}
			f.What = f.ID
			out.Facts, out.Total = append(out.Facts, f), out.Total.Add(f.Quantity)
			f.Detail = nil
			return nil
		})
		return err
	})
	return out, err
}

// bounds turns stretches of time into two columns.
func bounds(list []span) (from, to []time.Time) {
	for _, x := range list {
		from, to = append(from, x.from), append(to, x.to)
	}
	return from, to
}

// ownFacts reads facts of the tenant's own tables.
func (s *Service) ownFacts(ctx context.Context, t *tenancy.Tenant, source Facts, in []span, cursor string) (*FactPage, error) {
	out := &FactPage{}
	where, args := "false", []any{t.Zone.String()}
	for _, x := range in {
		where += " or hour_ >= ? and hour_ < ?"
		args = append(args, x.from, x.to)
	}
	inner := "(select f.*, date_trunc('hour', f.at, ?) as hour_ from (" + source.SQL + ") f) g where (" + where + ")" //nolint:unqueryvet // the outer query names its columns
	after, err := afterCursor(cursor)
	if err != nil {
		return nil, err
	}
	err = s.db.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		var total string
		if err := tx.QueryRowContext(ctx, "select coalesce(sum(quantity), 0)::text from "+inner, args...).Scan(&total); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, "select id::text, at, quantity::text, what, entity, coalesce(record_id::text, '') from "+inner+
			fmt.Sprintf(" and id > ?::text::uuid order by id limit %d", factPage+1), append(args, after)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		out.Facts = nil
		for rows.Next() {
			var f Fact
			var quantity string
			if err := rows.Scan(&f.ID, &f.At, &quantity, &f.What, &f.Entity, &f.Record); err != nil {
				return err
			}
			if f.Quantity, err = money.Parse(quantity); err != nil {
				return err
			}
			out.Facts = append(out.Facts, f)
		}
		out.Total, err = money.Parse(total)
		if err == nil {
			err = rows.Err()
		}
		return err
	}, tenancy.Snapshot())
	out.page()
	return out, err
}

// page keeps one page and says where the next begins.
func (p *FactPage) page() {
	if len(p.Facts) > factPage {
		p.Facts = p.Facts[:factPage]
		p.Next = p.Facts[factPage-1].ID
	}
}
