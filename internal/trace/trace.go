// Package trace tells what happens in one request, statement or job as spans of OpenTelemetry. Until Export is called it costs nothing.
package trace

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const scope = "github.com/tenon-hq/tenon"

// Export sends spans to a collector that speaks OTLP over HTTP, at endpoint + /v1/traces. ratio is the part of requests that are told, 0 to 1; what a
// caller traces is always told. headers are of the form name=value,name=value. The returned function sends what is left and ends it.
func Export(endpoint, headers, service, version string, ratio float64) (func(context.Context) error, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is no address of a collector (http://host:4318)", endpoint)
	}
	to := &exporter{url: strings.TrimSuffix(endpoint, "/") + "/v1/traces", client: &http.Client{Timeout: 10 * time.Second}, headers: map[string]string{}}
	for pair := range strings.SplitSeq(headers, ",") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			to.headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	p := sdk.NewTracerProvider(
		sdk.WithBatcher(to),
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(ratio))),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", service), attribute.String("service.version", version))),
	)
	otel.SetTracerProvider(p)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return p.Shutdown, nil
}

// Request begins the span of a request; it belongs to the caller's trace if the caller has one.
func Request(r *http.Request, name string) (context.Context, trace.Span) {
	ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	return otel.Tracer(scope).Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer)) //nolint:spancheck // End ends it
}

// Job begins the span of a job.
func Job(ctx context.Context, kind string) (context.Context, trace.Span) {
	return otel.Tracer(scope).Start(ctx, "job "+kind, trace.WithSpanKind(trace.SpanKindConsumer)) //nolint:spancheck // End ends it
}

// Statement begins the span of an SQL statement, where something is told at all.
func Statement(ctx context.Context) trace.Span {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return trace.SpanFromContext(ctx)
	}
	_, span := otel.Tracer(scope).Start(ctx, "sql", trace.WithSpanKind(trace.SpanKindClient)) //nolint:spancheck // End ends it
	return span                                                                               //nolint:spancheck // as above
}

// End ends a span with what came of it.
func End(span trace.Span, err error, pairs ...string) {
	if !span.IsRecording() {
		return
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			span.SetAttributes(attribute.String(pairs[i], pairs[i+1]))
		}
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}
