package purchasing

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// wanted requests what a planning run wants bought: for stock, or for demands that nothing serves.
func (b *desk) wanted(ctx context.Context, tx *tenancy.Tx, e productionevent.SupplyWanted) error {
	return b.needed(ctx, tx, inventoryevent.PurchaseNeeded{Items: e.Items})
}

// services requests the services of vendors who make something for a production order.
func (b *desk) services(ctx context.Context, tx *tenancy.Tx, e productionevent.ServicesWanted) error {
	return b.needed(ctx, tx, inventoryevent.PurchaseNeeded{Items: e.Items})
}

// replanned lets requests follow a planning run: a smaller quantity, another day, or none at all. What a buyer changed or a vendor has been asked for
// stays; of the latter the buyers are told.
func (b *desk) replanned(ctx context.Context, tx *tenancy.Tx, e productionevent.SupplyReplanned) error {
	plans := map[id.ID]productionevent.Replan{}
	var keys []id.ID
	var numbers []string
	var about id.ID
	for _, p := range e.Items {
		if p.Entity == requisitionEntity {
			plans[p.ID] = p
			keys = append(keys, p.ID)
		} else {
			numbers = append(numbers, p.No)
		}
	}
	rows, err := openOf(ctx, tx, keys)
	if err != nil {
		return err
	}
	kept := rows[:0]
	for _, r := range rows {
		p := plans[r.ID]
		switch {
		case r.Status == Ordered:
			numbers, about = append(numbers, r.No), r.PurchaseOrderID
			continue
		case p.Quantity.Sign() <= 0:
			r.Status = Cancelled
		default:
			r.Quantity, r.NeedBy = p.Quantity, p.Date
		}
		kept = append(kept, r)
	}
	if err := record.Update(ctx, tx, kept...); err != nil || len(numbers) == 0 {
		return err
	}
	return notifyReplanned(ctx, tx, numbers, about)
}

// notifyReplanned asks the buyers to speak with vendors about dates and quantities.
func notifyReplanned(ctx context.Context, tx *tenancy.Tx, numbers []string, order id.ID) error {
	list := strings.Join(numbers, ", ")
	n := coreevent.Notice{Roles: []string{"buyer"}, Text: i18n.T(
		"计划建议调整采购 "+list+"，请与供应商确认", "Planning proposes changes to "+list+"; please agree them with the vendor")}
	if !order.IsZero() {
		n.Entity, n.Record = orderEntity, order
	}
	return record.Emit(ctx, tx, n)
}
