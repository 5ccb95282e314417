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
	spare, r, err := b.unneeded(ctx, tx, distinct(keys))
	if err != nil || len(spare) == 0 {
		return items, err
	}
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

// unneeded locks requisitions of products that a vendor has and of which a part is not needed, the earliest first, and says how much of each is still to
// be had. Of an order that the vendor has been sent that is what comes and nobody waits for: a part may have come in, and gone to others.
func (b *desk) unneeded(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]*Requisition, *reuse, error) {
	r := &reuse{spare: map[owing]money.Quantity{}}
	if len(products) == 0 {
		return nil, r, nil
	}
	rows, err := record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("product_id = ANY(?::uuid[]) AND status = ? AND unneeded_quantity > 0", pgdialect.Array(products), Ordered).
			Where("EXISTS (SELECT FROM purchase_order o WHERE o.id = purchase_order_id AND o.status <> ?)", Cancelled).
			OrderExpr("expected_date NULLS LAST, id").For("UPDATE")
	})
	if err != nil || len(rows) == 0 {
		return nil, r, err
	}
	keys := make([]id.ID, len(rows))
	for i, x := range rows {
		keys[i] = x.PurchaseOrderID
	}
	orders, err := record.Lock[Order](ctx, tx, distinct(keys)...)
	if err != nil {
		return nil, r, err
	}
	comes, err := b.Stock.Spare(ctx, tx, products, nil)
	if err != nil {
		return nil, r, err
	}
	for _, x := range rows {
		r.spare[owing{x.PurchaseOrderID, x.ProductID}] = money.Zero()
	}
	for _, c := range comes {
		key := owing{c.OrderID, c.ProductID}
		r.spare[key] = r.spare[key].Add(c.Quantity)
	}
	for _, x := range rows {
		if o, line := lineOf(orders, x); line != nil && (o.Status == Draft || o.Status == pending) {
			r.spare[owing{x.PurchaseOrderID, x.ProductID}] = line.BaseQuantity
		}
	}
	return rows, r, nil
}

// owing is a product that a vendor is to bring by an order.
type owing struct{ order, product id.ID }

// reuse is what is taken up again.
type reuse struct {
	spare   map[owing]money.Quantity // what is still to be had
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
	from := owing{x.PurchaseOrderID, x.ProductID}
	q := money.Min(money.Min(x.UnneededQuantity, s.Quantity), r.spare[from])
	if q.Sign() <= 0 {
		return
	}
	r.spare[from] = r.spare[from].Sub(q)
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
