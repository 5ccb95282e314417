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
	}
}
