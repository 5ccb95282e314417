package tenancy

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/internal/id"
)

// Roster tells which companies, people and logins a database has, for who stands before several of them. It reads schema tenon only and never writes;
// its login needs SELECT on tenon.tenant, tenon.person (email), tenon.session and tenon.token (hash).
type Roster struct{ pool *pgxpool.Pool }

// Listed is a company as a roster names it.
type Listed struct {
	ID      id.ID
	Address string
	Open    bool // people may enter: it is neither closing nor gone
}

// OpenRoster prepares to read a database; the first question connects.
func OpenRoster(ctx context.Context, url string) (*Roster, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("tenancy: the database address can't be read") // its text may hold the password
	}
	cfg.MaxConns, cfg.MaxConnIdleTime, cfg.ConnConfig.ConnectTimeout = 4, time.Minute, 3*time.Second
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, hidePassword(err)
	}
	return &Roster{pool}, nil
}

// Close ends its connections.
func (r *Roster) Close() { r.pool.Close() }

// Companies returns all companies that the database has.
func (r *Roster) Companies(ctx context.Context) ([]Listed, error) {
	rows, err := r.pool.Query(ctx, "select id::text, coalesce(address, ''), state not in ('closing', 'deleted') from tenon.tenant")
	if err != nil {
		return nil, hidePassword(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x Listed, err error) {
		var key string
		if err = row.Scan(&key, &x.Address, &x.Open); err == nil {
			x.ID, err = id.Parse(key)
		}
		return x, err
	})
	return out, hidePassword(err)
}

// Knows tells whether somebody with this e-mail address has a login there.
func (r *Roster) Knows(ctx context.Context, email string) (bool, error) {
	return r.is(ctx, "select exists (select 1 from tenon.person where lower(email) = lower($1))", strings.TrimSpace(email))
}

// Holds tells whether a session's cookie or a token was given out there, and has not ended.
func (r *Roster) Holds(ctx context.Context, secret string) (bool, error) {
	hash := sha256.Sum256([]byte(secret))
	return r.is(ctx, `select exists (select 1 from tenon.session where hash = $1 and expires_at > now())
		or exists (select 1 from tenon.session where old_hash = $1 and expires_at > now()) or exists (select 1 from tenon.token where hash = $1 and expires_at > now())`, hash[:])
}

func (r *Roster) is(ctx context.Context, sql string, arg any) (yes bool, err error) {
	err = r.pool.QueryRow(ctx, sql, arg).Scan(&yes) //nolint:unqueryvet // the texts above
	return yes, hidePassword(err)
}
