package form_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// Sealing and unsealing are stopped in the middle and started again: each value is changed once, none is lost, and a record that somebody changes meanwhile,
// in another field, keeps a value that opens.
func TestSealingStopsAnywhereAndGoesOn(t *testing.T) {
	a, _ := benches(t)
	local, err := keys.OpenLocal(t.TempDir(), nil)
	must(t, err)
	s := keys.New(keys.Config{DB: a.db, Platform: local})
	t.Cleanup(s.Close)
	a.engine.Sealer = s
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_iban", Kind: entity.KindText}))
	const many = 1200 // three batches
	bodies := make([]map[string]any, many)
	for i := range bodies {
		bodies[i] = map[string]any{"name": fmt.Sprintf("item %04d", i), "x_iban": fmt.Sprintf("CNRY-%04d", i)}
	}
	var made []id.ID
	must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) (err error) {
		made, err = record.Add(ctx, tx, record.Catalog(tx).Path("toy/items"), bodies, func(int) string { return "" })
		return err
	}))
	sealedNow := func() (n int) {
		must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.NewRaw("SELECT count(*) FROM item WHERE length(x_seal_x_iban) > 0 AND x_iban = ''").Scan(ctx, &n)
		}, tenancy.ReadOnly()))
		return n
	}
	whole := func(when string) {
		t.Helper()
		for _, i := range []int{0, 499, 500, 501, 999, 1000, many - 1} {
			rows, err := a.list(t, "owner", map[string][]string{"x_iban": {fmt.Sprintf("CNRY-%04d", i)}})
			if err != nil || len(rows) != 1 || rows[0]["x_iban"] != fmt.Sprintf("CNRY-%04d", i) {
				t.Errorf("%s: %d: %v %v", when, i, rows, err)
			}
		}
	}
	for _, seal := range []bool{true, false} {
		must(t, form.Mark(t.Context(), a.db, a.engine, a.now(t), actor(a, "owner"), "toy.item", "x_iban", seal, func(context.Context, *tenancy.Tx) error { return nil }))
		ctx, kill := context.WithCancel(t.Context())
		first, err := record.Recrypt(ctx, a.engine, a.now(t), "toy.item", "x_iban", func(done, _ int) {
			if done >= 500 {
				kill()
			}
		})
		kill()
		if !errors.Is(err, context.Canceled) || first != 500 {
			t.Fatalf("stopped after %d: %v", first, err)
		}
		want := map[bool]int{true: 500, false: many - 500}[seal]
		if n := sealedNow(); n != want {
			t.Errorf("%d are sealed in the middle, want %d", n, want)
		}
		whole("in the middle")
		must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error { // one that is done, one that is not yet
			for _, i := range []int{0, many - 1} {
				if err := record.Change(ctx, tx, record.Catalog(tx).Path("toy/items"), made[i], map[bool]int64{true: 1, false: 2}[seal], map[string]any{"name": "changed"}); err != nil {
					return err
				}
			}
			return nil
		}))
		rest, err := record.Recrypt(t.Context(), a.engine, a.now(t), "toy.item", "x_iban", nil)
		if err != nil || rest < many-501 || rest > many-500 { // who changed a record may have brought its value along
			t.Fatalf("the rest: %d: %v", rest, err)
		}
		if again, err := record.Recrypt(t.Context(), a.engine, a.now(t), "toy.item", "x_iban", nil); err != nil || again != 0 {
			t.Errorf("again: %d: %v", again, err)
		}
		must(t, form.Marked(t.Context(), a.db, a.engine, a.now(t), "toy.item", "x_iban"))
		if n := sealedNow(); n != map[bool]int{true: many, false: 0}[seal] {
			t.Errorf("%d are sealed at the end", n)
		}
		if seal {
			whole("at the end")
		}
	}
}
