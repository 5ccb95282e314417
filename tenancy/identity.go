package tenancy

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// Identity is who a person is to an identity provider. Tenant is set for a company's own provider: what that one says holds there and nowhere else.
type Identity struct {
	Issuer, Subject string
	Tenant          id.ID
}

// remember notes an identity in the administrator's transaction that makes the person.
func (db *DB) remember(ctx context.Context, a *adminTx, person id.ID, i Identity) error {
	_, err := a.ExecContext(ctx, "insert into tenon.identity (id, person_id, issuer, subject, created_at) values ($1, $2, $3, $4, $5)",
		db.ids.New().String(), person.String(), i.Issuer, i.Subject, db.now())
	return err
}

// Known returns the person of an identity, or a not_found fault.
func (db *DB) Known(ctx context.Context, i Identity) (Person, error) {
	var r personRow
	err := db.control.QueryRow(ctx, "select "+personColumns+` from tenon.person p join tenon.identity i on i.person_id = p.id
		where i.issuer = $1 and i.subject = $2 and coalesce(i.tenant_id::text, '') = $3`, i.Issuer, i.Subject, textOf(i.Tenant)).Scan(r.into()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, noPerson()
	}
	if err != nil {
		return Person{}, final(err)
	}
	return r.person()
}

// SubjectOf is the name under which a company's provider knows a person; empty when it does not.
func (db *DB) SubjectOf(ctx context.Context, person, tenant id.ID, issuer string) (subject string, err error) {
	err = db.control.QueryRow(ctx, "select coalesce(max(subject), '') from tenon.identity where person_id = $1 and tenant_id = $2 and issuer = $3",
		person.String(), tenant.String(), issuer).Scan(&subject)
	return subject, final(err)
}

// Recognise joins an identity with a person, so that they are known by it from now on.
func (db *DB) Recognise(ctx context.Context, person id.ID, i Identity) error {
	var tenant any
	if !i.Tenant.IsZero() {
		tenant = i.Tenant.String()
	}
	_, err := db.control.Exec(ctx, `insert into tenon.identity (id, person_id, tenant_id, issuer, subject, created_at) values ($1, $2, $3, $4, $5, $6)
		on conflict do nothing`, db.ids.New().String(), person.String(), tenant, i.Issuer, i.Subject, db.now())
	return final(err)
}

// MemberOf returns the person who is a tenant's user, or a not_found fault.
func (db *DB) MemberOf(ctx context.Context, tenant, user id.ID) (Person, error) {
	var r personRow
	err := db.control.QueryRow(ctx, "select "+personColumns+` from tenon.person p join tenon.membership m on m.person_id = p.id
		where m.tenant_id = $1 and m.user_id = $2`, tenant.String(), user.String()).Scan(r.into()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, noPerson()
	}
	if err != nil {
		return Person{}, final(err)
	}
	return r.person()
}

// UserOf returns the user that a person is in a tenant; a not_found fault when they are no member.
func (db *DB) UserOf(ctx context.Context, tenant, person id.ID) (id.ID, error) {
	var user string
	err := db.control.QueryRow(ctx, "select user_id::text from tenon.membership where tenant_id = $1 and person_id = $2", tenant.String(), person.String()).Scan(&user)
	if errors.Is(err, pgx.ErrNoRows) {
		return id.ID{}, fault.New(fault.NotFound, "member.unknown", "不是本企业成员", "No member of this workspace")
	}
	if err != nil {
		return id.ID{}, final(err)
	}
	return id.Parse(user)
}

func textOf(k id.ID) string {
	if k.IsZero() {
		return ""
	}
	return k.String()
}
