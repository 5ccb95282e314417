package policy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/tenancy"
)

// Question asks why somebody may or may not do something.
type Question struct {
	What  string    // as for Mask.Why: "view:unit_price", "action:confirm", "create", …
	Roles []string  // of the person concerned
	At    time.Time // zero: now
}

// Answer is what one set of roles may, and by which rule.
type Answer struct {
	Roles  []string      `json:"roles"`
	Labels []entity.Text `json:"labels"` // of the roles
	Allow  bool          `json:"allow"`
	RuleID string        `json:"rule"`
	Label  entity.Text   `json:"rule_label"`
	Source string        `json:"source"`         // file and line that say it
	Role   string        `json:"role,omitempty"` // whose grant it is
	Grant  *Grant        `json:"grant,omitempty"`
	Denial *Rule         `json:"denial,omitempty"` // the rule that takes it away
	Rows   string        `json:"rows"`             // which records may be seen: all, own, some or none
}

// Explanation says who may do something, by which rule of which version.
type Explanation struct {
	Entity    string   `json:"entity"`
	What      string   `json:"what"`
	Version   int64    `json:"version"` // 0: the shipped rights
	Person    Answer   `json:"person"`
	Each      []Answer `json:"each,omitempty"`      // every role alone
	Approvals []Rule   `json:"approvals,omitempty"` // rules that may want an approval of this action
}

// Explain answers a question about one entity.
func (e *Engine) Explain(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Question) (*Explanation, error) {
	set, err := e.rulesAt(ctx, tx, q.At)
	if err != nil {
		return nil, err
	}
	return (&Rules{set: set, engine: e}).Explain(ctx, def, q)
}

// Explain answers a question by these rules.
func (r *Rules) Explain(ctx context.Context, def *entity.Def, q Question) (*Explanation, error) {
	set, doc := r.set, documentOf(def)
	x := &Explanation{Entity: def.Name, What: q.What, Version: set.number}
	ask := func(roles ...string) (Answer, error) {
		m, err := set.mask(ctx, r.engine.limit, def, roles, r.engine.actions[doc.Name])
		if err != nil {
			return Answer{}, err
		}
		return set.answer(m, roles, q.What), nil
	}
	var err error
	if x.Person, err = ask(q.Roles...); err != nil {
		return nil, err
	}
	for _, role := range set.roles {
		a, err := ask(role.Name)
		if err != nil {
			return nil, err
		}
		x.Each = append(x.Each, a)
	}
	for _, rule := range set.rules {
		if rule.Approval != nil && rule.Approval.Entity == doc.Name && speaksOf(rule.Approval, q.What) {
			x.Approvals = append(x.Approvals, rule)
		}
	}
	return x, nil
}

// answer says what a mask says about one question, and who says so.
func (s *ruleset) answer(m *Mask, roles []string, what string) Answer {
	a := Answer{Roles: append([]string{}, roles...), Labels: []entity.Text{}, Allow: m.verdict(what).allow, Rows: m.rows.words()}
	a.RuleID, a.Label = m.Why(what)
	a.Source = s.source(a.RuleID)
	for _, name := range roles {
		a.Labels = append(a.Labels, s.roleLabel(name))
	}
	if rest, ok := strings.CutPrefix(a.RuleID, gridRule); ok {
		role, name, _ := strings.Cut(rest, ":")
		a.Role = role
		if g, ok := s.grants[role][name]; ok {
			a.Grant = &g
		}
	}
	for i := range s.rules {
		if s.rules[i].ID == a.RuleID {
			a.Denial = &s.rules[i]
		}
	}
	return a
}

func (f Filter) words() string {
	switch {
	case f.scope == allRows:
		return "all"
	case f.scope == noRows:
		return "none"
	case strings.HasPrefix(f.where, "({t}.") && !strings.Contains(f.where, "coalesce"):
		return ownRows
	}
	return "some"
}

// source tells where the rule stands that decided: the tenant's own Rego by line, a shipped file by line, else the part of the version that was published.
func (s *ruleset) source(ruleID string) string {
	if line := lineOf(s.module, ruleID); line > 0 {
		return fmt.Sprintf("tenant.rego:%d", line)
	}
	where, shipped := s.origin[ruleID]
	if s.number == 0 && shipped {
		return where
	}
	if rest, ok := strings.CutPrefix(ruleID, gridRule); ok {
		role, name, _ := strings.Cut(rest, ":")
		if fixed(role) && shipped {
			return where
		}
		return fmt.Sprintf("version %d: grants.%s.%s", s.number, role, name)
	}
	for i, r := range s.rules {
		if r.ID == ruleID {
			return fmt.Sprintf("version %d: rules[%d]", s.number, i)
		}
	}
	return "rights.rego" // what nothing allows is denied
}

// lineOf finds the rule of a tenant's own Rego that names an id.
func lineOf(m *ast.Module, id string) int {
	if m == nil {
		return 0
	}
	for _, r := range m.Rules {
		found := 0
		ast.WalkTerms(r, func(t *ast.Term) bool {
			if text, ok := t.Value.(ast.String); ok && string(text) == id && found == 0 {
				found = r.Location.Row
				if t.Location != nil {
					found = t.Location.Row
				}
			}
			return found > 0
		})
		if found > 0 {
			return found
		}
	}
	return 0
}

func speaksOf(a *ApprovalRule, what string) bool {
	for _, name := range a.actions() {
		if what == "action:"+name || what == name {
			return true
		}
	}
	return false
}

func (e *Engine) rulesAt(ctx context.Context, tx *tenancy.Tx, at time.Time) (*ruleset, error) {
	if at.IsZero() {
		return e.rules(ctx, tx)
	}
	r, err := e.HeldAt(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	return r.set, nil
}

func (s *ruleset) roleLabel(name string) entity.Text {
	for _, r := range s.roles {
		if r.Name == name {
			return r.Label
		}
	}
	return entity.T(name, name)
}

// Permission is one right of a person, with where it comes from.
type Permission struct {
	Entity string      `json:"entity"`
	Label  entity.Text `json:"label"`
	Class  string      `json:"class,omitempty"` // of fields; empty for actions
	Fields []string    `json:"fields,omitempty"`
	Action string      `json:"action,omitempty"`
	View   *Answer     `json:"view,omitempty"`
	Edit   *Answer     `json:"edit,omitempty"`
	Do     *Answer     `json:"do,omitempty"`
	Rows   string      `json:"rows"`
}

// Permissions lists everything that somebody with these roles may see, edit and do, each with its source.
func (r *Rules) Permissions(ctx context.Context, catalog *entity.Catalog, roles []string) ([]Permission, error) {
	out := []Permission{}
	for _, def := range catalog.All() {
		if def.ParentDef != nil {
			continue
		}
		m, err := r.set.mask(ctx, r.engine.limit, def, roles, r.engine.actions[def.Name])
		if err != nil {
			return nil, err
		}
		if !m.Any() {
			continue
		}
		out = append(out, r.set.permissions(def, m, roles, r.engine.actions[def.Name])...)
	}
	return out, nil
}

func (s *ruleset) permissions(def *entity.Def, m *Mask, roles, actions []string) []Permission {
	var out []Permission
	at := map[string]int{}
	for _, f := range def.Fields {
		if f.System {
			continue
		}
		view, edit := s.answer(m, roles, "view:"+f.Name), s.answer(m, roles, "edit:"+f.Name)
		key := fmt.Sprint(f.Class, view.RuleID, view.Allow, edit.RuleID, edit.Allow)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Permission{Entity: def.Name, Label: def.Label, Class: f.Class, View: &view, Edit: &edit, Rows: view.Rows})
		}
		out[i].Fields = append(out[i].Fields, f.Name)
	}
	for _, name := range []string{"create", "delete", "export"} {
		a := s.answer(m, roles, name)
		out = append(out, Permission{Entity: def.Name, Label: def.Label, Action: name, Do: &a, Rows: a.Rows})
	}
	for _, name := range actions {
		a := s.answer(m, roles, actionToken+name)
		out = append(out, Permission{Entity: def.Name, Label: def.Label, Action: name, Do: &a, Rows: a.Rows})
	}
	return out
}
