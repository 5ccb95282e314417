package production

import (
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

// course is the free stock of one product as it is expected to go, day by day. What comes for one demand alone is not part of it: neither the supply
// nor the demand.
type course struct {
	today, until  clock.Date
	floor, target money.Quantity // below floor, it is filled up to target
	step          money.Quantity
	onHand        money.Quantity
	out           []flow
	in            []flow
}

// flow is goods that come or go on a day.
type flow struct {
	day      clock.Date
	quantity money.Quantity
	of       *inventoryevent.Inbound // what brings it
	movable  bool                    // nobody waits for any of it
}

// lack is goods that must be there on a day, so that stock does not stay below its level.
type lack struct {
	day      clock.Date
	quantity money.Quantity
}

// move is a supply that would help on another day.
type move struct {
	of *inventoryevent.Inbound
	to clock.Date
}

// follow walks through the days: where stock falls below its level, what comes later anyway is wanted earlier; only what nothing brings is lacking.
func (c *course) follow() (lacks []lack, moves []move) {
	level, used := c.onHand, make([]bool, len(c.in))
	for _, day := range c.days() {
		for i, f := range c.in {
			if !used[i] && c.on(f) == day {
				level, used[i] = level.Add(f.quantity), true
			}
		}
		for _, f := range c.out {
			if c.on(f) == day {
				level = level.Sub(f.quantity)
			}
		}
		for i, f := range c.in {
			if level.LessThan(c.floor) && !used[i] && f.movable {
				level, used[i] = level.Add(f.quantity), true
				moves = append(moves, move{f.of, day})
			}
		}
		if level.LessThan(c.floor) {
			missing := upTo(c.target.Sub(level).Rat(), c.step)
			lacks = append(lacks, lack{day, missing})
			level = level.Add(missing)
		}
	}
	return lacks, moves
}

// surplus returns supplies without which stock never falls below its level, the last to come first.
func (c *course) surplus() []*inventoryevent.Inbound {
	var out []*inventoryevent.Inbound
	gone := map[*inventoryevent.Inbound]bool{}
	for i := len(c.in) - 1; i >= 0; i-- {
		if f := c.in[i]; f.movable && c.spares(f, gone) {
			gone[f.of] = true
			out = append(out, f.of)
		}
	}
	return out
}

// spares tells that stock keeps its level from a supply's day on, without it and what is gone already.
func (c *course) spares(x flow, gone map[*inventoryevent.Inbound]bool) bool {
	level := c.onHand
	for _, day := range c.days() {
		for _, f := range c.in {
			if c.on(f) == day && f.of != x.of && !gone[f.of] {
				level = level.Add(f.quantity)
			}
		}
		for _, f := range c.out {
			if c.on(f) == day {
				level = level.Sub(f.quantity)
			}
		}
		if level.LessThan(c.floor) && !day.Before(c.on(x)) {
			return false
		}
	}
	return true
}

// on is the day on which a flow counts: what is late comes today at the earliest.
func (c *course) on(f flow) clock.Date { return clock.Latest(f.day, c.today) }

// days lists today and all days within the horizon on which something comes or goes, in order; supplies are put in the order of their days.
func (c *course) days() []clock.Date {
	slices.SortStableFunc(c.in, func(a, b flow) int { return c.on(a).Sub(c.on(b)) })
	days := []clock.Date{c.today}
	for _, list := range [][]flow{c.in, c.out} {
		for _, f := range list {
			if day := c.on(f); !day.After(c.until) {
				days = append(days, day)
			}
		}
	}
	slices.SortFunc(days, func(a, b clock.Date) int { return a.Sub(b) })
	return slices.Compact(days)
}

// replan is what becomes of a supply that an earlier run asked for: its quantity from now on, none when it is withdrawn, and its day.
type replan struct {
	of       *inventoryevent.Inbound
	quantity money.Quantity
	day      clock.Date
}

// match lets what earlier runs asked for serve the lacks of today, in the order of days. It returns what of it changes, and what is lacking beyond it.
func match(soft []*inventoryevent.Inbound, lacks []lack, tolerance int, earliest clock.Date) (changes []replan, rest []lack) {
	slices.SortStableFunc(soft, func(a, b *inventoryevent.Inbound) int { return a.Date.Sub(b.Date) })
	for _, s := range soft {
		if len(lacks) == 0 {
			changes = append(changes, replan{of: s, day: s.Date})
			continue
		}
		l := &lacks[0]
		r := replan{s, money.Min(s.Quantity, l.quantity), s.Date}
		if late := l.day.Sub(s.Date); late > tolerance || late < -tolerance && s.Date.After(earliest) {
			r.day = clock.Latest(l.day, earliest)
		}
		if !r.quantity.Equal(s.Quantity) || r.day != s.Date {
			changes = append(changes, r)
		}
		if l.quantity = l.quantity.Sub(r.quantity); l.quantity.Sign() <= 0 {
			lacks = lacks[1:]
		}
	}
	return changes, lacks
}
