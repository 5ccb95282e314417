package policy

import (
	"context"
	"time"

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
	doc := documentOf(def)
	x := &Explanation{Entity: def.Name, What: q.What, Version: set.number}
	ask := func(roles ...string) (Answer, error) {
		m, err := set.mask(ctx, e.limit, def, roles, e.actions[doc.Name])
		if err != nil {
			return Answer{}, err
		}
		a := Answer{Roles: roles, Allow: m.verdict(q.What).allow}
		a.RuleID, a.Label = m.Why(q.What)
		for _, name := range roles {
			a.Labels = append(a.Labels, set.roleLabel(name))
		}
		return a, nil
	}
	if x.Person, err = ask(q.Roles...); err != nil {
		return nil, err
	}
	for _, r := range set.roles {
		a, err := ask(r.Name)
		if err != nil {
			return nil, err
		}
		x.Each = append(x.Each, a)
	}
	for _, r := range set.rules {
		if r.Approval != nil && r.Approval.Entity == doc.Name && speaksOf(r.Approval, q.What) {
			x.Approvals = append(x.Approvals, r)
		}
	}
	return x, nil
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
	v, err := At(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return e.shipped, nil
	}
	if set, ok := e.own.Get(v.ID); ok {
		return set, nil
	}
	return e.compile(ctx, v)
}

func (s *ruleset) roleLabel(name string) entity.Text {
	for _, r := range s.roles {
		if r.Name == name {
			return r.Label
		}
	}
	return entity.T(name, name)
}
