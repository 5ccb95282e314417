package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"
)

// A person changes what is theirs: the name, the language, and, with the old one, the password. All other sessions of theirs end.
func TestPeopleChangeTheirOwn(t *testing.T) {
	owner := newWorld(t).signUp(t, "Self")
	sally := owner.hire("sally", "viewer")
	sally.must(http.StatusNoContent, sally.do(http.MethodPatch, "/me", m{"name": "Sally Sun", "locale": "en", "allow_mail": false}))
	same(t, "me", sally.must(http.StatusOK, sally.get("/me")), m{"name": "Sally Sun", "locale": "en"})
	same(t, "the record", owner.one("users", "name=Sally+Sun"), m{"locale": "en", "allow_mail": false})
	sally.refused("no name", sally.do(http.MethodPatch, "/me", m{"name": " ", "locale": "fr"}), http.StatusBadRequest, "")
	sally.refused("roles", sally.do(http.MethodPatch, "/me", m{"roles": []string{"owner"}}), http.StatusBadRequest, "")

	again := sally
	again.token = str(again.must(http.StatusOK, again.post("/login", m{"email": sally.email, "password": "correct horse battery", "token": true})), "token")
	robot := sally
	robot.token = str(sally.must(http.StatusCreated, sally.post("/tokens", m{"name": "robot"})), "token")
	browser := enter(t, sally, "correct horse battery")
	other := enter(t, sally, "correct horse battery")
	for what, in := range map[string]m{
		"old_password": {"old_password": "wrong horse battery", "new_password": "another horse battery"},
		"new_password": {"old_password": "correct horse battery", "new_password": "short"},
	} {
		if a := sally.post("/me/password", in); a.status != http.StatusBadRequest || fieldIn(a.body["fields"], "field", what) == nil {
			t.Errorf("%s: %d %s", what, a.status, a.raw)
		}
	}
	robot.refused("a program's token", robot.post("/me/password", m{"old_password": "correct horse battery", "new_password": "another horse battery"}), http.StatusForbidden, "token.scope")
	if status, body := browser.do(http.MethodPost, "/me/password", m{"old_password": "correct horse battery", "new_password": "another horse battery"}); status != http.StatusOK {
		t.Fatalf("%d %v", status, body)
	} else {
		browser.csrf = str(body, "csrf_token")
	}
	for name, status := range map[string]int{"this session": browser.get("/me"), "a program": robot.get("/me").status} {
		if status != http.StatusOK {
			t.Errorf("%s ended: %d", name, status)
		}
	}
	if status, _ := browser.do(http.MethodPatch, "/me", m{"name": "Sally"}); status != http.StatusNoContent {
		t.Errorf("the new CSRF token is refused: %d", status)
	}
	for name, status := range map[string]int{"another session": other.get("/me"), "a login": again.get("/me").status, "the first login": sally.get("/me").status} {
		if status != http.StatusUnauthorized {
			t.Errorf("%s goes on: %d", name, status)
		}
	}
	sally.refused("the old password", sally.post("/login", m{"email": sally.email, "password": "correct horse battery"}), http.StatusUnauthorized, "login.refused")
	sally.must(http.StatusOK, sally.post("/login", m{"email": sally.email, "password": "another horse battery", "token": true}))
}

func fieldIn(list any, member, value string) m {
	all, _ := list.([]any)
	for _, x := range all {
		if one, _ := x.(m); one[member] == value {
			return one
		}
	}
	return nil
}

// session is a browser that is logged in.
type session struct {
	t      *testing.T
	url    string
	csrf   string
	client *http.Client
}

func enter(t *testing.T, p person, password string) *session {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, url: p.w.url + "/api/v1", client: &http.Client{Jar: jar}}
	_, body := s.do(http.MethodPost, "/login", m{"email": p.email, "password": password})
	s.csrf = str(body, "csrf_token")
	return s
}

func (s *session) do(method, path string, in m) (status int, body m) {
	s.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Csrf-Token", s.csrf)
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if raw, err = io.ReadAll(res.Body); err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &body)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, body
}

func (s *session) get(path string) int {
	status, _ := s.do(http.MethodGet, path, nil)
	return status
}
