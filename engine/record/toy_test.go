package record_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
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

type item struct {
	bun.BaseModel `bun:"table:item,alias:i"`
	entity.Base
	Number string      `bun:"number,notnull"`
	Name   string      `bun:"name,notnull"`
	Cost   money.Price `bun:"cost,type:numeric(20,6)"`
	Note   string      `bun:"note,nullzero"`
}

func (i *item) Describe(d *entity.Desc) {
	d.Is("toy.item", "items", entity.T("物品", "Item"), &i.Number)
	d.Field(&i.Number, entity.Field{Label: entity.T("编号", "Number"), Required: true, Unique: true})
	d.Field(&i.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Search: true})
	d.Field(&i.Cost, entity.Field{Label: entity.T("成本", "Cost"), Kind: entity.KindPrice, Class: "cost"})
	d.Field(&i.Note, entity.Field{Label: entity.T("备注", "Note"), List: true})
}

type box struct {
	bun.BaseModel `bun:"table:box,alias:b"`
	entity.Base
	No     string       `bun:"no,notnull"`
	Status string       `bun:"status,notnull"`
	Total  money.Amount `bun:"total,type:numeric(20,4)"`
	Lines  []*boxLine   `bun:"-"`
}

func (b *box) Describe(d *entity.Desc) {
	d.Is("toy.box", "boxes", entity.T("箱子", "Box"), &b.No)
	d.Field(&b.No, entity.Field{Label: entity.T("单号", "No."), Computed: true})
	d.Field(&b.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: "draft"})
	d.Field(&b.Total, entity.Field{Label: entity.T("合计", "Total"), Computed: true, Class: "price"})
	d.Lines(&b.Lines, "lines", entity.T("明细", "Lines"))
	d.Number(&b.No, "BX")
	d.State(&b.Status, "draft")
	d.Pending("pending")
}

type boxLine struct {
	bun.BaseModel `bun:"table:box_line,alias:bl"`
	entity.Line
	BoxID    id.ID          `bun:"box_id,type:uuid,notnull"`
	ItemID   id.ID          `bun:"item_id,type:uuid,notnull"`
	Quantity money.Quantity `bun:"quantity,type:numeric(20,6)"`
}

func (l *boxLine) Describe(d *entity.Desc) {
	d.Is("toy.box_line", "", entity.T("箱子明细", "Box line"), nil)
	d.Field(&l.BoxID, entity.Field{Label: entity.T("箱子", "Box")})
	d.Field(&l.Position, entity.Field{Label: entity.T("序号", "Position"), Computed: true})
	d.Field(&l.ItemID, entity.Field{Label: entity.T("物品", "Item"), Ref: "toy.item", Required: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true})
	d.Parent(&l.BoxID)
}

const toySQL = `
CREATE TABLE app_user (id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid, name text NOT NULL);
CREATE TABLE item (id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid,
	number text NOT NULL CONSTRAINT item_number_key UNIQUE, name text NOT NULL, cost numeric(20,6) NOT NULL, note text);
CREATE TABLE box (id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid,
	no text NOT NULL, status text NOT NULL, total numeric(20,4) NOT NULL);
CREATE SEQUENCE box_no_seq;
CREATE TABLE box_line (id uuid PRIMARY KEY, version bigint NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, created_by uuid, updated_by uuid,
	position int NOT NULL, box_id uuid NOT NULL, item_id uuid NOT NULL, quantity numeric(20,6) NOT NULL);
`

const toyGrants = `
grants:
  owner: {"*": {view: ["*"], edit: ["*"], create: true, delete: true, export: true, actions: ["*"]}}
  sales:
    toy.item: {view: [basic, price], edit: [basic, price], create: true}
    toy.box: {view: [basic], edit: [basic], create: true, actions: [seal]}
  viewer:
    toy.item: {view: [basic]}
`

type sealed struct{ id id.ID }

func (s sealed) Event() (name, entity string, rec id.ID) { return "toy.box.sealed", "toy.box", s.id }

// toy is a tiny module with everything that the engine derives from descriptions.
func toy() modules.Module {
	seal := func(ctx context.Context, tx *tenancy.Tx, b *box, _ modules.None) error {
		b.Status = "sealed"
		if err := record.Update(ctx, tx, b); err != nil {
			return err
		}
		return record.Emit(ctx, tx, sealed{b.ID})
	}
	total := func(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*box]) error {
		for _, c := range changes {
			c.New.Total = money.Zero()
			for _, l := range c.New.Lines {
				c.New.Total = c.New.Total.Add(l.Quantity)
			}
		}
		return nil
	}
	return modules.Module{
		Name: "toy", Label: entity.T("玩具", "Toy"), Entities: []entity.Record{&item{}, &box{}},
		Actions:    []modules.Action{modules.Act("seal", entity.T("封箱", "Seal"), []string{"draft"}, seal)},
		Prepares:   []modules.Prepare{modules.Before(total)},
		Migrations: fstest.MapFS{"0001_toy.sql": {Data: []byte(toySQL)}},
		Policy:     fstest.MapFS{"grants.yaml": {Data: []byte(toyGrants)}},
	}
}

type bench struct {
	engine *record.Engine
	tenant *tenancy.Tenant
}

type carrier struct{ told *[]string }

func (c carrier) Carry(_ context.Context, _ *tenancy.Tx, e modules.Event) error {
	name, _, _ := e.Event()
	*c.told = append(*c.told, name)
	return nil
}

func (carrier) Queue(context.Context, *tenancy.Tx, []record.Told) error { return nil }

func newBench(t *testing.T) bench {
	t.Helper()
	m := toy()
	e, err := record.New([]modules.Module{m}, &user{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New([]policy.Source{{Module: "toy", Files: m.Policy}}, e.Catalog())
	if err != nil {
		t.Fatal(err)
	}
	db := tenancytest.DB(t, record.Line(), policy.Line(), tenancy.Line{Name: "toy", Files: m.Migrations})
	e.Open(db)
	e.Policy = p
	told := []string{}
	e.Carrier = carrier{&told}
	return bench{e, tenancytest.Tenant(t, db, "toy")}
}

func (b bench) as(t *testing.T, role string, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	t.Helper()
	actor := tenancy.Actor{ID: b.engine.DB().NewID(), Name: role, Roles: []string{role}}
	return b.engine.Do(t.Context(), b.tenant, actor, fn, opts...)
}
