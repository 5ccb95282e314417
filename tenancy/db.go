package tenancy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

// Config says where the data is kept and which lines of migrations exist.
type Config struct {
	URL    string // of a role that may create roles and schemas; it must lead to PostgreSQL directly, not through a pooler
	Lines  []Line
	Shared []Shared     // further series of shared tables
	Clock  clock.Clock  // nil: the machine's
	Log    *slog.Logger // nil is silent

	Passwords        Argon         // what new passwords cost
	MaxConns         int           // units of work at the same time; 0 is 20. Tenants queue fairly for them
	StatementTimeout time.Duration // of one statement; 0 is 30 s
	LockTimeout      time.Duration // how long a statement waits for a lock; 0 is 10 s
	Wait             time.Duration // how long a unit of work queues for a connection; 0 is 10 s
	SlowStatement    time.Duration // a statement that takes as long is logged, without its values; 0 is 1 s
	TenantsPerLogin  int           // what a stolen connection could reach at most; 0 is 200
}

// DB is the way to all tenants' data.
type DB struct {
	cfg    Config
	log    *slog.Logger
	now    clock.Clock
	ids    *id.Source
	lines  *lines
	madeOf string          // the digest of the lines
	base   *pgx.ConnConfig // the administrator's address
	roles  installation

	admin   *pool         // registry and migrations
	control *pgxpool.Pool // schema tenon only
	pools   pools         // one for each bucket
	gate    *Gate
	tenants tenantCache
	logins  loginCache
	hashing chan struct{} // slots for passwords: each takes 19 MiB
	signups chan struct{} // slots for sign-ups: each takes many locks

	weak   []string
	stop   context.CancelFunc
	ending sync.WaitGroup
}

// yieldFor is how long a company that floods lets others work alone at most: longer than most of what they ask for takes.
const yieldFor = 10 * time.Millisecond

// Open connects to PostgreSQL 15 to 18, brings the shared schema up to date and makes the installation's roles. It refuses a database that a newer
// Tenon has migrated beyond what this one understands. Tenants are migrated by Migrate.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg.defaults()
	read, err := readLines(cfg.Lines)
	if err != nil {
		return nil, err
	}
	base, err := pgx.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("tenancy: the database address can't be read") // its text may hold the password
	}
	db := &DB{
		cfg: cfg, log: cfg.Log, now: cfg.Clock, ids: id.NewSource(cfg.Clock), lines: read, madeOf: read.digest(), base: base,
		gate:    NewGate(cfg.MaxConns, runtime.GOMAXPROCS(0)/2).Alone(alone(base.Host, cfg.MaxConns)).Yield(yieldFor),
		hashing: make(chan struct{}, 2), signups: make(chan struct{}, 3),
	}
	db.tenants.entries, db.logins.entries = map[id.ID]cached{}, map[[32]byte]login{}
	if err := db.prepare(ctx); err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	if err := db.connect(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("tenancy: %w", err), db.Close())
	}
	listening, stop := context.WithCancel(context.WithoutCancel(ctx))
	db.stop = stop
	db.ending.Go(func() { db.listen(listening) })
	return db, nil
}

func (c *Config) defaults() {
	if c.Clock == nil {
		c.Clock = clock.System
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Passwords = cmp.Or(c.Passwords, Argon{Memory: 19 * 1024, Time: 2})
	c.MaxConns = cmp.Or(c.MaxConns, 20)
	c.StatementTimeout = cmp.Or(c.StatementTimeout, 30*time.Second)
	c.LockTimeout = cmp.Or(c.LockTimeout, 10*time.Second)
	c.SlowStatement = cmp.Or(c.SlowStatement, time.Second)
	c.Wait = cmp.Or(c.Wait, 10*time.Second)
	c.TenantsPerLogin = cmp.Or(c.TenantsPerLogin, 200) // PostgreSQL 15 takes quadratic time to learn a role's memberships anew
}

// prepare does what needs the administrator's own connection, once at each start.
func (db *DB) prepare(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, db.base)
	if err != nil {
		return fmt.Errorf("can't reach PostgreSQL: %w", hidePassword(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version int
	if err := conn.QueryRow(ctx, "select current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version < 150000 || version >= 190000 {
		return fmt.Errorf("this is PostgreSQL %d; Tenon runs on 15 to 18", version/10000)
	}
	db.roles.granting = version >= 160000
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return db.bootstrap(ctx, tx) }); err != nil {
		return err
	}
	if db.weak, err = db.harden(ctx, conn); err != nil {
		return err
	}
	for _, w := range db.weak {
		db.log.WarnContext(ctx, "the database could not be hardened", "what", w)
	}
	return nil
}

// connect opens the pools and checks that this program understands the tenants' schemas.
func (db *DB) connect(ctx context.Context) error {
	db.admin = db.open(db.base.User, db.base.Password, 6)
	cfg, err := pgxpool.ParseConfig(db.cfg.URL)
	if err != nil {
		return err
	}
	db.login(&cfg.ConnConfig.Config, db.roles.control(), db.roles.controlPassword)
	cfg.MaxConns, cfg.MaxConnLifetime, cfg.MaxConnIdleTime = 8, 10*time.Minute, time.Minute
	if db.control, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	if err := db.control.Ping(ctx); err != nil {
		return fmt.Errorf("the login role %s can't connect: %w", db.roles.control(), hidePassword(err))
	}
	return db.understands(ctx)
}

// Close ends all connections. Units of work that run are cut off.
func (db *DB) Close() error {
	if db.stop != nil {
		db.stop()
		db.ending.Wait()
	}
	if db.control != nil {
		db.control.Close()
	}
	var err error
	if db.admin != nil {
		err = db.admin.Close()
	}
	return errors.Join(err, db.pools.close())
}

// Now returns the time as the installation's clock has it.
func (db *DB) Now() time.Time { return db.now() }

// NewID returns a fresh id outside of units of work.
func (db *DB) NewID() id.ID { return db.ids.New() }

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.control.Ping(ctx) }

// Weaknesses lists what the database's rights did not let Tenon close off, for the doctor to show.
func (db *DB) Weaknesses() []string { return db.weak }

// JobsURL is the address of the login role that owns schema river, for the job workers.
func (db *DB) JobsURL() string { return db.address(db.roles.jobs(), db.roles.jobsPassword) }

// hidePassword keeps what pgx says and drops an address that it may quote.
func hidePassword(err error) error {
	var connect interface{ Unwrap() error }
	if errors.As(err, &connect) && connect.Unwrap() != nil {
		return connect.Unwrap()
	}
	return err
}

// alone is how many units of work one tenant may have at once while it is the only one. Where PostgreSQL runs on this machine both work with the same
// processors: more than two for each only wait for one another's locks, and the last of them longest.
func alone(host string, most int) int {
	at, err := netip.ParseAddr(host)
	if strings.HasPrefix(host, "/") || host == "localhost" || err == nil && at.IsLoopback() {
		return max(4, 2*runtime.GOMAXPROCS(0))
	}
	return most
}
