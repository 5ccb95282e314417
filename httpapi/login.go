package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	attemptsPerAddress = 150 // sign-ups and logins a minute
	failuresPerAccount = 60
	loginTokenLife     = 12 * time.Hour
	maxKnock           = 64 << 10 // of a sign-up's or login's body
)

// knock is what everybody passes who is not logged in yet: so many a minute and address, a small body, and no page of another site in between, which
// could log its visitor into an account of its own.
func (a *API) knock(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxKnock)
	if err := a.crossOrigin.Check(r); err != nil {
		return fault.New(fault.Forbidden, "csrf.origin", "请求来自其他网站", "The request comes from another site").With("rule", "platform.csrf").Because(err)
	}
	return nil
}

func (a *API) login(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Email     string `json:"email"`
		Password  string `json:"password"`
		Workspace string `json:"workspace"`
		Code      string `json:"code"`
		Token     bool   `json:"token"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Email) || !sound(in.Password) || !sound(in.Workspace) || !sound(in.Code) {
		return unauthenticated()
	}
	if err := a.limits.allow("account:"+addressOf(r)+":"+strings.ToLower(in.Email), failuresPerAccount); err != nil {
		return err
	}
	if err := a.mayTry(r, in.Email); err != nil {
		return err
	}
	p, err := a.db.Login(r.Context(), in.Email, in.Password, in.Workspace)
	if err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			a.failed(r, in.Email)
		}
		return err
	}
	p.Method = "password"
	if p.Person.SecondFactor {
		if in.Code == "" {
			return a.ask(r, p, in.Token)
		}
		if err := a.second(r, p, in.Code); err != nil {
			return err
		}
		p.Method = "second_factor"
	}
	if err := a.onlySSO(r.Context(), p); err != nil {
		return err
	}
	return a.enter(w, r, p, in.Token, http.StatusOK)
}

// enter gives a session by cookie, or a token for programs.
func (a *API) enter(w http.ResponseWriter, r *http.Request, p tenancy.Principal, token bool, status int) error {
	out := map[string]any{
		"person": map[string]any{"id": p.Person.ID, "name": p.Person.Name, "email": p.Person.Email, "verified": p.Person.Verified},
		"tenant": map[string]any{"id": p.Tenant.ID, "name": p.Tenant.Name, "address": p.Tenant.Address}, "user_id": p.UserID,
	}
	a.entered(r, &p, token)
	if token {
		text, t, err := a.db.NewToken(r.Context(), p, "login", []string{sessionScope}, loginTokenLife)
		if err != nil {
			return err
		}
		out["token"], out["expires_at"] = text, t.Expires
		return reply(w, status, out)
	}
	cookie, p, err := a.db.NewSession(r.Context(), p)
	if err != nil {
		return err
	}
	a.setCookie(w, cookie, p.Expires)
	out["csrf_token"] = p.CSRF
	return reply(w, status, out)
}

// noteLogin writes a login or logout into the audit of the workspace. A login does not fail because of it.
func (a *API) noteLogin(ctx context.Context, p tenancy.Principal, action string, details map[string]string) {
	who := tenancy.Actor{ID: p.UserID, RequestID: requestID(ctx)}
	if err := a.engine.Note(ctx, p.Tenant, who, "login", action, p.UserID, details); err != nil {
		a.log.ErrorContext(ctx, "a login is not in the audit", "error", err)
	}
}

func (a *API) setCookie(w http.ResponseWriter, value string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: value, Path: "/", Expires: expires, HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (a *API) logout(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	c.Tenant = c.tenant
	elsewhere, err := a.door.LeaveSAML(r.Context(), c.Principal)
	if err != nil { // this side ends all the same
		a.log.WarnContext(r.Context(), "a logout was not taken to its provider", "error", err)
	}
	if err := a.db.Logout(r.Context(), c.Principal); err != nil {
		return err
	}
	a.noteLogin(r.Context(), c.Principal, "logout", nil)
	a.setCookie(w, "", time.Unix(1, 0))
	if elsewhere != "" {
		return reply(w, http.StatusOK, map[string]any{"url": elsewhere})
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) workspaces(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	list, err := a.db.Workspaces(r.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	if c.Bound {
		list = slices.DeleteFunc(list, func(x tenancy.Workspace) bool { return x.Tenant != c.tenant.ID })
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i] = map[string]any{"id": x.Tenant, "name": x.Name, "current": x.Tenant == c.tenant.ID}
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

func (a *API) switchWorkspace(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	var in struct {
		Workspace id.ID `json:"workspace"`
		Token     bool  `json:"token"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if c.Session.IsZero() {
		p, err := a.otherWorkspace(r, c, in.Workspace)
		if err != nil {
			return err
		}
		return a.enter(w, r, p, true, http.StatusOK)
	}
	cookie, p, err := a.db.SwitchWorkspace(r.Context(), c.Principal, in.Workspace)
	if err != nil {
		return err
	}
	a.setCookie(w, cookie, p.Expires)
	return reply(w, http.StatusOK, map[string]any{"tenant": map[string]any{"id": p.Tenant.ID, "name": p.Tenant.Name}, "user_id": p.UserID, "csrf_token": p.CSRF})
}

// otherWorkspace lets the token of a login open another of the person's workspaces; API tokens stay where they are.
func (a *API) otherWorkspace(r *http.Request, c caller, tenant id.ID) (tenancy.Principal, error) {
	p := c.Principal
	if c.Bound {
		return p, tenancy.Stays()
	}
	if !slices.Contains(c.Scopes, sessionScope) {
		return p, fault.New(fault.Forbidden, "token.scope", "API 令牌只属于一个企业（规则 token.scope）", "An API token belongs to one workspace (rule token.scope)").With("rule", "token.scope")
	}
	list, err := a.db.Workspaces(r.Context(), c.Person.ID)
	if err != nil {
		return p, err
	}
	for _, x := range list {
		if x.Tenant == tenant {
			p.UserID = x.UserID
			p.Tenant, err = a.db.Tenant(r.Context(), tenant)
			return p, err
		}
	}
	return p, fault.New(fault.NotFound, "workspace.unknown", "没有此企业", "There is no such workspace")
}

func (a *API) me(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	on := []string{}
	for _, m := range a.engine.Modules() {
		if m.Always || c.tenant.On(m.Name) {
			on = append(on, m.Name)
		}
	}
	b, st, err := a.standing(r.Context(), c.tenant)
	if err != nil {
		return err
	}
	operator, err := a.billing.IsOperator(r.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{
		"billing": map[string]any{"state": b.State, "edition": a.edition(), "banner": banner(b, st, a.db.Now(), languageOf(r)), "operator": operator},
		"id":      c.UserID, "name": c.actor.Name, "email": c.Person.Email, "roles": c.actor.Roles, "locale": c.actor.Locale, "csrf_token": c.CSRF,
		"verified": c.Person.Verified || !a.door.MailOn(), "method": c.Method, "second_factor": secondFactorJSON(c.Principal, a.db.Now()),
		"tenant":  map[string]any{"id": c.tenant.ID, "name": c.tenant.Name, "address": c.tenant.Address, "currency": c.tenant.Currency, "zone": c.tenant.Zone.String(), "state": c.tenant.State},
		"modules": on,
	})
}
