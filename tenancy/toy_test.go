package tenancy_test

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// The toy company's modules: a shop needs customers, as sales needs crm.

func files(texts map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, text := range texts {
		out["migrations/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func toyLines() []tenancy.Line {
	return []tenancy.Line{
		{Name: "record", Always: true, Files: files(map[string]string{"0001_record.sql": `
			create table audit_entry (id uuid primary key, seq bigint generated always as identity, note text not null);
			-- tenon:append-only audit_entry`})},
		{Name: "shop", Needs: []string{"crm"}, Files: files(map[string]string{"0001_shop.sql": `
			create table shop_order (id uuid primary key, customer text not null, amount numeric(20,4) not null default 0 check (amount >= 0));
			create sequence shop_order_no_seq;
			create function shop_order_balanced() returns trigger language plpgsql as $$
			declare negative int;
			begin
				execute format('select count(*) from %I.shop_order where amount > 1000000', tg_table_schema) into negative;
				if negative > 0 then raise exception 'too much' using errcode = 'TN002'; end if;
				return null;
			end $$;
			create constraint trigger shop_order_balanced after insert or update on shop_order deferrable initially deferred
				for each row execute function shop_order_balanced()`})},
		{
			Name: "crm",
			Files: files(map[string]string{
				"0001_crm.sql":  "create table crm_customer (id uuid primary key, name text not null, constraint crm_customer_name_key unique (name))",
				"0002_more.sql": "alter table crm_customer add column city text not null default ''; -- no semicolon at the end",
			}),
			Seed: func(ctx context.Context, tx *tenancy.Tx) error { return addCustomer(ctx, tx, "Cash customer") },
		},
	}
}

func addCustomer(ctx context.Context, tx *tenancy.Tx, name string) error {
	_, err := tx.NewRaw("insert into crm_customer (id, name) values (?, ?)", tx.NewID(), name).Exec(ctx)
	return err
}

func customers(ctx context.Context, tx *tenancy.Tx) (names []string, err error) {
	err = tx.NewRaw("select name from crm_customer order by name").Scan(ctx, &names)
	return names, err
}

func someone() tenancy.Actor { return tenancy.Actor{Name: "someone", System: true} }

func count(t testing.TB, db *tenancy.DB, tenant *tenancy.Tenant, table string) (n int) {
	t.Helper()
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.NewRaw("select count(*) from "+table).Scan(ctx, &n)
	}, tenancy.ReadOnly())
	return n
}

func TestSignUp(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	var admin id.ID
	tenant, person, user := tenancytest.SignUp(t, db, tenancy.New{Company: "Canary", Modules: []string{"shop", "crm"}},
		func(ctx context.Context, tx *tenancy.Tx, a id.ID) error {
			admin = a
			return addCustomer(ctx, tx, "First")
		})
	if admin != user || user.IsZero() || person.Verified {
		t.Errorf("admin %v, user %v, verified %v", admin, user, person.Verified)
	}
	again, err := db.Tenant(t.Context(), tenant.ID)
	if err != nil || again.Name != "Canary" || !again.On("crm") || !again.On("record") || again.On("nothing") {
		t.Errorf("the registry gives %+v, %v", again, err)
	}
	var names []string
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		names, err = customers(ctx, tx)
		t.Log("statements", tx.Statements())
		return err
	})
	if len(names) != 2 || names[0] != "Cash customer" {
		t.Errorf("customers %q", names)
	}
}
