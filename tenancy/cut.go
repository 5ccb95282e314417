package tenancy

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/fault"
)

// CutAudit removes a tenant's audit up to a place of its chain, as the owner of the tables: the tenant's own role can't. The chain goes on from there.
func (db *DB) CutAudit(ctx context.Context, t *Tenant, upTo int64) error {
	if t == nil || t.home != db || upTo < 1 {
		return fault.New(fault.Internal, "audit.cut", "无效的截断位置", "There is no such place to cut at")
	}
	return db.asOwnerOf(ctx, t, fmt.Sprintf(`update audit_head set cut_n = %[1]d, cut_hash = (select hash from audit_link where n = %[1]d) where exists (select from audit_link where n = %[1]d);
		delete from audit_entry using audit_link l where l.seq = audit_entry.seq and l.n <= %[1]d;
		delete from audit_checkpoint where n <= %[1]d; delete from audit_link where n <= %[1]d`, upTo))
}
