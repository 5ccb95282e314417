package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Stock answers what other modules ask about goods on hand.
type Stock struct{}

// Free returns how much of each product can be reserved at internal locations. Within the unit of work that stays so; when others took it before the
// commit, the unit of work runs again. Goods that have expired are not free. A product without stock has 0.
func (Stock) Free(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error) {
	s := newShelf()
	if err := s.look(ctx, tx, products); err != nil {
		return nil, err
	}
	out := make(map[id.ID]money.Quantity, len(products))
	for _, p := range products {
		sum := money.Zero()
		for _, x := range s.products[p] {
			if x.fit(tx.Today()) {
				sum = sum.Add(x.free())
			}
		}
		out[p] = sum
	}
	return out, nil
}
