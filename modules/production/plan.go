package production

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

// demand is a shortfall of a product that is to be made. Stock of that product itself was counted before.
type demand struct {
	inventoryevent.Demand
	ProductID id.ID
	Quantity  money.Quantity
	NeedBy    clock.Date // none: as soon as possible
}

// planned is one production order as the planner proposes it.
type planned struct {
	ID, ParentID id.ID
	ProductID    id.ID
	Recipe       *recipe
	Quantity     money.Quantity // made, whole steps of the unit
	ForDemand    money.Quantity // of it, what the demand takes
	Demand       inventoryevent.Demand
	NeedBy       clock.Date
	Start, Due   clock.Date
	Fixed        bool // the dates were set by a person and stay
	Materials    []*component

	above   *planned
	ready   clock.Date // when all materials can be here
	soonest clock.Date // when it can be done at the earliest
	work    []booking
	path    []id.ID // products from the top one down
}

// component is a material of a planned order.
type component struct {
	ID        id.ID
	ProductID id.ID
	Quantity  money.Quantity
	FromStock money.Quantity
	Made      money.Quantity
	NeedBy    clock.Date
	Instead   id.ID // the component of the recipe that it stands in for
	Listed    bool  // by the recipe, not by a person

	maker *planned
	owed  money.Quantity // what comes of it that nobody waits for
	comes clock.Date     // when that, and what begun orders make of it, is here
}

// planner turns demands into production orders of all levels. It knows everything beforehand and asks nobody.
type planner struct {
	cookbook

	free  map[id.ID]money.Quantity // stock that nobody has; used up as the plan takes it
	lead  map[id.ID]int            // days from ordering a bought product to its arrival
	today clock.Date
	newID func() id.ID

	spares map[id.ID][]*spare // begun orders of which a part is no longer needed, by product
	reused []reuse            // what the plan takes of them

	coming map[id.ID][]inventoryevent.Coming // components on their way that nobody waits for, the earliest first; used up as the plan takes them

	orders []*planned // parents before children
	dated  int        // so many of them have their dates
	shop   *shop
}

// plan plans demands in their order: the first takes free components first. Products without a recipe are left to purchasing.
func (p *planner) plan(demands []demand) error {
	for _, d := range demands {
		r := p.recipes[d.ProductID]
		if r == nil || d.Quantity.Sign() <= 0 {
			continue
		}
		rest, _ := p.reuse(d.Demand, d.ProductID, d.Quantity)
		if rest.Sign() <= 0 {
			continue
		}
		o := &planned{
			ID: p.newID(), ProductID: d.ProductID, Recipe: r, Demand: d.Demand, NeedBy: d.NeedBy, ForDemand: rest,
			Quantity: p.whole(d.ProductID, rest), path: []id.ID{d.ProductID},
		}
		if err := p.supply(o); err != nil {
			return err
		}
	}
	p.schedule()
	return nil
}

// whole rounds what is short up to the product's step.
func (p *planner) whole(product id.ID, q money.Quantity) money.Quantity {
	return upTo(q.Rat(), p.products[product].Rounding)
}

// supply adds an order and those below it, level by level.
func (p *planner) supply(root *planned) error {
	queue := []*planned{root}
	for len(queue) > 0 {
		o := queue[0]
		queue = queue[1:]
		p.orders = append(p.orders, o)
		if err := p.materials(o); err != nil {
			return err
		}
		for _, m := range o.Materials {
			p.replaceShort(o, m)
			child, err := p.provide(o, m)
			if err != nil {
				return err
			}
			if child != nil {
				queue = append(queue, child)
			}
		}
	}
	return nil
}

// materials explodes an order's recipe, unless a person has listed the materials.
func (p *planner) materials(o *planned) error {
	if o.Materials != nil || o.Recipe == nil {
		return nil
	}
	needs, err := p.explode(o.Recipe, o.Quantity)
	if err != nil {
		return err
	}
	for _, n := range needs {
		o.Materials = append(o.Materials, &component{ID: p.newID(), ProductID: n.ProductID, Quantity: n.Quantity, Listed: true})
	}
	return nil
}

// provide covers a material: free stock first, an order for the rest when it is made. What is left must be bought.
func (p *planner) provide(o *planned, m *component) (*planned, error) {
	product := p.products[m.ProductID]
	if !product.Stocked() {
		return nil, nil //nolint:nilnil // nobody keeps balances of it
	}
	if product.SupplyPolicy != "order" {
		m.FromStock = money.Max(money.Zero(), money.Min(p.free[m.ProductID], m.Quantity))
		p.free[m.ProductID] = p.free[m.ProductID].Sub(m.FromStock)
	}
	p.expect(m)
	short, r := m.Quantity.Sub(m.FromStock).Sub(m.owed), p.recipes[m.ProductID]
	if short.Sign() <= 0 || r == nil || product.Supply != "make" || product.SupplyPolicy == "stock" {
		return nil, nil //nolint:nilnil // covered, bought, or only ever taken from stock
	}
	path, err := p.descend(o.path, m.ProductID)
	if err != nil {
		return nil, err
	}
	m.Made = short
	asker := inventoryevent.Demand{Entity: materialEntity, LineID: m.ID, DocumentID: o.ID, SalesOrderID: rootOrder(o.Demand)}
	short, done := p.reuse(asker, m.ProductID, short)
	if m.comes = clock.Latest(m.comes, done); short.Sign() <= 0 {
		return nil, nil //nolint:nilnil // begun orders make enough of it
	}
	m.maker = &planned{
		ID: p.newID(), ParentID: o.ID, above: o, ProductID: m.ProductID, Recipe: r, ForDemand: short, Quantity: p.whole(m.ProductID, short), path: path,
		Demand: asker,
	}
	return m.maker, nil
}

// expect takes of a material what is on its way and nobody waits for, when that is here no later than what would be ordered now.
func (p *planner) expect(m *component) {
	list, latest := p.coming[m.ProductID], p.today.AddDays(p.purchaseDays(m.ProductID))
	if p.products[m.ProductID].SupplyPolicy == "order" {
		return
	}
	for i := range list {
		q := money.Min(list[i].Quantity, m.Quantity.Sub(m.FromStock).Sub(m.owed))
		if q.Sign() <= 0 || list[i].Date.IsZero() || list[i].Date.After(latest) {
			continue
		}
		list[i].Quantity, m.owed = list[i].Quantity.Sub(q), m.owed.Add(q)
		m.comes = clock.Latest(m.comes, list[i].Date)
	}
}

// rootOrder returns the customer order for which something is made, if any.
func rootOrder(d inventoryevent.Demand) id.ID {
	if d.SalesOrderID.IsZero() && d.Entity == "sales.order_line" {
		return d.DocumentID
	}
	return d.SalesOrderID
}
