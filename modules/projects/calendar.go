package projects

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// ahead is how many days before and after a plan its holidays are asked for: as far as tasks are moved at once.
const ahead = 2 * 366

// calendar knows on which days work is done: the company's week and holidays, and those of people who are resources. None: on every day.
type calendar struct {
	company *plan
	people  map[id.ID]*plan
}

// scheduler plans by working days.
type scheduler struct{ Holidays }

// calendar reads the calendar of those who do some tasks.
func (w scheduler) calendar(ctx context.Context, tx *tenancy.Tx, tasks []*Task) (*calendar, error) {
	from, to := tx.Today(), tx.Today()
	var people []id.ID
	for _, t := range tasks {
		if !t.StartDate.IsZero() && t.StartDate.Before(from) {
			from = t.StartDate
		}
		to = clock.Latest(to, clock.Latest(t.EndDate, t.BaselineEnd))
		people = append(people, t.AssigneeID)
	}
	holidays, err := w.Holidays.Holidays(ctx, tx, from.AddDays(-ahead), to.AddDays(ahead))
	if err != nil {
		return nil, err
	}
	c := &calendar{company: &plan{holidays: holidays}, people: map[id.ID]*plan{}}
	rows, err := record.Find[Resource](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("user_id = ANY(?::uuid[])", texts(people)) })
	for _, r := range rows {
		c.people[r.UserID] = &plan{Weekdays: strings.Join(r.Weekdays, ","), DaysOff: strings.Join(r.DaysOff, ","), holidays: holidays}
	}
	return c, err
}

// company is the company's calendar around a day.
func (w scheduler) company(ctx context.Context, tx *tenancy.Tx, on clock.Date) (*plan, error) {
	c, err := w.calendar(ctx, tx, []*Task{{StartDate: on, EndDate: on}})
	if err != nil {
		return nil, err
	}
	return c.company, nil
}

// of is the calendar of who does a task; the company's when nobody does yet.
func (c *calendar) of(t *Task) *plan {
	if c == nil {
		return nil
	}
	if p := c.people[t.AssigneeID]; p != nil {
		return p
	}
	return c.company
}

// next is a day when it is worked, or the first one after it (step 1) or before it (step -1) that is; a calendar without any day stops nobody.
func (p *plan) next(on clock.Date, step int) clock.Date {
	for n := range ahead {
		if day := on.AddDays(step * n); p == nil || p.works(day) {
			return day
		}
	}
	return on
}

// span is the day on which so many working days end that begin on a day (or, with step -1, begin when they end on it).
func (p *plan) span(on clock.Date, days, step int) clock.Date {
	on = p.next(on, step)
	for range days - 1 {
		on = p.next(on.AddDays(step), step)
	}
	return on
}

// count is how many working days there are from one day to another, both included.
func (p *plan) count(from, to clock.Date) int {
	if p == nil {
		return max(0, to.Sub(from)+1)
	}
	n := 0
	for on := from; !on.After(to); on = on.AddDays(1) {
		if p.works(on) {
			n++
		}
	}
	return n
}

// off is by how many working days a day is later than another; earlier when negative.
func (p *plan) off(on, than clock.Date) int {
	if on.Before(than) {
		return -p.count(on.AddDays(1), than)
	}
	return p.count(than.AddDays(1), on)
}
