package tenancy_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

func stock(texts ...string) tenancy.Line {
	m := map[string]string{}
	for i, text := range texts {
		m["000"+string(rune('1'+i))+"_stock.sql"] = text
	}
	return tenancy.Line{Name: "stock", Files: files(m)}
}

const (
	stock1 = "create table stock (id uuid primary key, product text not null default '')"
	stock2 = "-- tenon:tolerates 1\nalter table stock add column quantity int not null default 0"
	stock3 = "alter table stock add constraint stock_product_key unique (product)"
)

// TestMigrate brings tenants from an old program's tables to a new one's: one is broken, one switched off, one is locked; an interruption in between.
func TestMigrate(t *testing.T) {
	url := tenancytest.Database(t)
	old := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1)}})
	var tenants [6]*tenancy.Tenant
	for i := range tenants {
		tenants[i] = tenancytest.Tenant(t, old, "stock")
	}
	none := tenancytest.Tenant(t, old)
	broken, off := tenants[2], tenants[3]
	for range 2 { // two equal products: the third file will fail here
		tenancytest.Do(t, old, broken, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw("insert into stock (id, product) values (?, 'same')", tx.NewID()).Exec(ctx)
			return err
		})
	}
	if _, err := old.Switch(t.Context(), off.ID, nil, []string{"stock"}, someone()); err != nil {
		t.Fatal(err)
	}
	audit := tenancy.Line{
		Name: "audit", Always: true, Files: files(map[string]string{"0001_audit.sql": "create table audit (id uuid primary key)"}),
		Seed: func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw("insert into audit (id) values (?)", tx.NewID()).Exec(ctx)
			return err
		},
	}
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1, stock2, stock3), audit}})

	// Interrupted after two tenants.
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Migrate(ctx, 1, func(done, total int, _ string, _ error) {
		if total != 7 {
			t.Errorf("%d to do", total)
		}
		if done == 2 {
			cancel()
		}
	})
	if err == nil {
		t.Error("an interruption should be told")
	}
	var failed []string
	left := 0
	err = db.Migrate(t.Context(), 3, func(_, total int, name string, err error) {
		left = total
		if err != nil {
			failed = append(failed, name)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "0003_stock.sql") || len(failed) != 1 || left != 5 && left != 4 {
		t.Errorf("%v; failed %q, %d left", err, failed, left)
	}
	for i, tenant := range tenants {
		state, err := db.Modules(t.Context(), tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		s := state[0]
		if tenant == broken {
			if s.Version != 1 || !strings.Contains(s.Error, "stock_product_key") {
				t.Errorf("the broken tenant: %+v", s)
			}
			if n := count(t, old, tenant, "stock"); n != 2 {
				t.Errorf("the broken tenant should still work: %d rows", n)
			}
			continue
		}
		if s.Version != 3 || s.Error != "" || s.On == (tenant == off) {
			t.Errorf("tenant %d: %+v", i, s)
		}
		if n := count(t, db, reload(t, db, tenant), "stock where quantity = 0"); n != 0 {
			t.Errorf("tenant %d: %d rows", i, n)
		}
		if n := count(t, db, reload(t, db, tenant), "audit"); n != 1 {
			t.Errorf("tenant %d: the new line was seeded %d times", i, n)
		}
	}
	if list, err := db.Modules(t.Context(), none.ID); err != nil || list[0].Version != 0 || list[1].Version != 1 {
		t.Errorf("a tenant without the module: %+v, %v", list, err)
	}

	// Repaired, the last one follows; then there is nothing to do.
	tenancytest.Do(t, db, reload(t, db, broken), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("update stock set product = id::text").Exec(ctx)
		return err
	})
	for _, want := range []int{1, 0} {
		n := 0
		if err := db.Migrate(t.Context(), 2, func(int, int, string, error) { n++ }); err != nil || n != want {
			t.Errorf("%d migrated, want %d: %v", n, want, err)
		}
	}

	// The old program does not know the third file, which tolerates nobody; one that knows it may go on.
	if _, err := tenancy.Open(t.Context(), tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1, stock2)}}); err == nil ||
		!strings.Contains(err.Error(), "stock are at version 3") || !strings.Contains(err.Error(), "knows 2") {
		t.Errorf("an older program: %v", err)
	}
	if err := old.Migrate(t.Context(), 1, nil); err == nil || !strings.Contains(err.Error(), "newer Tenon") {
		t.Errorf("an older program that runs: %v", err)
	}
}

// TestRollingUpgrade lets a program run on tables that a newer one made and that tolerate it.
func TestRollingUpgrade(t *testing.T) {
	url := tenancytest.Database(t)
	newer := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1, stock2)}})
	tenant := tenancytest.Tenant(t, newer, "stock")
	older := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1)}})
	tenancytest.Do(t, older, reload(t, older, tenant), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("insert into stock (id) values (?)", tx.NewID()).Exec(ctx)
		return err
	})
	if err := older.Migrate(t.Context(), 1, nil); err != nil {
		t.Error(err)
	}
	if list, err := newer.Modules(t.Context(), tenant.ID); err != nil || list[0].Version != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestTwoMigrate lets two programs migrate at once: each tenant is migrated once.
func TestTwoMigrate(t *testing.T) {
	url := tenancytest.Database(t)
	old := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1)}})
	for range 8 {
		tenancytest.Tenant(t, old, "stock")
	}
	lines := []tenancy.Line{stock(stock1, "alter table stock add column once int")} // a second run would fail
	var wg sync.WaitGroup
	for range 2 {
		db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: lines})
		wg.Go(func() {
			if err := db.Migrate(t.Context(), 3, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: lines})
	if err := db.Migrate(t.Context(), 1, func(int, int, string, error) { n++ }); err != nil || n != 0 {
		t.Errorf("%d were left, %v", n, err)
	}
}

func reload(t *testing.T, db *tenancy.DB, tenant *tenancy.Tenant) *tenancy.Tenant {
	t.Helper()
	out, err := db.Tenant(t.Context(), tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAddColumn(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant, other := tenancytest.Tenant(t, db, "crm"), tenancytest.Tenant(t, db, "crm")
	for range 2 { // the second time there is nothing to do
		if err := db.AddColumn(t.Context(), tenant, "crm_customer", "x_level", "numeric(20,4)"); err != nil {
			t.Fatal(err)
		}
	}
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("update crm_customer set x_level = 1.5").Exec(ctx)
		return err
	})
	err := db.Do(t.Context(), other, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("update crm_customer set x_level = 1.5").Exec(ctx)
		return err
	})
	if code(err) != "42703" {
		t.Errorf("another tenant got the column: %v", err)
	}
	for _, c := range [][3]string{
		{"crm_customer", "level", "text"},
		{"crm_customer", "x_", "text"},
		{"crm_customer", "x_a; drop", "text"},
		{"crm_customer", `x_a"`, "text"},
		{"crm_customer", "x_a", "text default 1"},
		{"crm_customer; drop", "x_a", "text"},
		{"tenon.tenant", "x_a", "text"},
	} {
		if err := db.AddColumn(t.Context(), tenant, c[0], c[1], c[2]); !fault.Is(err, fault.Internal) {
			t.Errorf("%q: %v", c, err)
		}
	}
}

func TestAddTable(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db)
	for range 2 {
		if err := db.AddTable(t.Context(), tenant, "x_boat"); err != nil {
			t.Fatal(err)
		}
		if err := db.AddColumn(t.Context(), tenant, "x_boat", "x_name", "text"); err != nil {
			t.Fatal(err)
		}
	}
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("insert into x_boat (id, created_at, updated_at, x_name) values (?1, ?0, ?0, 'Anna')", tx.Now, tx.NewID()).Exec(ctx)
		return err
	})
	for _, name := range []string{"boat", "x_", "x_a; drop", "tenon.x_a"} {
		if err := db.AddTable(t.Context(), tenant, name); !fault.Is(err, fault.Internal) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestOtherProgramsHear(t *testing.T) {
	url := tenancytest.Database(t)
	here := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: toyLines()})
	there := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: toyLines()})
	tenant := tenancytest.Tenant(t, here, "crm")
	seen := reload(t, there, tenant)
	if again := reload(t, there, tenant); again != seen {
		t.Error("a tenant is not remembered")
	}
	if err := here.Rename(t.Context(), tenant.ID, "New name"); err != nil {
		t.Fatal(err)
	}
	if now := reload(t, here, tenant); now.Name != "New name" || now.Generation != 2 {
		t.Errorf("here: %+v", now)
	}
	eventually(t, func() bool { return reload(t, there, tenant).Name == "New name" })
	if err := here.Suspend(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return reload(t, there, tenant).State == tenancy.Suspended })
	write := func(a tenancy.Actor, opts ...tenancy.Option) error {
		return there.Do(t.Context(), reload(t, there, tenant), a, func(context.Context, *tenancy.Tx) error { return nil }, opts...)
	}
	if err := write(tenancy.Actor{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a write in a suspended tenant: %v", err)
	}
	if err := write(tenancy.Actor{}, tenancy.ReadOnly()); err != nil {
		t.Errorf("a read in a suspended tenant: %v", err)
	}
	if err := here.Resume(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return write(tenancy.Actor{}) == nil })
	if err := here.Bump(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return reload(t, there, tenant).Generation == 5 })
	if list, err := there.List(t.Context()); err != nil || len(list) != 1 || list[0].ID != tenant.ID {
		t.Errorf("list %v, %v", list, err)
	}
}
