package core

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Products answers what other modules ask of core: products, units, taxes, payment terms, exchange rates. Reads only, once per unit of work.
type Products struct{}

type (
	productsKey struct{}
	unitsKey    struct{}
)

// forget drops what was read of products in this unit of work, because a product is about to change.
func forget(tx *tenancy.Tx) { tx.SetLocal(productsKey{}, map[id.ID]coreevent.Product{}) }

type productRow struct {
	ID           id.ID          `bun:"id"`
	Number       string         `bun:"number"`
	Name         string         `bun:"name"`
	Type         string         `bun:"type"`
	Unit         string         `bun:"unit"`
	Rounding     money.Quantity `bun:"rounding"`
	Category     string         `bun:"category"`
	Supply       string         `bun:"supply"`
	SupplyPolicy string         `bun:"supply_policy"`
	StandardCost money.Price    `bun:"standard_cost"`
	ListPrice    money.Price    `bun:"list_price"`
	SafetyStock  money.Quantity `bun:"safety_stock"`
	ReorderPoint money.Quantity `bun:"reorder_point"`
	TargetStock  money.Quantity `bun:"target_stock"`
	LeadTimeDays int            `bun:"lead_time_days"`
	Weight       money.Quantity `bun:"weight"`
	Tracking     string         `bun:"tracking"`
	CostMethod   string         `bun:"cost_method"`
	TaxID        id.ID          `bun:"tax_id"`
	Active       bool           `bun:"active"`
}

// Products returns the products with these ids; ids that do not exist are left out. What was asked before in the same unit of work is not read again.
func (Products) Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error) {
	known, _ := tx.Local(productsKey{}).(map[id.ID]coreevent.Product)
	if known == nil {
		known = map[id.ID]coreevent.Product{}
		tx.SetLocal(productsKey{}, known)
	}
	out := make(map[id.ID]coreevent.Product, len(ids))
	missing := []id.ID{}
	for _, key := range ids {
		if p, ok := known[key]; ok {
			out[key] = p
		} else if !key.IsZero() {
			missing = append(missing, key)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	var rows []productRow
	err := record.Select(ctx, tx, &rows, `SELECT p.id, p.number, p.name, p.type, p.unit, coalesce(u.rounding, 0) AS rounding, coalesce(p.category, '') AS category,
			p.supply, p.supply_policy, p.standard_cost, p.list_price, p.safety_stock, p.reorder_point, p.target_stock, p.lead_time_days, p.weight, p.tracking,
			coalesce(p.cost_method, c.cost_method, 'average') AS cost_method, p.tax_id, p.active
		FROM product p LEFT JOIN unit_of_measure u ON u.code = p.unit LEFT JOIN product_category c ON c.code = p.category
		WHERE p.id = ANY($1::text[]::uuid[])`, missing)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		known[r.ID] = coreevent.Product(r)
		out[r.ID] = known[r.ID]
	}
	return out, nil
}

// Stocked returns the ids of all products in use of which balances are kept.
func (Products) Stocked(ctx context.Context, tx *tenancy.Tx) ([]id.ID, error) {
	var out []id.ID
	err := tx.NewRaw("SELECT id FROM product WHERE type = 'stock' AND active ORDER BY id").Scan(ctx, &out)
	return out, err
}

// Taxes returns the taxes with these ids; ids that do not exist are left out.
func (Products) Taxes(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Tax, error) {
	out := make(map[id.ID]coreevent.Tax, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Tax
	if err := tx.NewSelect().Model(&rows).Where("id = ANY(?::uuid[])", pgdialect.Array(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, t := range rows {
		out[t.ID] = coreevent.Tax{ID: t.ID, Code: t.Code, Name: t.Name, Rate: t.Rate, Kind: t.Kind, Rounding: t.Rounding}
	}
	return out, nil
}

// Terms returns a payment term with its instalments; no id, or one that does not exist, means that everything is due at once.
func (Products) Terms(ctx context.Context, tx *tenancy.Tx, key id.ID) (coreevent.Term, error) {
	if key.IsZero() {
		return coreevent.Term{}, nil
	}
	var rows []struct {
		Code       string        `bun:"code"`
		Name       string        `bun:"name"`
		Instalment bool          `bun:"instalment"`
		Percent    money.Percent `bun:"percent"`
		Days       int           `bun:"days"`
		EndOfMonth bool          `bun:"end_of_month"`
	}
	err := tx.NewRaw(`SELECT t.code, t.name, l.id IS NOT NULL AS instalment, coalesce(l.percent, 0) AS percent, coalesce(l.days, 0) AS days,
			coalesce(l.end_of_month, false) AS end_of_month
		FROM payment_term t LEFT JOIN payment_term_line l ON l.term_id = t.id WHERE t.id = ? ORDER BY l.position, l.id`, key).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return coreevent.Term{}, err
	}
	term := coreevent.Term{ID: key, Code: rows[0].Code, Name: rows[0].Name}
	for _, r := range rows {
		if r.Instalment {
			term.Lines = append(term.Lines, coreevent.TermLine{Percent: r.Percent, Days: r.Days, EndOfMonth: r.EndOfMonth})
		}
	}
	return term, nil
}

// Rate returns what one unit of a currency is worth in company currency on a day: 1 for the company's own, a rule fault where no rate is known.
func (Products) Rate(ctx context.Context, tx *tenancy.Tx, currency string, on clock.Date) (money.Price, error) {
	if currency == "" || currency == tx.Tenant.Currency {
		return money.Int(1), nil
	}
	var rates []struct {
		Rate money.Price `bun:"rate"`
	}
	err := tx.NewRaw("SELECT rate FROM exchange_rate WHERE currency = ? AND date <= ?::date ORDER BY date DESC LIMIT 1", currency, on).Scan(ctx, &rates)
	if err != nil {
		return money.Zero(), err
	}
	if len(rates) == 0 {
		return money.Zero(), fault.New(fault.Rule, "currency.no_rate", "币种 %s 在 %s 没有汇率", "There is no exchange rate for %s on %s", currency, on)
	}
	return rates[0].Rate, nil
}
