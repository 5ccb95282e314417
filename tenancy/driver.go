package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/tenon-hq/tenon/internal/faultpoint"
)

// connector makes guarded connections of one login role.
type connector struct {
	driver.Connector

	slow func(ctx context.Context, s *scope, sql string, took time.Duration)
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("tenancy: unexpected driver connection %T", inner)
	}
	return &conn{pg: pg, slow: c.slow}, nil
}

// conn is a connection that refuses everything outside a unit of work, and in it everything but single, plain statements.
type conn struct {
	pg     *stdlib.Conn
	params params
	scope  *scope                    // of the open transaction
	ending *pgconn.MultiResultReader // the end of the last transaction, when nobody waited for it
	slow   func(ctx context.Context, s *scope, sql string, took time.Duration)

	statements map[statementKey]*prepared
	tick       uint64
	stale      bool // a transaction failed: what is prepared may no longer fit
}

func (c *conn) raw() *pgconn.PgConn { return c.pg.Conn().PgConn() }

func (c *conn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("tenancy: no prepared statements: tenants' tables differ")
}
func (c *conn) Begin() (driver.Tx, error) { return nil, errOutside }
func (c *conn) IsValid() bool             { return !c.pg.Conn().IsClosed() }

func (c *conn) Close() error {
	_ = c.drain()
	return c.pg.Close()
}

// ResetSession makes sure that the last transaction has ended before the next begins.
func (c *conn) ResetSession(ctx context.Context) error {
	if err := c.drain(); err != nil || c.scope != nil {
		return driver.ErrBadConn
	}
	if err := c.forget(ctx); err != nil {
		return driver.ErrBadConn
	}
	return c.pg.ResetSession(ctx)
}

// drain reads the answer to an end that nobody waited for. It has come long ago.
func (c *conn) drain() error {
	if c.ending == nil {
		return nil
	}
	err := c.raw().Conn().SetReadDeadline(time.Now().Add(5 * time.Second))
	_, failed := c.ending.ReadAll()
	c.ending = nil
	return errors.Join(err, failed, c.raw().Conn().SetReadDeadline(time.Time{}))
}

// CheckNamedValue refuses what pgx would read as an instruction, such as to use the simple protocol.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	switch v.Value.(type) {
	case pgx.QueryExecMode, pgx.QueryRewriter, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
		return fmt.Errorf("tenancy: %T is no argument", v.Value)
	}
	return nil
}

// BeginTx sends nothing yet, unless the scope is to be opened at once: what opens the transaction rides with its first statement.
func (c *conn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	s, ok := ctx.Value(scopeKey{}).(*scope)
	if !ok || c.scope != nil {
		return nil, errOutside
	}
	c.scope, s.on = s, c
	if s.atOnce {
		if err := c.script(ctx, ""); err != nil {
			c.scope = nil
			if pgconn.SafeToRetry(err) {
				return nil, driver.ErrBadConn
			}
			return nil, errors.Join(err, c.raw().Close(ctx))
		}
	}
	return &transaction{c, ctx}, nil
}

func (c *conn) QueryContext(ctx context.Context, sql string, args []driver.NamedValue) (_ driver.Rows, err error) {
	defer c.watch(ctx, sql)(&err)
	r, all, err := c.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return newRows(c, r, all)
}

func (c *conn) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (_ driver.Result, err error) {
	defer c.watch(ctx, sql)(&err)
	if len(args) == 0 && ctx.Value(scriptKey{}) != nil && c.scope != nil {
		return driver.ResultNoRows, c.script(ctx, sql)
	}
	r, all, err := c.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	tag, err := r.Close()
	if all != nil {
		err = errors.Join(err, all.Close())
	}
	return driver.RowsAffected(tag.RowsAffected()), err
}

// transaction ends what BeginTx began.
type transaction struct {
	c   *conn
	ctx context.Context //nolint:containedctx // driver.Tx has no other way to keep its values
}

var (
	errRolledBack = errors.New("tenancy: a statement had failed, so the commit rolled back")
	errCut        = errors.New("tenancy: the connection was lost before the commit")
)

// Commit is not cut short by the caller's cancellation: the outcome would be unknown for nothing.
func (t *transaction) Commit() error {
	s := t.c.scope
	t.c.scope = nil
	switch {
	case t.c.raw().IsClosed():
		return errCut
	case !s.open && t.c.raw().TxStatus() != 'I':
		return errors.Join(errRolledBack, t.leave(s, "rollback"))
	case s.read || !s.open:
		return t.leave(s, "commit")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 30*time.Second)
	defer cancel()
	s.statements++
	end := "commit"
	if s.role != "" {
		end = s.role + "; commit" // deferred triggers run as the role of this moment
	}
	faultpoint.Pass(ctx, "commit", "is", "next")
	answer := t.c.raw().Exec(ctx, end)
	faultpoint.Pass(ctx, "commit", "is", "sent")
	results, err := answer.ReadAll()
	faultpoint.Pass(ctx, "commit", "is", "done")
	if err == nil && results[len(results)-1].CommandTag.String() == "ROLLBACK" {
		return errRolledBack
	}
	return err
}

// Rollback does not wait for the answer either: there is nothing to learn from it.
func (t *transaction) Rollback() error {
	s := t.c.scope
	t.c.scope = nil
	return t.leave(s, "rollback")
}

// leave ends a transaction that has nothing to lose, without waiting.
func (t *transaction) leave(s *scope, how string) error {
	if t.c.raw().IsClosed() || t.c.raw().TxStatus() == 'I' {
		return nil
	}
	s.statements++
	t.c.stale = t.c.stale || t.c.raw().TxStatus() == 'E'
	t.c.ending = t.c.raw().Exec(context.Background(), how)
	return nil
}
