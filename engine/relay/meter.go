package relay

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tenon-hq/tenon/internal/trace"
)

// Meter counts jobs by kind, never by tenant, so that the number of series stays small, and tells how many wait.
type Meter struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	done    *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	waiting *prometheus.Desc
	oldest  *prometheus.Desc
}

// NewMeter registers the numbers about jobs.
func NewMeter(registry prometheus.Registerer, pool *pgxpool.Pool, log *slog.Logger) *Meter {
	m := &Meter{
		pool: pool, log: log,
		done: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tenon_jobs_total", Help: "Jobs that were tried."}, []string{"kind", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tenon_job_seconds", Help: "Time that a try of a job took.", Buckets: []float64{.005, .02, .1, .5, 2, 10, 60, 300},
		}, []string{"kind"}),
		waiting: prometheus.NewDesc("tenon_jobs", "Jobs by state, in all processes.", []string{"state"}, nil),
		oldest:  prometheus.NewDesc("tenon_jobs_oldest_seconds", "For how long the oldest job has waited for a free worker.", nil, nil),
	}
	registry.MustRegister(m.done, m.seconds, m)
	return m
}

// Describe tells Prometheus what Collect gives.
func (m *Meter) Describe(to chan<- *prometheus.Desc) { to <- m.waiting; to <- m.oldest }

// Collect counts the jobs that have not ended. When the database does not answer, these numbers are missing and the others are not.
func (m *Meter) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	rows, err := m.pool.Query(ctx, `SELECT s.state, count(j.id), coalesce(extract(epoch FROM now() - min(j.scheduled_at)), 0)::float8
		FROM unnest(ARRAY['available', 'running', 'retryable', 'scheduled', 'discarded']::`+Schema+`.river_job_state[]) s(state)
		LEFT JOIN `+Schema+`.river_job j ON j.state = s.state GROUP BY s.state`)
	if err != nil {
		m.log.Warn("jobs could not be counted", "error", err)
		return
	}
	var state string
	var n int64
	var age float64
	if _, err := pgx.ForEachRow(rows, []any{&state, &n, &age}, func() error {
		to <- prometheus.MustNewConstMetric(m.waiting, prometheus.GaugeValue, float64(n), state)
		if state == "available" {
			to <- prometheus.MustNewConstMetric(m.oldest, prometheus.GaugeValue, max(age, 0))
		}
		return nil
	}); err != nil {
		m.log.Warn("jobs could not be counted", "error", err)
	}
}

// middleware measures each try of a job and begins its span.
func (m *Meter) middleware() []rivertype.Middleware {
	if m == nil {
		return nil
	}
	return []rivertype.Middleware{river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		ctx, span := trace.Job(ctx, job.Kind)
		start := time.Now()
		err := work(ctx)
		took := time.Since(start)
		outcome := outcomeOf(err)
		m.done.WithLabelValues(job.Kind, outcome).Inc()
		m.seconds.WithLabelValues(job.Kind).Observe(took.Seconds())
		var args struct {
			Tenant string `json:"tenant"`
		}
		_ = json.Unmarshal(job.EncodedArgs, &args) // some jobs belong to no tenant
		level, problem := slog.LevelDebug, err
		if outcome == "failed" {
			level = slog.LevelWarn
		} else {
			problem = nil
		}
		m.log.Log(ctx, level, "job", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "tenant", args.Tenant, "took", took.Round(time.Microsecond), "outcome", outcome, "error", problem)
		trace.End(span, problem, "tenon.tenant", args.Tenant, "tenon.outcome", outcome)
		return err
	})}
}

func outcomeOf(err error) string {
	var snooze *river.JobSnoozeError
	var cancel *river.JobCancelError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &snooze):
		return "later"
	case errors.As(err, &cancel):
		return "cancelled"
	}
	return "failed"
}
