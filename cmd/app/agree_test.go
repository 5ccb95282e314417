package app_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// typesOf lists what a field may be in the database.
func typesOf(f *entity.Field) []string {
	if f.Sealed {
		return []string{"bytea"}
	}
	switch f.Kind {
	case entity.KindID:
		return []string{"uuid"}
	case entity.KindBool:
		return []string{"boolean"}
	case entity.KindInt:
		return []string{"integer", "bigint"}
	case entity.KindAmount:
		return []string{"numeric(20,4)"}
	case entity.KindQuantity, entity.KindPrice:
		return []string{"numeric(20,6)"}
	case entity.KindPercent:
		return []string{"numeric(9,4)"}
	case entity.KindDate:
		return []string{"date"}
	case entity.KindTime:
		return []string{"timestamp with time zone"}
	case entity.KindJSON:
		return []string{"jsonb"}
	case entity.KindTexts:
		return []string{"text[]"}
	case entity.KindBytes:
		return []string{"bytea"}
	case entity.KindText:
	}
	return []string{"text"}
}

// What is described is what the migrations make: every column with its type, nullable where an empty value is NULL, unique where it says so.
func TestDescriptionsAndTablesAgree(t *testing.T) {
	w := newWorld(t)
	p := w.signUp(t, "Agree")
	type column struct {
		typ     string
		notNull bool
	}
	found := map[string]column{}
	objects := map[string]bool{}
	who, err := w.app.DB.Authenticate(t.Context(), p.token)
	if err != nil {
		t.Fatal(err)
	}
	err = w.app.Engine.Do(t.Context(), who.Tenant, tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_class c
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'`)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // Err tells
		for rows.Next() {
			var name string
			var c column
			if err := rows.Scan(&name, &c.typ, &c.notNull); err != nil {
				return err
			}
			found[name] = c
		}
		if err := rows.Err(); err != nil {
			return err
		}
		names, err := tx.QueryContext(ctx, `SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('i', 'S')`)
		if err != nil {
			return err
		}
		defer names.Close() //nolint:errcheck // Err tells
		for names.Next() {
			var n string
			if err := names.Scan(&n); err != nil {
				return err
			}
			objects[n] = true
		}
		return names.Err()
	}, tenancy.ReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range w.app.Engine.Catalog().All() {
		for _, f := range d.Fields {
			if !f.Stored() {
				continue
			}
			name := d.Table + "." + f.Name
			c, ok := found[name]
			switch {
			case !ok:
				t.Errorf("%s: no column %s", d.Name, name)
			case !strings.Contains(" "+strings.Join(typesOf(f), "  ")+" ", " "+c.typ+" "):
				t.Errorf("%s is %s, described as %s", name, c.typ, f.Kind)
			case f.Null && c.notNull && !f.Required && !f.Computed && f.Default == "" && d.Parent != f && f.Kind != entity.KindID:
				t.Errorf("%s is NOT NULL, but an empty value is written as NULL", name)
			}
			if f.Unique && !objects[d.Table+"_"+f.Name+"_key"] {
				t.Errorf("%s is described as unique; there is no %s_%s_key", name, d.Table, f.Name)
			}
		}
		if d.Number != nil && !d.Gapless && !objects[d.Table+"_no_seq"] {
			t.Errorf("%s draws numbers; there is no sequence %s_no_seq", d.Name, d.Table)
		}
	}
}

// Somebody besides owner and admin may see each entity and do each action, and some test or case speaks of it.
func TestEveryEntityAndActionHasARightAndATest(t *testing.T) {
	w := newWorld(t)
	spoken := testTexts(t)
	for _, d := range w.app.Engine.Catalog().All() {
		if d.Parent != nil {
			continue
		}
		if d.Label.ZH == "" || d.Label.EN == "" {
			t.Errorf("%s has no label", d.Name)
		}
		seen, done := false, map[string]bool{}
		for _, role := range policy.ShippedRoles() {
			if role.Name == "owner" || role.Name == "admin" {
				continue
			}
			m, err := w.app.Policy.For(t.Context(), &tenancy.Tx{Actor: tenancy.Actor{ID: [16]byte{1}, Roles: []string{role.Name}}}, d)
			if err != nil {
				t.Fatal(err)
			}
			seen = seen || m.Any()
			for _, a := range w.app.Engine.Actions(d.Name) {
				done[a.Name] = done[a.Name] || m.Action(a.Name)
			}
		}
		if administrators := []string{"own_field", "webhook", "webhook_delivery", "invitation", "identity_provider", "scim_user", "scim_group"}; slices.Contains(administrators, d.Name) {
			if seen {
				t.Errorf("others than administrators see %s", d.Name)
			}
			continue
		}
		if !seen {
			t.Errorf("no role sees %s", d.Name)
		}
		for _, a := range w.app.Engine.Actions(d.Name) {
			switch d.Name + "/" + a.Name { // receive and complete run them to ask for an approval; people receive and complete
			case "inventory.receipt/over_receive", "production.production_order/overrun":
				continue
			}
			if !done[a.Name] && d.Name+"/"+a.Name != "sales.order/release" { // confirm runs it to ask for credit; people confirm
				t.Errorf("no role may %s %s", a.Name, d.Name)
			}
			if a.Label.ZH == "" || a.Label.EN == "" {
				t.Errorf("%s of %s has no label", a.Name, d.Name)
			}
			if d.Name+"/"+a.Name == "sales.revision/apply" { // amend runs it, and tests amend
				continue
			}
			if !strings.Contains(spoken, `"`+a.Name+`"`) && !strings.Contains(spoken, "/"+a.Name) && !strings.Contains(spoken, "action:"+a.Name) {
				t.Errorf("no test speaks of %s %s", a.Name, d.Name)
			}
		}
	}
}

// testTexts reads all tests and cases of the project.
func testTexts(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../..", func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "cases.yaml") {
			return err
		}
		raw, err := os.ReadFile(path) //nolint:gosec // the project's own files
		all.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
