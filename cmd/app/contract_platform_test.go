package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
)

func TestContractSeeds(t *testing.T) {
	w := newWorld(t)
	nobody := person{w: w, t: t}
	// Nothing but who and what: all modules, Chinese.
	out := nobody.must(http.StatusCreated, nobody.post("/signup", m{"company": "默认", "name": "王", "email": "seeds@example.com", "password": "correct horse battery", "token": true}, "Accept-Language", ""))
	p := person{w: w, t: t, token: str(out, "token")}
	var units []string
	for _, u := range p.list("inventory/units_of_measure", "") {
		units = append(units, str(u, "code"))
	}
	for _, u := range []string{"pcs", "box", "kg", "g", "m", "l", "h"} {
		if !slices.Contains(units, u) {
			t.Errorf("no unit %s: %v", u, units)
		}
	}
	p.one("inventory/warehouses", "")
	p.one("inventory/locations", "type=internal")
	for _, kind := range []string{"supplier", "customer", "production", "loss"} {
		if len(p.list("inventory/locations", "type="+kind)) == 0 {
			t.Errorf("no location of type %s", kind)
		}
	}
	var codes []string
	for _, a := range p.list("finance/accounts", "") {
		codes = append(codes, str(a, "code"))
	}
	for _, c := range []string{"1001", "1002", "1122", "1405", "2202", "2221", "6001", "6401"} {
		if !slices.Contains(codes, c) {
			t.Errorf("no account %s: %v", c, codes)
		}
	}
	me := p.must(http.StatusOK, p.do(http.MethodGet, "/me", nil, "Accept-Language", ""))
	if me["locale"] != "zh-CN" || fmt.Sprint(me["roles"]) != "[owner]" || me["email"] != "seeds@example.com" {
		t.Errorf("me: %v", me)
	}
	for _, mod := range []string{"crm", "sales", "inventory", "production", "purchasing", "projects", "finance"} {
		if !strings.Contains(fmt.Sprint(me["modules"]), mod) {
			t.Errorf("%s is off: %v", mod, me["modules"])
		}
	}
	for _, in := range []m{
		{"company": "", "name": "x", "email": "a@example.com", "password": "correct horse battery"},
		{"company": "x", "name": "x", "email": "none", "password": "correct horse battery"},
		{"company": "x", "name": "x", "email": "a@example.com", "password": "x"},
		{"company": "x", "name": "x", "email": "a@example.com", "password": "correct horse battery", "modules": []string{"teleport"}},
		{"company": "x", "name": "x", "email": "a@example.com", "password": "correct horse battery", "locale": "fr"},
		{"company": "x", "colour": "red"},
	} {
		nobody.refused(fmt.Sprint(in), nobody.post("/signup", in), http.StatusBadRequest, "")
	}
	nobody.refused("a wrong password", nobody.post("/login", m{"email": "seeds@example.com", "password": "wrong horse battery"}), http.StatusUnauthorized, "")
	nobody.refused("an unknown address", nobody.post("/login", m{"email": "nobody@example.com", "password": "wrong horse battery"}), http.StatusUnauthorized, "")
}

func TestContractModulesTokensRoles(t *testing.T) {
	p := newWorld(t).signUp(t, "Platform", "crm")
	list := p.must(http.StatusOK, p.get("/modules"))["data"].([]any)
	for _, x := range list {
		for _, member := range []string{"name", "label", "state", "price", "needs", "needed_by"} {
			if x.(m)[member] == nil {
				t.Errorf("a module without %s: %v", member, x)
			}
		}
	}
	p.refused("an unknown module", p.do(http.MethodPut, "/modules", m{"on": []string{"teleport"}}), http.StatusBadRequest, "")
	p.refused("an unknown member", p.do(http.MethodPut, "/modules", m{"enable": []string{"sales"}}), http.StatusBadRequest, "")

	for _, x := range []struct {
		modules any
		want    string
	}{
		{m{"projects": true}, "crm projects"},
		{[]m{{"name": "projects", "state": "off"}}, "crm"},
		{[]string{"crm", "sales", "inventory"}, "crm inventory sales"},
		{[]string{"crm"}, "crm"},
	} {
		p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"modules": x.modules}))
		var on []string
		for _, y := range p.must(http.StatusOK, p.get("/modules"))["data"].([]any) {
			if y.(m)["state"] == "on" && y.(m)["always"] != true {
				on = append(on, str(y.(m), "name"))
			}
		}
		if got := inOrder(strings.Join(on, " ")); got != x.want {
			t.Errorf("after %v: %s, want %s", x.modules, got, x.want)
		}
	}
	p.refused("no state", p.do(http.MethodPut, "/modules", m{"modules": []m{{"name": "sales"}}}), http.StatusBadRequest, "")

	made := p.must(http.StatusCreated, p.post("/tokens", m{"name": "reader", "scopes": []string{"crm:read"}}))
	if !strings.HasPrefix(str(made, "token"), "tn_") || made["expires_at"] == nil {
		t.Errorf("token: %v", made)
	}
	if a := p.get("/tokens"); a.status != http.StatusOK || strings.Contains(a.raw, str(made, "token")) || !strings.Contains(a.raw, "reader") {
		t.Errorf("tokens: %s", a.raw)
	}
	reader := person{w: p.w, t: t, token: str(made, "token")}
	reader.must(http.StatusOK, reader.get("/crm/customers"))
	reader.must(http.StatusOK, reader.get("/me"))
	reader.refused("writing", reader.post("/crm/customers", m{"name": "x"}), http.StatusForbidden, "token.scope")
	reader.refused("another module", reader.get("/inventory/products"), http.StatusForbidden, "token.scope")
	p.refused("an unknown scope", p.post("/tokens", m{"name": "x", "scopes": []string{"everything"}}), http.StatusBadRequest, "")
	p.must(http.StatusNoContent, p.do(http.MethodDelete, "/tokens/"+str(made, "id"), nil))
	reader.refused("revoked", reader.get("/crm/customers"), http.StatusUnauthorized, "")

	roles := fmt.Sprint(p.must(http.StatusOK, p.get("/roles"))["data"])
	for _, r := range []string{"owner", "admin", "sales", "sales_director", "buyer", "planner", "warehouse", "finance", "project_manager", "security_officer", "viewer"} {
		if !strings.Contains(roles, "name:"+r+"]") && !strings.Contains(roles, "name:"+r+" ") {
			t.Errorf("no role %s: %s", r, roles)
		}
	}
	u := p.must(http.StatusCreated, p.post("/users", m{"email": "nopass@example.com", "name": "N", "roles": []string{"viewer"}}))
	if fmt.Sprint(u["roles"]) != "[viewer]" {
		t.Errorf("user: %v", u)
	}
	p.refused("a user twice", p.post("/users", m{"email": "nopass@example.com", "name": "N", "roles": []string{"viewer"}}), http.StatusConflict, "")
	p.refused("an unknown role", p.post("/users", m{"email": "r@example.com", "name": "N", "roles": []string{"wizard"}}), http.StatusBadRequest, "")
	p.one("users", "email=nopass@example.com")
	p.must(http.StatusOK, p.do(http.MethodPatch, "/users/"+str(u, "id"), m{"roles": []string{"sales"}}, "If-Match", fmt.Sprint(u["version"])))

	c := p.create("crm/customers", m{"name": "Audited"})
	audit := p.must(http.StatusOK, p.get("/audit?entity=crm.customer&record_id="+str(c, "id")))
	if rows, _ := audit["data"].([]any); len(rows) != 1 {
		t.Errorf("audit: %v", audit)
	}
	p.refused("an unknown filter", p.get("/audit?colour=red"), http.StatusBadRequest, "")
	p.must(http.StatusNoContent, p.post("/logout", nil))
	p.refused("logged out", p.get("/me"), http.StatusUnauthorized, "")
}

func TestContractSessions(t *testing.T) {
	w := newWorld(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{Jar: jar}
	call := func(method, path, body string, headers ...string) (int, m, *http.Response) {
		req, err := http.NewRequestWithContext(t.Context(), method, w.url+"/api/v1"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close() //nolint:errcheck // read to the end
		return res.StatusCode, decoded(t, res.Body), res
	}
	status, out, res := call(http.MethodPost, "/signup", `{"company":"Cookie","name":"C","email":"cookie@example.com","password":"correct horse battery"}`)
	if status != http.StatusCreated || out["token"] != nil || str(out, "csrf_token") == "" {
		t.Fatalf("sign-up: %d %v", status, out)
	}
	set := res.Header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie is not %s: %s", part, set)
		}
	}
	csrf := str(out, "csrf_token")
	if status, out, _ = call(http.MethodGet, "/me", ""); status != http.StatusOK || out["csrf_token"] != csrf {
		t.Errorf("me: %d %v", status, out)
	}
	if status, out, _ = call(http.MethodPost, "/crm/customers", `{"name":"x"}`); status != http.StatusForbidden || out["reason"] != "csrf.invalid" {
		t.Errorf("without a CSRF token: %d %v", status, out)
	}
	if status, out, _ = call(http.MethodPost, "/crm/customers", `{"name":"x"}`, "X-CSRF-Token", csrf); status != http.StatusCreated {
		t.Errorf("with a CSRF token: %d %v", status, out)
	}
	if status, out, _ = call(http.MethodGet, "/workspaces", ""); status != http.StatusOK || len(out["data"].([]any)) != 1 {
		t.Errorf("workspaces: %d %v", status, out)
	}
	if status, _, _ = call(http.MethodPost, "/logout", "", "X-CSRF-Token", csrf); status != http.StatusNoContent {
		t.Errorf("logout: %d", status)
	}
	if status, _, _ = call(http.MethodGet, "/me", ""); status != http.StatusUnauthorized {
		t.Errorf("after logout: %d", status)
	}
	if status, out, _ = call(http.MethodPost, "/login", `{"email":"cookie@example.com","password":"correct horse battery"}`); status != http.StatusOK || str(out, "csrf_token") == "" {
		t.Errorf("login: %d %v", status, out)
	}
}

func decoded(t *testing.T, r io.Reader) m {
	t.Helper()
	var out m
	if err := json.NewDecoder(r).Decode(&out); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return out
}
