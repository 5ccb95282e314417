// Package app puts Tenon together: it reads top to bottom what is opened, what is plugged into what, and what is closed in which order.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/paper"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/httpapi"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/all"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/people"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/pgserver"
)

const (
	growEvery    = 10 * time.Minute // tables are looked for that have grown large
	orphansEvery = 15 * time.Second // tasks are looked for whose process is gone

	filesEvery  = 10 * time.Minute // files move to their store
	sparesEvery = 15 * time.Second // sign-ups have taken some

	shelfEvery = 24 * time.Hour     // files go whose record is gone, and what lies in the store and belongs to nobody
	filesKept  = 7 * 24 * time.Hour // what lies in the store after no file needs it: longer than a backup takes
)

// decisionsEvery is how often the sample of decisions is written.
const decisionsEvery = 5 * time.Second

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
	Passwords     tenancy.Argon // what new passwords cost
	Clock         clock.Clock
	Log           *slog.Logger
	Mail          mail.Config
	Billing       Billing
	Vault         keys.VaultConfig // the key service; without an address a local key file
	KeyLife       time.Duration    // how long data keys stay in memory; 0: 15 minutes
	KeyUses       int64            // and for how many values; 0: 4 million
	CallInside    []netip.Prefix   // internal networks that webhooks and identity providers may be in all the same
	People        people.Settings  // sign-up and login; PublicURL and Mail are filled in here
	Drain         time.Duration    // how long /readyz says that this process leaves before it takes no more requests
	Proxies       []netip.Prefix   // networks of the proxies before this program; nil: this machine's
	Traces        Traces
	Files         archive.Store // where the content of files lies; nil: in the database
	MaxUpload     int64         // bytes of one attached file; 0: 200 MB
	Spares        int           // companies' tables that a worker makes before anybody signs up; 0: none
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
	Door   *people.Door
	Form   *form.Fields
	Live   *relay.Live
	Jobs   *pgxpool.Pool
	Keys   *keys.Service

	// Replay, when set, repeats in a restored tenant what has to stay deleted, before anybody can enter.
	Replay func(ctx context.Context, t *tenancy.Tenant, of *archive.Head) error

	Billing *billing.Service

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
		cfg.PublicURL = "http://" + cmp.Or(cfg.Listen, "localhost")
	}
	if cfg.Proxies == nil {
		cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	if err := a.server(ctx); err != nil {
		return err
	}
	a.Door = people.New(a.peopleSettings())
	cfg.Mail.Desk = &mail.Desk{}
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
	if err := a.Door.Open(people.Plugs{
		Engine: a.Engine, Relay: a.Relay, Desk: relay.NewDesk(a.Jobs), Members: members{}, Client: a.Relay.Guard().Client(), Log: cfg.Log,
	}); err != nil {
		return err
	}
	if err := a.billing(ctx, list); err != nil {
		return err
	}
	a.closers = append(a.closers, a.flushing())
	press, err := paper.New(list, a.Engine.Catalog())
	if err != nil {
		return err
	}
	*cfg.Mail.Desk = a.mailDesk(press)
	a.API = httpapi.New(httpapi.Config{
		Billing: a.Billing,
		Engine:  a.Engine, Policy: a.Policy, Log: cfg.Log, PublicURL: cfg.PublicURL, Production: cfg.Production, Proxies: cfg.Proxies,
		Jobs: relay.NewDesk(a.Jobs), Live: a.Live, Relay: a.Relay, Ready: a.DB.Ping, People: members{}, Door: a.Door, Sample: samples{a}, Press: press, Keys: a.Keys,
		MaxUpload: cmp.Or(cfg.MaxUpload, 200<<20),
	})
	a.Replay = a.replay
	errands := a.API.Errands()
	errands["escalate"] = func(ctx context.Context, run *relay.Run) error {
		return a.Engine.Do(ctx, run.Tenant, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
			return a.Flow.Escalate(ctx, tx, run.Task)
		})
	}
	a.Relay.Tasks(who, errands)
	a.Relay.Every("indexes", growEvery, a.Engine.Grow)
	desk := relay.NewDesk(a.Jobs)
	a.Relay.Every("orphans", orphansEvery, func(ctx context.Context) error {
		return errors.Join(desk.Orphans(ctx, a.Engine, "import", "takeover"), desk.Silent(ctx, httpapi.ResumableTasks()...))
	})
	a.Relay.Every("spares", sparesEvery, func(ctx context.Context) error { return a.DB.KeepSpares(ctx, cfg.Spares) })
	a.Relay.Every("files", filesEvery, func(ctx context.Context) error { return a.Engine.SweepFiles(ctx, filesKept) })
	a.Relay.Every("files.strays", shelfEvery, a.Engine.SweepStrays)
	a.Relay.Every("files.shelf", shelfEvery, func(ctx context.Context) error { return a.Engine.SweepShelf(ctx, filesKept) })
	a.decisions(ctx)
	a.Relay.Meter = relay.NewMeter(a.API.Registry(), a.Jobs, cfg.Log)
	return a.traces()
}

// decisions writes the sampled log of decisions now and then, until the program ends.
func (a *App) decisions(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(decisionsEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := a.Policy.WriteDecisions(ctx, a.DB.Do); err != nil && ctx.Err() == nil {
				a.Config.Log.WarnContext(ctx, "a sample of decisions was not written", "error", err)
			}
		}
	}()
	a.closers = append(a.closers, func(context.Context) error { stop(); <-done; return nil })
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
	if a.Engine, err = record.New(list, slices.Concat(flow.Records(), form.Records(), relay.Records(), people.Records())...); err != nil {
		return err
	}
	a.Flow = flow.New(a.Engine, flow.Plugs{Tell: tell, Who: who, Manager: manager, Later: a.escalateAt})
	if err := a.Engine.Extend(a.Flow.Extension()); err != nil {
		return err
	}
	a.Relay = relay.New(list)
	a.Relay.Allow(a.Config.CallInside...)
	if err := a.Engine.Extend(a.Relay.Extension()); err != nil {
		return err
	}
	if err := a.Engine.Extend(a.Door.Extension()); err != nil {
		return err
	}
	sources := []policy.Source{flow.Source(), relay.Source(), people.Source()}
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
	cfg, shared := a.Config, []tenancy.Shared{billing.Shared(), keys.Shared(), people.Shared()}
	db, err := tenancy.Open(ctx, tenancy.Config{URL: cfg.DatabaseURL, Lines: a.lines(list), Shared: shared, Clock: cfg.Clock, Log: cfg.Log, MaxConns: cfg.MaxConns, Passwords: cfg.Passwords})
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
	if cfg.Files != nil {
		a.Engine.Shelf = cfg.Files
	}
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
	out := []tenancy.Line{keys.Line(), record.Line(), policy.Line(), flow.Line(), form.Line(), relay.Line(), people.Line()}
	for _, m := range list {
		l := tenancy.Line{Name: m.Name, Always: m.Always, Needs: m.Needs, Files: m.Migrations}
		if m.Seed != nil {
			l.Seed = func(ctx context.Context, tx *tenancy.Tx) error { return a.Engine.Seed(ctx, tx, m.Seed) }
		}
		out = append(out, l)
	}
	return out
}

// provider is a key service that is opened and closed.
type provider interface {
	keys.Provider
	Close()
}

// secrets opens the key service: Vault where one is named, else a key file.
func (a *App) secrets() error {
	cfg := a.Config
	var p provider
	var err error
	switch {
	case cfg.Vault.Address != "":
		if err := cfg.Vault.Login.Check(); err != nil {
			return fmt.Errorf("vault: %w", err)
		}
		cfg.Vault.Log = cfg.Log
		p, err = keys.OpenVault(cfg.Vault)
	case cfg.Production:
		return errors.New("--production needs a key service (--vault-address); a local key file is for trials only")
	default:
		p, err = keys.OpenLocal(filepath.Join(cfg.Data, "keys"), cfg.Log)
	}
	if err != nil {
		return err
	}
	a.Keys = keys.New(keys.Config{DB: a.DB, Platform: p, Life: cfg.KeyLife, Uses: cfg.KeyUses, Log: cfg.Log, Dial: a.Relay.Dial})
	a.closers = append(a.closers, func(context.Context) error { a.Keys.Close(); p.Close(); return nil })
	a.Engine.Sealer = a.Keys
	a.Policy.Keep(a.Keys)
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
