// Package billing answers who pays what: meters, prices, invoices, the life of a tenant by whether it pays, the payment provider, licences of private
// installs. What was used follows from facts; what is paid follows from what was used.
package billing

import (
	"cmp"
	"context"
	"embed"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql
var files embed.FS

// Shared are the tables of this room in schema tenon.
func Shared() tenancy.Shared { return tenancy.Shared{Name: "billing", Files: files} }

// Letter is a mail about a company's account.
type Letter struct {
	To      []Recipient
	Company string
	Subject i18n.Text
	Body    i18n.Text
}

// Recipient is who gets a letter.
type Recipient struct {
	Name, Email string
	Locale      i18n.Lang
}

// Mailer sends letters. It is called after the commit of what it tells of; a failure is tried again with the same key.
type Mailer interface {
	Send(ctx context.Context, key string, letter Letter) error
}

// Owners answers who looks after a company's account.
type Owners interface {
	Owners(ctx context.Context, t *tenancy.Tenant) ([]Recipient, error)
}

// Shredder destroys a tenant's keys for good when it is closed, so that no copy of its data opens any more. It may be called again after a failure.
type Shredder interface {
	// Agreed tells whether those whose consent it takes have given it since the end was asked for. Until then a closing tenant stays as it is.
	Agreed(ctx context.Context, tx pgx.Tx, tenant id.ID, since time.Time) (bool, error)
	// Shred destroys the keys. It returns where the certificate about it can be had.
	Shred(ctx context.Context, t *tenancy.Tenant, since time.Time) (certificate string, err error)
}

// Config is what billing needs from outside.
type Config struct {
	DB       *tenancy.DB
	Modules  []modules.Module
	Log      *slog.Logger
	Provider Provider // nil: invoices are paid by transfer
	Rules    bool     // trials end and unpaid invoices have consequences; without a way to pay they don't
	Private  *Private // a private install's licence; nil: the service that is paid by use
	Facts    []Facts  // further sources of usage
	Stock    Stock
	Mail     Mailer
	Owners   Owners
	Shredder Shredder
	Terms    Terms
}

// Terms are the days between the steps of a tenant's life.
type Terms struct {
	Trial     int // 0: 14
	Due       int // from an invoice to its due date; 0: 14
	Grace     int // past due, everything works; 0: 14
	ReadOnly  int // read-only until it is suspended; 0: 30
	Suspended int // suspended until it is closed; 0: 60
	Closing   int // from a request to close to the end; 0: 30
}

// Service is billing at work.
type Service struct {
	cfg   Config
	db    *tenancy.DB
	log   *slog.Logger
	terms Terms
	tap   *tap
	known modulesByName
	self  id.ID // this process, as a source of counts
	slots chan struct{}
}

// atOnce is how many transactions that count facts run at a time: they hold a connection that logins need too.
const atOnce = 3

// counting runs fn in a transaction over the shared tables that may take a while.
func (s *Service) counting(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx) error) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.db.Share(ctx, fn)
}

type modulesByName map[string]modules.Module

// New makes the service. Open must be called before its first use.
func New(cfg Config) *Service {
	s := &Service{cfg: cfg, db: cfg.DB, log: cfg.Log, terms: cfg.Terms.withDefaults(), known: modulesByName{}, self: cfg.DB.NewID(), slots: make(chan struct{}, atOnce)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, m := range cfg.Modules {
		s.known[m.Name] = m
	}
	s.tap = newTap()
	return s
}

func (t Terms) withDefaults() Terms {
	return Terms{
		Trial: cmp.Or(t.Trial, 14), Due: cmp.Or(t.Due, 14), Grace: cmp.Or(t.Grace, 14), ReadOnly: cmp.Or(t.ReadOnly, 30),
		Suspended: cmp.Or(t.Suspended, 60), Closing: cmp.Or(t.Closing, 30),
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// Open publishes the first price book, or a further one when this program brings modules that have no price yet.
func (s *Service) Open(ctx context.Context) error { return s.ensureBook(ctx) }

// Provided tells whether a payment provider is connected.
func (s *Service) Provided() bool { return s.cfg.Provider != nil }

// Private returns the licence of a private install, or nil.
func (s *Service) Private() *Private { return s.cfg.Private }
