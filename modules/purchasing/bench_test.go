package purchasing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/all"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// m is a JSON object.
type m = map[string]any

// company is a tenant with all modules, worked on as one of its people.
type company struct {
	t      *testing.T
	engine *record.Engine
	tenant *tenancy.Tenant
	roles  []string
}

// quiet tells events to reactions and queues no jobs.
type quiet struct{ *relay.Relay }

func (quiet) Queue(context.Context, *tenancy.Tx, []record.Told) error { return nil }

// morning is when all stories happen: Monday, 2 March 2026, in Shanghai.
func morning() time.Time { return time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC) }

// day is the date n days after the stories' today.
func day(n int) string { return clock.NewDate(2026, time.March, 2).AddDays(n).String() }

func newCompany(t *testing.T) *company {
	t.Helper()
	list := all.Modules(all.Config{})
	e, err := record.New(list)
	if err != nil {
		t.Fatal(err)
	}
	var sources []policy.Source
	lines, names := []tenancy.Line{record.Line(), policy.Line()}, []string{}
	actions := map[string][]string{}
	for _, x := range list {
		sources = append(sources, policy.Source{Module: x.Name, Files: x.Policy})
		l := tenancy.Line{Name: x.Name, Always: x.Always, Files: x.Migrations}
		if x.Seed != nil {
			l.Seed = func(ctx context.Context, tx *tenancy.Tx) error { return e.Seed(ctx, tx, x.Seed) }
		}
		if lines = append(lines, l); !x.Always {
			names = append(names, x.Name)
		}
	}
	for _, d := range e.Catalog().All() {
		for _, a := range e.Actions(d.Name) {
			actions[d.Name] = append(actions[d.Name], a.Name)
		}
	}
	p, err := policy.New(sources, e.Catalog(), policy.WithActions(actions))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		if s.Module != "purchasing" {
			continue
		}
		if failures, err := policy.RunCases(t.Context(), p, s.Files); err != nil || len(failures) > 0 {
			t.Fatal(s.Module, failures, err)
		}
	}
	db := tenancytest.Fresh(t, tenancy.Config{Lines: lines, Clock: morning})
	e.Open(db)
	e.Policy, e.Carrier = p, quiet{relay.New(list)}
	return &company{t, e, tenancytest.Tenant(t, db, names...), []string{"owner"}}
}

// as is the company seen by somebody with roles.
func (c *company) as(roles ...string) *company {
	d := *c
	d.roles = roles
	return &d
}

func (c *company) try(fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	actor := tenancy.Actor{ID: c.engine.DB().NewID(), Name: "Somebody", Roles: c.roles}
	return c.engine.Do(c.t.Context(), c.tenant, actor, fn, opts...)
}

func (c *company) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// make tries to create a record at a caller's request.
func (c *company) make(path string, body m) (string, error) {
	c.t.Helper()
	var key id.ID
	err := c.try(func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Path(path), []m{plain(c.t, body)}, func(int) string { return "" })
		if err == nil {
			key = keys[0]
		}
		return err
	})
	return key.String(), err
}

func (c *company) add(path string, body m) string {
	c.t.Helper()
	key, err := c.make(path, body)
	c.ok(err)
	return key
}

// change writes to a record as it is now.
func (c *company) change(path, key string, body m) error {
	c.t.Helper()
	version, _ := money.Parse(fmt.Sprint(c.one(path, "id", key)["version"]))
	return c.try(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Change(ctx, tx, record.Catalog(tx).Path(path), parse(c.t, key), version.IntPart(), plain(c.t, body))
	})
}

func (c *company) act(path, key, action string, body m) error {
	c.t.Helper()
	return c.try(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Run(ctx, tx, record.Catalog(tx).Path(path), parse(c.t, key), action, plain(c.t, body))
	})
}

func (c *company) must(path, key, action string, body m) {
	c.t.Helper()
	c.ok(c.act(path, key, action, body))
}

func parse(t *testing.T, key string) id.ID {
	t.Helper()
	k, err := id.Parse(key)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// plain makes a body what a decoded request is.
func plain(t *testing.T, body m) m {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var out m
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// list reads records as the API would.
func (c *company) list(path string, params ...string) []m {
	c.t.Helper()
	query := map[string][]string{"sort": {"id"}}
	for i := 0; i+1 < len(params); i += 2 {
		query[params[i]] = []string{params[i+1]}
	}
	q, err := record.ParseQuery(query)
	c.ok(err)
	var out []m
	c.ok(c.try(func(ctx context.Context, tx *tenancy.Tx) error {
		page, err := record.List(ctx, tx, record.Catalog(tx).Path(path), q)
		for _, raw := range page.Data {
			var x m
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.UseNumber()
			if err := dec.Decode(&x); err != nil {
				return err
			}
			out = append(out, x)
		}
		return err
	}, tenancy.ReadOnly()))
	return out
}

func (c *company) one(path string, params ...string) m {
	c.t.Helper()
	rows := c.list(path, params...)
	if len(rows) != 1 {
		c.t.Fatalf("%s %v: %d records, want one: %v", path, params, len(rows), rows)
	}
	return rows[0]
}

// refused fails unless the error is a fault with this reason.
func (c *company) refused(err error, reason string) *fault.Fault {
	c.t.Helper()
	f := fault.As(err)
	if f == nil || f.Reason != reason {
		c.t.Fatalf("got %v, want a refusal %s", err, reason)
	}
	return f
}

// fields checks values of a record; numbers are compared by value.
func (c *company) fields(rec, want m) {
	c.t.Helper()
	for name, w := range want {
		got, exp := fmt.Sprint(rec[name]), fmt.Sprint(w)
		x, errX := money.Parse(got)
		y, errY := money.Parse(exp)
		if got != exp && (errX != nil || errY != nil || !x.Equal(y)) {
			c.t.Errorf("%v: %s is %s, want %s", rec["no"], name, got, exp)
		}
	}
}

// rows returns a record's nested rows.
func rows(rec m, name string) []m {
	list, _ := rec[name].([]any)
	out := make([]m, len(list))
	for i, x := range list {
		out[i], _ = x.(m)
	}
	return out
}

func str(x any) string { return fmt.Sprint(x) }
