package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// meter counts requests by kind of route, never by tenant or id, so that the number of series stays small.
type meter struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	statements *prometheus.HistogramVec
}

func newMeter() *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tenon_http_requests_total", Help: "Requests answered."}, []string{"method", "area", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tenon_http_request_seconds", Help: "Time to answer.", Buckets: []float64{.002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "area"}),
	}
	m.statements = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "tenon_sql_statements", Help: "SQL statements of one request's unit of work.", Buckets: []float64{2, 5, 10, 20, 50, 100, 200, 500},
	}, []string{"method", "area"})
	m.registry.MustRegister(m.requests, m.seconds, m.statements, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meter) count(r *http.Request, status int, took time.Duration) {
	area := areaOf(r.URL.Path)
	m.requests.WithLabelValues(methodOf(r.Method), area, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(methodOf(r.Method), area).Observe(took.Seconds())
}

func methodOf(m string) string {
	switch m {
	case http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete:
		return m
	}
	return "other"
}

// areaOf names a path's area: a module's name, or the platform.
func areaOf(path string) string {
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	if !ok {
		return "web"
	}
	area, _, deep := strings.Cut(rest, "/")
	if deep && slices.Contains(areas(), area) {
		return area
	}
	return platformArea
}

// platformArea is what belongs to no module: users, roles, approvals, files.
const platformArea = "platform"

// areas are the parts of the address space that a token's scopes and the meters tell apart.
func areas() []string {
	return []string{"crm", "sales", "inventory", "purchasing", "production", "projects", "finance", "custom", platformArea}
}

// Metrics serves the numbers in Prometheus' form, for an address of its own.
func (a *API) Metrics() http.Handler {
	return promhttp.HandlerFor(a.meter.registry, promhttp.HandlerOpts{})
}

// Registry takes further metrics.
func (a *API) Registry() *prometheus.Registry { return a.meter.registry }
