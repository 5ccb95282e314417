package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	attemptsPerAddress = 150 // sign-ups and logins a minute
	failuresPerAccount = 60
	loginTokenLife     = 12 * time.Hour
	maxKnock           = 64 << 10 // of a sign-up's or login's body
)

type signupRequest struct {
	Company  string   `json:"company"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Password string   `json:"password"`
	Locale   string   `json:"locale"`
	Modules  []string `json:"modules"`
	Zone     string   `json:"zone"`
	Currency string   `json:"currency"`
	Token    bool     `json:"token"`
}

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

// signup makes a tenant that works at once, and logs its owner in.
func (a *API) signup(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in signupRequest
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Locale == "" {
		in.Locale = string(languageOf(r))
	}
	if in.Locale != string(i18n.ZH) && in.Locale != string(i18n.EN) {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("locale", "value.option", "应为 zh-CN 或 en", "must be zh-CN or en")
	}
	if in.Modules == nil {
		in.Modules = a.business()
	}
	n := in.tenant()
	if known, ok := a.self(r); ok && strings.EqualFold(known.Person.Email, in.Email) { // a second company of who is logged in
		n.Person = tenancy.PersonInput{ID: known.Person.ID, Name: known.Person.Name, Email: known.Person.Email}
	}
	p, err := a.SignUp(r.Context(), n)
	if err != nil {
		return err
	}
	return a.enter(w, r, p, in.Token, http.StatusCreated)
}

// self returns the person who sends a request when a login of theirs speaks, and not one of their API tokens, which must not open what they can't reach.
func (a *API) self(r *http.Request) (tenancy.Principal, bool) {
	p, cookie, err := a.principal(r)
	switch {
	case err != nil:
		return p, false
	case cookie:
		return p, sameSecret(r.Header.Get("X-Csrf-Token"), p.CSRF)
	}
	return p, slices.Contains(p.Scopes, sessionScope)
}

func (s signupRequest) tenant() tenancy.New {
	return tenancy.New{
		Company: s.Company, Locale: i18n.Lang(s.Locale), Zone: s.Zone, Currency: s.Currency, Modules: s.Modules,
		Person: tenancy.PersonInput{Name: s.Name, Email: s.Email, Password: s.Password},
	}
}

// business lists the modules that a new company starts with when it does not choose: all but connectors.
func (a *API) business() []string {
	var out []string
	for _, m := range a.engine.Modules() {
		if !m.Always && !m.Connector {
			out = append(out, m.Name)
		}
	}
	return out
}

// SignUp makes a tenant with its owner; the command line uses it too.
func (a *API) SignUp(ctx context.Context, n tenancy.New) (tenancy.Principal, error) {
	t, person, user, err := a.db.Create(ctx, n, func(ctx context.Context, tx *tenancy.Tx, admin id.ID) error {
		return a.engine.Seed(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
			return a.people.Add(ctx, tx, admin, n.Person.Name, n.Person.Email, tx.Tenant.Locale, []string{"owner"})
		})
	})
	return tenancy.Principal{Person: person, Tenant: t, UserID: user}, err
}

func (a *API) login(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Email     string `json:"email"`
		Password  string `json:"password"`
		Workspace string `json:"workspace"`
		Token     bool   `json:"token"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Email) || !sound(in.Password) || !sound(in.Workspace) {
		return unauthenticated()
	}
	if err := a.limits.allow("account:"+addressOf(r)+":"+strings.ToLower(in.Email), failuresPerAccount); err != nil {
		return err
	}
	p, err := a.db.Login(r.Context(), in.Email, in.Password, in.Workspace)
	if err != nil {
		return err
	}
	return a.enter(w, r, p, in.Token, http.StatusOK)
}

// enter gives a session by cookie, or a token for programs.
func (a *API) enter(w http.ResponseWriter, r *http.Request, p tenancy.Principal, token bool, status int) error {
	out := map[string]any{
		"person": map[string]any{"id": p.Person.ID, "name": p.Person.Name, "email": p.Person.Email},
		"tenant": map[string]any{"id": p.Tenant.ID, "name": p.Tenant.Name}, "user_id": p.UserID,
	}
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
	if err := a.db.Logout(r.Context(), c.Principal); err != nil {
		return err
	}
	a.setCookie(w, "", time.Unix(1, 0))
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
	return reply(w, http.StatusOK, map[string]any{
		"id": c.UserID, "name": c.actor.Name, "email": c.Person.Email, "roles": c.actor.Roles, "locale": c.actor.Locale, "csrf_token": c.CSRF,
		"tenant":  map[string]any{"id": c.tenant.ID, "name": c.tenant.Name, "currency": c.tenant.Currency, "zone": c.tenant.Zone.String(), "state": c.tenant.State},
		"modules": on,
	})
}
