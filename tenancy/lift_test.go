package tenancy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLift(t *testing.T) {
	const key = "0198f0c2-0000-7000-8000-000000000001"
	for _, c := range []struct {
		sql, want string
		args      []any
	}{
		{"SELECT a FROM t WHERE id = '" + key + "'", "SELECT a FROM t WHERE id = $1", []any{key}},
		{"SELECT a FROM t WHERE id = ANY('{\"" + key + "\"}'::uuid[])", "SELECT a FROM t WHERE id = ANY($1::uuid[])", []any{"{\"" + key + "\"}"}},
		{"SELECT a FROM t WHERE id IN ('" + key + "', '" + key + "')", "SELECT a FROM t WHERE id IN ($1, $2)", []any{key, key}},
		{"SELECT a FROM t WHERE status = 'open' AND d <= '2026-01-31'", "SELECT a FROM t WHERE status = 'open' AND d <= $1", []any{"2026-01-31"}},
		{"INSERT INTO t (a, b) VALUES ('1.50', 'x')", "INSERT INTO t (a, b) VALUES ($1, 'x')", []any{"1.50"}},
		{"WITH d AS (UPDATE t SET a = '2' RETURNING a) SELECT a FROM d", "WITH d AS (UPDATE t SET a = $1 RETURNING a) SELECT a FROM d", []any{"2"}},
		// what is no data, or could mean something else as a parameter
		{"SELECT date '2026-01-31'", "SELECT date '2026-01-31'", nil},
		{"SELECT E'1'", "SELECT E'1'", nil},
		{"SELECT jsonb_build_object('1', a) FROM t", "SELECT jsonb_build_object('1', a) FROM t", nil},
		{"SELECT f(('1'), '2'::text) FROM t", "SELECT f(($1), $2::text) FROM t", []any{"1", "2"}},
		{"SELECT a FROM t WHERE b = '1' AND c = $1", "SELECT a FROM t WHERE b = '1' AND c = $1", nil},
		{"SELECT a FROM t WHERE b = $x$ = '1' $x$", "SELECT a FROM t WHERE b = $x$ = '1' $x$", nil},
		{`SELECT a FROM t WHERE "b = '1'" = '1'`, `SELECT a FROM t WHERE "b = '1'" = $1`, []any{"1"}},
		{"SELECT a FROM t WHERE b = 'it''s = ''1'''", "SELECT a FROM t WHERE b = 'it''s = ''1'''", nil},
		{"SELECT a /* = '1' */ FROM t -- = '2'\nWHERE b = '3'", "SELECT a /* = '1' */ FROM t -- = '2'\nWHERE b = $1", []any{"3"}},
		{"SELECT a FROM t WHERE b = 'open", "SELECT a FROM t WHERE b = 'open", nil},
	} {
		text, args := lift(c.sql)
		if text != c.want {
			t.Errorf("%s\n became %s\n wanted %s", c.sql, text, c.want)
		}
		if d := cmp.Diff(c.args, args); d != "" {
			t.Errorf("%s: %s", c.sql, d)
		}
	}
}
