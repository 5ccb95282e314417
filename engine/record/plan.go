package record

import (
	"context"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// plan is what one caller gets to see of an entity: columns that are denied are not even read.
type plan struct {
	def    *entity.Def
	mask   *policy.Mask
	fields []*entity.Field
	hidden []string // names for _denied
	lines  []*linePlan
	expand []*expansion
	today  string
	asked  bool // the caller named the fields
	skip   int  // records of a page's order that are left out first
}

type linePlan struct {
	*plan
	name string
}

// expansion replaces an id by the record it points to.
type expansion struct {
	field  *entity.Field
	name   string // the member: customer for customer_id
	target *plan
}

// plan makes a caller's view of an entity, narrowed to the wanted fields (none: all).
func (s *session) plan(ctx context.Context, tx *tenancy.Tx, def *entity.Def, only, expand []string) (*plan, error) {
	mask, err := s.e.Policy.For(ctx, tx, def)
	if err != nil {
		return nil, err
	}
	s.e.Policy.Note(tx, def, mask, "see", id.ID{})
	p := &plan{def: def, mask: mask, today: tx.Today().String(), asked: len(only) > 0}
	if !mask.Any() {
		rule, label := mask.Why("view:" + entity.Basic)
		return nil, fault.New(fault.Forbidden, "entity.denied", "您无权查看%[1]s（规则 %[3]s）", "You may not see %[2]s (rule %[3]s)", def.Label.ZH, def.Label.EN, rule).
			With("rule", rule).With("rule_label", label)
	}
	var bad fault.Fields
	for _, f := range def.Fields {
		if f.Kind == entity.KindBytes || def.Parent == f && def.Parent != nil {
			continue
		}
		if len(only) > 0 && !slices.Contains(only, f.Name) && f.Name != "id" {
			continue
		}
		if mask.View(f) {
			p.fields = append(p.fields, f)
		} else {
			p.hidden = append(p.hidden, f.Name)
		}
	}
	for _, l := range def.Lines {
		if len(only) > 0 && !slices.Contains(only, l.Name) {
			continue
		}
		child, err := s.plan(ctx, tx, l.Of, nil, nil)
		if err != nil {
			return nil, err
		}
		p.lines = append(p.lines, &linePlan{child, l.Name})
	}
	for _, name := range only {
		if def.Field(name) == nil && !slices.ContainsFunc(def.Lines, func(l *entity.Lines) bool { return l.Name == name }) {
			bad.Add("fields", "field.unknown", "没有字段 %s", "There is no field %s", name)
		}
	}
	if err := s.expansions(ctx, tx, p, expand, &bad); err != nil {
		return nil, err
	}
	return p, bad.Err()
}

func (s *session) expansions(ctx context.Context, tx *tenancy.Tx, p *plan, names []string, bad *fault.Fields) error {
	for _, name := range names {
		if head, rest, dotted := strings.Cut(name, "."); dotted {
			if l := p.line(head); l != nil {
				if err := s.expansions(ctx, tx, l.plan, []string{rest}, bad); err != nil {
					return err
				}
				continue
			}
		}
		f := p.def.Field(name + "_id")
		if f == nil || f.Ref == "" || f.RefBy != "" {
			bad.Add("expand", "expand.unknown", "不能展开 %s", "There is nothing to expand named %s", name)
			continue
		}
		if !p.mask.View(f) {
			return p.denied(f, "view")
		}
		target := s.catalog.Entity(f.Ref)
		if !s.visible(tx, target) {
			bad.Add("expand", "expand.off", "%s 所属模块未启用", "The module of %s is switched off", name)
			continue
		}
		t, err := s.plan(ctx, tx, target, nil, nil)
		if err != nil {
			return err
		}
		t.lines = nil
		if p.at(f.Name) < 0 {
			p.fields = append(p.fields, f)
		}
		p.expand = append(p.expand, &expansion{f, name, t})
	}
	return nil
}

func (p *plan) line(name string) *linePlan {
	for _, l := range p.lines {
		if l.name == name {
			return l
		}
	}
	return nil
}

// On tells whether an entity's module is switched on in the unit of work's tenant.
func On(tx *tenancy.Tx, def *entity.Def) bool { return current(tx).visible(tx, def) }

// visible tells whether an entity's module is switched on.
func (s *session) visible(tx *tenancy.Tx, def *entity.Def) bool {
	owner := s.e.owners[def.Name]
	return owner == "" || tx.Tenant.On(owner)
}

// expr is a field's value in SQL over the table alias t.
func (p *plan) expr(f *entity.Field) string {
	if !f.Stored() {
		return "(" + strings.ReplaceAll(f.Expr, "{today}", "'"+p.today+"'::date") + ")"
	}
	return "t." + quote(f.Name)
}

// output is a field's value as text, in the form that appendValue reads.
func (p *plan) output(f *entity.Field) string {
	e := p.expr(f)
	switch f.Kind {
	case entity.KindTime:
		return "(" + e + " AT TIME ZONE 'UTC')::text"
	case entity.KindTexts:
		return "to_jsonb(" + e + ")::text"
	}
	if hides(f) {
		return inMemory(f, "t.")
	}
	return e + "::text"
}
