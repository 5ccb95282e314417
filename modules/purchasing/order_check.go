package purchasing

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareOrders completes purchase orders that people make or change: currency, units and prices from the vendor, amounts. A requisition whose line
// was removed waits to be ordered again.
func (b *desk) prepareOrders(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Order]) error {
	orders := make([]*Order, len(changes))
	var changed []*Order
	for i, c := range changes {
		orders[i] = c.New
		if c.Old != nil {
			changed = append(changed, c.New)
		}
	}
	if err := b.fillHeads(ctx, tx, orders); err != nil {
		return err
	}
	if err := b.fillLines(ctx, tx, orders); err != nil {
		return err
	}
	if err := b.total(ctx, tx, orders...); err != nil {
		return err
	}
	return backToApproved(ctx, tx, changed)
}

// fillHeads takes currency and payment term from the vendor, and refuses one that is no longer bought from.
func (b *desk) fillHeads(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	keys := make([]id.ID, len(orders))
	for i, o := range orders {
		keys[i] = o.VendorID
	}
	vendors, err := record.GetMany[Vendor](ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	byID := map[id.ID]*Vendor{}
	for _, v := range vendors {
		byID[v.ID] = v
	}
	for _, o := range orders {
		v := byID[o.VendorID]
		if v == nil {
			continue // the engine has refused it already
		}
		if !v.Active {
			return inactive(v)
		}
		if o.Currency == "" {
			o.Currency = v.Currency
		}
		if o.Currency == "" {
			o.Currency = tx.Tenant.Currency
		}
		if o.PaymentTermID.IsZero() {
			o.PaymentTermID = v.PaymentTermID
		}
		for _, l := range o.Lines {
			if l.TaxID.IsZero() && l.Version == 0 {
				l.TaxID = v.TaxID
			}
		}
	}
	return nil
}

// fillLines takes unit and price of a line from the vendor's offer where they are left out, and converts quantities.
func (b *desk) fillLines(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var keys []id.ID
	for _, o := range orders {
		for _, l := range o.Lines {
			keys = append(keys, l.ProductID)
		}
	}
	keys = distinct(keys)
	products, err := b.Products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	offers, err := b.offers(ctx, tx, keys)
	if err != nil {
		return err
	}
	var units []coreevent.Measure
	for _, o := range orders {
		for _, l := range o.Lines {
			if l.ProductID.IsZero() {
				return nil // the engine names what is missing
			}
			l.fill(o, offers[l.ProductID], products[l.ProductID])
			units = append(units, coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit})
		}
	}
	factors, err := b.Products.Factors(ctx, tx, units)
	if err != nil {
		return b.unitFault(ctx, tx, orders, err)
	}
	for _, o := range orders {
		for _, l := range o.Lines {
			l.measure(factors[coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit}])
		}
	}
	return nil
}

// fill completes a line from the cheapest offer of the order's vendor in its currency.
func (l *OrderLine) fill(o *Order, offers []offer, product coreevent.Product) {
	if l.Description == "" {
		l.Description = product.Name
	}
	var mine []offer
	for _, x := range of(offers, o.VendorID) {
		if x.Currency == o.Currency && (l.Unit == "" || l.Unit == x.Unit) {
			mine = append(mine, x)
		}
	}
	var chosen *offer
	if len(mine) > 0 {
		chosen = best(mine, fraction(mine[0].Factor, 6).Mul(l.Quantity).Round(6))
	}
	if l.Unit == "" {
		if l.Unit = product.Unit; chosen != nil {
			l.Unit = chosen.Unit
		}
	}
	if l.UnitPrice.IsZero() && chosen != nil {
		l.UnitPrice, l.VendorPriceID = chosen.Price, chosen.ID
	}
	if l.LeadTimeDays = max(0, product.LeadTimeDays); chosen != nil {
		l.LeadTimeDays = chosen.Lead
	}
}

// unitFault names the line whose unit has no ratio.
func (b *desk) unitFault(ctx context.Context, tx *tenancy.Tx, orders []*Order, err error) error {
	if fault.As(err) == nil {
		return err
	}
	for _, o := range orders {
		for i, l := range o.Lines { // only to find the culprit: everything that this asks is known by now
			if _, one := b.Products.Factors(ctx, tx, []coreevent.Measure{{ProductID: l.ProductID, Unit: l.Unit}}); one != nil {
				if f := fault.As(one); f != nil {
					return f.At(fmt.Sprintf("lines[%d].unit", i), f.Reason, "没有换算关系", "there is no conversion to the product's unit")
				}
				return one
			}
		}
	}
	return err
}

// backToApproved takes requisitions off orders whose lines for them are gone.
func backToApproved(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	if len(orders) == 0 {
		return nil
	}
	var keys, kept []id.ID
	for _, o := range orders {
		keys = append(keys, o.ID)
		for _, l := range o.Lines {
			kept = append(kept, l.ID)
		}
	}
	return reopen(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ANY(?::uuid[])", pgdialect.Array(keys)).Where("purchase_line_id <> ALL(?::uuid[])", pgdialect.Array(kept))
	})
}

// reopen lets ordered requisitions wait to be ordered again, for what is still needed of them.
func reopen(ctx context.Context, tx *tenancy.Tx, which func(q *bun.SelectQuery) *bun.SelectQuery) error {
	rows, err := record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return which(q).Where("status = ?", Ordered).OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		r.Status, r.PurchaseOrderID, r.PurchaseLineID = Approved, id.ID{}, id.ID{}
		if r.UnneededQuantity.LessThan(r.Quantity) {
			r.Quantity = r.Quantity.Sub(r.UnneededQuantity)
		} else {
			r.Status = Cancelled
		}
		r.UnneededQuantity = money.Zero()
	}
	return record.Update(ctx, tx, rows...)
}

// distinct leaves out repetitions and none.
func distinct(keys []id.ID) []id.ID {
	out, seen := make([]id.ID, 0, len(keys)), map[id.ID]bool{{}: true}
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
