package purchasing

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// less is what requisitions lose because their demands do, and what is left for a buyer to decide.
type less struct {
	by     map[id.ID]money.Quantity // by requisition
	decide []string                 // numbers of documents that a buyer has to look at
	about  id.ID                    // one of their purchase orders
}

// supplyReleased reduces or cancels requisitions that nobody needs in full any more, also on draft orders, whose lines shrink with them. A quantity
// that a buyer has chosen by hand, and what a vendor has been asked for, stay: they are flagged and the buyer decides.
func (b *desk) supplyReleased(ctx context.Context, tx *tenancy.Tx, e inventoryevent.SupplyReleased) error {
	x := &less{by: map[id.ID]money.Quantity{}}
	var keys []id.ID
	for _, p := range e.Items {
		switch p.SupplyEntity {
		case requisitionEntity:
			keys = append(keys, p.SupplyID)
			x.by[p.SupplyID] = x.by[p.SupplyID].Add(p.Quantity)
		case "inventory.receipt":
			x.decide = append(x.decide, p.SupplyNo)
		}
	}
	rows, err := openOf(ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	bought, err := x.withVendors(ctx, tx, e.Items)
	if err != nil {
		return err
	}
	rows = append(rows, bought...)
	drafts, err := draftsOf(ctx, tx, rows)
	if err != nil {
		return err
	}
	sizes, err := b.lots(ctx, tx, drafts...)
	if err != nil {
		return err
	}
	touched := x.reduce(rows, drafts, sizes)
	if err := record.Update(ctx, tx, rows...); err != nil {
		return err
	}
	if err := b.leave(ctx, tx, rows, x); err != nil {
		return err
	}
	if err := b.saveShrunk(ctx, tx, touched); err != nil || len(x.decide) == 0 {
		return err
	}
	return notifyLate(ctx, tx, x.decide, x.about)
}

// reduce takes from each requisition what nobody needs, and from the line of a draft order that it is on. It returns the orders that changed.
func (x *less) reduce(rows []*Requisition, drafts []*Order, s *lots) []*Order {
	var touched []*Order
	for _, r := range rows {
		doc, line := lineOf(drafts, r)
		byHand := line != nil && !line.Quantity.Equal(s.size(doc, line))
		if r.Status == Ordered && line == nil || r.QuantityByHand {
			r.UnneededQuantity = r.UnneededQuantity.Add(x.by[r.ID])
			x.decide, x.about = append(x.decide, r.No), r.PurchaseOrderID
			continue
		}
		gone := money.Min(x.by[r.ID], r.Quantity)
		if r.Quantity.Equal(gone) {
			r.Status = Cancelled
			r.PurchaseOrderID, r.PurchaseLineID = id.ID{}, id.ID{}
		} else {
			r.Quantity = r.Quantity.Sub(gone)
		}
		if line == nil {
			continue
		}
		line.NeededQuantity = money.Max(money.Zero(), line.NeededQuantity.Sub(gone))
		if !slices.Contains(touched, doc) {
			touched = append(touched, doc)
		}
		if byHand {
			x.decide, x.about = append(x.decide, doc.No), doc.ID
			continue
		}
		s.fit(doc, line, s.size(doc, line))
	}
	return touched
}

// lineOf finds the line of a draft order that a requisition is on; nil when it is on none.
func lineOf(drafts []*Order, r *Requisition) (*Order, *OrderLine) {
	for _, o := range drafts {
		if o.ID == r.PurchaseOrderID {
			return o, o.line(r.PurchaseLineID)
		}
	}
	return nil, nil
}

// saveShrunk writes draft orders after their lines shrank: lines that order nothing go, and an order without lines is cancelled.
func (b *desk) saveShrunk(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var kept, gone []*OrderLine
	for _, o := range orders {
		o.Lines = slices.DeleteFunc(o.Lines, func(l *OrderLine) bool {
			empty := l.Quantity.Sign() <= 0
			if empty {
				gone = append(gone, l)
			}
			return empty
		})
		if kept = append(kept, o.Lines...); len(o.Lines) == 0 {
			o.Status = Cancelled
		}
	}
	if err := b.total(ctx, tx, orders...); err != nil {
		return err
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, kept...); err != nil {
		return err
	}
	return record.Update(ctx, tx, orders...)
}

// openOf locks requisitions that are neither received nor cancelled.
func openOf(ctx context.Context, tx *tenancy.Tx, keys []id.ID) ([]*Requisition, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(keys)).Where("status IN (?, ?, ?)", Draft, Approved, Ordered).OrderExpr("id").For("UPDATE")
	})
}

// draftsOf locks the draft orders that requisitions are on.
func draftsOf(ctx context.Context, tx *tenancy.Tx, rows []*Requisition) ([]*Order, error) {
	var keys []id.ID
	for _, r := range rows {
		if r.Status == Ordered {
			keys = append(keys, r.PurchaseOrderID)
		}
	}
	if keys = distinct(keys); len(keys) == 0 {
		return nil, nil
	}
	docs, err := record.Lock[Order](ctx, tx, keys...)
	return slices.DeleteFunc(docs, func(o *Order) bool { return o.Status != Draft }), err
}

// notifyLate tells the buyers that something is bought or kept by hand which is no longer wanted.
func notifyLate(ctx context.Context, tx *tenancy.Tx, numbers []string, order id.ID) error {
	slices.Sort(numbers)
	list := strings.Join(slices.Compact(numbers), ", ")
	n := coreevent.Notice{Roles: []string{"buyer"}, Text: i18n.T("采购 "+list+" 的需求已取消或减少，但已下单或由人工修改，请决定如何处理",
		"The demand for "+list+", which are ordered already or changed by hand, is cancelled or lowered; please decide what to do")}
	if !order.IsZero() {
		n.Entity, n.Record = orderEntity, order
	}
	return record.Emit(ctx, tx, n)
}
