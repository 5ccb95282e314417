package production

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

// schedule dates all orders. Going up, it finds when each could start at the earliest; going down, it makes each finish just when it is needed, or
// as early as possible where that is too late.
func (p *planner) schedule() {
	for i := len(p.orders) - 1; i >= 0; i-- {
		o := p.orders[i]
		o.ready = p.today
		for _, m := range o.Materials {
			o.ready = clock.Latest(o.ready, p.available(m))
		}
	}
	for _, o := range p.orders {
		days := p.days(o.ProductID)
		if !o.Fixed {
			o.Due = clock.Latest(o.NeedBy, o.ready.AddDays(days))
			o.Start = o.Due.AddDays(-days)
		}
		for _, m := range o.Materials {
			m.NeedBy = o.Start
			if m.maker != nil {
				m.maker.NeedBy = o.Start
			}
		}
	}
}

// available returns the first day on which all of a material can be here.
func (p *planner) available(m *component) clock.Date {
	day := p.today
	if m.maker != nil {
		day = m.maker.ready.AddDays(p.days(m.ProductID))
	}
	if p.products[m.ProductID].Stocked() && m.Quantity.Sub(m.FromStock).Sub(m.Made).Sign() > 0 {
		day = clock.Latest(day, p.today.AddDays(p.purchaseDays(m.ProductID)))
	}
	return day
}

// days is how long making a product takes.
func (p *planner) days(product id.ID) int { return max(0, p.products[product].LeadTimeDays) }

// purchaseDays is how long buying takes: the vendor's lead time, or the product's where no vendor has a price.
func (p *planner) purchaseDays(product id.ID) int {
	if d, ok := p.lead[product]; ok {
		return max(0, d)
	}
	return p.days(product)
}
