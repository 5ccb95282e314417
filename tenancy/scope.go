package tenancy

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/internal/faultpoint"
)

// scope is what one transaction runs under. BeginTx takes it from the context that this package made; without it there is no transaction. What opens
// the transaction and what sets its role wait here and ride with the next statement, in one message.
type scope struct {
	begin      []string // until they were sent
	role       string   // a change of role that was not sent yet
	schema     string   // whose statements may be kept prepared; empty: none are
	atOnce     bool
	read       bool // there is nothing to lose at the end
	open       bool
	statements int   // messages with SQL
	on         *conn // whose transaction it is
	tenant     string
	request    string // for logs
}

type (
	scopeKey  struct{}
	scriptKey struct{} // marks statements of this package itself: several in one message, any kind
)

// ahead is what has to be sent before the next statement.
func (s *scope) ahead() []string {
	if s.role == "" {
		return s.begin
	}
	return append(slices.Clip(s.begin), s.role)
}

// sent notes that what was ahead has been done.
func (s *scope) sent() { s.begin, s.role, s.open = nil, "", true }

// send checks a statement and sends it by the extended protocol, which takes one statement at a time. all is not nil when something was sent ahead;
// it is to be closed after r.
func (c *conn) send(ctx context.Context, sql string, named []driver.NamedValue) (r *pgconn.ResultReader, all *pgconn.MultiResultReader, err error) {
	s := c.scope
	if s == nil {
		return nil, nil, errOutside
	}
	args := make([]any, len(named))
	for i := range named {
		args[i] = named[i].Value
	}
	name, back := "", false
	if ctx.Value(scriptKey{}) == nil {
		word, err := admit(sql)
		if err != nil {
			return nil, nil, err
		}
		if query[word] {
			if len(args) == 0 {
				sql, args = lift(sql)
			}
			if name, err = c.known(ctx, sql); err != nil {
				return nil, nil, err
			}
		}
		back = word == "ROLLBACK"
	}
	ahead := s.ahead()
	if back {
		ahead = s.begin // a role can't be set before a failed transaction is back at its savepoint
	}
	if err := c.params.build(c.pg.Conn().TypeMap(), args); err != nil {
		return nil, nil, err
	}
	s.statements++
	faultpoint.Pass(ctx, "statement", "", "")
	p := &c.params
	if len(ahead) == 0 && name != "" {
		return c.raw().ExecPrepared(ctx, name, p.values, p.formats, nil), nil, nil
	}
	if len(ahead) == 0 {
		return c.raw().ExecParams(ctx, sql, p.values, nil, p.formats, nil), nil, nil
	}
	batch := &pgconn.Batch{}
	for _, a := range ahead {
		batch.ExecParams(a, nil, nil, nil, nil)
	}
	if name != "" {
		batch.ExecPrepared(name, p.values, p.formats, nil)
	} else {
		batch.ExecParams(sql, p.values, nil, p.formats, nil)
	}
	all = c.raw().ExecBatch(ctx, batch)
	for range ahead {
		if !all.NextResult() {
			return nil, nil, c.aheadError(cmp.Or(all.Close(), io.ErrUnexpectedEOF))
		}
	}
	s.sent()
	if !all.NextResult() {
		return nil, nil, cmp.Or(all.Close(), io.ErrUnexpectedEOF)
	}
	r = all.ResultReader()
	return r, all, nil
}

// aheadError tells that the tenant's role is gone, which only a tenant has that was deleted a moment ago.
func (c *conn) aheadError(err error) error {
	var pg *pgconn.PgError
	if !c.scope.open && errors.As(err, &pg) && pg.Code == "22023" {
		return noTenant().Because(err)
	}
	return err
}

// script sends statements of this package by the simple protocol. An error names the last mark that was passed.
func (c *conn) script(ctx context.Context, sql string) error {
	c.scope.statements++
	faultpoint.Pass(ctx, "statement", "", "")
	if ahead := c.scope.ahead(); len(ahead) > 0 {
		sql = strings.Join(ahead, "; ") + ";\n" + sql
	}
	results, err := c.raw().Exec(ctx, sql).ReadAll()
	if err == nil {
		c.scope.sent()
		return nil
	}
	out := &scriptError{cause: c.aheadError(err)}
	for _, r := range results {
		if len(r.FieldDescriptions) == 1 && r.FieldDescriptions[0].Name == markColumn && len(r.Rows) == 1 {
			out.passed = string(r.Rows[0][0])
		}
	}
	return out
}

// scriptError says after which mark a script failed.
type scriptError struct {
	passed string
	cause  error
}

func (e *scriptError) Error() string {
	if e.passed == "" {
		return e.cause.Error()
	}
	return fmt.Sprintf("%s: %v", e.passed, e.cause)
}

func (e *scriptError) Unwrap() error { return e.cause }
