package inventory

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// figures are what the stock is known by.
func figures() []modules.Figure {
	return []modules.Figure{
		{Name: "stock_on_hand", Label: entity.T("现存量", "Stock on hand"), SQL: `
			SELECT product_id || ' ' || location_id || ' ' || coalesce(lot_id::text, ''), trim_scale(on_hand) || ' ' || trim_scale(reserved) FROM stock_balance`},
		{Name: "stock_value", Label: entity.T("存货金额", "Value of stock"), SQL: `
			SELECT product_id, trim_scale(quantity) || ' ' || trim_scale(value) FROM product_value`},
	}
}
