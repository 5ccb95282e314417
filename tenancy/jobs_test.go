package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

type mailArgs struct {
	Tenant string `json:"tenant"`
}

func (mailArgs) Kind() string { return "mail" }

// TestJobs inserts jobs in a unit of work: they commit with it, and only with it.
func TestJobs(t *testing.T) {
	db := tenancytest.Fresh(t, tenancy.Config{Lines: toyLines(), MaxConns: 1})
	jobs, err := pgxpool.New(t.Context(), db.JobsURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(jobs.Close)
	migrator, err := rivermigrate.New(riverpgxv5.New(jobs), &rivermigrate.Config{Schema: "river"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.GrantJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	client, err := river.NewClient[*sql.Tx](riverdatabasesql.New(nil), &river.Config{Schema: "river"})
	if err != nil {
		t.Fatal(err)
	}
	insert := func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.AsLogin(ctx, func(ctx context.Context) error {
			_, err := client.InsertManyTx(ctx, tx.Tx.Tx, []river.InsertManyParams{{Args: mailArgs{tx.Tenant.ID.String()}}, {Args: mailArgs{"2"}}})
			if err == nil {
				_, err = client.InsertTx(ctx, tx.Tx.Tx, mailArgs{"3"}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}})
			}
			return err
		})
	}
	queued := func() (n int) {
		if err := jobs.QueryRow(t.Context(), "select count(*) from river.river_job").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// Also from a seed, whose transaction is the administrator's.
	tenant, _, _ := tenancytest.SignUp(t, db, tenancy.New{Modules: []string{"crm", "shop"}}, func(ctx context.Context, tx *tenancy.Tx, _ id.ID) error {
		return errors.Join(insert(ctx, tx), addCustomer(ctx, tx, "After a job"))
	})
	if queued() != 3 {
		t.Errorf("%d jobs after sign-up", queued())
	}
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		before := tx.Statements()
		if err := insert(ctx, tx); err != nil {
			return err
		}
		if n := tx.Statements() - before; n > 5 {
			t.Errorf("the jobs took %d messages", n)
		}
		_, err := tx.NewRaw("insert into shop_order (id, customer, amount) values (?, 'deferred trigger', 5)", tx.NewID()).Exec(ctx)
		return err
	})
	if queued() != 5 { // the third is unique
		t.Errorf("%d jobs after a unit of work", queued())
	}
	oops := errors.New("oops")
	err = db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		return errors.Join(insert(ctx, tx), oops)
	})
	if !errors.Is(err, oops) || queued() != 5 {
		t.Errorf("%d jobs after a failed unit of work, %v", queued(), err)
	}
	// The role for jobs sees nothing of a tenant, and the tenant's role sees no jobs.
	for _, c := range []struct {
		sql     string
		asLogin bool
		code    string
	}{
		{"select 1 from river.river_job", false, denied},
		{"select 1 from river.river_job", true, ""},
		{"delete from river.river_job", true, denied},
		{"select 1 from " + tenant.Schema + ".crm_customer", true, denied},
		{"select 1 from " + tenant.Schema + ".crm_customer", false, ""},
	} {
		err := db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
			run := func(ctx context.Context) error { _, err := tx.NewRaw(c.sql).Exec(ctx); return err }
			if c.asLogin {
				return tx.AsLogin(ctx, run)
			}
			return run(ctx)
		})
		if code(err) != c.code {
			t.Errorf("%s (as login: %v): %v", c.sql, c.asLogin, err)
		}
	}
	// A failed insert that is rolled back to a savepoint leaves the tenant's role in force.
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		save, err := tx.Tx.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := tx.AsLogin(ctx, func(ctx context.Context) error { _, err := tx.NewRaw("select 1/0").Exec(ctx); return err }); code(err) != "22012" {
			t.Errorf("the failed statement: %v", err)
		}
		if err := save.Rollback(); err != nil {
			return err
		}
		return addCustomer(ctx, tx, "After a savepoint")
	})
	if n := count(t, db, tenant, "crm_customer"); n != 3 {
		t.Errorf("%d customers", n)
	}
}
