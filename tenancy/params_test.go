package tenancy_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// TestArraysArriveAsTheyAre sends texts that an array's own signs could be mistaken for.
func TestArraysArriveAsTheyAre(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	tenant := tenancytest.Tenant(t, db, "crm")
	none := "NULL"
	tenancytest.Do(t, db, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		parts := func(list any) (got []*string) {
			rows, err := tx.Tx.Tx.QueryContext(ctx, "SELECT u.v FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n", list)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var v *string
				if err := rows.Scan(&v); err != nil {
					t.Fatal(err)
				}
				got = append(got, v)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return got
		}
		for _, list := range [][]string{{""}, {"a", none, ""}, {`"`, `\`, `\"`, `{}`, `,`, " a ", "\n\t", "库存", `{"a":"b\\"}`}} {
			var want []*string
			for _, s := range list {
				want = append(want, &s)
			}
			if diff := cmp.Diff(want, parts(list)); diff != "" {
				t.Errorf("%q: %s", list, diff)
			}
			if diff := cmp.Diff(want, parts(want)); diff != "" {
				t.Errorf("pointers to %q: %s", list, diff)
			}
		}
		if diff := cmp.Diff([]*string{nil, &none}, parts([]*string{nil, &none})); diff != "" {
			t.Errorf("NULL and the text NULL: %s", diff)
		}
		if got := append(parts([]string{}), parts([]string(nil))...); got != nil {
			t.Errorf("nothing arrives as %v", got)
		}
		return nil
	})
}
