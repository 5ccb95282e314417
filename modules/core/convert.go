package core

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// ratio is an exact fraction.
type ratio struct{ num, den money.Quantity }

// measure is a unit with its ratio to its dimension's base unit.
type measure struct {
	dimension string
	ratio     ratio
}

// Convert turns quantities into the products' own units, exactly, and rounds once to six decimals. It returns a rule fault "unit.no_conversion" that
// names both units where there is no way from one to the other. An empty unit is the product's own.
func (c Products) Convert(ctx context.Context, tx *tenancy.Tx, items []coreevent.Conversion) ([]money.Quantity, error) {
	products, err := c.Products(ctx, tx, productIDs(items))
	if err != nil {
		return nil, err
	}
	out := make([]money.Quantity, len(items))
	foreign := []id.ID{}
	for i, it := range items {
		p, ok := products[it.ProductID]
		if !ok {
			return nil, fault.New(fault.Rule, "product.unknown", "产品不存在", "There is no such product")
		}
		if out[i] = it.Quantity; it.From != "" && it.From != p.Unit {
			foreign = append(foreign, it.ProductID)
		}
	}
	if len(foreign) == 0 {
		return out, nil
	}
	units, err := measures(ctx, tx)
	if err != nil {
		return nil, err
	}
	own, err := productUnits(ctx, tx, foreign)
	if err != nil {
		return nil, err
	}
	for i, it := range items {
		p := products[it.ProductID]
		if it.From == "" || it.From == p.Unit {
			continue
		}
		r, ok := way(it.From, p.Unit, own[it.ProductID], units)
		if !ok {
			return nil, fault.New(fault.Rule, "unit.no_conversion", "产品 %[1]s 无法从单位 %[2]s 换算为 %[3]s", "Product %[1]s: there is no conversion from %[2]s to %[3]s",
				p.Number, it.From, p.Unit)
		}
		out[i] = it.Quantity.Mul(r.num).DivRound(r.den, 6)
	}
	return out, nil
}

// way finds the ratio from a unit to a product's unit: by the product's own units, by the dimension, or by the dimension to one of its own units.
func way(from, to string, own map[string]ratio, units map[string]measure) (ratio, bool) {
	if from == to {
		return ratio{money.Int(1), money.Int(1)}, true
	}
	if r, ok := own[from]; ok {
		return r, true
	}
	if r, ok := within(from, to, units); ok {
		return r, true
	}
	best := ""
	for code := range own {
		if _, ok := within(from, code, units); ok && (best == "" || code < best) {
			best = code
		}
	}
	if best == "" {
		return ratio{}, false
	}
	step, _ := within(from, best, units)
	return ratio{step.num.Mul(own[best].num), step.den.Mul(own[best].den)}, true
}

// within finds the ratio between two units of one dimension. Packages have none: what is inside differs from product to product.
func within(from, to string, units map[string]measure) (ratio, bool) {
	a, okA := units[from]
	b, okB := units[to]
	if !okA || !okB || a.dimension != b.dimension || a.dimension == packages {
		return ratio{}, false
	}
	return ratio{a.ratio.num.Mul(b.ratio.den), a.ratio.den.Mul(b.ratio.num)}, true
}

// measures reads all units, once per unit of work.
func measures(ctx context.Context, tx *tenancy.Tx) (map[string]measure, error) {
	if known, ok := tx.Local(unitsKey{}).(map[string]measure); ok {
		return known, nil
	}
	var rows []Unit
	if err := tx.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, err
	}
	out := make(map[string]measure, len(rows))
	for _, u := range rows {
		out[u.Code] = measure{u.Dimension, ratio{u.Numerator, u.Denominator}}
	}
	tx.SetLocal(unitsKey{}, out)
	return out, nil
}

// productUnits reads the units that products define for themselves.
func productUnits(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]map[string]ratio, error) {
	var rows []ProductUnit
	if err := tx.NewSelect().Model(&rows).Where("product_id = ANY(?::uuid[])", pgdialect.Array(products)).Scan(ctx); err != nil {
		return nil, err
	}
	out := map[id.ID]map[string]ratio{}
	for _, u := range rows {
		if out[u.ProductID] == nil {
			out[u.ProductID] = map[string]ratio{}
		}
		out[u.ProductID][u.Unit] = ratio{u.Numerator, u.Denominator}
	}
	return out, nil
}

func productIDs(items []coreevent.Conversion) []id.ID {
	seen := map[id.ID]bool{}
	var out []id.ID
	for _, it := range items {
		if !seen[it.ProductID] {
			seen[it.ProductID] = true
			out = append(out, it.ProductID)
		}
	}
	return out
}
