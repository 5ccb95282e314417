package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/web"
)

func ask(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	web.Placeholder().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w
}

func TestEveryPathIsThePage(t *testing.T) {
	for _, path := range []string{"/", "/sales/orders", "/sales/orders/018f", "/login?next=/", "/apis"} {
		r := ask(t, http.MethodGet, path)
		if r.Code != http.StatusOK || !strings.Contains(r.Body.String(), "<title>Tenon</title>") {
			t.Errorf("%s: %d", path, r.Code)
		}
	}
	for _, path := range []string{"/api", "/api/", "/api/v2/sales/orders"} {
		if r := ask(t, http.MethodGet, path); r.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, r.Code)
		}
	}
	if r := ask(t, http.MethodPost, "/"); r.Code != http.StatusMethodNotAllowed || r.Header().Get("Allow") == "" {
		t.Errorf("POST: %d", r.Code)
	}
}

// The page carries its own nonce, which is new each time, is never stored, and nothing may be loaded besides.
func TestPolicyOfThePage(t *testing.T) {
	first, second := ask(t, http.MethodGet, "/"), ask(t, http.MethodGet, "/")
	csp := first.Header().Get("Content-Security-Policy")
	nonce := regexp.MustCompile(`'nonce-([\w-]{24})'`).FindStringSubmatch(csp)
	if nonce == nil || !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") {
		t.Fatalf("policy %q", csp)
	}
	if csp == second.Header().Get("Content-Security-Policy") {
		t.Error("two answers share a nonce")
	}
	if first.Header().Get("Cache-Control") != "no-store" || first.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", first.Header())
	}
	text := first.Body.String()
	if !strings.Contains(text, `<style nonce="`+nonce[1]+`">`) || strings.Contains(text, "__CSP_NONCE__") {
		t.Error("the page does not carry the nonce")
	}
	if found := regexp.MustCompile(`(?i)<script| style="|(src|href)="https?:|url\(`).FindString(text); found != "" {
		t.Errorf("the page holds %q", found)
	}
}
