package tenancy

import (
	"strings"
	"testing"
)

// TestShapesHoldNoValues: what a log or a span shows of a statement holds none of the values in it.
func TestShapesHoldNoValues(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT 1":                              "SELECT 1",
		"select *\n\tfrom a where b = 'secret'": "select * from a where b = ?",
		"insert into a values ('it''s', 'x')":   "insert into a values (?, ?)",
		"select 'cut off":                       "select ",
	} {
		if got := shape(sql); got != want {
			t.Errorf("%q: %q", sql, got)
		}
	}
	long := shape("insert into a values ('" + strings.Repeat("secret", 10_000) + "')")
	if len(long) > shownSQL || strings.Contains(long, "secret") {
		t.Errorf("%d bytes: %.40s", len(long), long)
	}
}
