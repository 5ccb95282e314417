package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

// world is a running Tenon on a database of its own, reached by HTTP only.
type world struct {
	app     *app.App
	url     string
	meddled bool // the test has broken data on purpose
}

// m is a JSON object.
type m = map[string]any

func newWorld(t *testing.T) *world {
	t.Helper()
	aside(t)
	return worldAt(t, tenancytest.Database(t))
}

var besides sync.Map // the tests that run beside others

// aside lets a test run beside others: a world has a database of its own. Parts of a test keep their order.
func aside(t *testing.T) {
	t.Helper()
	if _, again := besides.LoadOrStore(t, true); !again && !strings.Contains(t.Name(), "/") {
		t.Parallel()
	}
}

func worldAt(t *testing.T, database string) *world {
	t.Helper()
	return worldWith(t, app.Config{DatabaseURL: database, Data: t.TempDir()})
}

func worldWith(t *testing.T, cfg app.Config) *world {
	t.Helper()
	cfg.Passwords, cfg.Listen, cfg.Log = tenancytest.Cheap, "127.0.0.1:0", testLog()
	a, err := app.Open(t.Context(), cfg)
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
	return w
}

func testLog() *slog.Logger {
	if os.Getenv("TENON_TEST_LOG") != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	return slog.New(slog.DiscardHandler)
}

// sound fails the test when documents, stock and ledger contradict each other in any company. It runs after every story.
func (w *world) sound(t *testing.T) {
	t.Helper()
	if w.meddled {
		return
	}
	findings, err := w.app.Verify(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Errorf("the data could not be checked: %v", err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s: %s: %s", f.Tenant, f.Check, f.Label.EN, f.What)
	}
}

// person is somebody who is logged in with a token.
type person struct {
	w     *world
	t     *testing.T
	token string
	id    string
	email string
}

// signUp makes a company with its owner.
func (w *world) signUp(t *testing.T, company string, modules ...string) person {
	t.Helper()
	p := person{w: w, t: t, email: strings.ToLower(company) + "@example.com"}
	in := m{"company": company, "name": "Owner of " + company, "email": p.email, "password": "correct horse battery", "locale": "en", "token": true}
	if modules != nil {
		in["modules"] = modules
	}
	out := p.must(http.StatusCreated, p.post("/signup", in))
	p.token, _ = out["token"].(string)
	p.id, _ = out["user_id"].(string)
	return p
}

// hire adds a colleague with roles and logs them in.
func (p person) hire(name string, roles ...string) person {
	p.t.Helper()
	email := name + "-" + p.email
	u := p.must(http.StatusCreated, p.post("/users", m{"name": name, "email": email, "password": "correct horse battery", "roles": roles}))
	q := person{w: p.w, t: p.t, email: email}
	out := q.must(http.StatusOK, q.post("/login", m{"email": email, "password": "correct horse battery", "token": true}))
	q.token, _ = out["token"].(string)
	q.id, _ = u["id"].(string)
	return q
}

// answer is what a request got.
type answer struct {
	status int
	body   m
	header http.Header
	raw    string
}

func (p person) do(method, path string, in any, headers ...string) answer {
	p.t.Helper()
	a, err := p.send(p.t.Context(), method, path, in, headers...)
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

// send is do for who expects that there may be no answer.
func (p person) send(ctx context.Context, method, path string, in any, headers ...string) (answer, error) {
	return p.sendTo(ctx, method, p.w.url+"/api/v1"+path, in, headers...)
}

// sendTo is send to an address outside of the API.
func (p person) sendTo(ctx context.Context, method, url string, in any, headers ...string) (answer, error) {
	var body io.Reader
	switch x := in.(type) {
	case nil:
	case string:
		body = strings.NewReader(x)
	default:
		raw, err := json.Marshal(x)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(raw)
	}
	return p.request(ctx, method, url, body, headers...)
}

func (p person) request(ctx context.Context, method, url string, body io.Reader, headers ...string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept-Language", "en")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // not everything is an object
	return a, nil
}

func (p person) get(path string) answer { p.t.Helper(); return p.do(http.MethodGet, path, nil) }

func (p person) post(path string, in any, headers ...string) answer {
	p.t.Helper()
	return p.do(http.MethodPost, path, in, headers...)
}

// must fails unless the request got the status.
func (p person) must(status int, a answer) m {
	p.t.Helper()
	if a.status != status {
		p.t.Fatalf("got %d, want %d: %s", a.status, status, a.raw)
	}
	return a.body
}

// create makes a record and returns it.
func (p person) create(path string, in m) m {
	p.t.Helper()
	return p.must(http.StatusCreated, p.post("/"+path, in))
}

// act does an action as the browser does, and returns the record: first its preview, then the act with what the preview promised.
func (p person) act(path, id, action string, in any) m {
	p.t.Helper()
	at := "/" + path + "/" + id + "/" + action
	shown := p.must(http.StatusOK, p.post(at+"?dry_run=true", in))
	return p.must(http.StatusOK, p.post(at, in, "X-Preview-Hash", str(shown, "hash")))
}

func (p person) read(path, id string) m {
	p.t.Helper()
	return p.must(http.StatusOK, p.get("/"+path+"/"+id))
}

func (p person) list(path, query string) []m {
	p.t.Helper()
	out := p.must(http.StatusOK, p.get("/"+path+"?limit=500&"+query))
	data, _ := out["data"].([]any)
	rows := make([]m, len(data))
	for i, x := range data {
		rows[i], _ = x.(m)
	}
	return rows
}

// one returns the only record of a list.
func (p person) one(path, query string) m {
	p.t.Helper()
	rows := p.list(path, query)
	if len(rows) != 1 {
		p.t.Fatalf("%s?%s: %d records, want one: %v", path, query, len(rows), rows)
	}
	return rows[0]
}

func str(x m, key string) string { s, _ := x[key].(string); return s }

func lines(x m) []m {
	list, _ := x["lines"].([]any)
	out := make([]m, len(list))
	for i, l := range list {
		out[i], _ = l.(m)
	}
	return out
}

// num reads a decimal that the API wrote as a string.
func num(t *testing.T, x m, key string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(fmt.Sprint(x[key]))
	if err != nil {
		t.Fatalf("%s: %v is no number", key, x[key])
	}
	return d
}

// same compares fields of a record with what is expected; numbers by value.
func same(t *testing.T, what string, x m, want m) {
	t.Helper()
	for k, v := range want {
		got := fmt.Sprint(x[k])
		a, err1 := decimal.NewFromString(got)
		b, err2 := decimal.NewFromString(fmt.Sprint(v))
		if err1 == nil && err2 == nil && a.Equal(b) || got == fmt.Sprint(v) {
			continue
		}
		t.Errorf("%s: %s is %v, want %v", what, k, x[k], v)
	}
}
