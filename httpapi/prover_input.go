package httpapi

import (
	"context"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// bodies are what an action is tried with: nothing; something in every field of its input, with records that the role sees; and the same with records that
// it does not see, of which no refusal may tell more than that they are not there.
func (p *prover) bodies(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, a *modules.Action) ([]map[string]any, error) {
	out := []map[string]any{{}}
	if a.Input == nil {
		return out, nil
	}
	fields := record.InputFields(a.Input())
	if len(fields) == 0 {
		return out, nil
	}
	own, err := p.garden.LinesOf(ctx, tx, def, key)
	if err != nil {
		return nil, err
	}
	filler := &filler{p: p, def: def, own: own, catalog: record.Catalog(tx), today: tx.Today().String()}
	out = append(out, filler.object(fields))
	if filler.hidden = true; filler.refers(fields) {
		out = append(out, filler.object(fields))
	}
	return out, nil
}

// filler makes an action's input up.
type filler struct {
	p       *prover
	def     *entity.Def
	own     map[string]id.ID // by entity of the lines: one line of the document
	catalog *entity.Catalog
	today   string
	hidden  bool // name records that the role does not see
}

func (f *filler) object(fields []record.InputField) map[string]any {
	out := map[string]any{}
	for _, in := range fields {
		if v := f.value(in); v != nil {
			out[in.Name] = v
		}
	}
	return out
}

// value is something that a field takes; nil where nothing is at hand.
func (f *filler) value(in record.InputField) any {
	switch {
	case len(in.Nested) > 0:
		return f.object(in.Nested)
	case len(in.Items) == 1 && in.Items[0].Name == "":
		one := in.Items[0]
		one.Name = strings.TrimSuffix(in.Name, "s")
		if v := f.value(one); v != nil {
			return []any{v}
		}
		return nil
	case len(in.Items) > 0:
		return []any{f.object(in.Items)}
	}
	switch in.Kind {
	case entity.KindID:
		if key := f.record(in.Name); !key.IsZero() {
			return key.String()
		}
		return nil
	case entity.KindDate:
		return f.today
	case entity.KindBool:
		return true
	case entity.KindInt:
		return 1
	case entity.KindTexts:
		return []any{"tried"}
	case entity.KindText:
		if own := f.field(in.Name); own != nil && len(own.Options) > 0 {
			return own.Options[0].Value
		}
		return "tried"
	default:
		return "1"
	}
}

// field is the document's own field of a name, or that of its lines.
func (f *filler) field(name string) *entity.Field {
	if x := f.def.Field(name); x != nil {
		return x
	}
	for _, l := range f.def.Lines {
		if x := l.Of.Field(name); x != nil {
			return x
		}
	}
	return nil
}

// refers tells whether an input names other records than the document's lines.
func (f *filler) refers(fields []record.InputField) bool {
	return slices.ContainsFunc(fields, func(in record.InputField) bool {
		return in.Kind == entity.KindID && f.target(in.Name) != "" || f.refers(in.Nested) || f.refers(in.Items)
	})
}

// target is the entity that a field names: as the document's field of that name does, else the one that is called so.
func (f *filler) target(name string) string {
	if x := f.field(name); x != nil && x.Ref != "" {
		return x.Ref
	}
	noun := strings.TrimSuffix(name, "_id")
	for _, d := range f.catalog.All() {
		if d.Noun() == noun && (d.Module() == f.def.Module() || d.Module() == "") {
			return d.Name
		}
	}
	if name == "to" {
		return "user"
	}
	return ""
}

// record is one that a field may name.
func (f *filler) record(name string) id.ID {
	target := f.target(name)
	if target == "" { // a line of the document: line_id, material_id and the like
		for _, l := range f.def.Lines {
			if key := f.own[l.Of.Name]; !key.IsZero() {
				return key
			}
		}
		return id.ID{}
	}
	rows := f.p.garden.Rows[target]
	if f.hidden {
		for _, c := range f.p.garden.Canaries {
			if c.Entity == target && !slices.Contains(rows, c.Record) {
				return c.Record
			}
		}
	}
	if len(rows) == 0 {
		return id.ID{}
	}
	return rows[0]
}
