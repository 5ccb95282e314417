// Package web serves what browsers load: one page for every address that is not the API, and the files that it is made of.
package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// embedded holds the built app as one zip, and a page that stands in for it where it has not been built.
//
//go:embed all:embedded
var embedded embed.FS

// mark stands in the page where each answer's own nonce belongs.
const mark = "__CSP_NONCE__"

// Handler serves the built app, or the page that says that there is none. Addresses below /api are no pages.
func Handler() http.Handler {
	if packed, err := embedded.ReadFile("embedded/app.zip"); err == nil {
		h, err := App(packed)
		if err != nil {
			panic(err) // the build made it; a binary that can't read it must not start
		}
		return h
	}
	return Placeholder()
}

// Placeholder serves the page that says that the app has not been built.
func Placeholder() http.Handler {
	page, err := embedded.ReadFile("embedded/placeholder.html")
	if err != nil {
		panic(err) // it is always committed
	}
	return &site{page: page, policy: bare}
}

// App serves a zip of the app's files, as cmd packweb makes it.
func App(packed []byte) (http.Handler, error) {
	files, page, err := unpack(packed)
	return &site{page: page, files: files, policy: app}, err
}

// site is a page for every address, with the files that it loads.
type site struct {
	page   []byte
	files  map[string]asset
	policy func(nonce string) string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/"):
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case strings.HasPrefix(r.URL.Path, "/assets/") && s.files != nil:
		s.asset(w, r)
	default:
		s.index(w)
	}
}

func (s *site) index(w http.ResponseWriter) {
	nonce := once()
	body := bytes.ReplaceAll(s.page, []byte(mark), []byte(nonce))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store") // a page is only good with its own nonce
	h.Set("Content-Security-Policy", s.policy(nonce))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	_, _ = w.Write(body) // the client may be gone
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := s.files[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	a.serve(w, r)
}

// bare lets the page load nothing but the style that carries its nonce, and an icon that is part of it.
func bare(nonce string) string {
	return "default-src 'none'; style-src 'nonce-" + nonce + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// app lets the page run its own scripts, talk to its own origin and make style elements that carry its nonce. Attributes may hold style, because the
// places of virtual rows and bars are computed; nothing comes from elsewhere.
func app(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; style-src-elem 'self' 'nonce-" + nonce + "'; " +
		"style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

func once() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails on supported systems
	return base64.RawURLEncoding.EncodeToString(b[:])
}
