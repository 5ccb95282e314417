// Package pgserver runs Tenon's own PostgreSQL in a data folder, for an install that brings no database.
//
// The folder belongs to this package:
//
//	cluster/       what PostgreSQL keeps (its PGDATA)
//	log/           the server's log: files of 10 MB, the newest eight are kept
//	tenon.conf     settings, written at each start
//	local.conf     the operator's own settings, which win; ALTER SYSTEM wins over both
//	password       of the superuser tenon
//	port           the port of the last start
//	lock           held by the one Tenon process that manages the folder
//	startup.log    what the server said before its log was open
//
// The server outlives a Tenon that was killed, and the next Start adopts it: there is never a second one on the same folder.
package pgserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"
)

const (
	superuser = "tenon"
	host      = "127.0.0.1" // nothing but this machine is served
	poll      = 20 * time.Millisecond
	oldest    = 15 // the majors of PostgreSQL that Tenon is tested on
	newest    = 18
	fetched   = 17 // the major that is fetched for a new folder
)

// Config says where and how to run the server.
type Config struct {
	Dir             string        // the data folder; made when it is missing
	Log             *slog.Logger  // progress; nil is silent
	Binaries        string        // the folder that holds postgres and initdb; empty looks for them, then fetches them
	IgnoreInstalled bool          // use fetched binaries even where PostgreSQL is installed
	CacheDir        string        // where fetched binaries are kept; empty: the user's cache folder, for root /var/cache/tenon/postgresql
	Port            int           // 0 takes the port of the last start, or a free one
	Unsafe          bool          // no fsync: fast, and a crash of the machine destroys the data. For tests only
	Timeout         time.Duration // how long the server may take to become ready, crash recovery included; 0 is two minutes
}

// Server is a running PostgreSQL that this process manages.
type Server struct {
	cfg      Config
	folder   *folder
	account  account
	password string
	lock     *os.File
	port     int
	pid      int
	version  string
	adopted  bool
	done     chan struct{} // closed when the server has ended
	stop     stopping
}

// Start makes the data folder when it is new, runs the server and returns when it answers. A server that a killed Tenon
// left behind is adopted. It returns a *BusyError when another process manages the folder and a *BinariesError when there
// is no fitting PostgreSQL. The server outlives ctx: end it with Stop.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if !supported {
		return nil, errors.New("pgserver: Tenon can't run its own PostgreSQL on this system: set DATABASE_URL to a PostgreSQL server")
	}
	if cfg.Dir == "" {
		return nil, errors.New("pgserver: no data folder was given")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 2*time.Minute)
	s := &Server{cfg: cfg}
	if err := s.start(ctx); err != nil {
		s.release()
		return nil, fmt.Errorf("pgserver: %w", err)
	}
	go s.watch()
	return s, nil
}

// URL is the superuser's address of a database, for pgx. It accepts no answer but SCRAM, so that whoever takes the port
// after the server has gone can't ask for the password; a libpq older than 16 does not know require_auth: cut it off there.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, s.password),
		Host:     net.JoinHostPort(host, strconv.Itoa(s.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable&require_auth=scram-sha-256",
	}
	return u.String()
}

// Adopted reports whether the server was already running when Start found it.
func (s *Server) Adopted() bool { return s.adopted }

// Version is the server's own, such as 17.10.
func (s *Server) Version() string { return s.version }

// Port is where the server listens on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// Done is closed when the server has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.done }
