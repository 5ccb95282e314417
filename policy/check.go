package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// checker looks for everything that is wrong in grants and rules and reports it all at once.
type checker struct {
	fault.Fields
	catalog *entity.Catalog
	actions map[string][]string // by entity; nil: not known
	roles   map[string]bool
	classes map[string]bool
}

func newChecker(catalog *entity.Catalog, actions map[string][]string, roles []Role) *checker {
	c := &checker{catalog: catalog, actions: actions, roles: map[string]bool{}, classes: map[string]bool{}}
	for _, r := range roles {
		c.roles[r.Name] = true
	}
	for _, name := range append(usualClasses(), customClass, anyName) {
		c.classes[name] = true
	}
	for _, d := range catalog.All() {
		for _, f := range d.Fields {
			c.classes[f.Class] = true
		}
	}
	return c
}

// usualClasses are those that every grid can speak of; descriptions may bring more.
func usualClasses() []string {
	return []string{entity.Basic, "price", "cost", "margin", "payment", "contract", "personal"}
}

func (c *checker) grants(all Grants) {
	for _, role := range slices.Sorted(maps.Keys(all)) {
		at := "grants." + role
		c.role(at, role)
		for _, name := range slices.Sorted(maps.Keys(all[role])) {
			c.grant(at+"."+name, name, all[role][name], reach(all[role], name))
		}
	}
}

// reach gathers the classes that a role sees of an entity by all its grants that speak of it.
func reach(byEntity map[string]Grant, name string) []string {
	seen := append([]string{}, byEntity[name].View...)
	if name != anyName {
		seen = append(seen, byEntity[anyName].View...)
		if module, _, ok := strings.Cut(name, "."); ok {
			seen = append(seen, byEntity[module+".*"].View...)
		}
	}
	return seen
}

func (c *checker) grant(at, name string, g Grant, seen []string) {
	defs := c.entity(at, name)
	c.tokens(at+".view", defs, g.View)
	c.tokens(at+".edit", defs, g.Edit)
	c.known(at+".actions", name, g.Actions)
	for _, t := range g.Edit {
		if !has(seen, t) && !has(seen, anyName) && !strings.HasPrefix(t, single) {
			c.Add(at+".edit", "policy.edit_unseen", "可编辑的字段类别 %s 必须同时可见", "class %s may be edited only if it may be seen", t)
		}
	}
	if len(seen) == 0 && (g.Create || g.Delete || g.Export || len(g.Actions) > 0) {
		c.Add(at+".view", "policy.act_unseen", "没有查看权限就不能有其他权限", "other rights need the right to view")
	}
	switch g.Rows {
	case "", "all":
	case ownRows:
		if len(defs) != 1 || defs[0].OwnerField == nil {
			c.Add(at+".rows", "policy.no_owner", "该对象没有负责人字段，不能限定为本人的记录", "rows: own needs a single entity with an owner field")
		}
		if len(seen) > len(g.View) {
			c.Add(at+".rows", "policy.rows_lifted", "同一角色的通配授权已开放全部记录", "a wildcard grant of the same role lifts rows: own")
		}
	default:
		c.Add(at+".rows", "policy.rows", "行范围只能是 all 或 own", "rows is all or own, not %s", g.Rows)
	}
}

// entity returns the documents that a name or wildcard stands for.
func (c *checker) entity(at, name string) []*entity.Def {
	var out []*entity.Def
	for _, d := range c.catalog.All() {
		if d.ParentDef == nil && (name == anyName || name == d.Name || name == d.Module()+".*") {
			out = append(out, d)
		}
	}
	if d := c.catalog.Entity(name); d != nil && d.ParentDef != nil {
		c.Add(at, "policy.line", "%s 是明细，其权限随单据 %s", "%s is a line: its rights are those of %s", name, documentOf(d).Name)
	} else if len(out) == 0 && name != anyName {
		c.Add(at, "policy.unknown_entity", "没有名为 %s 的对象", "there is no entity %s", name)
	}
	return out
}

func (c *checker) role(at, name string) {
	if !c.roles[name] {
		c.Add(at, "policy.unknown_role", "没有名为 %s 的角色", "there is no role %s", name)
	}
}

func (c *checker) tokens(at string, defs []*entity.Def, list []string) {
	for i, t := range list {
		name, ok := strings.CutPrefix(t, single)
		switch {
		case ok && !anyField(defs, name):
			c.Add(fmt.Sprintf("%s[%d]", at, i), "policy.unknown_field", "没有名为 %s 的字段", "there is no field %s", name)
		case !ok && !c.classes[t]:
			c.Add(fmt.Sprintf("%s[%d]", at, i), "policy.unknown_class", "没有名为 %s 的字段类别", "there is no class of fields %s", t)
		}
	}
}

func anyField(defs []*entity.Def, name string) bool {
	for _, d := range defs {
		if d.Field(name) != nil {
			return true
		}
		for _, l := range d.Lines {
			if anyField([]*entity.Def{l.Of}, name) {
				return true
			}
		}
	}
	return false
}

// known checks actions where the program has told which there are.
func (c *checker) known(at, name string, actions []string) {
	if c.actions == nil || name == anyName || strings.HasSuffix(name, ".*") {
		return
	}
	for i, a := range actions {
		if a != anyName && !has(c.actions[name], a) {
			c.Add(fmt.Sprintf("%s[%d]", at, i), "policy.unknown_action", "%s 没有操作 %s", "%s has no action %s", name, a)
		}
	}
}
