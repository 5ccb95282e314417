package crm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// m is a JSON object.
type m = map[string]any

// person is somebody of a company who is logged in. Everything is done by HTTP, as people do it.
type person struct {
	t     *testing.T
	url   string
	token string
	id    string
	email string
}

// company signs up a company with these modules and returns its owner.
func company(t *testing.T, modules ...string) person {
	t.Helper()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	a, err := app.Open(t.Context(), app.Config{Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.API.Handler(http.NotFoundHandler()))
	t.Cleanup(func() {
		srv.Close()
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	p := person{t: t, url: srv.URL, email: "owner@example.com"}
	in := m{"company": "Acme", "name": "Owner", "email": p.email, "password": "correct horse battery", "locale": "en", "token": true}
	if modules != nil {
		in["modules"] = modules
	}
	out := p.must(http.StatusCreated, http.MethodPost, "/signup", in)
	p.token, p.id = text(out, "token"), text(out, "user_id")
	return p
}

// hire adds a colleague with roles and logs them in.
func (p person) hire(name string, roles ...string) person {
	p.t.Helper()
	email := name + "@example.com"
	u := p.must(http.StatusCreated, http.MethodPost, "/users", m{"name": name, "email": email, "password": "correct horse battery", "roles": roles})
	q := person{t: p.t, url: p.url, email: email, id: text(u, "id")}
	q.token = text(q.must(http.StatusOK, http.MethodPost, "/login", m{"email": email, "password": "correct horse battery", "token": true}), "token")
	return q
}

func (p person) do(method, path string, in any, header ...string) (int, m, string) {
	p.t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			p.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1"+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "en")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var out m
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &out); err != nil {
			p.t.Fatal(err)
		}
	}
	return res.StatusCode, out, string(raw)
}

// must fails unless the request is answered with the status.
func (p person) must(status int, method, path string, in any, header ...string) m {
	p.t.Helper()
	got, out, raw := p.do(method, path, in, header...)
	if got != status {
		p.t.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, raw)
	}
	return out
}

func (p person) create(path string, in m) m {
	p.t.Helper()
	return p.must(http.StatusCreated, http.MethodPost, "/"+path, in)
}

func (p person) act(path string, rec m, action string, in any) m {
	p.t.Helper()
	return p.must(http.StatusOK, http.MethodPost, "/"+path+"/"+text(rec, "id")+"/"+action, in)
}

// refuse fails unless the action is refused with the status and reason; it returns the names of the fields.
func (p person) refuse(status int, reason, path string, rec m, action string, in any) string {
	p.t.Helper()
	out := p.must(status, http.MethodPost, "/"+path+"/"+text(rec, "id")+"/"+action, in)
	if text(out, "reason") != reason {
		p.t.Fatalf("%s %s is refused for %v, want %s", path, action, out, reason)
	}
	list, _ := out["fields"].([]any)
	names := make([]string, len(list))
	for i, f := range list {
		x, _ := f.(m)
		names[i] = text(x, "field")
	}
	return strings.Join(names, ",")
}

func (p person) read(path string, rec m) m {
	p.t.Helper()
	return p.must(http.StatusOK, http.MethodGet, "/"+path+"/"+text(rec, "id"), nil)
}

func (p person) list(path, query string) []m {
	p.t.Helper()
	out := p.must(http.StatusOK, http.MethodGet, "/"+path+"?limit=500&"+query, nil)
	data, _ := out["data"].([]any)
	rows := make([]m, len(data))
	for i, x := range data {
		rows[i], _ = x.(m)
	}
	return rows
}

func (p person) one(path, query string) m {
	p.t.Helper()
	rows := p.list(path, query)
	if len(rows) != 1 {
		p.t.Fatalf("%s?%s: %d records, want one: %v", path, query, len(rows), rows)
	}
	return rows[0]
}

func text(x m, key string) string { s, _ := x[key].(string); return s }

// same compares fields of a record with what is expected; numbers by value.
func same(t *testing.T, what string, x, want m) {
	t.Helper()
	for k, v := range want {
		got, exp := fmt.Sprint(x[k]), fmt.Sprint(v)
		a, err1 := money.Parse(got)
		b, err2 := money.Parse(exp)
		if got != exp && (err1 != nil || err2 != nil || !a.Equal(b)) {
			t.Errorf("%s: %s is %v, want %v", what, k, x[k], v)
		}
	}
}

// digits writes a version.
func digits(v float64) string { return strconv.Itoa(int(v)) }
