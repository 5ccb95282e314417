package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// writerKey is where a request carries the writer of its answer, for cookies that are given by the way.
type writerKey struct{}

// renew gives a session whose rights changed another cookie with this answer.
func (a *API) renew(r *http.Request, p tenancy.Principal) error {
	w, _ := r.Context().Value(writerKey{}).(http.ResponseWriter)
	if w == nil {
		return nil
	}
	cookie, err := a.db.Renew(r.Context(), p)
	if err == nil && cookie != "" {
		a.setCookie(w, cookie, p.Expires)
	}
	return err
}

// vouched tells that somebody came in through an identity provider, which asks for its own second factor.
func vouched(p tenancy.Principal) bool {
	return p.Bound || strings.HasPrefix(p.Method, "oidc:") || strings.HasPrefix(p.Method, "saml:")
}

// dueAt is when a person must have a second factor; none where the company asks for none, or they have one.
func dueAt(p tenancy.Principal) (time.Time, bool) {
	s := p.Tenant.SignIn
	if !s.SecondFactor || p.Person.SecondFactor || vouched(p) {
		return time.Time{}, false
	}
	from := s.Since
	if p.Joined.After(from) {
		from = p.Joined
	}
	return from.Add(time.Duration(s.GraceDays) * 24 * time.Hour), true
}

// demands keeps who has no second factor where the company wants one to what is needed to set one up, once the time for it is over.
func demands(p tenancy.Principal, r *http.Request, now time.Time) error {
	due, owes := dueAt(p)
	if !owes || now.Before(due) {
		return nil
	}
	area, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	if slices.Contains([]string{"me", "logout", "second_factor", "passkeys", "sessions", "verify", "workspaces", "switch"}, area) {
		return nil
	}
	return fault.New(fault.Forbidden, "second_factor.required", "本企业要求两步验证，请先设置（规则 platform.sign_in）", "This company demands a second factor; set one up first (rule platform.sign_in)").
		With("rule", "platform.sign_in")
}

func secondFactorJSON(p tenancy.Principal, now time.Time) map[string]any {
	due, owes := dueAt(p)
	out := map[string]any{"enrolled": p.Person.SecondFactor, "required": p.Tenant.SignIn.SecondFactor && !vouched(p), "due_at": nil, "overdue": owes && !now.Before(due)}
	if owes {
		out["due_at"] = due
	}
	return out
}

// credentials is who may change how they log in: a login of theirs that is good everywhere, and for what is risky the password again.
func (a *API) credentials(r *http.Request) (caller, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, err
	}
	if c.Bound {
		return c, tenancy.Stays()
	}
	if c.Session.IsZero() && !slices.Contains(c.Scopes, sessionScope) {
		return c, fault.New(fault.Forbidden, "token.scope", "API 令牌不能更改登录方式（规则 token.scope）", "An API token does not change how one logs in (rule token.scope)").With("rule", "token.scope")
	}
	return c, nil
}

// again asks for the password before what is risky. Who has none came in by a provider or a passkey and is believed for as long as the session is fresh.
func (a *API) again(r *http.Request, c caller, password string) error {
	has, err := a.door.HasPassword(r.Context(), c.Person.ID)
	if err != nil || !has {
		return err
	}
	if err := a.mayGuess(r.Context(), c.Person.ID); err != nil {
		return err
	}
	ok, err := a.db.CheckPassword(r.Context(), c.Person.ID, password)
	if err != nil {
		return err
	}
	if !ok {
		a.guessed(r.Context(), c.Person.ID, false)
		return fault.New(fault.Invalid, "password.wrong", "当前密码不正确", "The current password is wrong").At("current_password", "password.wrong", "不正确", "is wrong")
	}
	a.guessed(r.Context(), c.Person.ID, true)
	return nil
}

// rotated answers with a new cookie after credentials changed, and ends all other sessions where that is wanted.
func (a *API) rotated(w http.ResponseWriter, r *http.Request, c caller, out map[string]any) error {
	if !c.Session.IsZero() {
		p, err := a.freshPrincipal(r.Context(), c.Principal)
		if err != nil {
			return err
		}
		cookie, p, err := a.db.Rotate(r.Context(), p)
		if err != nil {
			return err
		}
		a.setCookie(w, cookie, c.Expires)
		out["csrf_token"] = p.CSRF
	}
	return reply(w, http.StatusOK, out)
}

func (a *API) freshPrincipal(ctx context.Context, p tenancy.Principal) (tenancy.Principal, error) {
	var err error
	p.Person, err = a.db.Person(ctx, p.Person.ID)
	return p, err
}
