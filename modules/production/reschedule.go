package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// RescheduleInput is when an order is to start and to be done; what is left out follows from the other.
type RescheduleInput struct {
	StartDate clock.Date `in:"start_date" label:"开工日期|Start date"`
	DueDate   clock.Date `in:"due_date" label:"完工日期|Due date"`
	Force     bool       `in:"force" label:"忽略检查|Ignore the checks"`
}

// reschedule moves an order that has not begun; demands that wait for it learn its new date.
func (f *floor) reschedule(ctx context.Context, tx *tenancy.Tx, o *Order, in RescheduleInput) error {
	days := o.DueDate.Sub(o.StartDate)
	start, due := in.StartDate, in.DueDate
	switch {
	case start.IsZero() && due.IsZero():
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("due_date", "required", "请填写开工或完工日期", "a start date or a due date is required")
	case start.IsZero():
		start = due.AddDays(-days)
	case due.IsZero():
		due = start.AddDays(days)
	}
	if due.Before(start) {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("due_date", "span.empty", "完工日期早于开工日期", "is before the start date")
	}
	o.StartDate, o.DueDate, o.Manual = start, due, true
	if !in.Force {
		if err := f.checkMove(ctx, tx, o); err != nil {
			return err
		}
	}
	return f.moved(ctx, tx, o)
}

// checkMove refuses dates that can't be kept: a start that has passed, before the order below is done, or without room on a bottleneck.
func (f *floor) checkMove(ctx context.Context, tx *tenancy.Tx, o *Order) error {
	var bad fault.Fields
	if o.StartDate.Before(tx.Today()) {
		bad.Add("start_date", "production.past", "开工日期 %[1]s 已过", "%[1]s has passed", o.StartDate)
	}
	below, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("parent_id = ? AND status IN (?, ?, ?) AND due_date > ?", o.ID, Planned, Released, InProgress, o.StartDate).OrderExpr("due_date DESC").Limit(1)
	})
	if err != nil {
		return err
	}
	if len(below) > 0 {
		bad.Add("start_date", "production.waits", "用料由 %[1]s 生产，%[2]s 才完工", "its material is made by %[1]s, which is done on %[2]s only",
			below[0].No, below[0].DueDate)
	}
	work, err := f.fit(ctx, tx, []*Order{o})
	if err != nil {
		return err
	}
	if last := work.last[o.ID]; last.After(o.DueDate) {
		bad.Add("due_date", "production.no_capacity", "工作中心产能不足，最早 %[1]s 完工", "the work centres have no room: it is done on %[1]s at the earliest", last)
	}
	return bad.Err()
}

// replaced is work that is placed anew: each order's bookings and its last day.
type replaced struct {
	operations map[id.ID][]*Operation
	work       map[id.ID][]booking
	last       map[id.ID]clock.Date
}

// fit places the work of orders within their dates: so that it ends when they are due, or from their start on where there is no room for that.
func (f *floor) fit(ctx context.Context, tx *tenancy.Tx, orders []*Order) (*replaced, error) {
	r := &replaced{operations: map[id.ID][]*Operation{}, work: map[id.ID][]booking{}, last: map[id.ID]clock.Date{}}
	keys := make([]id.ID, len(orders))
	for i, o := range orders {
		keys[i] = o.ID
	}
	rows, err := record.Find[Operation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ANY(?::uuid[])", pgdialect.Array(keys)).OrderExpr("order_id, position")
	})
	if err != nil || len(rows) == 0 {
		return r, err
	}
	centers := make([]id.ID, len(rows))
	for i, p := range rows {
		centers[i] = p.WorkCenterID
		r.operations[p.OrderID] = append(r.operations[p.OrderID], p)
	}
	s, err := f.shop(ctx, tx, centers, keys)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		var tasks []task
		for _, p := range r.operations[o.ID] {
			tasks = append(tasks, task{s.centers[p.WorkCenterID], p.PlannedMinutes, p.LeadDays})
		}
		mark := len(s.log)
		list, first := s.backward(tasks, o.DueDate)
		last := o.DueDate
		if first.Before(o.StartDate) {
			s.undo(mark)
			list, last = s.forward(tasks, o.StartDate)
		}
		r.work[o.ID], r.last[o.ID] = list, last
	}
	return r, nil
}

// replace schedules the work of orders anew and writes it; an order that takes longer than its dates is due later.
func (f *floor) replace(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	r, err := f.fit(ctx, tx, orders)
	if err != nil || len(r.operations) == 0 {
		return err
	}
	var operations []*Operation
	var loads []*Load
	keys := make([]id.ID, len(orders))
	for i, o := range orders {
		keys[i] = o.ID
		list := r.operations[o.ID]
		for i, s := range spans(r.work[o.ID], len(list)) {
			list[i].PlannedStart, list[i].PlannedEnd = s.from, s.to
		}
		o.DueDate = clock.Latest(o.DueDate, r.last[o.ID])
		operations, loads = append(operations, list...), append(loads, loadsOf(o.ID, list, r.work[o.ID])...)
	}
	if _, err := tx.NewRaw("DELETE FROM production_load WHERE order_id = ANY(?::uuid[])", pgdialect.Array(keys)).Exec(ctx); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, operations...); err != nil {
		return err
	}
	return record.Create(ctx, tx, loads...)
}

// moved saves orders whose dates changed, schedules their work within them, and tells of each.
func (f *floor) moved(ctx context.Context, tx *tenancy.Tx, orders ...*Order) error {
	if err := f.replace(ctx, tx, orders); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	for _, o := range orders {
		if err := record.Emit(ctx, tx, productionevent.OrderRescheduled{ID: o.ID, No: o.No, StartDate: o.StartDate, DueDate: o.DueDate}); err != nil {
			return err
		}
	}
	return nil
}
