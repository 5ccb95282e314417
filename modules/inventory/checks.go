package inventory

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// checks are what holds in the stock at every moment.
func checks() []modules.Check {
	return []modules.Check{
		{Name: "on_hand_is_moves", Label: entity.T("现存量等于库存移动之和", "Stock on hand is the sum of moves"), SQL: `
			SELECT coalesce(b.product_id, m.product_id), format('product %s at location %s: %s on hand, moves give %s', coalesce(b.product_id, m.product_id),
				coalesce(b.location_id, m.location_id), coalesce(b.on_hand, 0), coalesce(m.quantity, 0))
			FROM stock_balance b FULL JOIN (SELECT v.product_id, v.location_id, v.lot_id, sum(v.quantity) AS quantity FROM (
				SELECT product_id, to_location_id AS location_id, lot_id, quantity FROM stock_move
				UNION ALL SELECT product_id, from_location_id, lot_id, -quantity FROM stock_move) v
				JOIN location l ON l.id = v.location_id AND l.type IN ('internal', 'transit', 'subcontractor') GROUP BY 1, 2, 3) m
				ON (m.product_id, m.location_id, coalesce(m.lot_id, '00000000-0000-0000-0000-000000000000')) =
					(b.product_id, b.location_id, coalesce(b.lot_id, '00000000-0000-0000-0000-000000000000'))
			WHERE coalesce(b.on_hand, 0) <> coalesce(m.quantity, 0)`},
		{Name: "reserved_is_there", Label: entity.T("预留量不超过现存量", "Reserved stock is on hand"), SQL: `
			SELECT product_id, format('product %s at location %s: %s reserved, %s on hand', product_id, location_id, reserved, on_hand)
			FROM stock_balance WHERE reserved < 0 OR reserved > on_hand AND NOT allow_negative`},
		{Name: "reserved_is_reservations", Label: entity.T("预留量等于未结预留之和", "Reserved stock is the sum of open reservations"), SQL: `
			SELECT coalesce(b.product_id, r.product_id), format('product %s at location %s: %s reserved, reservations are %s',
				coalesce(b.product_id, r.product_id), coalesce(b.location_id, r.location_id), coalesce(b.reserved, 0), coalesce(r.quantity, 0))
			FROM stock_balance b FULL JOIN (SELECT product_id, location_id, lot_id, sum(quantity) AS quantity FROM reservation
				WHERE status = 'open' AND source = 'stock' GROUP BY 1, 2, 3) r
				ON (r.product_id, r.location_id, coalesce(r.lot_id, '00000000-0000-0000-0000-000000000000')) =
					(b.product_id, b.location_id, coalesce(b.lot_id, '00000000-0000-0000-0000-000000000000'))
			WHERE coalesce(b.reserved, 0) <> coalesce(r.quantity, 0)`},
		{Name: "valued_is_on_hand", Label: entity.T("计价数量等于现存量", "Valued quantity is the stock on hand"), SQL: `
			SELECT v.product_id, format('product %s: %s valued, %s on hand', v.product_id, v.quantity, coalesce(b.on_hand, 0))
			FROM product_value v LEFT JOIN (SELECT product_id, sum(on_hand) AS on_hand FROM stock_balance GROUP BY product_id) b ON b.product_id = v.product_id
			WHERE v.quantity <> coalesce(b.on_hand, 0)`},
		{Name: "value_is_moves", Label: entity.T("存货金额等于各移动与成本调整之和", "The value of stock is the sum of its moves and late costs"), SQL: `
			SELECT v.product_id, format('product %s: worth %s, moves give %s, late costs %s', v.product_id, v.value, coalesce(m.value, 0), coalesce(a.value, 0))
			FROM product_value v LEFT JOIN (SELECT product_id, sum(value + residual_value) AS value FROM stock_move GROUP BY product_id) m
				ON m.product_id = v.product_id
			LEFT JOIN (SELECT product_id, sum(stock_amount) AS value FROM value_adjustment GROUP BY product_id) a ON a.product_id = v.product_id
			WHERE v.value <> coalesce(m.value, 0) + coalesce(a.value, 0)`},
		{Name: "serial_in_one_place", Label: entity.T("序列号只在一处", "A serial number is in one place"), SQL: `
			SELECT min(id::text)::uuid, format('lot %s: %s pieces at %s places', lot_id, sum(on_hand), count(*))
			FROM stock_balance WHERE serial AND on_hand <> 0 GROUP BY lot_id HAVING count(*) > 1 OR sum(on_hand) <> 1`},
		{Name: "deliveries_follow", Label: entity.T("未发货单与未结预留一致", "Open deliveries are what open reservations say"), SQL: `
			SELECT coalesce(d.line, r.line), format('order line %s: deliveries open %s, ready %s; reservations open %s, ready %s', coalesce(d.line, r.line),
				coalesce(d.open, 0), coalesce(d.ready, 0), coalesce(r.open, 0), coalesce(r.ready, 0))
			FROM (SELECT l.order_line_id AS line, sum(l.open_quantity) AS open, sum(l.quantity) AS ready FROM delivery_line l
				JOIN delivery h ON h.id = l.delivery_id AND h.status IN ('waiting', 'ready') GROUP BY 1) d
			FULL JOIN (SELECT demand_line_id AS line, sum(quantity) AS open, coalesce(sum(quantity) FILTER (WHERE source = 'stock'), 0) AS ready
				FROM reservation WHERE status = 'open' AND demand_entity = 'sales.order_line' GROUP BY 1) r ON r.line = d.line
			WHERE (coalesce(d.open, 0), coalesce(d.ready, 0)) <> (coalesce(r.open, 0), coalesce(r.ready, 0))`},
		{Name: "receipts_bring_it", Label: entity.T("等待收货的需求不超过在途收货", "What waits for a receipt is on that receipt"), SQL: `
			SELECT r.supply_id, format('receipt %s, product %s: %s awaited, %s on it', r.no, r.product_id, r.quantity, coalesce(l.quantity, 0))
			FROM (SELECT supply_id, max(supply_no) AS no, product_id, sum(quantity) AS quantity FROM reservation
				WHERE status = 'open' AND source = 'supply' AND supply_entity = 'inventory.receipt' GROUP BY supply_id, product_id) r
			LEFT JOIN (SELECT h.id, x.product_id, sum(x.quantity) AS quantity FROM receipt h JOIN receipt_line x ON x.receipt_id = h.id
				WHERE h.status = 'waiting' GROUP BY 1, 2) l ON (l.id, l.product_id) = (r.supply_id, r.product_id)
			WHERE r.quantity > coalesce(l.quantity, 0)`},
		{Name: "closed_reservations_hold_nothing", Label: entity.T("已结预留不占数量", "Reservations that are closed hold nothing"), SQL: `
			SELECT id, format('a reservation for %s that is %s has %s', demand_no, status, quantity) FROM reservation
			WHERE status <> 'open' AND quantity <> 0 OR status = 'open' AND quantity <= 0`},
	}
}

// tallies are what the stock knows of other modules' documents.
func tallies() []modules.Tally {
	const open = "FROM reservation WHERE status = 'open' AND "
	held := func(name, condition, key string, label entity.Text) modules.Tally {
		return modules.Tally{Name: name, Label: label, SQL: "SELECT " + key + ", sum(quantity), min(created_at) " + open + condition + " GROUP BY 1"}
	}
	moved := func(name, sum, condition, key string, label entity.Text) modules.Tally {
		return modules.Tally{Name: name, Label: label, SQL: "SELECT m." + key + ", sum(" + sum + "), min(m.created_at) FROM stock_move m " + condition + " GROUP BY 1"}
	}
	return []modules.Tally{
		held("order_demand", "demand_entity = 'sales.order_line'", "demand_line_id", entity.T("订单行的预留与待供应", "reserved, on its way or waiting for an order line")),
		held("order_reserved", "demand_entity = 'sales.order_line' AND source = 'stock'", "demand_line_id", entity.T("为订单行预留的现货", "goods held for an order line")),
		held("material_demand", "demand_entity = 'production.material'", "demand_line_id",
			entity.T("工单用料的预留与待供应", "reserved, on its way or waiting for a material")),
		held("made_for", "source = 'supply' AND supply_entity = 'production.production_order'", "supply_id",
			entity.T("等待生产工单的需求", "what waits for a production order")),
		held("bought_for", "source = 'supply' AND supply_entity = 'purchasing.requisition'", "supply_id", entity.T("等待采购申请的需求", "what waits for a requisition")),
		moved("shipped", "m.quantity", "WHERE m.source_entity = 'inventory.delivery'", "source_line_id", entity.T("已发出的数量", "goods that left for an order line")),
		{Name: "stock_postings", Label: entity.T("单据引起的存货金额变动", "by how much a document changed the value of stock"), SQL: `
			SELECT source_id, sum(value), min(created_at) FROM (
				SELECT source_id, value + residual_value AS value, created_at FROM stock_move WHERE source_id IS NOT NULL
				UNION ALL SELECT posting_id, stock_amount, created_at FROM value_adjustment) x GROUP BY 1`},
	}
}
