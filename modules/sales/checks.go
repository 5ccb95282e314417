package sales

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// checks are what holds in the orders at every moment.
func checks() []modules.Check {
	return []modules.Check{
		{Name: "held_within_open", Label: entity.T("订单行的预留与已交付不超过订购数量", "What is reserved for a line and delivered is not more than ordered"), SQL: `
			SELECT o.id, format('order %s, line %s: ordered %s, reserved %s, shipped %s', o.no, l.position + 1, l.base_quantity, l.base_reserved, l.base_shipped)
			FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE l.base_reserved > greatest(l.base_quantity - l.base_shipped, 0)`},
		{Name: "promises_within_open", Label: entity.T("供应承诺不超过未交付数量", "Supplies are promised for what is open only"), SQL: `
			SELECT o.id, format('order %s, line %s: %s promised, %s open', o.no, l.position + 1, p.quantity, greatest(l.base_quantity - l.base_shipped, 0))
			FROM (SELECT order_line_id, sum(quantity) AS quantity FROM sales_promise GROUP BY 1) p
			JOIN sales_order_line l ON l.id = p.order_line_id JOIN sales_order o ON o.id = l.order_id
			WHERE p.quantity > greatest(l.base_quantity - l.base_shipped - l.base_reserved, 0)`},
		{Name: "confirmed_lines_are_taken", Label: entity.T("已确认订单的每一行都有履行方式", "Somebody takes care of each line of a confirmed order"), SQL: `
			SELECT o.id, format('order %s, line %s: nobody takes care of it', o.no, l.position + 1)
			FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
			WHERE o.status IN ('confirmed', 'in_progress') AND l.fulfilment = '' AND l.base_quantity > l.base_shipped AND NOT l.closed`},
	}
}

// tallies are what the orders know that other modules know too.
func tallies() []modules.Tally {
	const open = "FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.status IN ('confirmed', 'in_progress', 'done') AND l.fulfilment = 'stock'"
	const alive = "opportunity_id IS NOT NULL AND (status <> 'cancelled' OR delivery_status <> 'none')" // of the others the deal knows that they are off
	return []modules.Tally{
		{Name: "order_demand", Label: entity.T("订单行未交付数量", "open quantity of an order line"), SQL: `
			SELECT l.id, CASE WHEN l.closed THEN 0 ELSE greatest(l.base_quantity - l.base_shipped, 0) END, o.created_at ` + open},
		{Name: "order_reserved", Label: entity.T("订单行已预留数量", "reserved quantity of an order line"), SQL: "SELECT l.id, l.base_reserved, o.created_at " + open},
		{Name: "shipped", Label: entity.T("订单行已交付数量", "delivered quantity of an order line"), SQL: `
			SELECT l.id, l.base_shipped, o.created_at FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE l.fulfilment = 'stock'`},
		{Name: "won", Label: entity.T("商机对应的订单数", "orders of an opportunity"), SQL: `
			SELECT opportunity_id, count(*), min(created_at) FROM sales_order WHERE ` + alive + ` GROUP BY 1`},
		{Name: "deal_delivery", Label: entity.T("订单的交付进度", "delivery progress of the order"), SQL: `
			SELECT opportunity_id, delivery_progress, created_at FROM sales_order WHERE ` + alive},
		{Name: "deal_collected", Label: entity.T("订单的已收金额", "what is collected of the order"), SQL: `
			SELECT opportunity_id, collected_amount, created_at FROM sales_order WHERE ` + alive},
		{Name: "services", Label: entity.T("由项目履行的订单行", "an order line that a project renders"), SQL: `
			SELECT l.id, 1, o.created_at FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
			WHERE l.fulfilment = 'project' AND o.status <> 'cancelled'`},
		{Name: "order_collected", Label: entity.T("订单上的已收金额", "what is collected by the order"), SQL: "SELECT id, collected_amount, created_at FROM sales_order"},
	}
}
