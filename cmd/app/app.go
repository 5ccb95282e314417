// Package app puts Tenon together: it reads top to bottom what is opened, what is plugged into what, and what is closed in which order.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/httpapi"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/all"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/pgserver"
)

// Config is everything that Tenon can be told from outside.
type Config struct {
	DatabaseURL   string // PostgreSQL 15 to 18; empty: an own server in Data
	Data          string // folder for the own server, keys and files
	Listen        string // address of the API and the app
	PublicURL     string // how browsers reach it; empty: http://Listen
	MetricsListen string // address of /metrics; empty: off
	Production    bool   // refuse what is only good for a trial
	Workers       bool   // run jobs in this process
	Unsafe        bool   // own server without fsync, for tests
	MaxConns      int
	Clock         clock.Clock
	Log           *slog.Logger
	Mail          mail.Config
	CallInside    []netip.Prefix // internal networks that webhooks may call all the same
}

// App is a running Tenon without its listeners.
type App struct {
	Config Config
	DB     *tenancy.DB
	Engine *record.Engine
	Policy *policy.Engine
	API    *httpapi.API
	Relay  *relay.Relay
	Flow   *flow.Flow
	Form   *form.Fields
	Live   *relay.Live
	Jobs   *pgxpool.Pool

	closers []func(context.Context) error
}

// Open opens everything. On an error whatever was opened is closed again.
func Open(ctx context.Context, cfg Config) (*App, error) {
	a := &App{Config: cfg}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	cfg := &a.Config
	if cfg.Clock == nil {
		cfg.Clock = clock.System
	}
	if cfg.PublicURL == "" {
		cfg.PublicURL = "http://" + cfg.Listen
	}
	if err := a.server(ctx); err != nil {
		return err
	}
	list := all.Modules(all.Config{Mail: cfg.Mail})
	if err := a.describe(list); err != nil {
		return err
	}
	if err := a.database(ctx, list); err != nil {
		return err
	}
	if err := a.secrets(); err != nil {
		return err
	}
	a.API = httpapi.New(httpapi.Config{
		Engine: a.Engine, Policy: a.Policy, Log: cfg.Log, PublicURL: cfg.PublicURL, Production: cfg.Production,
		Jobs: relay.NewDesk(a.Jobs), Live: a.Live, Relay: a.Relay, Ready: a.DB.Ping, People: people{},
	})
	a.Relay.Tasks(who, a.API.Errands())
	return nil
}

// server starts (or adopts) the own PostgreSQL when no database was named.
func (a *App) server(ctx context.Context) error {
	cfg := &a.Config
	if cfg.DatabaseURL != "" {
		return nil
	}
	pg, err := pgserver.Start(ctx, pgserver.Config{Dir: filepath.Join(cfg.Data, "postgres"), Log: cfg.Log, Unsafe: cfg.Unsafe})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, pg.Stop)
	if err := ensureDatabase(ctx, pg.URL("postgres"), "tenon"); err != nil {
		return err
	}
	cfg.DatabaseURL = pg.URL("tenon")
	return nil
}

func ensureDatabase(ctx context.Context, url, name string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("own database server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing depends on it
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return err
}

// describe compiles the descriptions and the rights.
func (a *App) describe(list []modules.Module) error {
	var err error
	if a.Engine, err = record.New(list, slices.Concat(flow.Records(), form.Records(), relay.Records())...); err != nil {
		return err
	}
	a.Flow = flow.New(a.Engine, flow.Plugs{Tell: tell, Who: who})
	if err := a.Engine.AddActions(a.Flow.Actions()...); err != nil {
		return err
	}
	a.Relay = relay.New(list)
	a.Relay.Allow(a.Config.CallInside...)
	if err := a.Engine.Extend(a.Relay.Extension()); err != nil {
		return err
	}
	sources := []policy.Source{flow.Source(), relay.Source()}
	actions := map[string][]string{}
	for _, m := range list {
		sources = append(sources, policy.Source{Module: m.Name, Files: m.Policy})
	}
	for _, d := range a.Engine.Catalog().All() {
		for _, x := range a.Engine.Actions(d.Name) {
			actions[d.Name] = append(actions[d.Name], x.Name)
		}
	}
	a.Policy, err = policy.New(sources, a.Engine.Catalog(), policy.WithActions(actions))
	return err
}

// database opens the tenants' data, and plugs the engines together.
func (a *App) database(ctx context.Context, list []modules.Module) error {
	cfg := a.Config
	db, err := tenancy.Open(ctx, tenancy.Config{URL: cfg.DatabaseURL, Lines: a.lines(list), Clock: cfg.Clock, Log: cfg.Log, MaxConns: cfg.MaxConns})
	if err != nil {
		return err
	}
	a.DB = db
	a.closers = append(a.closers, func(context.Context) error { return db.Close() })
	if err := a.jobs(ctx); err != nil {
		return err
	}
	if err := a.Relay.Connect(); err != nil {
		return err
	}
	a.Form = form.NewFields()
	a.Live = relay.NewLive(a.Jobs, cfg.Log)
	stop := a.Live.Start(ctx)
	a.closers = append(a.closers, func(context.Context) error { stop(); return nil })
	a.Engine.Open(db)
	a.Engine.Policy, a.Engine.Carrier, a.Engine.Approver, a.Engine.Catalogs = a.Policy, a.Relay, a.Flow, a.Form
	a.Engine.Watcher = a.Live
	return nil
}

// jobs makes the job tables and the pool that works on them, as the role that owns them.
func (a *App) jobs(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, a.DB.JobsURL())
	if err != nil {
		return fmt.Errorf("job pool: %w", err)
	}
	a.Jobs = pool
	a.closers = append(a.closers, func(context.Context) error { pool.Close(); return nil })
	if err := relay.Migrate(ctx, pool); err != nil {
		return err
	}
	return a.DB.GrantJobs(ctx)
}

// lines are the series of migrations: the platform's own and one for each module.
func (a *App) lines(list []modules.Module) []tenancy.Line {
	out := []tenancy.Line{record.Line(), policy.Line(), flow.Line(), form.Line(), relay.Line()}
	for _, m := range list {
		l := tenancy.Line{Name: m.Name, Always: m.Always, Needs: m.Needs, Files: m.Migrations}
		if m.Seed != nil {
			l.Seed = func(ctx context.Context, tx *tenancy.Tx) error { return a.Engine.Seed(ctx, tx, m.Seed) }
		}
		out = append(out, l)
	}
	return out
}

// secrets opens the key file (a later line puts Vault here).
func (a *App) secrets() error {
	if a.Config.Production {
		return errors.New("--production needs a key service; a local key file is for trials only")
	}
	k, err := keys.OpenLocal(filepath.Join(a.Config.Data, "keys"), a.Config.Log)
	if err != nil {
		return err
	}
	a.Engine.Sealer = k
	return nil
}

// Close closes what was opened, last first.
func (a *App) Close(ctx context.Context) error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i](ctx))
	}
	a.closers = nil
	return errors.Join(errs...)
}

// tell lets the platform's engines notify people through core.
func tell(ctx context.Context, tx *tenancy.Tx, to []id.ID, roles []string, text entity.Text, about string, rec id.ID) error {
	return record.Emit(ctx, tx, coreevent.Notice{To: to, Roles: roles, Text: text, Entity: about, Record: rec})
}

// who makes the actor for a person on whose behalf something goes on.
func who(ctx context.Context, tx *tenancy.Tx, user id.ID) (tenancy.Actor, error) {
	u, err := record.Get[core.User](ctx, tx, user)
	if err != nil {
		return tenancy.Actor{}, err
	}
	if !u.Active {
		return tenancy.Actor{}, fault.New(fault.NotFound, "user.inactive", "用户已停用", "The user is no longer active")
	}
	return actorOf(u), nil
}
