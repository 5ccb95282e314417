package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/engine/record"
)

// fixed is a route that is no record's.
type fixed struct {
	method, path, id string
	zh, en           string
	params           openapi3.Parameters
	in               *openapi3.Schema
	status           int // 0: 200
	out              *openapi3.SchemaRef
	only             []string // roles that may; none: everyone who is logged in
	makes            string   // the entity that one must have the right to create
	open             bool     // nobody has to be logged in
	media            string   // of an answer that is no JSON
	form             bool     // what comes in is a form with files
}

// platform writes the routes of people, workspaces, modules, rights, audit and jobs, as far as the caller may use them.
func (s *spec) platform() error {
	for _, x := range slices.Concat(s.entering(), s.comingIn(), s.providerWays(), s.credentialPaths(), s.workspace(), s.rights(), s.review(), s.work(), s.keeping(), s.billing(), s.operating()) {
		if ok, err := s.admits(x); err != nil {
			return err
		} else if !ok {
			continue
		}
		op := &openapi3.Operation{OperationID: x.id, Tags: []string{"platform"}, Summary: s.text(x.zh, x.en), Parameters: x.params, Responses: openapi3.NewResponses()}
		if x.in != nil {
			op.RequestBody = jsonBody(inline(x.in), true)
		}
		if x.form {
			op.RequestBody.Value.Content = openapi3.Content{"multipart/form-data": {Schema: inline(x.in)}}
		}
		if x.open {
			op.Security = openapi3.NewSecurityRequirements()
		}
		switch {
		case x.media != "":
			op.AddResponse(http.StatusOK, openapi3.NewResponse().WithDescription(s.text(x.zh, x.en)).
				WithContent(openapi3.NewContentWithSchema(typed("string"), []string{x.media})))
		case x.out == nil:
			op.AddResponse(http.StatusNoContent, openapi3.NewResponse().WithDescription(s.text("完成", "Done")))
		default:
			s.ok(op, max(x.status, http.StatusOK), x.out)
		}
		s.add(x.method, x.path, op)
	}
	return nil
}

// admits tells whether the caller may use a route.
func (s *spec) admits(x fixed) (bool, error) {
	if len(x.only) > 0 && !slices.ContainsFunc(x.only, func(role string) bool { return slices.Contains(s.roles, role) }) {
		return false, nil
	}
	if x.makes == "" {
		return true, nil
	}
	m, may, err := s.visible(s.catalog.Entity(x.makes))
	return may && m.Create, err
}

func (s *spec) entering() []fixed {
	locale := enum("zh-CN", "en")
	return []fixed{
		{
			method: http.MethodPost, path: "/signup", id: "signup", zh: "注册企业", en: "Sign up a company", open: true, status: http.StatusCreated, out: ref("Entered"),
			in: object(must("company", plain()), must("name", plain()), must("email", plain()), may("password", plain()), may("locale", locale),
				may("modules", texts()), may("zone", plain()), may("currency", plain()), may("token", yes()), may("address", plain()), may("terms", plain()),
				may("data", enum("sample", "empty")), may("proof", plain()), may("proven", plain()), may("captcha", plain())),
		},
		{
			method: http.MethodPost, path: "/login", id: "login", zh: "登录", en: "Log in", open: true, out: ref("Entered"),
			in: object(must("email", plain()), must("password", plain()), may("workspace", plain()), may("code", plain()), may("token", yes())),
		},
		{method: http.MethodPost, path: "/logout", id: "logout", zh: "退出；有 url 时浏览器还要去那里退出单点登录", en: "Log out; where there is a url the browser goes there to end the single sign-on too"},
		{
			method: http.MethodGet, path: "/workspaces", id: "workspaces", zh: "我的企业", en: "My workspaces",
			out: inline(listOf(inline(object(must("id", key()), must("name", plain()), must("current", yes()))))),
		},
		{
			method: http.MethodPost, path: "/switch", id: "switch", zh: "切换企业", en: "Switch to another workspace",
			in: object(must("workspace", key()), may("token", yes())),
			out: inline(object(must("tenant", object(must("id", key()), must("name", plain()))), must("user_id", key()), may("csrf_token", plain()),
				may("token", plain()), may("expires_at", moment(false)))),
		},
		{
			method: http.MethodGet, path: "/me", id: "me", zh: "我是谁", en: "Who I am",
			out: inline(object(must("id", key()), must("name", plain()), must("email", plain()), must("roles", texts()), must("locale", locale), must("csrf_token", plain()),
				must("tenant", object(must("id", key()), must("name", plain()), must("currency", plain()), must("zone", plain()), must("state", plain()), must("address", plain()))),
				must("verified", yes()), must("method", plain()), must("second_factor", open()), must("modules", texts()), must("billing", open()))),
		},
		{
			method: http.MethodPatch, path: "/me", id: "me.change", zh: "修改个人资料", en: "Change one's own name, language and mails",
			in: object(may("name", plain()), may("locale", locale), may("allow_mail", yes())),
		},
		{
			method: http.MethodPost, path: "/me/password", id: "me.password", zh: "修改密码（其他会话全部退出）", en: "Change one's password; all other sessions end",
			in: object(must("old_password", plain()), must("new_password", plain())), out: inline(object(may("csrf_token", plain()))),
		},
	}
}

func (s *spec) workspace() []fixed {
	admins := []string{"owner", "admin"}
	token := object(must("name", plain()), may("scopes", texts()), may("days", whole()))
	modules := inline(listOf(ref("Module")))
	return []fixed{
		{method: http.MethodGet, path: "/numbering", id: "numbering", zh: "编号规则", en: "Number rules", only: admins, out: inline(listOf(inline(numbers())))},
		{
			method: http.MethodPut, path: "/numbering/{entity}", id: "numbering.set", zh: "修改编号规则", en: "Change a number rule", only: admins, out: inline(numbers()),
			params: openapi3.Parameters{{Value: &openapi3.Parameter{Name: "entity", In: "path", Required: true, Schema: inline(plain())}}, shared("dry_run")},
			in:     object(may("prefix", plain()), may("date", enum(record.NumberDates()...)), must("digits", whole()), must("reset", enum("never", "year", "month"))),
		},
		{method: http.MethodGet, path: "/modules", id: "modules", zh: "模块", en: "Modules", out: modules},
		{
			method: http.MethodPut, path: "/modules", id: "modules.switch", zh: "开关模块", en: "Switch modules", only: admins, out: modules,
			in: object(may("on", texts()), may("off", texts()), may("modules", mapOf(yes()))), params: openapi3.Parameters{shared("dry_run")},
		},
		{
			method: http.MethodPost, path: "/own_fields", id: "own_fields.create", zh: "新增自定义字段", en: "Add an own field", makes: "own_field", status: http.StatusCreated,
			in: object(must("entity", plain()), must("name", plain()), must("label_zh", plain()), must("label_en", plain()),
				must("kind", enum("text", "bool", "int", "amount", "quantity", "price", "percent", "date", "time")), may("class", plain()),
				may("required", yes()), may("options", list(inline(object(must("value", plain()), must("label_zh", plain()), must("label_en", plain())))))),
			out: inline(object(must("entity", plain()), must("name", plain()), must("kind", plain()))),
		},
		{method: http.MethodGet, path: "/tokens", id: "tokens", zh: "我的令牌", en: "My tokens", out: inline(listOf(ref("Token")))},
		{method: http.MethodPost, path: "/tokens", id: "tokens.create", zh: "新建令牌", en: "Make a token", status: http.StatusCreated, in: token, out: ref("Token")},
		{method: http.MethodDelete, path: "/tokens/{id}", id: "tokens.delete", zh: "撤销令牌", en: "Revoke a token", params: openapi3.Parameters{shared("id")}},
		{
			method: http.MethodGet, path: "/meta", id: "meta", zh: "可见的对象、字段与动作", en: "Entities, fields and actions that may be seen",
			out: inline(object(must("entities", list(inline(open()))), must("reports", list(inline(open()))), must("modules", list(inline(open()))),
				must("generation", whole()), must("locale", plain()))),
		},
		{
			method: http.MethodGet, path: "/search", id: "search", zh: "全局搜索", en: "Search in all records", out: inline(listOf(ref("Hit"))),
			params: append(openapi3.Parameters{needed("q"), query("limit", whole())}, given("entities")...),
		},
		{
			method: http.MethodPost, path: "/takeover", id: "takeover", form: true,
			zh: "数据接管：多张表一次导入（文件以集合路径命名）", en: "Take over a company's data: several tables at once, each file under its collection's path",
			params: openapi3.Parameters{shared("dry_run"), query("async", yes()), shared("idempotency_key")}, in: object(may("then", plain()), may("mapping", plain()), may("reports", plain())),
			out: inline(object(must("dry_run", yes()), must("parts", list(inline(open()))), must("reports", open()), must("mistakes", whole()))),
		},
		{
			method: http.MethodGet, path: "/events", id: "events", zh: "事件流：可见记录的变化与本人的通知", en: "A stream of events: changes of what may be seen, and own notifications",
			media: "text/event-stream", params: openapi3.Parameters{
				{Value: &openapi3.Parameter{Name: "Last-Event-ID", In: "header", Schema: inline(plain())}},
				query("last_event_id", plain()), query("once", yes()),
			},
		},
		{method: http.MethodGet, path: "/openapi.json", id: "openapi", zh: "本文档", en: "This document", out: inline(open())},
	}
}

// numbers is an entity's number rule, with the number that comes next.
func numbers() *openapi3.Schema {
	return object(must("entity", plain()), must("path", plain()), must("label", plain()), must("gapless", yes()), may("prefix", plain()),
		may("date", enum(record.NumberDates()...)), may("digits", whole()), may("reset", enum("never", "year", "month")), may("own", yes()), may("next", plain()))
}

func mapOf(values *openapi3.Schema) *openapi3.Schema {
	out := open()
	out.AdditionalProperties = openapi3.AdditionalProperties{Schema: inline(values)}
	return out
}

func (s *spec) rights() []fixed {
	officers := []string{"owner", "admin", "security_officer"}
	role := object(must("name", plain()), must("label", plain()))
	answer := open()
	answer.Description = s.text("对本人及每个角色的判断，以及所依据的规则与版本", "The answer for the caller and for each role, with the rule and the version that decided")
	return []fixed{
		{
			method: http.MethodGet, path: "/roles", id: "roles", zh: "角色与权限", en: "Roles and rights",
			out: inline(object(must("data", list(inline(role))), must("next_cursor", typed("null")), may("grants", open()), may("rules", typed("array", "null")))),
		},
		{
			method: http.MethodPut, path: "/roles", id: "roles.publish", zh: "发布新的权限版本", en: "Publish a new version of the rights", only: officers,
			in:  object(may("grants", open()), may("rules", list(inline(open()))), may("roles", list(inline(open())))),
			out: inline(open()),
		},
		{
			method: http.MethodGet, path: "/policy/explain", id: "policy.explain", zh: "为何能或不能", en: "Why one may or may not", out: inline(answer),
			params: append(openapi3.Parameters{needed("entity")}, given("what", "field", "action", "role", "user", "id", "at")...),
		},
		{
			method: http.MethodGet, path: "/audit", id: "audit", zh: "审计", en: "Audit", out: s.pageOf(ref("AuditEntry")),
			params: append(openapi3.Parameters{shared("limit"), shared("cursor")},
				given("entity", "record_id", "actor_id", "action", "module", "request_id", "cause_id")...),
		},
	}
}

func (s *spec) work() []fixed {
	admins := []string{"owner", "admin"}
	number := func() openapi3.Parameters {
		return openapi3.Parameters{{Value: &openapi3.Parameter{Name: "id", In: "path", Required: true, Schema: inline(whole())}}}
	}
	states := query("state", enum(strings.Fields("available running retryable scheduled completed cancelled parked")...))
	return []fixed{
		{
			method: http.MethodGet, path: "/jobs", id: "jobs", zh: "后台任务（mine=true：本人启动的）", en: "Jobs (mine=true: those that one started)",
			params: openapi3.Parameters{states, shared("cursor"), query("mine", yes())}, out: s.pageOf(ref("Job")),
		},
		{method: http.MethodGet, path: "/jobs/{id}", id: "jobs.read", zh: "一个任务", en: "One job", params: number(), out: ref("Job")},
		{method: http.MethodPost, path: "/jobs/{id}/retry", id: "jobs.retry", zh: "重试", en: "Try again", only: admins, params: number(), out: ref("Job")},
		{method: http.MethodPost, path: "/jobs/{id}/cancel", id: "jobs.cancel", zh: "取消任务，已做的部分一并撤回", en: "Call a job off; what it has done goes back", params: number(), out: ref("Job")},
	}
}

func needed(name string) *openapi3.ParameterRef {
	p := query(name, plain())
	p.Value.Required = true
	return p
}

// inPath is a part of the address.
func inPath(name string) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: &openapi3.Parameter{Name: name, In: "path", Required: true, Schema: inline(plain())}}
}

func given(names ...string) openapi3.Parameters {
	var out openapi3.Parameters
	for _, name := range names {
		out = append(out, query(name, plain()))
	}
	return out
}
