package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareReturns takes vendor, order and location from the receipt.
func prepareReturns(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*VendorReturn]) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.New.ReceiptID
	}
	docs, err := record.GetMany[Receipt](ctx, tx, keys)
	byID := make(map[id.ID]*Receipt, len(docs))
	for _, r := range docs {
		byID[r.ID] = r
	}
	for _, c := range changes {
		if r := byID[c.New.ReceiptID]; r != nil {
			c.New.PurchaseOrderID, c.New.VendorID = r.PurchaseOrderID, r.VendorID
			if c.New.LocationID.IsZero() {
				c.New.LocationID = r.LocationID
			}
		}
	}
	return err
}

// brought is goods of one purchase line and lot that a receipt brought and that have not gone back, with what they cost. MoveID is the move.
type brought struct {
	LineID    id.ID          `bun:"line_id"`
	ProductID id.ID          `bun:"product_id"`
	LotID     id.ID          `bun:"lot_id"`
	MoveID    id.ID          `bun:"move_id"`
	Quantity  money.Quantity `bun:"quantity"`
	Cost      money.Amount   `bun:"cost"`
}

// sendBack lets goods of a receipt leave for their vendor, at what they cost, prices on bills included. Only free goods go back, and no more than came.
func (k keeper) sendBack(ctx context.Context, tx *tenancy.Tx, o *VendorReturn, _ modules.None) error {
	if len(o.Lines) == 0 {
		return fault.New(fault.Rule, "document.empty", "单据没有明细", "The document has no lines")
	}
	keys, items := make([]id.ID, len(o.Lines)), make([]coreevent.Conversion, len(o.Lines))
	for i, l := range o.Lines {
		keys[i], items[i] = l.ProductID, coreevent.Conversion{ProductID: l.ProductID, Quantity: l.Quantity, From: l.Unit}
	}
	own, err := k.ownUnits(ctx, tx, items)
	if err != nil {
		return err
	}
	where, err := places(ctx, tx, o.LocationID)
	if err != nil {
		return err
	}
	b := k.book()
	if err := b.shelf.lock(ctx, tx, keys); err != nil {
		return err
	}
	left, err := broughtBy(ctx, tx, o.ReceiptID)
	if err != nil {
		return err
	}
	plan, err := b.returning(tx, o, own, left, where)
	if err != nil {
		return err
	}
	o.Status, o.SentOn = done, tx.Today()
	if err := b.move(ctx, tx, source{"inventory.vendor_return", o.ID, o.No}, plan); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// broughtBy reads what a receipt brought and has not been sent back yet.
func broughtBy(ctx context.Context, tx *tenancy.Tx, receipt id.ID) ([]*brought, error) {
	var rows []*brought
	err := record.Select(ctx, tx, &rows, `WITH came AS (
			SELECT m.id, m.source_line_id, m.product_id, m.lot_id, m.quantity, m.value + m.price_variance
				+ coalesce((SELECT sum(a.amount) FROM value_adjustment a WHERE a.move_id = m.id AND a.reason = 'bill_price'), 0) AS cost
			FROM stock_move m JOIN location f ON f.id = m.from_location_id AND f.type = 'supplier' WHERE m.source_id = $1::text::uuid),
		back AS (
			SELECT m.source_line_id, m.product_id, m.lot_id, sum(m.quantity) AS quantity, sum(m.value + m.residual_value + m.price_variance) AS cost
			FROM stock_move m JOIN location t ON t.id = m.to_location_id AND t.type = 'supplier' LEFT JOIN vendor_return r ON r.id = m.source_id
			WHERE m.source_line_id IN (SELECT source_line_id FROM came) AND coalesce(r.receipt_id, $1::text::uuid) = $1::text::uuid GROUP BY 1, 2, 3)
		SELECT c.source_line_id AS line_id, c.product_id, c.lot_id, min(c.id::text)::uuid AS move_id, sum(c.quantity) - coalesce(min(b.quantity), 0) AS quantity,
			sum(c.cost) + coalesce(min(b.cost), 0) AS cost
		FROM came c LEFT JOIN back b ON b.source_line_id IS NOT DISTINCT FROM c.source_line_id AND b.product_id = c.product_id AND b.lot_id IS NOT DISTINCT FROM c.lot_id
		GROUP BY c.source_line_id, c.product_id, c.lot_id ORDER BY 4`, receipt)
	return rows, err
}

// returning plans the moves of a return; more than the receipt brought, or than is free at the location, is refused.
func (b *book) returning(tx *tenancy.Tx, o *VendorReturn, own []money.Quantity, left []*brought, where *site) ([]planned, error) {
	from, digits := where.byID[o.LocationID], money.MinorUnit(tx.Tenant.Currency)
	bad := fault.New(fault.Rule, "return.over", "退货数量有误", "More is to go back than came in and is free")
	var plan []planned
	taken := map[*slot]money.Quantity{}
	for i, l := range o.Lines {
		rest := own[i]
		l.Value = money.Zero()
		for _, x := range left {
			if x.ProductID != l.ProductID || !named(l.PurchaseLineID, x.LineID) || !named(l.LotID, x.LotID) {
				continue
			}
			s := b.shelf.at(x.ProductID, from, x.LotID)
			q := money.Min(money.Min(rest, x.Quantity), s.free().Sub(taken[s]))
			if q.Sign() <= 0 {
				continue
			}
			cost := x.Cost
			if q.LessThan(x.Quantity) {
				cost = money.Div(x.Cost.Mul(q), x.Quantity).Round(digits)
			}
			x.Quantity, x.Cost, taken[s] = x.Quantity.Sub(q), x.Cost.Sub(cost), taken[s].Add(q)
			l.Value, rest = l.Value.Add(cost), rest.Sub(q)
			plan = append(plan, planned{
				product: x.ProductID, lot: x.LotID, from: from, to: where.byType[supplier], quantity: q, total: &cost, cameBy: x.MoveID, line: x.LineID,
				path: fmt.Sprintf("lines[%d].quantity", i),
			})
		}
		if rest.Sign() > 0 {
			bad.At(fmt.Sprintf("lines[%d].quantity", i), "return.over", "多出 %s：入库单没有带来，或不在该库位，或已被预留",
				"%s too many: the receipt did not bring them, or they are not free at the location", rest)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return plan, nil
}
