package all

import (
	"context"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// supply answers sales what could be promised, from stock, from what is on its way, and by making or buying. It is asked only where inventory is on.
type supply struct{ production.Promises }

// Look asks inventory.
func (supply) Look(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error) {
	return inventory.Stock{}.Look(ctx, tx, products)
}

// Path asks inventory.
func (supply) Path(ctx context.Context, tx *tenancy.Tx, supplies []id.ID) (map[id.ID][]string, error) {
	return inventory.Stock{}.Path(ctx, tx, supplies)
}

// Coming asks inventory for what vendors owe, and production for what it makes.
func (s supply) Coming(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Coming, error) {
	var made []inventoryevent.Coming
	if tx.Tenant.On("production") {
		var err error
		if made, err = s.Promises.Coming(ctx, tx, products); err != nil {
			return nil, err
		}
	}
	return inventory.Stock{}.Spare(ctx, tx, products, made)
}

// Capable asks production, which knows recipes and lead times; without it nothing can be made, and what is bought takes as long as vendors say.
func (s supply) Capable(ctx context.Context, tx *tenancy.Tx, wishes []productionevent.Wish) ([]productionevent.Capability, error) {
	if tx.Tenant.On("production") {
		return s.Promises.Capable(ctx, tx, wishes)
	}
	out := make([]productionevent.Capability, len(wishes))
	if !tx.Tenant.On("purchasing") {
		return out, nil
	}
	keys := make([]id.ID, len(wishes))
	for i, w := range wishes {
		keys[i] = w.ProductID
	}
	days, err := s.LeadTimes.LeadTimes(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	products, err := s.Products.Products(ctx, tx, keys)
	for i, w := range wishes {
		n, known := days[w.ProductID]
		if p := products[w.ProductID]; !known {
			n = p.LeadTimeDays
		}
		if products[w.ProductID].SupplyPolicy != "stock" {
			out[i] = productionevent.Capability{Way: productionevent.WayBuy, Earliest: tx.Today().AddDays(n), Critical: w.ProductID}
		}
	}
	return out, err
}
