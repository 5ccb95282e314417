package httpapi

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

type user struct {
	bun.BaseModel `bun:"table:app_user,alias:u"`
	entity.Base

	Name  string   `bun:"name,notnull"`
	Roles []string `bun:"roles,array"`
}

func (u *user) Describe(d *entity.Desc) {
	d.Is("user", "users", entity.T("用户", "User"), &u.Name)
	d.Field(&u.Name, entity.Field{Label: entity.T("姓名", "Name"), Required: true})
	d.Field(&u.Roles, entity.Field{Label: entity.T("角色", "Roles")})
}

type box struct {
	bun.BaseModel `bun:"table:box,alias:b"`
	entity.Base

	No      string       `bun:"no,notnull"`
	Status  string       `bun:"status,notnull"`
	OwnerID id.ID        `bun:"owner_id,type:uuid,nullzero"`
	Colour  string       `bun:"colour,notnull"`
	Cost    money.Amount `bun:"cost,type:numeric(20,4)"`
	Sent    clock.Date   `bun:"sent,nullzero"`
	Key     string       `bun:"key,notnull"`
	Lines   []*boxLine   `bun:"-"`
}

func (b *box) Describe(d *entity.Desc) {
	d.Is("toy.box", "boxes", entity.T("箱子", "Box"), &b.No)
	d.Field(&b.No, entity.Field{Label: entity.T("单号", "No."), Computed: true})
	d.Field(&b.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Options: entity.Options("draft", "草稿", "Draft", "sealed", "已封", "Sealed")})
	d.Field(&b.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user"})
	d.Field(&b.Colour, entity.Field{Label: entity.T("颜色", "Colour"), Required: true, Immutable: true})
	d.Field(&b.Cost, entity.Field{Label: entity.T("成本", "Cost"), Class: "cost"})
	d.Field(&b.Sent, entity.Field{Label: entity.T("发出", "Sent")})
	d.Field(&b.Key, entity.Field{Label: entity.T("密钥", "Key"), Sealed: true})
	d.Lines(&b.Lines, "lines", entity.T("明细", "Lines"))
	d.State(&b.Status, "draft")
}

type boxLine struct {
	bun.BaseModel `bun:"table:box_line,alias:bl"`
	entity.Line

	BoxID    id.ID          `bun:"box_id,type:uuid,notnull"`
	Quantity money.Quantity `bun:"quantity,type:numeric(20,6)"`
}

func (l *boxLine) Describe(d *entity.Desc) {
	d.Is("toy.box_line", "", entity.T("箱子明细", "Box line"), nil)
	d.Field(&l.BoxID, entity.Field{Label: entity.T("箱子", "Box")})
	d.Field(&l.Position, entity.Field{Label: entity.T("序号", "Position"), Computed: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true})
	d.Parent(&l.BoxID)
}

type sealing struct {
	Weight *money.Quantity `in:"weight" label:"重量|Weight"`
	Tags   []string        `in:"tags" label:"标签|Tags"`
	Lines  []struct {
		Line id.ID `in:"line_id" label:"行|Line"`
	} `in:"lines" label:"明细|Lines"`
}

type span struct {
	Date clock.Date `in:"date" label:"日期|Date"`
}

const grants = `
grants:
  owner: {"*": {view: ["*"], edit: ["*"], create: true, delete: true, export: true, actions: ["*"]}}
  sales: {toy.box: {view: [basic], edit: [basic], create: true}}
  viewer: {toy.box: {view: [basic]}}
`

func toy() modules.Module {
	seal := func(context.Context, *tenancy.Tx, *box, sealing) error { return nil }
	return modules.Module{
		Name: "toy", Label: entity.T("玩具", "Toy"), Entities: []entity.Record{&user{}, &box{}, &form.OwnField{}},
		Actions: []modules.Action{modules.Act("seal", entity.T("封箱", "Seal"), []string{"draft"}, seal)},
		Reports: []modules.Report{{
			Name: "weights", Label: entity.T("重量表", "Weights"), Of: "toy.box", Input: func() any { return new(span) },
			Columns: []entity.Field{{Name: "no", Label: entity.T("单号", "No."), Kind: entity.KindText}, {Name: "cost", Label: entity.T("成本", "Cost"), Kind: entity.KindAmount, Class: "cost"}},
		}},
		Policy: fstest.MapFS{"grants.yaml": {Data: []byte(grants)}},
	}
}

// describe builds the document of somebody with a role, and reads it back as programs do.
func describe(t *testing.T, lang i18n.Lang, on bool, role string) *openapi3.T {
	t.Helper()
	return describeTo(t, lang, on, false, role)
}

func describeTo(t *testing.T, lang i18n.Lang, on, operator bool, role string) *openapi3.T {
	t.Helper()
	e, err := record.New([]modules.Module{toy()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New([]policy.Source{{Module: "toy", Files: toy().Policy}}, e.Catalog(), policy.WithActions(map[string][]string{"toy.box": {"seal"}}))
	if err != nil {
		t.Fatal(err)
	}
	tx := &tenancy.Tx{Actor: tenancy.Actor{Roles: []string{role}}}
	s := &spec{
		lang: lang, engine: e, catalog: e.Catalog(), roles: tx.Actor.Roles, on: func(m string) bool { return m == "" || on },
		mask:   func(d *entity.Def) (*policy.Mask, error) { return p.For(t.Context(), tx, d) },
		prints: func(name string) bool { return name == "toy.box" }, operator: operator,
	}
	doc, err := s.build()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	out, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// operations names all operations of a document.
func operations(doc *openapi3.T) []string {
	var out []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			out = append(out, method+" "+strings.TrimPrefix(path, "/api/v1"))
		}
	}
	slices.Sort(out)
	return out
}

func TestDocumentHoldsWhatTheCallerMayDo(t *testing.T) {
	all := describe(t, i18n.EN, true, "owner")
	for _, want := range []string{
		"GET /toy/boxes", "POST /toy/boxes", "GET /toy/boxes/{id}", "PATCH /toy/boxes/{id}", "DELETE /toy/boxes/{id}", "GET /toy/boxes/{id}/tree",
		"POST /toy/boxes/{id}/seal", "POST /toy/boxes/import", "GET /toy/boxes/export", "GET /toy/weights", "POST /signup", "PUT /roles", "GET /jobs",
	} {
		if !slices.Contains(operations(all), want) {
			t.Errorf("an owner's document lacks %s", want)
		}
	}
	few := operations(describe(t, i18n.EN, true, "viewer"))
	for _, not := range []string{
		"POST /toy/boxes", "PATCH /toy/boxes/{id}", "DELETE /toy/boxes/{id}", "POST /toy/boxes/{id}/seal", "GET /toy/boxes/export", "GET /users",
		"PUT /roles", "POST /own_fields", "POST /jobs/{id}/retry",
	} {
		if slices.Contains(few, not) {
			t.Errorf("a viewer's document holds %s", not)
		}
	}
	if !slices.Contains(few, "GET /toy/boxes") {
		t.Error("a viewer's document lacks the list")
	}
	if off := operations(describe(t, i18n.EN, false, "owner")); slices.ContainsFunc(off, func(x string) bool { return strings.Contains(x, "/toy/") }) {
		t.Errorf("a module that is off is described: %v", off)
	}
}

func TestDocumentHidesDeniedFields(t *testing.T) {
	doc := describe(t, i18n.EN, true, "sales")
	delete(doc.Components.Schemas, "Effect") // what a choice costs has the same word, for everybody
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "cost") {
		t.Error("a field that may not be seen is in the document")
	}
}

func TestDocumentSchemas(t *testing.T) {
	doc := describe(t, i18n.ZH, true, "owner")
	props := func(name string) openapi3.Schemas {
		t.Helper()
		s := doc.Components.Schemas[name]
		if s == nil {
			t.Fatalf("no schema %s", name)
		}
		return s.Value.Properties
	}
	got := props("toy.box")
	if cost := got["cost"].Value; !cost.Type.Is("string") || cost.Format != "decimal" || cost.Title != "成本" {
		t.Errorf("money is %v %s %q", cost.Type, cost.Format, cost.Title)
	}
	if sent := got["sent"].Value; !sent.Type.IncludesNull() || sent.Format != "date" {
		t.Errorf("an optional date is %v", sent.Type)
	}
	if status := got["status"].Value; len(status.Enum) != 2 || !status.ReadOnly {
		t.Errorf("the state is %v", status.Enum)
	}
	if got["owner"] == nil || got["_denied"] == nil || got["lines"].Value.Items.Ref != "#/components/schemas/toy.box_line" {
		t.Error("expansion, denied names or lines are missing")
	}
	if props("toy.box_line")["box_id"] != nil {
		t.Error("a line names its document")
	}
	if c := props("toy.box.create"); c["no"] != nil || c["status"] != nil || c["id"] != nil || c["colour"] == nil || c["lines"] == nil {
		t.Errorf("a new record takes %v", c)
	}
	if c := doc.Components.Schemas["toy.box.create"].Value; !slices.Equal(c.Required, []string{"colour"}) {
		t.Errorf("a new record needs %v", c.Required)
	}
	if c := props("toy.box.change"); c["colour"] != nil || c["cost"] == nil {
		t.Errorf("a change takes %v", c)
	}
	if in := props("toy.box.seal"); in["weight"] == nil || !in["tags"].Value.Type.Is("array") || in["lines"].Value.Items.Value.Properties["line_id"] == nil {
		t.Errorf("the action takes %v", in)
	}
	if props("user.create")["password"] == nil {
		t.Error("a new member takes no password")
	}
}

func TestDocumentParameters(t *testing.T) {
	doc := describe(t, i18n.EN, true, "owner")
	list := doc.Paths.Value("/api/v1/toy/boxes").Get.Parameters
	for _, want := range []string{"q", "limit", "cursor", "count", "sort", "fields", "expand", "status", "status[in]", "cost[gte]", "sent[null]", "no[contains]"} {
		if list.GetByInAndName("query", want) == nil {
			t.Errorf("the list takes no %s", want)
		}
	}
	for _, not := range []string{"key", "key[contains]", "no[gte]", "status[null]"} {
		if list.GetByInAndName("query", not) != nil {
			t.Errorf("the list takes %s", not)
		}
	}
	one := doc.Paths.Value("/api/v1/toy/boxes/{id}")
	if p := one.Patch.Parameters.GetByInAndName("header", "If-Match"); p == nil || !p.Required {
		t.Error("a change needs no If-Match")
	}
	seal := doc.Paths.Value("/api/v1/toy/boxes/{id}/seal").Post
	if seal.Parameters.GetByInAndName("query", "dry_run") == nil || seal.Parameters.GetByInAndName("header", "X-Preview-Hash") == nil {
		t.Error("an action has no dry run")
	}
	if doc.Paths.Value("/api/v1/toy/weights").Get.Parameters.GetByInAndName("query", "date") == nil {
		t.Error("the report takes no date")
	}
	if e := seal.Responses.Default(); e == nil || e.Value.Content["application/problem+json"] == nil {
		t.Error("errors are not described")
	}
}

// Every route that is no record's is in the document of an owner who is an operator, too; to an owner who is none, operators' routes are not there.
func TestDocumentKnowsThePlatform(t *testing.T) {
	e, err := record.New([]modules.Module{toy()})
	if err != nil {
		t.Fatal(err)
	}
	plain, known := operations(describe(t, i18n.EN, true, "owner")), operations(describeTo(t, i18n.EN, true, true, "owner"))
	(&API{engine: e}).platform(func(method, path string, _ handler) {
		if !slices.Contains(known, method+" "+path) {
			t.Errorf("%s %s is not described", method, path)
		}
		if strings.HasPrefix(path, "/operator/") == slices.Contains(plain, method+" "+path) {
			t.Errorf("%s %s: told to the wrong people", method, path)
		}
	})
}
