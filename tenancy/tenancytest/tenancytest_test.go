package tenancytest_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

func lines(sql string) []tenancy.Line {
	return []tenancy.Line{{Name: "toy", Files: fstest.MapFS{"0001_toy.sql": {Data: []byte(sql)}}}}
}

func TestSharedDatabase(t *testing.T) {
	a, b := tenancytest.DB(t, lines("create table toy (id uuid primary key)")...), tenancytest.DB(t, lines("create table toy (id uuid primary key)")...)
	if a != b {
		t.Error("the same lines got two databases")
	}
	if c := tenancytest.DB(t, lines("create table other (id uuid primary key)")...); c == a {
		t.Error("other lines got the same database")
	}
	tenant := tenancytest.Tenant(t, a, "toy")
	tenancytest.Do(t, a, tenant, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("insert into toy (id) values (?)", tx.NewID()).Exec(ctx)
		return err
	})
	_, person, user := tenancytest.SignUp(t, a, tenancy.New{Company: "X"}, func(_ context.Context, tx *tenancy.Tx, admin id.ID) error {
		if tx.Actor.ID != admin || !tx.Actor.System {
			t.Errorf("the actor of a seed is %+v", tx.Actor)
		}
		return nil
	})
	if p, err := a.Login(t.Context(), person.Email, tenancytest.Password, ""); err != nil || p.UserID != user {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestLeftovers removes what a test program that has ended left behind, and nothing else.
func TestLeftovers(t *testing.T) {
	mine := tenancytest.Database(t)
	conn, err := pgx.Connect(t.Context(), mine)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	name := conn.Config().Database
	dead := strings.Replace(name, "tenon_test_", "tenon_test_99", 1) // no process has such a number
	dead = dead[:len("tenon_test_")+2] + "99999999" + dead[len(dead)-9:]
	if _, err := conn.Exec(t.Context(), "create database "+dead); err != nil {
		t.Fatal(err)
	}
	var left []string
	for range 300 { // another program may be clearing away just now
		if err := tenancytest.DropLeftovers(t.Context(), mine, false); err != nil {
			t.Fatal(err)
		}
		rows, err := conn.Query(t.Context(), "select datname from pg_database where datname = any($1)", []string{name, dead})
		if err != nil {
			t.Fatal(err)
		}
		if left, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(left) < 2 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(left) != 1 || left[0] != name {
		t.Errorf("left are %q", left)
	}
}
