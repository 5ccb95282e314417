package record

import (
	"context"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// linesOf returns the lines that a condition's field speaks of ("lines.product_id") and the field's name in them; nil for a field of the record itself.
func linesOf(def *entity.Def, name string) (of *entity.Def, field string) {
	head, rest, dotted := strings.Cut(name, ".")
	if !dotted {
		return nil, name
	}
	for _, l := range def.Lines {
		if l.Name == head {
			return l.Of, rest
		}
	}
	return nil, name
}

// lineFilter adds a condition on lines: it holds for a record when at least one line that the caller may see meets it. Rights are those of the lines.
func (p *plan) lineFilter(ctx context.Context, tx *tenancy.Tx, w *where, of *entity.Def, f Filter, bad *fault.Fields) error {
	s := current(tx)
	lines, err := s.plan(ctx, tx, of, []string{"id"}, nil)
	if err != nil {
		return err
	}
	inner := &where{args: w.args}
	if err := s.narrow(ctx, tx, inner, of, lines.mask); err != nil {
		return err
	}
	before := bad.Len()
	if err := lines.filter(ctx, tx, inner, f, bad); err != nil || bad.Len() > before {
		return err
	}
	w.args = inner.args
	w.add("t.id IN (SELECT t." + quote(of.Parent.Name) + " FROM " + quote(of.Table) + " AS t" + inner.sql() + ")")
	return nil
}

// Mistakes adds to what is wrong with a list's parameters by themselves what is wrong with them for this entity, so that a caller learns of all at once.
func Mistakes(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query, found error) error {
	first := fault.As(found)
	if first == nil || first.Kind != fault.Invalid {
		return found
	}
	s := current(tx)
	p, err := s.plan(ctx, tx, def, nil, nil)
	if err != nil {
		return err
	}
	var bad fault.Fields
	if err := p.filters(ctx, tx, &where{}, q, &bad); err != nil {
		return err
	}
	if _, err := p.order(q.Sort, &bad); err != nil {
		return err
	}
	_, chosen := s.plan(ctx, tx, def, q.Fields, q.Expand)
	for _, err := range []error{chosen, bad.Err()} {
		if more := fault.As(err); more != nil {
			first.Fields = append(first.Fields, slices.DeleteFunc(more.Fields, func(f fault.Field) bool { return slices.Contains(first.Fields, f) })...)
		}
	}
	return first
}
