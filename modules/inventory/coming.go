package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Spare returns what vendors owe of some products and what others make of them, less what demands wait for already, the earliest first.
func (Stock) Spare(ctx context.Context, tx *tenancy.Tx, products []id.ID, made []inventoryevent.Coming) ([]inventoryevent.Coming, error) {
	var owed []struct {
		ID        id.ID          `bun:"id"`
		OrderID   id.ID          `bun:"purchase_order_id"`
		No        string         `bun:"no"`
		ProductID id.ID          `bun:"product_id"`
		Quantity  money.Quantity `bun:"quantity"`
		Expected  clock.Date     `bun:"expected_date"`
	}
	err := record.Select(ctx, tx, &owed, `SELECT r.id, r.purchase_order_id, r.no, l.product_id, sum(l.quantity) AS quantity, max(coalesce(l.expected_date, r.expected_date)) AS expected_date
		FROM receipt r JOIN receipt_line l ON l.receipt_id = r.id
		WHERE r.status = 'waiting' AND l.product_id = ANY($1::text[]::uuid[]) GROUP BY r.id, r.purchase_order_id, r.no, l.product_id ORDER BY 6, r.id`, products)
	if err != nil {
		return nil, err
	}
	var taken []struct {
		SupplyID  id.ID          `bun:"supply_id"`
		ProductID id.ID          `bun:"product_id"`
		Quantity  money.Quantity `bun:"quantity"`
	}
	err = record.Select(ctx, tx, &taken, `SELECT supply_id, product_id, sum(quantity) AS quantity FROM reservation
		WHERE status = 'open' AND source = 'supply' AND product_id = ANY($1::text[]::uuid[]) GROUP BY supply_id, product_id`, products)
	if err != nil {
		return nil, err
	}
	pegged := map[[2]id.ID]money.Quantity{}
	for _, t := range taken {
		pegged[[2]id.ID{t.SupplyID, t.ProductID}] = t.Quantity
	}
	all := make([]inventoryevent.Coming, 0, len(owed)+len(made))
	for _, r := range owed {
		all = append(all, inventoryevent.Coming{ProductID: r.ProductID, Entity: receipt, ID: r.ID, OrderID: r.OrderID, No: r.No, Quantity: r.Quantity, Date: r.Expected})
	}
	var out []inventoryevent.Coming
	for _, c := range append(all, made...) {
		if c.Quantity = c.Quantity.Sub(pegged[[2]id.ID{c.ID, c.ProductID}]); c.Quantity.Sign() > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}
