package purchasing

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// reuse serves shortfalls from what vendors have been asked for and nobody needs any more, before anything new is requested. What another demand takes
// over becomes a request of its own on the same order. It returns what is still short.
func (b *desk) reuse(ctx context.Context, tx *tenancy.Tx, items []inventoryevent.Short) ([]inventoryevent.Short, error) {
	var keys []id.ID
	for _, s := range items {
		if s.Entity == "sales.order_line" || s.Entity == "production.material" {
			keys = append(keys, s.ProductID)
		}
	}
	spare, err := unneeded(ctx, tx, distinct(keys))
	if err != nil || len(spare) == 0 {
		return items, err
	}
	r := &reuse{}
	rest := make([]inventoryevent.Short, 0, len(items))
	for _, s := range items {
		for _, x := range spare {
			if x.ProductID == s.ProductID && (s.Entity == "sales.order_line" || s.Entity == "production.material") {
				r.take(x, &s)
			}
		}
		rest = append(rest, s)
	}
	if len(r.taken) == 0 {
		return items, nil
	}
	return rest, r.save(ctx, tx)
}

// unneeded locks requisitions of products that a vendor has and of which a part is not needed, the earliest first. Of what has begun to come in the rest
// is not known, so that it is left to people.
func unneeded(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]*Requisition, error) {
	if len(products) == 0 {
		return nil, nil
	}
	return record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("product_id = ANY(?::uuid[]) AND status = ? AND unneeded_quantity > 0", pgdialect.Array(products), Ordered).
			Where("EXISTS (SELECT FROM purchase_order_line l WHERE l.id = purchase_line_id AND l.received_base = 0)").
			OrderExpr("expected_date NULLS LAST, id").For("UPDATE")
	})
}

// reuse is what is taken up again.
type reuse struct {
	changed []*Requisition
	fresh   []*Requisition
	taken   []taken
}

// taken is how much a request serves anew.
type taken struct {
	by       *Requisition
	quantity money.Quantity
}

// take gives a shortfall what it can get of a requisition. Another demand gets a request of its own; one that is taken over as a whole ends.
func (r *reuse) take(x *Requisition, s *inventoryevent.Short) {
	q := money.Min(x.UnneededQuantity, s.Quantity)
	if q.Sign() <= 0 {
		return
	}
	s.Quantity, x.UnneededQuantity = s.Quantity.Sub(q), x.UnneededQuantity.Sub(q)
	if !slices.Contains(r.changed, x) {
		r.changed = append(r.changed, x)
	}
	if x.DemandLineID == s.LineID {
		r.taken = append(r.taken, taken{x, q})
		return
	}
	part := *s
	part.Quantity = q
	own := requestFor(part)
	own.Status, own.ExpectedDate, own.PurchaseOrderID, own.PurchaseLineID = Ordered, x.ExpectedDate, x.PurchaseOrderID, x.PurchaseLineID
	own.VendorID, own.VendorPriceID, own.Price, own.Currency = x.VendorID, x.VendorPriceID, x.Price, x.Currency
	if own.NeedBy.IsZero() {
		own.NeedBy = x.ExpectedDate
	}
	r.fresh, r.taken = append(r.fresh, own), append(r.taken, taken{own, q})
	if x.Quantity.Equal(q) {
		x.Status, x.PurchaseOrderID, x.PurchaseLineID = Cancelled, id.ID{}, id.ID{}
		return
	}
	x.Quantity = x.Quantity.Sub(q)
}

// save writes the requests and tells who is served by them.
func (r *reuse) save(ctx context.Context, tx *tenancy.Tx) error {
	if err := record.Update(ctx, tx, r.changed...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, r.fresh...); err != nil {
		return err
	}
	e := purchasingevent.RequisitionsReused{Items: make([]purchasingevent.Requisition, len(r.taken))}
	for i, t := range r.taken {
		e.Items[i] = t.by.told()
		e.Items[i].Quantity, e.Items[i].OrderID = t.quantity, t.by.PurchaseOrderID
	}
	return record.Emit(ctx, tx, e)
}
