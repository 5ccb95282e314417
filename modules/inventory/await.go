package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// awaitInput names the inbound document that a demand is to wait for: a receipt, or a transfer that is on the road. Without a quantity, all of it.
type awaitInput struct {
	SupplyID id.ID           `in:"supply_id" label:"到货单据|Inbound document"`
	Quantity *money.Quantity `in:"quantity" label:"数量|Quantity"`
	Reason   string          `in:"reason" label:"原因|Reason"`
}

// coming is what an inbound document brings of a product, and how much of it is spoken for.
type comingIn struct {
	Entity   string         `bun:"entity"`
	No       string         `bun:"no"`
	Date     clock.Date     `bun:"date"`
	Quantity money.Quantity `bun:"quantity"`
	Taken    money.Quantity `bun:"taken"`
}

// await lets a demand wait for one inbound document and nothing else: its goods are for it when they arrive. What it held becomes free for others, and
// the supply that it waited for before is not wanted any more.
func (k keeper) await(ctx context.Context, tx *tenancy.Tx, r *Reservation, in awaitInput) error {
	want := r.Quantity
	if in.Quantity != nil {
		want = *in.Quantity
	}
	if r.Status != open || want.Sign() <= 0 || want.GreaterThan(r.Quantity) {
		return fault.New(fault.Rule, "reservation.quantity", "预留未结数量为 %s", "%s of the reservation are open", r.Quantity).
			At("quantity", "reservation.quantity", "数量不能超过未结数量", "not more than is open")
	}
	doc, err := inboundOf(ctx, tx, in.SupplyID, r.ProductID)
	if err != nil {
		return err
	}
	if spare := doc.Quantity.Sub(doc.Taken); doc.Entity == "" || want.GreaterThan(spare) {
		return fault.New(fault.Rule, "supply.not_enough", "该到货单据可指定的数量不足", "The inbound document does not bring so much that is not spoken for").
			At("supply_id", "supply.not_enough", "可指定 %s", "%s can be had", money.Max(spare, money.Zero()))
	}
	b := k.book()
	b.known[r.ID] = r
	if err := b.shelf.lock(ctx, tx, heldProducts([]*Reservation{r})); err != nil {
		return err
	}
	part := b.split(r, want)
	switch part.Source {
	case fromStock:
		b.loosen(part)
	case fromSupply:
		b.dropped = append(b.dropped, part.peg(want))
	}
	part.Reason, part.Awaits = in.Reason, true
	b.peg(part, supply{doc.Entity, in.SupplyID, doc.No, doc.Date})
	return b.freed(ctx, tx)
}

// inboundOf reads what a document that has not arrived brings of a product. It locks the document, so that nobody else gives it away meanwhile.
func inboundOf(ctx context.Context, tx *tenancy.Tx, document, product id.ID) (comingIn, error) {
	var locked []id.ID
	err := tx.NewRaw(`WITH r AS (SELECT id FROM receipt WHERE id = ? AND status = 'waiting' FOR UPDATE), t AS (SELECT id FROM transfer WHERE id = ? AND status = 'in_transit' FOR UPDATE)
		SELECT id FROM r UNION ALL SELECT id FROM t`, document, document).Scan(ctx, &locked)
	if err != nil || len(locked) == 0 {
		return comingIn{}, err
	}
	var rows []comingIn
	err = record.Select(ctx, tx, &rows, `SELECT d.entity, d.no, max(d.date) AS date, sum(d.quantity) AS quantity, coalesce((SELECT sum(v.quantity) FROM reservation v
			WHERE v.status = 'open' AND v.source = 'supply' AND v.supply_id = $1::text::uuid AND v.product_id = $2::text::uuid), 0) AS taken
		FROM (SELECT 'inventory.receipt' AS entity, r.no, coalesce(l.expected_date, r.expected_date) AS date, l.quantity FROM receipt r
				JOIN receipt_line l ON l.receipt_id = r.id WHERE r.id = $1::text::uuid AND l.product_id = $2::text::uuid
			UNION ALL SELECT 'inventory.transfer', t.no, t.expected_date, l.base_quantity - l.received_quantity FROM transfer t
				JOIN transfer_line l ON l.transfer_id = t.id WHERE t.id = $1::text::uuid AND l.product_id = $2::text::uuid) d
		GROUP BY d.entity, d.no`, document, product)
	if err != nil || len(rows) == 0 {
		return comingIn{}, err
	}
	return rows[0], nil
}
