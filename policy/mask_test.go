package policy

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

func TestMask(t *testing.T) {
	e := newEngine(t, shippedGrants)
	for _, c := range []struct {
		name        string
		roles       []string
		entity      string
		view, edit  string // names of visible and editable fields
		flags, acts string
		rows        string
	}{
		{"nobody", nil, "sales.order", "", "", "", "", "none"},
		{"a role without grants", []string{"warehouse"}, "sales.order", "", "", "", "", "none"},
		{"an unknown role", []string{"ghost"}, "sales.order", "", "", "", "", "none"},
		{
			"wildcards give all",
			[]string{"owner"},
			"sales.order", "no owner_id total_amount paid_amount cost_amount status",
			"no owner_id total_amount paid_amount cost_amount status", "any create delete export", "confirm cancel close", "all",
		},
		{"own rows", []string{"sales"}, "sales.order", "no owner_id total_amount status", "no owner_id total_amount status", "any create delete", "confirm cancel", "own"},
		{
			"lines as their document",
			[]string{"sales"},
			"sales.order_line", "position order_id quantity unit_price", "position order_id quantity unit_price",
			"any create delete", "confirm cancel", "own",
		},
		{"module wildcard", []string{"sales_director"}, "sales.order", "no owner_id total_amount cost_amount status", "", "any export", "", "all"},
		{"module wildcard elsewhere", []string{"sales_director"}, "crm.note", "", "", "", "", "none"},
		{"a single field", []string{"finance"}, "sales.order", "no owner_id paid_amount cost_amount status", "paid_amount", "any", "", "all"},
		{
			"deny wins over another role",
			[]string{"sales", "sales_director"},
			"sales.order", "no owner_id total_amount status", "no owner_id total_amount status",
			"any create delete export", "confirm cancel", "all",
		},
		{
			"deny wins over owner",
			[]string{"sales", "owner"},
			"sales.order", "no owner_id total_amount paid_amount status", "no owner_id total_amount paid_amount status",
			"any create delete export", "confirm cancel close", "all",
		},
		{
			"deny wins over a single field",
			[]string{"sales", "finance"},
			"sales.order", "no owner_id total_amount paid_amount status", "no owner_id total_amount paid_amount status",
			"any create delete", "confirm cancel", "all",
		},
		{"an action denied", []string{"sales", "buyer"}, "sales.order", "no owner_id total_amount status", "no owner_id total_amount status", "any create delete", "confirm", "all"},
		{
			"deny on lines",
			[]string{"sales", "buyer"},
			"sales.order_line", "position order_id quantity unit_price", "position order_id quantity unit_price",
			"any create delete", "confirm", "all",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := e.catalog.Entity(c.entity)
			m := maskFor(t, e, c.entity, c.roles...)
			var view, edit, flags, acts []string
			for _, f := range def.Fields {
				if f.System {
					if m.View(f) != m.Any() || m.Edit(f) {
						t.Errorf("system field %s: view %v, edit %v", f.Name, m.View(f), m.Edit(f))
					}
					continue
				}
				if m.View(f) {
					view = append(view, f.Name)
				}
				if m.Edit(f) {
					edit = append(edit, f.Name)
				}
			}
			for _, f := range []struct {
				on   bool
				name string
			}{{m.Any(), "any"}, {m.Create, "create"}, {m.Delete, "delete"}, {m.Export, "export"}} {
				if f.on {
					flags = append(flags, f.name)
				}
			}
			for _, a := range []string{"confirm", "cancel", "close"} {
				if m.Action(a) {
					acts = append(acts, a)
				}
			}
			rows := "own"
			if m.Rows().All() {
				rows = "all"
			} else if m.Rows().None() {
				rows = "none"
			}
			for _, x := range [][3]string{
				{"view", c.view, strings.Join(view, " ")},
				{"edit", c.edit, strings.Join(edit, " ")},
				{"flags", c.flags, strings.Join(flags, " ")},
				{"actions", c.acts, strings.Join(acts, " ")},
				{"rows", c.rows, rows},
			} {
				if x[1] != x[2] {
					t.Errorf("%s\nwant %s\n got %s", x[0], x[1], x[2])
				}
			}
		})
	}
}

func TestWhy(t *testing.T) {
	e := newEngine(t, shippedGrants)
	for _, c := range []struct{ roles, what, want string }{
		{"sales", "view:cost", "sales.no-cost"},
		{"sales", "view:cost_amount", "sales.no-cost"},
		{"sales", "edit:cost_amount", "sales.no-cost"},
		{"sales", "view:total_amount", "grid:sales:sales.order"},
		{"sales", "view:payment", "default"},
		{"sales", "view:nothing", "default"},
		{"sales", "action:close", "default"},
		{"sales", "action:unheard-of", "default"},
		{"owner", "action:unheard-of", "grid:owner:*"},
		{"sales buyer", "action:cancel", "sales.no-cancel"},
		{"sales", "create", "grid:sales:sales.order"},
		{"sales", "export", "default"},
		{"warehouse", "see", "default"},
		{"", "nonsense", "default"},
	} {
		got, label := maskFor(t, e, "sales.order", strings.Fields(c.roles)...).Why(c.what)
		if got != c.want || label.ZH == "" || label.EN == "" {
			t.Errorf("%s %s: rule %q %v, want %q", c.roles, c.what, got, label, c.want)
		}
	}
}

func TestEverythingForSystemAndModules(t *testing.T) {
	e := newEngine(t, shippedGrants)
	def := e.catalog.Entity("sales.order")
	for _, a := range []tenancy.Actor{{System: true}, {Module: "inventory", Roles: []string{"viewer"}}} {
		m, err := e.For(context.Background(), &tenancy.Tx{Actor: a}, def)
		if err != nil || !m.Any() || !m.View(def.Field("cost_amount")) || !m.Edit(def.Field("cost_amount")) || !m.Action("x") || !m.Create || !m.Rows().All() {
			t.Errorf("%+v: %+v, %v", a, m, err)
		}
	}
}

func TestOwnFields(t *testing.T) {
	e := newEngine(t, shippedGrants)
	own := []*entity.Field{
		{Name: "x_note", Label: entity.T("备注", "Note"), Class: entity.Basic, Kind: entity.KindText, Custom: true},
		{Name: "x_cost", Label: entity.T("附加成本", "Extra cost"), Class: "cost", Kind: entity.KindAmount, Custom: true},
	}
	def := e.catalog.Entity("sales.order").With(own...)
	for roles, want := range map[string]string{"owner": "x_note x_cost", "admin": "x_note x_cost", "viewer": "", "sales": "", "finance": "x_note", "buyer finance": "x_note x_cost"} {
		m, err := e.For(context.Background(), as(strings.Fields(roles)...), def)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range own {
			if m.View(f) {
				got = append(got, f.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s sees %v, want %q", roles, got, want)
		}
	}
	if m := maskFor(t, e, "sales.order", "owner"); m.View(own[0]) {
		t.Error("a field that was not there when rights were decided is visible")
	}
}

func TestRows(t *testing.T) {
	e := newEngine(t, shippedGrants)
	me := id.ID{15: 7}
	for _, c := range []struct{ entity, alias, where string }{
		{"sales.order", "o", `("o"."owner_id" = ?)`},
		{"sales.order", "", `("owner_id" = ?)`},
		{"sales.order_line", "l", `"l"."order_id" IN (SELECT "sales_order"."id" FROM "sales_order" WHERE ("sales_order"."owner_id" = ?))`},
	} {
		where, args := maskFor(t, e, c.entity, "sales").Rows().SQL(c.alias)
		if where != c.where || !slices.Equal(args, []any{any(me)}) {
			t.Errorf("%s: %s %v", c.entity, where, args)
		}
	}
	if where, _ := (Filter{}).SQL("o"); where != "FALSE" {
		t.Errorf("no filter is %s", where)
	}
	tx := as("sales")
	tx.Actor.ID = id.ID{}
	if m, _ := e.For(context.Background(), tx, e.catalog.Entity("sales.order")); !m.Rows().None() {
		t.Error("nobody owns something")
	}
}

func TestRowsOfTwoPeople(t *testing.T) {
	e := newEngine(t, shippedGrants)
	def := e.catalog.Entity("sales.order")
	for _, person := range []id.ID{{15: 1}, {15: 2}, {15: 1}} {
		tx := as("sales")
		tx.Actor.ID = person
		m, err := e.For(context.Background(), tx, def)
		if err != nil {
			t.Fatal(err)
		}
		if _, args := m.Rows().SQL(""); args[0] != any(person) {
			t.Errorf("%v works with the filter of %v", person, args[0])
		}
	}
}

// TestDenyReachesFar: what a denial takes away takes more with it.
func TestDenyReachesFar(t *testing.T) {
	deny := func(d string) string {
		return `
grants:
  buyer: {sales.order: {view: [price], edit: [price], create: true, actions: [confirm], rows: own}}
  finance: {sales.order: {view: [basic, price], edit: [price]}}
  planner: {sales.order: {}, crm.note: {view: ["field:body"]}}
rules: [{id: r, label: {zh: 规则, en: Rule}, deny: {roles: [buyer, finance, planner], ` + d + `}}]`
	}
	e := newEngine(t, deny("classes: [price], view: true"))
	total := e.catalog.Entity("sales.order").Field("total_amount")
	if m := maskFor(t, e, "sales.order", "buyer"); m.Any() || m.Create || m.Action("confirm") || m.View(e.catalog.Entity("sales.order").Field("id")) || !m.Rows().None() {
		t.Errorf("an entity whose only class is denied is visible: %+v", m)
	}
	if m := maskFor(t, e, "sales.order", "finance"); !m.Any() || m.View(total) || m.Edit(total) {
		t.Error("a field that may not be seen may be written")
	} else if by, _ := m.Why("edit:total_amount"); by != "r" {
		t.Error("by", by)
	}
	e = newEngine(t, deny("classes: [price], edit: true"))
	if m := maskFor(t, e, "sales.order", "finance"); !m.View(total) || m.Edit(total) {
		t.Error("denied to write is not the same as denied to see")
	}
	if m := maskFor(t, e, "sales.order", "buyer", "planner"); m.Rows().All() || m.Rows().None() {
		t.Error("a grant that shows nothing lifts the row filter")
	}
	e = newEngine(t, deny("entity: sales.order, view: true"))
	m := maskFor(t, e, "sales.order", "buyer")
	for _, what := range []string{"see", "view:total_amount", "view:price", "edit:total_amount", "create", "action:confirm"} {
		if by, _ := m.Why(what); by != "r" || m.verdict(what).allow {
			t.Errorf("%s: %s", what, by)
		}
	}
	e = newEngine(t, deny(`entity: crm.note, fields: [body], view: true`))
	if m := maskFor(t, e, "crm.note", "planner"); m.Any() {
		t.Error("an entity whose only field is denied is visible")
	}
	e = newEngine(t, deny("create: true, export: true, actions: [\"*\"]"))
	if m := maskFor(t, e, "sales.order", "buyer"); !m.Any() || m.Create || m.Action("confirm") {
		t.Errorf("%+v", m)
	}
}

func TestViewClass(t *testing.T) {
	e := newEngine(t, shippedGrants)
	for _, c := range []struct {
		role, class string
		want        bool
	}{{"sales", "price", true}, {"sales", "cost", false}, {"sales", "margin", false}, {"owner", "margin", true}, {"finance", "cost", false}, {"warehouse", "basic", false}} {
		if got := maskFor(t, e, "sales.order", c.role).ViewClass(c.class); got != c.want {
			t.Errorf("%s %s: %v", c.role, c.class, got)
		}
	}
}
