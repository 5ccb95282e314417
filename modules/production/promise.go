package production

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Promises answers what could be promised: it plans as a confirmed order would, and saves and locks nothing.
type Promises struct{ Plugs }

// onlooker reads the free stock without keeping it for the asker.
type onlooker struct{ Stock }

// Free is what nobody has reserved at this moment.
func (o onlooker) Free(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error) {
	return o.Look(ctx, tx, products)
}

// Capable returns for each wish the earliest day through production, with the stock, lead times and capacity that its components find, or through
// purchase. Wishes are served in their order: what the first takes of shared components and machines is gone for the next.
func (p Promises) Capable(ctx context.Context, tx *tenancy.Tx, wishes []productionevent.Wish) ([]productionevent.Capability, error) {
	f := &floor{Plugs: p.Plugs, looks: true}
	f.Stock = onlooker{p.Stock}
	products := make([]id.ID, len(wishes))
	for i, w := range wishes {
		products[i] = w.ProductID
	}
	book, err := f.cookbook(ctx, tx, products)
	if err != nil {
		return nil, err
	}
	plan, err := f.informed(ctx, tx, book, products)
	if err != nil {
		return nil, err
	}
	if plan.coming, err = p.inbound(ctx, tx, plan, products); err != nil {
		return nil, err
	}
	out := make([]productionevent.Capability, len(wishes))
	for i, w := range wishes {
		if out[i], err = plan.capable(w); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// inbound is what comes of components, at all levels, that nobody waits for, begun orders of which a part is no longer needed among it. Who asks has counted what comes of the wishes themselves.
func (p Promises) inbound(ctx context.Context, tx *tenancy.Tx, plan *planner, wished []id.ID) (map[id.ID][]inventoryevent.Coming, error) {
	stocked, _ := plan.components(nil)
	keys := slices.DeleteFunc(stocked, func(key id.ID) bool { return slices.Contains(wished, key) })
	if len(keys) == 0 {
		return nil, nil //nolint:nilnil // nothing is made of anything else
	}
	made, err := p.Coming(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	list, err := p.Stock.Spare(ctx, tx, keys, made)
	slices.SortStableFunc(list, func(a, b inventoryevent.Coming) int { return a.Date.Sub(b.Date) })
	out := map[id.ID][]inventoryevent.Coming{}
	for _, c := range list {
		out[c.ProductID] = append(out[c.ProductID], c)
	}
	return out, err
}

// capable plans one wish as soon as possible.
func (p *planner) capable(w productionevent.Wish) (productionevent.Capability, error) {
	product := p.products[w.ProductID]
	switch {
	case !product.Stocked() || product.SupplyPolicy == "stock" || w.Quantity.Sign() <= 0:
		return productionevent.Capability{Way: productionevent.WayNone}, nil
	case product.Supply != "make" || p.recipes[w.ProductID] == nil:
		return productionevent.Capability{
			Way: productionevent.WayBuy, Earliest: p.today.AddDays(p.purchaseDays(w.ProductID)), Critical: w.ProductID,
		}, nil
	}
	before := len(p.orders)
	if err := p.plan([]demand{{ProductID: w.ProductID, Quantity: w.Quantity}}); err != nil {
		return productionevent.Capability{}, err
	}
	root := p.orders[before]
	return productionevent.Capability{Way: productionevent.WayMake, Earliest: root.Due, Critical: p.critical(root)}, nil
}

// critical follows what an order waits for longest, down to the product that nothing below makes wait.
func (p *planner) critical(o *planned) id.ID {
	var last *component
	day := p.today
	for _, m := range o.Materials {
		if on := p.available(m); on.After(day) {
			last, day = m, on
		}
	}
	switch {
	case last == nil:
		return o.ProductID
	case last.maker != nil && last.maker.soonest == day:
		return p.critical(last.maker)
	}
	return last.ProductID
}
