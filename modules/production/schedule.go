package production

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// schedule dates all orders that have no dates yet, each with all that is made for it.
func (p *planner) schedule() {
	for _, o := range p.orders[p.dated:] {
		if o.above == nil {
			p.date(o)
		}
	}
	p.dated = len(p.orders)
}

// date schedules an order and those below it. Forward it finds the first day on which it can be done; then backward from there, or from the day on
// which it is needed if that is later, so that everything is made just in time. Where machines have no room for that, the forward dates stay.
func (p *planner) date(o *planned) {
	if o.Fixed {
		p.fix(o)
		return
	}
	mark := len(p.shop.log)
	p.early(o)
	due := clock.Latest(o.NeedBy, o.Due)
	p.shop.undo(mark)
	if !p.late(o, due) {
		p.shop.undo(mark)
		p.early(o)
	}
	p.require(o)
}

// fix keeps the dates that a person gave; the work is placed within them as far as it goes, and what is below follows as it can.
func (p *planner) fix(o *planned) {
	o.ready = o.Start
	mark := len(p.shop.log)
	var first clock.Date
	if o.work, first = p.shop.backward(p.tasks(o), o.Due); first.Before(o.Start) {
		p.shop.undo(mark)
		o.work, _ = p.shop.forward(p.tasks(o), o.Start)
	}
	o.soonest = o.Due
	for _, m := range o.Materials {
		m.NeedBy = o.Start
		if m.maker != nil {
			m.maker.NeedBy = o.Start
			p.date(m.maker)
		}
	}
}

// early schedules forward, from what is bought and made at the bottom up.
func (p *planner) early(o *planned) {
	o.ready = p.today
	for _, m := range o.Materials {
		if m.maker != nil {
			p.early(m.maker)
		}
		o.ready = clock.Latest(o.ready, p.available(m))
	}
	var last clock.Date
	o.work, last = p.shop.forward(p.tasks(o), o.ready)
	o.Start, o.Due = o.ready, clock.Latest(last, o.ready.AddDays(p.days(o.ProductID)))
	o.soonest = o.Due
}

// late schedules backward from a day, from the top down. It tells whether everything begins no earlier than it can.
func (p *planner) late(o *planned, due clock.Date) bool {
	var first clock.Date
	o.work, first = p.shop.backward(p.tasks(o), due)
	o.Due, o.Start = due, due.AddDays(-p.days(o.ProductID))
	if first.Before(o.Start) {
		o.Start = first
	}
	if o.Start.Before(o.ready) {
		return false
	}
	for _, m := range o.Materials {
		if m.maker != nil && !p.late(m.maker, o.Start) {
			return false
		}
	}
	return true
}

// require tells what is below by when it is needed.
func (p *planner) require(o *planned) {
	for _, m := range o.Materials {
		m.NeedBy = o.Start
		if m.maker != nil {
			m.maker.NeedBy = o.Start
			p.require(m.maker)
		}
	}
}

// tasks are the operations of an order with the time that they take.
func (p *planner) tasks(o *planned) []task {
	if o.Recipe == nil || p.shop.centers == nil {
		return nil
	}
	list := make([]task, len(o.Recipe.Steps))
	for i, minutes := range o.Recipe.minutes(o.Quantity) {
		s := o.Recipe.Steps[i]
		list[i] = task{p.shop.centers[s.WorkCenterID], minutes, p.away(s)}
	}
	return list
}

// away is how many days a step is at a vendor's.
func (p *planner) away(s step) int {
	if s.Service.IsZero() {
		return 0
	}
	return p.purchaseDays(s.Service)
}

// minutes is how long each operation takes for a quantity.
func (r *recipe) minutes(quantity money.Quantity) []money.Quantity {
	list := r.entering(quantity)
	for i, s := range r.Steps {
		list[i] = s.Setup.Add(s.Run.Mul(list[i])).Round(6)
	}
	return list
}

// entering is how much enters each operation for a quantity: those before an operation that spoils some have more to do.
func (r *recipe) entering(quantity money.Quantity) []money.Quantity {
	list := make([]money.Quantity, len(r.Steps))
	for i := len(r.Steps) - 1; i >= 0; i-- {
		quantity = money.Div(quantity.Mul(money.Hundred()), money.Hundred().Sub(r.Steps[i].Scrap))
		list[i] = quantity
	}
	return list
}

// available returns the first day on which all of a material can be here.
func (p *planner) available(m *component) clock.Date {
	day := clock.Latest(p.today, m.comes)
	if m.maker != nil {
		day = clock.Latest(day, m.maker.soonest)
	}
	if p.products[m.ProductID].Stocked() && m.Quantity.Sub(m.FromStock).Sub(m.owed).Sub(m.Made).Sign() > 0 {
		day = clock.Latest(day, p.today.AddDays(p.purchaseDays(m.ProductID)))
	}
	return day
}

// days is how long making a product takes at least; a vendor who makes it has a lead time too.
func (p *planner) days(product id.ID) int {
	days := max(0, p.products[product].LeadTimeDays)
	if r := p.recipes[product]; r != nil && !r.Service.IsZero() {
		days = max(days, p.purchaseDays(r.Service))
	}
	return days
}

// purchaseDays is how long buying takes: the vendor's lead time, or the product's where no vendor has a price.
func (p *planner) purchaseDays(product id.ID) int {
	if d, ok := p.lead[product]; ok {
		return max(0, d)
	}
	return p.days(product)
}
