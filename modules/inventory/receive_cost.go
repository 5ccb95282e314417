package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// todaysCosts values goods that were ordered in foreign money at the rate of the day on which they come in, unless a person named their cost.
func (k keeper) todaysCosts(ctx context.Context, tx *tenancy.Tx, o *Receipt, came []coming) error {
	if k.abroad == nil || o.PurchaseOrderID.IsZero() {
		return nil
	}
	var lines []id.ID
	for _, c := range came {
		if !c.said && !c.PurchaseLineID.IsZero() {
			lines = append(lines, c.PurchaseLineID)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	costs, err := k.abroad.Costs(ctx, tx, lines, tx.Today())
	if err != nil {
		return err
	}
	for i := range came {
		if cost, foreign := costs[came[i].PurchaseLineID]; foreign && !came[i].said {
			came[i].cost = cost
		}
	}
	return nil
}
