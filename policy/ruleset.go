package policy

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// Ids of deciding rules that nobody wrote.
const (
	defaultRule = "default" // nothing allows it
	gridRule    = "grid:"   // grid:<role>:<entity>: the grid allows it
)

// Tokens of the Rego library beside classes and single fields.
const (
	wholeEntity = "**"
	actionToken = "action:"
)

// ruleset is one version of the rights, ready to be asked.
type ruleset struct {
	number int64
	grants Grants
	rules  []Rule
	roles  []Role
	own    bool // there is Rego of the tenant's own
	rego   string
	cases  string
	module *ast.Module       // of the tenant's own Rego
	origin map[string]string // where the shipped files say it
	names  names

	stopped atomic.Int64 // when the tenant's own Rego may be tried again, in nanoseconds

	watch topdown.QueryTracer // sees what is evaluated, when cases are run

	decide  rego.PreparedEvalQuery
	approve rego.PreparedEvalQuery
	rows    rego.PreparedPartialQuery
	hide    rego.PreparedPartialQuery // rows that the tenant's own Rego hides

	singles   map[string]bool                       // fields that a grant or rule names
	actions   map[string][]string                   // by entity or wildcard: actions that a grant or rule names
	approvals map[string]map[string][]*ApprovalRule // by entity and action
}

// names are the labels of rules and roles by their ids.
type names map[string]entity.Text

func (n names) label(ruleID string) entity.Text {
	if t, ok := n[ruleID]; ok {
		return t
	}
	return entity.T(ruleID, ruleID)
}

func newRuleset(ctx context.Context, l *library, number int64, grants Grants, rules []Rule, roles []Role, own string) (*ruleset, error) {
	compiler, module, err := l.with(ctx, own)
	if err != nil {
		return nil, err
	}
	s := &ruleset{
		number: number, grants: grants, rules: rules, roles: roles, own: own != "", rego: own, module: module, names: names{},
		singles: map[string]bool{}, actions: map[string][]string{}, approvals: map[string]map[string][]*ApprovalRule{},
	}
	s.index()
	data, err := s.data()
	if err != nil {
		return nil, err
	}
	store := inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true))
	query := func(text string) *rego.Rego {
		return rego.New(rego.Query(text), rego.Compiler(compiler), rego.Store(store), rego.StrictBuiltinErrors(true), rego.Capabilities(l.allowed),
			rego.ParsedUnknowns([]*ast.Term{ast.MustParseTerm("input.row"), ast.MustParseTerm("input.actor")}))
	}
	if s.decide, err = query("data.tenon.rights.decision").PrepareForEval(ctx); err != nil {
		return nil, err
	}
	if s.approve, err = query("data.tenon.approval.answer").PrepareForEval(ctx); err != nil {
		return nil, err
	}
	if s.rows, err = query("data.tenon.rows.include").PrepareForPartial(ctx); err != nil {
		return nil, err
	}
	if s.own {
		s.hide, err = query("data.tenant.hide[_]").PrepareForPartial(ctx)
	}
	return s, err
}

// index notes labels, and which fields and actions are named anywhere.
func (s *ruleset) index() {
	s.names[defaultRule] = entity.T("没有规则允许", "No rule allows it")
	labels := map[string]entity.Text{}
	for _, r := range s.roles {
		labels[r.Name] = r.Label
	}
	for role, byEntity := range s.grants {
		t, ok := labels[role]
		if !ok {
			t = entity.T(role, role)
		}
		for name, g := range byEntity {
			s.names[gridRule+role+":"+name] = entity.T("角色“"+t.ZH+"”的权限", "Rights of the role "+t.EN)
			s.actions[name] = merge(s.actions[name], g.Actions)
			s.single(g.View)
			s.single(g.Edit)
		}
	}
	for _, r := range s.rules {
		s.names[r.ID] = r.Label.Text()
		if r.Deny != nil {
			s.single(r.Deny.tokens())
			for _, name := range r.Deny.entities() {
				s.actions[name] = merge(s.actions[name], r.Deny.Actions)
			}
		}
		if a := r.Approval; a != nil {
			if s.approvals[a.Entity] == nil {
				s.approvals[a.Entity] = map[string][]*ApprovalRule{}
			}
			for _, action := range a.actions() {
				s.approvals[a.Entity][action] = append(s.approvals[a.Entity][action], a)
			}
		}
	}
}

func (s *ruleset) single(tokens []string) {
	for _, t := range tokens {
		if len(t) > len(single) && t[:len(single)] == single {
			s.singles[t[len(single):]] = true
		}
	}
}

// data is the grid and the rules in the form that the Rego library reads.
func (s *ruleset) data() (map[string]any, error) {
	tree := map[string]any{}
	for role, byEntity := range s.grants {
		rows := map[string]any{}
		for name, g := range byEntity {
			rows[name] = g.data(role, name)
		}
		tree[role] = rows
	}
	denials, approvals := map[string]any{}, map[string]any{}
	for _, r := range s.rules {
		if r.Deny != nil {
			r.Deny.data(r.ID, denials)
		}
		if a := r.Approval; a != nil {
			when, err := conditions(a.When)
			if err != nil {
				return nil, fault.New(fault.Internal, "policy.stored", "已保存的规则 %s 无法读取", "the stored rule %s can't be read", r.ID).Because(err)
			}
			steps := make([]any, len(a.Approvers))
			for i, x := range a.Approvers {
				if steps[i], err = conditions(x.When); err != nil {
					return nil, fault.New(fault.Internal, "policy.stored", "已保存的规则 %s 无法读取", "the stored rule %s can't be read", r.ID).Because(err)
				}
			}
			old, _ := approvals[a.Entity].([]any)
			approvals[a.Entity] = append(old, map[string]any{
				"id": r.ID, "actions": list(a.actions()), "unless": list(a.Unless), "when": when, "steps": steps,
			})
		}
	}
	return map[string]any{"grid": tree, "denials": denials, "approvals": approvals}, nil
}

func conditions(when []Condition) ([]any, error) {
	out := make([]any, 0, len(when))
	for _, c := range when {
		values := make([]any, 0, len(c.Value))
		for _, v := range c.Value {
			t, err := termOf(c.Kind, v)
			if err != nil {
				return nil, err
			}
			if n, ok := t.Value.(ast.Number); ok {
				values = append(values, json.Number(n))
				continue
			}
			text, _ := t.Value.(ast.String)
			values = append(values, string(text))
		}
		out = append(out, map[string]any{"field": c.Field, "op": c.Op, "values": values})
	}
	return out, nil
}

func list(in []string) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}

// data is a grant in the library's words. Only owner and admin have a tenant's own fields by "*".
func (g Grant) data(role, name string) map[string]any {
	fields := func(tokens []string) []any {
		if fixed(role) && has(tokens, anyName) {
			return append(list(tokens), wholeEntity)
		}
		return list(tokens)
	}
	scope := "all"
	if g.Rows == ownRows {
		scope = ownRows
	}
	return map[string]any{
		"id": gridRule + role + ":" + name, "view": fields(g.View), "edit": fields(g.Edit),
		"do": append(list(g.rights()), actionTokens(g.Actions)...), "rows": scope,
	}
}

// data adds a denial in the library's words under each of its roles and entities.
func (d *Deny) data(ruleID string, tree map[string]any) {
	tokens := d.tokens()
	if len(tokens) == 0 {
		tokens = []string{wholeEntity}
	}
	one := map[string]any{"id": ruleID, "view": []any{}, "edit": []any{}, "do": append(list(d.rights()), actionTokens(d.Actions)...)}
	if d.View {
		one["view"] = list(tokens)
	}
	if d.Edit {
		one["edit"] = list(tokens)
	}
	for _, role := range d.Roles {
		byEntity, ok := tree[role].(map[string]any)
		if !ok {
			byEntity = map[string]any{}
			tree[role] = byEntity
		}
		for _, name := range d.entities() {
			old, _ := byEntity[name].([]any)
			byEntity[name] = append(old, one)
		}
	}
}

func actionTokens(names []string) []any {
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = actionToken + name
	}
	return out
}
