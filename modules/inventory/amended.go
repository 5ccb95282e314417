package inventory

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// purchaseAmended brings the open receipt of a purchase order in line with what is still to come. Who waits for it learns the new date; who gets
// nothing from it any more is short again.
func (k keeper) purchaseAmended(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderAmended) error {
	doc, err := openReceipt(ctx, tx, e)
	if err != nil || doc == nil {
		return err
	}
	moved, remains, err := doc.follow(ctx, tx, e)
	if err != nil {
		return err
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ?", doc.ID)
	if err != nil {
		return err
	}
	byProduct := map[id.ID][]*Reservation{}
	for _, r := range rows {
		byProduct[r.ProductID] = append(byProduct[r.ProductID], r)
		if day, ok := moved[dated{r.ProductID, r.ExpectedDate}]; ok && day != r.ExpectedDate {
			b.peg(r, supply{receipt, doc.ID, doc.No, day})
		}
	}
	var short []*Reservation
	for product, waits := range byProduct {
		short = append(short, b.cut(waits, remains[product])...)
	}
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	return k.provide(ctx, tx, short)
}

// dated is a product that was expected on a day.
type dated struct {
	product id.ID
	on      clock.Date
}

// openReceipt locks the open receipt of an order, or opens one when everything had come and more is ordered; nil when nothing is to come.
func openReceipt(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderAmended) (*Receipt, error) {
	open, err := record.Find[Receipt](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ? AND status = 'waiting'", e.OrderID).OrderExpr("id").Limit(1)
	})
	if err != nil {
		return nil, err
	}
	if len(open) > 0 {
		docs, err := record.Lock[Receipt](ctx, tx, open[0].ID)
		if err != nil || len(docs) == 0 {
			return nil, err
		}
		return docs[0], nil
	}
	more := false
	for _, l := range e.Lines {
		more = more || l.Quantity.Sign() > 0
	}
	if !more {
		return nil, nil
	}
	where, err := places(ctx, tx)
	if err != nil {
		return nil, err
	}
	doc := &Receipt{PurchaseOrderID: e.OrderID, PurchaseOrderNo: e.No, VendorID: e.VendorID, LocationID: where.stock.ID, Status: waiting}
	return doc, record.Create(ctx, tx, doc)
}

// follow writes what is still to come into an open receipt; one that nothing comes on any more is cancelled. It returns for each product and day on
// which it was expected the new day, and how much of each product remains.
func (o *Receipt) follow(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderAmended) (map[dated]clock.Date, map[id.ID]money.Quantity, error) {
	moved, remains := map[dated]clock.Date{}, map[id.ID]money.Quantity{}
	had := map[id.ID]*ReceiptLine{}
	for _, l := range o.Lines {
		had[l.PurchaseLineID] = l
	}
	var kept, fresh, gone []*ReceiptLine
	o.ExpectedDate = clock.Date{}
	for _, x := range e.Lines {
		remains[x.ProductID] = remains[x.ProductID].Add(x.Quantity)
		l := had[x.ID]
		switch {
		case x.Quantity.Sign() <= 0 && l != nil:
			gone = append(gone, l)
			continue
		case x.Quantity.Sign() <= 0:
			continue
		case l == nil:
			l = &ReceiptLine{ReceiptID: o.ID, PurchaseLineID: x.ID, ProductID: x.ProductID}
			l.Position = len(o.Lines) + len(fresh)
			fresh = append(fresh, l)
		default:
			moved[dated{x.ProductID, l.ExpectedDate}] = clock.Latest(moved[dated{x.ProductID, l.ExpectedDate}], x.Expected)
			kept = append(kept, l)
		}
		l.Quantity, l.ToleranceQuantity, l.UnitCost, l.ExpectedDate = x.Quantity, x.Tolerance, x.UnitCost, x.Expected
		o.ExpectedDate = clock.Latest(o.ExpectedDate, x.Expected)
	}
	if len(kept)+len(fresh) == 0 {
		o.Status = cancelled
	} else if err := record.Delete(ctx, tx, gone...); err != nil {
		return nil, nil, err
	}
	if err := record.Update(ctx, tx, kept...); err != nil {
		return nil, nil, err
	}
	if err := record.Create(ctx, tx, fresh...); err != nil {
		return nil, nil, err
	}
	return moved, remains, record.Update(ctx, tx, o)
}
