package record_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/tenancy"
)

// A table that has grown gets its indexes, by which lists are read otherwise than before: page by page they say the same.
func TestLargeTablesReadTheSame(t *testing.T) {
	b := newBench(t)
	const n = 6000
	err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		rows := make([]map[string]any, n)
		for i := range rows {
			rows[i] = map[string]any{"number": fmt.Sprintf("N%05d", i), "name": fmt.Sprintf("上海%s机械 Pump %d", string(rune('一'+i%200)), i%70), "cost": fmt.Sprint(i % 9)}
			if i%3 > 0 {
				rows[i]["note"] = fmt.Sprint("note ", i%500)
			}
		}
		_, err := record.Add(ctx, tx, record.Catalog(tx).Path("toy/items"), rows, root)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	questions := []map[string][]string{
		{"sort": {"note"}},
		{"sort": {"-note"}},
		{"sort": {"-note,name"}, "number[starts]": {"N001"}},
		{"note[null]": {"true"}, "sort": {"-note"}},
		{"q": {"PUMP 6"}, "sort": {"number"}},
		{"q": {"海"}},
		{"q": {"海一机"}},
		{"q": {"nothing"}},
		{"name[contains]": {"一机械 pump 6"}, "sort": {"note"}},
		{"q": {"N0012"}},
		{"q": {"_%"}},
	}
	before := make([][]string, len(questions))
	for i, q := range questions {
		before[i] = b.all(t, q)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) { // PostgreSQL counts a moment later
		if err := b.engine.Grow(t.Context()); err != nil {
			t.Fatal(err)
		}
		now, err := b.engine.DB().Tenant(t.Context(), b.tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b.tenant = now; now.Large["item"] {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the table never got its indexes")
		}
	}
	if b.tenant.Large["box"] {
		t.Error("a table without rows counts as large")
	}
	for i, q := range questions {
		if now := b.all(t, q); !slices.Equal(now, before[i]) || len(now) == 0 && q["q"] == nil {
			t.Errorf("%v: %d records before, %d now", q, len(before[i]), len(now))
		}
	}
	if err := b.engine.Grow(t.Context()); err != nil { // nothing is left to do
		t.Fatal(err)
	}
	var plan []string
	err = b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.NewRaw("EXPLAIN SELECT id FROM item ORDER BY note DESC, id DESC LIMIT 50").Scan(ctx, &plan)
	}, tenancy.ReadOnly())
	if text := strings.Join(plan, "\n"); err != nil || !strings.Contains(text, "grown_list_") {
		t.Errorf("the order by a field reads no index: %v\n%s", err, text)
	}
}

// all reads a list to its end, 400 records a page.
func (b bench) all(t *testing.T, q map[string][]string) (ids []string) {
	t.Helper()
	ask := map[string][]string{"limit": {"400"}, "fields": {"id"}}
	for k, v := range q {
		ask[k] = v
	}
	for {
		rows, page, err := b.list(t, "owner", "toy/items", ask)
		if err != nil {
			t.Fatalf("%v: %v", q, err)
		}
		for _, r := range rows {
			ids = append(ids, fmt.Sprint(r["id"]))
		}
		if page.Next == "" {
			return ids
		}
		ask["cursor"] = []string{page.Next}
	}
}
