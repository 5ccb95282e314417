package finance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// m is a JSON object.
type m = map[string]any

// stand is what the records of modules that are not part of these stories have in common: a name.
type stand struct {
	entity.Base
	Name string `bun:"name,notnull"`
}

func (s *stand) describe(d *entity.Desc, name, collection string) {
	d.Is(name, collection, entity.T("替身", "Stand-in"), &s.Name)
	d.Field(&s.Name, entity.Field{Label: entity.T("名称", "Name")})
	d.Virtual("payment_status", entity.Field{Label: entity.T("收款状态", "Payment"), Kind: entity.KindText, Class: "payment", Expr: "'none'"})
}

type (
	customer struct {
		bun.BaseModel `bun:"table:stand_customer"`
		stand
	}
	order struct {
		bun.BaseModel `bun:"table:stand_order"`
		stand
	}
	orderLine struct {
		bun.BaseModel `bun:"table:stand_order_line"`
		stand
	}
	vendor struct {
		bun.BaseModel `bun:"table:stand_vendor"`
		stand
	}
	purchase struct {
		bun.BaseModel `bun:"table:stand_purchase"`
		stand
	}
	purchaseLine struct {
		bun.BaseModel `bun:"table:stand_purchase_line"`
		stand
	}
	delivery struct {
		bun.BaseModel `bun:"table:stand_delivery"`
		stand
	}
)

func (x *customer) Describe(d *entity.Desc)  { x.describe(d, "crm.customer", "customers") }
func (x *order) Describe(d *entity.Desc)     { x.describe(d, "sales.order", "orders") }
func (x *orderLine) Describe(d *entity.Desc) { x.describe(d, "sales.order_line", "order_lines") }
func (x *vendor) Describe(d *entity.Desc)    { x.describe(d, "purchasing.vendor", "vendors") }
func (x *purchase) Describe(d *entity.Desc)  { x.describe(d, "purchasing.order", "orders") }
func (x *purchaseLine) Describe(d *entity.Desc) {
	x.describe(d, "purchasing.order_line", "order_lines")
}
func (x *delivery) Describe(d *entity.Desc) { x.describe(d, "inventory.delivery", "deliveries") }

// told keeps what finance told the others.
type told struct {
	mu   sync.Mutex
	list []modules.Event
}

func (t *told) hear(e modules.Event) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, e)
	return nil
}

// last returns the last event of a type.
func last[E modules.Event](t *testing.T, b *bench) E {
	t.Helper()
	for i := len(b.told.list) - 1; i >= 0; i-- {
		if e, ok := b.told.list[i].(E); ok {
			return e
		}
	}
	t.Fatal("it was not told")
	panic("unreachable")
}

func neighbours(heard *told) modules.Module {
	var sql strings.Builder
	for _, name := range []string{"customer", "order", "order_line", "vendor", "purchase", "purchase_line", "delivery"} {
		fmt.Fprintf(&sql, `CREATE TABLE stand_%s (id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL,
			updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid, name text NOT NULL DEFAULT '');`, name)
	}
	return modules.Module{
		Name: "neighbours", Label: entity.T("邻居", "Neighbours"),
		Entities: []entity.Record{new(customer), new(order), new(orderLine), new(vendor), new(purchase), new(purchaseLine), new(delivery)},
		Reactions: []modules.Reaction{
			modules.On(func(_ context.Context, _ *tenancy.Tx, e financeevent.InvoicePosted) error { return heard.hear(e) }),
			modules.On(func(_ context.Context, _ *tenancy.Tx, e financeevent.PaymentMatched) error { return heard.hear(e) }),
			modules.On(func(_ context.Context, _ *tenancy.Tx, e financeevent.BillPosted) error { return heard.hear(e) }),
			modules.On(func(_ context.Context, _ *tenancy.Tx, e financeevent.VendorCreditPosted) error { return heard.hear(e) }),
			modules.On(func(_ context.Context, _ *tenancy.Tx, e financeevent.CustomerDunned) error { return heard.hear(e) }),
		},
		Migrations: fstest.MapFS{"0001_stand.sql": {Data: []byte(sql.String())}},
		Policy:     fstest.MapFS{},
	}
}

// bench is one company that keeps its books with finance.
type bench struct {
	t      *testing.T
	engine *record.Engine
	policy *policy.Engine
	tenant *tenancy.Tenant
	told   *told
}

type quiet struct{ *relay.Relay }

func (quiet) Queue(context.Context, *tenancy.Tx, []record.Told) error { return nil }

func newBench(t *testing.T) *bench {
	t.Helper()
	heard := &told{}
	ask := core.Products{}
	list := []modules.Module{core.Module(), finance.Module(finance.Plugs{Products: ask, Taxes: ask, Terms: ask, Rates: ask}), neighbours(heard)}
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
	db := tenancytest.Fresh(t, tenancy.Config{Lines: lines})
	e.Open(db)
	e.Policy, e.Carrier = p, quiet{relay.New(list)}
	return &bench{t, e, p, tenancytest.Tenant(t, db, "finance", "neighbours"), heard}
}

func (b *bench) try(fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	b.t.Helper()
	actor := tenancy.Actor{ID: b.engine.DB().NewID(), Name: "F", Roles: []string{"finance", "owner"}, Locale: i18n.EN}
	return b.engine.Do(b.t.Context(), b.tenant, actor, fn, opts...)
}

func (b *bench) do(fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) {
	b.t.Helper()
	if err := b.try(fn, opts...); err != nil {
		b.t.Fatal(err)
	}
}

// emit tells an event as another module would.
func (b *bench) emit(e modules.Event, opts ...tenancy.Option) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *tenancy.Tx) error { return record.Emit(ctx, tx, e) }, opts...)
}

func (b *bench) new() id.ID { return b.engine.DB().NewID() }

// stand makes a record of another module.
func standing[T any, P record.Pointer[T]](b *bench) id.ID {
	b.t.Helper()
	x := P(new(T))
	b.do(func(ctx context.Context, tx *tenancy.Tx) error { return record.Create(ctx, tx, x) })
	return x.Meta().ID
}

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

// tryAdd makes a record and returns why it is refused.
func (b *bench) tryAdd(path string, body m) error {
	b.t.Helper()
	return b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := record.Add(ctx, tx, record.Catalog(tx).Path(path), []m{plain(b.t, body)}, func(int) string { return "" })
		return err
	})
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

func (b *bench) act(path string, key id.ID, action string, body m) error {
	b.t.Helper()
	return b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Run(ctx, tx, record.Catalog(tx).Path(path), key, action, plain(b.t, body))
	})
}

func (b *bench) must(path string, key id.ID, action string, body m) {
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

// balances is the trial balance: account code → balance; an account that is back at zero is left out.
func (b *bench) balances() map[string]string {
	b.t.Helper()
	out := map[string]string{}
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := record.RunReport(ctx, tx, b.engine.Report("finance/trial_balance"), nil)
		for _, r := range rows {
			if s := money.Must(fmt.Sprint(r["balance"])); !s.IsZero() {
				out[fmt.Sprint(r["code"])] = s.String()
			}
		}
		return err
	}, tenancy.ReadOnly())
	return out
}

func (b *bench) want(want map[string]string) {
	b.t.Helper()
	if got := b.balances(); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Fatalf("trial balance\n got %v\nwant %v", got, want)
	}
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

// fields checks values of a record; numbers are compared as they are written.
func (b *bench) fields(rec m, want m) {
	b.t.Helper()
	for name, w := range want {
		if got := fmt.Sprint(rec[name]); got != fmt.Sprint(w) {
			b.t.Errorf("%s is %s, want %v", name, got, w)
		}
	}
}
