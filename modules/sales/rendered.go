package sales

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// servicesRendered delivers the part of the service lines that a project has rendered by now, less what was delivered before. What it is worth is said to
// the cent: a quantity has six decimals, too few for a part of one piece at a high price.
func (o office) servicesRendered(ctx context.Context, tx *tenancy.Tx, e projectsevent.ServicesRendered) error {
	orders, err := deskOf(tx).open(ctx, tx, []id.ID{e.OrderID})
	if err != nil || len(orders) == 0 {
		return err
	}
	x := orders[0]
	return o.deliver(ctx, tx, x, id.ID{}, x.rendered(e.OrderLineIDs, e.Before, e.Done, e.Whole), func(l *OrderLine) money.Quantity {
		if !slices.Contains(e.OrderLineIDs, l.ID) {
			return money.Zero()
		}
		rendered := money.Div(l.BaseQuantity.Mul(e.Done), e.Whole).Round(6)
		return money.Min(l.open(), rendered.Sub(l.BaseShipped))
	})
}

// rendered is what lines are worth without tax between two parts of a whole. The sum of all lines is rounded at either part and divided among them, so
// that a part is worth what it says and all parts are worth the lines.
func (o *Order) rendered(lines []id.ID, before, done, whole money.Amount) map[id.ID]money.Amount {
	var weights []money.Amount
	var keys []id.ID
	sum := money.Zero()
	for _, l := range o.Lines {
		if slices.Contains(lines, l.ID) {
			keys, weights, sum = append(keys, l.ID), append(weights, l.UntaxedAmount), sum.Add(l.UntaxedAmount)
		}
	}
	at := func(part money.Amount) []money.Amount {
		return money.Split(money.RoundTo(money.Div(sum.Mul(part), whole), o.Currency), weights, money.MinorUnit(o.Currency))
	}
	from, to := at(before), at(done)
	out := make(map[id.ID]money.Amount, len(keys))
	for i, key := range keys {
		out[key] = to[i].Sub(from[i])
	}
	return out
}
