package inventory

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	requisition = "purchasing.requisition"
	receipt     = "inventory.receipt"
)

// requisitionsMade lets demands wait for the requests to buy that were made for them.
func (k keeper) requisitionsMade(ctx context.Context, tx *tenancy.Tx, e purchasingevent.RequisitionsMade) error {
	var lines []id.ID
	for _, r := range e.Items {
		if !r.Demand.LineID.IsZero() {
			lines = append(lines, r.Demand.LineID)
		}
	}
	b := k.book()
	asked, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return err
	}
	for _, r := range e.Items {
		var same []*Reservation
		for _, a := range asked[r.Demand.LineID] {
			if a.ProductID == r.ProductID {
				same = append(same, a)
			}
		}
		b.waitFor(same, r.Quantity, supply{requisition, r.ID, r.No, r.Expected})
	}
	return b.settle(ctx, tx)
}

// requisitionsDropped leaves those without supply who waited for more than remains of a requisition. What was dropped because nobody needs it any
// more concerns nobody here.
func (k keeper) requisitionsDropped(ctx context.Context, tx *tenancy.Tx, e purchasingevent.RequisitionsDropped) error {
	keys := make([]id.ID, len(e.Items))
	for i, r := range e.Items {
		keys[i] = r.ID
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ANY(?::uuid[])", pgdialect.Array(keys))
	if err != nil {
		return err
	}
	bySupply := map[id.ID][]*Reservation{}
	for _, r := range rows {
		bySupply[r.SupplyID] = append(bySupply[r.SupplyID], r)
	}
	var lost []*Reservation
	no := ""
	for _, r := range e.Items {
		if gone := b.cut(bySupply[r.ID], r.Quantity); len(gone) > 0 {
			lost, no = append(lost, gone...), r.No
		}
	}
	if err := b.settle(ctx, tx); err != nil || len(lost) == 0 {
		return err
	}
	return record.Emit(ctx, tx, abandoned(lost, no))
}

// purchaseConfirmed opens the receipt of a purchase order. Who waited for its requisitions waits for the receipt now.
func (k keeper) purchaseConfirmed(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderConfirmed) error {
	if len(e.Lines) == 0 {
		return nil
	}
	where, err := places(ctx, tx)
	if err != nil {
		return err
	}
	doc := &Receipt{PurchaseOrderID: e.OrderID, PurchaseOrderNo: e.No, VendorID: e.VendorID, LocationID: where.stock.ID, Status: waiting}
	dates := map[id.ID]clock.Date{}
	var asked []id.ID
	for _, l := range e.Lines {
		doc.Lines = append(doc.Lines, &ReceiptLine{PurchaseLineID: l.ID, ProductID: l.ProductID, Quantity: l.Quantity, ToleranceQuantity: l.Tolerance, UnitCost: l.UnitCost, ExpectedDate: l.Expected})
		doc.ExpectedDate = clock.Latest(doc.ExpectedDate, l.Expected)
		for _, key := range l.RequisitionIDs {
			dates[key] = l.Expected
			asked = append(asked, key)
		}
	}
	if err := record.Create(ctx, tx, doc); err != nil || len(asked) == 0 {
		return err
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ANY(?::uuid[])", pgdialect.Array(asked))
	if err != nil {
		return err
	}
	for _, r := range rows {
		b.peg(r, supply{receipt, doc.ID, doc.No, dates[r.SupplyID]})
	}
	return b.settle(ctx, tx)
}

// purchaseCancelled closes the open receipt. Who waited for it is short again.
func (k keeper) purchaseCancelled(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderCancelled) error {
	docs, err := record.Find[Receipt](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ? AND status = 'waiting'", e.OrderID).OrderExpr("id").For("UPDATE")
	})
	if err != nil || len(docs) == 0 {
		return err
	}
	keys := make([]id.ID, len(docs))
	for i, d := range docs {
		d.Status, keys[i] = cancelled, d.ID
	}
	if err := record.Update(ctx, tx, docs...); err != nil {
		return err
	}
	b := k.book()
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ANY(?::uuid[])", pgdialect.Array(keys))
	if err != nil {
		return err
	}
	short := b.cut(rows, money.Zero())
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	return k.provide(ctx, tx, short)
}
