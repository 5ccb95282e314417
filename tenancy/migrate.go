package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
)

// pending finds tenants of which a line that they have, also one that is switched off, or a line that all must have is behind. Those that failed in
// this run are left out.
const pending = `select t.id::text, t.name from tenon.tenant t where t.state <> 'deleted' and exists (
	select 1 from unnest($1::text[], $2::int[], $3::bool[]) l(line, latest, always)
	left join tenon.tenant_module m on m.tenant_id = t.id and m.module = l.line
	where m.version < l.latest or m.module is null and l.always) order by t.id`

type behind struct {
	id   id.ID
	name string
}

func (db *DB) behind(ctx context.Context) ([]behind, error) {
	names, latest := db.lines.latest()
	always := make([]bool, len(names))
	for i, l := range db.lines.order {
		always[i] = l.Always
	}
	rows, err := db.control.Query(ctx, pending, names, latest, always)
	if err != nil {
		return nil, final(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b behind, err error) {
		var key string
		if err := row.Scan(&key, &b.name); err != nil {
			return b, err
		}
		b.id, err = id.Parse(key)
		return b, err
	})
}

// Migrate brings all tenants' tables to the latest versions, so many tenants at once, each in a transaction of its own: interrupted, it goes on where
// it stopped. A tenant that fails keeps its error in the registry and the others go on; the errors are returned together at the end. Several
// programs may migrate at the same time. progress, when given, is called after each tenant, by one goroutine at a time.
func (db *DB) Migrate(ctx context.Context, parallel int, progress func(done, total int, tenant string, err error)) error {
	if err := db.understands(ctx); err != nil {
		return err
	}
	list, err := db.behind(ctx)
	if err != nil {
		return err
	}
	work := make(chan behind)
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		all  []error
		done int
	)
	for range min(max(1, parallel), 6) {
		wg.Go(func() {
			for b := range work {
				err := db.catchUp(ctx, b)
				mu.Lock()
				done++
				if err != nil {
					all = append(all, fmt.Errorf("%s (%s): %w", b.name, b.id, err))
				}
				if progress != nil {
					progress(done, len(list), b.name, err)
				}
				mu.Unlock()
			}
		})
	}
	for _, b := range list {
		if ctx.Err() != nil {
			break
		}
		work <- b
	}
	close(work)
	wg.Wait()
	return errors.Join(append(all, ctx.Err())...)
}

// catchUp migrates one tenant. One that another program has locked is that one's business.
func (db *DB) catchUp(ctx context.Context, b behind) error {
	var after []func(context.Context)
	changed := false
	err := db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		var one int
		err := a.QueryRowContext(ctx, "select 1 from tenon.tenant where id = $1 and state <> 'deleted' for update skip locked", b.id.String()).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		has, err := db.has(ctx, a, b.id)
		if err != nil {
			return err
		}
		t, err := db.loadTenant(ctx, b.id)
		if err != nil {
			return err
		}
		list := db.late(has)
		if len(list) == 0 {
			return nil
		}
		changed = true
		after, err = db.raise(ctx, a, t, "", list, has, Actor{Name: "Tenon", System: true, Locale: t.Locale}, nil)
		return err
	})
	if err != nil {
		db.keepError(ctx, b.id, err)
		return err
	}
	for _, fn := range after {
		fn(context.WithoutCancel(ctx))
	}
	if changed {
		return db.Bump(ctx, b.id)
	}
	return nil
}

// late returns the lines that a tenant has, or must have, and that are behind.
func (db *DB) late(has map[string]have) []*line {
	var list []*line
	for _, l := range db.lines.order {
		h, there := has[l.Name]
		if l.Always && !there {
			has[l.Name] = have{on: true}
			list = append(list, l)
		} else if there && h.version < l.latest {
			list = append(list, l)
		}
	}
	return list
}

// keepError writes down why a tenant could not be migrated, at the lines that are behind.
func (db *DB) keepError(ctx context.Context, tenant id.ID, cause error) {
	names, latest := db.lines.latest()
	_, err := db.control.Exec(context.WithoutCancel(ctx), `update tenon.tenant_module m set error = $2 from unnest($3::text[], $4::int[]) l(line, latest)
		where m.tenant_id = $1 and m.module = l.line and m.version < l.latest`, tenant.String(), cause.Error(), names, latest)
	if err != nil {
		db.log.ErrorContext(ctx, "a migration's error could not be kept", "tenant", tenant.String(), "cause", cause, "error", err)
	}
}
