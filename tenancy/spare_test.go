package tenancy_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// catalog tells what a schema holds and who may do what with it, with the schema's own name replaced.
const catalog = `select replace(x, $1::text, 'OWN') from (
	select format('%s %s %s %s', c.relkind, c.relname, o.rolname, c.relacl) from pg_class c join pg_roles o on o.oid = c.relowner where c.relnamespace = $1::text::regnamespace
	union all select format('%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
		where c.relnamespace = $1::text::regnamespace
	union all select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = $1::text::regnamespace
	union all select format('%s %s %s', p.proname, p.proacl, p.prosrc) from pg_proc p where p.pronamespace = $1::text::regnamespace
	union all select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = $1::text::regnamespace and not t.tgisinternal
	union all select format('%s %s', nspname, nspacl) from pg_namespace where nspname = $1::text
	union all select format('default %s %s', d.defaclobjtype, d.defaclacl) from pg_default_acl d where d.defaclnamespace = $1::text::regnamespace
	union all select format('role %s %s %s', r.rolcanlogin, r.rolinherit, m.member::regrole) from pg_roles r left join pg_auth_members m on m.roleid = r.oid where r.rolname = $1::text
) s(x) order by 1`

func catalogOf(t *testing.T, admin *pgx.Conn, schema string) []string {
	t.Helper()
	rows, err := admin.Query(t.Context(), catalog, schema)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	return list
}

func keep(t *testing.T, db *tenancy.DB, want, ready int) {
	t.Helper()
	if err := db.KeepSpares(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Spares(t.Context()); err != nil || n != ready {
		t.Fatalf("%d spares, want %d: %v", n, ready, err)
	}
}

// TestASpareIsWhatASignUpMakes compares a company that took a spare with one that did not, object by object and right by right.
func TestASpareIsWhatASignUpMakes(t *testing.T) {
	url := tenancytest.Database(t)
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: toyLines()})
	admin := connect(t, url)
	made := tenancytest.Tenant(t, db, "crm", "shop")
	keep(t, db, 2, 2)
	if list, err := db.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("spares are listed as companies: %d, %v", len(list), err)
	}
	took := tenancytest.Tenant(t, db, "crm", "shop")
	if n, _ := db.Spares(t.Context()); n != 1 {
		t.Errorf("%d spares are left", n)
	}
	if diff := cmp.Diff(catalogOf(t, admin, made.Schema), catalogOf(t, admin, took.Schema)); diff != "" {
		t.Error(diff)
	}
	if count(t, db, took, "crm_customer") != 1 || count(t, db, took, "shop_order") != 0 {
		t.Error("the seeds ran not once")
	}
	few := tenancytest.Tenant(t, db) // its other tables are there, and it notices nothing of them
	states, err := db.Modules(t.Context(), few.ID)
	if err != nil || few.On("crm") {
		t.Fatal(few.Modules, err)
	}
	switches, err := db.Switches(t.Context(), few.ID)
	if err != nil || len(switches) != 1 || switches[0].Module != "record" {
		t.Errorf("switches %v of %v, %v", switches, states, err)
	}
	if few, err = db.Tenant(t.Context(), few.ID); err != nil || !few.Never("crm") || few.Never("record") {
		t.Errorf("what was never on is said to have been: %v", err)
	}
	if _, err := db.Switch(t.Context(), few.ID, []string{"crm"}, nil, someone()); err != nil {
		t.Fatal(err)
	}
	if few, err = db.Tenant(t.Context(), few.ID); err != nil || !few.On("crm") || few.Never("crm") || count(t, db, few, "crm_customer") != 1 {
		t.Errorf("switched on later: %+v, %v", few, err)
	}
	if err := db.Delete(t.Context(), few.ID); err != nil {
		t.Error(err)
	}
}

// TestASpareIsTakenOnce lets more sign up at once than there are spares, some of whom fail.
func TestASpareIsTakenOnce(t *testing.T) {
	db := tenancytest.Fresh(t, tenancy.Config{URL: tenancytest.Database(t), Lines: toyLines()})
	keep(t, db, 3, 3)
	oops := errors.New("oops")
	n := tenancy.New{Company: "Half", Person: tenancy.PersonInput{Name: "P", Email: "half@example.com", Password: tenancytest.Password}}
	create := func(n tenancy.New, seed func(context.Context, *tenancy.Tx, id.ID) error) error {
		_, _, _, err := db.Create(t.Context(), n, seed)
		return err
	}
	err := create(n, func(context.Context, *tenancy.Tx, id.ID) error { return oops })
	if left, _ := db.Spares(t.Context()); !errors.Is(err, oops) || left != 3 {
		t.Errorf("a sign-up that fails: %v, %d spares", err, left)
	}
	var wg sync.WaitGroup
	schemas := make([]string, 6)
	for i := range schemas {
		wg.Go(func() {
			n := n
			n.Modules = []string{"crm"}
			tenant, _, _, err := db.Create(t.Context(), n, nil)
			if err != nil {
				t.Error(err)
				return
			}
			schemas[i] = tenant.Schema
		})
	}
	wg.Wait()
	slices.Sort(schemas)
	if len(slices.Compact(schemas)) != 6 {
		t.Errorf("schemas %q", schemas)
	}
	if left, err := db.Spares(t.Context()); left != 0 || err != nil {
		t.Errorf("%d are left, %v", left, err)
	}
}

// TestSparesOfOtherMigrationsAreNotTaken puts a newer program beside an older one: each takes its own, and what is an hour old of the other goes.
func TestSparesOfOtherMigrationsAreNotTaken(t *testing.T) {
	url, now := tenancytest.Database(t), time.Now()
	late := clock.Clock(func() time.Time { return now })
	old := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1)}})
	keep(t, old, 2, 2)
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1, stock2)}, Clock: late})
	keep(t, db, 1, 1)
	if n, err := old.Spares(t.Context()); n != 2 || err != nil {
		t.Fatalf("the old program has %d left, %v", n, err)
	}
	for range 2 {
		tenant := tenancytest.Tenant(t, db, "stock")
		if states, err := db.Modules(t.Context(), tenant.ID); err != nil || states[0].Version != 2 {
			t.Errorf("%+v, %v", states, err)
		}
	}
	now = now.Add(2 * time.Hour)
	keep(t, db, 1, 1)
	if n, err := old.Spares(t.Context()); n != 0 || err != nil {
		t.Errorf("%d old ones stay, %v", n, err)
	}
	keep(t, db, 0, 0)
	admin := connect(t, url)
	var strays int
	err := admin.QueryRow(t.Context(), `select count(*) from pg_namespace where nspname like 't\_%' and nspname not in (select schema_name from tenon.tenant)`).Scan(&strays)
	if err != nil || strays != 0 {
		t.Errorf("%d schemas belong to nobody, %v", strays, err)
	}
}
