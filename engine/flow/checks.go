package flow

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// Checks are what holds of approvals at every moment.
func Checks() []modules.Check {
	return []modules.Check{
		{Name: "steps_agree", Label: entity.T("审批状态与各步骤一致", "An approval is where its steps are"), SQL: `
			SELECT a.id, format('approval of %s for %s is %s, with %s active and %s rejected steps', a.action, a.record_title, a.status,
				count(s.id) FILTER (WHERE s.status = 'active'), count(s.id) FILTER (WHERE s.status = 'rejected'))
			FROM approval a JOIN approval_step s ON s.approval_id = a.id GROUP BY a.id, a.action, a.record_title, a.status
			HAVING a.status = 'pending' AND count(s.id) FILTER (WHERE s.status = 'active') = 0
				OR a.status = 'approved' AND count(s.id) FILTER (WHERE s.status <> 'approved') > 0`},
	}
}
