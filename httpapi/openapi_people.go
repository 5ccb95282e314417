package httpapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// comingIn are the routes of sign-up, login and invitations: nobody has to be logged in.
func (s *spec) comingIn() []fixed {
	tenant := object(must("id", key()), must("name", plain()), must("address", plain()))
	said := inline(object(must("detail", plain())))
	verified := inline(object(must("verified", yes()), must("email", plain())))
	credential := func(more ...member) *openapi3.Schema {
		return object(append([]member{must("ceremony", plain()), must("credential", open())}, more...)...)
	}
	ceremony := inline(object(must("options", open()), must("ceremony", plain())))
	return []fixed{
		{
			method: http.MethodGet, path: "/signup", id: "signup.options", zh: "注册所需与可选内容", en: "What a sign-up may and must hold", open: true,
			out: inline(object(must("modules", list(inline(open()))), must("terms", object(must("version", plain()), must("url", plain()), must("required", yes()))),
				must("proof", object(must("bits", whole()), must("puzzle", typed("string", "null")))), must("providers", list(inline(open()))),
				must("captcha", object(must("required", yes()), must("site_key", plain()))), must("password", open()), must("mail", yes()))),
		},
		{
			method: http.MethodGet, path: "/signup/address", id: "signup.address", zh: "工作区地址是否可用", en: "Whether a workspace address is free", open: true,
			params: given("address", "company"),
			out:    inline(object(must("address", plain()), must("available", yes()), must("reason", plain()), must("detail", plain()))),
		},
		{
			method: http.MethodPost, path: "/verify", id: "verify", zh: "验证邮箱（验证码或链接）", en: "Prove an e-mail address, by code or link", open: true, out: verified,
			in: object(may("code", plain()), may("token", plain()), may("password", plain())),
		},
		{
			method: http.MethodPost, path: "/verify/resend", id: "verify.resend", zh: "重新发送验证码", en: "Send another code", status: http.StatusAccepted, out: verified,
		},
		{
			method: http.MethodPost, path: "/password/forgot", id: "password.forgot", zh: "忘记密码", en: "A password is forgotten", open: true, status: http.StatusAccepted,
			in: object(must("email", plain())), out: said,
		},
		{
			method: http.MethodPost, path: "/password/reset", id: "password.reset", zh: "用邮件中的链接设置新密码", en: "Set a password by the link of the mail", open: true,
			in: object(must("token", plain()), must("password", plain())),
		},
		{
			method: http.MethodPost, path: "/login/second", id: "login.second", zh: "登录的第二重验证", en: "The second factor of a login", open: true, out: ref("Entered"),
			in: object(must("challenge", plain()), must("code", plain())),
		},
		{method: http.MethodPost, path: "/login/passkey/start", id: "login.passkey.start", zh: "开始用通行密钥登录", en: "Begin a login by passkey", open: true, out: ceremony},
		{
			method: http.MethodPost, path: "/login/passkey", id: "login.passkey", zh: "用通行密钥登录", en: "Log in by passkey", open: true, out: ref("Entered"),
			in: credential(may("workspace", plain()), may("token", yes())),
		},
		{
			method: http.MethodGet, path: "/login/options", id: "login.options", zh: "可用的登录方式", en: "The ways to log in", open: true, params: given("workspace"),
			out: inline(object(must("password", yes()), must("passkey", yes()), must("workspace", typed("object", "null")), must("providers", list(inline(
				object(must("name", plain()), must("label", plain()), must("kind", enum("oidc", "saml")), must("url", plain()))))))),
		},
		{
			method: http.MethodPost, path: "/invitations/open", id: "invitations.open", zh: "查看邀请", en: "Look at an invitation", open: true, in: object(must("token", plain())),
			out: inline(object(must("company", plain()), must("email", plain()), must("name", plain()), must("locale", plain()), must("known", yes()))),
		},
		{
			method: http.MethodPost, path: "/invitations/accept", id: "invitations.accept", zh: "接受邀请（新成员 201，已有账号 200）", en: "Accept an invitation (201: somebody new, 200: a person who is known)",
			open: true, status: http.StatusCreated, in: object(must("token", plain()), may("name", plain()), may("password", plain()), may("locale", plain()), may("session_token", yes())),
			out: inline(object(must("tenant", tenant), must("user_id", key()), may("person", open()), may("joined", yes()), may("log_in", yes()), may("token", plain()),
				may("expires_at", moment(false)), may("csrf_token", plain()))),
		},
	}
}

// providerWays are the routes of logins at identity providers.
func (s *spec) providerWays() []fixed {
	return []fixed{
		{
			method: http.MethodGet, path: "/sso/{name}/start", id: "sso.start", zh: "用本安装的身份提供方登录（浏览器跳转）", en: "Log in by a provider of the installation: the browser is sent there",
			open: true, params: openapi3.Parameters{inPath("name")}, media: "text/html",
		},
		{
			method: http.MethodGet, path: "/sso/{workspace}/{name}/start", id: "sso.start.own", zh: "用企业自己的身份提供方登录（浏览器跳转）",
			en: "Log in by a company's own provider: the browser is sent there", open: true, params: openapi3.Parameters{inPath("workspace"), inPath("name")}, media: "text/html",
		},
		{
			method: http.MethodGet, path: "/sso/callback", id: "sso.callback", zh: "OIDC 提供方的回跳", en: "Where an OIDC provider sends the browser back",
			open: true, params: given("code", "state", "error"), media: "text/html",
		},
		{method: http.MethodGet, path: "/sso/finish", id: "sso.finish", zh: "完成登录", en: "Where a login by a provider ends", open: true, params: given("ticket"), media: "text/html"},
		{
			method: http.MethodGet, path: "/sso/{tenant}/{name}/metadata", id: "sso.metadata", zh: "SAML 元数据", en: "SAML metadata of this side", open: true,
			params: openapi3.Parameters{inPath("tenant"), inPath("name")}, media: "application/samlmetadata+xml",
		},
		{
			method: http.MethodPost, path: "/sso/{tenant}/{name}/acs", id: "sso.acs", zh: "SAML 断言接收", en: "Where a SAML provider posts its assertion", open: true,
			params: openapi3.Parameters{inPath("tenant"), inPath("name")}, in: object(must("SAMLResponse", plain()), may("RelayState", plain())), media: "text/html",
		},
		{
			method: http.MethodGet, path: "/sso/{tenant}/{name}/slo", id: "sso.slo", zh: "SAML 单点登出", en: "Where a SAML provider says that somebody logs out", open: true,
			params: append(openapi3.Parameters{inPath("tenant"), inPath("name")}, given("SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature")...), media: "text/html",
		},
	}
}

// credentialPaths are the routes by which people keep what they log in with.
func (s *spec) credentialPaths() []fixed {
	admins := []string{"owner", "admin"}
	factor := []member{must("enrolled", yes()), must("required", yes()), must("due_at", moment(true)), must("overdue", yes())}
	codes := inline(object(must("recovery_codes", texts()), may("csrf_token", plain())))
	again := object(must("current_password", plain()))
	demanded := object(must("second_factor", enum("optional", "required")), must("grace_days", whole()), must("only_sso", yes()), must("address", plain()), must("since", moment(true)))
	session := object(must("id", key()), must("current", yes()), must("workspace", plain()), must("method", plain()), must("agent", plain()), must("network", plain()),
		must("created_at", moment(false)), must("seen_at", moment(false)), must("expires_at", moment(false)))
	passkey := object(must("id", key()), must("name", plain()), must("created_at", moment(false)), must("seen_at", moment(true)))
	return []fixed{
		{
			method: http.MethodGet, path: "/second_factor", id: "second_factor", zh: "我的两步验证", en: "My second factor",
			out: inline(object(append(factor, must("totp", yes()), must("recovery_codes_left", whole()), must("passkeys", whole()))...)),
		},
		{
			method: http.MethodPost, path: "/second_factor/totp", id: "second_factor.totp", zh: "开始设置验证器", en: "Begin to set up an authenticator app", in: again,
			out: inline(object(must("secret", plain()), must("uri", plain()))),
		},
		{
			method: http.MethodPost, path: "/second_factor/totp/confirm", id: "second_factor.totp.confirm", zh: "用第一个验证码启用", en: "Switch it on by its first code",
			in: object(must("code", plain())), out: codes,
		},
		{
			method: http.MethodPost, path: "/second_factor/totp/remove", id: "second_factor.totp.remove", zh: "停用验证器", en: "Remove the authenticator app", in: again,
			out: inline(object(must("totp", yes()), may("csrf_token", plain()))),
		},
		{method: http.MethodPost, path: "/second_factor/recovery_codes", id: "second_factor.recovery_codes", zh: "新的恢复码", en: "New recovery codes", in: again, out: codes},
		{method: http.MethodGet, path: "/passkeys", id: "passkeys", zh: "我的通行密钥", en: "My passkeys", out: inline(listOf(inline(passkey)))},
		{
			method: http.MethodPost, path: "/passkeys/start", id: "passkeys.start", zh: "开始新增通行密钥", en: "Begin to make a passkey", in: again,
			out: inline(object(must("options", open()), must("ceremony", plain()))),
		},
		{
			method: http.MethodPost, path: "/passkeys", id: "passkeys.create", zh: "新增通行密钥", en: "Make a passkey",
			in:  object(must("ceremony", plain()), must("name", plain()), must("credential", open())),
			out: inline(object(must("id", key()), must("name", plain()), may("csrf_token", plain()))),
		},
		{method: http.MethodDelete, path: "/passkeys/{id}", id: "passkeys.delete", zh: "删除通行密钥", en: "Remove a passkey", params: openapi3.Parameters{shared("id")}},
		{method: http.MethodGet, path: "/sessions", id: "sessions", zh: "我的会话", en: "My sessions", out: inline(listOf(inline(session)))},
		{method: http.MethodDelete, path: "/sessions", id: "sessions.end_others", zh: "结束其他所有会话", en: "End all other sessions"},
		{method: http.MethodDelete, path: "/sessions/{id}", id: "sessions.end", zh: "结束一个会话", en: "End a session", params: openapi3.Parameters{shared("id")}},
		{method: http.MethodGet, path: "/sign_in", id: "sign_in", zh: "本企业的登录要求", en: "What the company demands of a login", out: inline(demanded)},
		{
			method: http.MethodPut, path: "/sign_in", id: "sign_in.change", zh: "更改登录要求", en: "Change what the company demands of a login", only: admins, out: inline(demanded),
			in: object(may("second_factor", enum("optional", "required")), may("grace_days", whole()), may("only_sso", yes()), may("address", plain())),
		},
		{method: http.MethodGet, path: "/sample_data", id: "sample_data", zh: "示例数据", en: "Sample data", out: inline(object(must("records", whole())))},
		{method: http.MethodPost, path: "/sample_data", id: "sample_data.load", zh: "装载示例数据", en: "Load sample data", only: admins, status: http.StatusAccepted, out: ref("Begun")},
		{
			method: http.MethodPost, path: "/sample_data/remove", id: "sample_data.remove", zh: "删除示例数据（202：任务；试运行 200：将删除与保留的内容）",
			en: "Remove sample data (202: a job; a dry run, 200: what would go and what would stay)", only: admins, status: http.StatusAccepted,
			params: openapi3.Parameters{shared("dry_run")}, out: inline(object(may("job", whole()), may("state", plain()), may("removed", whole()), may("kept", list(inline(open()))))),
		},
	}
}
