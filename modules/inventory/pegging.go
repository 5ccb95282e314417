package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// PeggingOf names the document whose pegs are followed: an order, a production order, a requisition or a receipt.
type PeggingOf struct {
	DocumentID id.ID `in:"document_id" label:"单据|Document"`
}

// peggingReport follows pegs both ways from a document: what it serves up to the customer's order, and what serves it down to the requisitions.
func peggingReport() modules.Report {
	return modules.Report{
		Name: "pegging", Label: entity.T("供需关联", "Pegging"), Of: "inventory.reservation",
		Input: func() any { return new(PeggingOf) },
		Columns: []entity.Field{
			{Name: "direction", Label: entity.T("方向", "Direction"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "level", Label: entity.T("层级", "Level"), Kind: entity.KindInt, Class: entity.Basic},
			{Name: "product_id", Label: entity.T("产品", "Product"), Kind: entity.KindID, Ref: "inventory.product", Class: entity.Basic},
			{Name: "quantity", Label: entity.T("数量", "Quantity"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "demand_entity", Label: entity.T("需求类型", "Kind of demand"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "demand_id", Label: entity.T("需求单据", "Demand document"), Kind: entity.KindID, Class: entity.Basic},
			{Name: "demand_no", Label: entity.T("需求单号", "Demand no."), Kind: entity.KindText, Class: entity.Basic},
			{Name: "need_by", Label: entity.T("需求日期", "Needed by"), Kind: entity.KindDate, Class: entity.Basic},
			{Name: "source", Label: entity.T("来源", "Served by"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "supply_entity", Label: entity.T("供应类型", "Kind of supply"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "supply_id", Label: entity.T("供应单据", "Supply document"), Kind: entity.KindID, Class: entity.Basic},
			{Name: "supply_no", Label: entity.T("供应单号", "Supply no."), Kind: entity.KindText, Class: entity.Basic},
			{Name: "expected_date", Label: entity.T("预计日期", "Expected"), Kind: entity.KindDate, Class: entity.Basic},
		},
		Run: pegging,
	}
}

// peggingSQL walks up from supplies to the demands that wait for them, and down from demands to what serves them. A production order is both.
const peggingSQL = `WITH RECURSIVE up (level, id, next) AS (
	SELECT 1, r.id, r.demand_id FROM reservation r WHERE r.status = 'open' AND r.supply_id = $1::text::uuid
	UNION SELECT u.level + 1, r.id, r.demand_id FROM up u JOIN reservation r ON r.supply_id = u.next WHERE r.status = 'open' AND u.level < 60
), down (level, id, next) AS (
	SELECT 1, r.id, r.supply_id FROM reservation r WHERE r.status = 'open' AND r.demand_id = $1::text::uuid
	UNION SELECT d.level + 1, r.id, r.supply_id FROM down d JOIN reservation r ON r.demand_id = d.next WHERE r.status = 'open' AND d.level < 60
)
SELECT w.direction, w.level, r.product_id, r.quantity, r.demand_entity, r.demand_id, r.demand_no, r.need_by, r.source, r.supply_entity, r.supply_id, r.supply_no,
	r.expected_date
FROM (SELECT 'serves' AS direction, level, id FROM up UNION ALL SELECT 'served_by', level, id FROM down) w JOIN reservation r ON r.id = w.id
ORDER BY w.direction DESC, w.level, r.id`

func pegging(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*PeggingOf)
	if in.DocumentID.IsZero() { // nothing was asked for
		return nil, nil
	}
	var rows []struct {
		Direction    string         `bun:"direction"`
		Level        int            `bun:"level"`
		ProductID    id.ID          `bun:"product_id"`
		Quantity     money.Quantity `bun:"quantity"`
		DemandEntity string         `bun:"demand_entity"`
		DemandID     id.ID          `bun:"demand_id"`
		DemandNo     string         `bun:"demand_no"`
		NeedBy       clock.Date     `bun:"need_by"`
		Source       string         `bun:"source"`
		SupplyEntity string         `bun:"supply_entity"`
		SupplyID     id.ID          `bun:"supply_id"`
		SupplyNo     string         `bun:"supply_no"`
		ExpectedDate clock.Date     `bun:"expected_date"`
	}
	if err := record.Select(ctx, tx, &rows, peggingSQL, in.DocumentID); err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{
			"direction": r.Direction, "level": r.Level, "product_id": r.ProductID, "quantity": r.Quantity, "demand_entity": r.DemandEntity,
			"demand_id": r.DemandID, "demand_no": r.DemandNo, "need_by": r.NeedBy, "source": r.Source, "supply_entity": r.SupplyEntity,
			"supply_id": r.SupplyID, "supply_no": r.SupplyNo, "expected_date": r.ExpectedDate,
		}
	}
	return out, nil
}
