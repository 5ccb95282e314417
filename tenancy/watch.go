package tenancy

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/trace"
)

const shownSQL = 2000 // bytes of a statement that a log or a span shows

// constants are what bun writes into a statement's text: values of customers, which have no place in logs.
var constants = regexp.MustCompile(`'(?:[^']|'')*'`)

// shape is a statement without its values.
func shape(sql string) string {
	if len(sql) > 16*shownSQL {
		sql = sql[:16*shownSQL]
	}
	sql = constants.ReplaceAllString(strings.Join(strings.Fields(sql), " "), "?")
	if at := strings.IndexByte(sql, '\''); at >= 0 { // a text that was cut off
		sql = sql[:at]
	}
	return strings.ToValidUTF8(sql[:min(shownSQL, len(sql))], "")
}

// watch measures a statement up to its first row, for the trace that it belongs to and for the log of slow ones.
func (c *conn) watch(ctx context.Context, sql string) func(err *error) {
	span, start, s := trace.Statement(ctx), time.Now(), c.scope
	return func(err *error) {
		took := time.Since(start)
		if span.IsRecording() {
			schema := ""
			if s != nil {
				schema = s.schema
			}
			trace.End(span, *err, "db.system.name", "postgresql", "db.query.text", shape(sql), "db.namespace", schema)
		}
		if c.slow != nil && s != nil {
			c.slow(ctx, s, sql, took)
		}
	}
}

// slow logs a statement that took longer than it should, by its tenant.
func (db *DB) slow(ctx context.Context, s *scope, sql string, took time.Duration) {
	if took >= db.cfg.SlowStatement {
		db.log.WarnContext(ctx, "slow statement", "tenant", s.tenant, "took", took.Round(time.Millisecond), "request_id", s.request, "sql", shape(sql))
	}
}
