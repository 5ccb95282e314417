package httpapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
)

// shared is a parameter that many operations take.
func shared(name string) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Ref: "#/components/parameters/" + name}
}

func query(name string, schema *openapi3.Schema) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: &openapi3.Parameter{Name: name, In: "query", Schema: inline(schema)}}
}

// listed is a query parameter whose values are joined by commas.
func listed(name string, items *openapi3.Schema) *openapi3.ParameterRef {
	p := query(name, list(inline(items)))
	p.Value.Style, p.Value.Explode = "form", new(false)
	return p
}

func enum(values ...string) *openapi3.Schema {
	s := typed("string")
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

func header(text string) *openapi3.HeaderRef {
	return &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{Description: text, Schema: inline(typed("string"))}}}
}

func jsonBody(schema *openapi3.SchemaRef, required bool) *openapi3.RequestBodyRef {
	return &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: required, Content: openapi3.NewContentWithJSONSchemaRef(schema)}}
}

// ok files an answer that is JSON and returns it.
func (s *spec) ok(op *openapi3.Operation, status int, schema *openapi3.SchemaRef) *openapi3.Response {
	out := openapi3.NewResponse().WithDescription(http.StatusText(status)).WithContent(openapi3.NewContentWithJSONSchemaRef(schema))
	op.AddResponse(status, out)
	return out
}

// pageOf is one page of a list.
func (s *spec) pageOf(item *openapi3.SchemaRef) *openapi3.SchemaRef {
	out := typed("object")
	out.Required = []string{"data", "next_cursor"}
	out.Properties = openapi3.Schemas{
		"data": inline(list(item)), "next_cursor": inline(typed("string", "null")), "total": inline(typed("integer")),
	}
	return inline(out)
}

// sharedParameters are those that mean the same everywhere.
func (s *spec) sharedParameters() openapi3.ParametersMap {
	limit := typed("integer")
	limit.Min, limit.Max, limit.Default = new(1.0), openapi3.Ptr(float64(record.MaxLimit)), 50
	skip := typed("integer")
	skip.Min, skip.Max = openapi3.Ptr(-float64(record.MaxSkip)), openapi3.Ptr(float64(record.MaxSkip))
	out := openapi3.ParametersMap{
		"q":      query("q", typed("string")),
		"limit":  query("limit", limit),
		"cursor": query("cursor", typed("string")),
		"skip":   query("skip", skip),
		"count":  query("count", typed("boolean")),
		"filter": {Value: &openapi3.Parameter{
			Name: "filter", In: "query", Content: openapi3.NewContentWithJSONSchemaRef(ref("Filter")),
			Description: s.text("以 and、or 组合的条件（JSON）", "Conditions joined by and and or (JSON)"),
		}},
		"dry_run": {Value: &openapi3.Parameter{
			Name: "dry_run", In: "query", Schema: inline(typed("boolean")),
			Description: s.text("true：只预演，不保存", "true: only shows what would happen, saves nothing"),
		}},
	}
	head := func(key, name, zh, en string, required bool) {
		out[key] = &openapi3.ParameterRef{Value: &openapi3.Parameter{
			Name: name, In: "header", Required: required, Description: s.text(zh, en), Schema: inline(typed("string")),
		}}
	}
	head("if_match", "If-Match", "读取到的版本号", "The version that was read", true)
	head("idempotency_key", "Idempotency-Key", "相同的键与请求只执行一次", "The same key and request is done once", false)
	head("preview_hash", "X-Preview-Hash", "预演得到的 hash；结果若已不同则拒绝", "The hash of a dry run; refuses when the outcome would differ now", false)
	out["id"] = &openapi3.ParameterRef{Value: &openapi3.Parameter{Name: "id", In: "path", Required: true, Schema: inline(kind(entity.KindID, false))}}
	return out
}

func (s *spec) page(x subject) openapi3.Parameters {
	return append(openapi3.Parameters{shared("q"), shared("filter"), s.sorting(x), shared("limit"), shared("cursor"), shared("skip"), shared("count")}, s.narrowing(x)...)
}

// narrowing are the parameters that choose what of a record is answered.
func (s *spec) narrowing(x subject) openapi3.Parameters {
	out := openapi3.Parameters{s.fields(x)}
	if names := s.expandable(x.Def, ""); len(names) > 0 {
		out = append(out, listed("expand", enum(names...)))
	}
	return out
}

func (s *spec) fields(x subject) *openapi3.ParameterRef {
	var names []string
	for _, f := range x.Fields {
		if x.mask.View(f) && shown(x.Def, f) {
			names = append(names, f.Name)
		}
	}
	for _, l := range x.Lines {
		names = append(names, l.Name)
	}
	return listed("fields", enum(names...))
}

// expandable names what expand= takes; a right that can't be found out hides it.
func (s *spec) expandable(d *entity.Def, prefix string) []string {
	var out []string
	m, err := s.mask(d)
	if err != nil {
		return nil
	}
	for _, f := range d.Fields {
		name, ok := expands(f)
		if !ok || !m.View(f) {
			continue
		}
		if _, may, err := s.visible(s.catalog.Entity(f.Ref)); err == nil && may {
			out = append(out, prefix+name)
		}
	}
	for _, l := range d.Lines {
		out = append(out, s.expandable(l.Of, prefix+l.Name+".")...)
	}
	return out
}

// sought tells that lists may be filtered by a field. What is encrypted is found by its whole value, where it has a lookup.
func sought(f *entity.Field) bool {
	return (!hidden(f) || f.Lookup) && f.Kind != entity.KindJSON && f.Kind != entity.KindBytes
}

// hidden tells that a field is stored encrypted.
func hidden(f *entity.Field) bool { return f.Sealed || f.Cipher != "" }

func (s *spec) sorting(x subject) *openapi3.ParameterRef {
	var names []string
	for _, f := range x.Fields {
		if x.mask.View(f) && sought(f) && !hidden(f) && f.Kind != entity.KindTexts {
			names = append(names, f.Name, "-"+f.Name)
		}
	}
	return listed("sort", enum(names...))
}

// filters are field=value and field[operator]=value for all that may be filtered by.
func (s *spec) filters(x subject) openapi3.Parameters {
	var out openapi3.Parameters
	for _, f := range x.Fields {
		if x.mask.View(f) && sought(f) && !reserved(f.Name) {
			out = append(out, s.filter(f)...)
		}
	}
	return out
}

// reserved names are parameters of every list, so a field with such a name can't be filtered by.
func reserved(name string) bool {
	switch name {
	case "q", "sort", "limit", "cursor", "skip", "count", "fields", "expand", "filter", "dry_run", "format":
		return true
	}
	return false
}

func (s *spec) filter(f *entity.Field) openapi3.Parameters {
	one := func() *openapi3.Schema { return kind(f.Kind, false) }
	if f.Kind == entity.KindTexts {
		one = func() *openapi3.Schema { return typed("string") }
	}
	out := openapi3.Parameters{query(f.Name, one()), query(f.Name+"[ne]", one())}
	if f.Kind == entity.KindTexts {
		return out
	}
	if f.Kind != entity.KindBool {
		out = append(out, listed(f.Name+"[in]", one()), listed(f.Name+"[nin]", one()))
	}
	switch f.Kind {
	case entity.KindText:
		if hidden(f) {
			return append(out, query(f.Name+"[null]", typed("boolean")))
		}
		out = append(out, query(f.Name+"[contains]", one()), query(f.Name+"[starts]", one()))
	case entity.KindInt, entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent, entity.KindDate, entity.KindTime:
		for _, op := range []string{"gt", "gte", "lt", "lte"} {
			out = append(out, query(f.Name+"["+op+"]", one()))
		}
	case entity.KindID, entity.KindBool, entity.KindJSON, entity.KindTexts, entity.KindBytes:
	}
	if f.Null || f.Custom || !f.Stored() {
		out = append(out, query(f.Name+"[null]", typed("boolean")))
	}
	return out
}

// anyFilter stands for the filters of a list where they are not written out again.
func (s *spec) anyFilter() *openapi3.ParameterRef {
	p := query("filters", mapOf(typed("string")))
	p.Value.Style, p.Value.Explode = "form", new(true)
	return p
}
