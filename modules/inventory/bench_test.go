package inventory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// m is a JSON object.
type m = map[string]any

// neighbours stand for the modules around inventory: they keep what it tells, and answer as a story wants.
type neighbours struct {
	mu     sync.Mutex
	list   []modules.Event
	answer map[string]func(ctx context.Context, tx *tenancy.Tx, e modules.Event) error
}

func (n *neighbours) hear(ctx context.Context, tx *tenancy.Tx, e modules.Event) error {
	name, _, _ := e.Event()
	n.mu.Lock()
	n.list = append(n.list, e)
	answer := n.answer[name]
	n.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(ctx, tx, e)
}

func hears[E modules.Event](n *neighbours) modules.Reaction {
	return modules.On(func(ctx context.Context, tx *tenancy.Tx, e E) error { return n.hear(ctx, tx, e) })
}

func (n *neighbours) module() modules.Module {
	return modules.Module{
		Name: "neighbours", Label: entity.T("邻居", "Neighbours"),
		Reactions: []modules.Reaction{
			hears[inventoryevent.StockReserved](n), hears[inventoryevent.StockReleased](n), hears[inventoryevent.StockShort](n),
			hears[inventoryevent.PurchaseNeeded](n), hears[inventoryevent.DemandPegged](n), hears[inventoryevent.SupplyReleased](n),
			hears[inventoryevent.StockMoved](n), hears[inventoryevent.StockRevalued](n), hears[inventoryevent.GoodsShipped](n), hears[inventoryevent.GoodsReceived](n),
		},
	}
}

// answers lets the neighbours react to an event of a type.
func answers[E modules.Event](b *bench, fn func(ctx context.Context, tx *tenancy.Tx, e E) error) {
	var zero E
	name, _, _ := zero.Event()
	b.around.answer[name] = func(ctx context.Context, tx *tenancy.Tx, e modules.Event) error {
		return fn(ctx, tx, e.(E)) //nolint:forcetypeassert // filed under its type
	}
}

// heard returns what was told of a type since the last look.
func heard[E modules.Event](b *bench) []E {
	b.t.Helper()
	var out []E
	rest := b.around.list[:0:0]
	for _, e := range b.around.list {
		if x, ok := e.(E); ok {
			out = append(out, x)
		} else {
			rest = append(rest, e)
		}
	}
	b.around.list = rest
	return out
}

// bench is one company with a warehouse.
type bench struct {
	t      *testing.T
	engine *record.Engine
	tenant *tenancy.Tenant
	around *neighbours
}

type quiet struct{ *relay.Relay }

func (quiet) Queue(context.Context, *tenancy.Tx, []record.Told) error { return nil }

func newBench(t *testing.T) *bench {
	t.Helper()
	around := &neighbours{answer: map[string]func(context.Context, *tenancy.Tx, modules.Event) error{}}
	list := []modules.Module{core.Module(), inventory.Module(inventory.Plugs{Products: core.Products{}}), around.module()}
	e, err := record.New(list)
	if err != nil {
		t.Fatal(err)
	}
	var sources []policy.Source
	lines := []tenancy.Line{record.Line(), policy.Line()}
	actions := map[string][]string{}
	for _, x := range list {
		sources = append(sources, policy.Source{Module: x.Name, Files: x.Policy})
		l := tenancy.Line{Name: x.Name, Always: x.Always, Files: x.Migrations}
		if x.Seed != nil {
			l.Seed = func(ctx context.Context, tx *tenancy.Tx) error { return e.Seed(ctx, tx, x.Seed) }
		}
		lines = append(lines, l)
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
		failures, err := policy.RunCases(t.Context(), p, s.Files)
		if s.Files != nil && (err != nil || len(failures) > 0) {
			t.Fatal(s.Module, failures, err)
		}
	}
	db := tenancytest.Fresh(t, tenancy.Config{Lines: lines})
	e.Open(db)
	e.Policy, e.Carrier = p, quiet{relay.New(list)}
	return &bench{t, e, tenancytest.Tenant(t, db, "inventory", "neighbours"), around}
}

func (b *bench) try(fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	actor := tenancy.Actor{ID: b.engine.DB().NewID(), Name: "W", Roles: []string{"owner"}}
	return b.engine.Do(b.t.Context(), b.tenant, actor, fn, opts...)
}

func (b *bench) do(fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) {
	b.t.Helper()
	if err := b.try(fn, opts...); err != nil {
		b.t.Fatal(err)
	}
}

// emit tells an event as another module would.
func (b *bench) emit(e modules.Event) {
	b.t.Helper()
	if err := b.tell(e); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) tell(e modules.Event) error {
	return b.try(func(ctx context.Context, tx *tenancy.Tx) error { return record.Emit(ctx, tx, e) })
}

func (b *bench) new() id.ID { return b.engine.DB().NewID() }

func (b *bench) add(path string, body m) id.ID {
	b.t.Helper()
	var key id.ID
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Path(path), []m{plain(b.t, body)}, func(int) string { return "" })
		if err == nil {
			key = keys[0]
		}
		return err
	})
	return key
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

func (b *bench) act(path string, key any, action string, body m) error {
	b.t.Helper()
	k, err := id.Parse(fmt.Sprint(key))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Run(ctx, tx, record.Catalog(tx).Path(path), k, action, plain(b.t, body))
	})
}

func (b *bench) must(path string, key any, action string, body m) {
	b.t.Helper()
	if err := b.act(path, key, action, body); err != nil {
		b.t.Fatal(err)
	}
}

// list reads records as the API would.
func (b *bench) list(path string, params ...string) []m {
	b.t.Helper()
	query := map[string][]string{}
	for i := 0; i+1 < len(params); i += 2 {
		query[params[i]] = []string{params[i+1]}
	}
	q, err := record.ParseQuery(query)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []m
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		page, err := record.List(ctx, tx, record.Catalog(tx).Path(path), q)
		for _, raw := range page.Data {
			var x m
			if err := json.Unmarshal(raw, &x); err != nil {
				return err
			}
			out = append(out, x)
		}
		return err
	}, tenancy.ReadOnly())
	return out
}

func (b *bench) one(path string, params ...string) m {
	b.t.Helper()
	rows := b.list(path, params...)
	if len(rows) != 1 {
		b.t.Fatalf("%s %v: %d records, want one: %v", path, params, len(rows), rows)
	}
	return rows[0]
}

// refused fails unless the error is a fault with this reason.
func (b *bench) refused(err error, reason string) *fault.Fault {
	b.t.Helper()
	f := fault.As(err)
	if f == nil || f.Reason != reason {
		b.t.Fatalf("got %v, want a refusal %s", err, reason)
	}
	return f
}

// fields checks values of a record; numbers are compared by value.
func (b *bench) fields(rec m, want m) {
	b.t.Helper()
	for name, w := range want {
		got, exp := fmt.Sprint(rec[name]), fmt.Sprint(w)
		x, errX := money.Parse(got)
		y, errY := money.Parse(exp)
		if got != exp && (errX != nil || errY != nil || !x.Equal(y)) {
			b.t.Errorf("%s is %s, want %s", name, got, exp)
		}
	}
}

// lines returns a record's nested rows.
func lines(rec m) []m {
	list, _ := rec["lines"].([]any)
	out := make([]m, len(list))
	for i, x := range list {
		out[i], _ = x.(m)
	}
	return out
}

// sameWords compares lists of words in which the order of equals is open.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
