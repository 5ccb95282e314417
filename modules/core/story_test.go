package core_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// m is a JSON object.
type m = map[string]any

// bench is one company with nothing but core.
type bench struct {
	t      *testing.T
	engine *record.Engine
	tenant *tenancy.Tenant
	actor  tenancy.Actor
}

type quiet struct{ *relay.Relay }

func (quiet) Queue(context.Context, *tenancy.Tx, []record.Told) error { return nil }

func newBench(t *testing.T) *bench {
	t.Helper()
	mod := core.Module()
	e, err := record.New([]modules.Module{mod})
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string][]string{}
	for _, d := range e.Catalog().All() {
		for _, a := range e.Actions(d.Name) {
			actions[d.Name] = append(actions[d.Name], a.Name)
		}
	}
	p, err := policy.New([]policy.Source{{Module: mod.Name, Files: mod.Policy}}, e.Catalog(), policy.WithActions(actions))
	if err != nil {
		t.Fatal(err)
	}
	if failures, err := policy.RunCases(t.Context(), p, mod.Policy); err != nil || len(failures) > 0 {
		t.Fatal(failures, err)
	}
	line := tenancy.Line{Name: mod.Name, Always: true, Files: mod.Migrations}
	line.Seed = func(ctx context.Context, tx *tenancy.Tx) error { return e.Seed(ctx, tx, mod.Seed) }
	db := tenancytest.Fresh(t, tenancy.Config{Lines: []tenancy.Line{keys.Line(), record.Line(), policy.Line(), line}, Shared: []tenancy.Shared{keys.Shared()}})
	local, err := keys.OpenLocal(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := keys.New(keys.Config{DB: db, Platform: local})
	t.Cleanup(s.Close)
	e.Sealer = s
	e.Open(db)
	e.Policy, e.Carrier = p, quiet{relay.New([]modules.Module{mod})}
	return &bench{t, e, tenancytest.Tenant(t, db), tenancy.Actor{ID: db.NewID(), Name: "A", Roles: []string{"owner"}}}
}

func (b *bench) try(fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	return b.engine.Do(b.t.Context(), b.tenant, b.actor, fn)
}

func (b *bench) do(fn func(ctx context.Context, tx *tenancy.Tx) error) {
	b.t.Helper()
	if err := b.try(fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) add(path string, body m) (key id.ID, err error) {
	err = b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Path(path), []m{body}, func(int) string { return "" })
		if err == nil {
			key = keys[0]
		}
		return err
	})
	return key, err
}

func (b *bench) must(path string, body m) id.ID {
	b.t.Helper()
	key, err := b.add(path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	return key
}

func (b *bench) list(path string, params map[string][]string) []m {
	b.t.Helper()
	q, err := record.ParseQuery(params)
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
	})
	return out
}

func TestSignUpSeedsTheWords(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]int{
		"inventory/units_of_measure": 7, "finance/taxes": 5, "finance/currencies": 3, "finance/payment_terms": 5, "inventory/product_categories": 1, "holidays": 39,
	} {
		if n := len(b.list(path, nil)); n != want {
			t.Errorf("%s: %d, want %d", path, n, want)
		}
	}
}

func TestAProductNeedsFourFields(t *testing.T) {
	b := newBench(t)
	_, err := b.add("inventory/products", m{})
	f := fault.As(err)
	if f == nil || len(f.Fields) != 4 {
		t.Fatalf("got %v, want four missing fields", err)
	}
	b.must("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs"})
	p := b.list("inventory/products", nil)[0]
	for name, want := range map[string]any{"supply": "buy", "supply_policy": "split", "tracking": "none", "category": "general", "active": true, "cost_method": nil} {
		if p[name] != want {
			t.Errorf("%s is %v, want %v", name, p[name], want)
		}
	}
	if _, err := b.add("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same number again: %v", err)
	}
	_, err = b.add("inventory/products", m{"number": "Q", "name": "Q", "type": "stock", "unit": "pcs", "units": []any{m{"unit": "pcs", "numerator": "6"}}})
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Path != "units[0].unit" {
		t.Errorf("its own unit again: %v", err)
	}
}

func TestAskingForProducts(t *testing.T) {
	b := newBench(t)
	p := b.must("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "units": []any{m{"unit": "box", "numerator": "6"}}})
	w := b.must("inventory/products", m{"number": "W", "name": "W", "type": "stock", "unit": "kg", "cost_method": "fifo"})
	ask := core.Products{}
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		got, err := ask.Products(ctx, tx, []id.ID{p, w, b.actor.ID})
		if err != nil {
			return err
		}
		if len(got) != 2 || got[p].CostMethod != "average" || got[w].CostMethod != "fifo" || !got[p].Rounding.Equal(money.Int(1)) || !got[p].Stocked() {
			t.Errorf("products %v", got)
		}
		list, err := ask.Convert(ctx, tx, []coreevent.Conversion{
			{ProductID: p, Quantity: money.Int(2), From: "box"}, {ProductID: w, Quantity: money.Int(250), From: "g"}, {ProductID: p, Quantity: money.Int(5)},
		})
		if err != nil || !list[0].Equal(money.Int(12)) || !list[1].Equal(money.Must("0.25")) || !list[2].Equal(money.Int(5)) {
			t.Errorf("converted %v, %v", list, err)
		}
		_, err = ask.Convert(ctx, tx, []coreevent.Conversion{{ProductID: p, Quantity: money.Int(2), From: "kg"}})
		if f := fault.As(err); f == nil || f.Reason != "unit.no_conversion" || f.Text.EN != "Product P: there is no conversion from kg to pcs" {
			t.Errorf("got %v", err)
		}
		return nil
	})
}

func TestAskingForTermsTaxesAndRates(t *testing.T) {
	b := newBench(t)
	b.must("finance/exchange_rates", m{"currency": "USD", "date": "2026-01-01", "rate": "7.1"})
	term := b.list("finance/payment_terms", map[string][]string{"code": {"thirds"}})[0]["id"].(string)
	tax := b.list("finance/taxes", map[string][]string{"code": {"VAT13"}})[0]["id"].(string)
	termID, _ := id.Parse(term)
	taxID, _ := id.Parse(tax)
	ask := core.Products{}
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		got, err := ask.Terms(ctx, tx, termID)
		if err != nil || len(got.Lines) != 3 || got.Lines[2].Days != 90 {
			t.Errorf("term %v, %v", got, err)
		}
		taxes, err := ask.Taxes(ctx, tx, []id.ID{taxID})
		if err != nil || !taxes[taxID].Rate.Equal(money.Int(13)) || taxes[taxID].PerDocument() {
			t.Errorf("taxes %v, %v", taxes, err)
		}
		rate, err := ask.Rate(ctx, tx, "USD", clock.NewDate(2026, 5, 1))
		if err != nil || !rate.Equal(money.Must("7.1")) {
			t.Errorf("rate %v, %v", rate, err)
		}
		if _, err := ask.Rate(ctx, tx, "USD", clock.NewDate(2025, 5, 1)); !fault.Is(err, fault.Rule) {
			t.Errorf("a rate before the first: %v", err)
		}
		return nil
	})
	_, err := b.add("finance/payment_terms", m{"code": "x", "name": "x", "lines": []any{m{"percent": "60"}, m{"percent": "50"}}})
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Path != "lines[1].percent" {
		t.Errorf("110 percent: %v", err)
	}
}

func TestEverybodyConcernedIsToldOnce(t *testing.T) {
	b := newBench(t)
	person := func(name string, active bool, roles ...any) id.ID {
		return b.must("users", m{"name": name, "email": name + "@example.com", "roles": roles, "active": active})
	}
	ann, bob := person("ann", true, "buyer", "planner"), person("bob", true, "sales")
	person("gone", false, "buyer")
	person("other", true, "finance")
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Emit(ctx, tx, coreevent.Notice{To: []id.ID{ann, bob}, Roles: []string{"buyer"}, Text: i18n.T("缺货", "Short"), Entity: "inventory.product", Record: ann})
	})
	rows := b.list("notifications", nil)
	if len(rows) != 2 || rows[0]["user_id"] == rows[1]["user_id"] || rows[0]["text_zh"] != "缺货" {
		t.Fatalf("notifications %v", rows)
	}

	b.actor = tenancy.Actor{ID: ann, Name: "ann", Roles: []string{"buyer"}}
	mine := b.list("notifications", nil)
	if len(mine) != 1 || mine[0]["user_id"] != ann.String() {
		t.Fatalf("ann sees %v, want her own", mine)
	}
	key, _ := id.Parse(mine[0]["id"].(string))
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Run(ctx, tx, record.Catalog(tx).Path("notifications"), key, "read", nil)
	})
	if n := len(b.list("notifications", map[string][]string{"read_at[null]": {"true"}})); n != 0 {
		t.Errorf("%d are unread", n)
	}
	b.must("saved_views", m{"entity": "inventory.product", "name": "Mine", "settings": m{"sort": "name"}})
	if v := b.list("saved_views", nil); len(v) != 1 || v[0]["user_id"] != ann.String() {
		t.Errorf("views %v", v)
	}
}
