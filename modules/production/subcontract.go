package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// subcontract asks for the services of the vendors who make what is subcontracted. Issuing such an order sends its materials to the vendor.
func subcontract(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var e productionevent.ServicesWanted
	for _, o := range orders {
		e.Items = append(e.Items, o.steps()...)
		if o.ServiceID.IsZero() || !o.RequisitionID.IsZero() {
			continue
		}
		e.Items = append(e.Items, inventoryevent.Short{
			Demand:    inventoryevent.Demand{Entity: orderEntity, LineID: o.ID, DocumentID: o.ID, DocumentNo: o.No, SalesOrderID: o.SalesOrderID},
			ProductID: o.ServiceID, Quantity: o.open(), NeedBy: o.DueDate,
		})
	}
	if len(e.Items) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, e)
}

// serviceRequested notes which requisition asks for an order's service.
func (f *floor) serviceRequested(ctx context.Context, tx *tenancy.Tx, e purchasingevent.RequisitionsMade) error {
	asked := map[id.ID]id.ID{}
	var keys []id.ID
	for _, r := range e.Items {
		if r.Demand.Entity == orderEntity {
			asked[r.Demand.DocumentID] = r.ID
			keys = append(keys, r.Demand.DocumentID)
		}
	}
	if err := stepsRequested(ctx, tx, e); err != nil || len(keys) == 0 {
		return err
	}
	orders, err := record.Lock[Order](ctx, tx, keys...)
	if err != nil {
		return err
	}
	for _, o := range orders {
		o.RequisitionID = asked[o.ID]
	}
	return record.Update(ctx, tx, orders...)
}

// serviceOrdered adds what a vendor charges for making it to the cost of an order.
func (f *floor) serviceOrdered(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderConfirmed) error {
	prices := map[id.ID]money.Price{}
	var keys []id.ID
	for _, l := range e.Lines {
		for _, r := range l.RequisitionIDs {
			prices[r] = l.UnitCost
			keys = append(keys, r)
		}
	}
	if err := f.stepsOrdered(ctx, tx, e); err != nil || len(keys) == 0 {
		return err
	}
	orders, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("subcontract_requisition_id = ANY(?::uuid[]) AND status IN (?, ?, ?)", pgdialect.Array(keys), Planned, Released, InProgress).
			OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, o := range orders {
		cost := money.RoundTo(prices[o.RequisitionID].Mul(o.Quantity), tx.Tenant.Currency)
		o.LabourCost = o.LabourCost.Sub(o.ServiceCost).Add(cost)
		o.ServiceCost, o.VendorID = cost, e.VendorID
	}
	return record.Update(ctx, tx, orders...)
}

// checkService refuses output of a subcontracted order before the vendor has been asked for it: what it costs is not known.
func (o *Order) checkService() error {
	if o.RequisitionID.IsZero() || o.ServiceCost.Sign() > 0 {
		return nil
	}
	return fault.New(fault.Rule, "production.service_not_ordered", "工单 %[1]s 的委外服务尚未下采购订单", "The service for %[1]s has not been ordered from a vendor yet", o.No)
}

// recall lets requests for services follow orders that are cancelled or reduced.
func recall(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var e productionevent.SupplyReplanned
	for _, o := range orders {
		e.Items = append(e.Items, o.recalled()...)
		if o.RequisitionID.IsZero() {
			continue
		}
		p := productionevent.Replan{Entity: "purchasing.requisition", ID: o.RequisitionID, Quantity: o.Quantity, Date: o.DueDate}
		if o.Status == Cancelled {
			p.Quantity = money.Zero()
		}
		e.Items = append(e.Items, p)
	}
	if len(e.Items) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, e)
}
