package tenancy_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// denied is PostgreSQL's insufficient_privilege.
const denied = "42501"

func code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

// two is a database with two tenants on one login role and one on another, and the administrator's own connection.
type two struct {
	url      string
	db       *tenancy.DB
	a, b, c  *tenancy.Tenant
	admin    *pgx.Conn
	ofBucket func(n int) *pgx.Conn // a stolen connection of that login role
}

func newTwo(t *testing.T) *two {
	t.Helper()
	w := &two{url: tenancytest.Database(t)}
	w.db = tenancytest.Fresh(t, tenancy.Config{URL: w.url, Lines: toyLines(), MaxConns: 3, TenantsPerLogin: 2})
	w.a, w.b, w.c = tenancytest.Tenant(t, w.db, "crm", "shop"), tenancytest.Tenant(t, w.db, "crm", "shop"), tenancytest.Tenant(t, w.db, "crm")
	if w.a.Bucket != w.b.Bucket || w.a.Bucket == w.c.Bucket {
		t.Fatalf("buckets %d %d %d", w.a.Bucket, w.b.Bucket, w.c.Bucket)
	}
	w.admin = connect(t, w.url)
	w.ofBucket = func(n int) *pgx.Conn {
		var role, password string
		if err := w.admin.QueryRow(t.Context(), "select role_name, password from tenon.bucket where n = $1", n).Scan(&role, &password); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(w.url)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(role, password)
		return connect(t, u.String())
	}
	return w
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) //nolint:usetesting // the test's context has ended by then
	return conn
}

// try runs one statement in a unit of work of tenant a.
func (w *two) try(t *testing.T, sql string, args ...any) error {
	t.Helper()
	return w.db.Do(t.Context(), w.a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.Tx.Tx.ExecContext(ctx, sql, args...)
		return err
	})
}

func TestAnotherTenantIsDenied(t *testing.T) {
	w := newTwo(t)
	for _, c := range []struct{ sql, code string }{
		{"select name from " + w.a.Schema + ".crm_customer", ""}, // the control: one's own is seen by the same statement
		{"select name from " + w.b.Schema + ".crm_customer", denied},
		{"select name from " + w.c.Schema + ".crm_customer", denied},
		{"insert into " + w.b.Schema + ".crm_customer (id, name) values (gen_random_uuid(), 'x')", denied},
		{"delete from " + w.b.Schema + ".crm_customer", denied},
		{"select nextval('" + w.b.Schema + ".shop_order_no_seq')", denied},
		{"select nextval('shop_order_no_seq')", ""},
		{"select 1 from tenon.tenant", denied},
		{"select 1 from tenon.person", denied},
		{"select 1 from tenon.bucket", denied},
		{"select passwd from pg_shadow", denied},
		{"select pg_read_file('/etc/passwd')", denied},
		{"select set_config('role', '" + w.b.Role + "', true)", denied},
		{"select set_config('search_path', '" + w.b.Schema + "', true)", denied},
		{"select name into temp stolen from crm_customer", denied},
		{"select name into stolen from crm_customer", denied},
		{"insert into audit_entry (id, note) values (gen_random_uuid(), 'x')", ""},
		{"update audit_entry set note = 'y'", denied},
		{"delete from audit_entry", denied},
	} {
		if got := code(w.try(t, c.sql)); got != c.code {
			t.Errorf("%s: code %q, want %q", c.sql, got, c.code)
		}
	}
	var n int
	if err := w.admin.QueryRow(t.Context(), "select count(*) from "+w.b.Schema+".crm_customer").Scan(&n); err != nil || n == 0 {
		t.Errorf("control: the administrator should see the other tenant's rows, got %d, %v", n, err)
	}
	if weak := w.db.Weaknesses(); len(weak) > 0 {
		t.Errorf("not hardened: %q", weak)
	}
}

func TestDriverRefuses(t *testing.T) {
	w := newTwo(t)
	for _, sql := range []string{
		"set role " + w.b.Role, "SET LOCAL ROLE " + w.b.Role, "set search_path = " + w.b.Schema, "reset role", "reset all", "discard all",
		"do $$ begin execute 'set role " + w.b.Role + "'; end $$", "copy crm_customer to stdout", "begin", "commit", "rollback", "abort", "end",
		"set session authorization " + w.b.Role, "prepare x as select 1", "execute x", "deallocate all", "call f()", "listen x", "notify x",
		"create table t (a int)", "create temp table t (a int)", "drop table crm_customer", "alter table crm_customer disable trigger all",
		"truncate crm_customer", "grant select on crm_customer to public", "vacuum", "", ";", "-- select\nset role x", "/* select /* 1 */ */ reset role",
		"  (  set role x", "prepare transaction 'x'", "declare c cursor with hold for select 1", "\u00a0set role x", "rollback prepared 'x'",
	} {
		if err := w.try(t, sql); err == nil || code(err) != "" {
			t.Errorf("%q reached the database: %v", sql, err)
		}
	}
	for _, sql := range []string{
		"select 1; select 2", "select 1; set role " + w.b.Role, "delete from crm_customer where false; reset role",
		"select 1; commit; set role " + w.b.Role + "; select 1",
	} {
		if got := code(w.try(t, sql)); got != "42601" {
			t.Errorf("%q: code %q, want a syntax error", sql, got)
		}
	}
	if err := w.try(t, "select $1::int; reset role", pgx.QueryExecModeSimpleProtocol, 1); err == nil || code(err) != "" {
		t.Errorf("an argument switched to the simple protocol: %v", err)
	}
	for _, sql := range []string{"select 1", "/* hint */ select 1", "-- a line\n(select 1)", "with x as (select 1) select * from x", "savepoint a"} {
		if err := w.try(t, sql); err != nil {
			t.Errorf("control: %q was refused: %v", sql, err)
		}
	}
}

func TestInjectedIdentifier(t *testing.T) {
	w := newTwo(t)
	evil := `crm_customer"; set role ` + w.b.Role + `; select * from "crm_customer`
	err := w.db.Do(t.Context(), w.a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("select name from ?", bun.Ident(evil)).Exec(ctx)
		return err
	})
	if code(err) != "42P01" {
		t.Errorf("a quoted identifier: %v", err)
	}
	err = w.db.Do(t.Context(), w.a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw(`select name from "` + evil + `"`).Exec(ctx)
		return err
	})
	if code(err) != "42601" {
		t.Errorf("a joined identifier: %v", err)
	}
	forged := *w.a
	forged.Schema = `t_0"; reset role; --`
	defer func() {
		if recover() == nil {
			t.Error("a schema name of another form was joined into SQL")
		}
	}()
	_ = w.db.Do(t.Context(), &forged, someone(), func(context.Context, *tenancy.Tx) error { return nil })
}

// TestStolenConnection uses a login role's connection without any of our code in between.
func TestStolenConnection(t *testing.T) {
	w := newTwo(t)
	conn := w.ofBucket(w.a.Bucket)
	for _, c := range []struct{ sql, code string }{
		{"select 1 from " + w.a.Schema + ".crm_customer", denied}, // a login role has no rights of its own
		{"set role " + w.c.Role, denied},                          // the bucket bounds what it can become
		{"set role " + w.a.Role, ""},
		{"select 1 from " + w.a.Schema + ".crm_customer", ""}, // the control
		{"alter table " + w.a.Schema + ".shop_order disable trigger all", denied},
		{"alter table " + w.a.Schema + ".shop_order drop constraint shop_order_amount_check", denied},
		{"set session_replication_role = replica", denied},
		{"truncate " + w.a.Schema + ".shop_order", denied},
		{"create table " + w.a.Schema + ".mine (a int)", denied},
		{"create function " + w.a.Schema + ".f() returns int language sql as 'select 1'", denied},
		{"drop function " + w.a.Schema + ".shop_order_balanced() cascade", denied},
		{"alter table " + w.a.Schema + ".shop_order owner to " + w.a.Role, denied},
		{"create temp table shop_order (a int)", denied},
		{"create schema mine", denied},
		{"create role mine", denied},
		{"do $$ begin end $$", denied},
		{"copy " + w.a.Schema + ".crm_customer to program 'id'", denied},
		{"select 1 from river.river_job", denied},
		{"reset role", ""},
		{"select 1 from " + w.a.Schema + ".crm_customer", denied},
		{"select 1 from " + w.b.Schema + ".crm_customer", denied},
		{"set role " + strings.Replace(currentUser(t, conn), "_app_b", "_x", 1), "22023"},
		{"select password from tenon.bucket", denied},
	} {
		_, err := conn.Exec(t.Context(), c.sql)
		if got := code(err); got != c.code {
			t.Errorf("%s: code %q, want %q (%v)", c.sql, got, c.code, err)
		}
	}
	var path string
	if err := conn.QueryRow(t.Context(), "show search_path").Scan(&path); err != nil || path != `""` {
		t.Errorf("a new connection's search_path is %q, %v", path, err)
	}
}

func currentUser(t *testing.T, conn *pgx.Conn) (name string) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "select session_user").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestOutside uses what a unit of work leaves in one's hands.
func TestOutside(t *testing.T) {
	w := newTwo(t)
	var kept *tenancy.Tx
	var pool *bun.DB
	err := w.db.Do(t.Context(), w.a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		kept, pool = tx, tx.NewSelect().DB()
		_, err := pool.ExecContext(ctx, "select 1")
		if err == nil || code(err) != "" {
			t.Errorf("a statement beside the transaction was let through: %v", err)
		}
		return w.db.Do(ctx, w.b, someone(), func(context.Context, *tenancy.Tx) error { return nil })
	})
	if f := fault.As(err); f == nil || f.Reason != "tenancy.nested" {
		t.Errorf("nested units of work: %v", err)
	}
	if _, err := kept.NewRaw("select 1").Exec(t.Context()); err == nil {
		t.Error("a finished transaction still works")
	}
	if _, err := pool.ExecContext(t.Context(), "select 1"); err == nil {
		t.Error("a query outside a unit of work was let through")
	}
	if _, err := pool.BeginTx(t.Context(), nil); err == nil {
		t.Error("a transaction without a tenant was let through")
	}
	if _, err := pool.PrepareContext(t.Context(), "select 1"); err == nil {
		t.Error("a prepared statement was let through")
	}
}

// TestWrongTenant opens units of work with what is not, or no longer, a tenant here.
func TestWrongTenant(t *testing.T) {
	w := newTwo(t)
	nothing := func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("select 1").Exec(ctx)
		return err
	}
	if err := w.db.Do(t.Context(), w.b, someone(), nothing); err != nil {
		t.Errorf("control: %v", err)
	}
	made := &tenancy.Tenant{ID: w.b.ID, Schema: w.b.Schema, Role: w.b.Role, Bucket: w.b.Bucket, State: tenancy.Active}
	for _, tenant := range []*tenancy.Tenant{nil, made} {
		if err := w.db.Do(t.Context(), tenant, someone(), nothing); !fault.Is(err, fault.Internal) {
			t.Errorf("a tenant that was not given out: %v", err)
		}
	}
	if _, err := w.db.Tenant(t.Context(), w.db.NewID()); !fault.Is(err, fault.NotFound) {
		t.Errorf("a job of an unknown tenant: %v", err)
	}
	if _, err := w.db.Tenant(t.Context(), id.ID{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a job without a tenant: %v", err)
	}
	if err := w.db.Delete(t.Context(), w.b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Tenant(t.Context(), w.b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a job of a deleted tenant: %v", err)
	}
	if err := w.db.Do(t.Context(), w.b, someone(), nothing); !fault.Is(err, fault.NotFound) {
		t.Errorf("work in a deleted tenant that somebody still holds: %v", err)
	}
	var left int
	err := w.admin.QueryRow(t.Context(), "select (select count(*) from pg_namespace where nspname = $1) + (select count(*) from pg_roles where rolname = $1)",
		w.b.Schema).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("a deleted tenant left %d of schema and role, %v", left, err)
	}
}

// TestControl sees what the registry's own login role can reach.
func TestControlReachesNoRows(t *testing.T) {
	w := newTwo(t)
	var role, password string
	err := w.admin.QueryRow(t.Context(), `select 'tn_' || (select value from tenon.meta where key = 'installation') || '_control',
		(select value from tenon.meta where key = 'control')`).Scan(&role, &password)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, password)
	conn := connect(t, u.String())
	for _, c := range []struct{ sql, code string }{
		{"select 1 from tenon.tenant", ""},
		{"select 1 from tenon.bucket", denied},
		{"select 1 from tenon.meta", denied},
		{"select 1 from " + w.a.Schema + ".crm_customer", denied},
		{"set role " + w.a.Role, denied},
		{"create table tenon.mine (a int)", denied},
	} {
		_, err := conn.Exec(t.Context(), c.sql)
		if got := code(err); got != c.code {
			t.Errorf("%s: code %q, want %q", c.sql, got, c.code)
		}
	}
}

// TestPlainAdministrator installs with a role that is no superuser, as hosted databases give: all works, and what could not be closed is told.
func TestPlainAdministrator(t *testing.T) {
	root := connect(t, tenancytest.Database(t))
	name := "tenon_test_admin_" + hexOf([]byte(t.Name()[:3])) + root.Config().Database[len(root.Config().Database)-8:]
	for _, sql := range []string{
		"create role " + name + " login createrole createdb password 'x'",
		"alter database " + root.Config().Database + " owner to " + name,
	} {
		if _, err := root.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	u, err := url.Parse(root.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(name, "x")
	db := tenancytest.Fresh(t, tenancy.Config{URL: u.String(), Lines: toyLines()})
	weak := strings.Join(db.Weaknesses(), "; ")
	if !strings.Contains(weak, "set_config") || !strings.Contains(weak, "plpgsql") || strings.Contains(weak, "TEMPORARY") {
		t.Errorf("weaknesses: %q", weak)
	}
	a, b := tenancytest.Tenant(t, db, "crm"), tenancytest.Tenant(t, db, "crm")
	if _, err := db.Switch(t.Context(), a.ID, []string{"shop"}, nil, someone()); err != nil {
		t.Fatal(err)
	}
	if err := db.AddColumn(t.Context(), a, "crm_customer", "x_a", "text"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, a, "shop_order") + count(t, db, a, "crm_customer"); n != 1 {
		t.Errorf("%d rows", n)
	}
	err = db.Do(t.Context(), a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("select 1 from " + b.Schema + ".crm_customer").Exec(ctx)
		return err
	})
	if code(err) != denied {
		t.Errorf("another tenant's rows: %v", err)
	}
	if err := db.GrantJobs(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.Delete(t.Context(), b.ID); err != nil {
		t.Error(err)
	}
}
