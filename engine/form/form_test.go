package form_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
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
	d.Field(&u.Name, entity.Field{Label: entity.T("姓名", "Name")})
}

type item struct {
	bun.BaseModel `bun:"table:item,alias:i"`
	entity.Base
	Name  string  `bun:"name,notnull"`
	Parts []*part `bun:"-"`
}

func (i *item) Describe(d *entity.Desc) {
	d.Is("toy.item", "items", entity.T("物品", "Item"), &i.Name)
	d.Field(&i.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true})
	d.Lines(&i.Parts, "parts", entity.T("部件", "Parts"))
}

type part struct {
	bun.BaseModel `bun:"table:item_part,alias:p"`
	entity.Line
	ItemID id.ID  `bun:"item_id,type:uuid,notnull"`
	Name   string `bun:"name,notnull"`
}

func (p *part) Describe(d *entity.Desc) {
	d.Is("toy.part", "", entity.T("部件", "Part"), nil)
	d.Field(&p.ItemID, entity.Field{Label: entity.T("物品", "Item")})
	d.Field(&p.Position, entity.Field{Label: entity.T("序号", "Position"), Computed: true})
	d.Field(&p.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true})
	d.Parent(&p.ItemID)
}

type tally struct {
	bun.BaseModel `bun:"table:tally,alias:t"`
	entity.Base
	N int64 `bun:"n,notnull"`
}

func (t *tally) Describe(d *entity.Desc) {
	d.Is("toy.tally", "tallies", entity.T("计数", "Tally"), nil)
	d.Field(&t.N, entity.Field{Label: entity.T("数", "N")})
	d.Derived()
}

const base = "(id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL, " +
	"updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid, "

const toySQL = "CREATE TABLE app_user " + base + "name text NOT NULL); CREATE TABLE item " + base + "name text NOT NULL); CREATE TABLE item_part " + base +
	"position int NOT NULL, item_id uuid NOT NULL, name text NOT NULL); CREATE TABLE tally " + base + "n bigint NOT NULL);"

const toyGrants = `
grants:
  owner: {"*": {view: ["*"], edit: ["*"], create: true, delete: true, export: true, actions: ["*"]}}
  sales: {toy.item: {view: [basic], edit: [basic], create: true}}
  buyer: {toy.item: {view: [basic, custom], edit: [basic], create: true}}
`

type bench struct {
	engine *record.Engine
	db     *tenancy.DB
	tenant id.ID
}

// benches makes two companies of one program.
func benches(t *testing.T) (a, b *bench) {
	t.Helper()
	m := modules.Module{
		Name: "toy", Label: entity.T("玩具", "Toy"), Entities: []entity.Record{&item{}, &tally{}},
		Migrations: fstest.MapFS{"0001_toy.sql": {Data: []byte(toySQL)}},
		Policy:     fstest.MapFS{"grants.yaml": {Data: []byte(toyGrants)}},
	}
	e, err := record.New([]modules.Module{m}, append(form.Records(), &user{})...)
	if err != nil {
		t.Fatal(err)
	}
	if e.Policy, err = policy.New([]policy.Source{{Module: "toy", Files: m.Policy}}, e.Catalog()); err != nil {
		t.Fatal(err)
	}
	db := tenancytest.DB(t, keys.Line(), record.Line(), policy.Line(), form.Line(), tenancy.Line{Name: "toy", Files: m.Migrations})
	e.Open(db)
	e.Catalogs = form.NewFields()
	return &bench{e, db, tenancytest.Tenant(t, db, "toy").ID}, &bench{e, db, tenancytest.Tenant(t, db, "toy").ID}
}

func (b *bench) now(t *testing.T) *tenancy.Tenant {
	t.Helper()
	tenant, err := b.db.Tenant(t.Context(), b.tenant)
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

func actor(b *bench, role string) tenancy.Actor {
	return tenancy.Actor{ID: b.db.NewID(), Name: role, Roles: []string{role}}
}

func (b *bench) as(t *testing.T, role string, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	t.Helper()
	return b.engine.Do(t.Context(), b.now(t), actor(b, role), fn, opts...)
}

// field gives the company an own field.
func (b *bench) field(t *testing.T, role, entityName string, f entity.Field) error {
	t.Helper()
	if f.Label.Zero() {
		f.Label = entity.T("自有 "+f.Name, "Own "+f.Name)
	}
	return form.Add(t.Context(), b.db, b.engine, b.now(t), actor(b, role), entityName, f)
}

func (b *bench) add(t *testing.T, role string, body map[string]any) (key id.ID, err error) {
	t.Helper()
	err = b.as(t, role, func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Path("toy/items"), []map[string]any{body}, func(int) string { return "" })
		if err == nil {
			key = keys[0]
		}
		return err
	})
	return key, err
}

func (b *bench) list(t *testing.T, role string, params map[string][]string) ([]map[string]any, error) {
	t.Helper()
	q, err := record.ParseQuery(params)
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	err = b.as(t, role, func(ctx context.Context, tx *tenancy.Tx) error {
		page, err := record.List(ctx, tx, record.Catalog(tx).Path("toy/items"), q)
		for _, raw := range page.Data {
			var m map[string]any
			if err := json.Unmarshal(raw, &m); err != nil {
				return err
			}
			out = append(out, m)
		}
		return err
	}, tenancy.ReadOnly())
	return out, err
}

func refused(t *testing.T, err error, kind fault.Kind, reason string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind || f.Reason != reason {
		t.Fatalf("got %v, want %s %s", err, kind, reason)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnOwnFieldIsThereForOneCompanyOnly(t *testing.T) {
	a, b := benches(t)
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_weight", Kind: entity.KindQuantity, Label: entity.T("重量", "Weight")}))
	for _, w := range []string{"2.5", "10"} {
		if _, err := a.add(t, "owner", map[string]any{"name": "stone " + w, "x_weight": w}); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := a.list(t, "owner", map[string][]string{"x_weight[gt]": {"2"}, "sort": {"-x_weight"}})
	if err != nil || len(rows) != 2 || rows[0]["x_weight"] != "10" || rows[1]["x_weight"] != "2.5" {
		t.Fatal(rows, err)
	}
	if rows, err = a.list(t, "owner", map[string][]string{"x_weight": {"2.5"}, "fields": {"x_weight"}}); err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	_, err = a.add(t, "owner", map[string]any{"name": "bad", "x_weight": "heavy"})
	refused(t, err, fault.Invalid, "fields.invalid")

	_, err = b.add(t, "owner", map[string]any{"name": "pebble", "x_weight": "1"})
	refused(t, err, fault.Invalid, "fields.invalid")
	if f := fault.As(err); f.Fields[0].Reason != "field.unknown" {
		t.Error(f.Fields)
	}
	_, err = b.list(t, "owner", map[string][]string{"x_weight": {"1"}})
	refused(t, err, fault.Invalid, "fields.invalid")
	if _, err := b.add(t, "owner", map[string]any{"name": "pebble"}); err != nil {
		t.Fatal(err)
	}
	rows, err = b.list(t, "owner", nil)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if _, there := rows[0]["x_weight"]; there {
		t.Error("another company's field shows")
	}
}

func TestEveryKindHasAColumn(t *testing.T) {
	a, _ := benches(t)
	values := map[entity.Kind][2]string{ // written, read
		entity.KindText: {"好", "好"}, entity.KindInt: {"42", "42"}, entity.KindAmount: {"-1.5", "-1.50"}, entity.KindQuantity: {"1.25", "1.25"},
		entity.KindPrice: {"3.333333", "3.333333"}, entity.KindPercent: {"12.5", "12.5"}, entity.KindDate: {"2026-11-23", "2026-11-23"},
		entity.KindTime: {"2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"}, entity.KindBool: {"true", "true"},
	}
	body := map[string]any{"name": "all"}
	for kind, v := range values {
		must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_" + string(kind), Kind: kind}))
		body["x_"+string(kind)] = v[0]
	}
	body["x_int"], body["x_bool"] = json.Number("42"), true
	if _, err := a.add(t, "owner", body); err != nil {
		t.Fatal(err)
	}
	rows, err := a.list(t, "owner", nil)
	if err != nil {
		t.Fatal(err)
	}
	for kind, v := range values {
		if got := fmt.Sprint(rows[0]["x_"+string(kind)]); got != v[1] {
			t.Errorf("%s: %s, want %s", kind, got, v[1])
		}
	}
}

func TestLinesHaveOwnFieldsToo(t *testing.T) {
	a, _ := benches(t)
	must(t, a.field(t, "owner", "toy.part", entity.Field{Name: "x_colour", Kind: entity.KindText, Options: entity.Options("red", "红", "Red")}))
	if _, err := a.add(t, "owner", map[string]any{"name": "car", "parts": []any{map[string]any{"name": "door", "x_colour": "red"}}}); err != nil {
		t.Fatal(err)
	}
	rows, err := a.list(t, "owner", nil)
	if err != nil || len(rows) != 1 || rows[0]["parts"].([]any)[0].(map[string]any)["x_colour"] != "red" {
		t.Fatal(rows, err)
	}
	_, err = a.add(t, "owner", map[string]any{"name": "car", "parts": []any{map[string]any{"name": "door", "x_colour": "mauve"}}})
	refused(t, err, fault.Invalid, "fields.invalid")
}

func TestANewFieldIsHiddenUntilItIsGranted(t *testing.T) {
	a, _ := benches(t)
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_secret", Kind: entity.KindText}))
	if _, err := a.add(t, "owner", map[string]any{"name": "safe", "x_secret": "1234"}); err != nil {
		t.Fatal(err)
	}
	rows, err := a.list(t, "sales", nil)
	if err != nil || rows[0]["x_secret"] != nil || fmt.Sprint(rows[0]["_denied"]) != "[x_secret]" {
		t.Error(rows, err)
	}
	_, err = a.list(t, "sales", map[string][]string{"x_secret": {"1234"}})
	refused(t, err, fault.Forbidden, fault.As(err).Reason)
	if rows, err = a.list(t, "buyer", nil); err != nil || rows[0]["x_secret"] != "1234" {
		t.Error(rows, err)
	}
}

func TestOwnFieldsCostNoStatement(t *testing.T) {
	a, _ := benches(t)
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_a", Kind: entity.KindText}))
	statements := func() (n int, cat *entity.Catalog) {
		must(t, a.as(t, "owner", func(_ context.Context, tx *tenancy.Tx) error {
			n, cat = tx.Statements(), record.Catalog(tx)
			return nil
		}))
		return n, cat
	}
	_, first := statements()
	n, again := statements()
	if n > 1 || first != again { // begin
		t.Errorf("%d statements before any work; the same catalog: %v", n, first == again)
	}
	if first == a.engine.Catalog() || first.Entity("toy.item").Field("x_a") == nil || a.engine.Catalog().Entity("toy.item").Field("x_a") != nil {
		t.Error("the company's catalog is not its own")
	}
}

func TestWhatCannotBeAdded(t *testing.T) {
	a, _ := benches(t)
	ok := entity.Field{Name: "x_ok", Kind: entity.KindText, Label: entity.T("好", "Good")}
	for name, c := range map[string]struct {
		entity string
		change func(f *entity.Field)
		at     string
	}{
		"unknown entity":    {"toy.nothing", nil, "entity"},
		"derived entity":    {"toy.tally", nil, "entity"},
		"its own list":      {"own_field", nil, "entity"},
		"name of ours":      {"toy.item", func(f *entity.Field) { f.Name = "name" }, "name"},
		"injection":         {"toy.item", func(f *entity.Field) { f.Name = `x_a" text; drop table item; --` }, "name"},
		"upper case":        {"toy.item", func(f *entity.Field) { f.Name = "x_A" }, "name"},
		"too long":          {"toy.item", func(f *entity.Field) { f.Name = "x_" + strings.Repeat("a", 51) }, "name"},
		"one language":      {"toy.item", func(f *entity.Field) { f.Label.EN = "" }, "label"},
		"kind id":           {"toy.item", func(f *entity.Field) { f.Kind = entity.KindID }, "kind"},
		"no kind":           {"toy.item", func(f *entity.Field) { f.Kind = "" }, "kind"},
		"class":             {"toy.item", func(f *entity.Field) { f.Class = "Cost!" }, "class"},
		"options of a date": {"toy.item", func(f *entity.Field) { f.Kind, f.Options = entity.KindDate, entity.Options("a", "甲", "A") }, "options"},
		"option twice":      {"toy.item", func(f *entity.Field) { f.Options = entity.Options("a", "甲", "A", "a", "乙", "B") }, "options"},
		"formula":           {"toy.item", func(f *entity.Field) { f.Expr = "1" }, "name"},
		"sealed":            {"toy.item", func(f *entity.Field) { f.Sealed = true }, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			f := ok
			if c.change != nil {
				c.change(&f)
			}
			err := form.Add(t.Context(), a.db, a.engine, a.now(t), actor(a, "owner"), c.entity, f)
			refused(t, err, fault.Invalid, "fields.invalid")
			if !slices.ContainsFunc(fault.As(err).Fields, func(x fault.Field) bool { return x.Path == c.at }) {
				t.Error(err)
			}
		})
	}
	refused(t, a.field(t, "sales", "toy.item", ok), fault.Forbidden, "action.denied")
	must(t, a.field(t, "owner", "toy.item", ok))
	refused(t, a.field(t, "owner", "toy.item", ok), fault.Conflict, "own_field.exists")
	off := tenancytest.Tenant(t, a.db)
	refused(t, form.Add(t.Context(), a.db, a.engine, off, actor(a, "owner"), "toy.item", ok), fault.NotEnabled, "module.off")
}

func TestAColumnThatAnAttemptLeftBehind(t *testing.T) {
	a, _ := benches(t)
	must(t, a.db.AddColumn(t.Context(), a.now(t), "item", "x_left", "bigint"))
	refused(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_left", Kind: entity.KindText}), fault.Conflict, "own_field.column")
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_left", Kind: entity.KindInt}))
	must(t, a.db.AddColumn(t.Context(), a.now(t), "item", "x_when", "timestamptz"))
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_when", Kind: entity.KindTime}))
}

func TestARequiredOwnFieldIsRequiredOfCallers(t *testing.T) {
	a, _ := benches(t)
	before, err := a.add(t, "owner", map[string]any{"name": "old"})
	must(t, err)
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_need", Kind: entity.KindText, Required: true}))
	_, err = a.add(t, "owner", map[string]any{"name": "new"})
	refused(t, err, fault.Invalid, "fields.invalid")
	key, err := a.add(t, "owner", map[string]any{"name": "new", "x_need": "yes"})
	must(t, err)
	change := func(key id.ID, body map[string]any) error {
		return a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Change(ctx, tx, record.Catalog(tx).Path("toy/items"), key, 1, body)
		})
	}
	if err := change(key, map[string]any{"name": "renamed"}); err != nil {
		t.Error("a record that has the value can't be changed:", err)
	}
	if err := change(before, map[string]any{"name": "older", "x_need": "now"}); err != nil {
		t.Error(err)
	}
	if err := change(before, map[string]any{"name": "oldest"}); !fault.Is(err, fault.Conflict) {
		t.Error("a stale version:", err)
	}
}

func TestTheAuditKnowsWhatAnOwnFieldWas(t *testing.T) {
	a, _ := benches(t)
	must(t, a.field(t, "owner", "toy.item", entity.Field{Name: "x_mood", Kind: entity.KindText}))
	key, err := a.add(t, "owner", map[string]any{"name": "dog", "x_mood": "calm"})
	must(t, err)
	must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Change(ctx, tx, record.Catalog(tx).Path("toy/items"), key, 1, map[string]any{"x_mood": "wild"})
	}))
	var before, after string
	must(t, a.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.NewRaw("SELECT before->>'x_mood', after->>'x_mood' FROM audit_entry WHERE record_id = ?::uuid AND action = 'update'", key).
			Scan(ctx, &before, &after)
	}, tenancy.ReadOnly()))
	if before != "calm" || after != "wild" {
		t.Errorf("before %q, after %q", before, after)
	}
}
