package crm

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// tallies are what deals know of the orders that came of them.
func tallies() []modules.Tally {
	return []modules.Tally{
		{Name: "won", Label: entity.T("已赢单的商机", "a won opportunity"), SQL: "SELECT id, 1, updated_at FROM crm_opportunity WHERE status = 'won' AND NOT order_cancelled"},
		{Name: "deal_delivery", Label: entity.T("商机的交付进度", "delivery progress of the opportunity"), SQL: `
			SELECT id, delivery_progress, created_at FROM crm_opportunity WHERE order_id IS NOT NULL AND NOT order_cancelled`},
		{Name: "deal_collected", Label: entity.T("商机的已收金额", "what the opportunity shows as collected"), SQL: `
			SELECT id, collected_amount, created_at FROM crm_opportunity WHERE order_id IS NOT NULL AND NOT order_cancelled`},
	}
}
