package production

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const orderEntity = "production.production_order"

// planShort plans production orders of all levels for what stock is short of. What has no valid bill of materials is left to purchasing.
func (f *floor) planShort(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockShort) error {
	demands, products := make([]demand, len(e.Items)), make([]id.ID, len(e.Items))
	for i, s := range e.Items {
		demands[i] = demand{Demand: s.Demand, ProductID: s.ProductID, Quantity: s.Quantity, NeedBy: s.NeedBy}
		products[i] = s.ProductID
	}
	p, err := f.planner(ctx, tx, products)
	if err != nil || len(p.recipes) == 0 {
		return err
	}
	if p.spares, err = f.spares(ctx, tx, p.made()); err != nil {
		return err
	}
	if err := p.plan(demands); err != nil {
		return err
	}
	_, err = f.launch(ctx, tx, p, nil)
	return err
}

// planner gathers all that a plan needs: recipes, products, free stock and lead times, each asked once.
func (f *floor) planner(ctx context.Context, tx *tenancy.Tx, products []id.ID) (*planner, error) {
	book, err := f.cookbook(ctx, tx, products)
	if err != nil {
		return nil, err
	}
	return f.informed(ctx, tx, book, nil)
}

// informed makes a planner that knows the free stock and the lead times of all components, and of some more products.
func (f *floor) informed(ctx context.Context, tx *tenancy.Tx, book cookbook, more []id.ID) (*planner, error) {
	p := &planner{cookbook: book, free: map[id.ID]money.Quantity{}, today: tx.Today(), newID: tx.NewID, shop: &shop{}}
	stocked, bought := p.components(more)
	var err error
	if p.shop, err = f.shop(ctx, tx, p.workCenters(), nil); err != nil {
		return nil, err
	}
	if len(stocked) > 0 {
		if p.free, err = f.Stock.Free(ctx, tx, stocked); err != nil {
			return nil, err
		}
	}
	if p.free == nil {
		p.free = map[id.ID]money.Quantity{}
	}
	if len(bought) > 0 {
		p.lead, err = f.LeadTimes.LeadTimes(ctx, tx, bought)
	}
	return p, err
}

// workCenters lists where recipes are worked on.
func (b *cookbook) workCenters() []id.ID {
	var out []id.ID
	for _, r := range b.recipes {
		for _, s := range r.Steps {
			if !slices.Contains(out, s.WorkCenterID) {
				out = append(out, s.WorkCenterID)
			}
		}
	}
	return out
}

// components lists the products that recipes take from stock, and those of them that are bought.
func (p *planner) components(more []id.ID) (stocked, bought []id.ID) {
	seen := map[id.ID]bool{}
	add := func(key id.ID) {
		product := p.products[key]
		if seen[key] || !product.Stocked() {
			return
		}
		seen[key] = true
		stocked = append(stocked, key)
		if product.Supply != "make" || p.recipes[key] == nil {
			bought = append(bought, key)
		}
	}
	for _, r := range p.recipes {
		for _, in := range r.Ingredients {
			add(in.ProductID)
		}
		for _, s := range r.Substitutes {
			add(s.ProductID)
		}
		if !r.Service.IsZero() {
			bought = append(bought, r.Service)
		}
		for _, s := range r.Steps {
			if !s.Service.IsZero() {
				bought = append(bought, s.Service)
			}
		}
	}
	for _, key := range more {
		add(key)
	}
	return stocked, bought
}

// launch saves a plan's orders with their lines in one go, tells of them once, and returns them in the plan's order. given holds orders that stand
// already: those made by people.
func (f *floor) launch(ctx context.Context, tx *tenancy.Tx, p *planner, given map[id.ID]*Order) ([]*Order, error) {
	if len(p.orders)+len(p.reused) == 0 {
		return nil, nil
	}
	byID, all := map[id.ID]*Order{}, make([]*Order, len(p.orders))
	var fresh []*Order
	var loads []*Load
	for i, o := range p.orders {
		if byID[o.ID] = given[o.ID]; byID[o.ID] == nil {
			byID[o.ID] = p.draw(o)
			fresh = append(fresh, byID[o.ID])
		}
		all[i] = byID[o.ID]
		loads = append(loads, loadsOf(all[i].ID, all[i].Operations, o.work)...)
	}
	if err := record.Create(ctx, tx, fresh...); err != nil {
		return nil, err
	}
	if err := record.Create(ctx, tx, loads...); err != nil {
		return nil, err
	}
	told := productionevent.OrdersPlanned{Orders: make([]productionevent.Planned, len(p.orders))}
	for i, o := range p.orders {
		told.Orders[i] = p.tell(o, byID)
	}
	taken, err := p.take(ctx, tx, byID)
	if err != nil {
		return nil, err
	}
	told.Orders = append(told.Orders, taken...)
	if err := record.Emit(ctx, tx, told); err != nil {
		return nil, err
	}
	if err := subcontract(ctx, tx, all); err != nil {
		return nil, err
	}
	return all, notifyPlanned(ctx, tx, fresh)
}

// draw makes the record of a planned order.
func (p *planner) draw(o *planned) *Order {
	r := &Order{
		ProductID: o.ProductID, Quantity: o.Quantity, Status: Planned, StartDate: o.Start, DueDate: o.Due, ParentID: o.ParentID,
		SalesOrderID: rootOrder(o.Demand), DemandEntity: o.Demand.Entity, DemandLineID: o.Demand.LineID, DemandID: o.Demand.DocumentID,
		DemandQuantity: o.ForDemand,
	}
	r.Meta().ID = o.ID
	p.fill(r, o)
	return r
}

// fill gives an order its bill, its dates, and lines where it has none.
func (p *planner) fill(r *Order, o *planned) {
	r.StartDate, r.DueDate = o.Start, o.Due
	r.Materials = make([]*Material, len(o.Materials))
	for i, m := range o.Materials {
		r.Materials[i] = &Material{ProductID: m.ProductID, Quantity: m.Quantity, NeedBy: m.NeedBy, Instead: m.Instead}
		r.Materials[i].Meta().ID = m.ID
	}
	if o.Recipe == nil {
		return
	}
	r.BOMID, r.OverPercent, r.UnderPercent, r.ServiceID = o.Recipe.ID, o.Recipe.Over, o.Recipe.Under, o.Recipe.Service
	if len(r.Operations) == 0 {
		dates, entering := spans(o.work, len(o.Recipe.Steps)), o.Recipe.entering(o.Quantity)
		for i, minutes := range o.Recipe.minutes(o.Quantity) {
			s := o.Recipe.Steps[i]
			op := &Operation{Name: s.Name, WorkCenterID: s.WorkCenterID, PlannedMinutes: minutes, PlannedStart: dates[i].from, PlannedEnd: dates[i].to}
			op.Meta().ID = p.newID()
			if !s.Service.IsZero() {
				op.ServiceID, op.LeadDays = s.Service, p.away(s)
				op.ServiceQuantity = upTo(entering[i].Rat(), p.products[s.Service].Rounding)
			}
			r.Operations = append(r.Operations, op)
		}
	}
	for i, q := range p.byProducts(o.Recipe, o.Quantity) {
		by := o.Recipe.Residuals[i]
		r.ByProducts = append(r.ByProducts, &OrderByProduct{ProductID: by.ProductID, Quantity: q, CostPercent: by.CostPercent})
	}
}

// tell writes an order as other modules see it. Materials of which nobody keeps balances are left out.
func (p *planner) tell(o *planned, byID map[id.ID]*Order) productionevent.Planned {
	r, d := byID[o.ID], o.Demand
	if parent := byID[o.ParentID]; parent != nil {
		d.DocumentNo = parent.No
	}
	out := productionevent.Planned{
		ID: o.ID, No: r.No, ProductID: o.ProductID, Quantity: o.Quantity, StartDate: o.Start, DueDate: o.Due, SalesOrderID: r.SalesOrderID,
		ParentID: o.ParentID, Demand: d, ForDemand: o.ForDemand,
	}
	for _, m := range o.Materials {
		if p.products[m.ProductID].Stocked() {
			out.Materials = append(out.Materials, productionevent.Material{
				ID: m.ID, ProductID: m.ProductID, Quantity: m.Quantity, FromStock: m.FromStock, Made: m.Made, NeedBy: m.NeedBy,
			})
		}
	}
	return out
}

// notifyPlanned tells the planners once about all new orders.
func notifyPlanned(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	if len(orders) == 0 {
		return nil
	}
	text := i18n.T("新的生产工单 "+orders[0].No, "New production order "+orders[0].No)
	if n := len(orders); n > 1 {
		text = i18n.T(orders[0].No+" 至 "+orders[n-1].No+" 的生产工单已计划", "Production orders "+orders[0].No+" to "+orders[n-1].No+" are planned")
	}
	return record.Emit(ctx, tx, coreevent.Notice{Roles: []string{"planner"}, Text: text, Entity: orderEntity, Record: orders[0].ID})
}
