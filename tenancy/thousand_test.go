package tenancy_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// TestMigrateKilledTwentyTimes goes on where it stopped, however often and wherever its connections are killed.
func TestMigrateKilledTwentyTimes(t *testing.T) {
	url := tenancytest.Database(t)
	old := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1)}})
	tenants := make([]*tenancy.Tenant, 40)
	for i := range tenants {
		tenants[i] = tenancytest.Tenant(t, old, "stock")
	}
	migrateKilled(t, url, old, tenants, 20)
}

// BenchmarkThousandTenants signs a thousand companies up (300 with -short), and migrates them while its connections are killed twenty times. The ratio is that of the
// last sign-ups to the first ones.
func BenchmarkThousandTenants(b *testing.B) {
	all, some := 1000, 30
	if testing.Short() {
		all = 300
	}
	url := tenancytest.Database(b)
	lines := []tenancy.Line{manyTables(20), stock(stock1)}
	old := tenancytest.Fresh(b, tenancy.Config{URL: url, Lines: lines})
	tenants, took := make([]*tenancy.Tenant, all), make([]time.Duration, all)
	for i := range tenants {
		at := time.Now()
		tenants[i] = tenancytest.Tenant(b, old, "stock")
		took[i] = time.Since(at)
	}
	median := func(list []time.Duration) time.Duration { slices.Sort(list); return list[len(list)/2] }
	first, last := median(took[1:some+1]), median(took[all-some:])
	b.ReportMetric(float64(first.Milliseconds()), "first_ms")
	b.ReportMetric(float64(last.Milliseconds()), "last_ms")
	b.ReportMetric(float64(last)/float64(first), "ratio")
	at := time.Now()
	migrateKilled(b, url, old, tenants, 20, lines[0])
	b.ReportMetric(time.Since(at).Seconds(), "s_migrated")
	b.ReportMetric(0, "ns/op")
}

// migrateKilled brings tenants of an old program to a new one's tables. While it is killed again and again the old program goes on working in tenants
// of both kinds; one tenant is broken and does not stop the others.
func migrateKilled(t testing.TB, url string, old *tenancy.DB, tenants []*tenancy.Tenant, kills int, more ...tenancy.Line) {
	t.Helper()
	add := func(tenant *tenancy.Tenant, product string) {
		tenancytest.Do(t, old, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw("insert into stock (id, product) values (?, ?)", tx.NewID(), product).Exec(ctx)
			return err
		})
	}
	broken := tenants[len(tenants)/2]
	add(broken, "same")
	add(broken, "same") // the third file will fail here
	lines := append(slices.Clone(more), stock(stock1, stock2, "-- tenon:tolerates 1\n"+stock3))
	killer, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close(t.Context())
	step := max(1, len(tenants)/(kills+2))
	for kill := range kills {
		db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: lines})
		ctx, cancel := context.WithCancel(t.Context())
		after := 1 + rand.IntN(step)
		err := db.Migrate(ctx, 3, func(done, _ int, _ string, _ error) {
			if done != after {
				return
			}
			cancel() // no more are begun, and those that run lose their connections
			if _, err := killer.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
				where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`); err != nil {
				t.Error(err)
			}
		})
		cancel()
		if err == nil && kill < kills/2 {
			t.Fatalf("round %d: nothing was left to kill", kill)
		}
		add(tenants[kill%len(tenants)], fmt.Sprint("old ", kill))
	}
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: lines})
	err = db.Migrate(t.Context(), 3, nil)
	if err == nil || strings.Count(err.Error(), "stock_product_key") != 1 {
		t.Errorf("only the broken one fails: %v", err)
	}
	for _, tenant := range tenants {
		states, err := db.Modules(t.Context(), tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range states {
			if whole := s.Version == s.Latest && s.Error == ""; whole == (tenant == broken) && s.Name == "stock" {
				t.Errorf("%s: %s is at %d of %d, error %q", tenant.ID, s.Name, s.Version, s.Latest, s.Error)
			}
		}
	}
}
