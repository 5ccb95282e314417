package app

import (
	"context"
	"errors"
)

// Migrate brings all tenants' tables up to date. A tenant that fails keeps its error and the others go on: it is logged, and only what concerns all
// tenants is returned. done, when given, is told of each tenant.
func (a *App) Migrate(ctx context.Context, parallel int, done func(n, of int, tenant string, err error)) error {
	failed := 0
	err := a.DB.Migrate(ctx, parallel, func(n, of int, tenant string, err error) {
		if err != nil {
			failed++
			a.Config.Log.ErrorContext(ctx, "a tenant was not migrated", "tenant", tenant, "error", err)
		}
		if done != nil {
			done(n, of, tenant, err)
		}
	})
	if failed > 0 && ctx.Err() == nil {
		return nil
	}
	return errors.Join(err, ctx.Err())
}
