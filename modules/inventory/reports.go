package inventory

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// reports are the questions that inventory answers in rows.
func (k keeper) reports() []modules.Report {
	return []modules.Report{
		{
			Name: "lot_trace", Label: entity.T("批次追溯", "Lot trace"), Of: "inventory.stock_move",
			Input: func() any { return new(TraceOf) }, Columns: traceColumns(), Run: k.lotTrace,
		},
		{
			Name: "stock_value", Label: entity.T("库存金额核对", "Stock value and ledger"), Of: "inventory.product_value",
			Input: func() any { return new(ValueOn) }, Columns: valueColumns(), Run: k.stockValue,
		},
		{
			Name: "availability", Label: entity.T("可用量预测", "Availability over time"), Of: "inventory.stock_balance",
			Input: func() any { return new(AvailabilityOf) }, Columns: availabilityColumns(), Run: k.availability,
		},
	}
}
