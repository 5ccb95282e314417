package tenancy_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

func TestLastRunsAfterAllThatWasPutOff(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	var order []string
	tenancytest.Do(t, db, tenant, func(_ context.Context, tx *tenancy.Tx) error {
		note := func(what string) func(context.Context) error {
			return func(context.Context) error { order = append(order, what); return nil }
		}
		tx.Last(note("last"))
		tx.BeforeCommit(func(ctx context.Context) error {
			tx.BeforeCommit(note("second"))
			return note("first")(ctx)
		})
		return nil
	})
	if want := []string{"first", "second", "last"}; !slices.Equal(order, want) {
		t.Errorf("ran %v, wanted %v", order, want)
	}
}

// TestAgain repeats a unit of work that says others were in its way: it sees its first try undone, and its reason is told when it never gets through.
func TestAgain(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	tries := 0
	until := func(good int) func(ctx context.Context, tx *tenancy.Tx) error {
		return func(ctx context.Context, tx *tenancy.Tx) error {
			if tries++; tx.Try != tries {
				t.Errorf("try %d believes to be %d", tries, tx.Try)
			}
			if err := addCustomer(ctx, tx, fmt.Sprint("of ", good)); err != nil || tx.Try >= good {
				return err
			}
			return tenancy.Again(fault.New(fault.Rule, "test.taken", "已被占用", "Taken"))
		}
	}
	if err := db.Do(t.Context(), tenant, someone(), until(3)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, tenant, "crm_customer"); n != 2 || tries != 3 {
		t.Errorf("%d customers, one of them from the seed, after %d tries", n, tries)
	}
	tries = 0
	err := db.Do(t.Context(), tenant, someone(), until(100))
	if f := fault.As(err); f == nil || f.Reason != "test.taken" {
		t.Errorf("it ended with %v", err)
	}
}
