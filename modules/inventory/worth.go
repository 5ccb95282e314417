package inventory

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// ledger is the locked values of some products.
type ledger struct {
	products map[id.ID]coreevent.Product
	worths   map[id.ID]*worth
	digits   int32
	touched  map[id.ID]bool
}

// lockLedger locks the values of products in the order of their ids, after their balances, and reads the layers of those that need them.
func lockLedger(ctx context.Context, tx *tenancy.Tx, products map[id.ID]coreevent.Product) (*ledger, error) {
	l := &ledger{products: products, worths: map[id.ID]*worth{}, digits: money.MinorUnit(tx.Tenant.Currency), touched: map[id.ID]bool{}}
	keys, fresh, layered := []id.ID{}, []id.ID{}, []id.ID{}
	for _, key := range slices.SortedFunc(maps.Keys(products), compare) {
		keys, fresh = append(keys, key), append(fresh, tx.NewID())
		if products[key].CostMethod == fifo {
			layered = append(layered, key)
		}
	}
	if len(keys) == 0 {
		return l, nil
	}
	var rows []struct {
		ProductID id.ID          `bun:"product_id"`
		Quantity  money.Quantity `bun:"quantity"`
		Value     money.Amount   `bun:"value"`
		LastCost  money.Price    `bun:"last_cost"`
	}
	err := tx.NewRaw(`INSERT INTO product_value AS v (id, created_at, updated_at, product_id)
		SELECT u.id, ?, ?, u.product_id FROM unnest(?::uuid[], ?::uuid[]) AS u(id, product_id) ORDER BY u.product_id
		ON CONFLICT (product_id) DO UPDATE SET version = v.version RETURNING v.product_id, v.quantity, v.value, v.last_cost`,
		tx.Now, tx.Now, pgdialect.Array(fresh), pgdialect.Array(keys)).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		l.worths[r.ProductID] = &worth{quantity: r.Quantity, value: r.Value, lastCost: r.LastCost}
	}
	if len(layered) == 0 {
		return l, nil
	}
	var layers []*CostLayer
	err = tx.NewSelect().Model(&layers).Where("product_id = ANY(?::uuid[]) AND remaining_quantity > 0", pgdialect.Array(layered)).
		OrderExpr("product_id, id").Scan(ctx)
	for _, x := range layers {
		w := l.worths[x.ProductID]
		w.layers = append(w.layers, x)
	}
	return l, err
}

func (l *ledger) pricing(p coreevent.Product) pricing {
	return pricing{method: p.CostMethod, standard: p.StandardCost, digits: l.digits}
}

// in values goods that come in; without a price they come in at what one is worth today.
func (l *ledger) in(product id.ID, q money.Quantity, total *money.Amount, move id.ID) change {
	p, w := l.pricing(l.products[product]), l.worths[product]
	l.touched[product] = true
	if total == nil {
		v := p.round(w.unit(p).Mul(q))
		total = &v
	}
	before := len(w.layers)
	c := w.in(p, q, *total)
	for _, x := range w.layers[before:] {
		x.MoveID = move
	}
	return c
}

// out values goods that leave; goods that go back leave at what they cost.
func (l *ledger) out(g planned) change {
	l.touched[g.product] = true
	p, w := l.pricing(l.products[g.product]), l.worths[g.product]
	if g.total == nil {
		return w.out(p, g.quantity)
	}
	return w.outAt(p, g.cameBy, g.quantity, *g.total)
}

// save writes values and layers, each with one statement.
func (l *ledger) save(ctx context.Context, tx *tenancy.Tx) error {
	var products []id.ID
	var layers []*CostLayer
	for _, key := range slices.SortedFunc(maps.Keys(l.touched), compare) {
		products = append(products, key)
		for _, x := range l.worths[key].layers {
			if l.worths[key].dirty[x] {
				x.ProductID = key
				layers = append(layers, x)
			}
		}
	}
	if len(products) == 0 {
		return nil
	}
	quantities, values, costs := make([]money.Quantity, len(products)), make([]money.Amount, len(products)), make([]money.Price, len(products))
	for i, key := range products {
		w := l.worths[key]
		quantities[i], values[i], costs[i] = w.quantity, w.value, w.lastCost
	}
	_, err := tx.NewRaw(`UPDATE product_value v SET quantity = u.quantity, value = u.value, last_cost = u.last_cost, version = v.version + 1, updated_at = ?
		FROM unnest(?::uuid[], ?::numeric[], ?::numeric[], ?::numeric[]) AS u(product_id, quantity, value, last_cost) WHERE v.product_id = u.product_id`,
		tx.Now, pgdialect.Array(products), pgdialect.Array(quantities), pgdialect.Array(values), pgdialect.Array(costs)).Exec(ctx)
	if err != nil || len(layers) == 0 {
		return err
	}
	return saveLayers(ctx, tx, layers)
}

func saveLayers(ctx context.Context, tx *tenancy.Tx, layers []*CostLayer) error {
	n := len(layers)
	ids, products, moves := make([]id.ID, n), make([]id.ID, n), make([]id.ID, n)
	quantities, costs, restQ, restV := make([]money.Quantity, n), make([]money.Price, n), make([]money.Quantity, n), make([]money.Amount, n)
	for i, x := range layers {
		if x.ID.IsZero() {
			x.ID = tx.NewID()
		}
		ids[i], products[i], moves[i] = x.ID, x.ProductID, x.MoveID
		quantities[i], costs[i], restQ[i], restV[i] = x.Quantity, x.UnitCost, x.RemainingQuantity, x.RemainingValue
	}
	_, err := tx.NewRaw(`INSERT INTO cost_layer AS l (id, created_at, updated_at, product_id, move_id, date, quantity, unit_cost, remaining_quantity, remaining_value)
		SELECT u.id, ?, ?, u.product_id, u.move_id, ?::date, u.quantity, u.unit_cost, u.rest_quantity, u.rest_value
		FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::numeric[], ?::numeric[], ?::numeric[], ?::numeric[])
			AS u(id, product_id, move_id, quantity, unit_cost, rest_quantity, rest_value)
		ON CONFLICT (id) DO UPDATE SET unit_cost = excluded.unit_cost, remaining_quantity = excluded.remaining_quantity, remaining_value = excluded.remaining_value,
			version = l.version + 1, updated_at = excluded.updated_at`,
		tx.Now, tx.Now, tx.Today(), pgdialect.Array(ids), pgdialect.Array(products), pgdialect.Array(nullable(moves)),
		pgdialect.Array(quantities), pgdialect.Array(costs), pgdialect.Array(restQ), pgdialect.Array(restV)).Exec(ctx)
	return err
}
