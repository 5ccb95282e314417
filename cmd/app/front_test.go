package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/front"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

// cellWorld is a Tenon behind a front, which may be switched off and on.
func cellWorld(t *testing.T, name, public string) (*world, front.Cell, *httptest.Server) {
	t.Helper()
	database := tenancytest.Database(t)
	a, err := app.Open(t.Context(), app.Config{Passwords: tenancytest.Cheap, DatabaseURL: database, Data: t.TempDir(), Listen: "127.0.0.1:0", PublicURL: public, Log: testLog()})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.API.Handler(web.Handler()))
	w := &world{app: a, url: srv.URL}
	t.Cleanup(func() {
		srv.Close()
		w.sound(t)
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	return w, front.Cell{Name: name, URL: srv.URL, Database: database}, srv
}

// Two installations stand behind one front: companies are spread over them, and everything that people and programs do finds the company's own.
func TestFrontFindsTheCompanysCell(t *testing.T) {
	aside(t)
	door := httptest.NewUnstartedServer(nil)
	public := "http://" + door.Listener.Addr().String()
	one, east, eastServer := cellWorld(t, "east", public)
	two, west, _ := cellWorld(t, "west", public)
	f, err := front.Open(t.Context(), front.Config{Control: tenancytest.Database(t), Cells: []front.Cell{east, west}, Domain: "erp.test", Every: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	door.Config.Handler = f
	door.Start()
	t.Cleanup(door.Close)
	w := &world{url: public, meddled: true}

	// New companies go to the cell that has the fewest, and no two get one address, whether it was chosen or not.
	alpha, beta := w.signUp(t, "Alpha"), w.signUp(t, "Beta")
	for where, want := range map[*world]string{one: "Alpha", two: "Beta"} {
		list, err := where.app.DB.List(t.Context())
		if err != nil || len(list) != 1 || list[0].Name != want {
			t.Fatalf("%v, %v: want only %s", list, err, want)
		}
	}
	visitor := person{w: w, t: t}
	taken := visitor.post("/signup", m{"company": "Other", "name": "O", "email": "o@example.com", "password": "correct horse battery", "address": "alpha", "token": true})
	if taken.status != http.StatusConflict || str(taken.body, "reason") != "address.taken" || !strings.Contains(taken.raw, `"field":"address"`) {
		t.Errorf("a taken address: %d %s", taken.status, taken.raw)
	}
	if a := visitor.get("/signup/address?address=beta"); a.status != http.StatusOK || a.body["available"] != false {
		t.Errorf("beta is taken: %d %s", a.status, a.raw)
	}
	again := visitor.must(http.StatusCreated, visitor.post("/signup", m{"company": "Alpha", "name": "O", "email": "again@example.com", "password": "correct horse battery", "token": true}))
	if tenant, _ := again["tenant"].(m); !strings.HasPrefix(str(tenant, "address"), "alpha-") {
		t.Errorf("a second Alpha has the address %v", again["tenant"])
	}

	// Tokens and logins lead to the company's own cell; a person of none is refused as anywhere.
	for _, p := range []person{alpha, beta} {
		p.create("crm/customers", m{"name": "Customer of " + p.email})
		if got := p.one("crm/customers", ""); str(got, "name") != "Customer of "+p.email {
			t.Errorf("%s reads %v", p.email, got)
		}
		out := visitor.must(http.StatusOK, visitor.post("/login", m{"email": p.email, "password": "correct horse battery", "token": true}))
		q := person{w: w, t: t, token: str(out, "token")}
		if me := q.must(http.StatusOK, q.get("/me")); str(me, "email") != p.email {
			t.Errorf("%s logged in as %v", p.email, me["email"])
		}
	}
	for _, in := range []m{{"email": alpha.email, "password": "wrong password"}, {"email": "nobody@example.com", "password": "correct horse battery"}} {
		if a := visitor.post("/login", in); a.status != http.StatusUnauthorized {
			t.Errorf("%v: %d %s", in, a.status, a.raw)
		}
	}
	sameAddress := m{"company": "Gamma", "name": "G", "email": beta.email, "password": "another horse battery", "token": true}
	visitor.must(http.StatusCreated, visitor.post("/signup", sameAddress)) // the same e-mail address in the other cell: each password opens its own
	for password, company := range map[string]string{"correct horse battery": "Beta", "another horse battery": "Gamma"} {
		out := visitor.must(http.StatusOK, visitor.post("/login", m{"email": beta.email, "password": password, "token": true}))
		if tenant, _ := out["tenant"].(m); str(tenant, "name") != company {
			t.Errorf("%s opened %v, not %s", password, tenant, company)
		}
	}
	browse(t, public, beta)
	readdressed(t, alpha, beta)

	// A cell that is away takes only its own with it: nobody of it is told that their login is no good.
	eastServer.Close()
	beta.must(http.StatusOK, beta.get("/me"))
	if a := alpha.get("/me"); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("a cell that is away: %d %s", a.status, a.raw)
	}
	if a, err := visitor.sendTo(t.Context(), http.MethodGet, public+"/", nil); err != nil || a.status != http.StatusOK {
		t.Errorf("the login page: %d %v", a.status, err)
	}
}

// browse logs in by cookie, at the common name and at the company's own, and writes.
func browse(t *testing.T, public string, p person) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	call := func(method, path, host string, in m, csrf string) (int, m) {
		t.Helper()
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, public+"/api/v1"+path, strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("X-Csrf-Token", csrf)
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		out := m{}
		_ = json.NewDecoder(res.Body).Decode(&out)
		return res.StatusCode, out
	}
	login := m{"email": p.email, "password": "correct horse battery"}
	for _, host := range []string{"", "beta.erp.test", "beta.erp.test:8080"} { // the browser keeps cookies for each
		status, out := call(http.MethodPost, "/login", host, login, "")
		if status != http.StatusOK {
			t.Fatalf("login: %d %v", status, out)
		}
		if status, made := call(http.MethodPost, "/crm/customers", host, m{"name": "By cookie"}, str(out, "csrf_token")); status != http.StatusCreated {
			t.Errorf("a write by cookie: %d %v", status, made)
		}
		if status, out := call(http.MethodGet, "/me", host, nil, ""); status != http.StatusOK {
			t.Errorf("%q: %d %v", host, status, out)
		}
	}
	if status, out := call(http.MethodGet, "/me", "nobody.erp.test", nil, ""); status != http.StatusUnauthorized {
		t.Errorf("nobody's: %d %v", status, out)
	}
	if status, out := call(http.MethodPost, "/login", "alpha.erp.test", login, ""); status != http.StatusUnauthorized {
		t.Errorf("a login at a company of another cell: %d %v", status, out)
	}
}

// readdressed: a company takes another address, but none that a company of another cell has.
func readdressed(t *testing.T, alpha, beta person) {
	t.Helper()
	alpha.refused("an address of the other cell", alpha.do(http.MethodPut, "/sign_in", m{"address": "beta"}), http.StatusConflict, "address.taken")
	for range 2 { // no address is nobody's: the second is told the same as the first
		alpha.refused("no address", alpha.do(http.MethodPut, "/sign_in", m{"address": ""}), http.StatusBadRequest, "fields.invalid")
	}
	alpha.must(http.StatusOK, alpha.do(http.MethodPut, "/sign_in", m{"address": "alpha-works"}))
	beta.refused("an address just taken", beta.do(http.MethodPut, "/sign_in", m{"address": "alpha-works"}), http.StatusConflict, "address.taken")
	beta.must(http.StatusOK, beta.do(http.MethodPut, "/sign_in", m{"address": "beta"})) // its own
	beta.must(http.StatusOK, beta.do(http.MethodPut, "/sign_in", m{"address": "alpha"}))
}
