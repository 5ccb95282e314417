package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/web"
)

func ask(t *testing.T, method, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryPathIsThePage(t *testing.T) {
	for _, path := range []string{"/", "/sales/orders", "/sales/orders/018f", "/login?next=/", "/apis"} {
		r := ask(t, http.MethodGet, path)
		if r.StatusCode != http.StatusOK || !strings.Contains(body(t, r), "<title>Tenon</title>") {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	for _, path := range []string{"/api", "/api/", "/api/v2/sales/orders"} {
		if r := ask(t, http.MethodGet, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, r.StatusCode)
		}
	}
	if r := ask(t, http.MethodPost, "/"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") == "" {
		t.Errorf("POST: %d", r.StatusCode)
	}
}

// The page carries its own nonce, which is new each time, is never stored, and nothing may be loaded besides.
func TestPolicyOfThePage(t *testing.T) {
	first, second := ask(t, http.MethodGet, "/"), ask(t, http.MethodGet, "/")
	csp := first.Header.Get("Content-Security-Policy")
	nonce := regexp.MustCompile(`'nonce-([\w-]{24})'`).FindStringSubmatch(csp)
	if nonce == nil || !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") {
		t.Fatalf("policy %q", csp)
	}
	if csp == second.Header.Get("Content-Security-Policy") {
		t.Error("two answers share a nonce")
	}
	if first.Header.Get("Cache-Control") != "no-store" || first.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", first.Header)
	}
	text := body(t, first)
	if !strings.Contains(text, `<style nonce="`+nonce[1]+`">`) || strings.Contains(text, "__CSP_NONCE__") {
		t.Error("the page does not carry the nonce")
	}
	if found := regexp.MustCompile(`(?i)<script| style="|(src|href)="https?:|url\(`).FindString(text); found != "" {
		t.Errorf("the page holds %q", found)
	}
}
