package purchasing

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// supplyReleased follows needs that went. What no vendor has been asked for is reduced or cancelled, on a draft purchase order too; what a vendor has is
// left to the buyer, with what keeping it would tie up.
func (b *desk) supplyReleased(ctx context.Context, tx *tenancy.Tx, e inventoryevent.SupplyReleased) error {
	rows, less, err := unwanted(ctx, tx, e)
	if err != nil || len(rows) == 0 {
		return err
	}
	drafts, err := draftsOf(ctx, tx, rows)
	if err != nil {
		return err
	}
	var late, shrunk []*Requisition
	for _, r := range rows {
		switch doc := drafts[r.PurchaseOrderID]; {
		case r.Status == Ordered && doc == nil:
			r.UnneededQuantity = money.Min(r.Quantity, r.UnneededQuantity.Add(less[r.ID]))
			late = append(late, r)
		case r.Status == Ordered:
			less[r.ID] = money.Min(r.Quantity, less[r.ID])
			shrunk = append(shrunk, r)
			fallthrough
		default:
			if r.Quantity = r.Quantity.Sub(less[r.ID]); r.Quantity.Sign() <= 0 {
				r.Quantity, r.Status = r.Quantity.Add(less[r.ID]), Cancelled
			}
		}
	}
	if err := record.Update(ctx, tx, rows...); err != nil {
		return err
	}
	if err := b.shrink(ctx, tx, drafts, shrunk, less); err != nil {
		return err
	}
	return b.leave(ctx, tx, late, less)
}

// unwanted locks the open requisitions that a release concerns, with how much of each is no longer needed. Who waits for a receipt is known by the line
// that asked for the goods.
func unwanted(ctx context.Context, tx *tenancy.Tx, e inventoryevent.SupplyReleased) ([]*Requisition, map[id.ID]money.Quantity, error) {
	bySupply, byLine := map[id.ID]money.Quantity{}, map[id.ID]money.Quantity{}
	var keys, lines []id.ID
	for _, p := range e.Items {
		switch p.SupplyEntity {
		case requisitionEntity:
			keys = append(keys, p.SupplyID)
			bySupply[p.SupplyID] = bySupply[p.SupplyID].Add(p.Quantity)
		case "inventory.receipt":
			lines = append(lines, p.LineID)
			byLine[p.LineID] = byLine[p.LineID].Add(p.Quantity)
		}
	}
	if len(keys)+len(lines) == 0 {
		return nil, nil, nil
	}
	rows, err := record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[]) AND status IN (?, ?, ?) OR demand_line_id = ANY(?::uuid[]) AND status = ?", pgdialect.Array(distinct(keys)),
			Draft, Approved, Ordered, pgdialect.Array(distinct(lines)), Ordered).OrderExpr("id DESC").For("UPDATE")
	})
	less := map[id.ID]money.Quantity{}
	concerned := rows[:0:0]
	for _, r := range rows { // the youngest first: it is the one that was asked for last
		q := bySupply[r.ID]
		if rest := byLine[r.DemandLineID]; q.IsZero() && rest.Sign() > 0 && r.Status == Ordered {
			q = money.Min(rest, r.Quantity.Sub(r.UnneededQuantity))
			byLine[r.DemandLineID] = rest.Sub(q)
		}
		if q.Sign() > 0 {
			less[r.ID] = q
			concerned = append(concerned, r)
		}
	}
	return concerned, less, err
}

// draftsOf locks the purchase orders of requisitions that no vendor has yet.
func draftsOf(ctx context.Context, tx *tenancy.Tx, rows []*Requisition) (map[id.ID]*Order, error) {
	var keys []id.ID
	for _, r := range rows {
		if r.Status == Ordered {
			keys = append(keys, r.PurchaseOrderID)
		}
	}
	out := map[id.ID]*Order{}
	if len(keys) == 0 {
		return out, nil
	}
	docs, err := record.Lock[Order](ctx, tx, distinct(keys)...)
	for _, o := range docs {
		if o.Status == Draft {
			out[o.ID] = o
		}
	}
	return out, err
}

// shrink takes what is no longer needed off the lines of draft purchase orders. What a buyer added beyond the need stays; a line and an order of which
// nothing is left go.
func (b *desk) shrink(ctx context.Context, tx *tenancy.Tx, drafts map[id.ID]*Order, rows []*Requisition, less map[id.ID]money.Quantity) error {
	if len(rows) == 0 {
		return nil
	}
	need := map[*OrderLine]money.Quantity{}
	var lines []*OrderLine
	var docs []*Order
	for _, r := range rows {
		doc := drafts[r.PurchaseOrderID]
		l := doc.line(r.PurchaseLineID)
		if l == nil {
			continue
		}
		if _, seen := need[l]; !seen {
			lines, docs = append(lines, l), append(docs, doc)
		}
		need[l] = need[l].Add(less[r.ID])
	}
	lots, err := b.lots(ctx, tx, lines)
	if err != nil {
		return err
	}
	var kept, gone []*OrderLine
	for i, l := range lines {
		extra := money.Max(money.Zero(), l.Quantity.Sub(lots[i].of(l.NeededQuantity)))
		l.NeededQuantity = money.Max(money.Zero(), l.NeededQuantity.Sub(need[l]))
		if l.Quantity = extra; l.NeededQuantity.Sign() > 0 {
			l.Quantity = extra.Add(lots[i].of(l.NeededQuantity))
		}
		l.measure(lots[i].factor)
		if l.Quantity.Sign() > 0 {
			kept = append(kept, l)
			continue
		}
		gone = append(gone, l)
		docs[i].Lines = docs[i].without(l)
	}
	return b.saveShrunk(ctx, tx, docs, kept, gone)
}

func (b *desk) saveShrunk(ctx context.Context, tx *tenancy.Tx, docs []*Order, kept, gone []*OrderLine) error {
	if err := b.total(ctx, tx, docs...); err != nil {
		return err
	}
	seen := map[*Order]bool{}
	unique := docs[:0:0]
	for _, o := range docs {
		if len(o.Lines) == 0 {
			o.Status = Cancelled
		}
		if !seen[o] {
			seen[o] = true
			unique = append(unique, o)
		}
	}
	if err := record.Update(ctx, tx, unique...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, kept...); err != nil {
		return err
	}
	return record.Delete(ctx, tx, gone...)
}

func (o *Order) without(gone *OrderLine) []*OrderLine {
	out := make([]*OrderLine, 0, len(o.Lines))
	for _, l := range o.Lines {
		if l != gone {
			out = append(out, l)
		}
	}
	return out
}

// leave leaves ordered requisitions to the buyer: keep the surplus, or agree with the vendor to call it off.
func (b *desk) leave(ctx context.Context, tx *tenancy.Tx, rows []*Requisition, less map[id.ID]money.Quantity) error {
	if len(rows) == 0 {
		return nil
	}
	rates := map[string]money.Price{}
	numbers := make([]string, len(rows))
	for i, r := range rows {
		numbers[i] = r.No
		rate, known := rates[r.Currency]
		if !known {
			var err error
			if rate, err = b.Trade.Rate(ctx, tx, r.Currency, tx.Today()); err != nil {
				return err
			}
			rates[r.Currency] = rate
		}
		surplus := money.RoundTo(less[r.ID].Mul(r.Price).Mul(rate), tx.Tenant.Currency)
		record.Decide(tx, r,
			record.Choice{Name: "keep", Label: i18n.T("照收，多余的入库", "Take it, the surplus goes to stock"), Cost: surplus},
			record.Choice{Name: "call_off", Label: i18n.T("与供应商协商取消", "Call it off with the vendor")})
	}
	return notifyLate(ctx, tx, numbers, rows[0].PurchaseOrderID)
}

// keep is the buyer's decision to take what is no longer needed: it goes to stock.
func (b *desk) keep(ctx context.Context, tx *tenancy.Tx, r *Requisition, _ modules.None) error {
	r.UnneededQuantity = money.Zero()
	return record.Update(ctx, tx, r)
}
