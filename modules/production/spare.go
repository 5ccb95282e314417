package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// spare is a begun order of which nobody needs a part any more, and how much of that this plan has not taken.
type spare struct {
	order *Order
	left  money.Quantity
}

// reuse is a part of a begun order that a demand takes up again.
type reuse struct {
	order    *Order
	quantity money.Quantity
	demand   inventoryevent.Demand
}

// made lists the products that have a recipe.
func (b *cookbook) made() []id.ID {
	out := make([]id.ID, 0, len(b.recipes))
	for key := range b.recipes {
		out = append(out, key)
	}
	return out
}

// spares locks the begun orders of some products that make more than anybody still wants, the earliest first. Planning runs leave them alone: they count
// them for stock; promises count them among what comes.
func (f *floor) spares(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID][]*spare, error) {
	if len(products) == 0 {
		return nil, nil //nolint:nilnil // nothing is made
	}
	rows, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("product_id = ANY(?::uuid[]) AND unneeded_quantity > 0 AND status IN (?, ?)", pgdialect.Array(products), Released, InProgress).
			OrderExpr("due_date NULLS LAST, id").For("UPDATE")
	})
	out := map[id.ID][]*spare{}
	for _, o := range rows {
		if left := money.Min(o.Unneeded, o.open()); left.Sign() > 0 {
			out[o.ProductID] = append(out[o.ProductID], &spare{o, left})
		}
	}
	return out, err
}

// reuse lets a demand take what begun orders make and nobody needs any more, before anything is planned for it. It returns what is still to be made, and
// the day on which the last of what it takes is done.
func (p *planner) reuse(d inventoryevent.Demand, product id.ID, short money.Quantity) (rest money.Quantity, done clock.Date) {
	for _, s := range p.spares[product] {
		q := money.Min(short, s.left)
		if q.Sign() <= 0 {
			continue
		}
		s.left, short = s.left.Sub(q), short.Sub(q)
		done = clock.Latest(done, s.order.DueDate)
		p.reused = append(p.reused, reuse{s.order, q, d})
	}
	return short, done
}

// take writes on begun orders what they make for somebody again, and says for whom.
func (p *planner) take(ctx context.Context, tx *tenancy.Tx, byID map[id.ID]*Order) ([]productionevent.Planned, error) {
	out := make([]productionevent.Planned, len(p.reused))
	var touched []*Order
	seen := map[id.ID]bool{}
	for i, r := range p.reused {
		o := r.order
		o.Unneeded, o.DemandQuantity = o.Unneeded.Sub(r.quantity), o.DemandQuantity.Add(r.quantity)
		if parent := byID[r.demand.DocumentID]; parent != nil {
			r.demand.DocumentNo = parent.No
		}
		out[i] = productionevent.Planned{
			ID: o.ID, No: o.No, ProductID: o.ProductID, Quantity: o.Quantity, StartDate: o.StartDate, DueDate: o.DueDate, SalesOrderID: o.SalesOrderID,
			Demand: r.demand, ForDemand: r.quantity,
		}
		if !seen[o.ID] {
			seen[o.ID] = true
			touched = append(touched, o)
		}
	}
	return out, record.Update(ctx, tx, touched...)
}
