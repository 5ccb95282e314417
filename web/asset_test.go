package web_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/web"
)

const script = "console.log('the same words again and again, again and again')"

// built is the smallest app: a page and a script.
func built(t *testing.T) http.Handler {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"index.html": `<meta nonce="__CSP_NONCE__"><title>Tenon</title>`, "assets/a-1.js": script} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	h, err := web.App(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func askApp(t *testing.T, path, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	built(t).ServeHTTP(w, r)
	return w
}

// What is stored in the zip goes out as it is; who takes no gzip gets it unpacked. Both may be kept for ever.
func TestAssetsGoOutPacked(t *testing.T) {
	for _, encoding := range []string{"gzip, br", "", "gzip;q=0"} {
		r := askApp(t, "/assets/a-1.js", encoding)
		var body io.Reader = r.Body
		if r.Header().Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if packed := encoding == "gzip, br"; packed != (r.Header().Get("Content-Encoding") == "gzip") {
			t.Errorf("%q: encoding %q", encoding, r.Header().Get("Content-Encoding"))
		}
		text, err := io.ReadAll(body)
		if err != nil || string(text) != script {
			t.Errorf("%q: %q, %v", encoding, text, err)
		}
		if !strings.Contains(r.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(r.Header().Get("Content-Type"), "text/javascript") {
			t.Errorf("%q: headers %v", encoding, r.Header())
		}
	}
	if r := askApp(t, "/assets/gone.js", "gzip"); r.Code != http.StatusNotFound || r.Header().Get("Cache-Control") != "" {
		t.Errorf("a file that is not there: %d %v", r.Code, r.Header())
	}
}

// The page of the app runs its own scripts and no others, and no style without its nonce.
func TestPolicyOfTheApp(t *testing.T) {
	first, second := askApp(t, "/sales/orders", "gzip"), askApp(t, "/", "gzip")
	csp := first.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy lacks %q: %s", want, csp)
		}
	}
	if strings.Contains(strings.Replace(csp, "style-src-attr 'unsafe-inline'", "", 1), "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("policy is loose: %s", csp)
	}
	if csp == second.Header().Get("Content-Security-Policy") || strings.Contains(first.Body.String(), "__CSP_NONCE__") {
		t.Error("the nonce is not the answer's own")
	}
}

func TestAppThatIsNone(t *testing.T) {
	if _, err := web.App([]byte("no zip")); err == nil {
		t.Error("accepted")
	}
}
