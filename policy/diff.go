package policy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
)

// Difference is one thing that two versions of the rights decide differently, in words and in parts.
type Difference struct {
	Kind   string      `json:"kind"` // gained, lost, rule_added, rule_removed, rule_changed, role_added, role_removed, rego
	Role   string      `json:"role,omitempty"`
	Entity string      `json:"entity,omitempty"`
	What   string      `json:"what,omitempty"` // "view:price", "edit:field:x", "action:confirm", "create", "rows"
	Rule   string      `json:"rule,omitempty"`
	Text   entity.Text `json:"text"`

	roles []string // who sees less or more by a changed denial
}

// Compare tells what changes for whom when one version takes the place of another.
func (e *Engine) Compare(catalog *entity.Catalog, from, to *Rules) []Difference {
	if catalog == nil {
		catalog = e.catalog
	}
	d := &differ{catalog: catalog, from: from.set, to: to.set, out: []Difference{}}
	d.roles()
	d.grid()
	d.ruleList()
	if from.set.rego != to.set.rego {
		d.add(Difference{Kind: "rego", Text: entity.T("Rego 代码有改动", "The company's own Rego changes")})
	}
	return d.out
}

type differ struct {
	catalog  *entity.Catalog
	from, to *ruleset
	out      []Difference
}

func (d *differ) add(x Difference) { d.out = append(d.out, x) }

func (d *differ) roleLabel(name string) entity.Text {
	if t := d.to.roleLabel(name); t.EN != name {
		return t
	}
	return d.from.roleLabel(name)
}

func (d *differ) entityLabel(name string) entity.Text {
	if x := d.catalog.Entity(name); x != nil {
		return x.Label
	}
	if name == anyName {
		return entity.T("所有对象", "everything")
	}
	return entity.T(name, name)
}

func (d *differ) roles() {
	for _, r := range d.to.roles {
		if !slices.ContainsFunc(d.from.roles, func(x Role) bool { return x.Name == r.Name }) {
			d.add(Difference{Kind: "role_added", Role: r.Name, Text: entity.T("新增角色“"+r.Label.ZH+"”", "There is a new role "+r.Label.EN)})
		}
	}
	for _, r := range d.from.roles {
		if !slices.ContainsFunc(d.to.roles, func(x Role) bool { return x.Name == r.Name }) {
			d.add(Difference{Kind: "role_removed", Role: r.Name, Text: entity.T("删除角色“"+r.Label.ZH+"”", "The role "+r.Label.EN+" is gone")})
		}
	}
}

func (d *differ) grid() {
	names := map[string]bool{}
	for _, g := range []Grants{d.from.grants, d.to.grants} {
		for role := range g {
			names[role] = true
		}
	}
	for _, role := range slices.Sorted(maps.Keys(names)) {
		entities := map[string]bool{}
		for _, g := range []Grants{d.from.grants, d.to.grants} {
			for name := range g[role] {
				entities[name] = true
			}
		}
		for _, name := range slices.Sorted(maps.Keys(entities)) {
			d.grant(role, name, d.from.grants[role][name], d.to.grants[role][name])
		}
	}
}

func (d *differ) grant(role, name string, a, b Grant) {
	who, what := d.roleLabel(role), d.entityLabel(name)
	say := func(gained bool, right string, zh, en string) {
		x := Difference{Kind: "lost", Role: role, Entity: name, What: right}
		x.Text = entity.T(fmt.Sprintf("%s不能再%s（%s）", who.ZH, zh, what.ZH), fmt.Sprintf("%s may no longer %s on %s", who.EN, en, what.EN))
		if gained {
			x.Kind = "gained"
			x.Text = entity.T(fmt.Sprintf("%s可以%s（%s）", who.ZH, zh, what.ZH), fmt.Sprintf("%s may now %s on %s", who.EN, en, what.EN))
		}
		d.add(x)
	}
	tokens := func(kind, zh, en string, a, b []string) {
		for _, t := range a {
			if !has(b, t) {
				say(false, kind+":"+t, zh+d.token(t, true), en+d.token(t, false))
			}
		}
		for _, t := range b {
			if !has(a, t) {
				say(true, kind+":"+t, zh+d.token(t, true), en+d.token(t, false))
			}
		}
	}
	tokens("view", "查看", "see ", a.View, b.View)
	tokens("edit", "编辑", "edit ", a.Edit, b.Edit)
	tokens("action", "执行操作", "do ", a.Actions, b.Actions)
	for _, r := range []struct {
		was, is      bool
		name, zh, en string
	}{{a.Create, b.Create, "create", "新建", "create records"}, {a.Delete, b.Delete, "delete", "删除", "delete records"}, {a.Export, b.Export, "export", "导出", "export records"}} {
		if r.was != r.is {
			say(r.is, r.name, r.zh, r.en)
		}
	}
	if len(a.View) > 0 && len(b.View) > 0 && (a.Rows == ownRows) != (b.Rows == ownRows) {
		if b.Rows == ownRows {
			say(false, "rows", "查看他人的记录", "see the records of others")
		} else {
			say(true, "rows", "查看他人的记录", "see the records of others")
		}
	}
}

// token names a class or a single field for people.
func (d *differ) token(t string, zh bool) string {
	if name, ok := strings.CutPrefix(t, single); ok {
		if zh {
			return "字段 `" + name + "`"
		}
		return "the field `" + name + "`"
	}
	if t == anyName {
		if zh {
			return "全部"
		}
		return "everything"
	}
	return "`" + t + "`"
}

func (d *differ) ruleList() {
	find := func(list []Rule, id string) *Rule {
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
		return nil
	}
	for i := range d.to.rules {
		r := &d.to.rules[i]
		words := r.Words(d.catalog, d.to.roleLabel)
		switch old := find(d.from.rules, r.ID); {
		case old == nil:
			d.add(Difference{Kind: "rule_added", Rule: r.ID, roles: concerned(r), Text: entity.T("新规则："+words.ZH, "New rule: "+words.EN)})
		case !alike(*old, *r):
			was := old.Words(d.catalog, d.from.roleLabel)
			d.add(Difference{
				Kind: "rule_changed", Rule: r.ID, roles: append(concerned(old), concerned(r)...),
				Text: entity.T("规则改为："+words.ZH+"（原为："+was.ZH+"）", "The rule is now: "+words.EN+" (it was: "+was.EN+")"),
			})
		}
	}
	for i := range d.from.rules {
		r := &d.from.rules[i]
		if find(d.to.rules, r.ID) == nil {
			words := r.Words(d.catalog, d.from.roleLabel)
			d.add(Difference{Kind: "rule_removed", Rule: r.ID, roles: concerned(r), Text: entity.T("不再适用："+words.ZH, "No longer: "+words.EN)})
		}
	}
}

func concerned(r *Rule) []string {
	if r.Deny == nil || !r.Deny.View {
		return nil
	}
	return r.Deny.Roles
}

// alike tells whether two values read the same as JSON.
func alike(a, b any) bool {
	x, errA := plainJSON(a)
	y, errB := plainJSON(b)
	return errA == nil && errB == nil && reflect.DeepEqual(x, y)
}

// ChangedRoles names the roles, but owner and admin, that would see something else by these differences: what changes only what they may do can't show more.
func ChangedRoles(list []Difference, rules *Rules) []string {
	out := []string{}
	add := func(role string) {
		known := slices.ContainsFunc(rules.set.roles, func(r Role) bool { return r.Name == role })
		if known && !fixed(role) && !has(out, role) {
			out = append(out, role)
		}
	}
	everyone := func() {
		for _, r := range rules.set.roles {
			add(r.Name)
		}
	}
	for _, d := range list {
		switch {
		case d.Kind == "rego":
			everyone()
		case d.Role != "" && (d.What == "" || d.What == "rows" || strings.HasPrefix(d.What, "view:")):
			add(d.Role)
		case d.Role != "":
		case d.roles == nil:
		case has(d.roles, anyName):
			everyone()
		default:
			for _, r := range d.roles {
				add(r)
			}
		}
	}
	return out
}

// Provable names all roles but owner and admin.
func (r *Rules) Provable() []string {
	out := []string{}
	for _, x := range r.set.roles {
		if !fixed(x.Name) {
			out = append(out, x.Name)
		}
	}
	return out
}
