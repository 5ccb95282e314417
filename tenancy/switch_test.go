package tenancy_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// TestSignUpIsAllOrNothing fails at each of the last steps and looks for what is left.
func TestSignUpIsAllOrNothing(t *testing.T) {
	url := tenancytest.Database(t)
	bad := tenancy.Line{Name: "bad", Files: files(map[string]string{
		"0001_good.sql": "create table fine (id uuid primary key)",
		"0002_bad.sql":  "create table better (id uuid primary key);\n\ncreate tabel worse (id uuid primary key)",
	})}
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: append(toyLines(), bad)})
	admin := connect(t, url)
	create := func(n tenancy.New, seed func(context.Context, *tenancy.Tx, id.ID) error) error {
		_, _, _, err := db.Create(t.Context(), n, seed)
		return err
	}
	traces := func() (n int) {
		err := admin.QueryRow(t.Context(), `select (select count(*) from pg_namespace where nspname like 't\_%') + (select count(*) from tenon.tenant)
			+ (select count(*) from tenon.person) + (select count(*) from tenon.membership) + (select count(*) from tenon.tenant_module)
			+ (select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname like 'tn\_'
				|| (select value from tenon.meta where key = 'installation') || '\_app\_b%' )`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	n := tenancy.New{Company: "Half", Modules: []string{"crm"}}
	n.Person = tenancy.PersonInput{Name: "P", Email: "half@example.com", Password: tenancytest.Password}
	oops := errors.New("oops")
	err := create(n, func(ctx context.Context, tx *tenancy.Tx, _ id.ID) error {
		return errors.Join(addCustomer(ctx, tx, "x"), oops)
	})
	if !errors.Is(err, oops) || traces() != 1 { // the login role's membership in the role for jobs
		t.Errorf("a failed seed: %v, %d traces", err, traces())
	}
	n.Modules = []string{"bad"}
	err = create(n, nil)
	if err == nil || !strings.Contains(err.Error(), "bad/0002_bad.sql, line 3") || traces() != 1 {
		t.Errorf("failed tables: %v, %d traces", err, traces())
	}
	n.Modules = []string{"shop", "crm"}
	err = create(n, func(ctx context.Context, tx *tenancy.Tx, _ id.ID) error {
		_, err := tx.NewRaw("insert into shop_order (id, customer, amount) values (?, 'x', 2000000)", tx.NewID()).Exec(ctx)
		return err
	})
	if code(err) != "TN002" || traces() != 1 {
		t.Errorf("a deferred constraint: %v, %d traces", err, traces())
	}
	if err = create(n, nil); err != nil || traces() < 6 {
		t.Errorf("control: %v, %d traces", err, traces())
	}
}

func TestSignUpSaysAllErrors(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	create := func(n tenancy.New) error {
		_, _, _, err := db.Create(t.Context(), n, nil)
		return err
	}
	bad := tenancy.PersonInput{Email: "x", Password: "short"}
	err := create(tenancy.New{Zone: "Moon/Base", Modules: []string{"crm", "rocket"}, Person: bad})
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		t.Fatal(err)
	}
	paths := fieldPaths(f)
	if want := []string{"company", "zone", "name", "email", "password", "modules[1]"}; !slices.Equal(paths, want) {
		t.Errorf("fields %q, want %q", paths, want)
	}
	n := tenancy.New{Company: "x", Modules: []string{"shop"}, Person: tenancy.PersonInput{Name: "x", Email: "x@example.com", Password: tenancytest.Password}}
	err = create(n)
	if f := fault.As(err); f == nil || f.Kind != fault.Rule || f.Reason != "module.needs" || !strings.Contains(f.Text.EN, "shop needs crm") {
		t.Errorf("a missing need: %v", err)
	}
}

func fieldPaths(f *fault.Fault) []string {
	paths := make([]string, len(f.Fields))
	for i, x := range f.Fields {
		paths[i] = x.Path
	}
	return paths
}

func states(list []tenancy.ModuleState) string {
	var on []string
	for _, s := range list {
		if s.On {
			on = append(on, s.Name)
		}
	}
	return strings.Join(on, " ")
}

// TestSwitchLate adds modules to a working tenant one after the other, takes them off and on again: data stays, seeds run once.
func TestSwitchLate(t *testing.T) {
	seeded := 0
	lines := append(toyLines(), tenancy.Line{
		Name: "projects", Needs: []string{"shop"},
		Files: files(map[string]string{"0001_p.sql": "create table project (id uuid primary key, name text not null)"}),
		Seed: func(ctx context.Context, tx *tenancy.Tx) error {
			seeded++
			_, err := tx.NewRaw("insert into project (id, name) values (?, ?)", tx.NewID(), tx.Actor.Name).Exec(ctx)
			return err
		},
	})
	db := tenancytest.DB(t, lines...)
	tenant := tenancytest.Tenant(t, db, "crm")
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error { return addCustomer(ctx, tx, "Early") })
	move := func(want string, on, off []string) {
		t.Helper()
		list, err := db.Switch(t.Context(), tenant.ID, on, off, tenancy.Actor{Name: "boss"})
		if err != nil {
			t.Fatal(err)
		}
		if got := states(list); got != want {
			t.Errorf("on are %q, want %q", got, want)
		}
		before := tenant
		if tenant, err = db.Tenant(t.Context(), tenant.ID); err != nil || tenant.Generation <= before.Generation {
			t.Errorf("generation %d after %d, %v", tenant.Generation, before.Generation, err)
		}
		if before.On("projects") != (before != tenant && slices.Contains(off, "projects")) && slices.Contains(off, "projects") {
			t.Error("a value that was given out changed")
		}
	}
	move("record crm shop projects", []string{"projects", "shop"}, nil)
	if !tenant.On("shop") || count(t, db, tenant, "crm_customer") != 2 || count(t, db, tenant, "project where name = 'boss'") != 1 {
		t.Error("late tables or early data are missing")
	}
	move("record crm shop", nil, []string{"projects"})
	if tenant.On("projects") || count(t, db, tenant, "project") != 1 {
		t.Error("data of a switched-off module should stay")
	}
	move("record crm shop projects", []string{"projects"}, nil)
	move("record crm shop projects", []string{"projects"}, nil) // again: nothing to do
	move("record crm", nil, []string{"projects", "shop"})
	move("record crm shop projects", []string{"projects", "shop"}, nil)
	if seeded != 1 || count(t, db, tenant, "project") != 1 {
		t.Errorf("seeded %d times", seeded)
	}
}

func TestSwitchRefuses(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm", "shop")
	for _, c := range []struct {
		on, off []string
		kind    fault.Kind
		reason  string
		fields  []string
		says    string
	}{
		{nil, []string{"crm"}, fault.Rule, "module.needed_by", []string{"off[0]"}, "crm is needed by shop"},
		{[]string{"shop"}, []string{"crm"}, fault.Rule, "module.needs", []string{"on[0]", "off[0]"}, "shop needs crm"},
		{[]string{"crm", "rocket"}, []string{"moon"}, fault.Invalid, "fields.invalid", []string{"on[1]", "off[0]"}, ""},
		{nil, []string{"record"}, fault.Invalid, "fields.invalid", []string{"off[0]"}, ""},
		{[]string{"crm"}, []string{"crm"}, fault.Invalid, "fields.invalid", []string{"off[0]"}, ""},
	} {
		_, err := db.Switch(t.Context(), tenant.ID, c.on, c.off, someone())
		f := fault.As(err)
		if f == nil || f.Kind != c.kind || f.Reason != c.reason || !strings.Contains(f.Text.EN, c.says) {
			t.Errorf("on %q off %q: %v", c.on, c.off, err)
			continue
		}
		paths := fieldPaths(f)
		if !slices.Equal(paths, c.fields) {
			t.Errorf("on %q off %q: fields %q, want %q", c.on, c.off, paths, c.fields)
		}
	}
	if list, err := db.Switch(t.Context(), tenant.ID, nil, []string{"shop", "crm"}, someone()); err != nil || states(list) != "record" {
		t.Errorf("control: %v %v", list, err)
	}
	if _, err := db.Switch(t.Context(), db.NewID(), []string{"crm"}, nil, someone()); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown tenant: %v", err)
	}
}

func TestLinesAreChecked(t *testing.T) {
	for name, lines := range map[string][]tenancy.Line{
		"circle":       {{Name: "a", Needs: []string{"b"}}, {Name: "b", Needs: []string{"a"}}},
		"exist":        {{Name: "a", Needs: []string{"b"}}},
		"twice":        {{Name: "a"}, {Name: "a"}},
		"bad name":     {{Name: "A; drop"}},
		"same number":  {{Name: "a", Files: files(map[string]string{"0001_a.sql": "", "0001_b.sql": ""})}},
		"NNNN":         {{Name: "a", Files: files(map[string]string{"first.sql": ""})}},
		"table's name": {{Name: "a", Files: files(map[string]string{"0001_a.sql": "-- tenon:append-only a; drop"})}},
		"newer than":   {{Name: "a", Files: files(map[string]string{"0001_a.sql": "-- tenon:tolerates 2"})}},
	} {
		if _, err := tenancy.Open(t.Context(), tenancy.Config{URL: "postgres://nowhere", Lines: lines}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
