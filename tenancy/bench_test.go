package tenancy_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// BenchmarkDo is one unit of work with one statement, by so many callers at once as -cpu says.
func BenchmarkDo(b *testing.B) {
	db := tenancytest.DB(b, toyLines()...)
	tenant := tenancytest.Tenant(b, db, "crm")
	for name, opts := range map[string][]tenancy.Option{"read": {tenancy.ReadOnly()}, "write": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					tenancytest.Do(b, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
						if tx.Read {
							var name string
							return tx.NewRaw("select name from crm_customer limit 1").Scan(ctx, &name)
						}
						return addCustomer(ctx, tx, tx.NewID().String())
					}, opts...)
				}
			})
		})
	}
}

// BenchmarkAuthenticate is a request's cookie.
func BenchmarkAuthenticate(b *testing.B) {
	db := tenancytest.DB(b, toyLines()...)
	tenant, person, user := tenancytest.SignUp(b, db, tenancy.New{}, nil)
	cookie, _, err := db.NewSession(b.Context(), tenancy.Principal{Person: person, Tenant: tenant, UserID: user})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := db.Authenticate(b.Context(), cookie); err != nil {
			b.Fatal(err)
		}
	}
}

// manyTables is a line as large as all business modules together.
func manyTables(tables int) tenancy.Line {
	var s strings.Builder
	for i := range tables {
		fmt.Fprintf(&s, `create table thing_%[1]d (id uuid primary key, version bigint not null default 1,
			created_at timestamptz not null, updated_at timestamptz not null, created_by uuid, updated_by uuid,
			no text, name text not null default '', status text not null check (status in ('draft', 'done')), other_id uuid,
			amount numeric(20,4) not null default 0, quantity numeric(20,6) not null default 0, due date, notes text not null default '');
			create index thing_%[1]d_status_idx on thing_%[1]d (status); create index thing_%[1]d_other_idx on thing_%[1]d (other_id);`, i)
	}
	return tenancy.Line{Name: "all", Always: true, Files: files(map[string]string{"0001_all.sql": s.String()})}
}

// BenchmarkSignUp is a company that switches everything on at once: 100 tables.
func BenchmarkSignUp(b *testing.B) {
	db := tenancytest.DB(b, manyTables(100))
	tenancytest.Tenant(b, db)
	slowest := time.Duration(0)
	for b.Loop() {
		began := time.Now()
		tenancytest.Tenant(b, db)
		slowest = max(slowest, time.Since(began))
	}
	b.ReportMetric(slowest.Seconds(), "s-slowest")
}
