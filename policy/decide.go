package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// documentOf returns the document whose rights hold for an entity: itself, or for a line the outermost parent.
func documentOf(def *entity.Def) *entity.Def {
	for def.ParentDef != nil {
		def = def.ParentDef
	}
	return def
}

// keysOf are the names under which the grid may speak of an entity.
func keysOf(doc *entity.Def) []string {
	keys := []string{anyName, doc.Name}
	if m := doc.Module(); m != "" {
		keys = append(keys, m+".*")
	}
	return keys
}

// item is a group of fields that are decided alike.
type item struct {
	class  string
	custom bool
	single string   // the only field's name, when rules speak of it
	fields []string // their names
}

// items groups an entity's fields by class; those that some rule names stand alone. Every usual class is asked about, even where the entity itself has
// no such field: its lines and its reports may.
func (s *ruleset) items(def *entity.Def) []item {
	var out []item
	at := map[string]int{}
	group := func(one item) *item {
		key := fmt.Sprint(one.class, one.custom, one.single)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, one)
		}
		return &out[i]
	}
	for _, class := range usualClasses() {
		group(item{class: class})
	}
	for _, f := range def.Fields {
		if f.System {
			continue
		}
		one := item{class: f.Class, custom: f.Custom}
		if !f.Custom {
			group(one)
		}
		if s.own || s.singles[f.Name] {
			one.single = f.Name
		}
		g := group(one)
		g.fields = append(g.fields, f.Name)
	}
	return out
}

func (s *ruleset) actionNames(keys, known []string) []string {
	out := merge([]string{anyName}, known)
	for _, k := range keys {
		out = merge(out, s.actions[k])
	}
	return out
}

// mask asks the Rego library once for everything about one entity. actions are those that the entity has, as far as known.
func (s *ruleset) mask(ctx context.Context, limit time.Duration, def *entity.Def, roles, actions []string) (*Mask, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := ctx.Err(); err != nil { // a quick decision may be over before the library notices
		return nil, refused(err)
	}
	doc := documentOf(def)
	keys := keysOf(doc)
	items := s.items(def)
	in := ast.NewObject(
		pair("roles", texts(roles)), pair("keys", texts(keys)), pair("entity", ast.StringTerm(doc.Name)),
		pair("items", itemTerms(items)), pair("acts", actTerms(s.actionNames(keys, actions))),
	)
	rs, err := s.evaluate(ctx, &s.decide, in)
	if err != nil {
		return nil, err
	}
	out, ok := answer(rs).(map[string]any)
	if !ok {
		return nil, refused(errors.New("no decision"))
	}
	m := &Mask{names: s.names, strict: s.own, version: s.number}
	m.read(out, items)
	if !m.visible.allow {
		return m, nil
	}
	every, _ := out["every_row"].(bool)
	m.rows, err = s.filter(ctx, def, doc, roles, keys, every)
	return m, err
}

// read takes the library's answer over into the mask.
func (m *Mask) read(out map[string]any, items []item) {
	m.visible = verdictOf(out["visible"])
	m.acts = map[string]verdict{}
	acts, _ := out["acts"].(map[string]any)
	for name, v := range acts {
		m.acts[name] = verdictOf(v)
	}
	m.Create, m.Delete, m.Export = m.acts["create"].allow, m.acts["delete"].allow, m.acts["export"].allow
	m.fields, m.classes = map[string]fieldRights{}, map[string]fieldRights{}
	decided, _ := out["items"].([]any)
	for i, d := range decided {
		both, _ := d.(map[string]any)
		rights := fieldRights{view: verdictOf(both["view"]), edit: verdictOf(both["edit"])}
		for _, name := range items[i].fields {
			m.fields[name] = rights
		}
		if !items[i].custom && items[i].single == "" {
			m.classes[items[i].class] = rights
		}
	}
}

// filter evaluates the row rules with the row and the person unknown and turns what is left into SQL. What the tenant's own Rego hides is taken away
// from what the grid shows.
func (s *ruleset) filter(ctx context.Context, def, doc *entity.Def, roles, keys []string, every bool) (Filter, error) {
	f := Filter{scope: allRows}
	switch {
	case every:
	case doc.OwnerField == nil:
		return Filter{}, nil
	default:
		in := ast.NewObject(pair("roles", texts(roles)), pair("keys", texts(keys)), pair("owner", ast.StringTerm(doc.OwnerField.Name)))
		var err error
		if f, err = s.residual(ctx, &s.rows, in, doc); err != nil {
			return Filter{}, err
		}
	}
	if s.own {
		in := ast.NewObject(pair("roles", texts(roles)), pair("keys", texts(keys)), pair("entity", ast.StringTerm(doc.Name)))
		hidden, err := s.residual(ctx, &s.hide, in, doc)
		if err != nil {
			return Filter{}, err
		}
		f = f.without(hidden)
	}
	return f.forLine(def), nil
}

// residual evaluates a query as far as it goes and turns the rest into SQL.
func (s *ruleset) residual(ctx context.Context, query *rego.PreparedPartialQuery, in ast.Value, doc *entity.Def) (Filter, error) {
	options := []rego.EvalOption{rego.EvalParsedInput(in)}
	b := &budget{left: ownSteps, cancel: topdown.NewCancel()}
	if s.own {
		if s.resting() {
			return Filter{}, costly(nil)
		}
		options = append(options, rego.EvalQueryTracer(b), rego.EvalExternalCancel(b.cancel))
	}
	pq, err := query.Partial(ctx, options...)
	if err != nil && s.own && (b.left <= 0 || ctx.Err() != nil) {
		return Filter{}, s.rest(err)
	}
	if err != nil {
		return Filter{}, refused(err)
	}
	if len(pq.Support) > 0 {
		return Filter{}, notSQL(pq.Support[0].Rules[0].String(), pq.Support[0].Rules[0].Location)
	}
	return filterOf(pq.Queries, doc)
}

// refused is the answer when policy can't answer: nobody may.
func refused(err error) error {
	return fault.New(fault.Unavailable, "policy.unavailable", "权限暂时无法判定，请稍后再试", "Rights can't be decided at the moment; please try again").Because(err)
}

func answer(rs rego.ResultSet) any {
	if len(rs) != 1 || len(rs[0].Expressions) != 1 {
		return nil
	}
	return rs[0].Expressions[0].Value
}

func verdictOf(v any) verdict {
	m, _ := v.(map[string]any)
	allow, _ := m["allow"].(bool)
	by, _ := m["by"].(string)
	return verdict{allow, by}
}

func pair(key string, t *ast.Term) [2]*ast.Term { return ast.Item(ast.StringTerm(key), t) }

func texts(in []string) *ast.Term {
	out := make([]*ast.Term, len(in))
	for i, v := range in {
		out[i] = ast.StringTerm(v)
	}
	return ast.ArrayTerm(out...)
}

// itemTerms are the questions about fields: which tokens allow and which deny them.
func itemTerms(items []item) *ast.Term {
	out := make([]*ast.Term, len(items))
	for i, x := range items {
		allow, deny, with := []string{x.class, anyName}, []string{wholeEntity, anyName, x.class}, []string(nil)
		switch {
		case x.custom && (x.class == entity.Basic || x.class == customClass):
			allow, deny = []string{customClass, wholeEntity}, append(deny, customClass)
		case x.custom:
			allow, with, deny = []string{wholeEntity}, allow, append(deny, customClass)
		}
		if x.single != "" {
			allow, deny = append(allow, single+x.single), append(deny, single+x.single)
		}
		out[i] = ast.ObjectTerm(pair("any", texts(allow)), pair("with_custom", texts(with)), pair("under", texts(deny)))
	}
	return ast.ArrayTerm(out...)
}

// actTerms are the questions about create, delete, export and actions.
func actTerms(actions []string) *ast.Term {
	out := ast.NewObject()
	ask := func(tokens ...string) {
		t := texts(tokens)
		out.Insert(ast.StringTerm(tokens[0]), ast.ObjectTerm(pair("any", t), pair("with_custom", texts(nil)), pair("under", t)))
	}
	for _, name := range []string{"create", "delete", "export"} {
		ask(name)
	}
	for _, name := range actions {
		ask(actionToken+name, actionToken+anyName)
	}
	return ast.NewTerm(out)
}
