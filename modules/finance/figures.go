package finance

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// figures are what the books are known by.
func figures() []modules.Figure {
	return []modules.Figure{
		{Name: "trial_balance", Label: entity.T("试算平衡表", "Trial balance"), SQL: `
			SELECT a.code, trim_scale(sum(l.debit)) || ' ' || trim_scale(sum(l.credit)) FROM finance_entry_line l JOIN finance_entry e ON e.id = l.entry_id
			JOIN finance_account a ON a.id = l.account_id WHERE e.status = 'posted' GROUP BY a.code`},
		{Name: "open_items", Label: entity.T("未清应收与应付", "Open receivables and payables"), SQL: `
			SELECT no, trim_scale(residual_amount) FROM finance_invoice WHERE residual_amount <> 0
			UNION ALL SELECT no, trim_scale(residual_amount) FROM finance_bill WHERE residual_amount <> 0`},
	}
}
