package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const operationEntity = "production.operation"

// outside tells that a vendor does the operation.
func (p *Operation) outside() bool { return !p.ServiceID.IsZero() }

// away is what of the operation the vendor still has to do.
func (p *Operation) away() money.Quantity {
	return money.Max(money.Zero(), p.ServiceQuantity.Sub(p.Received))
}

// steps are the services that vendors do as steps of the order's routing and that nobody has asked for yet.
func (o *Order) steps() []inventoryevent.Short {
	var out []inventoryevent.Short
	for _, p := range o.Operations {
		if !p.outside() || !p.RequisitionID.IsZero() || p.away().IsZero() {
			continue
		}
		needBy := p.PlannedEnd
		if needBy.IsZero() {
			needBy = o.DueDate
		}
		out = append(out, inventoryevent.Short{
			Demand:    inventoryevent.Demand{Entity: operationEntity, LineID: p.ID, DocumentID: o.ID, DocumentNo: o.No, SalesOrderID: o.SalesOrderID},
			ProductID: p.ServiceID, Quantity: p.away(), NeedBy: needBy,
		})
	}
	return out
}

// recalled is what is left of the requests for the services of an order that is cancelled or smaller than before.
func (o *Order) recalled() []productionevent.Replan {
	var out []productionevent.Replan
	for _, p := range o.Operations {
		if p.RequisitionID.IsZero() {
			continue
		}
		r := productionevent.Replan{Entity: "purchasing.requisition", ID: p.RequisitionID, Quantity: p.ServiceQuantity, Date: p.PlannedEnd}
		if o.Status == Cancelled {
			r.Quantity = money.Zero()
		}
		out = append(out, r)
	}
	return out
}

// operations locks operations that a condition selects, in their order.
func operations(ctx context.Context, tx *tenancy.Tx, where string, keys []id.ID) ([]*Operation, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return record.Find[Operation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where(where, pgdialect.Array(keys)).OrderExpr("planned_end NULLS LAST, id").For("UPDATE")
	})
}

// stepsRequested notes which requisitions ask for the services of operations.
func stepsRequested(ctx context.Context, tx *tenancy.Tx, e purchasingevent.RequisitionsMade) error {
	asked := map[id.ID]id.ID{}
	var keys []id.ID
	for _, r := range e.Items {
		if r.Demand.Entity == operationEntity {
			asked[r.Demand.LineID] = r.ID
			keys = append(keys, r.Demand.LineID)
		}
	}
	rows, err := operations(ctx, tx, "id = ANY(?::uuid[])", keys)
	if err != nil {
		return err
	}
	for _, p := range rows {
		p.RequisitionID = asked[p.ID]
	}
	return record.Update(ctx, tx, rows...)
}

// stepsOrdered notes which vendor does an operation, and how long that takes: an order whose vendor is slower than planned is done later.
func (f *floor) stepsOrdered(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderConfirmed) error {
	lines := map[id.ID]purchasingevent.Line{}
	var keys []id.ID
	for _, l := range e.Lines {
		for _, r := range l.RequisitionIDs {
			lines[r] = l
			keys = append(keys, r)
		}
	}
	rows, err := operations(ctx, tx, "requisition_id = ANY(?::uuid[])", keys)
	if err != nil || len(rows) == 0 {
		return err
	}
	slower := map[id.ID]bool{}
	for _, p := range rows {
		l := lines[p.RequisitionID]
		p.VendorID, p.PurchaseLineID = e.VendorID, l.ID
		if days := l.Expected.Sub(clock.Latest(p.PlannedStart, tx.Today())); !l.Expected.IsZero() && l.Expected.After(p.PlannedEnd) && days > p.LeadDays {
			p.LeadDays = days
			slower[p.OrderID] = true
		}
	}
	if err := record.Update(ctx, tx, rows...); err != nil || len(slower) == 0 {
		return err
	}
	late := make([]id.ID, 0, len(slower))
	for key := range slower {
		late = append(late, key)
	}
	orders, err := record.Lock[Order](ctx, tx, late...)
	if err != nil {
		return err
	}
	var moving []*Order
	for _, o := range orders {
		if o.active() {
			moving = append(moving, o)
		}
	}
	return f.moved(ctx, tx, moving...)
}

// serviceReceived books what vendors have done, the most urgent first: with all of it the operation is finished, and its price is part of what the order
// has cost. What a vendor delivers beyond all operations is paid for by the last.
func (f *floor) serviceReceived(ctx context.Context, tx *tenancy.Tx, e inventoryevent.GoodsReceived) error {
	var keys []id.ID
	for _, l := range e.Lines {
		if !l.PurchaseLineID.IsZero() {
			keys = append(keys, l.PurchaseLineID)
		}
	}
	rows, err := operations(ctx, tx, "purchase_line_id = ANY(?::uuid[])", keys)
	if err != nil || len(rows) == 0 {
		return err
	}
	cost := map[id.ID]money.Amount{}
	var docs []id.ID
	for _, l := range e.Lines {
		var mine []*Operation
		for _, p := range rows {
			if p.PurchaseLineID == l.PurchaseLineID {
				mine = append(mine, p)
			}
		}
		left := l.Quantity
		for i, p := range mine {
			q := money.Min(left, p.away())
			if i == len(mine)-1 {
				q = left
			}
			if q.Sign() <= 0 {
				continue
			}
			left = left.Sub(q)
			price := money.RoundTo(l.UnitCost.Mul(q), tx.Tenant.Currency)
			p.Received, p.Cost = p.Received.Add(q), p.Cost.Add(price)
			if _, seen := cost[p.OrderID]; !seen {
				docs = append(docs, p.OrderID)
			}
			cost[p.OrderID] = cost[p.OrderID].Add(price)
		}
	}
	if err := record.Update(ctx, tx, rows...); err != nil {
		return err
	}
	orders, err := record.Lock[Order](ctx, tx, docs...)
	if err != nil {
		return err
	}
	for _, o := range orders {
		if o.active() {
			o.ServiceCost, o.LabourCost = o.ServiceCost.Add(cost[o.ID]), o.LabourCost.Add(cost[o.ID])
		}
	}
	return record.Update(ctx, tx, orders...)
}

// checkSteps refuses output of which a vendor has not done its step yet: it is not here, and what it costs is not known.
func (o *Order) checkSteps(processed money.Quantity) error {
	for _, p := range o.Operations {
		if !p.outside() {
			continue
		}
		done := money.Div(p.Received.Mul(o.Quantity), p.ServiceQuantity).Round(6)
		if money.Min(processed, o.Quantity).GreaterThan(done) {
			return fault.New(fault.Rule, "production.step_not_received", "工单 %[1]s 的委外工序 %[2]s 只收回 %[3]s", "Of %[1]s the vendor has returned only %[3]s from %[2]s",
				o.No, p.Name, done).At("quantity", "production.step_not_received", "最多 %s", "at most %s", money.Max(money.Zero(), done.Sub(o.processed())))
		}
	}
	return nil
}
