package production

import (
	"time"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// center is a work centre as the scheduler reckons with it, in minutes.
type center struct {
	id         id.ID
	code       string
	week       [7]money.Quantity // that one order can be worked on, Sunday first
	days       map[clock.Date]money.Quantity
	capacity   money.Quantity // orders at the same time
	bottleneck bool
	load       map[clock.Date]money.Quantity // minutes that are planned already
}

// minutes is how long one order can be worked on during a day.
func (c *center) minutes(day clock.Date) money.Quantity {
	if q, other := c.days[day]; other {
		return q
	}
	return c.week[day.Time().Weekday()]
}

// available is what all of the work centre's places give in a day.
func (c *center) available(day clock.Date) money.Quantity { return c.minutes(day).Mul(c.capacity) }

// booking is minutes of one operation on one day.
type booking struct {
	step    int
	center  *center
	day     clock.Date
	minutes money.Quantity
}

// task is one operation to be scheduled.
type task struct {
	center  *center
	minutes money.Quantity
	days    int // that it is at a vendor's
}

// shop is all work centres that a plan may use, with what is planned on them.
type shop struct {
	centers map[id.ID]*center
	log     []booking // what this plan has booked, in order
}

// patience bounds how far the scheduler looks for a free day.
const patience = 2 * 366

// cursor walks over days; spent is the share of the day that earlier operations of the same order took.
type cursor struct {
	day   clock.Date
	step  int // one day on, or one back
	spent money.Quantity
}

// forward schedules tasks one after the other from a day on and books them. It returns the bookings and the day on which the last one ends.
func (s *shop) forward(tasks []task, from clock.Date) (list []booking, last clock.Date) {
	at := cursor{day: from, step: 1}
	last = from
	for i, t := range tasks {
		list = append(list, s.take(i, t, &at)...)
		last = at.day
	}
	return list, last
}

// backward schedules tasks so that the last one ends on a day, and books them. It returns the bookings and the day on which the first one begins.
func (s *shop) backward(tasks []task, until clock.Date) (list []booking, first clock.Date) {
	at := cursor{day: until, step: -1}
	first = until
	for i := len(tasks) - 1; i >= 0; i-- {
		list = append(list, s.take(i, tasks[i], &at)...)
		first = at.day
	}
	return list, first
}

// take books the minutes of one task on the days that have room. A bottleneck has only what others left; elsewhere people work more when they must.
func (s *shop) take(step int, t task, at *cursor) []booking {
	var out []booking
	rest := t.minutes
	for tries := 0; rest.Sign() > 0 && tries < patience; tries++ {
		whole := t.center.minutes(at.day)
		room := whole.Sub(whole.Mul(at.spent))
		if t.center.bottleneck {
			room = money.Min(room, t.center.available(at.day).Sub(t.center.load[at.day]))
		}
		if q := money.Min(room, rest).Round(6); q.Sign() > 0 {
			b := booking{step, t.center, at.day, q}
			t.center.load[at.day] = t.center.load[at.day].Add(q)
			s.log, out = append(s.log, b), append(out, b)
			rest = rest.Sub(q)
			at.spent = at.spent.Add(money.Div(q, whole))
		}
		if rest.Sign() > 0 {
			at.day, at.spent = at.day.AddDays(at.step), money.Zero()
		}
	}
	if t.days > 0 { // away from the first of these days to the last
		begun := booking{step, t.center, at.day, money.Zero()}
		at.day, at.spent = at.day.AddDays(at.step*t.days), money.Zero()
		out = append(out, begun, booking{step, t.center, at.day, money.Zero()})
	}
	return out
}

// undo takes back what was booked since a mark.
func (s *shop) undo(mark int) {
	for _, b := range s.log[mark:] {
		b.center.load[b.day] = b.center.load[b.day].Sub(b.minutes)
	}
	s.log = s.log[:mark]
}

// spans returns the first and the last day of each step.
func spans(list []booking, steps int) []struct{ from, to clock.Date } {
	out := make([]struct{ from, to clock.Date }, steps)
	for _, b := range list {
		o := &out[b.step]
		if o.from.IsZero() || b.day.Before(o.from) {
			o.from = b.day
		}
		o.to = clock.Latest(o.to, b.day)
	}
	return out
}

// weekly turns a work centre's hours into minutes that count: five days a week without a calendar. On the company's holidays (false) nobody works, on days
// worked in their stead (true) as on a weekday; what the calendar itself says of a day goes first.
func weekly(hours money.Quantity, calendar *Calendar, efficiency money.Percent, holidays map[clock.Date]bool) (week [7]money.Quantity, days map[clock.Date]money.Quantity) {
	effective := func(h money.Quantity) money.Quantity {
		return money.Div(h.Mul(money.Int(60)).Mul(efficiency), money.Hundred()).Round(6)
	}
	if calendar == nil {
		for d := time.Monday; d <= time.Friday; d++ {
			week[d] = effective(hours)
		}
		return week, otherwise(week, holidays)
	}
	for d, h := range calendar.hours() {
		week[d] = effective(h)
	}
	if !calendar.Holidays {
		holidays = nil
	}
	days = otherwise(week, holidays)
	for _, d := range calendar.Days {
		days[d.Date] = effective(d.Hours)
	}
	return week, days
}

// otherwise is what holidays make of a week. A weekend that is worked has Monday's minutes, unless it has its own.
func otherwise(week [7]money.Quantity, holidays map[clock.Date]bool) map[clock.Date]money.Quantity {
	days := make(map[clock.Date]money.Quantity, len(holidays))
	for day, worked := range holidays {
		switch usual := week[day.Time().Weekday()]; {
		case !worked:
			days[day] = money.Zero()
		case usual.Sign() == 0:
			days[day] = week[time.Monday]
		}
	}
	return days
}
