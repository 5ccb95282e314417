package tenancy

import (
	"context"
	"fmt"
	"math"
)

const (
	keptStatements = 512       // on one connection, over all tenants that it serves
	longStatement  = 32 * 1024 // longer ones are one of a kind
)

// statementKey says which statement is meant: another tenant's tables may look different, so the schema is part of it.
type statementKey struct{ schema, sql string }

// prepared is a statement that PostgreSQL has parsed for one schema.
type prepared struct {
	name string // empty until it is used for the second time
	last uint64
}

// known returns the name under which a statement is prepared for the scope's schema, or nothing. What is asked for again is prepared then; whatever
// has to be sent ahead is sent first.
func (c *conn) known(ctx context.Context, sql string) (string, error) {
	if c.scope.schema == "" || len(sql) > longStatement {
		return "", nil
	}
	if c.statements == nil {
		c.statements = map[statementKey]*prepared{}
	}
	c.tick++
	key := statementKey{c.scope.schema, sql}
	p := c.statements[key]
	if p == nil {
		c.evict(ctx)
		c.statements[key] = &prepared{last: c.tick}
		return "", nil
	}
	p.last = c.tick
	if p.name != "" {
		return p.name, nil
	}
	if len(c.scope.ahead()) > 0 {
		if err := c.script(ctx, ""); err != nil {
			return "", err
		}
	}
	name := fmt.Sprintf("s%d", c.tick)
	if _, err := c.raw().Prepare(ctx, name, sql, nil); err != nil {
		return "", err
	}
	p.name = name
	return name, nil
}

// evict makes room for another statement.
func (c *conn) evict(ctx context.Context) {
	if len(c.statements) < keptStatements {
		return
	}
	oldest, at := statementKey{}, uint64(math.MaxUint64)
	for key, p := range c.statements {
		if p.last < at {
			oldest, at = key, p.last
		}
	}
	if name := c.statements[oldest].name; name != "" {
		_ = c.raw().Deallocate(ctx, name) // a connection that can't do this fails with the next statement
	}
	delete(c.statements, oldest)
}

// forget lets go of all prepared statements: after a failure one of them may no longer fit its tables.
func (c *conn) forget(ctx context.Context) error {
	if !c.stale {
		return nil
	}
	c.stale, c.statements = false, nil
	_, err := c.raw().Exec(ctx, "deallocate all").ReadAll()
	return err
}
