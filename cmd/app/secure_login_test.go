package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// An API token stays in its scopes and its company, whatever it founds or switches to.
func TestATokenDoesNotOpenMoreThanItsScopes(t *testing.T) {
	o := newWorld(t).signUp(t, "Scoped")
	reader := o
	reader.token = str(o.must(http.StatusCreated, o.post("/tokens", m{"name": "robot", "scopes": []string{"write"}})), "token")
	second := m{"company": "Side door", "name": "x", "email": o.email, "password": "another long password", "token": true}
	out := reader.must(http.StatusCreated, reader.post("/signup", second))
	through := o
	through.token = str(out, "token")
	list, _ := through.must(http.StatusOK, through.get("/workspaces"))["data"].([]any)
	if len(list) != 1 {
		t.Errorf("an API token founded a company that opens %d workspaces", len(list))
	}
	reader.refused("switching by an API token", reader.post("/switch", m{"workspace": o.w.app.DB.NewID().String()}), http.StatusForbidden, "token.scope")
	narrow := o
	narrow.token = str(o.must(http.StatusCreated, o.post("/tokens", m{"name": "reader", "scopes": []string{"crm:read"}})), "token")
	for _, a := range []answer{narrow.get("/sales/orders"), narrow.get("/users"), narrow.post("/crm/customers", m{"name": "x"}), narrow.post("/tokens", m{"name": "x"}), narrow.get("/audit")} {
		narrow.refused("out of scope", a, http.StatusForbidden, "token.scope")
	}
	reader.refused("a wider token", reader.post("/tokens", m{"name": "x", "scopes": []string{"read"}}), http.StatusBadRequest, "fields.invalid")
	for _, scope := range []string{"session", "everything", "sales:everything", "", ":read"} {
		o.refused("scope "+scope, o.post("/tokens", m{"name": "x", "scopes": []string{scope}}), http.StatusBadRequest, "fields.invalid")
	}
}

// A browser's cookie: safe flags, another one at each login, and no write without the token that only the page knows.
func TestSessionsAreKeptFromOtherSites(t *testing.T) {
	o := newWorld(t).signUp(t, "Cookies")
	login := m{"email": o.email, "password": "correct horse battery"}
	nobody := person{w: o.w, t: t}
	first, again := nobody.post("/login", login), nobody.post("/login", login)
	cookie := func(a answer) string {
		c := a.header.Get("Set-Cookie")
		for _, flag := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(c, flag) {
				t.Errorf("the cookie has no %s: %s", flag, c)
			}
		}
		value, _, _ := strings.Cut(c, ";")
		return value
	}
	session := cookie(first)
	if session == cookie(again) || nobody.post("/login", login, "Cookie", session).header.Get("Set-Cookie") == session {
		t.Error("a login goes on with a session that was there")
	}
	csrf := str(first.body, "csrf_token")
	if csrf == "" || strings.Contains(session, csrf) {
		t.Fatalf("CSRF token %q", csrf)
	}
	in := m{"name": "Northwind"}
	nobody.must(http.StatusOK, nobody.do(http.MethodGet, "/crm/customers", nil, "Cookie", session))
	nobody.refused("without the token", nobody.post("/crm/customers", in, "Cookie", session), http.StatusForbidden, "csrf.invalid")
	nobody.refused("with another's token", nobody.post("/crm/customers", in, "Cookie", session, "X-Csrf-Token", str(again.body, "csrf_token")), http.StatusForbidden, "csrf.invalid")
	nobody.must(http.StatusCreated, nobody.post("/crm/customers", in, "Cookie", session, "X-Csrf-Token", csrf))
	for _, path := range []string{"/login", "/signup"} {
		nobody.refused("from another site", nobody.post(path, login, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden, "csrf.origin")
		nobody.refused("from another origin", nobody.post(path, login, "Origin", "https://evil.example"), http.StatusForbidden, "csrf.origin")
	}
	nobody.must(http.StatusOK, nobody.post("/login", login, "Origin", o.w.url))
	// A company founded in the name of who is logged in needs the token too.
	out := nobody.must(http.StatusCreated, nobody.post("/signup", m{"company": "Forged", "name": "x", "email": o.email, "password": "another long password", "token": true}, "Cookie", session))
	if id := str(out["person"].(m), "id"); id == str(first.body["person"].(m), "id") {
		t.Error("a sign-up without the token was done in the name of the cookie's person")
	}
	nobody.do(http.MethodPost, "/logout", nil, "Cookie", session, "X-Csrf-Token", csrf)
	nobody.refused("after the logout", nobody.do(http.MethodGet, "/crm/customers", nil, "Cookie", session), http.StatusUnauthorized, "login.required")
}

// Whoever signs up with somebody else's address neither gets in there nor keeps them out.
func TestStrangersCannotCrowdAnAddressOut(t *testing.T) {
	o := newWorld(t).signUp(t, "Victim", "crm")
	nobody := person{w: o.w, t: t}
	for i := range 6 {
		nobody.must(http.StatusCreated, nobody.post("/signup", m{"company": fmt.Sprint("Squat ", i), "name": "x", "email": o.email, "password": "not the same one", "modules": []string{}}))
	}
	out := nobody.must(http.StatusOK, nobody.post("/login", m{"email": o.email, "password": "correct horse battery", "token": true}))
	if got := str(out["tenant"].(m), "name"); got != "Victim" {
		t.Errorf("logged in to %s", got)
	}
	unknown := nobody.post("/login", m{"email": "nobody@example.com", "password": "x"})
	wrong := nobody.post("/login", m{"email": o.email, "password": "x"})
	if plainProblem(unknown) != plainProblem(wrong) || unknown.status != wrong.status {
		t.Errorf("unknown: %s, wrong: %s", unknown.raw, wrong.raw)
	}
}

// Twenty a minute pass, a flood does not.
func TestLoginsAreLimited(t *testing.T) {
	nobody := person{w: newWorld(t), t: t}
	last := 0
	for i := range 160 {
		last = nobody.post("/login", m{"email": fmt.Sprintf("p%d@example.com", i), "password": "x"}).status
		if i < 40 && last != http.StatusUnauthorized {
			t.Fatalf("login %d: %d", i, last)
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the last of 160 in a minute got %d", last)
	}
}

// Wrong passwords are counted for all processes together, per account and network; the right one from there waits too, until time has passed, and nobody
// else does.
func TestGuessesAreCountedByAllProcesses(t *testing.T) {
	aside(t)
	database := tenancytest.Database(t)
	one, two := worldAt(t, database), worldAt(t, database)
	owner := one.signUp(t, "Guessed")
	sally := owner.hire("sally", "sales")
	try := func(w *world, email, password string) answer {
		return person{w: w, t: t}.post("/login", m{"email": email, "password": password, "token": true})
	}
	for i := range 10 {
		if a := try([]*world{one, two}[i%2], sally.email, "wrong wrong wrong"); a.status != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d %s", i, a.status, a.raw)
		}
	}
	for _, w := range []*world{one, two} {
		if a := try(w, sally.email, "correct horse battery"); a.status != http.StatusTooManyRequests || a.body["reason"] != "login.wait" || a.header.Get("Retry-After") == "" {
			t.Errorf("after ten guesses: %d %s", a.status, a.raw)
		}
		owner.must(http.StatusOK, try(w, owner.email, "correct horse battery"))
	}
	if err := one.app.DB.Registry(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update tenon.failed_login set last_at = last_at - interval '1 minute' where times = 10")
		if err == nil && tag.RowsAffected() != 2 { // from here, and from everywhere
			t.Errorf("%d counts", tag.RowsAffected())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	sally.must(http.StatusOK, try(two, sally.email, "correct horse battery"))
	if a := try(one, sally.email, "wrong wrong wrong"); a.status != http.StatusUnauthorized { // forgiven: it begins anew
		t.Errorf("after the right one: %d %s", a.status, a.raw)
	}
	sally.must(http.StatusOK, try(one, sally.email, "correct horse battery"))
}

// Who is switched off is out at once, and a failed hire leaves the address free.
func TestPeopleComeAndGoCleanly(t *testing.T) {
	o := newWorld(t).signUp(t, "People")
	q := o.hire("joe", "viewer")
	o.must(http.StatusOK, o.patch("/users/"+q.id, m{"active": false}))
	q.refused("switched off", q.get("/crm/customers"), http.StatusUnauthorized, "login.required")
	bad := m{"name": "Ann", "email": "ann@example.com", "password": "short", "roles": []string{"viewer"}}
	o.refused("a short password", o.post("/users", bad), http.StatusBadRequest, "fields.invalid")
	bad["password"] = 12345678
	o.refused("a number for a password", o.post("/users", bad), http.StatusBadRequest, "fields.invalid")
	bad["password"] = "long enough now"
	o.refused("a trial", o.post("/users?dry_run=true", bad), http.StatusBadRequest, "dry_run")
	o.must(http.StatusCreated, o.post("/users", bad))
}
