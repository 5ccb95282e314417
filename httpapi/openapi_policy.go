package httpapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// review writes the routes by which rights are written, reviewed, proven, published and explained.
func (s *spec) review() []fixed {
	officers := []string{"owner", "admin", "security_officer"}
	one := openapi3.Parameters{shared("id")}
	content := object(may("title", plain()), may("grants", open()), may("rules", list(inline(open()))), may("roles", list(inline(open()))), may("rego", plain()), may("cases", plain()))
	start := object(may("title", plain()), may("from", whole()), may("grants", open()), may("rules", list(inline(open()))), may("roles", list(inline(open()))),
		may("rego", plain()), may("cases", plain()))
	comment := object(may("comment", plain()))
	version, listed := inline(open()), inline(object(must("data", list(inline(open()))), must("next_cursor", typed("string", "null"))))
	on := func(method, path, id, zh, en string, in *openapi3.Schema, out *openapi3.SchemaRef, params openapi3.Parameters, status int) fixed {
		return fixed{method: method, path: path, id: id, zh: zh, en: en, in: in, out: out, params: params, status: status, only: officers}
	}
	const v, vid = "/policy/versions", "/policy/versions/{id}"
	get, post := http.MethodGet, http.MethodPost
	wait := append(openapi3.Parameters{shared("id")}, query("wait", yes()))
	proof := object(may("roles", texts()))
	return []fixed{
		on(get, v, "policy.versions", "权限的版本", "Versions of the rights", nil, inline(open()), append(openapi3.Parameters{shared("limit"), shared("cursor")}, given("state")...), 0),
		on(post, v, "policy.versions.create", "起草新版本", "Draft a version", start, version, nil, http.StatusCreated),
		on(get, vid, "policy.versions.read", "一个版本", "One version", nil, version, one, 0),
		on(http.MethodPatch, vid, "policy.versions.update", "修改草稿（If-Match：version）", "Change a draft (If-Match: its version)", content, version,
			append(openapi3.Parameters{shared("id")}, &openapi3.ParameterRef{Value: &openapi3.Parameter{Name: "If-Match", In: "header", Required: true, Schema: inline(plain())}}), 0),
		on(post, vid+"/check", "policy.versions.check", "检查内容并运行用例", "Check the content and run its cases", content, version, one, 0),
		on(post, vid+"/submit", "policy.versions.submit", "提交审阅", "Submit for review", comment, version, one, 0),
		on(post, vid+"/return", "policy.versions.return", "退回草稿", "Return to its authors", comment, version, one, 0),
		on(post, vid+"/discard", "policy.versions.discard", "放弃", "Discard", comment, version, one, 0),
		on(post, vid+"/publish", "policy.versions.publish", "由另一人发布", "Publish, by somebody who did not write it", comment, version, one, 0),
		on(post, vid+"/rollback", "policy.versions.rollback", "回滚到此版本（成为新版本）", "Make it hold again, as a new version", comment, version,
			openapi3.Parameters{{Value: &openapi3.Parameter{Name: "id", In: "path", Required: true, Schema: inline(plain())}}}, 0),
		on(get, vid+"/diff", "policy.versions.diff", "与另一版本的差异", "What it changes against another version", nil, version, append(openapi3.Parameters{shared("id")}, given("with")...), 0),
		on(get, vid+"/proofs", "policy.versions.proofs", "验证结果", "What was found about it", nil, listed, one, 0),
		on(post, vid+"/prove", "policy.versions.prove", "运行泄漏验证（后台）", "Run the leak prover, as a job", proof, version, wait, http.StatusAccepted),
		on(post, vid+"/impact", "policy.versions.impact", "影响分析（后台）", "Who gains or loses what, as a job", nil, version, wait, http.StatusAccepted),
		on(post, vid+"/replay", "policy.versions.replay", "重放近 30 天的判定（后台）", "Replay the decisions of 30 days, as a job", nil, version, wait, http.StatusAccepted),
		on(post, "/policy/format", "policy.format", "格式化 Rego", "Lay out Rego", object(must("rego", plain())), version, nil, 0),
		on(get, "/policy/completion", "policy.completion", "编辑器的补全", "Words for an editor", nil, version, nil, 0),
		on(get, "/policy/keys", "policy.keys", "签名公钥", "Public keys of the signatures", nil, listed, nil, 0),
		on(get, "/policy/emergency", "policy.emergency", "紧急授权", "Emergency grants", nil, listed, given("review"), 0),
		on(post, "/policy/emergency", "policy.emergency.grant", "紧急授权", "Grant a role in an emergency",
			object(must("user_id", key()), must("role", plain()), must("reason", plain()), must("hours", whole())), version, nil, http.StatusCreated),
		on(post, "/policy/emergency/{id}/revoke", "policy.emergency.revoke", "收回紧急授权", "Revoke an emergency grant", nil, version, one, 0),
		on(post, "/policy/emergency/{id}/review", "policy.emergency.review", "复核紧急授权", "Review an emergency grant", object(must("justified", yes()), may("comment", plain())), version, one, 0),
		on(post, "/roles", "roles.create", "新建自有角色（写入草稿）", "Make a role of the company's own, in a draft",
			object(must("name", plain()), must("label_zh", plain()), must("label_en", plain()), may("copy_of", plain()), may("draft", key())), version, nil, http.StatusCreated),
		{
			method: post, path: "/approvals/decide", id: "approvals.decide", zh: "批量审批，逐项检查", en: "Decide about many approvals, each checked", out: inline(open()),
			in: object(must("decisions", list(inline(object(must("id", key()), must("action", enum("approve", "reject", "return")), may("comment", plain()), may("content_hash", plain())))))),
		},
		{
			method: get, path: "/policy/permissions", id: "policy.permissions", zh: "有效权限及来源", en: "Effective rights with their sources", out: version,
			params: given("user", "role", "at"),
		},
	}
}
