package purchasing

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Requests answers what is asked for and not on any receipt yet.
type Requests struct{}

// inboundSQL reads open requests, and the lines of orders that vendors don't have yet: what these hold beyond their requests is on its way too.
const inboundSQL = `SELECT 'purchasing.requisition' AS entity, r.id, r.no, r.product_id, r.quantity,
		CASE r.status WHEN 'ordered' THEN r.expected_date ELSE greatest(r.expected_date, r.need_by) END AS expected_date,
		r.demand_entity, r.demand_line_id, r.demand_document_id, r.demand_document_no, r.sales_order_id, r.status = 'ordered' AS started, r.manual
	FROM requisition r LEFT JOIN purchase_order o ON o.id = r.purchase_order_id
	WHERE r.product_id = ANY($1::text[]::uuid[])
		AND (r.status IN ('draft', 'approved') OR r.status = 'ordered' AND o.status IN ('draft', 'pending_approval'))
	UNION ALL SELECT 'purchasing.order', o.id, o.no, l.product_id, l.base_quantity - l.needed_quantity, l.expected_date, '', NULL, NULL, '', NULL, true, true
	FROM purchase_order o JOIN purchase_order_line l ON l.order_id = o.id
	WHERE o.status IN ('draft', 'pending_approval') AND l.product_id = ANY($1::text[]::uuid[]) AND l.base_quantity > l.needed_quantity
	ORDER BY 1, 2`

// Inbound returns open requests for some products and what drafts of purchase orders hold beyond them.
func (Requests) Inbound(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Inbound, error) {
	var rows []struct {
		Entity           string         `bun:"entity"`
		ID               id.ID          `bun:"id"`
		No               string         `bun:"no"`
		ProductID        id.ID          `bun:"product_id"`
		Quantity         money.Quantity `bun:"quantity"`
		ExpectedDate     clock.Date     `bun:"expected_date"`
		DemandEntity     string         `bun:"demand_entity"`
		DemandLineID     id.ID          `bun:"demand_line_id"`
		DemandDocumentID id.ID          `bun:"demand_document_id"`
		DemandDocumentNo string         `bun:"demand_document_no"`
		SalesOrderID     id.ID          `bun:"sales_order_id"`
		Started          bool           `bun:"started"`
		Manual           bool           `bun:"manual"`
	}
	err := record.Select(ctx, tx, &rows, inboundSQL, products)
	out := make([]inventoryevent.Inbound, len(rows))
	for i, r := range rows {
		out[i] = inventoryevent.Inbound{
			Entity: r.Entity, ID: r.ID, No: r.No, ProductID: r.ProductID, Quantity: r.Quantity, Date: r.ExpectedDate, Started: r.Started, Kept: r.Manual,
			Demand: inventoryevent.Demand{
				Entity: r.DemandEntity, LineID: r.DemandLineID, DocumentID: r.DemandDocumentID, DocumentNo: r.DemandDocumentNo, SalesOrderID: r.SalesOrderID,
			},
		}
	}
	return out, err
}
