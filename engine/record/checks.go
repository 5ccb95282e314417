package record

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// Checks are what every unit of work leaves behind in good order.
func Checks() []modules.Check {
	return []modules.Check{
		{Name: "events_have_causes", Label: entity.T("事件的起因都有记录", "The cause of each event is on record"), SQL: `
			SELECT e.record_id, format('event %s (%s) was caused by %s, which is not there', e.id, e.name, e.cause_id)
			FROM event_log e WHERE e.cause_id IS NOT NULL AND NOT EXISTS (SELECT FROM event_log c WHERE c.id = e.cause_id)`},
		{Name: "audit_has_causes", Label: entity.T("审计记录的起因都有记录", "The cause of each audit entry is on record"), SQL: `
			SELECT a.record_id, format('audit entry %s (%s of %s) was caused by %s, which is not there', a.id, a.action, a.entity, a.cause_id)
			FROM audit_entry a WHERE a.cause_id IS NOT NULL AND NOT EXISTS (SELECT FROM event_log c WHERE c.id = a.cause_id)`},
		{Name: "keys_have_answers", Label: entity.T("每个 Idempotency-Key 都有对应的答复", "Each Idempotency-Key has its answer"), SQL: `
			SELECT actor_id, format('key %s of %s has no answer', key, actor_id) FROM idempotency_key WHERE status IS NULL`},
	}
}
