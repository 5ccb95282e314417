package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/tenon-hq/tenon/web"
)

// contract holds answers against the documents that their callers get.
type contract struct {
	t       *testing.T
	api     http.Handler
	mu      sync.Mutex
	callers map[string]*terms // by credentials
	seen    map[string]int    // how many answers of an operation were checked
}

// terms is one caller's document.
type terms struct {
	doc    *openapi3.T
	router routers.Router
}

// underContract returns the same world, with every answer checked on its way out.
func underContract(t *testing.T, w *world) (*world, *contract) {
	t.Helper()
	c := &contract{t: t, api: w.app.API.Handler(web.Handler()), callers: map[string]*terms{}, seen: map[string]int{}}
	srv := httptest.NewServer(c)
	t.Cleanup(srv.Close)
	return &world{app: w.app, url: srv.URL}, c
}

func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(in))
	rec := httptest.NewRecorder()
	c.api.ServeHTTP(rec, r)
	r.Body = io.NopCloser(bytes.NewReader(in))
	if err := c.check(r, rec); err != nil {
		c.t.Errorf("%s %s (%d) breaks the contract: %.1200s\n%.600s", r.Method, r.URL, rec.Code, err.Error(), rec.Body)
	}
	maps.Copy(w.Header(), rec.Header())
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// of returns the caller's document, read once for each caller: rights that change on the way would need a fresh one.
func (c *contract) of(credentials string) *terms {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x, ok := c.callers[credentials]; ok {
		return x
	}
	c.callers[credentials] = nil // an error is told once
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, "/api/v1/openapi.json", nil)
	r.Header.Set("Authorization", credentials)
	r.Header.Set("Accept-Language", "en")
	rec := httptest.NewRecorder()
	c.api.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		c.t.Errorf("no document: %s", rec.Body)
		return nil
	}
	doc, err := openapi3.NewLoader().LoadFromData(rec.Body.Bytes())
	if err == nil {
		err = doc.Validate(c.t.Context())
	}
	if err != nil {
		c.t.Error(err)
		return nil
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		c.t.Error(err)
		return nil
	}
	c.callers[credentials] = &terms{doc, router}
	return c.callers[credentials]
}

// check holds one answer against its caller's document.
func (c *contract) check(r *http.Request, rec *httptest.ResponseRecorder) error {
	credentials := r.Header.Get("Authorization")
	if credentials == "" || !strings.HasPrefix(r.URL.Path, "/api/") {
		return nil
	}
	x := c.of(credentials)
	if x == nil {
		return nil
	}
	route, vars, err := x.router.FindRoute(r)
	if err != nil {
		if rec.Code < 400 {
			return errors.New("it is not in the caller's document")
		}
		return nil
	}
	c.mu.Lock()
	c.seen[route.Operation.OperationID]++
	c.mu.Unlock()
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route, Options: &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}}
	if rec.Code < 300 && r.Method == http.MethodGet {
		if err := openapi3filter.ValidateRequest(c.t.Context(), in); err != nil {
			return fmt.Errorf("it works and the document refuses it: %w", err)
		}
	}
	if rec.Code == http.StatusNoContent || rec.Header().Get("Content-Encoding") != "" || slices.ContainsFunc([]string{"text/csv", "spreadsheetml", "x-ndjson"}, func(media string) bool {
		return strings.Contains(rec.Header().Get("Content-Type"), media)
	}) {
		return nil
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code, Header: rec.Header(), Options: in.Options}
	out.SetBodyBytes(rec.Body.Bytes())
	return openapi3filter.ValidateResponse(c.t.Context(), out)
}

// What is answered is what the document says: for each person's own rights, on every list, record, story and report.
func TestAnswersKeepTheContract(t *testing.T) {
	w, c := underContract(t, newWorld(t))
	x := newCompany(t, w, "Contract")
	x.stock(x.steel, "50", "9")
	deal := x.sales.create("crm/opportunities", m{
		"name": "Two machines", "customer_id": x.customer["id"], "lines": []m{{"product_id": x.machine["id"], "quantity": "1", "unit_price": "6000"}},
	})
	path := "/crm/opportunities/" + str(deal, "id")
	x.sales.must(http.StatusOK, x.sales.post(path+"/win?dry_run=true", nil))
	x.sales.post(path+"/win", nil)
	x.sales.must(http.StatusConflict, x.sales.post(path+"/win", nil))
	x.sales.must(http.StatusBadRequest, x.sales.post("/crm/customers", m{"nme": "Northwind"}))

	for _, p := range []person{x.owner, x.sales, x.store} {
		raw := p.get("/openapi.json").raw
		doc, err := openapi3.NewLoader().LoadFromData([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		for path, item := range doc.Paths.Map() {
			if item.Get == nil || strings.Contains(path, "{") || strings.HasSuffix(path, "/openapi.json") || strings.HasSuffix(path, "/policy/explain") ||
				strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "/search") || strings.Contains(path, "/sso/") { // a stream, what needs a text, and steps of a login
				continue
			}
			if asks := []string{"/sales/promise", "/sales/revision_changes", "/inventory/lot_trace", "/inventory/availability"}; slices.ContainsFunc(asks, func(end string) bool { return strings.HasSuffix(path, end) }) {
				p.refused(path+" without a question", p.get(strings.TrimPrefix(path, "/api/v1")), http.StatusBadRequest, "fields.invalid")
				continue
			}
			if (strings.HasSuffix(path, "/audit") || strings.HasSuffix(path, "/jobs")) && p.token != x.owner.token {
				continue // others see the history of one record only, and their own jobs
			}
			c.walk(p, strings.TrimPrefix(path, "/api/v1"), doc)
		}
	}
	if x.owner.get("/search?q=a").status != http.StatusOK {
		t.Error("a search")
	}
	if x.owner.get("/sales/orders?status[in]=draft,confirmed&total_amount[gte]=10&sort=-no&expand=customer&count=true").status != http.StatusOK {
		t.Error("a filtered list")
	}
	for _, want := range []string{"sales.orders.list", "sales.orders.read", "sales.orders.tree", "crm.opportunities.do.win", "crm.customers.create", "finance.reports.trial_balance", "me", "audit", "search", "sales.orders.history", "crm.customers.related"} {
		if c.seen[want] == 0 {
			t.Errorf("no answer of %s was checked", want)
		}
	}
}

// walk reads a list with all that can be expanded, its first record and that one's story.
func (c *contract) walk(p person, path string, doc *openapi3.T) {
	c.t.Helper()
	list := doc.Paths.Value("/api/v1" + path).Get
	query := ""
	if x := list.Parameters.GetByInAndName("query", "expand"); x != nil {
		var names []string
		for _, v := range x.Schema.Value.Items.Value.Enum {
			names = append(names, v.(string))
		}
		query = "?expand=" + strings.Join(names, ",")
	}
	a := p.get(path + query)
	if a.status != http.StatusOK {
		c.t.Errorf("GET %s: %d %.300s", path+query, a.status, a.raw)
		return
	}
	one := doc.Paths.Value("/api/v1" + path + "/{id}")
	data, _ := a.body["data"].([]any)
	if one == nil || one.Get == nil || len(data) == 0 {
		return
	}
	first, _ := data[0].(m)
	key, _ := json.Marshal(first["id"])
	id := strings.Trim(string(key), `"`)
	for _, part := range []string{"", "/tree", "/history", "/related"} {
		if doc.Paths.Value("/api/v1"+path+"/{id}"+part) == nil {
			continue
		}
		next := path + "/" + id + part
		if a := p.get(next); a.status != http.StatusOK {
			c.t.Errorf("GET %s: %d %.300s", next, a.status, a.raw)
		}
	}
}

// A wrong answer is found: without this, the test above proves nothing.
func TestContractFindsWrongAnswers(t *testing.T) {
	w, c := underContract(t, newWorld(t))
	p := w.signUp(t, "Control", "crm")
	made := p.create("crm/customers", m{"name": "Northwind"})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/crm/customers/"+str(made, "id"), nil)
	r.Header.Set("Authorization", "Bearer "+p.token)
	answer := func(status int, change func(m)) error {
		body := maps.Clone(made)
		change(body)
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		rec.Header().Set("Content-Type", "application/json")
		rec.WriteHeader(status)
		_, _ = rec.Write(raw)
		return c.check(r, rec)
	}
	if err := answer(http.StatusOK, func(m) {}); err != nil {
		t.Errorf("the right answer is refused: %v", err)
	}
	for name, change := range map[string]func(m){
		"money as a number": func(x m) { x["credit_limit"] = 12.5 },
		"an unknown state":  func(x m) { x["version"] = "one" },
		"no id":             func(x m) { delete(x, "id") },
	} {
		if answer(http.StatusOK, change) == nil {
			t.Errorf("%s is not found", name)
		}
	}
	if answer(http.StatusConflict, func(m) {}) == nil {
		t.Error("an error without its members is not found")
	}
}

// Nothing at all is no record of any kind: what is missing is named, whatever a module looks up first.
func TestContractEmptyBodies(t *testing.T) {
	c := newCompany(t, newWorld(t), "Empty")
	for _, def := range c.owner.w.app.Engine.Catalog().All() {
		if def.Collection == "" {
			continue
		}
		for _, in := range []m{{}, {"lines": []m{{}}}} {
			if a := c.owner.post("/"+def.Path()+"?dry_run=true", in); a.status >= http.StatusInternalServerError {
				t.Errorf("%s: %d %s", def.Path(), a.status, a.raw)
			}
		}
	}
}
