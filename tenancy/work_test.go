package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

func TestDryRunLeavesNothing(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm", "shop")
	var hooked, after bool
	work := func(ctx context.Context, tx *tenancy.Tx) error {
		tx.BeforeCommit(func(ctx context.Context) error {
			hooked = true
			return addCustomer(ctx, tx, "From a hook")
		})
		tx.AfterCommit(func(context.Context) { after = true })
		return addCustomer(ctx, tx, "From a dry run")
	}
	if err := db.Do(t.Context(), tenant, someone(), work, tenancy.DryRun()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, tenant, "crm_customer"); n != 1 || !hooked || after {
		t.Errorf("%d customers, hooked %v, after %v", n, hooked, after)
	}
	tenancytest.Do(t, db, tenant, work) // the control
	if n := count(t, db, tenant, "crm_customer"); n != 3 || !after {
		t.Errorf("%d customers, after %v", n, after)
	}
}

// TestDeferredConstraint is found by a dry run and by a commit alike.
func TestDeferredConstraint(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm", "shop")
	order := func(amount int) func(ctx context.Context, tx *tenancy.Tx) error {
		return func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw("insert into shop_order (id, customer, amount) values (?, 'x', ?)", tx.NewID(), amount).Exec(ctx)
			if err != nil {
				t.Errorf("the constraint should wait: %v", err)
			}
			return err
		}
	}
	for _, opts := range [][]tenancy.Option{nil, {tenancy.DryRun()}} {
		if err := db.Do(t.Context(), tenant, someone(), order(2_000_000), opts...); code(err) != "TN002" {
			t.Errorf("%d options: %v", len(opts), err)
		}
		if err := db.Do(t.Context(), tenant, someone(), order(1), opts...); err != nil {
			t.Errorf("control: %v", err)
		}
	}
	if n := count(t, db, tenant, "shop_order"); n != 1 {
		t.Errorf("%d orders", n)
	}
}

func TestReadOnly(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	for _, o := range []tenancy.Option{tenancy.ReadOnly(), tenancy.Snapshot()} {
		err := db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
			if !tx.Read {
				t.Error("the unit does not know that it only reads")
			}
			return addCustomer(ctx, tx, "x")
		}, o)
		if code(err) != "25006" {
			t.Errorf("a write: %v", err)
		}
	}
}

// TestSerializationFailure lets two units of work read what the other writes: one must be repeated, with a fresh unit.
func TestSerializationFailure(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	var runs, done atomic.Int32
	var barrier sync.WaitGroup
	barrier.Add(2)
	type key struct{}
	run := func(name string) error {
		first := true
		return db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
			runs.Add(1)
			if tx.Local(key{}) != nil {
				t.Error("a repeated unit of work remembers the failed one")
			}
			tx.SetLocal(key{}, true)
			tx.AfterCommit(func(context.Context) { done.Add(1) })
			names, err := customers(ctx, tx)
			if err != nil {
				return err
			}
			if first {
				first = false
				barrier.Done()
				barrier.Wait()
			}
			return addCustomer(ctx, tx, fmt.Sprintf("%s after %d", name, len(names)))
		}, tenancy.Serializable())
	}
	var wg sync.WaitGroup
	for _, name := range []string{"A", "B"} {
		wg.Go(func() {
			if err := run(name); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if runs.Load() < 3 || done.Load() != 2 {
		t.Errorf("%d runs, %d ended", runs.Load(), done.Load())
	}
	if n := count(t, db, tenant, "crm_customer"); n != 3 {
		t.Errorf("%d customers", n)
	}
}

func TestRetryEnds(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db)
	for _, c := range []struct {
		err  error
		runs int
		kind fault.Kind
	}{
		{&pgconn.PgError{Code: "40001"}, 8, fault.Unavailable},
		{fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: "40P01"}), 8, fault.Unavailable},
		{fault.New(fault.Conflict, "x", "x", "x").Because(&pgconn.PgError{Code: "40001"}), 8, fault.Conflict},
		{&pgconn.PgError{Code: "23505"}, 1, ""},
		{fault.New(fault.Rule, "x", "x", "x"), 1, fault.Rule},
	} {
		runs := 0
		err := db.Do(t.Context(), tenant, someone(), func(context.Context, *tenancy.Tx) error { runs++; return c.err })
		if runs != c.runs || c.kind != "" && !fault.Is(err, c.kind) || c.kind == "" && !errors.Is(err, c.err) {
			t.Errorf("%v: %d runs, %v", c.err, runs, err)
		}
	}
}

// TestLostConnection cuts the connection in the middle; the work is done once in the end.
func TestLostConnection(t *testing.T) {
	w := newTwo(t)
	runs := 0
	err := w.db.Do(t.Context(), w.a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		runs++
		if err := addCustomer(ctx, tx, "Once"); err != nil {
			return err
		}
		if runs < 3 {
			var pid int
			if err := tx.NewRaw("select pg_backend_pid()").Scan(ctx, &pid); err != nil {
				return err
			}
			if _, err := w.admin.Exec(ctx, "select pg_terminate_backend($1, 5000)", pid); err != nil {
				return err
			}
			_, err := tx.NewRaw("select 1").Exec(ctx)
			return err
		}
		return nil
	})
	if err != nil || runs != 3 {
		t.Errorf("%d runs, %v", runs, err)
	}
	if n := count(t, w.db, w.a, "crm_customer"); n != 2 {
		t.Errorf("%d customers", n)
	}
}

// TestLostCommit cuts the connection so late that nobody knows the outcome: that is said, and not repeated.
func TestLostCommit(t *testing.T) {
	w := newTwo(t)
	runs := 0
	err := w.db.Do(t.Context(), w.a, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		runs++
		var pid int
		if err := tx.NewRaw("select pg_backend_pid()").Scan(ctx, &pid); err != nil {
			return err
		}
		_, err := w.admin.Exec(ctx, "select pg_terminate_backend($1, 5000)", pid)
		return err
	})
	if f := fault.As(err); f == nil || f.Reason != "commit.unknown" || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

func TestIgnoredFailureSavesNothing(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	err := db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_ = addCustomer(ctx, tx, "One")
		_ = addCustomer(ctx, tx, "One") // the name is taken
		return nil
	})
	if f := fault.As(err); f == nil || f.Reason != "commit.failed" {
		t.Errorf("a commit after an ignored failure: %v", err)
	}
}

// TestNextOnTheConnection runs units of work of two tenants, whose tables differ, in turns on one connection, whatever happened before.
func TestNextOnTheConnection(t *testing.T) {
	db := tenancytest.Fresh(t, tenancy.Config{Lines: toyLines(), MaxConns: 1})
	a, b := tenancytest.Tenant(t, db, "crm"), tenancytest.Tenant(t, db, "crm")
	if err := db.AddColumn(t.Context(), b, "crm_customer", "x_level", "integer"); err != nil {
		t.Fatal(err)
	}
	ends := []func(context.Context, *tenancy.Tx) error{
		func(context.Context, *tenancy.Tx) error { return nil },
		func(context.Context, *tenancy.Tx) error { return errors.New("no") },
		func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw("select 1/0").Exec(ctx)
			return err
		},
		func(context.Context, *tenancy.Tx) error { panic("bug") },
		func(ctx context.Context, tx *tenancy.Tx) error {
			rows, err := tx.QueryContext(ctx, "select generate_series(1, 100000)") //nolint:sqlclosecheck,rowserrcheck // left open on purpose
			_ = rows
			return err
		},
		func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.AsLogin(ctx, func(ctx context.Context) error { _, err := tx.NewRaw("select 1/0").Exec(ctx); return err })
		},
	}
	for i, end := range ends {
		func() {
			defer func() { _ = recover() }()
			_ = db.Do(t.Context(), a, someone(), end)
		}()
		for _, tenant := range []*tenancy.Tenant{a, b, a} {
			var schema, columns string
			tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
				rows, err := tx.QueryContext(ctx, "select current_schema() as s, c.* from crm_customer c") // the same text for different tables
				if err != nil {
					return err
				}
				defer rows.Close()
				names, err := rows.Columns()
				columns = fmt.Sprint(names)
				if !rows.Next() {
					t.Error("no customer")
				}
				_ = rows.Close()
				return errors.Join(err, rows.Err(), tx.NewRaw("select current_schema()").Scan(ctx, &schema))
			})
			want := "[s id name city]"
			if tenant == b {
				want = "[s id name city x_level]"
			}
			if schema != tenant.Schema || columns != want {
				t.Errorf("after end %d: schema %s, columns %s, want %s, %s", i, schema, columns, tenant.Schema, want)
			}
		}
	}
}

func TestCancelledCaller(t *testing.T) {
	db := tenancytest.Fresh(t, tenancy.Config{Lines: toyLines(), MaxConns: 1})
	tenant := tenancytest.Tenant(t, db, "crm")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := db.Do(ctx, tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("select pg_sleep(60)").Exec(ctx)
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 30*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	if n := count(t, db, tenant, "crm_customer"); n != 1 { // the pool has a connection again
		t.Errorf("%d customers", n)
	}
}

func TestLimits(t *testing.T) {
	db := tenancytest.Fresh(t, tenancy.Config{Lines: toyLines(), MaxConns: 2, StatementTimeout: 200 * time.Millisecond, Wait: 300 * time.Millisecond})
	tenant, other := tenancytest.Tenant(t, db, "crm"), tenancytest.Tenant(t, db, "crm")
	err := db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("select pg_sleep(3)").Exec(ctx)
		return err
	})
	if code(err) != "57014" {
		t.Errorf("a slow statement: %v", err)
	}
	inside, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			tenancytest.Do(t, db, tenant, func(context.Context, *tenancy.Tx) error { inside <- struct{}{}; <-release; return nil })
		})
		<-inside
	}
	err = db.Do(t.Context(), other, someone(), func(context.Context, *tenancy.Tx) error { return nil })
	if f := fault.As(err); f == nil || f.Reason != "database.busy" {
		t.Errorf("a crowd: %v", err)
	}
	close(release)
	wg.Wait()
	if err := db.Do(t.Context(), other, someone(), func(context.Context, *tenancy.Tx) error { return nil }); err != nil {
		t.Errorf("after the crowd: %v", err)
	}
}

// TestWaits compares how long statements run and wait for locks.
func TestWaits(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	for _, first := range []bool{true, false} {
		err := db.Do(t.Context(), tenant, someone(), func(ctx context.Context, tx *tenancy.Tx) error {
			if !first {
				if _, err := tx.NewRaw("select 1").Exec(ctx); err != nil {
					return err
				}
			}
			_, err := tx.NewRaw("select pg_sleep(2)").Exec(ctx)
			return err
		}, tenancy.Within(100*time.Millisecond))
		if code(err) != "57014" {
			t.Errorf("a slow statement (the first: %v): %v", first, err)
		}
	}
	touch := func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("update crm_customer set city = 'x'").Exec(ctx)
		return err
	}
	var dry error
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := touch(ctx, tx); err != nil {
			return err
		}
		dry = db.Do(t.Context(), tenant, someone(), touch, tenancy.DryRun())
		return nil
	})
	if code(dry) != "55P03" {
		t.Errorf("a dry run that meets a lock: %v", dry)
	}
}
