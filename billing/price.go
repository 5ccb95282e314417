package billing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
)

func utc() *time.Location { return time.UTC }

// Use is what one day used of a meter.
type Use struct {
	Meter, Module string
	Day           clock.Date
	Quantity      money.Quantity
}

// Line is one line of a statement. Its usage opens to the facts behind it.
type Line struct {
	Meter, Module string
	First, Last   clock.Date
	Used          money.Quantity // all that was counted
	Quantity      money.Quantity // what is charged of it, when what is included has been taken off
	Price         string         // for one, or for one a month
	Amount        money.Amount
}

// The lines that no meter stands behind.
const (
	lineMinimum = "minimum"
	lineCredit  = "credit"
)

// charge prices the use of a part of one month, rounded once for each line.
func charge(l *List, uses []Use, first, last clock.Date, currency string) []Line {
	type key struct{ meter, module string }
	by := map[key][]Use{}
	for _, u := range uses {
		if !u.Quantity.IsZero() {
			by[key{u.Meter, u.Module}] = append(by[key{u.Meter, u.Module}], u)
		}
	}
	var out []Line
	for k, list := range by {
		item, ok := l.Item(k.meter, k.module)
		if !ok {
			continue // what has no price is free, and is shown as usage all the same
		}
		line := Line{Meter: k.meter, Module: k.module, First: first, Last: last, Price: item.text()}
		exact := money.Zero()
		for _, q := range item.quantities(list) {
			line.Used = line.Used.Add(q)
			charged := money.Max(q.Sub(item.Included), money.Zero())
			line.Quantity = line.Quantity.Add(charged)
			exact = exact.Add(item.cost(charged))
		}
		divisor := item.Every
		if item.Monthly {
			divisor = divisor.Mul(money.Int(int64(monthDays(first))))
		}
		line.Amount = money.RoundTo(money.Div(exact, divisor), currency)
		out = append(out, line)
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(place(a.Meter)-place(b.Meter), strings.Compare(a.Module, b.Module))
	})
	return out
}

// quantities are what an item's allowance and tiers apply to: each day by itself, or the month as a whole.
func (x Item) quantities(list []Use) []money.Quantity {
	if x.Monthly {
		days := map[clock.Date]money.Quantity{}
		for _, u := range list {
			days[u.Day] = days[u.Day].Add(u.Quantity)
		}
		out := make([]money.Quantity, 0, len(days))
		for _, q := range days {
			out = append(out, q)
		}
		return out
	}
	sum := money.Zero()
	for _, u := range list {
		sum = sum.Add(u.Quantity)
	}
	return []money.Quantity{sum}
}

// cost is the price of a quantity over the tiers, before it is divided by Every and by the days of a month.
func (x Item) cost(q money.Quantity) money.Amount {
	sum, from := money.Zero(), money.Zero()
	for _, t := range x.Tiers {
		part := q.Sub(from)
		if t.UpTo != nil {
			part = money.Min(part, t.UpTo.Sub(from))
			from = *t.UpTo
		}
		if part.Sign() <= 0 {
			break
		}
		sum = sum.Add(part.Mul(t.Price))
	}
	return sum
}

// text writes an item's price as people read it.
func (x Item) text() string {
	prices := make([]string, len(x.Tiers))
	for i, t := range x.Tiers {
		prices[i] = t.Price.String()
	}
	return strings.Join(prices, " / ")
}

func firstOf(d clock.Date) clock.Date { return clock.NewDate(d.Year(), d.Time().Month(), 1) }

func monthDays(d clock.Date) int { return d.MonthEnd().Time().Day() }

// with returns the list with some items replaced or added: an account's own prices.
func (l *List) with(own []Item) *List {
	if len(own) == 0 {
		return l
	}
	out := *l
	out.Items = slices.Clone(l.Items)
	for _, x := range own {
		i := slices.IndexFunc(out.Items, func(y Item) bool { return x.Meter == y.Meter && x.Module == y.Module })
		if i >= 0 {
			out.Items[i] = x
		} else {
			out.Items = append(out.Items, x)
		}
	}
	return &out
}

// span is a stretch of time: from, until before to.
type span struct{ from, to time.Time }

func (s span) overlaps(o span) bool { return s.from.Before(o.to) && o.from.Before(s.to) }

// meets tells whether any of the spans overlaps with o.
func meets(list []span, o span) bool {
	return slices.ContainsFunc(list, func(s span) bool { return s.overlaps(o) })
}

// cut returns what two lists of spans have in common.
func cut(a, b []span) []span {
	var out []span
	for _, x := range a {
		for _, y := range b {
			z := span{x.from, x.to}
			if y.from.After(z.from) {
				z.from = y.from
			}
			if y.to.Before(z.to) {
				z.to = y.to
			}
			if z.from.Before(z.to) {
				out = append(out, z)
			}
		}
	}
	return out
}

// dayOf is a business day in a zone as a stretch of time.
func dayOf(d clock.Date, zone *time.Location) span {
	at := func(d clock.Date) time.Time {
		y, m, n := d.Time().Date()
		return time.Date(y, m, n, 0, 0, 0, 0, zone)
	}
	return span{at(d), at(d.AddDays(1))}
}
