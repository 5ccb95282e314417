package front

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/tenon-hq/tenon/internal/fault"
)

const (
	sessionCookie = "tenon_session" // as the cells set it
	cellCookie    = "tenon_cell"    // where the session is: a wrong one only leads to a login
	requestHeader = "X-Request-ID"
	peekAt        = 64 << 10 // of a body that tells where to go; the cells take no more either
)

// asked are requests of people who are not logged in for which each cell is asked in turn: pages and what is open to all come from any cell that is there;
// other requests hold a secret that one cell gave out, but that does not say which.
func asked(r *http.Request, path string) bool {
	switch path {
	case "verify", "verify/resend", "password/reset", "invitations/open", "invitations/accept", "login/second":
		return true
	}
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// ServeHTTP sends a request on.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/healthz":
		_, _ = w.Write([]byte("ok\n"))
		return
	case "/readyz":
		if err := f.chart.ping(r.Context()); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
		return
	}
	if r.Header.Get(requestHeader) == "" { // the cell's log and this one name a request alike
		r.Header.Set(requestHeader, strings.ToLower(rand.Text()))
	}
	path, _ := strings.CutPrefix(r.URL.Path, "/api/v1/")
	switch {
	case path == "signup" && r.Method == http.MethodPost:
		f.signUp(w, r)
	case path == "sign_in" && r.Method == http.MethodPut:
		f.readdress(w, r)
	default:
		cells, err := f.cellsOf(r, path)
		if err != nil {
			f.refuse(w, r, err)
			return
		}
		f.send(w, r, cells)
	}
}

// cellsOf names the cells that a request may be about, the likeliest first.
func (f *Front) cellsOf(r *http.Request, path string) ([]*cell, error) {
	ctx := r.Context()
	if c, err := f.byHost(r); err != nil || c != nil {
		return []*cell{c}, err
	}
	if about, ok := strings.CutPrefix(path, "sso/"); ok && strings.Count(about, "/") > 1 {
		company, _, _ := strings.Cut(about, "/")
		if c, err := f.byCompany(ctx, company); err != nil || c != nil {
			return []*cell{c}, err
		}
	}
	q := r.URL.Query()
	switch {
	case path == "login" && r.Method == http.MethodPost, path == "password/forgot":
		var in struct{ Email, Workspace string }
		if err := peek(r, &in); err != nil {
			return nil, err
		}
		if c, err := f.byCompany(ctx, in.Workspace); err != nil || c != nil {
			return []*cell{c}, err
		}
		return f.byEmail(ctx, in.Email)
	case path == "login/options" && q.Get("workspace") != "":
		if c, err := f.byCompany(ctx, q.Get("workspace")); err != nil || c != nil {
			return []*cell{c}, err
		}
	case path == "signup/address" && q.Get("address") != "": // who has it says so
		if c, err := f.byCompany(ctx, q.Get("address")); err != nil || c != nil {
			return []*cell{c}, err
		}
	}
	return f.byLogin(r, path)
}

// byLogin follows a cookie or a token to where it was given out, and lets all be asked about what may be from anywhere.
func (f *Front) byLogin(r *http.Request, path string) ([]*cell, error) {
	var said *cell
	if c, err := r.Cookie(cellCookie); err == nil {
		said = f.named(c.Value)
	}
	if s := secretOf(r); s != "" {
		c, err := f.holder(r.Context(), s, said)
		if err != nil || c != nil {
			return []*cell{c}, err
		}
	}
	if !asked(r, path) {
		return f.from(said)[:1], nil
	}
	return f.from(said), peek(r, nil)
}

// from is all cells, one of them first.
func (f *Front) from(first *cell) []*cell {
	if first == nil {
		return f.cells
	}
	out := []*cell{first}
	for _, c := range f.cells {
		if c != first {
			out = append(out, c)
		}
	}
	return out
}

// secretOf is the session's cookie or the token of a request.
func secretOf(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(token)
	}
	if c, err := r.Cookie(sessionCookie); err == nil {
		return c.Value
	}
	return ""
}

// byHost finds the company whose own host name is asked; nil when it is the name of all.
func (f *Front) byHost(r *http.Request) (*cell, error) {
	if f.cfg.Domain == "" {
		return nil, nil
	}
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, ok := strings.CutSuffix(host, "."+f.cfg.Domain)
	if !ok {
		return nil, nil
	}
	return f.byCompany(r.Context(), address)
}

// byCompany finds a company's cell by its workspace address or its id; nil when there is none, or nothing is asked for.
func (f *Front) byCompany(ctx context.Context, company string) (*cell, error) {
	company = strings.ToLower(strings.TrimSpace(company))
	if company == "" {
		return nil, nil
	}
	name, err := f.chart.byAddress(ctx, company)
	if err == nil && name == "" {
		name, err = f.chart.byID(ctx, company)
	}
	return f.named(name), err
}

// byEmail finds the cells in which somebody with an e-mail address has a login. Who has none is sent to some cell, which answers as it does about everybody.
func (f *Front) byEmail(ctx context.Context, email string) ([]*cell, error) {
	found, err := f.ask(ctx, func(ctx context.Context, c *cell) (bool, error) { return c.roster.Knows(ctx, email) })
	if len(found) == 0 && err == nil {
		found = f.cells[:1]
	}
	if len(found) > 0 {
		err = nil // a login elsewhere may be missed while a cell is down; this one works
	}
	return found, err
}

// ask puts a question to all cells at once. The error tells that some could not be asked.
func (f *Front) ask(ctx context.Context, question func(ctx context.Context, c *cell) (bool, error)) ([]*cell, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	yes, errs := make([]bool, len(f.cells)), make([]error, len(f.cells))
	var all sync.WaitGroup
	for i, c := range f.cells {
		all.Go(func() { yes[i], errs[i] = question(ctx, c) })
	}
	all.Wait()
	var found []*cell
	var lost error
	for i, c := range f.cells {
		switch {
		case errs[i] != nil:
			f.cfg.Log.WarnContext(ctx, "a cell's database does not answer", "cell", c.Name, "error", errs[i])
			lost = away(c)
		case yes[i]:
			found = append(found, c)
		}
	}
	return found, lost
}

// peek reads a small body, into a value if it is JSON, and leaves it to be read again.
func peek(r *http.Request, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, peekAt+1))
	if err != nil {
		return fault.New(fault.Invalid, "body.unreadable", "无法读取请求体", "The body could not be read").Because(err)
	}
	if len(raw) > peekAt {
		return fault.New(fault.Invalid, "body.too_large", "请求体超过 %d 字节", "The body is larger than %d bytes", peekAt)
	}
	again(r, raw)
	if into != nil {
		_ = json.Unmarshal(raw, into) // what is wrong with it, the cell says
	}
	return nil
}

// again gives a request a body.
func again(r *http.Request, raw []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }
}

// at is a request's address in a cell.
func at(c *cell, u *url.URL) *url.URL {
	out := *u
	out.Scheme, out.Host = c.url.Scheme, c.url.Host
	out.Path = strings.TrimSuffix(c.url.Path, "/") + u.Path
	out.RawPath = ""
	return &out
}
