package policy

import (
	"fmt"
	"strings"

	"github.com/tenon-hq/tenon/entity"
)

// rules checks the rules and notes in each condition the kind of the field that it compares.
func (c *checker) rules(rules []Rule) {
	ids := map[string]bool{}
	for i := range rules {
		r, at := &rules[i], fmt.Sprintf("rules[%d]", i)
		if r.ID == "" || r.ID == defaultRule || strings.HasPrefix(r.ID, gridRule) || ids[r.ID] {
			c.Add(at+".id", "policy.rule_id", "规则必须有唯一的编号", "a rule needs an id of its own, not %q", r.ID)
		}
		ids[r.ID] = true
		if r.Label.ZH == "" || r.Label.EN == "" {
			c.Add(at+".label", "policy.rule_label", "规则必须有中英文名称", "a rule needs a label in Chinese and English")
		}
		switch {
		case r.Deny != nil && r.Approval == nil:
			c.deny(at+".deny", r.Deny)
		case r.Approval != nil && r.Deny == nil:
			c.approval(at+".approval", r.Approval)
		default:
			c.Add(at, "policy.rule_kind", "规则必须是禁止或审批之一", "a rule is either a denial or an approval")
		}
	}
}

func (c *checker) deny(at string, d *Deny) {
	if len(d.Roles) == 0 {
		c.Add(at+".roles", "policy.no_roles", "请指定角色", "name the roles that it concerns")
	}
	for i, r := range d.Roles {
		switch {
		case fixed(r):
			c.Add(fmt.Sprintf("%s.roles[%d]", at, i), "policy.owner_fixed", "所有者和管理员的权限不能收回", "rights of owner and admin can't be taken away")
		case r != anyName:
			c.role(fmt.Sprintf("%s.roles[%d]", at, i), r)
		}
	}
	var defs []*entity.Def
	for _, name := range d.entities() {
		defs = append(defs, c.entity(at+".entity", name)...)
		c.known(at+".actions", name, d.Actions)
	}
	c.tokens(at+".classes", defs, d.Classes)
	for i, f := range d.Fields {
		c.tokens(fmt.Sprintf("%s.fields[%d]", at, i), defs, []string{single + f})
	}
	rights := d.rights()
	if len(rights) == 0 && len(d.Actions) == 0 {
		c.Add(at, "policy.denies_nothing", "规则没有指明禁止什么", "the rule does not say what is denied")
	}
	if len(d.tokens()) > 0 && (d.Create || d.Delete || d.Export || len(d.Actions) > 0) {
		c.Add(at, "policy.fields_view_edit", "对字段只能禁止查看或编辑", "of fields only view and edit can be denied")
	}
}

func (c *checker) approval(at string, a *ApprovalRule) {
	def := c.catalog.Entity(a.Entity)
	if def == nil || def.ParentDef != nil {
		c.Add(at+".entity", "policy.unknown_entity", "没有名为 %s 的对象", "there is no document %s", a.Entity)
		return
	}
	actions := a.actions()
	if len(actions) == 0 {
		c.Add(at+".action", "policy.no_action", "请指定需要审批的操作", "name the action that needs approval")
	}
	for _, name := range actions {
		if name == "create" || name == "update" || name == "delete" { // nothing parks a write: such a rule would be silent
			c.Add(at+".action", "policy.approves_write", "只有操作可以要求审批，%s 不行", "only actions can need approval, not %s", name)
		}
	}
	c.known(at+".action", a.Entity, actions)
	for i, r := range a.Unless {
		c.role(fmt.Sprintf("%s.unless[%d]", at, i), r)
	}
	for i := range a.When {
		c.condition(fmt.Sprintf("%s.when[%d]", at, i), def, &a.When[i])
	}
	c.steps(at+".approvers", a.Approvers)
}

func (c *checker) steps(at string, steps []Step) {
	if len(steps) == 0 {
		c.Add(at, "policy.no_approvers", "请指定审批人", "name who approves")
	}
	for i, s := range steps {
		here := fmt.Sprintf("%s[%d]", at, i)
		if len(s.Roles)+len(s.Users) == 0 {
			c.Add(here, "policy.no_approvers", "请指定审批角色或审批人", "a step needs roles or users")
		}
		for j, r := range s.Roles {
			c.role(fmt.Sprintf("%s.roles[%d]", here, j), r)
		}
		if s.Mode != "" && s.Mode != ModeAny && s.Mode != ModeAll {
			c.Add(here+".mode", "policy.mode", "审批方式只能是 any 或 all", "mode is any or all, not %s", s.Mode)
		}
	}
}

func (c *checker) condition(at string, def *entity.Def, w *Condition) {
	f := fieldAt(def, w.Field)
	if f == nil {
		c.Add(at+".field", "policy.unknown_field", "没有名为 %s 的字段", "there is no field %s", w.Field)
		return
	}
	w.Kind = f.Kind
	switch f.Kind {
	case entity.KindJSON, entity.KindBytes, entity.KindTexts:
		c.Add(at+".field", "policy.field_kind", "字段 %s 不能比较", "field %s can't be compared", w.Field)
		return
	}
	if f.Sealed {
		c.Add(at+".field", "policy.field_sealed", "字段 %s 已加密，不能用于条件", "field %s is sealed and can't be part of a condition", w.Field)
	}
	low, high, ok := wants(w.Op)
	if !ok {
		c.Add(at+".op", "policy.op", "不支持的比较方式 %s", "there is no comparison %s", w.Op)
		return
	}
	if n := len(w.Value); n < low || n > high {
		c.Add(at+".value", "policy.value", "比较方式 %s 的值个数不对", "comparison %s takes another number of values", w.Op)
	}
	for _, v := range w.Value {
		if _, err := termOf(f.Kind, v); err != nil {
			c.Add(at+".value", "policy.value", "%q 不是 %s 类型的值", "%q is no value of kind %s", v, f.Kind)
		}
	}
}

// wants tells how many values a comparison takes.
func wants(op string) (low, high int, ok bool) {
	switch op {
	case "eq", "ne", "gt", "gte", "lt", "lte":
		return 1, 1, true
	case "in", "nin":
		return 1, 1000, true
	case "empty", "given":
		return 0, 0, true
	}
	return 0, 0, false
}

// fieldAt finds "total_amount" or "lines.quantity".
func fieldAt(def *entity.Def, path string) *entity.Field {
	lines, name, nested := strings.Cut(path, ".")
	if !nested {
		return def.Field(path)
	}
	for _, l := range def.Lines {
		if l.Name == lines {
			return l.Of.Field(name)
		}
	}
	return nil
}
