package policy

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

type user struct {
	bun.BaseModel `bun:"table:app_user,alias:u"`
	entity.Base
	Name string `bun:"name"`
}

func (u *user) Describe(d *entity.Desc) {
	d.Is("user", "users", entity.T("用户", "User"), &u.Name)
	d.Field(&u.Name, entity.Field{Label: entity.T("姓名", "Name")})
}

type order struct {
	bun.BaseModel `bun:"table:sales_order,alias:o"`
	entity.Base
	No      string       `bun:"no"`
	OwnerID id.ID        `bun:"owner_id,type:uuid,nullzero"`
	Total   money.Amount `bun:"total_amount,type:numeric(20,4)"`
	Paid    money.Amount `bun:"paid_amount,type:numeric(20,4)"`
	Cost    money.Amount `bun:"cost_amount,type:numeric(20,4)"`
	Status  string       `bun:"status"`
	Lines   []*orderLine `bun:"-"`
}

func (o *order) Describe(d *entity.Desc) {
	d.Is("sales.order", "orders", entity.T("销售订单", "Sales order"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No.")})
	d.Field(&o.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user"})
	d.Field(&o.Total, entity.Field{Label: entity.T("金额", "Amount"), Class: "price"})
	d.Field(&o.Paid, entity.Field{Label: entity.T("已收", "Paid"), Class: "payment"})
	d.Field(&o.Cost, entity.Field{Label: entity.T("成本", "Cost"), Class: "cost"})
	d.Field(&o.Status, entity.Field{Label: entity.T("状态", "Status")})
	d.Lines(&o.Lines, "lines", entity.T("明细", "Lines"))
	d.Owner(&o.OwnerID)
}

type orderLine struct {
	bun.BaseModel `bun:"table:sales_order_line,alias:l"`
	entity.Line
	OrderID  id.ID          `bun:"order_id,type:uuid"`
	Quantity money.Quantity `bun:"quantity,type:numeric(20,6)"`
	Price    money.Price    `bun:"unit_price,type:numeric(20,6)"`
	Cost     money.Price    `bun:"unit_cost,type:numeric(20,6)"`
}

func (l *orderLine) Describe(d *entity.Desc) {
	d.Is("sales.order_line", "order_lines", entity.T("订单行", "Order line"), nil)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position")})
	d.Field(&l.OrderID, entity.Field{Label: entity.T("订单", "Order"), Ref: "sales.order"})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity")})
	d.Field(&l.Price, entity.Field{Label: entity.T("单价", "Price"), Class: "price", Kind: entity.KindPrice})
	d.Field(&l.Cost, entity.Field{Label: entity.T("单位成本", "Unit cost"), Class: "cost", Kind: entity.KindPrice})
	d.Parent(&l.OrderID)
}

type note struct {
	bun.BaseModel `bun:"table:note,alias:n"`
	entity.Base
	Body string `bun:"body"`
}

func (n *note) Describe(d *entity.Desc) {
	d.Is("crm.note", "notes", entity.T("便签", "Note"), &n.Body)
	d.Field(&n.Body, entity.Field{Label: entity.T("内容", "Body"), Class: "personal"})
}

const shippedGrants = `
grants:
  owner: {"*": {view: ["*"], edit: ["*"], create: true, delete: true, export: true, actions: ["*"]}}
  admin: {"*": {view: ["*"], edit: ["*"], create: true, delete: true, export: true, actions: ["*"]}}
  sales:
    sales.order: {view: [basic, price], edit: [basic, price], create: true, delete: true, actions: [confirm, cancel], rows: own}
  sales_director:
    sales.*: {view: [basic, price, cost], export: true}
  buyer:
    sales.order: {view: [basic, cost], edit: [basic]}
  finance:
    sales.order: {view: [basic, payment, custom, "field:cost_amount"], edit: [payment]}
  viewer:
    "*": {view: ["*"]}
rules:
  - id: sales.no-cost
    label: {zh: 销售不得查看成本, en: Sales never see cost}
    deny: {roles: [sales], classes: [cost], view: true, edit: true}
  - id: sales.no-cancel
    label: {zh: 取消须由主管, en: Only directors cancel}
    deny: {roles: [buyer], entity: sales.order, actions: [cancel]}
  - id: sales.order-over-limit
    label: {zh: 超过十万须总监审批, en: Over 100000 needs a director}
    approval: {entity: sales.order, action: confirm, when: [{field: total_amount, op: gt, value: 100000.00}], approvers: [{roles: [sales_director]}]}
  - id: sales.order-big-line
    label: {zh: 大额数量须财务审批, en: Big quantities need finance}
    approval: {entity: sales.order, action: confirm, unless: [finance], when: [{field: lines.quantity, op: gte, value: "1000"}], approvers: [{roles: [sales_director]}, {roles: [finance]}]}
`

const moduleCases = `
cases:
  - {who: [sales], entity: sales.order, may: [see, "view:price", "edit:price", "action:confirm", create, delete], may_not: ["view:cost", "view:payment", export], rows: own}
  - {who: [sales], entity: sales.order, record: {total_amount: "100000.01", lines.quantity: [1, 2]}, may: ["approval:confirm"]}
  - {who: [sales], entity: sales.order, record: {total_amount: "100000.00", lines.quantity: []}, may_not: ["approval:confirm"]}
  - {who: [warehouse], entity: sales.order, may_not: [see, "view:basic", create, "action:confirm"], rows: none}
  - {who: [owner], entity: crm.note, may: [see, "view:body", delete], rows: all}
`

func files(grants, cases string) fstest.MapFS {
	return fstest.MapFS{"policy/grants.yaml": {Data: []byte(grants)}, "policy/cases.yaml": {Data: []byte(cases)}}
}

func newCatalog(t testing.TB) *entity.Catalog {
	t.Helper()
	var defs []*entity.Def
	for _, r := range []entity.Record{&user{}, &order{}, &note{}} {
		d, err := entity.Compile(r)
		if err != nil {
			t.Fatal(err)
		}
		defs = append(defs, d)
	}
	c, err := entity.NewCatalog(defs...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newEngine(t testing.TB, grants string, options ...Option) *Engine {
	t.Helper()
	actions := WithActions(map[string][]string{"sales.order": {"confirm", "cancel", "close"}})
	e, err := New([]Source{{"sales", files(grants, "")}, {"none", nil}}, newCatalog(t), append([]Option{actions}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	e.Keep(plainKeeper{})
	return e
}

// plainKeeper keeps keys in the clear.
type plainKeeper struct{}

func (plainKeeper) Seal(_ context.Context, _ id.ID, _, _ string, _ id.ID, plain []byte) ([]byte, error) {
	return plain, nil
}

func (plainKeeper) Open(_ context.Context, _ id.ID, _, _ string, _ id.ID, sealed []byte) ([]byte, error) {
	return sealed, nil
}

func as(roles ...string) *tenancy.Tx {
	return &tenancy.Tx{Actor: tenancy.Actor{ID: id.ID{15: 7}, Roles: roles}}
}

func maskFor(t testing.TB, e *Engine, name string, roles ...string) *Mask {
	t.Helper()
	m, err := e.For(context.Background(), as(roles...), e.catalog.Entity(name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
