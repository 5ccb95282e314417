package people

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// exec runs one statement on schema tenon.
func (d *Door) exec(ctx context.Context, sql string, args ...any) error {
	return d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	})
}

// row reads one row of schema tenon; found is false when there is none.
func (d *Door) row(ctx context.Context, sql string, args []any, into ...any) (found bool, err error) {
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(into...) })
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// spend notes that something was used; false means that it was used before.
func (d *Door) spend(ctx context.Context, what string, until time.Time) (fresh bool, err error) {
	hash := sha256.Sum256([]byte(what))
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "insert into tenon.spent values ($1, $2) on conflict do nothing", hash[:], until)
		fresh = err == nil && tag.RowsAffected() == 1
		return err
	})
	return fresh, err
}

// The kinds of ceremony.
const (
	loginCeremony    = "login"    // the password was right, the second factor is to come
	registerCeremony = "register" // a passkey is being made
	passkeyCeremony  = "passkey"  // somebody logs in with one
	providerCeremony = "provider" // somebody is at an identity provider
	ticketCeremony   = "ticket"   // they came back, and their browser fetches its session
	provenCeremony   = "proven"   // they came back unknown, and sign up
)

// begin opens a ceremony and returns the secret by which the caller goes on with it.
func (d *Door) begin(ctx context.Context, kind string, person id.ID, data any, life time.Duration) (secret string, err error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	secret, hash := tenancy.Secret()
	var who any
	if !person.IsZero() {
		who = person.String()
	}
	return secret, d.exec(ctx, "insert into tenon.ceremony (id, hash, kind, person_id, data, expires_at) values ($1, $2, $3, $4, $5::text::jsonb, $6)",
		d.db.NewID().String(), hash[:], kind, who, string(raw), d.db.Now().Add(life))
}

// guess reads a ceremony and counts that it was tried; after so many times it is over.
func (d *Door) guess(ctx context.Context, kind, secret string, most int, data any) (found bool, err error) {
	hash := sha256.Sum256([]byte(secret))
	var raw string
	found, err = d.row(ctx, `update tenon.ceremony set guesses = guesses + 1 where hash = $1 and kind = $2 and expires_at > $3 and guesses < $4 returning data::text`,
		[]any{hash[:], kind, d.db.Now(), most}, &raw)
	if err != nil || !found {
		return false, err
	}
	return true, json.Unmarshal([]byte(raw), data)
}

// end takes a ceremony: it can be ended once.
func (d *Door) end(ctx context.Context, kind, secret string, data any) (found bool, err error) {
	hash := sha256.Sum256([]byte(secret))
	var raw string
	found, err = d.row(ctx, "delete from tenon.ceremony where hash = $1 and kind = $2 and expires_at > $3 returning data::text", []any{hash[:], kind, d.db.Now()}, &raw)
	if err != nil || !found {
		return false, err
	}
	return true, json.Unmarshal([]byte(raw), data)
}

// over is the fault for a ceremony that is unknown, was used, or took too long.
func over() *fault.Fault {
	return fault.New(fault.Unauthenticated, "login.over", "登录步骤已过期或无效，请重新开始", "This login took too long or is not valid; start again")
}
