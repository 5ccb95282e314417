package tenancy

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"
)

// adminTx is a transaction of the administrator: registry and tables, never a tenant's rows by itself.
type adminTx struct {
	*sql.Tx
	bun   bun.Tx
	scope *scope
}

// script sends several statements of this package in one message.
func (a *adminTx) script(ctx context.Context, sql string) error {
	_, err := a.ExecContext(context.WithValue(ctx, scriptKey{}, true), sql)
	return err
}

// administer runs fn in one transaction of the administrator.
func (db *DB) administer(ctx context.Context, fn func(ctx context.Context, a *adminTx) error) error {
	return db.administerFrom(ctx, []string{"begin", "set local search_path = ''", "set local statement_timeout = '5min'", "set local lock_timeout = '30s'"}, fn)
}

// administerFrom is administer with a beginning of its own.
func (db *DB) administerFrom(ctx context.Context, begin []string, fn func(ctx context.Context, a *adminTx) error) error {
	s := &scope{atOnce: true, begin: begin}
	tx, err := db.admin.BeginTx(context.WithValue(ctx, scopeKey{}, s), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := fn(ctx, &adminTx{tx.Tx, tx, s}); err != nil {
		return err
	}
	return tx.Commit()
}

// asTenant runs fn in the administrator's transaction as the tenant's own role: what is seeded keeps to the same rights as later work. It is one
// unit of work; what it puts off is finished before the return, and its hooks for after the commit are returned.
func (db *DB) asTenant(ctx context.Context, a *adminTx, t *Tenant, actor Actor, fn func(ctx context.Context, tx *Tx) error) (
	after []func(context.Context), err error,
) {
	enter := fmt.Sprintf("set local search_path = %s, pg_temp; set local role %s", tenantName(t.Schema), tenantName(t.Role))
	if !db.roles.super {
		enter = db.roles.mine(tenantName(t.Role)) + enter
	}
	if err := a.script(ctx, enter); err != nil {
		return nil, err
	}
	u := db.unit(t, a.scope)
	ctx = context.WithValue(ctx, unitKey{}, u)
	if err := fn(ctx, &Tx{Tx: a.bun, Unit: u, Actor: actor}); err != nil {
		return nil, err
	}
	if err := u.end(ctx); err != nil {
		return nil, err
	}
	leave := "set constraints all immediate; set local role none; set local search_path = ''"
	if !db.roles.super {
		leave += "; revoke " + tenantName(t.Role) + " from current_user"
	}
	return u.after, a.script(ctx, leave)
}
