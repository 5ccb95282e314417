package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/tenon-hq/tenon/internal/faultpoint"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/web"
)

const (
	stopWithin = 20 * time.Second // for running requests and jobs
	atOnce     = 4                // tenants that are migrated at the same time
)

// starting is what everybody hears until the tenants are migrated.
const starting = `{"type":"https://tenon.dev/problems/starting","title":"Service Unavailable","status":503,"code":"unavailable","reason":"starting",` +
	`"detail":"系统正在启动，请稍候 / Tenon is starting; try again shortly","fields":[]}` + "\n"

// service is a Tenon that answers requests, works on jobs, or both.
type service struct {
	app     *App
	stops   []func(context.Context) error // last first
	failed  chan error                    // a listener that ended by itself
	ready   atomic.Bool
	leaving atomic.Bool // it still answers, and says on /readyz that nobody should begin here
	address string
}

// Serve answers requests until ctx ends, then finishes what runs.
func (a *App) Serve(ctx context.Context) error {
	s, err := a.start(ctx)
	if err != nil {
		return err
	}
	return s.wait(ctx)
}

// Start is Serve in the background: it returns when requests are answered, with the address that was bound (Listen may say port 0).
func (a *App) Start(ctx context.Context) (address string, stop func(context.Context) error, err error) {
	s, err := a.start(ctx)
	if err != nil {
		return "", nil, err
	}
	return s.address, s.stop, nil
}

// Work runs jobs until ctx ends, without listening for anything but operators.
func (a *App) Work(ctx context.Context) error {
	s := &service{app: a, failed: make(chan error, 2)}
	if err := errors.Join(s.metrics(ctx), s.workers(ctx)); err != nil {
		return errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	s.ready.Store(true)
	s.audit(ctx)
	a.Config.Log.InfoContext(ctx, "Tenon works on jobs")
	return s.wait(ctx)
}

// start binds the address first, so that a port in use is told at once; until the tenants are migrated only /healthz answers well.
func (a *App) start(ctx context.Context) (*service, error) {
	s := &service{app: a, failed: make(chan error, 2)}
	err := s.listen(ctx)
	if err == nil {
		err = s.metrics(ctx)
	}
	if err == nil {
		err = a.Migrate(ctx, atOnce, nil)
	}
	if err == nil && a.Config.Workers {
		err = s.workers(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	s.audit(ctx)
	s.ready.Store(true)
	a.Config.Log.InfoContext(ctx, "Tenon is ready", "address", "http://"+s.address, "public_url", a.Config.PublicURL, "jobs", a.Config.Workers)
	return s, nil
}

func (s *service) listen(ctx context.Context) error {
	api := s.app.API.Handler(web.Handler())
	gate := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.leaving.Load() {
			w.Header().Set("Connection", "close") // the next request of this client finds another process
			if r.URL.Path == "/readyz" {
				http.Error(w, "leaving", http.StatusServiceUnavailable)
				return
			}
		}
		if s.ready.Load() || r.URL.Path == "/healthz" {
			api.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Retry-After", "2")
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, starting) // the client may be gone
	})
	address, err := s.bind(ctx, s.app.Config.Listen, faultpoint.Wrap(gate))
	s.address = address
	return err
}

// metrics answers operators on an address of its own: numbers, profiles, and whether this process lives and is ready.
func (s *service) metrics(ctx context.Context) error {
	if s.app.Config.MetricsListen == "" {
		return nil
	}
	m := http.NewServeMux()
	m.Handle("GET /metrics", s.app.API.Metrics())
	m.HandleFunc("/debug/pprof/", pprof.Index)
	m.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	m.HandleFunc("/debug/pprof/profile", pprof.Profile)
	m.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	m.HandleFunc("/debug/pprof/trace", pprof.Trace)
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	m.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if !s.ready.Load() || s.leaving.Load() || s.app.DB.Ping(ctx) != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	address, err := s.bind(ctx, s.app.Config.MetricsListen, m)
	if err == nil {
		s.app.Config.Log.InfoContext(ctx, "metrics", "address", "http://"+address+"/metrics")
	}
	return err
}

// bind serves h at an address until stop.
func (s *service) bind(ctx context.Context, address string, h http.Handler) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("can't listen on %s: %w", address, err)
	}
	srv := server(h, headerWithin, bodyWithin)
	srv.ErrorLog = slog.NewLogLogger(s.app.Config.Log.Handler(), slog.LevelWarn)
	srv.RegisterOnShutdown(s.app.Live.Dismiss) // streams never end by themselves
	s.stops = append(s.stops, func(ctx context.Context) error {
		if err := srv.Shutdown(ctx); err != nil {
			return errors.Join(fmt.Errorf("requests were cut off: %w", err), srv.Close())
		}
		return nil
	})
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	return l.Addr().String(), nil
}

// workers runs jobs; what is running when Tenon stops is finished, or runs again later.
func (s *service) workers(ctx context.Context) error {
	client, err := s.app.Relay.Worker(s.app.Jobs, s.app.Engine, s.app.Live, s.app.Config.Log)
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	s.stops = append(s.stops, func(ctx context.Context) error {
		if err := client.Stop(ctx); err != nil {
			kill, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return errors.Join(fmt.Errorf("jobs were cut off: %w", err), client.StopAndCancel(kill))
		}
		return nil
	})
	return nil
}

// audit closes the audit's chains behind those who write entries.
func (s *service) audit(ctx context.Context) {
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.app.Engine.KeepAudit(ctx, func(tenant id.ID, err error) {
			s.app.Config.Log.ErrorContext(ctx, "the audit's chain is not closed", "tenant", tenant.String(), "error", err)
		})
	}()
	s.stops = append(s.stops, func(context.Context) error {
		end()
		<-done
		return nil
	})
}

// wait goes on until ctx ends or a listener fails, then stops.
func (s *service) wait(ctx context.Context) error {
	var failed error
	select {
	case <-ctx.Done():
		s.app.Config.Log.InfoContext(ctx, "Tenon is stopping", "drain", s.app.Config.Drain)
		s.leaving.Store(true)
		select {
		case <-time.After(s.app.Config.Drain):
		case failed = <-s.failed:
		}
	case failed = <-s.failed:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return errors.Join(failed, s.stop(ctx))
}

// stop ends everything that was started, all at once, and waits.
func (s *service) stop(ctx context.Context) error {
	s.ready.Store(true) // who connects now is refused by the closed listener, not told to wait
	results := make(chan error, len(s.stops))
	for _, stop := range s.stops {
		go func() { results <- stop(ctx) }()
	}
	var errs []error
	for range s.stops {
		errs = append(errs, <-results)
	}
	return errors.Join(errs...)
}
