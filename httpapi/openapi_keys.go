package httpapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/entity"
)

// ownVault is a company's own Vault as people set it.
func ownVault() *openapi3.Schema {
	login := object(must("method", enum("token", "approle", "kubernetes")), may("mount", plain()), may("role", plain()), may("role_id", plain()))
	return object(must("address", plain()), may("namespace", plain()), may("mount", plain()), may("prefix", plain()), may("ca", plain()), must("login", login),
		may("token", plain()), may("secret_id", plain()), may("jwt", plain()))
}

// keeping are the routes of the audit as a whole and of the keys.
func (s *spec) keeping() []fixed {
	officers := []string{"owner", "admin", "security_officer"}
	anything := inline(open())
	field := []member{must("entity", plain()), must("field", plain()), must("sealed", yes())}
	vault := ownVault()
	chain := object(must("entries", whole()), must("hash", plain()), must("open", whole()), must("signed_up_to", whole()), must("cut_up_to", whole()),
		must("keep_days", whole()), must("key", plain()), must("fingerprint", plain()))
	deletion := []member{
		must("id", key()), must("entity", plain()), must("record_id", key()), must("reason", plain()),
		must("state", enum("requested", "done", "withdrawn")), must("asked_by", key()), must("asked_at", moment(false)),
		must("ended_by", kind(entity.KindID, true)), must("ended_at", moment(true)),
	}
	one := inline(object(append(deletion[:len(deletion):len(deletion)], may("label", plain()), must("audit_entries", whole()), must("audit_plain", whole()), must("key", yes()),
		must("fields", list(inline(object(must("field", plain()), must("label", plain()))))))...))
	page := func(row []member) *openapi3.SchemaRef {
		return inline(object(must("data", list(inline(object(row...)))), must("next_cursor", typed("string", "null"))))
	}
	consent := object(must("user_id", kind(entity.KindID, true)), must("name", plain()), must("at", moment(false)))
	closing := inline(object(must("closing", yes()), must("asked_at", moment(true)), must("due_at", moment(true)), must("needed", whole()),
		must("consents", list(inline(consent))), must("agreed", yes()), must("certificate_key", plain())))
	get := func(path, id, zh, en string, out *openapi3.SchemaRef) fixed {
		return fixed{method: http.MethodGet, path: path, id: id, zh: zh, en: en, only: officers, out: out}
	}
	return []fixed{
		get("/audit/chain", "audit.chain", "审计链的状态", "How far the audit is closed and signed", inline(chain)),
		get("/audit/verify", "audit.verify", "核验审计链", "Verify the audit", anything),
		{
			method: http.MethodGet, path: "/audit/export", id: "audit.export", zh: "导出审计链（供 tenon audit verify 离线核验）", en: "Take the audit out, for tenon audit verify",
			only: officers, media: "application/x-ndjson",
		},
		{
			method: http.MethodPut, path: "/audit/retention", id: "audit.retention", zh: "设置审计保留天数", en: "For how many days the audit is kept", only: []string{"owner"},
			in: object(must("keep_days", whole())), out: inline(object(must("keep_days", whole()))),
		},
		get("/keys", "keys", "密钥状态", "State of the keys", anything),
		get("/keys/health", "keys.health", "密钥服务的健康状况", "How the key service does", anything),
		{
			method: http.MethodPost, path: "/keys/rotate", id: "keys.rotate", zh: "轮换密钥", en: "Rotate the keys", only: officers, status: http.StatusAccepted,
			out: inline(object(must("version", whole()), must("job", whole()))),
		},
		{
			method: http.MethodPut, path: "/keys/vault", id: "keys.vault", zh: "使用企业自有的 Vault", en: "Use a Vault of the company's own", only: officers, in: vault, out: anything,
		},
		{
			method: http.MethodPost, path: "/keys/vault/check", id: "keys.vault.check", zh: "检查企业自有的 Vault，不保存", en: "Try a Vault of the company's own, without setting it", only: officers, in: vault,
			out: inline(object(must("ok", yes()))),
		},
		{method: http.MethodDelete, path: "/keys/vault", id: "keys.vault.drop", zh: "恢复使用平台的密钥服务", en: "Use the installation's key service again", only: officers, out: anything},
		get("/keys/fields", "keys.fields", "加密的字段", "What is kept encrypted", anything),
		{
			method: http.MethodPut, path: "/keys/fields", id: "keys.fields.set", zh: "加密或解密一个字段", en: "Encrypt or decrypt a field", only: officers, status: http.StatusAccepted,
			in: object(field...), out: inline(object(append(field, must("job", whole()))...)),
		},
		get("/keys/deletions", "keys.deletions", "个人删除申请", "Requests that people be shredded", page(deletion)),
		{
			method: http.MethodPost, path: "/keys/deletions", id: "keys.deletions.ask", zh: "申请删除一个人的资料", en: "Ask that a person be shredded", only: officers,
			status: http.StatusCreated, in: object(must("entity", plain()), must("record_id", key()), must("reason", plain())), out: one,
		},
		{
			method: http.MethodGet, path: "/keys/deletions/{id}", id: "keys.deletions.get", zh: "一个删除申请，及其将使之不可读的内容",
			en: "One request, and what it would make unreadable", only: officers, params: openapi3.Parameters{inPath("id")}, out: one,
		},
		{
			method: http.MethodPost, path: "/keys/deletions/{id}/carry_out", id: "keys.deletions.carry_out", zh: "执行删除（不可恢复）",
			en: "Shred the person: there is no way back", only: officers, params: openapi3.Parameters{inPath("id")}, out: one,
		},
		{
			method: http.MethodPost, path: "/keys/deletions/{id}/withdraw", id: "keys.deletions.withdraw", zh: "撤回删除申请", en: "Take a request back", only: officers,
			params: openapi3.Parameters{inPath("id")}, out: one,
		},
		get("/keys/closing", "keys.closing", "关闭进度与同意销毁密钥的人", "How far the end is, and who agreed that the key be destroyed", closing),
		{
			method: http.MethodPost, path: "/keys/closing/consent", id: "keys.closing.consent", zh: "同意销毁密钥", en: "Agree that the key be destroyed", only: officers,
			in: object(must("confirm", plain())), out: closing,
		},
		{method: http.MethodDelete, path: "/keys/closing/consent", id: "keys.closing.withdraw", zh: "撤回同意", en: "Take the consent back", only: officers, out: closing},
		{
			method: http.MethodGet, path: "/certificates/{id}", id: "certificate", zh: "密钥销毁证书", en: "The certificate that a company's key was destroyed", open: true,
			params: openapi3.Parameters{inPath("id")}, out: anything,
		},
	}
}
