package httpapi

import (
	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/entity"
)

// member is one member of an object.
type member struct {
	name     string
	schema   *openapi3.SchemaRef
	required bool
}

func must(name string, schema *openapi3.Schema) member { return member{name, inline(schema), true} }

func may(name string, schema *openapi3.Schema) member { return member{name, inline(schema), false} }

func object(members ...member) *openapi3.Schema {
	out := typed("object")
	out.Properties = openapi3.Schemas{}
	for _, m := range members {
		out.Properties[m.name] = m.schema
		if m.required {
			out.Required = append(out.Required, m.name)
		}
	}
	return out
}

func plain() *openapi3.Schema { return typed("string") }

func texts() *openapi3.Schema { return list(inline(plain())) }

func yes() *openapi3.Schema { return typed("boolean") }

func whole() *openapi3.Schema { return typed("integer") }

func key() *openapi3.Schema { return kind(entity.KindID, false) }

func moment(nullable bool) *openapi3.Schema { return kind(entity.KindTime, nullable) }

// anything is a value of any kind, or none.
func anything() *openapi3.Schema {
	return typed("string", "number", "boolean", "object", "array", "null")
}

// open is an object with members of any name.
func open() *openapi3.Schema { return typed("object") }

// listOf is the answer of a list that has no pages.
func listOf(item *openapi3.SchemaRef) *openapi3.Schema {
	return object(must("data", list(item)), must("next_cursor", typed("string", "null")))
}

// sharedSchemas are those that are no records.
func (s *spec) sharedSchemas() openapi3.Schemas {
	members := map[string]*openapi3.Schema{
		"Problem": s.problem(),
		"Filter":  s.filterSchema(),
		"Tree": object(must("events", list(ref("Branch"))), may("effects", list(ref("Effect"))),
			may("approvals", list(inline(object(must("entity", plain()), must("record", plain()), must("action", plain()),
				must("rules", typed("array", "null")), must("label", plain()), must("steps", typed("array", "null")))))),
			may("hash", plain())),
		"Branch": object(may("id", plain()), must("type", plain()), may("entity", plain()), may("record", plain()),
			must("effects", list(ref("Effect"))), must("caused", list(ref("Branch")))),
		"Effect": object(must("entity", plain()), must("label", plain()), must("action", plain()), must("record", plain()), may("title", plain()),
			may("module", plain()), may("values", open()), may("was", open()), may("names", open()), may("_denied", texts()), may("_unavailable", texts()), may("_erased", texts()),
			may("effect", enum("kept", "raised", "reduced", "cancelled", "decision")), may("record_id", key()), may("no", plain()), may("from", plain()),
			may("to", plain()), may("cost", plain()), may("chosen", plain()), may("choices", list(inline(object(must("choice", plain()), must("label", plain()), may("cost", plain())))))),
		"AuditEntry": object(must("seq", whole()), must("id", key()), must("at", moment(false)), must("actor_id", typed("string", "null")), may("approver_id", plain()),
			may("cause_id", plain()), may("request_id", plain()), must("entity", plain()), must("label", plain()), must("action", plain()), must("record", plain()),
			may("title", plain()), may("module", plain()), may("values", open()), may("was", open()), may("names", open()), may("_denied", texts()),
			may("_unavailable", texts()), may("_erased", texts()), must("policy_version", whole()), may("rules", texts())),
		"Moment": object(must("seq", whole()), must("id", key()), must("at", moment(false)), must("actor_id", typed("string", "null")), may("actor", plain()),
			may("approver_id", plain()), may("approver", plain()), may("module", plain()), may("cause_id", plain()), must("action", plain()), must("entity", plain()),
			must("label", plain()), must("record", plain()), may("line", yes()), may("_denied", texts()), may("_erased", texts()),
			must("changes", list(inline(object(must("field", plain()), must("label", plain()), must("before", anything()), must("after", anything()),
				may("before_name", plain()), may("after_name", plain())))))),
		"Relation": object(must("entity", plain()), must("path", plain()), must("label", plain()), must("field", plain()), must("field_label", plain()),
			must("count", whole()), may("more", yes()), may("filter", plain()), must("data", list(inline(open())))),
		"Hit":      object(must("entity", plain()), must("path", plain()), must("label", plain()), must("id", key()), must("title", plain()), may("state", plain())),
		"Imported": object(must("rows", whole()), must("created", whole()), must("dry_run", yes()), must("errors", list(inline(open())))),
		"Entered": object(must("person", object(must("id", key()), must("name", plain()), must("email", plain()), must("verified", yes()))),
			must("tenant", object(must("id", key()), must("name", plain()), must("address", plain()))), must("user_id", key()),
			may("token", plain()), may("expires_at", moment(false)), may("csrf_token", plain())),
		"Module": object(must("name", plain()), must("label", plain()), must("about", plain()), must("state", enum("on", "off")), must("enabled", yes()),
			must("always", yes()), must("price", plain()), must("seat_price", plain()), must("currency", plain()), must("needs", texts()), must("needed_by", texts())),
		"Token": object(must("id", key()), must("name", plain()), must("scopes", typed("array", "null")), must("created_at", moment(false)),
			must("expires_at", moment(false)), may("token", plain())),
		"Job": object(must("id", whole()), must("call", plain()), must("state", plain()), must("attempt", whole()), must("max_attempts", whole()),
			may("error", plain()), must("created_at", moment(false)), must("scheduled_at", moment(false)), must("finished_at", moment(true)),
			may("percent", whole()), may("rows", whole()), may("eta_seconds", whole()), may("result", anything())),
		"Begun": object(must("job", whole()), must("state", plain()), may("rows", whole())),
	}
	out := openapi3.Schemas{}
	for name, schema := range members {
		out[name] = inline(schema)
	}
	return out
}

// problem is every error: RFC 9457 with what people and programs need to go on.
func (s *spec) problem() *openapi3.Schema {
	code := enum("invalid", "unauthenticated", "not_enabled", "forbidden", "not_found", "conflict", "rule", "over_limit", "unavailable", "internal")
	reason := plain()
	reason.Description = s.text("稳定、供程序判断的原因", "The stable reason, for programs")
	return object(must("type", plain()), must("title", plain()), must("status", whole()), must("code", code), must("reason", reason), must("detail", plain()),
		must("fields", list(inline(object(must("field", plain()), must("reason", plain()), must("detail", plain()))))), must("request_id", plain()))
}

func (s *spec) sharedResponses() openapi3.ResponseBodies {
	text := s.text("出错：400 无效、401 未登录、402 模块未启用、403 无权、404 不存在、409 冲突、422 业务规则、429 过于频繁、503 暂不可用",
		"An error: 400 invalid, 401 not logged in, 402 module off, 403 forbidden, 404 not found, 409 conflict, 422 business rule, 429 too often, 503 unavailable")
	content := openapi3.NewContentWithSchemaRef(ref("Problem"), []string{"application/problem+json"})
	return openapi3.ResponseBodies{"Problem": {Value: openapi3.NewResponse().WithDescription(text).WithContent(content)}}
}

func (s *spec) security() openapi3.SecuritySchemes {
	return openapi3.SecuritySchemes{
		"token":   {Value: &openapi3.SecurityScheme{Type: "http", Scheme: "bearer", BearerFormat: "tn_…"}},
		"session": {Value: &openapi3.SecurityScheme{Type: "apiKey", In: "cookie", Name: cookieName}},
		"csrf": {Value: &openapi3.SecurityScheme{
			Type: "apiKey", In: "header", Name: "X-Csrf-Token",
			Description: s.text("仅写操作需要；取自登录应答或 /me", "For writes only; from the answer of the login or /me"),
		}},
	}
}
