package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// How the members of a step agree.
const (
	ModeAny = "any" // one of them is enough
	ModeAll = "all" // each role and each user named

	ModeVote     = "vote"     // so many different people
	ModeSequence = "sequence" // each role and each user named, in the order in which they are named
)

// Approval is what must happen before an action runs: every step, one after the other. Nobody agrees to their own request.
type Approval struct {
	RuleIDs []string
	Label   entity.Text // of the rules, for people
	Steps   []Step
}

// Gate tells whether an action on a record needs an approval; nil: none. values are the record's fields by name, decimals as strings or decimals,
// lines as slices of maps. It holds for modules that react too, since an act that they trigger is still somebody's act; only Tenon itself passes. A
// value that a rule wants and that is not there is an error: the caller refuses.
func (e *Engine) Gate(ctx context.Context, tx *tenancy.Tx, def *entity.Def, action string, values map[string]any) (*Approval, error) {
	if tx.Actor.System {
		return nil, nil //nolint:nilnil // nothing to wait for
	}
	set, err := e.rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	a, err := set.gate(ctx, e.limit, def, action, tx.Actor.Roles, values)
	if err == nil {
		e.noteGate(tx, set, def, action, values, a)
	}
	return a, err
}

func (s *ruleset) gate(ctx context.Context, limit time.Duration, def *entity.Def, action string, roles []string, values map[string]any) (*Approval, error) {
	doc := documentOf(def)
	rules := s.approvals[doc.Name][action]
	if len(rules) == 0 {
		return nil, nil //nolint:nilnil // no rule speaks of it
	}
	record, err := recordTerm(rules, values)
	if err != nil {
		return nil, refused(err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	rs, err := s.evaluate(ctx, &s.approve, ast.NewObject(
		pair("entity", ast.StringTerm(doc.Name)), pair("action", ast.StringTerm(action)), pair("roles", texts(roles)), pair("record", record)))
	if err != nil {
		return nil, err
	}
	required, ok := answer(rs).(map[string]any)
	if !ok {
		return nil, refused(fmt.Errorf("no decision about %s %s", doc.Name, action))
	}
	steps := map[string]map[int]bool{}
	for ruleID, list := range required {
		steps[ruleID] = map[int]bool{}
		which, _ := list.([]any)
		for _, i := range which {
			n, _ := i.(json.Number)
			at, err := n.Int64()
			if err != nil {
				return nil, refused(err)
			}
			steps[ruleID][int(at)] = true
		}
	}
	return s.approval(steps)
}

// approval joins the steps of the rules that apply, in the order in which the rules are written; a step that comes twice is asked once. A rule that
// applies, but none of whose steps does, names nobody who could agree: that is an error, never a yes.
func (s *ruleset) approval(applies map[string]map[int]bool) (*Approval, error) {
	if len(applies) == 0 {
		return nil, nil //nolint:nilnil // no rule wants one
	}
	a := &Approval{}
	var zh, en []string
	for _, r := range s.rules {
		which, ok := applies[r.ID]
		if !ok || r.Approval == nil {
			continue
		}
		if len(which) == 0 {
			return nil, fault.New(fault.Rule, "approval.nobody", "规则 %s 要求审批，但没有任何步骤适用于此单据，请联系安全管理员",
				"The rule %s wants an approval, but none of its steps applies to this record; ask a security officer", r.ID).With("rule", r.ID)
		}
		a.RuleIDs = append(a.RuleIDs, r.ID)
		zh, en = append(zh, r.Label.ZH), append(en, r.Label.EN)
		for i, step := range r.Approval.Approvers {
			if !which[i] {
				continue
			}
			if step.When = nil; step.Mode == "" {
				step.Mode = ModeAny
			}
			if !asked(a.Steps, step) {
				a.Steps = append(a.Steps, step)
			}
		}
	}
	a.Label = entity.T(strings.Join(zh, "；"), strings.Join(en, "; "))
	return a, nil
}

func asked(steps []Step, step Step) bool {
	for _, s := range steps {
		if reflect.DeepEqual(s, step) {
			return true
		}
	}
	return false
}

// recordTerm takes from the record what the rules compare, and nothing else.
func recordTerm(rules []*ApprovalRule, values map[string]any) (*ast.Term, error) {
	out := ast.NewObject()
	for _, r := range rules {
		for _, c := range r.conditions() {
			list, err := gather(values, c.Field)
			if err != nil {
				return nil, err
			}
			var terms []*ast.Term
			for _, v := range list {
				text, ok, err := textOf(v)
				if err != nil {
					return nil, fault.New(fault.Internal, "policy.value", "字段 %s 的值不能比较", "the value of %s can't be compared", c.Field).Because(err)
				}
				if !ok {
					continue
				}
				t, err := termOf(c.Kind, text)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", c.Field, err)
				}
				terms = append(terms, t)
			}
			out.Insert(ast.StringTerm(c.Field), ast.ArrayTerm(terms...))
		}
	}
	return ast.NewTerm(out), nil
}

// gather finds the values at "total_amount" or "lines.quantity".
func gather(values map[string]any, path string) ([]any, error) {
	first, rest, nested := strings.Cut(path, ".")
	v, ok := values[first]
	if !ok {
		return nil, fmt.Errorf("the record has no value for %s", path)
	}
	if !nested {
		return []any{v}, nil
	}
	var rows []map[string]any
	switch v := v.(type) {
	case nil:
	case []map[string]any:
		rows = v
	case []any:
		for _, r := range v {
			m, ok := r.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("%s: a line is no object", path)
			}
			rows = append(rows, m)
		}
	default:
		return nil, fmt.Errorf("%s: %T is no list of lines", path, v)
	}
	var out []any
	for _, r := range rows {
		list, err := gather(r, rest)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}
