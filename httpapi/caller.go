package httpapi

import (
	"context"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

const cookieName = "tenon_session"

// People joins logins with the tenants' users.
type People interface {
	Actor(ctx context.Context, tx *tenancy.Tx, user id.ID) (actor tenancy.Actor, active bool, err error)
	Add(ctx context.Context, tx *tenancy.Tx, user id.ID, name, email string, locale i18n.Lang, roles []string) error
	// List returns everybody who is active, with the roles that their record gives them.
	List(ctx context.Context, tx *tenancy.Tx) ([]policy.Person, error)
	Change(ctx context.Context, tx *tenancy.Tx, user id.ID, change Profile) error
}

// caller is who sends a request, and for which tenant.
type caller struct {
	tenancy.Principal
	tenant *tenancy.Tenant
	actor  tenancy.Actor
}

// actors remembers users' roles for as long as their tenant is unchanged.
type actors struct {
	mu   sync.RWMutex
	list map[actorKey]known
}

// known is somebody as they were loaded, and until when that holds: an emergency grant ends by itself.
type known struct {
	actor tenancy.Actor
	until time.Time // zero: until the tenant changes
}

type actorKey struct {
	tenant, user id.ID
	generation   int64
}

func newActors() *actors { return &actors{list: map[actorKey]known{}} }

func (c *actors) get(k actorKey, now time.Time) (tenancy.Actor, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	x, ok := c.list[k]
	return x.actor, ok && (x.until.IsZero() || now.Before(x.until))
}

func (c *actors) put(k actorKey, a known) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) > 20_000 {
		clear(c.list)
	}
	c.list[k] = a
}

// caller finds out who sends a request. A cookie's writes need the CSRF token; a token's scopes narrow what it may reach.
func (a *API) caller(r *http.Request) (caller, error) {
	if s := sandboxOf(r.Context()); s != nil {
		return s.caller(), nil
	}
	p, cookie, err := a.principal(r)
	if err != nil {
		return caller{}, err
	}
	if cookie && r.Method != http.MethodGet && r.Method != http.MethodHead &&
		!sameSecret(r.Header.Get("X-Csrf-Token"), p.CSRF) {
		return caller{}, fault.New(fault.Forbidden, "csrf.invalid", "页面已过期，请刷新", "The page has expired; reload it").With("rule", "platform.csrf")
	}
	if err := visiting(p, r); err != nil {
		return caller{}, err
	}
	if err := scoped(p.Scopes, r); err != nil {
		return caller{}, err
	}
	if err := demands(p, r, a.db.Now()); err != nil {
		return caller{}, err
	}
	if cookie && p.Rotate {
		if err := a.renew(r, p); err != nil {
			return caller{}, err
		}
	}
	c := caller{Principal: p, tenant: p.Tenant}
	who := requestOf(r.Context())
	who.tenant, who.user = p.Tenant.ID.String(), p.UserID.String()
	key := actorKey{p.Tenant.ID, p.UserID, p.Tenant.Generation}
	actor, ok := a.actors.get(key, a.db.Now())
	if !ok {
		loaded, err := a.load(r.Context(), p)
		if err != nil {
			return caller{}, err
		}
		a.actors.put(key, loaded)
		actor = loaded.actor
	}
	if p.Tenant.SignIn.OnlySSO && !p.Bound && (cookie || slices.Contains(p.Scopes, sessionScope)) && !slices.Contains(actor.Roles, "owner") {
		return caller{}, ssoDemanded(p)
	}
	actor.Visitor = p.Visitor()
	actor.RequestID = requestID(r.Context())
	actor.Locale = i18n.Pick(r.Header.Get("Accept-Language"), actor.Locale)
	c.actor = actor
	if err := admitted(r, c); err != nil {
		return caller{}, err
	}
	a.counted(r, c, cookie)
	return c, nil
}

type countedKey struct{}

// counted notes once for each request who uses what: the person's seat of the day, and the call when a program makes it.
func (a *API) counted(r *http.Request, c caller, cookie bool) {
	done, ok := r.Context().Value(countedKey{}).(*bool)
	if !ok || *done || a.billing == nil {
		return
	}
	*done = true
	if !cookie {
		a.billing.Call(c.tenant)
	}
	a.billing.Seat(r.Context(), c.tenant, c.UserID, areaOf(r.URL.Path))
}

// admitted keeps all but owners and admins out of a suspended company; the way out stays open.
func admitted(r *http.Request, c caller) error {
	about := strings.TrimPrefix(r.URL.Path, "/api/v1/")
	if c.tenant.State != tenancy.Suspended || slices.Contains(c.actor.Roles, "owner") || slices.Contains(c.actor.Roles, "admin") ||
		slices.Contains([]string{"me", "logout", "workspaces", "switch"}, about) {
		return nil
	}
	return fault.New(fault.Forbidden, "tenant.suspended", "企业已停用，只有所有者和管理员可以进入", "The workspace is suspended: only its owners and admins may enter").With("rule", "tenant.suspended")
}

func sameSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (a *API) principal(r *http.Request) (p tenancy.Principal, cookie bool, err error) {
	if h := r.Header.Get("Authorization"); h != "" {
		token, ok := strings.CutPrefix(h, "Bearer ")
		if !ok || !strings.HasPrefix(token, "tn_") {
			return p, false, unauthenticated()
		}
		p, err = a.db.Authenticate(r.Context(), token)
		return p, false, err
	}
	c, err := r.Cookie(cookieName)
	if err != nil || strings.HasPrefix(c.Value, "tn_") {
		return p, false, unauthenticated()
	}
	p, err = a.db.Authenticate(r.Context(), c.Value)
	return p, true, err
}

func unauthenticated() error {
	return fault.New(fault.Unauthenticated, "login.required", "请先登录", "Please log in")
}

// load reads the user's record.
func (a *API) load(ctx context.Context, p tenancy.Principal) (known, error) {
	var out known
	active := false
	err := a.engine.Do(ctx, p.Tenant, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		if out.actor, active, err = a.people.Actor(ctx, tx, p.UserID); err != nil {
			return err
		}
		extra, err := policy.ExtraRoles(ctx, tx, p.UserID, tx.Now)
		for _, x := range extra {
			if out.until.IsZero() || x.Until.Before(out.until) {
				out.until = x.Until
			}
		}
		return err
	}, tenancy.ReadOnly())
	if err == nil && !active {
		err = unauthenticated()
	}
	return out, err
}

// sessionScope marks a token that a login gave: it stands for a session, and may switch the workspace as one.
const sessionScope = "session"

// visiting keeps an operator who acts as one of a company's people to the records of its modules: what decides who may enter, and what is paid, stays the
// company's own business.
func visiting(p tenancy.Principal, r *http.Request) error {
	if p.Visitor() == "" || asks(r) || areaOf(r.URL.Path) != platformArea || strings.HasSuffix(r.URL.Path, "/logout") {
		return nil
	}
	return fault.New(fault.Forbidden, "visit.records", "运营人员进入企业后只能处理业务模块的记录（规则 visit.records）",
		"An operator who enters a company works on the records of its modules only (rule visit.records)").With("rule", "visit.records")
}

// asks tells that a request reads: a question is no write, even where it does not fit into an address.
func asks(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/query")
}

// scoped holds a request against a token's scopes: "read", "write", or either for one module ("sales:read"). None means all.
func scoped(scopes []string, r *http.Request) error {
	if len(scopes) == 0 || slices.Contains(scopes, sessionScope) {
		return nil
	}
	verb := "write"
	if asks(r) {
		verb = "read"
	}
	area := areaOf(r.URL.Path)
	if about := strings.TrimPrefix(r.URL.Path, "/api/v1/"); about == "me" || about == "verify" || about == "meta" || about == "openapi.json" || about == "logout" {
		return nil // every token may learn what it can do, and end itself
	}
	for _, want := range []string{verb, area + ":" + verb} {
		if slices.Contains(scopes, want) {
			return nil
		}
	}
	if verb == "read" && (slices.Contains(scopes, "write") || slices.Contains(scopes, area+":write")) {
		return nil
	}
	return fault.New(fault.Forbidden, "token.scope", "令牌无此权限（规则 token.scope）", "The token's scopes do not allow this (rule token.scope)").With("rule", "token.scope")
}

// knownScope tells whether a token may be given a scope: read, write, or one of them for an area.
func knownScope(s string) bool {
	area, verb, narrow := strings.Cut(s, ":")
	if !narrow {
		return s == "read" || s == "write"
	}
	return slices.Contains(areas(), area) && (verb == "read" || verb == "write")
}
