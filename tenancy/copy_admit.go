package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
)

// Raise brings one tenant's tables to the latest versions.
func (db *DB) Raise(ctx context.Context, t *Tenant) error {
	return db.catchUp(ctx, behind{t.ID, t.Name})
}

// Admit opens a rebuilt tenant to its people. Somebody whom this installation knows by id and address, or by a verified address, stays who they are
// here, with their password; the others are made. It returns the tenant.
func (db *DB) Admit(ctx context.Context, t *Tenant, members []Member) (*Tenant, error) {
	err := pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		for _, m := range members {
			if err := db.welcome(ctx, tx, t, m); err != nil {
				return fmt.Errorf("%s: %w", m.Email, err)
			}
		}
		tag, err := tx.Exec(ctx, "update tenon.tenant set state = 'active', generation = generation + 1 where id = $1 and state = 'closing'", t.ID.String())
		if err == nil && tag.RowsAffected() == 0 {
			return noTenant()
		}
		return err
	})
	if err != nil {
		return nil, final(err)
	}
	if err := db.tell(ctx, t.ID); err != nil {
		return nil, err
	}
	return db.homed(ctx, t.ID)
}

func (db *DB) welcome(ctx context.Context, tx pgx.Tx, t *Tenant, m Member) error {
	person := ""
	err := tx.QueryRow(ctx, `select id::text from tenon.person where lower(email) = lower($2) and (id = $1 or $3 and verified) order by id <> $1 limit 1`,
		m.Person, m.Email, m.Verified).Scan(&person)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if person == "" {
		err := tx.QueryRow(ctx, `insert into tenon.person (id, email, name, password, verified, locale, last_tenant, created_at)
			values (case when exists (select from tenon.person where id = $1) then $2::uuid else $1::uuid end, $3, $4, $5, $6, $7, $8, $9) returning id::text`,
			m.Person, db.ids.New().String(), m.Email, m.Name, m.Password, m.Verified, m.Locale, t.ID.String(), db.now()).Scan(&person)
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "insert into tenon.membership values ($1, $2, $3, $4)", person, t.ID.String(), m.User, db.now())
	return err
}

// Discard drops what is left of a tenant that could not be rebuilt.
func (db *DB) Discard(ctx context.Context, tenant id.ID) error {
	t, err := db.homed(ctx, tenant)
	if err != nil {
		return err
	}
	if t.State != Closing {
		return fmt.Errorf("%s is in use", t.Name)
	}
	return db.Delete(ctx, tenant)
}
