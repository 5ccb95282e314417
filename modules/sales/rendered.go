package sales

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// servicesRendered delivers the part of the service lines that a project has rendered by now, less what was delivered before.
func (o office) servicesRendered(ctx context.Context, tx *tenancy.Tx, e projectsevent.ServicesRendered) error {
	orders, err := deskOf(tx).open(ctx, tx, []id.ID{e.OrderID})
	if err != nil || len(orders) == 0 {
		return err
	}
	return o.delivered(ctx, tx, orders[0], id.ID{}, func(l *OrderLine) money.Quantity {
		if !slices.Contains(e.OrderLineIDs, l.ID) {
			return money.Zero()
		}
		rendered := money.Div(l.BaseQuantity.Mul(e.Percent), money.Hundred()).Round(6)
		return money.Min(l.open(), rendered.Sub(l.BaseShipped))
	})
}
