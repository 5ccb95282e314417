//go:build fault

package faultpoint

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

type planKey struct{}

// plan is what one request has passed, and where it ends.
type plan struct {
	mu     sync.Mutex
	kill   int    // at the so manieth point
	name   string // of this name
	passed []string
}

// Pass kills the process when the request was armed for this point. kind, owner and what together name it.
func Pass(ctx context.Context, kind, owner, what string) {
	p, _ := ctx.Value(planKey{}).(*plan)
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := strings.TrimSpace(kind + " " + owner + " " + what)
	p.passed = append(p.passed, name)
	if name != p.name {
		return
	}
	if p.kill--; p.kill == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}

// Wrap arms the requests that ask for it.
func Wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count, name, _ := strings.Cut(r.Header.Get(Header), " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			h.ServeHTTP(w, r)
			return
		}
		p := &plan{kill: n, name: name}
		kept := httptest.NewRecorder()
		h.ServeHTTP(kept, r.WithContext(context.WithValue(r.Context(), planKey{}, p)))
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.Header().Set(Header, strings.Join(p.passed, ","))
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
	})
}
