package production

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// checks are what holds on the floor at every moment.
func checks() []modules.Check {
	return []modules.Check{
		{Name: "done_within_quantity", Label: entity.T("完工的工单没有剩余，或在容差内结案", "An order that is done has nothing left to make, or was closed within its tolerance"), SQL: `
			SELECT id, format('order %s is %s: %s of %s made, %s scrapped, %s to be worked over', no, status, done_quantity, quantity, scrap_quantity, rejected_quantity)
			FROM production_order WHERE status = 'done' AND done_quantity + scrap_quantity + rejected_quantity < quantity
				AND done_quantity < quantity - round(quantity * under_percent / 100, 6)`},
		{Name: "parents_live", Label: entity.T("进行中的下级工单不属于已取消的上级", "No order is open for a parent that is cancelled"), SQL: `
			SELECT c.id, format('order %s is %s for order %s, which is %s', c.no, c.status, p.no, p.status)
			FROM production_order c JOIN production_order p ON p.id = c.parent_id WHERE c.status = 'planned' AND p.status = 'cancelled' AND c.demand_quantity > 0`},
	}
}

// tallies are what the floor knows that the stock knows too.
func tallies() []modules.Tally {
	return []modules.Tally{
		{Name: "material_demand", Label: entity.T("工单用料未领数量", "open quantity of a material"), SQL: `
			SELECT m.id, greatest(m.quantity - m.issued_quantity, 0), o.created_at FROM production_material m JOIN production_order o ON o.id = m.order_id
			WHERE o.status IN ('planned', 'released', 'in_progress')`},
		{Name: "made_for", AtLeast: true, Label: entity.T("生产工单未完工数量", "what a production order still makes"), SQL: `
			SELECT id, greatest(quantity - done_quantity - scrap_quantity, 0), created_at FROM production_order
			WHERE status IN ('planned', 'released', 'in_progress')`},
	}
}
