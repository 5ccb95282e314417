package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// ownUnits turns quantities into the products' own units. What names no unit is in it already, and nothing is asked.
func (k keeper) ownUnits(ctx context.Context, tx *tenancy.Tx, items []coreevent.Conversion) ([]money.Quantity, error) {
	out := make([]money.Quantity, len(items))
	var foreign []coreevent.Conversion
	var at []int
	for i, it := range items {
		if out[i] = it.Quantity; it.From != "" {
			foreign, at = append(foreign, it), append(at, i)
		}
	}
	if len(foreign) == 0 {
		return out, nil
	}
	got, err := k.products.Convert(ctx, tx, foreign)
	for i := range got {
		out[at[i]] = got[i]
	}
	return out, err
}
