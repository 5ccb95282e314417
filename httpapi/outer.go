package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/trace"
)

type requestKey struct{}

// request is what the log, the trace and the answers say of one request. Who calls is known only later.
type request struct{ id, tenant, user string }

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

func requestID(ctx context.Context) string { return requestOf(ctx).id }

// slowRequest is from when on a request is logged whatever it answers.
const slowRequest = 2 * time.Second

// languageOf is the language to answer in: what the request asks for, Chinese when it asks for neither.
func languageOf(r *http.Request) i18n.Lang {
	return i18n.Pick(r.Header.Get("Accept-Language"), i18n.ZH)
}

// outer is what every request passes first: an id, safe headers, a log line, a guard against panics.
func (a *API) outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = a.through(r)
		rid := r.Header.Get("X-Request-ID")
		if len(rid) < 8 || len(rid) > 64 || strings.ContainsFunc(rid, func(c rune) bool { return c <= ' ' || c > '~' }) {
			var b [12]byte
			_, _ = rand.Read(b[:]) // never fails on supported systems
			rid = hex.EncodeToString(b[:])
		}
		who := &request{id: rid}
		area := areaOf(r.URL.Path)
		ctx, span := trace.Request(r, methodOf(r.Method)+" "+area)
		r = r.WithContext(context.WithValue(context.WithValue(ctx, requestKey{}, who), countedKey{}, new(bool)))
		h := w.Header()
		h.Set("X-Request-ID", rid)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		}
		s := &statusWriter{ResponseWriter: w}
		start := time.Now()
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it too
				panic(p) // a stream that broke off must not look complete
			}
			if p != nil {
				a.log.ErrorContext(r.Context(), "panic", "value", p, "request_id", rid, "path", r.URL.Path, "stack", string(debug.Stack()))
				if s.status == 0 {
					a.problem(s, r, fault.New(fault.Internal, "internal", "服务器内部错误，请稍后重试", "Something went wrong on our side; please try again"))
				}
			}
			took := time.Since(start)
			a.meter.count(r, s.status, took)
			trace.End(span, failed(s.status), "http.request.method", methodOf(r.Method), "http.response.status_code", strconv.Itoa(s.status), "tenon.area", area,
				"tenon.tenant", who.tenant, "tenon.request_id", rid)
			level := slog.LevelDebug
			if took >= slowRequest && h.Get("Content-Type") != "text/event-stream" {
				level = slog.LevelWarn
			}
			a.log.Log(r.Context(), level, "request", "method", r.Method, "path", r.URL.Path, "status", s.status, "took", took.Round(time.Microsecond),
				"request_id", rid, "tenant", who.tenant, "user", who.user)
		}()
		if strings.HasPrefix(r.URL.Path, "/api/") && !textual(r) {
			a.problem(s, r, fault.New(fault.Invalid, "request.characters", "地址或请求头包含无效字符", "The address or a header holds invalid characters"))
			return
		}
		next.ServeHTTP(s, r)
	})
}

// failed is the error of a status that is our fault.
func failed(status int) error {
	if status < http.StatusInternalServerError {
		return nil
	}
	return errors.New(http.StatusText(status))
}

// textual tells that what a request asks for in its address, and the key by which it is known again, is text that can be stored.
func textual(r *http.Request) bool {
	list := []string{r.URL.Path, r.Header.Get("Idempotency-Key")}
	if r.URL.RawQuery != "" {
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return false
		}
		for name, v := range values {
			list = append(append(list, name), v...)
		}
	}
	return !slices.ContainsFunc(list, func(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) })
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// readyz tells whether requests can be answered: the database is there.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if a.ready != nil {
		if err := a.ready(ctx); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = w.Write([]byte("ok\n"))
}

// limits counts attempts per key in a sliding minute: sign-ups and logins per address, failures per account.
type limits struct {
	mu    sync.Mutex
	seen  map[[sha256.Size]byte][]time.Time
	swept time.Time
}

func newLimits() *limits { return &limits{seen: map[[sha256.Size]byte][]time.Time{}} }

// allow notes an attempt and refuses the one after max in a minute.
func (l *limits) allow(key string, most int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.sweep(now)
	mark := sha256.Sum256([]byte(key)) // keys hold what callers wrote, of any length
	recent := l.seen[mark][:0]
	for _, t := range l.seen[mark] {
		if now.Sub(t) < time.Minute {
			recent = append(recent, t)
		}
	}
	if len(recent) >= most {
		l.seen[mark] = recent
		return fault.New(fault.OverLimit, "rate.limit", "操作过于频繁，请一分钟后再试", "Too many attempts; try again in a minute")
	}
	l.seen[mark] = append(recent, now)
	return nil
}

// sweep forgets, once a minute, those whose attempts are over.
func (l *limits) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for mark, list := range l.seen {
		if now.Sub(list[len(list)-1]) >= time.Minute {
			delete(l.seen, mark)
		}
	}
}

// addressOf is where a request comes from. One customer of a provider has 2⁶⁴ addresses of IPv6, so these count as one.
func addressOf(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address := at.Addr().Unmap().WithZone("")
	if address.Is6() {
		if p, err := address.Prefix(64); err == nil {
			return p.String()
		}
	}
	return address.String()
}
