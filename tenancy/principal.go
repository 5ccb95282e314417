package tenancy

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// Member returns a tenant's user as somebody who could log in, for an operator whom the company lets in. It returns a not_found fault for a user
// without a login.
func (db *DB) Member(ctx context.Context, tenant, user id.ID) (Principal, error) {
	t, err := db.Tenant(ctx, tenant)
	if err != nil {
		return Principal{}, err
	}
	var person string
	err = db.control.QueryRow(ctx, "select person_id::text from tenon.membership where tenant_id = $1 and user_id::text = $2", tenant.String(), user.String()).Scan(&person)
	if errors.Is(err, pgx.ErrNoRows) {
		return Principal{}, fault.New(fault.NotFound, "user.not_found", "没有这个用户", "There is no such user")
	}
	if err != nil {
		return Principal{}, final(err)
	}
	key, err := id.Parse(person)
	if err != nil {
		return Principal{}, err
	}
	p, err := db.Person(ctx, key)
	return Principal{Person: p, Tenant: t, UserID: user}, err
}
