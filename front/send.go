package front

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
)

// proxy sends requests to one cell. The cell sees the host name and the address that the visitor used.
func (f *Front) proxy(c *cell) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: f.next,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
			p.SetXForwarded()
			p.SetURL(c.url)
			p.Out.Host = p.In.Host
		},
		FlushInterval:  -1, // live updates
		ModifyResponse: func(res *http.Response) error { marked(res.Header, c); return nil },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if !errors.Is(err, context.Canceled) {
				f.cfg.Log.WarnContext(r.Context(), "a cell does not answer", "cell", c.Name, "error", err)
			}
			f.refuse(w, r, away(c))
		},
	}
}

// marked lets the browser remember in which cell its session is, or where its login with a provider began.
func marked(h http.Header, c *cell) {
	for _, text := range h["Set-Cookie"] {
		k, err := http.ParseSetCookie(text)
		if err == nil && (k.Name == sessionCookie && k.Value != "" || len(k.Name) > 9 && k.Name[:9] == "tenon_sso") {
			h.Add("Set-Cookie", (&http.Cookie{
				Name: cellCookie, Value: c.Name, Path: "/", Expires: k.Expires, HttpOnly: true, Secure: k.Secure, SameSite: http.SameSiteLaxMode,
			}).String())
			return
		}
	}
}

// send passes a request on to the first of these cells that does not refuse it.
func (f *Front) send(w http.ResponseWriter, r *http.Request, cells []*cell) {
	if len(cells) == 1 {
		cells[0].proxy.ServeHTTP(w, r)
		return
	}
	var refusal *http.Response
	var lost *cell
	for _, c := range cells {
		res, err := f.try(r, c)
		switch {
		case err != nil:
			lost = c
			f.cfg.Log.WarnContext(r.Context(), "a cell does not answer", "cell", c.Name, "error", err)
			continue
		case res.StatusCode < http.StatusBadRequest:
			marked(res.Header, c)
			copyTo(w, res)
			return
		case refusal == nil || res.StatusCode == http.StatusTooManyRequests:
			if refusal != nil {
				refusal.Body.Close() //nolint:errcheck // given up
			}
			refusal = res
		default:
			res.Body.Close() //nolint:errcheck // given up
		}
	}
	switch {
	case lost != nil:
		if refusal != nil {
			refusal.Body.Close() //nolint:errcheck // given up
		}
		f.refuse(w, r, away(lost))
	case refusal != nil:
		copyTo(w, refusal)
	}
}

// try asks one cell and hands its answer over unread.
func (f *Front) try(r *http.Request, c *cell) (*http.Response, error) {
	out := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		out.Body = body
	}
	p := &httputil.ProxyRequest{In: r, Out: out}
	for _, name := range []string{"Connection", "Upgrade", "Te", "Trailer", "Transfer-Encoding", "Accept-Encoding", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		out.Header.Del(name)
	}
	p.SetXForwarded()
	out.URL, out.RequestURI, out.Host = at(c, r.URL), "", r.Host
	return f.next.RoundTrip(out)
}

func copyTo(w http.ResponseWriter, res *http.Response) {
	defer res.Body.Close() //nolint:errcheck // read to its end, or the visitor has gone
	maps.Copy(w.Header(), res.Header)
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body) // the visitor may have gone
}

// away is the fault for a cell that does not answer.
func away(c *cell) *fault.Fault {
	return fault.New(fault.Unavailable, "cell.away", "系统的一部分（%s）暂时无法访问，请稍后重试", "A part of the system (%s) can't be reached for the moment; please try again shortly", c.Name)
}

// refuse answers in the place of a cell.
func (f *Front) refuse(w http.ResponseWriter, r *http.Request, err error) {
	x, status, title := fault.As(err), http.StatusServiceUnavailable, i18n.T("暂不可用", "Service Unavailable")
	if x == nil {
		f.cfg.Log.ErrorContext(r.Context(), "a request could not be sent on", "path", r.URL.Path, "error", err)
		x = fault.New(fault.Unavailable, "front.away", "系统暂时不可用，请稍后重试", "The system is not available for the moment; please try again shortly")
	}
	switch x.Reason {
	case "body.too_large":
		status, title = http.StatusRequestEntityTooLarge, i18n.T("请求过大", "Request too large")
	case "address.taken":
		status, title = http.StatusConflict, i18n.T("冲突", "Conflict")
	case "body.unreadable":
		status, title = http.StatusBadRequest, i18n.T("请求无效", "Bad Request")
	}
	lang := i18n.Pick(r.Header.Get("Accept-Language"), i18n.ZH)
	fields := make([]map[string]any, len(x.Fields))
	for i, y := range x.Fields {
		fields[i] = map[string]any{"field": y.Path, "reason": y.Reason, "detail": y.Text.In(lang)}
	}
	raw, err := json.Marshal(map[string]any{
		"type": "urn:tenon:problem:" + x.Reason, "title": title.In(lang), "status": status, "code": string(x.Kind), "reason": x.Reason,
		"detail": x.Text.In(lang), "fields": fields, "request_id": r.Header.Get(requestHeader),
	})
	if err != nil {
		panic(err) // texts and numbers
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(lang))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set(requestHeader, r.Header.Get(requestHeader))
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "2")
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the visitor may have gone
}
