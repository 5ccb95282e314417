package purchasing

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
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
			record.Choice{Name: "keep", Label: i18n.T("照收，多余的入库", "Take it, the surplus goes to stock"), Cost: surplus, Act: "keep"},
			record.Choice{Name: "call_off", Label: i18n.T("与供应商协商取消", "Call it off with the vendor"), Act: "call_off"})
	}
	return nil
}

// callOff is the buyer's agreement with the vendor that what is no longer needed does not come: the line of the purchase order shrinks by it, and the open
// receipt with it. What came in or is billed already can't be called off.
func (b *desk) callOff(ctx context.Context, tx *tenancy.Tx, r *Requisition, _ modules.None) error {
	if r.UnneededQuantity.Sign() <= 0 {
		return fault.New(fault.Rule, "requisition.needed", "采购申请 %[1]s 的数量仍然需要", "All of %[1]s is still needed", r.No).
			At("unneeded_quantity", "requisition.needed", "没有多余的数量", "nothing is unneeded")
	}
	orders, err := record.Lock[Order](ctx, tx, r.PurchaseOrderID)
	if err != nil {
		return err
	}
	if len(orders) == 0 || orders[0].line(r.PurchaseLineID) == nil {
		return fault.New(fault.Conflict, "requisition.no_order", "采购申请 %[1]s 没有采购订单行", "%[1]s has no line of a purchase order", r.No)
	}
	o := orders[0]
	l := o.line(r.PurchaseLineID)
	left := l.Quantity.Sub(l.inLineUnit(r.UnneededQuantity))
	if r.UnneededQuantity.GreaterThanOrEqual(r.Quantity) {
		r.Status, r.UnneededQuantity = Cancelled, money.Zero()
	} else {
		r.Quantity, r.UnneededQuantity = r.Quantity.Sub(r.UnneededQuantity), money.Zero()
	}
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	return b.amend(ctx, tx, o, Amendment{Lines: []AmendLine{{ID: l.ID, Quantity: &left}}, Reason: r.No})
}

// keep is the buyer's decision to take what is no longer needed: it goes to stock.
func (b *desk) keep(ctx context.Context, tx *tenancy.Tx, r *Requisition, _ modules.None) error {
	r.UnneededQuantity = money.Zero()
	return record.Update(ctx, tx, r)
}
