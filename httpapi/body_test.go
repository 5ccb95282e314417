package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
)

func read(t testing.TB, text string) (map[string]any, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(text))
	out, _, err := body(httptest.NewRecorder(), r)
	return out, err
}

func TestBodiesThatCanNotBeMeant(t *testing.T) {
	for text, reason := range map[string]string{
		`{"a":1,"a":2}`:                           "json.duplicate",
		`{"x":[{"a":1,"b":{"c":1,"\u0063":2}}]}`:  "json.duplicate",
		"{\"a\":\"\xff\"}":                        "json.encoding",
		strings.Repeat("[", 10_000):               "json.depth",
		`{"a":` + strings.Repeat(`{"a":`, 10_000): "json.depth",
		`{"a":1} {"a":2}`:                         "json.broken",
		`[]`:                                      "json.broken",
		`null`:                                    "json.broken",
		`{"a":`:                                   "json.broken",
		`{"a":"` + strings.Repeat("x", maxBody) + `"}`:   "",
		`{"a":[1,2,{"b":1},{"b":1}],"b":{"a":1},"c":[]}`: "fine",
		`{"n":1e999999,"m":-0.000000000000000000001}`:    "fine",
	} {
		_, err := read(t, text)
		f := fault.As(err)
		switch {
		case reason == "fine" && err != nil, reason != "fine" && err == nil, reason != "" && reason != "fine" && (f == nil || f.Reason != reason):
			t.Errorf("%.60s: %v, want %s", text, err, reason)
		}
	}
}

// Whatever comes in, the reader neither fails in another way than by a fault nor takes what another reader reads differently.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[{"b":null}]}`, `{"a":1,"a":2}`, `{"a":"\ud800"}`, `{"":{"":[]}}`, "{\"a\":\"\xc3\x28\"}", `{"a":1e99999999999}`, `[[[[`, `{"a":{}}}`, "\ufeff{}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := read(t, text)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if strings.TrimSpace(text) == "" {
			return
		}
		var plain map[string]any
		if err := json.Unmarshal([]byte(text), &plain); err != nil && !strings.Contains(err.Error(), "cannot unmarshal number") || len(plain) != len(out) {
			t.Errorf("%q reads %v, plainly %v (%v)", text, out, plain, err)
		}
	})
}

// FuzzWishes: odd values are refused, never taken for a wish to switch something off.
func FuzzWishes(f *testing.F) {
	for _, seed := range []string{`{"sales":true}`, `{"sales":null}`, `[]`, `[null]`, `["sales"]`, `[{"name":"sales","state":"off"}]`, `[{"name":"sales"}]`, `null`, `{}`, `"x"`, `0`, `[[]]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var x wishes
		if json.Unmarshal([]byte(text), &x) != nil {
			return
		}
		if len(x.off) > 0 && !strings.Contains(text, "off") && !strings.Contains(text, "false") && !strings.Contains(text, `\u`) {
			t.Errorf("%q switches %v off", text, x.off)
		}
		if x.whole && len(x.on) == 0 {
			t.Errorf("%q switches everything off", text)
		}
	})
}

// TestIntoNamesTheMember says which member of a platform request is wrong.
func TestIntoNamesTheMember(t *testing.T) {
	for text, want := range map[string]string{
		`{"challenge":"x","token":true}`: "fields.invalid token field.unknown",
		`{"challenge":7}`:                "fields.invalid challenge value.type",
		`{"challenge":"x"`:               "json.broken",
		`["challenge"]`:                  "json.broken",
	} {
		var in struct {
			Challenge string `json:"challenge"`
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(text))
		f := fault.As(into(httptest.NewRecorder(), r, &in))
		if f == nil {
			t.Errorf("%s: nothing is wrong", text)
			continue
		}
		got := f.Reason
		for _, x := range f.Fields {
			got += " " + x.Path + " " + x.Reason
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
