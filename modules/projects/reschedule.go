package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// reschedule moves open tasks that would start before what they depend on has ended, and the project's end with them. Nothing moves to an earlier day.
func (w scheduler) reschedule(ctx context.Context, tx *tenancy.Tx, p *Project, _ modules.None) error {
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", p.ID.String()).Where("status <> ?", Cancelled).OrderExpr("sequence, id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	c, err := w.calendar(ctx, tx, tasks)
	if err != nil {
		return err
	}
	last := shift(tasks, tx.Today(), c)
	if err := record.Update(ctx, tx, tasks...); err != nil {
		return err
	}
	bookOf(tx).put(p)
	bookOf(tx).touch(tx, p.ID)
	p.EndDate = clock.Latest(p.EndDate, last)
	return record.Update(ctx, tx, p)
}

// shift moves tasks behind what they depend on, by working days, and returns the last end. Tasks without dates have no place to move from.
func shift(tasks []*Task, today clock.Date, c *calendar) clock.Date {
	ends := make(map[string]clock.Date, len(tasks))
	var last clock.Date
	for _, s := range spans(tasks, today, c) { // what a task depends on comes before it
		t := s.task
		if t.StartDate.IsZero() || t.EndDate.IsZero() {
			continue
		}
		var free clock.Date
		for _, key := range t.DependsOn {
			if end := ends[key]; !end.IsZero() {
				free = clock.Latest(free, end.AddDays(1))
			}
		}
		if late := free.Sub(t.StartDate); t.Status == Todo && !free.IsZero() && late > 0 {
			t.StartDate = s.who.next(free, 1)
			t.EndDate = s.who.span(t.StartDate, s.days, 1)
		}
		end := t.EndDate
		switch {
		case t.Status == Finished && !t.DoneOn.IsZero():
			end = t.DoneOn
		case end.Before(today):
			end = today
		}
		ends[t.ID.String()] = end
		last = clock.Latest(last, end)
	}
	return last
}
