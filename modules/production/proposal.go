package production

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// change carries out what becomes of supplies that earlier runs asked for: nobody has begun with them, so nobody has to be asked.
func (r *run) change(ctx context.Context, changes []replan) error {
	var asked []productionevent.Replan
	var own []replan
	for _, c := range changes {
		l := r.line(c.of, lineReduce, lineDone, unneeded)
		switch {
		case c.quantity.Sign() <= 0:
			l.Action = lineCancel
		case c.quantity.LessThan(c.of.Quantity):
			l.Quantity = c.of.Quantity.Sub(c.quantity)
		case c.day.Before(c.of.Date):
			l.Action, l.Reason = lineIn, tooLate
		default:
			l.Action, l.Reason = lineOut, tooEarly
		}
		l.Date = c.day
		r.results = append(r.results, l)
		if c.of.Entity == orderEntity {
			own = append(own, c)
		} else {
			asked = append(asked, productionevent.Replan{Entity: c.of.Entity, ID: c.of.ID, No: c.of.No, Quantity: c.quantity, Date: c.day})
		}
	}
	if len(asked) > 0 {
		if err := record.Emit(ctx, r.tx, productionevent.SupplyReplanned{RunID: r.ID, Items: asked}); err != nil {
			return err
		}
	}
	return r.changeOwn(ctx, own)
}

// changeOwn cancels, reduces and moves planned production orders.
func (r *run) changeOwn(ctx context.Context, changes []replan) error {
	keys := make([]id.ID, len(changes))
	plans := map[id.ID]replan{}
	for i, c := range changes {
		keys[i], plans[c.of.ID] = c.of.ID, c
	}
	if len(keys) == 0 {
		return nil
	}
	orders, err := record.Lock[Order](ctx, r.tx, keys...)
	if err != nil {
		return err
	}
	var gone, smaller, later []*Order
	for _, o := range orders {
		c := plans[o.ID]
		switch {
		case o.Status != Planned:
			continue
		case c.quantity.Sign() <= 0:
			gone = append(gone, o)
			continue
		case c.quantity.LessThan(o.Quantity):
			o.DemandQuantity = c.quantity
			smaller = append(smaller, o)
		}
		if c.day != o.DueDate {
			o.moveTo(c.day)
			later = append(later, o)
		}
	}
	if err := cancelAll(ctx, r.tx, gone...); err != nil {
		return err
	}
	if err := r.reduce(ctx, r.tx, smaller); err != nil {
		return err
	}
	return r.moved(ctx, r.tx, later...)
}

// moveTo gives an order another due date; it keeps its length.
func (o *Order) moveTo(due clock.Date) {
	days := max(0, o.DueDate.Sub(o.StartDate))
	o.StartDate, o.DueDate = due.AddDays(-days), due
}

// line notes something about a supply.
func (r *run) line(s *inventoryevent.Inbound, action, state, reason string) *PlanningLine {
	return &PlanningLine{
		ProductID: s.ProductID, Action: action, State: state, Reason: reason, Quantity: s.Quantity, FromDate: s.Date, Date: s.Date,
		DocumentEntity: s.Entity, DocumentID: s.ID, DocumentNo: s.No,
	}
}

// propose notes which requests the run made, and what would help but is for a person to decide: supplies that come too late, too early, or for nobody.
func (r *run) propose(ctx context.Context, keys []id.ID, before []inventoryevent.Inbound) error {
	old := map[id.ID]bool{}
	for _, s := range before {
		old[s.ID] = true
	}
	at, err := r.state(ctx, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		for _, s := range at.in[key] {
			if s.Entity != orderEntity && !s.Started && !old[s.ID] {
				l := r.line(s, lineBuy, lineDone, reasonOf(s.Demand))
				l.FromDate, l.Serves = clock.Date{}, s.Demand.DocumentNo
				r.results = append(r.results, l)
				continue
			}
			r.judge(s, at.pegs[peg{s.ID, key}])
		}
		r.idle(at, key)
	}
	return nil
}

// judge compares a supply with those who wait for it.
func (r *run) judge(s *inventoryevent.Inbound, waiting []inventoryevent.Need) {
	first := clock.Date{}
	var serves []string
	for _, n := range waiting {
		if first.IsZero() || !n.NeedBy.IsZero() && n.NeedBy.Before(first) {
			first = n.NeedBy
		}
		if !slices.Contains(serves, n.DocumentNo) {
			serves = append(serves, n.DocumentNo)
		}
	}
	if first.IsZero() || s.Date.IsZero() {
		return
	}
	first = clock.Latest(first, r.tx.Today())
	var l *PlanningLine
	switch {
	case s.Date.After(first):
		l = r.line(s, lineIn, lineProposed, tooLate)
	case s.Started && first.Sub(s.Date) > r.ToleranceDays:
		l = r.line(s, lineOut, lineProposed, tooEarly)
	default:
		return
	}
	l.Date, l.Serves = first, strings.Join(serves, ", ")
	r.results = append(r.results, l)
}

// idle proposes to have supplies for which nobody waits earlier where stock runs low, and to give up those without which it does not.
func (r *run) idle(at *standing, key id.ID) {
	c, _ := r.course(at, key, func(s *inventoryevent.Inbound) bool {
		return r.soft(s) && len(at.pegs[peg{s.ID, key}]) == 0 && s.Demand.DocumentID == r.ID
	})
	_, moves := c.follow()
	for _, m := range moves {
		if m.of.Date.Sub(m.to) <= 0 {
			continue
		}
		l := r.line(m.of, lineIn, lineProposed, tooLate)
		l.Date = m.to
		r.results = append(r.results, l)
	}
	for _, s := range c.surplus() {
		if own := s.Kept && (!s.Started || s.Demand.Entity == ""); !own && !r.soft(s) { // what a person wants for stock is theirs
			r.results = append(r.results, r.line(s, lineCancel, lineProposed, unneeded))
		}
	}
}

// AcceptInput names proposals of a run; without any it is all of them.
type AcceptInput struct {
	Lines []id.ID `in:"lines" label:"建议|Proposals"`
}

// accept carries out proposals: production orders that have not begun are moved or cancelled, requests to buy follow, and for what a vendor has been
// asked for the buyers are told.
func (f *floor) accept(ctx context.Context, tx *tenancy.Tx, rec *PlanningRun, in AcceptInput) error {
	lines, err := rec.chosen(in.Lines)
	if err != nil {
		return err
	}
	r := &run{floor: f, PlanningRun: rec, tx: tx}
	var own []replan
	told := productionevent.SupplyReplanned{RunID: rec.ID}
	for _, l := range lines {
		l.State = lineAccepted
		quantity := l.Quantity
		if l.Action == lineCancel {
			quantity = money.Zero()
		}
		if l.DocumentEntity != orderEntity {
			told.Items = append(told.Items, productionevent.Replan{Entity: l.DocumentEntity, ID: l.DocumentID, No: l.DocumentNo, Quantity: quantity, Date: l.Date})
			continue
		}
		own = append(own, replan{of: &inventoryevent.Inbound{ID: l.DocumentID}, quantity: quantity, day: l.Date})
	}
	if err := record.Update(ctx, tx, lines...); err != nil {
		return err
	}
	if len(told.Items) > 0 {
		if err := record.Emit(ctx, tx, told); err != nil {
			return err
		}
	}
	return r.decide(ctx, own)
}

// chosen returns the proposals that somebody accepts.
func (r *PlanningRun) chosen(keys []id.ID) ([]*PlanningLine, error) {
	var out []*PlanningLine
	var bad fault.Fields
	known := map[id.ID]*PlanningLine{}
	for _, l := range r.Lines {
		if l.State == lineProposed {
			known[l.ID] = l
			if len(keys) == 0 {
				out = append(out, l)
			}
		}
	}
	for i, key := range keys {
		if known[key] == nil {
			bad.Add(fmt.Sprintf("lines[%d]", i), "planning.no_proposal", "不是待采纳的建议", "is no open proposal of this run")
			continue
		}
		out = append(out, known[key])
	}
	return out, bad.Err()
}

// decide moves and cancels production orders of which nothing has been taken yet; those in progress are for the shop floor.
func (r *run) decide(ctx context.Context, changes []replan) error {
	plans := map[id.ID]replan{}
	var keys []id.ID
	for _, c := range changes {
		plans[c.of.ID] = c
		keys = append(keys, c.of.ID)
	}
	if len(keys) == 0 {
		return nil
	}
	orders, err := record.Lock[Order](ctx, r.tx, keys...)
	if err != nil {
		return err
	}
	var gone, other, begun []*Order
	for _, o := range orders {
		switch c := plans[o.ID]; {
		case o.Status == InProgress:
			begun = append(begun, o)
		case o.Status != Planned && o.Status != Released:
		case c.quantity.Sign() <= 0:
			gone = append(gone, o)
		default:
			if o.moveTo(c.day); o.StartDate.Before(r.tx.Today()) {
				o.StartDate = clock.Latest(r.tx.Today(), o.StartDate)
				o.DueDate = clock.Latest(o.StartDate, o.DueDate)
			}
			other = append(other, o)
		}
	}
	if err := cancelAll(ctx, r.tx, gone...); err != nil {
		return err
	}
	if err := r.moved(ctx, r.tx, other...); err != nil {
		return err
	}
	return notifyBegun(ctx, r.tx, begun)
}
