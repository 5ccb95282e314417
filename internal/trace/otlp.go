package trace

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// exporter writes spans in OTLP's JSON form (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"). The library's own exporter brings gRPC along,
// which is as large as all the rest of the program's network code.
type exporter struct {
	url     string
	client  *http.Client
	headers map[string]string
}

type value struct {
	String string `json:"stringValue"`
}

type pair struct {
	Key   string `json:"key"`
	Value value  `json:"value"`
}

type span struct {
	TraceID string `json:"traceId"`
	SpanID  string `json:"spanId"`
	Parent  string `json:"parentSpanId,omitempty"`
	Name    string `json:"name"`
	Kind    int    `json:"kind"`
	Start   string `json:"startTimeUnixNano"`
	End     string `json:"endTimeUnixNano"`
	Pairs   []pair `json:"attributes,omitempty"`
	Status  struct {
		Code    int    `json:"code,omitempty"`
		Message string `json:"message,omitempty"`
	} `json:"status"`
}

func pairs(list []attribute.KeyValue) []pair {
	out := make([]pair, len(list))
	for i, kv := range list {
		out[i] = pair{string(kv.Key), value{kv.Value.String()}}
	}
	return out
}

// ExportSpans sends spans with one request.
func (e *exporter) ExportSpans(ctx context.Context, list []sdk.ReadOnlySpan) error {
	if len(list) == 0 {
		return nil
	}
	spans := make([]span, len(list))
	for i, s := range list {
		c := s.SpanContext()
		out := span{
			TraceID: c.TraceID().String(), SpanID: c.SpanID().String(), Name: s.Name(), Kind: int(s.SpanKind()), Pairs: pairs(s.Attributes()),
			Start: strconv.FormatInt(s.StartTime().UnixNano(), 10), End: strconv.FormatInt(s.EndTime().UnixNano(), 10),
		}
		if s.Parent().IsValid() {
			out.Parent = s.Parent().SpanID().String()
		}
		switch s.Status().Code.String() { // OTLP counts the other way round
		case "Ok":
			out.Status.Code = 1
		case "Error":
			out.Status.Code, out.Status.Message = 2, s.Status().Description
		}
		spans[i] = out
	}
	type m = map[string]any
	body, err := json.Marshal(m{"resourceSpans": []m{{
		"resource":   m{"attributes": pairs(list[0].Resource().Attributes())},
		"scopeSpans": []m{{"scope": m{"name": scope}, "spans": spans}},
	}}})
	if err != nil {
		return err
	}
	return e.post(ctx, body)
}

func (e *exporter) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for name, v := range e.headers {
		req.Header.Set(name, v)
	}
	res, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)) // so that the connection is used again
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answers %s", res.Status)
	}
	return nil
}

// Shutdown has nothing to close.
func (e *exporter) Shutdown(context.Context) error { return nil }
