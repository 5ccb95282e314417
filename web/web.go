// Package web serves what browsers load: one page for every address that is not the API, and the files that it is made of.
package web

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// placeholder stands in for the app where it has not been built.
//
//go:embed placeholder/index.html
var placeholder []byte

// mark stands in the page where each answer's own nonce belongs.
const mark = "__CSP_NONCE__"

// Handler serves the page. Addresses below /api are no pages.
func Handler() http.Handler { return page(placeholder) }

type page []byte

func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/"):
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	nonce := once()
	body := bytes.ReplaceAll(p, []byte(mark), []byte(nonce))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store") // a page is only good with its own nonce
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	_, _ = w.Write(body) // the client may be gone
}

// policy lets the page load nothing but the style that carries its nonce, and an icon that is part of it.
func policy(nonce string) string {
	return "default-src 'none'; style-src 'nonce-" + nonce + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func once() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails on supported systems
	return base64.RawURLEncoding.EncodeToString(b[:])
}
