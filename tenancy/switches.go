package tenancy

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
)

// Switched is one switch of a module, as it was written down in the transaction that did it.
type Switched struct {
	Module string
	On     bool
	At     time.Time
}

// Switches returns when a tenant's modules were switched on and off, oldest first.
func (db *DB) Switches(ctx context.Context, tenant id.ID) ([]Switched, error) {
	rows, err := db.control.Query(ctx, "select module, on_, at from tenon.module_switch where tenant_id = $1 order by seq", tenant.String())
	if err != nil {
		return nil, final(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Switched])
	return list, final(err)
}
