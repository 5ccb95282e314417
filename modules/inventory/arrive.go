package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// arrival is goods that came in by one document, and who may have them.
type arrival struct {
	by    source
	goods []planned // the moves that brought them
	over  bool      // the document brings nothing more: who still waits for it is short again
	rest  *supply   // else what brings the rest, when that is another document
}

// arrive reserves goods that just came in, from wherever: first for those who waited for them, then for others, always in order of promise. Who gets
// goods from here no longer needs the supply that they waited for; what is supplied to order keeps its own. It returns who is short again.
func (b *book) arrive(ctx context.Context, tx *tenancy.Tx, a arrival) ([]*Reservation, error) {
	products, seen := []id.ID{}, map[id.ID]bool{}
	for _, g := range a.goods {
		if !seen[g.product] {
			seen[g.product] = true
			products = append(products, g.product)
		}
	}
	rows, err := b.find(ctx, tx, "product_id = ANY(?::uuid[]) AND source IN ('wait', 'supply') OR source = 'supply' AND supply_id = ?",
		pgdialect.Array(products), a.by.id)
	if err != nil {
		return nil, err
	}
	known, err := b.products.Products(ctx, tx, products)
	if err != nil {
		return nil, err
	}
	byProduct := map[id.ID][]*Reservation{}
	for _, r := range inOrder(rows) {
		byProduct[r.ProductID] = append(byProduct[r.ProductID], r)
	}
	for _, g := range a.goods {
		if g.to.Type != internal {
			continue
		}
		s := b.shelf.at(g.product, g.to, g.lot)
		if s.expired(tx.Today()) {
			continue
		}
		left := money.Min(g.quantity, s.free())
		left = b.hand(a, byProduct[g.product], s, left, func(r *Reservation) bool { return r.SupplyID == a.by.id && r.Source == fromSupply })
		b.hand(a, byProduct[g.product], s, left, func(r *Reservation) bool {
			return r.Source == fromNone || r.Source == fromSupply && !r.Awaits && known[r.ProductID].SupplyPolicy != "order"
		})
	}
	return b.leftBehind(a, rows), nil
}

// hand gives goods of a slot to those who wait and fit, and returns what is left.
func (b *book) hand(a arrival, rows []*Reservation, s *slot, left money.Quantity, fits func(*Reservation) bool) money.Quantity {
	for _, r := range rows {
		if left.Sign() <= 0 {
			return left
		}
		if r.Status != open || !fits(r) {
			continue
		}
		q := money.Min(left, r.Quantity)
		left = left.Sub(q)
		if r.Source == fromSupply && r.SupplyID != a.by.id {
			b.dropped = append(b.dropped, r.peg(q))
		}
		b.hold(b.split(r, q), s, a.by)
	}
	return left
}

// leftBehind moves who still waits for a document to the one that brings the rest; when nothing more comes they are short again.
func (b *book) leftBehind(a arrival, rows []*Reservation) []*Reservation {
	var short []*Reservation
	for _, r := range rows {
		if r.Status != open || r.Source != fromSupply || r.SupplyID != a.by.id {
			continue
		}
		switch {
		case a.rest != nil:
			next := *a.rest
			next.date = r.ExpectedDate
			b.peg(r, next)
		case a.over:
			b.strand(r)
			short = append(short, r)
		}
	}
	return short
}

// waitFor lets demands wait for a supply: what waited with nothing on its way is taken up, at most the quantity given. It returns what was not wanted.
func (b *book) waitFor(rows []*Reservation, q money.Quantity, s supply) money.Quantity {
	for _, r := range rows {
		if q.Sign() <= 0 {
			break
		}
		if r.Source != fromNone || r.Status != open {
			continue
		}
		take := money.Min(q, r.Quantity)
		q = q.Sub(take)
		b.peg(b.split(r, take), s)
	}
	return q
}

// pegNew makes a demand wait for a supply from the start.
func (b *book) pegNew(product id.ID, d inventoryevent.Demand, q money.Quantity, needBy clock.Date, s supply) {
	b.peg(b.add(&Reservation{
		ProductID: product, Quantity: q, Source: fromNone, NeedBy: needBy, DemandEntity: d.Entity, DemandLineID: d.LineID, DemandID: d.DocumentID,
		DemandNo: d.DocumentNo, SalesOrderID: d.SalesOrderID,
	}), s)
}
