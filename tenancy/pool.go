package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// pool is the connections of one login role.
type pool struct{ *bun.DB }

// pools are the buckets' pools, opened when a tenant of theirs is first asked for.
type pools struct {
	mu   sync.Mutex
	open map[int]*pool
}

func (p *pools) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all error
	for _, one := range p.open {
		all = errors.Join(all, one.Close())
	}
	return all
}

// open makes a pool of guarded connections. Nothing is connected yet.
func (db *DB) open(role, password string, most int) *pool {
	cfg := *db.base
	cfg.RuntimeParams = maps.Clone(db.base.RuntimeParams)
	db.login(&cfg.Config, role, password)
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec // one round trip, and no cache by text: tenants' tables differ
	cfg.StatementCacheCapacity, cfg.DescriptionCacheCapacity = 0, 0
	pg := sql.OpenDB(connector{stdlib.GetConnector(cfg), db.slow})
	pg.SetMaxOpenConns(most)
	pg.SetMaxIdleConns(most)
	pg.SetConnMaxLifetime(10 * time.Minute) // each backend keeps 60 kB for each table that it has touched
	pg.SetConnMaxIdleTime(time.Minute)
	return &pool{bun.NewDB(pg, pgdialect.New())}
}

// bucket returns the pool of a login role, by its number.
func (db *DB) bucket(ctx context.Context, n int) (*pool, error) {
	db.pools.mu.Lock()
	p := db.pools.open[n]
	db.pools.mu.Unlock()
	if p != nil {
		return p, nil
	}
	var role, password string
	err := db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		if err := a.QueryRowContext(ctx, "select role_name, password from tenon.bucket where n = $1", n).Scan(&role, &password); err != nil {
			return err
		}
		// This program's limits may be others than the last one's.
		return a.script(ctx, fmt.Sprintf("select pg_advisory_xact_lock(%d);\n", installLock)+db.settings(ownRole(role)))
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %d: %w", n, err)
	}
	db.pools.mu.Lock()
	defer db.pools.mu.Unlock()
	if p := db.pools.open[n]; p != nil {
		return p, nil
	}
	if db.pools.open == nil {
		db.pools.open = map[int]*pool{}
	}
	p = db.open(ownRole(role), password, db.cfg.MaxConns)
	db.pools.open[n] = p
	return p, nil
}

// settings are what sessions of a login role start with. They are the role's, so that they hold behind a pooler too.
func (db *DB) settings(role string) string {
	var s string
	for _, set := range []string{
		"search_path = ''", "jit = off", "idle_in_transaction_session_timeout = '5min'",
		fmt.Sprintf("statement_timeout = %d", db.cfg.StatementTimeout.Milliseconds()),
		fmt.Sprintf("lock_timeout = %d", db.cfg.LockTimeout.Milliseconds()),
	} {
		s += "alter role " + role + " set " + set + ";\n"
	}
	return s
}

// chooseBucket returns the number of a login role that has room, making one when all are full. Concurrent sign-ups may overshoot by a few.
func (db *DB) chooseBucket(ctx context.Context) (n int, err error) {
	err = db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		const room = `select b.n from tenon.bucket b where (select count(*) from tenon.tenant t where t.bucket = b.n and t.state <> 'deleted')
				+ (select count(*) from tenon.spare s where s.bucket = b.n) < $1
			order by b.n limit 1`
		err := a.QueryRowContext(ctx, room, db.cfg.TenantsPerLogin).Scan(&n)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := a.ExecContext(ctx, "lock table tenon.bucket in share row exclusive mode"); err != nil {
			return err
		}
		if err := a.QueryRowContext(ctx, room, db.cfg.TenantsPerLogin).Scan(&n); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := a.QueryRowContext(ctx, "select coalesce(max(n) + 1, 0) from tenon.bucket").Scan(&n); err != nil {
			return err
		}
		role, password := db.roles.bucket(n), random(24)
		if _, err := a.ExecContext(ctx, "insert into tenon.bucket values ($1, $2, $3)", n, role, password); err != nil {
			return err
		}
		return a.script(ctx, "create role "+role+" login noinherit password "+literal(password)+";\n"+db.settings(role)+db.roles.grant(db.roles.app(), role))
	})
	return n, err
}
