package billing

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Change is one module that a switch would touch.
type Change struct {
	Module    string
	Because   string       // the module that needs it, or that it needs; empty: it was asked for
	Price     money.Amount // a month with one person a day
	Seat      money.Amount // a month for each further person
	ThisMonth money.Amount // what the rest of this month changes by
	Days      int          // of this month, today included for what goes on, without today for what goes off
}

// Preview is what a switch would do to the bill.
type Preview struct {
	Currency                string
	On, Off                 []Change
	Before, After           money.Amount // a whole month's module fees
	MonthBefore, MonthAfter money.Amount // this month's forecast, before tax
	TaxPercent              money.Percent
}

// Prices returns a company's own price list of today: the book's, with what the operator has granted.
func (s *Service) Prices(ctx context.Context, a *Account) (*Book, *List, error) {
	b, err := s.BookAt(ctx, clock.DateOf(s.db.Now(), a.zone))
	if err != nil {
		return nil, nil, err
	}
	return b, b.Prices[a.Currency].with(a.Own), nil
}

// Fee returns what a module costs a company a month: with one person a day, and for each further one.
func (l *List) Fee(module string) (fee, seat money.Amount) {
	if x, ok := l.Item(ModuleDays, module); ok {
		fee = x.Tiers[0].Price
	}
	if x, ok := l.Item(SeatDays, module); ok {
		seat = x.Tiers[0].Price
	}
	return fee, seat
}

// Preview says what switching modules would cost, with all that they need. It changes nothing.
func (s *Service) Preview(ctx context.Context, t *tenancy.Tenant, on, off []string) (*Preview, error) {
	var bad fault.Fields
	for field, list := range map[string][]string{"on": on, "off": off} {
		for i, m := range list {
			if x, ok := s.known[m]; !ok || x.Always {
				bad.Add(field+"["+money.Int(int64(i)).String()+"]", "module.unknown", "没有可开关的模块 %s", "There is no module %s that can be switched", m)
			}
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	u, err := s.Usage(ctx, t, clock.DateOf(s.db.Now(), t.Zone))
	if err != nil {
		return nil, err
	}
	_, list, err := s.Prices(ctx, u.Account)
	if err != nil {
		return nil, err
	}
	p := &Preview{Currency: u.Account.Currency, TaxPercent: u.Month.TaxPercent}
	today := clock.DateOf(s.db.Now(), t.Zone)
	left := today.MonthEnd().Sub(today)
	change := func(m, because string, days int) Change {
		c := Change{Module: m, Because: because, Days: days}
		c.Price, c.Seat = list.Fee(m)
		c.ThisMonth = money.RoundTo(money.Div(c.Price.Mul(money.Int(int64(days))), money.Int(int64(monthDays(today)))), p.Currency)
		return c
	}
	s.spread(t, on, true, func(m, because string) { p.On = append(p.On, change(m, because, left+1)) })
	s.spread(t, off, false, func(m, because string) { p.Off = append(p.Off, change(m, because, left)) })
	for _, m := range s.cfg.Modules {
		if fee, _ := list.Fee(m.Name); !m.Always && t.On(m.Name) {
			p.Before = p.Before.Add(fee)
		}
	}
	p.After = p.Before
	p.MonthBefore = u.Forecast.Subtotal.Sub(u.Forecast.Discount)
	p.MonthAfter = p.MonthBefore
	for _, c := range p.On {
		p.After, p.MonthAfter = p.After.Add(c.Price), p.MonthAfter.Add(c.ThisMonth)
	}
	for _, c := range p.Off {
		p.After, p.MonthAfter = p.After.Sub(c.Price), p.MonthAfter.Sub(c.ThisMonth)
	}
	return p, nil
}

// spread walks over what was asked for and all that it needs, or that needs it, what is needed first. What is so already is left out.
func (s *Service) spread(t *tenancy.Tenant, list []string, on bool, add func(module, because string)) {
	done := map[string]bool{}
	var walk func(m, because string)
	walk = func(m, because string) {
		if done[m] {
			return
		}
		done[m] = true
		for _, next := range s.joined(m, on) {
			walk(next, m)
		}
		if x, ok := s.known[m]; ok && !x.Always && t.On(m) != on {
			add(m, because)
		}
	}
	for _, m := range list {
		walk(m, "")
	}
}

// joined returns what a module needs, or what needs it.
func (s *Service) joined(module string, on bool) []string {
	if on {
		return s.known[module].Needs
	}
	var out []string
	for _, m := range s.cfg.Modules {
		if slices.Contains(m.Needs, module) {
			out = append(out, m.Name)
		}
	}
	return out
}
