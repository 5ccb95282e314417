package httpapi

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/people"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	visitCookie = "tenon_sso" // ties a visit at an identity provider to the browser that began it
	visitLife   = 10 * time.Minute
	maxSAML     = 512 << 10
)

// ssoPaths files the routes of logins at identity providers. They are for browsers: they redirect.
func (a *API) ssoPaths(on func(method, path string, h handler)) {
	on(http.MethodGet, "/login/options", a.loginOptions)
	on(http.MethodGet, "/sso/callback", a.ssoCallback)
	on(http.MethodGet, "/sso/finish", a.ssoFinish)
	on(http.MethodGet, "/sso/{name}/start", a.ssoStart)
	on(http.MethodGet, "/sso/{workspace}/{name}/start", a.ssoStart)
	on(http.MethodGet, "/sso/{tenant}/{name}/metadata", a.ssoMetadata)
	on(http.MethodPost, "/sso/{tenant}/{name}/acs", a.ssoACS)
	on(http.MethodGet, "/sso/{tenant}/{name}/slo", a.ssoSignOut)
}

// loginOptions lists the ways in: those of the installation and, by its address, those of a workspace. It knows nothing of people.
func (a *API) loginOptions(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	list := []map[string]any{}
	for _, p := range a.door.Providers {
		list = append(list, map[string]any{"name": p.Name, "label": p.Label, "kind": people.OIDC, "url": "/api/v1/sso/" + p.Name + "/start"})
	}
	out := map[string]any{"password": true, "passkey": a.door.PasskeysOn(), "workspace": nil}
	if address := strings.ToLower(strings.TrimSpace(r.URL.Query().Get("workspace"))); address != "" {
		t, err := a.db.ByAddress(r.Context(), address)
		if err != nil {
			return err
		}
		own, err := a.door.OwnProviders(r.Context(), t)
		if err != nil {
			return err
		}
		for _, p := range own {
			label := p.Label
			if label == "" {
				label = p.Name
			}
			list = append(list, map[string]any{"name": p.Name, "label": label, "kind": p.Kind, "url": "/api/v1/sso/" + address + "/" + p.Name + "/start"})
		}
		out["workspace"], out["password"] = map[string]any{"name": t.Name, "address": t.Address}, !t.SignIn.OnlySSO
	}
	out["providers"] = list
	return reply(w, http.StatusOK, out)
}

// ssoStart sends the browser to a provider.
func (a *API) ssoStart(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	cookie, _ := tenancy.Secret()
	v := mux.Vars(r)
	to, err := a.door.Leave(r.Context(), v["workspace"], v["name"], r.URL.Query().Get("next"), cookie)
	if err != nil {
		return a.astray(w, r, err)
	}
	a.setVisit(w, cookie, time.Now().Add(visitLife))
	return redirect(w, to)
}

func (a *API) setVisit(w http.ResponseWriter, value string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{
		Name: visitCookie, Value: value, Path: "/api/v1/sso", Expires: expires, HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode,
	})
}

func visitOf(r *http.Request) string {
	c, err := r.Cookie(visitCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func redirect(w http.ResponseWriter, to string) error {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// astray takes a browser whose login failed back to the login page, with the reason; programs get the problem.
func (a *API) astray(w http.ResponseWriter, r *http.Request, err error) error {
	f := fault.As(err)
	if f == nil || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return err
	}
	return redirect(w, "/login?"+url.Values{"sso": {f.Reason}, "detail": {f.Text.In(languageOf(r))}}.Encode())
}

// ssoCallback is where OpenID providers send browsers back to.
func (a *API) ssoCallback(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	q := r.URL.Query()
	x, err := a.door.ReturnOIDC(r.Context(), q.Get("state"), q.Get("code"), visitOf(r))
	if err != nil {
		return a.astray(w, r, err)
	}
	return a.arrived(w, r, x)
}

// arrived gives the browser its session, or leads somebody new to the sign-up.
func (a *API) arrived(w http.ResponseWriter, r *http.Request, x people.Arrival) error {
	a.setVisit(w, "", time.Unix(1, 0))
	if x.Proven != "" {
		return redirect(w, "/signup?"+url.Values{"proven": {x.Proven}}.Encode())
	}
	p := x.Principal
	if !p.Bound {
		if err := a.onlySSO(r.Context(), p); err != nil {
			return a.astray(w, r, err)
		}
	}
	a.entered(r, &p, false)
	cookie, p, err := a.db.NewSession(r.Context(), p)
	if err != nil {
		return err
	}
	a.setCookie(w, cookie, p.Expires)
	return redirect(w, people.Inside(x.Next))
}

// ssoMetadata describes this installation to a company's SAML provider.
func (a *API) ssoMetadata(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	v := mux.Vars(r)
	meta, err := a.door.Metadata(r.Context(), v["tenant"], v["name"])
	if err != nil {
		return err
	}
	raw, err := xml.MarshalIndent(meta, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(raw) // the client may be gone
	return nil
}

// ssoACS takes the answer of a company's SAML provider, which its page posts.
func (a *API) ssoACS(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSAML)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "form.invalid", "表单无效", "The form can't be read").Because(err)
	}
	v := mux.Vars(r)
	cookie, _ := tenancy.Secret()
	secret, unasked, err := a.door.ReturnSAML(r.Context(), v["tenant"], v["name"], r, cookie)
	if err != nil {
		return a.astray(w, r, err)
	}
	if unasked { // the browser that posts is the one that goes on
		a.setVisit(w, cookie, time.Now().Add(visitLife))
	}
	return redirect(w, "/api/v1/sso/finish?"+url.Values{"ticket": {secret}}.Encode())
}

// ssoSignOut takes what a company's SAML provider says about a logout.
func (a *API) ssoSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	v := mux.Vars(r)
	out, err := a.door.SignOutSAML(r.Context(), v["tenant"], v["name"], r.URL.RawQuery)
	if err != nil {
		return a.astray(w, r, err)
	}
	if !out.Person.UserID.IsZero() {
		a.noteLogin(r.Context(), out.Person, "logout", map[string]string{"by": "provider"})
	}
	return redirect(w, out.To)
}

// ssoFinish gives the browser that began a SAML login its session.
func (a *API) ssoFinish(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("address:"+addressOf(r), attemptsPerAddress); err != nil {
		return err
	}
	x, err := a.door.Fetch(r.Context(), r.URL.Query().Get("ticket"), visitOf(r))
	if err != nil {
		return a.astray(w, r, err)
	}
	return a.arrived(w, r, x)
}
