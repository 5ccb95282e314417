package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Too much, too deep, twice or no text at all: refused with a clear answer, and nothing is lost.
func TestLimitsAnswerClearly(t *testing.T) {
	p := newWorld(t).signUp(t, "Limits", "crm", "sales")
	p.refused("a name twice", p.post("/crm/customers", `{"name":"a","name":"b"}`), http.StatusBadRequest, "json.duplicate")
	p.refused("no UTF-8", p.post("/crm/customers", "{\"name\":\"\xff\xfe\"}"), http.StatusBadRequest, "json.encoding")
	p.refused("something behind", p.post("/crm/customers", `{"name":"a"}}`), http.StatusBadRequest, "json.broken")
	p.refused("deep", p.post("/crm/customers", `{"name":`+strings.Repeat("[", 10_000)), http.StatusBadRequest, "json.depth")
	p.refused("an exponent", p.post("/crm/customers", `{"name":"a","credit_limit":1e999999}`), http.StatusBadRequest, "fields.invalid")
	p.refused("a long number", p.post("/crm/customers", `{"name":"a","credit_limit":`+strings.Repeat("9", 5000)+`}`), http.StatusBadRequest, "fields.invalid")
	p.refused("a large body", p.post("/crm/customers", `{"name":"`+strings.Repeat("x", 9<<20)+`"}`), http.StatusRequestEntityTooLarge, "body.too_large")
	large := strings.Repeat("name,territory\n", 200<<20/15+10)
	p.refused("a file of more than 200 MB", p.do(http.MethodPost, "/crm/customers/import", large, "Content-Type", "text/csv"), http.StatusRequestEntityTooLarge, "body.too_large")
	var many strings.Builder
	for i := range 60 {
		fmt.Fprintf(&many, "name[ne]=%d&", i)
	}
	p.refused("many filters", p.get("/crm/customers?"+many.String()), http.StatusBadRequest, "fields.invalid")
	p.refused("a long list", p.get("/crm/customers?name[in]="+strings.Repeat("a,", 2500)+"a"), http.StatusBadRequest, "fields.invalid")
	p.refused("a long search", p.get("/crm/customers?q="+strings.Repeat("a", 300)), http.StatusBadRequest, "fields.invalid")
	p.refused("many sorts", p.get("/crm/customers?sort="+strings.Repeat("name,", 20)), http.StatusBadRequest, "fields.invalid")
	if n := len(p.list("crm/customers", "")); n != 0 {
		t.Errorf("%d customers", n)
	}

	// Odd wishes switch nothing off.
	for _, odd := range []string{
		`{"modules":{"sales":null}}`, `{"modules":[]}`, `{"modules":[null]}`, `{"modules":[{"name":"sales"}]}`, `{"modules":[{"name":"sales","state":null}]}`,
		`{"modules":[["sales"]]}`, `{"modules":"sales"}`, `{"modules":{"sales":"false"}}`, `{"modules":{"sales":0}}`, `{"on":["sales"],"off":["sales"]}`,
		`{"modules":{"sales":true,"sales":false}}`, `{"modules":[{"name":"sales","state":"on"},{"name":"sales","state":"off"}]}`, `{"off":[""]}`, `{"off":[null]}`,
	} {
		if a := p.do(http.MethodPut, "/modules", odd); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", odd, a.status, a.raw)
		}
	}
	for _, nothing := range []string{`{}`, `{"modules":null}`, `{"on":null,"off":null}`, `{"modules":{}}`} {
		p.must(http.StatusOK, p.do(http.MethodPut, "/modules", nothing))
	}
	on := fmt.Sprint(p.must(http.StatusOK, p.get("/me"))["modules"])
	if !strings.Contains(on, "sales") || !strings.Contains(on, "crm") {
		t.Errorf("switched on: %s", on)
	}
}
