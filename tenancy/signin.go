package tenancy

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// SignIn is what a company demands of those who come in.
type SignIn struct {
	SecondFactor bool      `json:"second_factor,omitzero"` // everybody needs one
	Since        time.Time `json:"since,omitzero"`         // from when on
	GraceDays    int       `json:"grace_days,omitzero"`    // how long people have to set one up, counted from then or from their joining
	OnlySSO      bool      `json:"only_sso,omitzero"`      // no passwords: people come through the company's identity provider; owners may still use theirs
}

// SetSignIn changes what a company demands.
func (db *DB) SetSignIn(ctx context.Context, tenant id.ID, s SignIn) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return db.set(ctx, tenant, "sign_in = $2::text::jsonb", string(raw))
}

// ByAddress returns the tenant with a workspace address, or a not_found fault.
func (db *DB) ByAddress(ctx context.Context, address string) (*Tenant, error) {
	var key string
	err := db.control.QueryRow(ctx, "select id::text from tenon.tenant where address = $1 and state <> 'deleted'", address).Scan(&key)
	if err == pgx.ErrNoRows { //nolint:errorlint // pgx returns it bare
		return nil, noTenant()
	}
	if err != nil {
		return nil, final(err)
	}
	k, err := id.Parse(key)
	if err != nil {
		return nil, err
	}
	return db.Tenant(ctx, k)
}

// Readdress gives a tenant another workspace address; a conflict fault when it is taken.
func (db *DB) Readdress(ctx context.Context, tenant id.ID, address string) error {
	var f fault.Fields
	if checkAddress(&f, address); f.Len() > 0 {
		return f.Err()
	}
	return addressTaken(db.set(ctx, tenant, "address = $2", address))
}

// Registry runs fn in a transaction that reaches schema tenon and no tenant's rows: for what belongs to people and not to a company.
func (db *DB) Registry(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return final(pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error { return fn(ctx, tx) }))
}

// Hash makes the argon2id string of a password or a short code.
func (db *DB) Hash(ctx context.Context, text string) (string, error) { return db.hash(ctx, text) }

// Matches compares a text with an argon2id string; an empty one costs the same time and never matches.
func (db *DB) Matches(ctx context.Context, text, phc string) (bool, error) {
	return db.matches(ctx, text, phc)
}

// Secret draws 32 random bytes and returns them as text with the hash under which they are kept.
func Secret() (text string, hash [32]byte) { return secret("") }

// EnterWorkspace logs a person in to a workspace without asking for anything: the caller has found out who they are.
func (db *DB) EnterWorkspace(ctx context.Context, person id.ID, workspace string) (Principal, error) {
	p, err := db.Person(ctx, person)
	if err != nil {
		return Principal{}, err
	}
	return db.enterWorkspace(ctx, p, workspace)
}

// endSessions ends a person's sessions and the tokens that stand for sessions, but the one that is kept.
func endSessions(ctx context.Context, tx pgx.Tx, person, keep id.ID) error {
	_, err := tx.Exec(ctx, `with t as (delete from tenon.token where person_id = $1 and id::text <> $2 and scopes @> '["session"]')
		delete from tenon.session where person_id = $1 and id::text <> $2`, person.String(), keep.String())
	return err
}

// Forget drops what is remembered of a person's logins, after their rights or credentials changed.
func (db *DB) Forget(person id.ID) {
	db.logins.forget(func(p *Principal) bool { return p.Person.ID == person })
}

// AcceptsPassword tells what is wrong with a person's new password, before anything is used up for it.
func (db *DB) AcceptsPassword(p Person, password string) error {
	var f fault.Fields
	validatePassword(&f, password, p.Email, p.Name)
	return f.Err()
}
