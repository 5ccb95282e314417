package tenancy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/internal/id"
)

// Column is one column of a table that is copied.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // as PostgreSQL writes it: numeric(20,4)
}

// Table is a table that is copied: what is computed is left out.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Sequence is how far a sequence has counted.
type Sequence struct {
	Name   string `json:"name"`
	Last   int64  `json:"last"`
	Called bool   `json:"called"` // Last was given out
}

// LineState is how far a line of migrations is, as the registry has it.
type LineState struct {
	Name      string    `json:"name"`
	On        bool      `json:"on"`
	Version   int       `json:"version"`
	Tolerates int       `json:"tolerates"`
	Seeded    bool      `json:"seeded"`
	Since     time.Time `json:"since"`
}

// Member is a person who may enter a tenant, with what is needed to know them again elsewhere.
type Member struct {
	User     string `json:"user_id"`
	Person   string `json:"person_id"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Password string `json:"password"` // argon2id, never the password itself
	Verified bool   `json:"verified"`
	Locale   string `json:"locale"`
}

// Frozen is one moment of the whole database. Units of work go on beside it and are not seen.
type Frozen struct {
	db   *DB
	name string

	At      time.Time
	Tenants []*Tenant // that were not deleted, oldest first
}

// Freeze lets fn read all tenants as they are at one moment. It locks nothing; PostgreSQL keeps old rows until fn returns.
func (db *DB) Freeze(ctx context.Context, fn func(ctx context.Context, s *Frozen) error) error {
	begin := []string{"begin isolation level repeatable read read only", "set local idle_in_transaction_session_timeout = 0", "set local search_path = ''"}
	return final(db.administerFrom(ctx, begin, func(ctx context.Context, a *adminTx) error {
		s := &Frozen{db: db}
		if err := a.QueryRowContext(ctx, "select pg_export_snapshot(), now()").Scan(&s.name, &s.At); err != nil {
			return err
		}
		list, err := db.List(ctx)
		if err != nil {
			return err
		}
		var there []string
		if err := a.bun.NewRaw("select id::text from tenon.tenant where state <> 'deleted'").Scan(ctx, &there); err != nil {
			return err
		}
		known := map[string]bool{}
		for _, key := range there {
			known[key] = true
		}
		for _, t := range list {
			if known[t.ID.String()] {
				s.Tenants = append(s.Tenants, t)
			}
		}
		return fn(ctx, s)
	}))
}

// Reader reads one tenant in a snapshot.
type Reader struct {
	db     *DB
	a      *adminTx
	Tenant *Tenant
}

// errMoved says that a tenant's tables changed under the hands of who reads them.
var errMoved = errors.New("the tenant was migrated meanwhile: start again")

// Read lets fn read one tenant. Its tables must not be migrated meanwhile, else it is an error.
func (s *Frozen) Read(ctx context.Context, t *Tenant, fn func(ctx context.Context, r *Reader) error) error {
	begin := []string{
		"begin isolation level repeatable read read only", "set transaction snapshot " + literal(s.name), "set local statement_timeout = 0",
		"set local bytea_output = 'hex'", "set local datestyle = 'ISO'", "set local extra_float_digits = 1",
		"set local search_path = " + tenantName(t.Schema) + ", pg_temp",
	}
	err := s.db.administerFrom(ctx, begin, func(ctx context.Context, a *adminTx) error {
		r := &Reader{s.db, a, t}
		before, err := r.Lines(ctx)
		if err != nil {
			return err
		}
		if err := fn(ctx, r); err != nil {
			return err
		}
		now, err := s.db.Modules(ctx, t.ID)
		if err != nil {
			return err
		}
		version := map[string]int{}
		for _, m := range now {
			version[m.Name] = m.Version
		}
		for _, l := range before {
			if version[l.Name] != l.Version {
				return fmt.Errorf("%s: %w", t.Name, errMoved)
			}
		}
		return nil
	})
	return final(err)
}

// asOwner runs fn with the rights on the tenants' tables.
func (r *Reader) asOwner(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := r.a.script(ctx, "set local role "+r.db.roles.owner()); err != nil {
		return err
	}
	return errors.Join(fn(ctx), r.a.script(ctx, "set local role none"))
}

// copyOut writes the rows of a query in PostgreSQL's text format, one row with each call of Write.
func (a *adminTx) copyOut(ctx context.Context, w io.Writer, query string) error {
	_, err := a.scope.on.raw().CopyTo(ctx, w, "copy ("+query+") to stdout")
	return err
}

// copyIn adds rows in PostgreSQL's text format and returns their number.
func (a *adminTx) copyIn(ctx context.Context, rows io.Reader, into string) (int64, error) {
	tag, err := a.scope.on.raw().CopyFrom(ctx, rows, "copy "+into+" from stdin")
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Detail != "" {
		err = fmt.Errorf("%w (%s)", err, pg.Detail)
	}
	return tag.RowsAffected(), err
}

// homed returns a tenant by its id as the registry has it now, whatever its state.
func (db *DB) homed(ctx context.Context, tenant id.ID) (*Tenant, error) {
	db.tenants.drop(tenant)
	return db.Tenant(ctx, tenant)
}
