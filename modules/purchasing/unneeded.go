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

// withVendors locks the requisitions behind receipts that are no longer wanted, the youngest first, with how much of each that is. Who waits for a
// receipt is known by the line that asked for the goods.
func (x *less) withVendors(ctx context.Context, tx *tenancy.Tx, items []inventoryevent.Peg) ([]*Requisition, error) {
	byLine := map[id.ID]money.Quantity{}
	var lines []id.ID
	for _, p := range items {
		if p.SupplyEntity == "inventory.receipt" {
			lines = append(lines, p.LineID)
			byLine[p.LineID] = byLine[p.LineID].Add(p.Quantity)
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	rows, err := record.Find[Requisition](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("demand_line_id = ANY(?::uuid[])", pgdialect.Array(distinct(lines))).Where("status = ?", Ordered).OrderExpr("id DESC").For("UPDATE")
	})
	var out []*Requisition
	for _, r := range rows {
		q := money.Min(byLine[r.DemandLineID], r.Quantity.Sub(r.UnneededQuantity))
		if q.Sign() > 0 && x.by[r.ID].IsZero() {
			byLine[r.DemandLineID] = byLine[r.DemandLineID].Sub(q)
			x.by[r.ID] = q
			out = append(out, r)
		}
	}
	return out, err
}

// leave shows what may be decided about requisitions that a vendor has: take the surplus, or agree to call it off.
func (b *desk) leave(ctx context.Context, tx *tenancy.Tx, rows []*Requisition, x *less) error {
	rates := map[string]money.Price{}
	for _, r := range rows {
		if r.Status != Ordered || r.UnneededQuantity.IsZero() {
			continue
		}
		rate, known := rates[r.Currency]
		if !known {
			var err error
			if rate, err = b.Trade.Rate(ctx, tx, r.Currency, tx.Today()); err != nil {
				return err
			}
			rates[r.Currency] = rate
		}
		surplus := money.RoundTo(x.by[r.ID].Mul(r.Price).Mul(rate), tx.Tenant.Currency)
		record.Decide(tx, r,
			record.Choice{Name: "keep", Label: i18n.T("照收，多余的入库", "Take it, the surplus goes to stock"), Cost: surplus},
			record.Choice{Name: "call_off", Label: i18n.T("与供应商协商取消", "Call it off with the vendor")})
	}
	return nil
}

// keep is the buyer's decision to take what is no longer needed: it goes to stock.
func (b *desk) keep(ctx context.Context, tx *tenancy.Tx, r *Requisition, _ modules.None) error {
	r.UnneededQuantity = money.Zero()
	return record.Update(ctx, tx, r)
}
