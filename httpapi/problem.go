package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
)

// statusOf is the one map from kinds of error to HTTP statuses.
func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.NotEnabled:
		return http.StatusPaymentRequired
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Rule:
		return http.StatusUnprocessableEntity
	case fault.OverLimit:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

// titleOf says in a few words what kind of problem a status stands for.
func titleOf(status int) i18n.Text {
	zh := map[int]string{
		http.StatusBadRequest: "请求无效", http.StatusUnauthorized: "未登录", http.StatusPaymentRequired: "未启用", http.StatusForbidden: "无权限",
		http.StatusNotFound: "不存在", http.StatusConflict: "冲突", http.StatusRequestEntityTooLarge: "请求过大", http.StatusRequestTimeout: "请求过慢", http.StatusUnprocessableEntity: "不符合业务规则",
		http.StatusTooManyRequests: "请求过于频繁", http.StatusServiceUnavailable: "暂不可用", http.StatusInternalServerError: "服务器错误",
	}
	en := map[int]string{
		http.StatusPaymentRequired: "Not enabled", http.StatusRequestEntityTooLarge: "Request too large", http.StatusUnprocessableEntity: "Refused by a business rule",
	}
	if en[status] == "" {
		en[status] = http.StatusText(status)
	}
	return i18n.T(zh[status], en[status])
}

type problemField struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
	Row    int    `json:"row,omitempty"` // of an imported table; the header is row 1
	Column string `json:"column,omitempty"`
}

func problemFields(list []fault.Field, lang i18n.Lang) []problemField {
	out := make([]problemField, len(list))
	for i, x := range list {
		out[i] = problemField{x.Path, x.Reason, x.Text.In(lang), x.Row, x.Column}
	}
	return out
}

// problem writes an error as RFC 9457. Unknown errors are logged in full and shown neutrally.
func (a *API) problem(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.As(err)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		f = fault.New(fault.Invalid, "body.too_large", "请求体超过 %d 字节", "The body is larger than %d bytes", tooLarge.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded) && r.Context().Err() == nil:
		f = fault.New(fault.Invalid, "body.too_slow", "请求体发送过慢", "The body was sent too slowly")
	case f == nil && errors.Is(err, context.Canceled):
		f = fault.New(fault.Unavailable, "request.cancelled", "请求已取消", "The request was cancelled")
	case f == nil && errors.Is(err, context.DeadlineExceeded):
		f = fault.New(fault.Unavailable, "request.timeout", "处理超时，请稍后重试", "This took too long; please try again shortly")
	case f == nil:
		f = fault.New(fault.Internal, "internal", "服务器内部错误，请稍后重试", "Something went wrong on our side; please try again")
	}
	status := statusOf(f.Kind)
	if f.Reason == "body.too_large" {
		status = http.StatusRequestEntityTooLarge
	}
	if f.Reason == "body.too_slow" {
		status = http.StatusRequestTimeout
	}
	if status >= http.StatusInternalServerError {
		a.log.ErrorContext(r.Context(), "request failed", "error", err, "request_id", requestID(r.Context()), "tenant", requestOf(r.Context()).tenant,
			"method", r.Method, "path", r.URL.Path)
	} else {
		a.log.DebugContext(r.Context(), "request refused", "error", err, "path", r.URL.Path)
	}
	raw := problemJSON(r, f, status)
	h := w.Header()
	h.Set("Content-Language", string(languageOf(r)))
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", retryAfter(f))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="tenon"`)
	}
	_ = replyRaw(w, status, raw) // the client may be gone
}

// problemJSON writes a fault in the caller's language.
func problemJSON(r *http.Request, f *fault.Fault, status int) []byte {
	lang := languageOf(r)
	out := map[string]any{}
	for k, v := range f.Data {
		if t, ok := v.(i18n.Text); ok {
			v = t.In(lang)
		}
		out[k] = v
	}
	out["type"] = "urn:tenon:problem:" + f.Reason
	out["title"] = titleOf(status).In(lang)
	out["status"] = status
	out["code"] = string(f.Kind)
	out["reason"] = f.Reason
	out["detail"] = f.Text.In(lang)
	out["fields"] = problemFields(f.Fields, lang)
	out["request_id"] = requestID(r.Context())
	raw, err := json.Marshal(out)
	if err != nil {
		panic(err) // data of faults are texts, numbers and plain objects
	}
	return raw
}

// reply writes a value as JSON.
func reply(w http.ResponseWriter, status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return replyRaw(w, status, raw)
}

func replyRaw(w http.ResponseWriter, status int, raw []byte) error {
	kind := "application/json"
	if status >= http.StatusBadRequest {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the client may be gone
	return nil
}
