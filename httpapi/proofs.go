package httpapi

import (
	"net/http"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const mailsPerNetwork = 30 // a minute, that one network may have sent

// verify proves an e-mail address: by the six digits, for who is logged in, or by the link's token, with a session or the password.
func (a *API) verify(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Code     string `json:"code"`
		Token    string `json:"token"`
		Password string `json:"password"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Code) || !sound(in.Token) || !sound(in.Password) {
		return unauthenticated()
	}
	if in.Token == "" {
		c, err := a.credentials(r)
		if err != nil {
			return err
		}
		p, err := a.door.VerifyCode(r.Context(), c.Person.ID, in.Code)
		if err != nil {
			return err
		}
		a.note(r.Context(), c.Principal, "verify_email")
		return reply(w, http.StatusOK, map[string]any{"verified": true, "email": p.Email})
	}
	var known id.ID
	if p, ok := a.self(r); ok {
		known = p.Person.ID
	}
	p, err := a.door.VerifyLink(r.Context(), in.Token, known, in.Password)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"verified": true, "email": p.Email})
}

// verifyAgain has another code sent.
func (a *API) verifyAgain(w http.ResponseWriter, r *http.Request) error {
	c, err := a.credentials(r)
	if err != nil {
		return err
	}
	if c.Person.Verified {
		return reply(w, http.StatusOK, map[string]any{"verified": true, "email": c.Person.Email})
	}
	if err := a.door.Prove(r.Context(), c.Person.ID); err != nil {
		return err
	}
	return reply(w, http.StatusAccepted, map[string]any{"verified": false, "email": c.Person.Email})
}

// forgot has a mail sent with which a password is set anew. The answer, the work and so the time are the same for every address.
func (a *API) forgot(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Email string `json:"email"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if err := a.limits.allow("mails:"+addressOf(r), mailsPerNetwork); err != nil {
		return err
	}
	in.Email = strings.TrimSpace(in.Email)
	if !a.door.MailOn() {
		return fault.New(fault.Rule, "mail.off", "本系统未配置邮件服务器，请联系管理员", "This installation can't send mail; ask an administrator")
	}
	if !sound(in.Email) || len(in.Email) > 254 || !strings.Contains(in.Email, "@") {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("email", "invalid", "请填写有效的邮箱地址", "Enter a valid e-mail address")
	}
	if err := a.door.Forgot(r.Context(), in.Email, languageOf(r)); err != nil {
		return err
	}
	return reply(w, http.StatusAccepted, map[string]any{"detail": i18n.T("如果该邮箱已注册，您将收到一封邮件。", "If the address is known here, a mail is on its way.").In(languageOf(r))})
}

// reset sets a password by the token of the mail.
func (a *API) reset(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Token    string `json:"token"`
		Password string `json:"password"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Token) || !sound(in.Password) {
		return unauthenticated()
	}
	if err := a.door.Reset(r.Context(), in.Token, in.Password); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// openInvitation tells the holder of an invitation's link what it is for.
func (a *API) openInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Token string `json:"token"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Token) {
		return unauthenticated()
	}
	x, err := a.door.OpenInvitation(r.Context(), in.Token)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"company": x.Company, "email": x.Email, "name": x.Name, "locale": x.Locale, "known": x.Known})
}

// accept joins a company by an invitation's link.
func (a *API) accept(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Token    string `json:"token"`
		Name     string `json:"name"`
		Password string `json:"password"`
		Locale   string `json:"locale"`
		Session  bool   `json:"session_token"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Token) || !sound(in.Name) || !sound(in.Password) {
		return unauthenticated()
	}
	if in.Locale == "" {
		in.Locale = string(languageOf(r))
	}
	if in.Locale != string(i18n.ZH) && in.Locale != string(i18n.EN) {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("locale", "value.option", "应为 zh-CN 或 en", "must be zh-CN or en")
	}
	p, known, err := a.door.Accept(r.Context(), in.Token, in.Name, in.Password, i18n.Lang(in.Locale))
	if err != nil {
		return err
	}
	a.note(r.Context(), p, "join")
	if known { // they log in as ever, with their second factor if they have one
		return reply(w, http.StatusOK, map[string]any{
			"joined": true, "log_in": true, "tenant": map[string]any{"id": p.Tenant.ID, "name": p.Tenant.Name, "address": p.Tenant.Address}, "user_id": p.UserID,
		})
	}
	return a.enter(w, r, p, in.Session, http.StatusCreated)
}

// sessionList lists one's open sessions.
func (a *API) sessionList(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	list, err := a.db.Sessions(r.Context(), c.Person.ID, boundTo(c))
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, s := range list {
		out[i] = map[string]any{
			"id": s.ID, "current": s.ID == c.Session, "workspace": s.Workspace, "method": s.Method, "agent": s.Agent, "network": s.Network, "created_at": s.Created,
			"seen_at": s.Seen, "expires_at": s.Expires,
		}
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

// boundTo is the company beyond which a login does not look; none for one that is good everywhere.
func boundTo(c caller) id.ID {
	if c.Bound {
		return c.tenant.ID
	}
	return id.ID{}
}

func (a *API) endSession(w http.ResponseWriter, r *http.Request) error {
	c, key, err := a.callerAndID(r, a.caller)
	if err != nil {
		return err
	}
	if err := a.db.EndSession(r.Context(), c.Person.ID, boundTo(c), key); err != nil {
		return err
	}
	a.note(r.Context(), c.Principal, "end_session")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// endSessions ends all of one's sessions but the one that asks.
func (a *API) endSessions(w http.ResponseWriter, r *http.Request) error {
	c, err := a.credentials(r)
	if err != nil {
		return err
	}
	if err := a.db.EndSessions(r.Context(), c.Person.ID, c.Session); err != nil {
		return err
	}
	a.note(r.Context(), c.Principal, "end_sessions")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signInPolicy shows what a company demands of those who come in.
func (a *API) signInPolicy(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, policyJSON(c.tenant.SignIn, c.tenant.Address))
}

func policyJSON(s tenancy.SignIn, address string) map[string]any {
	out := map[string]any{"second_factor": "optional", "grace_days": s.GraceDays, "only_sso": s.OnlySSO, "address": address, "since": nil}
	if s.SecondFactor {
		out["second_factor"], out["since"] = "required", s.Since
	}
	return out
}

// setSignInPolicy changes it: owners and administrators.
func (a *API) setSignInPolicy(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	var in struct {
		SecondFactor *string `json:"second_factor"`
		GraceDays    *int    `json:"grace_days"`
		OnlySSO      *bool   `json:"only_sso"`
		Address      *string `json:"address"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !operates(c) {
		return fault.New(fault.Forbidden, "sign_in.denied", "只有所有者和管理员可以更改登录要求（规则 platform.sign_in）",
			"Only owners and admins change what a login demands (rule platform.sign_in)").With("rule", "platform.sign_in")
	}
	s := c.tenant.SignIn
	var bad fault.Fields
	if in.GraceDays != nil {
		if s.GraceDays = *in.GraceDays; s.GraceDays < 0 || s.GraceDays > 90 {
			bad.Add("grace_days", "value.range", "应为 0 到 90", "must be 0 to 90")
		}
	}
	if in.SecondFactor != nil {
		switch *in.SecondFactor {
		case "required":
			if !s.SecondFactor {
				s.SecondFactor, s.Since = true, a.db.Now()
				if in.GraceDays == nil {
					s.GraceDays = 7
				}
			}
		case "optional":
			s.SecondFactor = false
		default:
			bad.Add("second_factor", "value.option", "应为 optional 或 required", "must be optional or required")
		}
	}
	if in.OnlySSO != nil {
		if s.OnlySSO = *in.OnlySSO; s.OnlySSO {
			list, err := a.door.OwnProviders(r.Context(), c.tenant)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				bad.Add("only_sso", "provider.none", "请先设置并启用身份提供方", "Set up an identity provider first")
			}
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	address := c.tenant.Address
	if in.Address != nil && !strings.EqualFold(*in.Address, address) {
		address = strings.ToLower(strings.TrimSpace(*in.Address))
		if err := a.db.Readdress(r.Context(), c.tenant.ID, address); err != nil {
			return err
		}
	}
	if err := a.db.SetSignIn(r.Context(), c.tenant.ID, s); err != nil {
		return err
	}
	a.note(r.Context(), c.Principal, "change_sign_in")
	return reply(w, http.StatusOK, policyJSON(s, address))
}
