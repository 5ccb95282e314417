package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// serviceCalledOff asks anew for what a vendor was to do and will not, because its order is cancelled: the rest of an operation, or the making of an order.
func (f *floor) serviceCalledOff(ctx context.Context, tx *tenancy.Tx, e purchasingevent.OrderCancelled) error {
	rows, err := operations(ctx, tx, "requisition_id = ANY(?::uuid[])", e.RequisitionIDs)
	if err != nil || len(e.RequisitionIDs) == 0 {
		return err
	}
	var keys []id.ID
	for _, p := range rows {
		if p.away().Sign() > 0 {
			p.RequisitionID, p.PurchaseLineID, p.VendorID = id.ID{}, id.ID{}, id.ID{}
			keys = append(keys, p.OrderID)
		}
	}
	if err := record.Update(ctx, tx, rows...); err != nil {
		return err
	}
	whole, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("subcontract_requisition_id = ANY(?::uuid[])", pgdialect.Array(e.RequisitionIDs)).OrderExpr("id")
	})
	if err != nil {
		return err
	}
	for _, o := range whole {
		keys = append(keys, o.ID)
	}
	if len(keys) == 0 {
		return nil
	}
	orders, err := record.Lock[Order](ctx, tx, keys...)
	if err != nil {
		return err
	}
	var again []*Order
	for _, o := range orders {
		if !o.active() {
			continue
		}
		again = append(again, o)
		if !o.ServiceID.IsZero() {
			o.LabourCost, o.ServiceCost = o.LabourCost.Sub(o.ServiceCost), money.Zero()
			o.RequisitionID, o.VendorID = id.ID{}, id.ID{}
		}
	}
	if err := record.Update(ctx, tx, again...); err != nil {
		return err
	}
	return subcontract(ctx, tx, again)
}
