package httpapi

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
)

// decimalForm is how exact numbers are written.
const decimalForm = `^-?[0-9]+(\.[0-9]+)?$`

func ref(name string) *openapi3.SchemaRef {
	return &openapi3.SchemaRef{Ref: "#/components/schemas/" + name}
}

func typed(types ...string) *openapi3.Schema {
	t := openapi3.Types(types)
	return &openapi3.Schema{Type: &t}
}

func inline(s *openapi3.Schema) *openapi3.SchemaRef { return &openapi3.SchemaRef{Value: s} }

func list(items *openapi3.SchemaRef) *openapi3.Schema {
	s := typed("array")
	s.Items = items
	return s
}

func orNull(r *openapi3.SchemaRef) *openapi3.SchemaRef {
	return inline(&openapi3.Schema{AnyOf: openapi3.SchemaRefs{r, inline(typed("null"))}})
}

// kind is the schema of a kind of field; nullable values may be null too.
func kind(k entity.Kind, nullable bool) *openapi3.Schema {
	s := typed("string")
	switch k {
	case entity.KindID:
		s.Format = "uuid"
	case entity.KindBool:
		s = typed("boolean")
	case entity.KindInt:
		s = typed("integer")
		s.Format = "int64"
	case entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent:
		s.Format, s.Pattern = "decimal", decimalForm
	case entity.KindDate:
		s.Format = "date"
	case entity.KindTime:
		s.Format = "date-time"
	case entity.KindTexts:
		s = list(inline(typed("string")))
	case entity.KindJSON:
		return &openapi3.Schema{}
	case entity.KindText, entity.KindBytes:
	}
	if nullable {
		s.Type.With("null")
	}
	return s
}

// value is the schema of a field's values; an empty text is a value where nobody has to choose one.
func (s *spec) value(f *entity.Field, nullable bool) *openapi3.Schema {
	v := kind(f.Kind, nullable)
	v.Title, v.Description = f.Label.In(s.lang), f.Help.In(s.lang)
	if f.Ref != "" {
		v.Extensions = map[string]any{"x-ref": f.Ref}
		if f.RefBy != "" {
			v.Extensions["x-ref-by"] = f.RefBy
		}
	}
	if len(f.Options) == 0 || f.Kind != entity.KindText {
		return v
	}
	for _, o := range f.Options {
		v.Enum = append(v.Enum, o.Value)
	}
	if !f.Required && !f.Computed && f.Default == "" && !slices.ContainsFunc(f.Options, func(o entity.Option) bool { return o.Value == "" }) {
		v.Enum = append(v.Enum, "")
	}
	if nullable {
		v.Enum = append(v.Enum, nil)
	}
	return v
}

// shown tells that a field is part of answers.
func shown(d *entity.Def, f *entity.Field) bool {
	return f.Kind != entity.KindBytes && (d.Parent == nil || f != d.Parent)
}

// written tells that callers give a field's value.
func written(d *entity.Def, f *entity.Field) bool {
	return !f.Computed && !f.System && f.Stored() && shown(d, f)
}

// answer is the schema of an entity's records as the caller gets them.
func (s *spec) answer(d *entity.Def) error {
	m, err := s.mask(d)
	if err != nil {
		return err
	}
	out := typed("object")
	out.Title, out.Required, out.Properties = d.Label.In(s.lang), []string{"id"}, openapi3.Schemas{}
	for _, f := range d.Fields {
		if !m.View(f) || !shown(d, f) {
			continue
		}
		v := s.value(f, f.Null || f.Custom || !f.Stored())
		v.ReadOnly = f.Computed || f.System
		out.Properties[f.Name] = inline(v)
		if err := s.expansion(d, f, out.Properties); err != nil {
			return err
		}
	}
	for _, l := range d.Lines {
		if err := s.answer(l.Of); err != nil {
			return err
		}
		rows := list(ref(l.Of.Name))
		rows.Title = l.Label.In(s.lang)
		out.Properties[l.Name] = inline(rows)
	}
	denied := list(inline(typed("string")))
	denied.ReadOnly, denied.Description = true, s.text("无权查看的字段", "Fields that may not be seen")
	out.Properties["_denied"] = inline(denied)
	if slices.ContainsFunc(d.Fields, hidden) {
		out.Properties["_unavailable"] = inline(mapOf(typed("string")))
	}
	s.doc.Components.Schemas[d.Name] = inline(out)
	return nil
}

// expansion adds the member that expand= fills with the record to which a field points.
func (s *spec) expansion(d *entity.Def, f *entity.Field, into openapi3.Schemas) error {
	name, ok := expands(f)
	if !ok || d.Field(name) != nil {
		return nil
	}
	target := s.catalog.Entity(f.Ref)
	if _, may, err := s.visible(target); err != nil || !may {
		return err
	}
	x := orNull(ref(target.Name))
	x.Value.ReadOnly, x.Value.Description = true, s.text("仅在 expand="+name+" 时出现", "Only with expand="+name)
	into[name] = x
	return nil
}

func expands(f *entity.Field) (string, bool) {
	if f.Ref == "" || f.RefBy != "" || len(f.Name) < 4 || f.Name[len(f.Name)-3:] != "_id" {
		return "", false
	}
	return f.Name[:len(f.Name)-3], true
}

// body is the schema of what callers write: a new record, a change, or a line.
func (s *spec) body(d *entity.Def, name string, fresh bool) error {
	m, err := s.mask(d)
	if err != nil {
		return err
	}
	out := typed("object")
	out.Title, out.Properties = d.Label.In(s.lang), openapi3.Schemas{}
	line := d.Parent != nil
	if line {
		key := kind(entity.KindID, false)
		key.Description = s.text("已有行的 id；新行不写", "Of an existing line; none for a new one")
		out.Properties["id"] = inline(key)
	}
	for _, f := range d.Fields {
		if !m.Edit(f) || !written(d, f) || f.Immutable && !fresh && !line {
			continue
		}
		v := s.value(f, !f.Required)
		if fresh && f.Default != "" {
			v.Description = joined(v.Description, s.text("默认 ", "Default: ")+f.Default)
		}
		out.Properties[f.Name] = inline(v)
		if fresh && f.Required && f.Default == "" {
			out.Required = append(out.Required, f.Name)
		}
	}
	for _, l := range d.Lines {
		if l.Of.ReadOnly {
			continue
		}
		if err := s.body(l.Of, l.Of.Name+".write", false); err != nil {
			return err
		}
		rows := list(ref(l.Of.Name + ".write"))
		rows.Title = l.Label.In(s.lang)
		out.Properties[l.Name] = inline(rows)
	}
	s.doc.Components.Schemas[name] = inline(out)
	return nil
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// input is the schema of an action's or a report's input.
func (s *spec) input(fields []record.InputField) *openapi3.Schema {
	out := typed("object")
	out.Properties = openapi3.Schemas{}
	for _, f := range fields {
		out.Properties[f.Name] = inline(s.member(f))
	}
	return out
}

func (s *spec) member(f record.InputField) *openapi3.Schema {
	var v *openapi3.Schema
	switch {
	case f.Kind != "":
		v = kind(f.Kind, f.Optional)
	case len(f.Items) == 1 && f.Items[0].Name == "":
		v = list(inline(kind(f.Items[0].Kind, false)))
	case f.Items != nil:
		v = list(inline(s.input(f.Items)))
	default:
		v = s.input(f.Nested)
	}
	v.Title = f.Label.In(s.lang)
	return v
}
