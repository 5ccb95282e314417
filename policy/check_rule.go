package policy

import (
	"fmt"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
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
	c.steps(at+".approvers", def, a.Approvers)
}

func (c *checker) steps(at string, def *entity.Def, steps []Step) {
	if len(steps) == 0 {
		c.Add(at, "policy.no_approvers", "请指定审批人", "name who approves")
	}
	for i := range steps {
		c.step(fmt.Sprintf("%s[%d]", at, i), def, &steps[i])
	}
}

func (c *checker) step(at string, def *entity.Def, s *Step) {
	if len(s.Roles)+len(s.Users)+len(s.UsersIn)+len(s.ManagerOf)+len(s.OwnerOf) == 0 {
		c.Add(at, "policy.no_approvers", "请指定审批角色或审批人", "a step needs roles or people")
	}
	for j, r := range s.Roles {
		c.role(fmt.Sprintf("%s.roles[%d]", at, j), r)
	}
	for j, u := range s.Users {
		if _, err := id.Parse(u); err != nil {
			c.Add(fmt.Sprintf("%s.users[%d]", at, j), "value.id", "%q 不是用户编号", "%q is no id of a user", u)
		}
	}
	for j, f := range s.UsersIn {
		c.refersTo(fmt.Sprintf("%s.users_in[%d]", at, j), def, f, true)
	}
	for j, f := range s.ManagerOf {
		if f != Requester {
			c.refersTo(fmt.Sprintf("%s.manager_of[%d]", at, j), def, f, true)
		}
	}
	for j, f := range s.OwnerOf {
		if f == ThisRecord {
			if def.OwnerField == nil {
				c.Add(fmt.Sprintf("%s.owner_of[%d]", at, j), "policy.no_owner", "该对象没有负责人字段", "%s has no owner field", def.Name)
			}
			continue
		}
		c.refersTo(fmt.Sprintf("%s.owner_of[%d]", at, j), def, f, false)
	}
	for j := range s.When {
		c.condition(fmt.Sprintf("%s.when[%d]", at, j), def, &s.When[j])
	}
	switch s.Mode {
	case "", ModeAny, ModeAll, ModeSequence:
		if s.Votes != 0 {
			c.Add(at+".votes", "policy.votes", "只有投票方式需要票数", "only the mode vote takes a number of votes")
		}
	case ModeVote:
		if s.Votes < 1 || s.Votes > 100 {
			c.Add(at+".votes", "policy.votes", "票数应为 1 到 100", "votes is 1 to 100")
		}
	default:
		c.Add(at+".mode", "policy.mode", "审批方式只能是 any、all、vote 或 sequence", "mode is any, all, vote or sequence, not %s", s.Mode)
	}
	if s.EscalateHours < 0 || s.EscalateHours > 24*90 {
		c.Add(at+".escalate_hours", "policy.escalate", "升级时间应为 0 到 2160 小时", "escalate_hours is 0 to 2160")
	}
	if (s.EscalateHours > 0) != (len(s.EscalateTo) > 0) {
		c.Add(at+".escalate_to", "policy.escalate", "升级需要同时指定时间与角色", "an escalation needs both a time and roles")
	}
	for j, r := range s.EscalateTo {
		c.role(fmt.Sprintf("%s.escalate_to[%d]", at, j), r)
	}
}

// refersTo checks a field that has to point to a user, or to a record that has an owner.
func (c *checker) refersTo(at string, def *entity.Def, name string, user bool) {
	f := def.Field(name)
	switch {
	case f == nil:
		c.Add(at, "policy.unknown_field", "没有名为 %s 的字段", "there is no field %s", name)
	case user && f.Ref != "user":
		c.Add(at, "policy.no_user", "字段 %s 不是用户", "field %s holds no user", name)
	case !user:
		if to := c.catalog.Entity(f.Ref); to == nil || to.OwnerField == nil {
			c.Add(at, "policy.no_owner", "字段 %s 指向的对象没有负责人", "what field %s points to has no owner", name)
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
