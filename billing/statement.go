package billing

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Statement is what a stretch of days within one month costs.
type Statement struct {
	First, Last clock.Date
	Currency    string
	Book        int
	Lines       []Line
	Subtotal    money.Amount
	Discount    money.Amount
	TaxPercent  money.Percent
	Tax         money.Amount
	Total       money.Amount
}

// facts are what a statement follows from.
type facts struct {
	uses     []Use        // charged
	all      []Use        // charged or not: what was used in a trial is shown too
	switches []switchedOn // when modules were on
	charged  []span       // when the tenant was charged
	days     int          // how many of the days are charged
}

// switchedOn is when a module was on.
type switchedOn struct {
	module string
	on     []span
}

// gather reads what a tenant used from first to last; what lies after until has not happened yet.
func (s *Service) gather(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, first, last clock.Date, until time.Time) (*facts, error) {
	f := &facts{}
	steps, err := stepsOf(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	f.charged = spans(steps, until)
	switches, err := switchesOf(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	f.switches = s.onSpans(switches, until)
	whole := span{dayOf(first, t.Zone).from, dayOf(last, t.Zone).to}
	if until.Before(whole.to) {
		whole.to = until
	}
	if err := f.hours(ctx, tx, t, whole); err != nil {
		return nil, err
	}
	if err := f.gauges(ctx, tx, t, first, last); err != nil {
		return nil, err
	}
	f.moduleDays(t, first, last, until)
	return f, nil
}

func stepsOf(ctx context.Context, tx pgx.Tx, tenant id.ID) ([]Step, error) {
	rows, err := tx.Query(ctx, "select at, was, state, cause, actor from tenon.billing_step where tenant_id = $1 order by seq", tenant.String())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Step])
}

// switchesOf reads a tenant's switches in a transaction that is open: another connection might never come.
func switchesOf(ctx context.Context, tx pgx.Tx, tenant id.ID) ([]tenancy.Switched, error) {
	rows, err := tx.Query(ctx, "select module, on_, at from tenon.module_switch where tenant_id = $1 order by seq", tenant.String())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[tenancy.Switched])
}

// onSpans turns switches into stretches of time.
func (s *Service) onSpans(list []tenancy.Switched, until time.Time) []switchedOn {
	var out []switchedOn
	from := map[string]time.Time{}
	place := map[string]int{}
	add := func(module string, x span) {
		i, ok := place[module]
		if !ok {
			i = len(out)
			place[module], out = i, append(out, switchedOn{module: module})
		}
		out[i].on = append(out[i].on, x)
	}
	for _, x := range list {
		if m, ok := s.known[x.Module]; !ok || m.Always {
			continue
		}
		at, on := from[x.Module]
		switch {
		case x.On && !on:
			from[x.Module] = x.At
		case !x.On && on:
			add(x.Module, span{at, x.At.Add(1)}) // on and off in the same moment was a moment all the same
			delete(from, x.Module)
		}
	}
	for _, m := range s.cfg.Modules {
		if at, on := from[m.Name]; on {
			add(m.Name, span{at, until.Add(1)})
		}
	}
	return out
}

// hours reads what the roll-up has counted.
func (f *facts) hours(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, in span) error {
	rows, err := tx.Query(ctx, `select meter, module, hour, quantity::text from tenon.usage_hour
		where tenant_id = $1 and hour >= $2 and hour < $3`, t.ID.String(), in.from, in.to)
	if err != nil {
		return err
	}
	var meter, module, quantity string
	var hour time.Time
	sum := map[Use]money.Quantity{} // Quantity is left out of the key
	free := map[Use]money.Quantity{}
	_, err = pgx.ForEachRow(rows, []any{&meter, &module, &hour, &quantity}, func() error {
		q, err := money.Parse(quantity)
		k := Use{Meter: meter, Module: module, Day: clock.DateOf(hour, t.Zone)}
		free[k] = free[k].Add(q)
		if meets(f.charged, span{hour, hour.Add(1)}) {
			sum[k] = sum[k].Add(q)
		}
		return err
	})
	for k, q := range sum {
		k.Quantity = q
		f.uses = append(f.uses, k)
	}
	for k, q := range free {
		k.Quantity = q
		f.all = append(f.all, k)
	}
	return err
}

func (f *facts) gauges(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, first, last clock.Date) error {
	rows, err := tx.Query(ctx, "select meter, day::text, quantity::text from tenon.usage_gauge where tenant_id = $1 and day between $2 and $3",
		t.ID.String(), first.String(), last.String())
	if err != nil {
		return err
	}
	var u Use
	var day, quantity string
	_, err = pgx.ForEachRow(rows, []any{&u.Meter, &day, &quantity}, func() error {
		if u.Day, err = clock.ParseDate(day); err != nil {
			return err
		}
		if u.Quantity, err = money.Parse(quantity); err != nil {
			return err
		}
		f.all = append(f.all, u)
		if meets(f.charged, dayOf(u.Day, t.Zone)) {
			f.uses = append(f.uses, u)
		}
		return nil
	})
	return err
}

// moduleDays counts the days on which a module was on, for any part of the day.
func (f *facts) moduleDays(t *tenancy.Tenant, first, last clock.Date, until time.Time) {
	for d := first; !d.After(last); d = d.AddDays(1) {
		day := dayOf(d, t.Zone)
		if !day.from.Before(until) {
			break
		}
		if meets(f.charged, day) {
			f.days++
		}
		for _, m := range f.switches {
			u := Use{Meter: ModuleDays, Module: m.module, Day: d, Quantity: money.Int(1)}
			if meets(m.on, day) {
				f.all = append(f.all, u)
			}
			if meets(cut(m.on, f.charged), day) {
				f.uses = append(f.uses, u)
			}
		}
	}
}

// state prices facts: lines, the minimum, discount, tax.
func (a *Account) state(b *Book, f *facts, first, last clock.Date) *Statement {
	l := b.Prices[a.Currency].with(a.Own)
	st := &Statement{First: first, Last: last, Currency: a.Currency, Book: b.Version, TaxPercent: l.TaxPercent}
	if a.TaxPercent != nil {
		st.TaxPercent = *a.TaxPercent
	}
	if a.Plan == PlanFree {
		return st
	}
	st.Lines = charge(l, f.uses, first, last, a.Currency)
	sum := money.Zero()
	for _, x := range st.Lines {
		sum = sum.Add(x.Amount)
	}
	share := money.Div(money.Int(int64(f.days)), money.Int(int64(monthDays(first))))
	if least := money.RoundTo(l.Minimum.Mul(share), a.Currency); sum.LessThan(least) {
		st.Lines = append(st.Lines, Line{
			Meter: lineMinimum, First: first, Last: last, Used: money.Int(int64(f.days)), Quantity: money.Int(int64(f.days)),
			Price: l.Minimum.String(), Amount: least.Sub(sum),
		})
	}
	st.add(a)
	return st
}

// add sums the lines up.
func (st *Statement) add(a *Account) {
	st.Subtotal = money.Zero()
	for _, x := range st.Lines {
		st.Subtotal = st.Subtotal.Add(x.Amount)
	}
	st.Discount = money.Zero()
	if !a.Discount.IsZero() && (a.DiscountTill.IsZero() || !st.First.After(a.DiscountTill)) {
		st.Discount = money.RoundTo(money.Div(st.Subtotal.Mul(a.Discount), money.Hundred()), st.Currency)
	}
	net := st.Subtotal.Sub(st.Discount)
	st.Tax = money.RoundTo(money.Div(net.Mul(st.TaxPercent), money.Hundred()), st.Currency)
	st.Total = net.Add(st.Tax)
}
