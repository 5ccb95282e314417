package purchasing

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// checks are what holds at the buyer's desk at every moment.
func checks() []modules.Check {
	return []modules.Check{
		{Name: "ordered_have_an_order", Label: entity.T("已下单的申请有对应的采购订单", "A requisition that is ordered has its purchase order"), SQL: `
			SELECT r.id, format('requisition %s is %s on order %s, which is %s', r.no, r.status, o.no, coalesce(o.status, 'not there'))
			FROM requisition r LEFT JOIN purchase_order o ON o.id = r.purchase_order_id
			WHERE r.status = 'ordered' AND (o.id IS NULL OR o.status = 'cancelled')`},
	}
}

// tallies are what the buyer's desk knows that the stock knows too.
func tallies() []modules.Tally {
	return []modules.Tally{
		{Name: "bought_for", AtLeast: true, Label: entity.T("未收货的采购申请数量", "what a requisition asks for"), SQL: `
			SELECT id, quantity, created_at FROM requisition WHERE status IN ('draft', 'approved', 'ordered')`},
	}
}
