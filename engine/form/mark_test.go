package form_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// A field is encrypted, found, rotated and decrypted again, and nobody who reads or writes meanwhile notices.
func TestAFieldIsSealedAndUnsealedInUse(t *testing.T) {
	a, _ := benches(t)
	local, err := keys.OpenLocal(t.TempDir(), nil)
	must(t, err)
	s := keys.New(keys.Config{DB: a.db, Platform: local})
	t.Cleanup(s.Close)
	a.engine.Sealer = s
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_iban", Kind: entity.KindText}))
	for _, n := range []string{"1", "2"} {
		_, err := a.add(t, "owner", map[string]any{"name": "item " + n, "x_iban": "CNRY-" + n})
		must(t, err)
	}
	stored := func() (plain, cipher int) {
		must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.NewRaw("SELECT count(*) FILTER (WHERE x_iban <> ''), count(*) FILTER (WHERE length(x_seal_x_iban) > 0) FROM item").Scan(ctx, &plain, &cipher)
		}, tenancy.ReadOnly()))
		return plain, cipher
	}
	mark := func(seal bool) error {
		return form.Mark(t.Context(), a.db, a.engine, a.now(t), actor(a, "owner"), "toy.item", "x_iban", seal, func(context.Context, *tenancy.Tx) error { return nil })
	}
	found := func(when, value string, want int) {
		t.Helper()
		rows, err := a.list(t, "owner", map[string][]string{"x_iban": {value}})
		if err != nil || len(rows) != want || want == 1 && rows[0]["x_iban"] != value {
			t.Errorf("%s: %v %v", when, rows, err)
		}
	}
	must(t, mark(true))
	found("before anything is encrypted", "CNRY-1", 1)
	_, err = a.add(t, "owner", map[string]any{"name": "item 3", "x_iban": "CNRY-3"})
	must(t, err)
	if plain, cipher := stored(); plain != 2 || cipher != 1 {
		t.Errorf("%d plain, %d encrypted: what is written follows the mark at once", plain, cipher)
	}
	found("a mixture", "CNRY-3", 1)
	n, err := record.Recrypt(t.Context(), a.engine, a.now(t), "toy.item", "x_iban", nil)
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	must(t, form.Marked(t.Context(), a.db, a.engine, a.now(t), "toy.item", "x_iban"))
	if plain, cipher := stored(); plain != 0 || cipher != 3 {
		t.Errorf("%d plain, %d encrypted", plain, cipher)
	}
	found("encrypted", "CNRY-2", 1)
	found("another value", "CNRY-9", 0)
	for _, q := range []map[string][]string{{"sort": {"x_iban"}}, {"x_iban[gt]": {"A"}}, {"x_iban[contains]": {"CNRY"}}} {
		_, err := a.list(t, "owner", q)
		refused(t, err, fault.Invalid, "fields.invalid")
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Reason != "field.sealed" {
			t.Error(err)
		}
	}
	must(t, s.Rotate(t.Context(), a.now(t), actor(a, "owner"), func(context.Context, *tenancy.Tx, int) error { return nil }))
	if n, err := record.Recrypt(t.Context(), a.engine, a.now(t), "", "", nil); err != nil || n != 3 {
		t.Error("after the rotation:", n, err)
	}
	if n, err := record.Recrypt(t.Context(), a.engine, a.now(t), "", "", nil); err != nil || n != 0 {
		t.Error("again:", n, err)
	}
	found("rotated", "CNRY-1", 1)
	var audit string
	must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.NewRaw("SELECT string_agg(after::text, ' ') FROM audit_entry").Scan(ctx, &audit)
	}, tenancy.ReadOnly()))
	if strings.Contains(audit, "CNRY-3") {
		t.Error("the audit tells a sealed value")
	}
	must(t, mark(false))
	found("marked to be decrypted", "CNRY-1", 1)
	if n, err := record.Recrypt(t.Context(), a.engine, a.now(t), "toy.item", "x_iban", nil); err != nil || n != 3 {
		t.Error(n, err)
	}
	must(t, form.Marked(t.Context(), a.db, a.engine, a.now(t), "toy.item", "x_iban"))
	if plain, cipher := stored(); plain != 3 || cipher != 0 {
		t.Errorf("%d plain, %d encrypted", plain, cipher)
	}
	if rows, err := a.list(t, "owner", map[string][]string{"x_iban[contains]": {"CNRY"}, "sort": {"x_iban"}}); err != nil || len(rows) != 3 {
		t.Error(rows, err)
	}
}
