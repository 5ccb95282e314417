package production

import (
	"context"
	"math/big"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// measured is a product in a unit.
type measured struct {
	product id.ID
	unit    string
}

// manifold has all divisors up to 16: converting so many units gives a whole number, so that "a sixth of a box" stays exact.
const manifold = 720720

// factors returns what one of each unit is in its product's own unit. It returns the fault unit.no_conversion where there is no way.
func (f *floor) factors(ctx context.Context, tx *tenancy.Tx, list []measured) (map[measured]*big.Rat, error) {
	out := map[measured]*big.Rat{}
	var asked []measured
	var items []coreevent.Conversion
	for _, m := range list {
		if _, ok := out[m]; ok {
			continue
		}
		out[m] = big.NewRat(1, 1)
		if m.unit != "" {
			asked = append(asked, m)
			items = append(items, coreevent.Conversion{ProductID: m.product, Quantity: money.Int(manifold), From: m.unit})
		}
	}
	if len(items) == 0 {
		return out, nil
	}
	got, err := f.Products.Convert(ctx, tx, items)
	if err != nil {
		return nil, err
	}
	for i, m := range asked {
		out[m] = ratio(got[i].Rat(), big.NewRat(manifold, 1))
	}
	return out, nil
}
