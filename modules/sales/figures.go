package sales

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// figures are what the orders are known by.
func figures() []modules.Figure {
	return []modules.Figure{
		{Name: "orders", Label: entity.T("订单金额", "Amounts of orders"), SQL: "SELECT id || ' ' || status, trim_scale(total_amount) FROM sales_order"},
	}
}
