package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// sandbox is an open unit of work in which requests are tried out as somebody, by some rules. Nothing of it stays.
type sandbox struct {
	tx    *tenancy.Tx
	rules *policy.Rules
	actor tenancy.Actor
}

type sandboxKey struct{}

func sandboxOf(ctx context.Context) *sandbox {
	s, _ := ctx.Value(sandboxKey{}).(*sandbox)
	return s
}

// caller is who is tried out.
func (s *sandbox) caller() caller {
	return caller{Principal: tenancy.Principal{Tenant: s.tx.Tenant, UserID: s.actor.ID}, tenant: s.tx.Tenant, actor: s.actor}
}

// do is API.do inside of the sandbox.
func (s *sandbox) do(ctx context.Context, a *API, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	return a.engine.Inside(ctx, s.tx, s.rules, s.actor, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return nil
	})
}

// seen is an answer that was given inside.
type seen struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header lets handlers set headers.
func (s *seen) Header() http.Header { return s.header }

// WriteHeader keeps the first status.
func (s *seen) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

// Write keeps the body.
func (s *seen) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return s.body.Write(p)
}

// Flush is for streams.
func (*seen) Flush() {}

// SetWriteDeadline is for streams too: what is written here waits for nobody.
func (*seen) SetWriteDeadline(time.Time) error { return nil }

// try sends a request through the router as the sandbox's person.
func (a *API) try(ctx context.Context, s *sandbox, w walk) (*seen, error) {
	method, body := cmp.Or(w.method, http.MethodGet), []byte(nil)
	if w.body != nil {
		var err error
		if body, err = json.Marshal(w.body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, sandboxKey{}, s), method, "/api/v1"+w.path, bytes.NewReader(body))
	if err != nil {
		return nil, fault.New(fault.Internal, "prover.path", "路径无效", "the path %s is none", w.path).Because(err)
	}
	r.Header.Set("Accept-Language", "en")
	if w.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if w.match != "" {
		now, err := a.try(ctx, s, walk{path: w.match})
		if err != nil {
			return nil, err
		}
		r.Header.Set("If-Match", now.header.Get("ETag"))
	}
	out := &seen{header: http.Header{}}
	a.router.ServeHTTP(out, r)
	return out, ctx.Err()
}
