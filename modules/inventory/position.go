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

// Position returns what is on hand of some products, who needs it, and what vendors owe: three statements, for any number of products.
func (Stock) Position(ctx context.Context, tx *tenancy.Tx, products []id.ID) (inventoryevent.Position, error) {
	out := inventoryevent.Position{}
	var err error
	if out.OnHand, err = onHand(ctx, tx, products); err != nil {
		return out, err
	}
	if out.Needs, err = openNeeds(ctx, tx, products); err != nil {
		return out, err
	}
	out.Inbound, err = owed(ctx, tx, products)
	return out, err
}

func onHand(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error) {
	var rows []struct {
		ProductID id.ID          `bun:"product_id"`
		OnHand    money.Quantity `bun:"on_hand"`
	}
	if err := pledgesOf(tx).keep(ctx, tx); err != nil {
		return nil, err
	}
	err := record.Select(ctx, tx, &rows, `SELECT b.product_id, sum(b.on_hand) AS on_hand
		FROM stock_balance b JOIN location p ON p.id = b.location_id LEFT JOIN lot l ON l.id = b.lot_id
		WHERE b.product_id = ANY($1::text[]::uuid[]) AND p.type = 'internal' AND p.active AND (l.expires_on IS NULL OR l.expires_on >= $2::text::date)
		GROUP BY b.product_id`, products, tx.Today())
	out := make(map[id.ID]money.Quantity, len(rows))
	for _, r := range rows {
		out[r.ProductID] = r.OnHand
	}
	return out, err
}

// notAtVendors leaves out what is held at vendors who work for us: neither the goods nor the need for them count for what is here.
const notAtVendors = ` AND NOT (source = 'stock' AND location_id IN (SELECT id FROM location WHERE type = 'subcontractor'))`

func openNeeds(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Need, error) {
	var rows []struct {
		ProductID    id.ID          `bun:"product_id"`
		Quantity     money.Quantity `bun:"quantity"`
		NeedBy       clock.Date     `bun:"need_by"`
		Source       string         `bun:"source"`
		DemandEntity string         `bun:"demand_entity"`
		DemandLineID id.ID          `bun:"demand_line_id"`
		DemandID     id.ID          `bun:"demand_id"`
		DemandNo     string         `bun:"demand_no"`
		SalesOrderID id.ID          `bun:"sales_order_id"`
		SupplyEntity string         `bun:"supply_entity"`
		SupplyID     id.ID          `bun:"supply_id"`
	}
	err := record.Select(ctx, tx, &rows, `SELECT product_id, quantity, need_by, source, demand_entity, demand_line_id, demand_id, demand_no, sales_order_id,
			CASE source WHEN 'supply' THEN supply_entity ELSE '' END AS supply_entity, CASE source WHEN 'supply' THEN supply_id END AS supply_id
		FROM reservation WHERE status = 'open' AND product_id = ANY($1::text[]::uuid[])`+notAtVendors+` ORDER BY id`, products)
	out := make([]inventoryevent.Need, len(rows))
	for i, r := range rows {
		out[i] = inventoryevent.Need{
			Demand: inventoryevent.Demand{
				Entity: r.DemandEntity, LineID: r.DemandLineID, DocumentID: r.DemandID, DocumentNo: r.DemandNo, SalesOrderID: r.SalesOrderID,
			},
			ProductID: r.ProductID, Quantity: r.Quantity, NeedBy: r.NeedBy, Waiting: r.Source == fromNone, SupplyEntity: r.SupplyEntity, SupplyID: r.SupplyID,
		}
	}
	return out, err
}

func owed(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Inbound, error) {
	var rows []struct {
		ID        id.ID          `bun:"id"`
		No        string         `bun:"no"`
		ProductID id.ID          `bun:"product_id"`
		Quantity  money.Quantity `bun:"quantity"`
		Expected  clock.Date     `bun:"expected_date"`
	}
	err := record.Select(ctx, tx, &rows, `SELECT r.id, r.no, l.product_id, l.quantity, coalesce(l.expected_date, r.expected_date) AS expected_date
		FROM receipt r JOIN receipt_line l ON l.receipt_id = r.id
		WHERE r.status = 'waiting' AND l.product_id = ANY($1::text[]::uuid[]) ORDER BY r.id, l.position`, products)
	out := make([]inventoryevent.Inbound, len(rows))
	for i, r := range rows {
		out[i] = inventoryevent.Inbound{
			Entity: receipt, ID: r.ID, No: r.No, ProductID: r.ProductID, Quantity: r.Quantity, Date: r.Expected, Started: true,
		}
	}
	return out, err
}
