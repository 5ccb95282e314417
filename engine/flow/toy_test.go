package flow_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

type user struct {
	bun.BaseModel `bun:"table:app_user,alias:u"`
	entity.Base
	Name string `bun:"name,notnull"`
}

func (u *user) Describe(d *entity.Desc) {
	d.Is("user", "users", entity.T("用户", "User"), &u.Name)
	d.Field(&u.Name, entity.Field{Label: entity.T("姓名", "Name"), Required: true})
}

// order waits in a state of its own while somebody has to agree.
type order struct {
	bun.BaseModel `bun:"table:toy_order,alias:o"`
	entity.Base
	No      string       `bun:"no,notnull"`
	Status  string       `bun:"status,notnull"`
	Total   money.Amount `bun:"total,type:numeric(20,4)"`
	Freight money.Amount `bun:"freight,type:numeric(20,4)"`
	Lines   []*orderLine `bun:"-"`
}

func (o *order) Describe(d *entity.Desc) {
	d.Is("toy.order", "orders", entity.T("订单", "Order"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true})
	d.Field(&o.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: "draft"})
	d.Field(&o.Total, entity.Field{Label: entity.T("合计", "Total")})
	d.Field(&o.Freight, entity.Field{Label: entity.T("运费", "Freight"), Computed: true})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&o.No, "TO")
	d.State(&o.Status, "draft")
	d.Pending("pending")
}

type orderLine struct {
	bun.BaseModel `bun:"table:toy_order_line,alias:l"`
	entity.Line
	OrderID  id.ID          `bun:"order_id,type:uuid,notnull"`
	Quantity money.Quantity `bun:"quantity,type:numeric(20,6)"`
}

func (l *orderLine) Describe(d *entity.Desc) {
	d.Is("toy.order_line", "", entity.T("明细", "Line"), nil)
	d.Field(&l.OrderID, entity.Field{Label: entity.T("订单", "Order")})
	d.Field(&l.Position, entity.Field{Label: entity.T("序号", "Position"), Computed: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true})
	d.Parent(&l.OrderID)
}

// memo has no states: it can change while somebody has to agree.
type memo struct {
	bun.BaseModel `bun:"table:toy_memo,alias:m"`
	entity.Base
	Text string `bun:"body,notnull"`
	Sent int64  `bun:"sent,notnull"`
}

func (m *memo) Describe(d *entity.Desc) {
	d.Is("toy.memo", "memos", entity.T("备忘", "Memo"), &m.Text)
	d.Field(&m.Text, entity.Field{Label: entity.T("内容", "Text"), Required: true})
	d.Field(&m.Sent, entity.Field{Label: entity.T("发送次数", "Sent"), Computed: true})
}

const base = "(id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL, " +
	"updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid, "

const toySQL = "CREATE TABLE app_user " + base + `name text NOT NULL);
CREATE TABLE toy_order ` + base + `no text NOT NULL, status text NOT NULL, total numeric(20,4) NOT NULL, freight numeric(20,4) NOT NULL);
CREATE SEQUENCE toy_order_no_seq;
CREATE TABLE toy_order_line ` + base + `position int NOT NULL, order_id uuid NOT NULL REFERENCES toy_order ON DELETE CASCADE, quantity numeric(20,6) NOT NULL);
CREATE TABLE toy_memo ` + base + `body text NOT NULL, sent bigint NOT NULL);
`

const toyGrants = `
grants:
  owner: {"*": {view: ["*"], edit: ["*"], create: true, delete: true, export: true, actions: ["*"]}}
  sales: {"toy.*": {view: [basic], edit: [basic], create: true, delete: true, actions: ["*"]}}
rules:
  - id: toy.large
    label: {zh: 金额超过 1000, en: "more than 1,000"}
    approval: {entity: toy.order, action: confirm, when: [{field: total, op: gt, value: "1000"}], approvers: [{roles: [sales_director]}]}
  - id: toy.huge
    label: {zh: 金额超过 5000, en: "more than 5,000"}
    approval: {entity: toy.order, action: confirm, when: [{field: total, op: gt, value: "5000"}], approvers: [{roles: [finance, buyer], mode: all}]}
  - id: toy.memo
    label: {zh: 外发, en: leaves the house}
    approval: {entity: toy.memo, action: send, approvers: [{roles: [sales_director]}]}
`

// terms is what a caller says with a confirmation.
type terms struct {
	Freight money.Amount `in:"freight" label:"运费|Freight"`
	Memo    id.ID        `in:"memo" label:"备忘|Memo"` // to be sent too
}

type confirmed struct{ id id.ID }

func (e confirmed) Event() (name, entity string, rec id.ID) {
	return "toy.order.confirmed", "toy.order", e.id
}

// toy is a module that knows nothing of approvals.
func (b *bench) toy() modules.Module {
	confirm := func(ctx context.Context, tx *tenancy.Tx, o *order, in terms) error {
		if in.Freight.Equal(money.Int(666)) {
			return fault.New(fault.Rule, "freight.bad", "运费不合理", "No such freight")
		}
		o.Status, o.Freight = "confirmed", in.Freight
		if err := record.Update(ctx, tx, o); err != nil {
			return err
		}
		b.notef("confirm by %s, approved by %s", b.called(tx.Actor.ID), b.called(tx.Actor.Approver))
		if !in.Memo.IsZero() {
			m, err := record.Get[memo](ctx, tx, in.Memo)
			if err != nil {
				return err
			}
			if _, err := record.Act(ctx, tx, m, "send", &modules.None{}); err != nil {
				return err
			}
		}
		return record.Emit(ctx, tx, confirmed{o.ID})
	}
	rush := func(ctx context.Context, tx *tenancy.Tx, o *order, _ modules.None) error {
		_, err := record.Act(ctx, tx, o, "confirm", &terms{Freight: money.Must("99.5")})
		return err
	}
	send := func(ctx context.Context, tx *tenancy.Tx, m *memo, _ modules.None) error {
		m.Sent++
		return record.Update(ctx, tx, m)
	}
	return modules.Module{
		Name: "toy", Label: entity.T("玩具", "Toy"), Entities: []entity.Record{&order{}, &memo{}},
		Actions: []modules.Action{
			modules.Act("confirm", entity.T("确认", "Confirm"), []string{"draft"}, confirm),
			modules.Act("rush", entity.T("加急", "Rush"), []string{"draft"}, rush),
			modules.Act("send", entity.T("发送", "Send"), nil, send),
		},
		Migrations: fstest.MapFS{"0001_toy.sql": {Data: []byte(toySQL)}},
		Policy:     fstest.MapFS{"grants.yaml": {Data: []byte(toyGrants)}},
	}
}

// bench is a small company: its people, and what they were told.
type bench struct {
	engine *record.Engine
	tenant *tenancy.Tenant
	people map[string]tenancy.Actor

	flow    *flow.Flow
	manages map[string]string // who leads whom
	later   []id.ID           // requests to be looked at again

	mu   sync.Mutex
	told []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return newBenchWith(t, toyGrants)
}

func newBenchWith(t *testing.T, grants string) *bench {
	t.Helper()
	b := &bench{people: map[string]tenancy.Actor{}, manages: map[string]string{}}
	m := b.toy()
	m.Policy = fstest.MapFS{"grants.yaml": {Data: []byte(grants)}}
	e, err := record.New([]modules.Module{m}, append(flow.Records(), &user{})...)
	if err != nil {
		t.Fatal(err)
	}
	f := flow.New(e, flow.Plugs{
		Who: b.who, Tell: b.tell,
		Manager: func(_ context.Context, _ *tenancy.Tx, user id.ID) (id.ID, error) {
			return b.people[b.manages[b.called(user)]].ID, nil
		},
		Later: func(_ context.Context, _ *tenancy.Tx, _ time.Time, request id.ID) error {
			b.later = append(b.later, request)
			return nil
		},
	})
	b.flow = f
	if err := e.Extend(f.Extension()); err != nil {
		t.Fatal(err)
	}
	if e.Policy, err = policy.New([]policy.Source{{Module: "toy", Files: m.Policy}, flow.Source()}, e.Catalog()); err != nil {
		t.Fatal(err)
	}
	db := tenancytest.DB(t, record.Line(), policy.Line(), flow.Line(), tenancy.Line{Name: "toy", Files: m.Migrations})
	e.Open(db)
	e.Approver = f
	b.engine, b.tenant = e, tenancytest.Tenant(t, db, "toy")
	for name, roles := range map[string][]string{
		"sam": {"sales"}, "dora": {"sales_director"}, "dan": {"sales_director", "sales"}, "fay": {"finance"}, "bob": {"buyer"},
		"fred": {"finance", "buyer"}, "vera": {"viewer"},
	} {
		b.people[name] = tenancy.Actor{ID: db.NewID(), Name: name, Roles: roles}
	}
	b.must(t, e.Do(t.Context(), b.tenant, tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		var rows []*user
		for _, p := range b.people {
			u := &user{Name: p.Name}
			u.ID = p.ID
			rows = append(rows, u)
		}
		return record.Create(ctx, tx, rows...)
	}))
	return b
}

func (b *bench) called(who id.ID) string {
	for name, a := range b.people {
		if a.ID == who {
			return name
		}
	}
	return "nobody"
}

func (b *bench) notef(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, fmt.Sprintf(format, args...))
}

func (b *bench) who(_ context.Context, _ *tenancy.Tx, key id.ID) (tenancy.Actor, error) {
	if a, ok := b.people[b.called(key)]; ok {
		return a, nil
	}
	return tenancy.Actor{}, fault.New(fault.NotFound, "record.not_found", "没有", "none")
}

func (b *bench) tell(_ context.Context, _ *tenancy.Tx, to []id.ID, roles []string, text entity.Text, about string, _ id.ID) error {
	names := slices.Clone(roles)
	for _, k := range to {
		names = append(names, b.called(k))
	}
	if about != "approval" || text.ZH == "" {
		return fmt.Errorf("told about %s: %v", about, text)
	}
	b.notef("to %s: %s", strings.Join(names, ","), text.EN)
	return nil
}

// as does something as one of the people.
func (b *bench) as(t *testing.T, name string, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	t.Helper()
	return b.engine.Do(t.Context(), b.tenant, b.people[name], fn, opts...)
}

// do calls an action as one of the people.
func (b *bench) do(t *testing.T, name, path string, key id.ID, action string, body map[string]any) error {
	t.Helper()
	var refusal *fault.Fault
	err := b.as(t, name, func(ctx context.Context, tx *tenancy.Tx) error {
		err := record.Run(ctx, tx, record.Catalog(tx).Path(path), key, action, body)
		refusal = flow.Refusal(tx)
		return err
	})
	if err == nil && refusal != nil {
		return refusal
	}
	return err
}

func (b *bench) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused checks a fault by its reason.
func refused(t *testing.T, err error, kind fault.Kind, reason string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind || f.Reason != reason {
		t.Fatalf("got %v, want %s %s", err, kind, reason)
	}
}

func (b *bench) add(t *testing.T, path string, body map[string]any) (key id.ID) {
	t.Helper()
	b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Path(path), []map[string]any{body}, func(int) string { return "" })
		if err == nil {
			key = keys[0]
		}
		return err
	}))
	return key
}

// read gives a record as the module sees it.
func read[T any, P record.Pointer[T]](t *testing.T, b *bench, key id.ID) (out P) {
	t.Helper()
	b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) (err error) {
		out, err = record.Get[T, P](ctx, tx, key)
		return err
	}, tenancy.ReadOnly()))
	return out
}

// request returns the latest approval of a record.
func (b *bench) request(t *testing.T, rec id.ID) (out *flow.Approval) {
	t.Helper()
	b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.Find[flow.Approval](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("record_id = ?::uuid", rec).Order("id DESC").Limit(1)
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("no request for %s", rec)
		}
		out, err = record.Get[flow.Approval](ctx, tx, list[0].ID)
		return err
	}, tenancy.ReadOnly()))
	return out
}

// ask makes an order and asks for its confirmation.
func (b *bench) ask(t *testing.T, total string) (rec id.ID, request *flow.Approval) {
	t.Helper()
	rec = b.add(t, "toy/orders", map[string]any{"total": total, "lines": []any{map[string]any{"quantity": "2"}}})
	b.must(t, b.do(t, "sam", "toy/orders", rec, "confirm", map[string]any{"freight": "12.3400"}))
	return rec, b.request(t, rec)
}

func (b *bench) want(t *testing.T, rec id.ID, orderStatus, requestStatus string) {
	t.Helper()
	if o := read[order](t, b, rec); o.Status != orderStatus {
		t.Errorf("the order is %s, want %s", o.Status, orderStatus)
	}
	if a := b.request(t, rec); a.Status != requestStatus {
		t.Errorf("the request is %s, want %s", a.Status, requestStatus)
	}
}
