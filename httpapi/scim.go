package httpapi

import (
	"net/http"
	"slices"

	"github.com/tenon-hq/tenon/people"
)

// scimScope marks a token with which a company's directory keeps its users: good below /scim/v2 and nowhere else.
const scimScope = "scim"

// scim lets a company's directory in by its token, for as long as who made the token is an owner or administrator.
func (a *API) scim(next http.Handler) http.Handler {
	return a.wrap(func(w http.ResponseWriter, r *http.Request) error {
		p, cookie, err := a.principal(r)
		if err != nil {
			return err
		}
		if cookie || !slices.Contains(p.Scopes, scimScope) {
			return unauthenticated()
		}
		actor, err := a.load(r.Context(), p)
		if err != nil {
			return err
		}
		if !operates(caller{actor: actor.actor}) {
			return unauthenticated()
		}
		if err := a.limits.allow("scim:"+p.Token.String(), 1200); err != nil {
			return err
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, people.InDirectory(r, p.Tenant))
		return nil
	})
}
