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
)

// scope is what one transaction runs under. BeginTx takes it from the context that this package made; without it there is no transaction.
type scope struct {
	begin      string // the one message that opens the transaction and sets role and search_path
	statements int
	dead       bool // the role could not be restored: nothing may follow but the end
}

type (
	scopeKey  struct{}
	scriptKey struct{} // marks statements of this package itself: several in one message, any kind
)

// connector makes guarded connections of one login role.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("tenancy: unexpected driver connection %T", inner)
	}
	return &conn{pg: pg}, nil
}

// conn is a connection that refuses everything outside a unit of work, and in it everything but single, plain statements.
type conn struct {
	pg    *stdlib.Conn
	scope *scope // of the open transaction
}

func (c *conn) raw() *pgconn.PgConn { return c.pg.Conn().PgConn() }

func (c *conn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("tenancy: no prepared statements: tenants' tables differ")
}
func (c *conn) Begin() (driver.Tx, error) { return nil, errOutside }
func (c *conn) Close() error              { return c.pg.Close() }
func (c *conn) IsValid() bool             { return !c.pg.Conn().IsClosed() }

func (c *conn) ResetSession(ctx context.Context) error {
	if c.scope != nil {
		return driver.ErrBadConn
	}
	return c.pg.ResetSession(ctx)
}

// CheckNamedValue refuses what pgx would read as an instruction, such as to use the simple protocol.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	switch v.Value.(type) {
	case pgx.QueryExecMode, pgx.QueryRewriter, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
		return fmt.Errorf("tenancy: %T is no argument", v.Value)
	}
	return nil
}

func (c *conn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	s, ok := ctx.Value(scopeKey{}).(*scope)
	if !ok || c.scope != nil {
		return nil, errOutside
	}
	s.statements++
	if _, err := c.raw().Exec(ctx, s.begin).ReadAll(); err != nil {
		if c.raw().TxStatus() != 'I' {
			_ = c.raw().Close(ctx)
		}
		if pgconn.SafeToRetry(err) {
			return nil, driver.ErrBadConn
		}
		return nil, err
	}
	c.scope = s
	return &transaction{c, ctx}, nil
}

// enter checks a statement before it is sent.
func (c *conn) enter(ctx context.Context, sql string) error {
	if c.scope == nil || c.scope.dead {
		return errOutside
	}
	c.scope.statements++
	if ctx.Value(scriptKey{}) != nil {
		return nil
	}
	return admit(sql)
}

func (c *conn) QueryContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.enter(ctx, sql); err != nil {
		return nil, err
	}
	return c.pg.QueryContext(ctx, sql, args)
}

func (c *conn) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.enter(ctx, sql); err != nil {
		return nil, err
	}
	if len(args) > 0 {
		return c.pg.ExecContext(ctx, sql, args)
	}
	if ctx.Value(scriptKey{}) != nil {
		_, err := c.raw().Exec(ctx, sql).ReadAll()
		return driver.ResultNoRows, err
	}
	// pgx would send a statement without arguments by the simple protocol, which takes several at once.
	r := c.raw().ExecParams(ctx, sql, nil, nil, nil, nil).Read()
	return driver.RowsAffected(r.CommandTag.RowsAffected()), r.Err
}

// transaction ends what BeginTx began.
type transaction struct {
	c   *conn
	ctx context.Context //nolint:containedctx // driver.Tx has no other way to keep its values
}

var errRolledBack = errors.New("tenancy: a statement had failed, so the commit rolled back")

// Commit is not cut short by the caller's cancellation: the outcome would be unknown for nothing.
func (t *transaction) Commit() error {
	ctx, cancel := t.end(30 * time.Second)
	defer cancel()
	results, err := t.c.raw().Exec(ctx, "commit").ReadAll()
	if err == nil && len(results) == 1 && results[0].CommandTag.String() == "ROLLBACK" {
		return errRolledBack
	}
	return err
}

func (t *transaction) Rollback() error {
	ctx, cancel := t.end(5 * time.Second)
	defer cancel()
	_, err := t.c.raw().Exec(ctx, "rollback").ReadAll()
	return err
}

func (t *transaction) end(limit time.Duration) (context.Context, context.CancelFunc) {
	t.c.scope.statements++
	t.c.scope = nil
	return context.WithTimeout(context.WithoutCancel(t.ctx), limit)
}
