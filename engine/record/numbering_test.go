package record_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// rule sets how boxes are numbered; the number that comes next.
func (b *bench) rule(t *testing.T, r record.NumberRule, opts ...tenancy.Option) (next string, err error) {
	t.Helper()
	err = b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		x, err := record.SetNumberRule(ctx, tx, record.Catalog(tx).Path("toy/boxes"), r)
		next = x.Next
		return err
	}, opts...)
	if err == nil && len(opts) == 0 {
		if err = b.engine.DB().Bump(t.Context(), b.tenant.ID); err != nil {
			t.Fatal(err)
		}
		b.tenant, err = b.engine.DB().Tenant(t.Context(), b.tenant.ID)
	}
	return next, err
}

// draw makes n boxes and returns their numbers.
func (b *bench) draw(t *testing.T, n int) []string {
	t.Helper()
	for range n {
		b.add(t, "toy/boxes", map[string]any{})
	}
	rows, _, err := b.list(t, "owner", "toy/boxes", map[string][]string{"sort": {"-created_at,-id"}, "limit": {fmt.Sprint(n)}})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r["no"]))
	}
	slices.Reverse(out)
	return out
}

func TestNumberRulesNeverGiveANumberTwice(t *testing.T) {
	b := newBench(t)
	var year, month string
	err := b.as(t, "owner", func(_ context.Context, tx *tenancy.Tx) error {
		year, month = tx.Today().String()[:4], strings.ReplaceAll(tx.Today().String()[:7], "-", "")
		return nil
	}, tenancy.ReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	all := b.draw(t, 2)
	if all[1] != "BX000002" {
		t.Fatalf("the program's own rule gives %v", all)
	}
	for _, step := range []struct {
		rule record.NumberRule
		next string
	}{
		{record.NumberRule{Prefix: "BX", Date: "YYYY", Digits: 4, Reset: record.ResetYear}, "BX" + year + "-0001"},
		{record.NumberRule{Prefix: "箱", Date: "", Digits: 3, Reset: record.ResetNever}, "箱003"},
		{record.NumberRule{Prefix: "BX", Date: "YYYYMM", Digits: 3, Reset: record.ResetMonth}, "BX" + month + "-001"},
		{record.NumberRule{Prefix: "BX", Date: "YYYY", Digits: 4, Reset: record.ResetNever}, "BX" + year + "-0005"},
		{record.NumberRule{Prefix: "BX", Date: "YYYY", Digits: 4, Reset: record.ResetYear}, "BX" + year + "-0007"},
		{record.NumberRule{Prefix: "BX", Date: "", Digits: 6, Reset: record.ResetNever}, "BX000007"},
	} {
		preview, err := b.rule(t, step.rule, tenancy.DryRun())
		if err != nil || preview != step.next {
			t.Fatalf("%+v would give %s, want %s: %v", step.rule, preview, step.next, err)
		}
		next, err := b.rule(t, step.rule)
		if err != nil || next != step.next {
			t.Fatalf("%+v gives %s, want %s: %v", step.rule, next, step.next, err)
		}
		got := b.draw(t, 2)
		if got[0] != step.next {
			t.Fatalf("%+v gave %v, want %s first", step.rule, got, step.next)
		}
		for _, no := range got {
			if slices.Contains(all, no) {
				t.Errorf("%s comes twice", no)
			}
			all = append(all, no)
		}
	}
}

func TestACountThatBeginsAgainHoldsUnderACrowd(t *testing.T) {
	b := newBench(t)
	if _, err := b.rule(t, record.NumberRule{Prefix: "C", Date: "YY", Digits: 3, Reset: record.ResetYear}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
				_, err := record.Add(ctx, tx, record.Catalog(tx).Path("toy/boxes"), []map[string]any{{}, {}}, root)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	rows, _, err := b.list(t, "owner", "toy/boxes", map[string][]string{"sort": {"no"}})
	if err != nil || len(rows) != 16 || !strings.HasSuffix(fmt.Sprint(rows[15]["no"]), "-016") {
		t.Errorf("%d boxes, the last is %v: %v", len(rows), rows[len(rows)-1]["no"], err)
	}
}

func TestNumberRulesThatWouldRepeatAreRefused(t *testing.T) {
	b := newBench(t)
	for _, r := range []record.NumberRule{
		{Prefix: "A1", Digits: 6, Reset: record.ResetNever},
		{Prefix: "A'; DROP", Digits: 6, Reset: record.ResetNever},
		{Prefix: "ABCDEFGHIJKLM", Digits: 6, Reset: record.ResetNever},
		{Prefix: "A", Digits: 2, Reset: record.ResetNever},
		{Prefix: "A", Digits: 13, Reset: record.ResetNever},
		{Prefix: "A", Digits: 6, Reset: record.ResetYear},
		{Prefix: "A", Date: "YYYY", Digits: 6, Reset: record.ResetMonth},
		{Prefix: "A", Date: "MM", Digits: 6, Reset: record.ResetMonth},
		{Prefix: "A", Digits: 6, Reset: "daily"},
	} {
		if _, err := b.rule(t, r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v, want invalid", r, err)
		}
	}
}
