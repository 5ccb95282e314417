package record_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

func root(int) string { return "" }

func (b bench) add(t *testing.T, path string, body map[string]any) (key id.ID) {
	t.Helper()
	err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Path(path), []map[string]any{body}, root)
		if err == nil {
			key = keys[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (b bench) list(t *testing.T, role, path string, params map[string][]string) (rows []map[string]any, page record.Page, err error) {
	t.Helper()
	q, err := record.ParseQuery(params)
	if err != nil {
		return nil, page, err
	}
	err = b.as(t, role, func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		page, err = record.List(ctx, tx, record.Catalog(tx).Path(path), q)
		return err
	}, tenancy.ReadOnly())
	for _, raw := range page.Data {
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		rows = append(rows, m)
	}
	return rows, page, err
}

func TestLinesComeWithTheirDocument(t *testing.T) {
	b := newBench(t)
	a := b.add(t, "toy/items", map[string]any{"number": "A", "name": "甲", "cost": "1.5"})
	b.add(t, "toy/boxes", map[string]any{"lines": []any{
		map[string]any{"item_id": a.String(), "quantity": "2"},
		map[string]any{"item_id": a.String(), "quantity": json.Number("0.5")},
	}})
	rows, _, err := b.list(t, "owner", "toy/boxes", map[string][]string{"total[gte]": {"2.5"}, "expand": {"lines.item"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0]["total"] != "2.50" || rows[0]["no"] != "BX000001" || rows[0]["status"] != "draft" {
		t.Fatalf("got %v", rows)
	}
	lines, _ := rows[0]["lines"].([]any)
	second, _ := lines[1].(map[string]any)
	if len(lines) != 2 || second["quantity"] != "0.5" || fmt.Sprint(second["item"].(map[string]any)["name"]) != "甲" {
		t.Fatalf("lines: %v", lines)
	}
}

func TestEveryMistakeIsToldAtOnce(t *testing.T) {
	b := newBench(t)
	err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := record.Add(ctx, tx, record.Catalog(tx).Path("toy/boxes"), []map[string]any{{
			"colour": "red", "no": "X1", "lines": []any{
				map[string]any{"item_id": "nonsense", "quantity": "-1"},
				map[string]any{"item_id": b.engine.DB().NewID().String(), "quantity": "1e9"},
				map[string]any{"quantity": "0.00000001"},
			},
		}}, root)
		return err
	})
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		t.Fatalf("got %v", err)
	}
	got := map[string]string{}
	for _, x := range f.Fields {
		got[x.Path] = x.Reason
	}
	want := map[string]string{
		"colour": "field.unknown", "no": "field.computed", "lines[0].item_id": "reference.unknown", "lines[0].quantity": "value.positive",
		"lines[1].quantity": "value.type", "lines[1].item_id": "reference.unknown", "lines[2].quantity": "value.scale", "lines[2].item_id": "required",
	}
	for path, reason := range want {
		if got[path] != reason {
			t.Errorf("%s: got %q, want %q", path, got[path], reason)
		}
	}
}

func TestDeniedFieldsAreNamedAndGiveNothingAway(t *testing.T) {
	b := newBench(t)
	b.add(t, "toy/items", map[string]any{"number": "A", "name": "a", "cost": "7.77"})
	rows, page, err := b.list(t, "sales", "toy/items", nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page.Data[0]), "7.77") || fmt.Sprint(rows[0]["_denied"]) != "[cost]" {
		t.Fatalf("got %s", page.Data[0])
	}
	for _, params := range []map[string][]string{{"cost": {"7.77"}}, {"sort": {"cost"}}, {"cost[null]": {"true"}}} {
		if _, _, err := b.list(t, "sales", "toy/items", params); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%v: got %v, want forbidden", params, err)
		}
	}
	err = b.as(t, "sales", func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := record.Add(ctx, tx, record.Catalog(tx).Path("toy/items"), []map[string]any{{"number": "B", "name": "b", "cost": "1"}}, root)
		return err
	})
	if f := fault.As(err); f == nil || f.Kind != fault.Forbidden || f.Fields[0].Path != "cost" {
		t.Fatalf("writing a denied field: %v", err)
	}
}

func TestKeysetPagesMeetEveryRecordOnce(t *testing.T) {
	b := newBench(t)
	for i := range 23 {
		note := map[string]any{"number": fmt.Sprintf("N%02d", i), "name": fmt.Sprintf("n%d", i%4), "cost": strconv.Itoa(i % 3)}
		if i%5 != 0 {
			note["note"] = fmt.Sprintf("x%d", i%2)
		}
		b.add(t, "toy/items", note)
	}
	for _, sort := range []string{"", "name", "-cost,name", "note", "-note,number", "-created_at"} {
		seen := map[any]int{}
		params := map[string][]string{"limit": {"4"}, "count": {"true"}}
		if sort != "" {
			params["sort"] = []string{sort}
		}
		for {
			rows, page, err := b.list(t, "owner", "toy/items", params)
			if err != nil {
				t.Fatal(err)
			}
			if *page.Total != 23 {
				t.Fatalf("total %d", *page.Total)
			}
			for _, r := range rows {
				seen[r["id"]]++
			}
			if page.Next == "" {
				break
			}
			params["cursor"] = []string{page.Next}
		}
		if len(seen) != 23 {
			t.Errorf("sort %q: %d of 23 records", sort, len(seen))
		}
		b.skips(t, sort)
	}
}

// skips jumps into a list: what is there is what its pages would have come to, and a cursor goes on from it.
func (b bench) skips(t *testing.T, sort string) {
	t.Helper()
	ask := map[string][]string{"limit": {"50"}}
	if sort != "" {
		ask["sort"] = []string{sort}
	}
	whole, _, err := b.list(t, "owner", "toy/items", ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, skip := range []string{"17", "-6"} { // of 23
		ask["limit"], ask["skip"] = []string{"3"}, []string{skip}
		delete(ask, "cursor")
		there, page, err := b.list(t, "owner", "toy/items", ask)
		if err != nil {
			t.Fatal(err)
		}
		delete(ask, "skip")
		ask["cursor"] = []string{page.Next}
		behind, last, err := b.list(t, "owner", "toy/items", ask)
		if err != nil {
			t.Fatal(err)
		}
		if len(there)+len(behind) != 6 || last.Next != "" {
			t.Errorf("sort %q, skip %s: %d and %d records", sort, skip, len(there), len(behind))
		}
		for i, r := range append(there, behind...) {
			if r["id"] != whole[17+i]["id"] {
				t.Errorf("sort %q, skip %s: another record at %d", sort, skip, 17+i)
			}
		}
	}
}

func TestUnknownFieldsAndOperatorsAreRefused(t *testing.T) {
	b := newBench(t)
	for _, params := range []map[string][]string{
		{"colour": {"red"}},
		{"name[like]": {"a"}},
		{"cost[gt]": {"abc"}},
		{"cost[contains]": {"1"}},
		{"sort": {"colour"}},
		{"fields": {"colour"}},
		{"expand": {"colour"}},
		{"limit": {"501"}},
		{"limit": {"0"}},
		{"skip": {"-1000001"}},
		{"skip": {"1000001"}},
		{"skip": {"5"}, "cursor": {"x"}},
		{"cursor": {"x"}},
		{"id": {"1"}},
	} {
		if _, _, err := b.list(t, "owner", "toy/items", params); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: got %v, want invalid", params, err)
		}
	}
}

func TestStaleVersionsAndDuplicatesConflict(t *testing.T) {
	b := newBench(t)
	key := b.add(t, "toy/items", map[string]any{"number": "A", "name": "a"})
	change := func(version int64, body map[string]any) error {
		return b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Change(ctx, tx, record.Catalog(tx).Path("toy/items"), key, version, body)
		})
	}
	if err := change(1, map[string]any{"name": "b"}); err != nil {
		t.Fatal(err)
	}
	if f := fault.As(change(1, map[string]any{"name": "c"})); f == nil || f.Kind != fault.Conflict || f.Data["current_version"] != int64(2) {
		t.Fatalf("stale: %v", f)
	}
	b.add(t, "toy/items", map[string]any{"number": "B", "name": "b"})
	if f := fault.As(change(2, map[string]any{"number": "B"})); f == nil || f.Kind != fault.Conflict || f.Fields[0].Path != "number" {
		t.Fatalf("duplicate: %v", f)
	}
}

func TestPatchReplacesLines(t *testing.T) {
	b := newBench(t)
	a := b.add(t, "toy/items", map[string]any{"number": "A", "name": "a"})
	line := func(q string, key any) map[string]any {
		m := map[string]any{"item_id": a.String(), "quantity": q}
		if key != nil {
			m["id"] = key
		}
		return m
	}
	key := b.add(t, "toy/boxes", map[string]any{"lines": []any{line("1", nil), line("2", nil), line("3", nil)}})
	rows, _, _ := b.list(t, "owner", "toy/boxes", nil)
	lines := rows[0]["lines"].([]any)
	third := lines[2].(map[string]any)["id"]
	err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Change(ctx, tx, record.Catalog(tx).Path("toy/boxes"), key, 1, map[string]any{"lines": []any{line("5", nil), line("4", third)}})
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, _, _ = b.list(t, "owner", "toy/boxes", nil)
	lines = rows[0]["lines"].([]any)
	last := lines[1].(map[string]any)
	if len(lines) != 2 || rows[0]["total"] != "9.00" || last["id"] != third || last["quantity"] != "4" || rows[0]["version"] != float64(2) {
		t.Fatalf("got %v", rows[0])
	}
}

func TestADryRunShowsTheTreeAndLeavesNothing(t *testing.T) {
	b := newBench(t)
	a := b.add(t, "toy/items", map[string]any{"number": "A", "name": "a"})
	key := b.add(t, "toy/boxes", map[string]any{"lines": []any{map[string]any{"item_id": a.String(), "quantity": "1"}}})
	hashes := map[string]bool{}
	run := func(opts ...tenancy.Option) error {
		return b.as(t, "sales", func(ctx context.Context, tx *tenancy.Tx) error {
			if err := record.Run(ctx, tx, record.Catalog(tx).Path("toy/boxes"), key, "seal", nil); err != nil {
				return err
			}
			if err := record.Settle(ctx, tx); err != nil {
				return err
			}
			tree, err := record.TreeOf(ctx, tx, i18n.EN)
			if err != nil {
				return err
			}
			hashes[tree.Hash] = true
			if len(tree.Events) != 1 || tree.Events[0].Type != "toy.box.sealed" || tree.Effects[0].Values["status"] != "sealed" {
				t.Errorf("tree: %+v", tree)
			}
			return nil
		}, opts...)
	}
	for range 2 {
		if err := run(tenancy.DryRun()); err != nil {
			t.Fatal(err)
		}
	}
	if rows, _, _ := b.list(t, "owner", "toy/boxes", nil); rows[0]["status"] != "draft" {
		t.Fatalf("the dry run left %v", rows[0])
	}
	if err := run(); err != nil {
		t.Fatal(err)
	}
	if len(hashes) != 1 {
		t.Fatalf("the same outcome has %d hashes", len(hashes))
	}
	if err := run(); !fault.Is(err, fault.Conflict) {
		t.Fatalf("sealing twice: %v", err)
	}
}

func TestImportReportsRowsAndColumns(t *testing.T) {
	b := newBench(t)
	b.add(t, "toy/items", map[string]any{"number": "A", "name": "a"})
	load := func(csv string) (n int, err error) {
		table, err := record.ReadCSV(strings.NewReader(csv))
		if err != nil {
			return 0, err
		}
		err = b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
			keys, err := record.Import(ctx, tx, record.Catalog(tx).Path("toy/boxes"), table)
			n = len(keys)
			return err
		})
		return n, err
	}
	n, err := load("lines.item_id,lines.quantity\nA,1\nA,2\n")
	if err != nil || n != 1 {
		t.Fatalf("two lines of one box: %d %v", n, err)
	}
	_, err = load("lines.item_id,lines.quantity\nA,x\nZ,2\n")
	f := fault.As(err)
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Path != "row 2: lines.quantity" || f.Fields[1].Path != "row 3: lines.item_id" {
		t.Fatalf("got %v", err)
	}
}
