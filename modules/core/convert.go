package core

import (
	"context"
	"math/big"

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
	list := make([]coreevent.Measure, len(items))
	for i, it := range items {
		list[i] = coreevent.Measure{ProductID: it.ProductID, Unit: it.From}
	}
	ratios, err := c.ratios(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	out := make([]money.Quantity, len(items))
	for i, it := range items {
		out[i] = it.Quantity
		if r, foreign := ratios[list[i]]; foreign {
			out[i] = it.Quantity.Mul(r.num).DivRound(r.den, 6)
		}
	}
	return out, nil
}

// Factors returns how many of the product's own unit one of each unit is, as an exact fraction: a sixth of a box stays a sixth. Its faults are those of
// Convert. Where no unit is named nothing is asked.
func (c Products) Factors(ctx context.Context, tx *tenancy.Tx, list []coreevent.Measure) (map[coreevent.Measure]*big.Rat, error) {
	out := make(map[coreevent.Measure]*big.Rat, len(list))
	var asked []coreevent.Measure
	for _, m := range list {
		if _, known := out[m]; !known && m.Unit != "" {
			asked = append(asked, m)
		}
		out[m] = big.NewRat(1, 1)
	}
	if len(asked) == 0 {
		return out, nil
	}
	ratios, err := c.ratios(ctx, tx, asked)
	for m, r := range ratios {
		out[m] = new(big.Rat).Quo(r.num.Rat(), r.den.Rat())
	}
	return out, err
}

// ratios returns the ratio of each unit that isn't the product's own to the one that is.
func (c Products) ratios(ctx context.Context, tx *tenancy.Tx, list []coreevent.Measure) (map[coreevent.Measure]ratio, error) {
	products, err := c.Products(ctx, tx, productIDs(list))
	if err != nil {
		return nil, err
	}
	var foreign []coreevent.Measure
	for _, m := range list {
		p, ok := products[m.ProductID]
		if !ok {
			return nil, fault.New(fault.Rule, "product.unknown", "产品不存在", "There is no such product")
		}
		if m.Unit != "" && m.Unit != p.Unit {
			foreign = append(foreign, m)
		}
	}
	if len(foreign) == 0 {
		return nil, nil
	}
	units, err := measures(ctx, tx)
	if err != nil {
		return nil, err
	}
	own, err := productUnits(ctx, tx, productIDs(foreign))
	if err != nil {
		return nil, err
	}
	out := make(map[coreevent.Measure]ratio, len(foreign))
	for _, m := range foreign {
		p := products[m.ProductID]
		r, ok := way(m.Unit, p.Unit, own[m.ProductID], units)
		if !ok {
			return nil, fault.New(fault.Rule, "unit.no_conversion", "产品 %[1]s 无法从单位 %[2]s 换算为 %[3]s", "Product %[1]s: there is no conversion from %[2]s to %[3]s",
				p.Number, m.Unit, p.Unit)
		}
		out[m] = r
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

func productIDs(items []coreevent.Measure) []id.ID {
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
