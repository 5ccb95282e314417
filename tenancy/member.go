package tenancy

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// Workspace is a tenant that a person may enter.
type Workspace struct {
	Tenant id.ID
	Name   string
	State  string
	UserID id.ID
	Last   bool // entered last
}

// Workspaces returns the tenants that a person may enter, by name.
func (db *DB) Workspaces(ctx context.Context, person id.ID) ([]Workspace, error) {
	rows, err := db.control.Query(ctx, `select t.id::text, t.name, t.state, m.user_id::text, t.id is not distinct from p.last_tenant
		from tenon.membership m join tenon.tenant t on t.id = m.tenant_id join tenon.person p on p.id = m.person_id
		where m.person_id = $1 and t.state <> 'deleted' order by lower(t.name), t.id`, person.String())
	if err != nil {
		return nil, final(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Workspace, err error) {
		var tenant, user string
		if err := row.Scan(&tenant, &w.Name, &w.State, &user, &w.Last); err != nil {
			return w, err
		}
		if w.Tenant, err = id.Parse(tenant); err != nil {
			return w, err
		}
		w.UserID, err = id.Parse(user)
		return w, err
	})
	return list, final(err)
}

// AddMember lets a person into a tenant as the user with this id. A verified person of that address is taken as they are: their name and password
// stay. Otherwise a new, unverified person is made, whose password may be empty until they set one. An unverified person of that address is never
// taken: whoever made it has not proven to own the address. It returns a conflict fault when the person is a member already.
func (db *DB) AddMember(ctx context.Context, tenant id.ID, email, name, password string, user id.ID) (Person, error) {
	email, name = strings.TrimSpace(email), strings.TrimSpace(name)
	var f fault.Fields
	validateEmail(&f, email)
	if name == "" || !storable(name) {
		f.Add("name", "required", "请填写姓名（不超过 200 字节）", "Enter a name (up to 200 bytes)")
	}
	if password != "" {
		validatePassword(&f, password, email, name)
	}
	if f.Len() > 0 {
		return Person{}, f.Err()
	}
	t, err := db.Tenant(ctx, tenant)
	if err != nil {
		return Person{}, err
	}
	phc := ""
	if password != "" {
		if phc, err = db.hashFor(ctx, email, password); err != nil {
			return Person{}, err
		}
	}
	person, err := db.PersonOf(ctx, email)
	known := err == nil
	if !known {
		if !fault.Is(err, fault.NotFound) {
			return Person{}, err
		}
		person = Person{ID: db.ids.New(), Email: email, Name: name, Locale: t.Locale, LastTenant: tenant}
	}
	return person, db.admitMember(ctx, person, known, phc, tenant, user)
}

func (db *DB) admitMember(ctx context.Context, person Person, known bool, phc string, tenant, user id.ID) error {
	err := pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		// Two who add one address at once wait for each other here.
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1 || lower($2), 0))", tenant.String(), person.Email); err != nil {
			return err
		}
		var member bool
		err := tx.QueryRow(ctx, `select exists (select 1 from tenon.membership m join tenon.person p on p.id = m.person_id
			where m.tenant_id = $1 and lower(p.email) = lower($2))`, tenant.String(), person.Email).Scan(&member)
		if err != nil {
			return err
		}
		if member {
			return memberExists()
		}
		if !known {
			if _, err := tx.Exec(ctx, `insert into tenon.person (id, email, name, password, locale, last_tenant, created_at, verified)
				values ($1, $2, $3, $4, $5, $6, $7, $8)`,
				person.ID.String(), person.Email, person.Name, phc, string(person.Locale), tenant.String(), db.now(), person.Verified); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "insert into tenon.membership values ($1, $2, $3, $4)", person.ID.String(), tenant.String(), user.String(), db.now())
		return err
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return memberExists().Because(err)
	}
	return final(err)
}

func memberExists() *fault.Fault {
	return fault.New(fault.Conflict, "member.exists", "该邮箱已是本企业成员", "This address is a member of the workspace already").
		At("email", "duplicate", "该邮箱已是本企业成员", "This address is a member of the workspace already")
}

// RemoveMember shuts a user out of a tenant: membership, sessions and tokens end at once. A person who has proven nothing and belongs nowhere else is
// nobody any more.
func (db *DB) RemoveMember(ctx context.Context, tenant, user id.ID) error {
	err := pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		var person string
		err := tx.QueryRow(ctx, `with s as (delete from tenon.session where tenant_id = $1 and user_id = $2),
			t as (delete from tenon.token where tenant_id = $1 and user_id = $2)
			delete from tenon.membership where tenant_id = $1 and user_id = $2 returning person_id::text`, tenant.String(), user.String()).Scan(&person)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err == nil {
			_, err = tx.Exec(ctx, "delete from tenon.person where id = $1 and not verified and not exists (select from tenon.membership where person_id = $1)", person)
		}
		return err
	})
	if err != nil {
		return final(err)
	}
	return db.tell(ctx, tenant)
}

// ForgetUser removes who a user is from the registry: their way into the tenant, and the person themself, with all their credentials, unless they are
// somebody in another tenant too.
func (db *DB) ForgetUser(ctx context.Context, tenant, user id.ID) error {
	err := pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		var person, email string
		err := tx.QueryRow(ctx, "select p.id::text, p.email from tenon.membership m join tenon.person p on p.id = m.person_id where m.tenant_id = $1 and m.user_id = $2 for update of p",
			tenant.String(), user.String()).Scan(&person, &email)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `with s as (delete from tenon.session where tenant_id = $1 and user_id = $2), t as (delete from tenon.token where tenant_id = $1 and user_id = $2),
			i as (delete from tenon.identity where tenant_id = $1 and person_id = $3) delete from tenon.membership where tenant_id = $1 and user_id = $2`,
			tenant.String(), user.String(), person); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, "delete from tenon.person where id = $1 and not exists (select from tenon.membership where person_id = $1)", person)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		_, err = tx.Exec(ctx, "with p as (delete from tenon.proof where lower(email) = lower($1)) delete from tenon.known_network where lower(email) = lower($1)", email)
		return err
	})
	if err != nil {
		return final(err)
	}
	return db.tell(ctx, tenant)
}

// Sweep removes sessions and tokens that have expired.
func (db *DB) Sweep(ctx context.Context) error {
	now := db.now()
	_, err := db.control.Exec(ctx, "delete from tenon.session where expires_at < $1", now)
	if err == nil {
		_, err = db.control.Exec(ctx, "delete from tenon.token where expires_at < $1", now.Add(-30*24*time.Hour))
	}
	return final(err)
}

// LetIn makes a person a member of a tenant as the user with this id after the mail of an invitation proved their address: the known one, or, when its id is zero,
// a new and verified one. A person who is a member there already stays the one they are.
func (db *DB) LetIn(ctx context.Context, tenant id.ID, known Person, n PersonInput, user id.ID) (Person, error) {
	person, phc := known, ""
	if known.ID.IsZero() {
		t, err := db.Tenant(ctx, tenant)
		if err != nil {
			return Person{}, err
		}
		person = Person{ID: db.ids.New(), Email: n.Email, Name: n.Name, Locale: t.Locale, LastTenant: tenant, Verified: true}
		if n.Password != "" {
			if phc, err = db.hashFor(ctx, n.Email, n.Password); err != nil {
				return Person{}, err
			}
		}
	}
	if err := db.admitMember(ctx, person, !known.ID.IsZero(), phc, tenant, user); err != nil {
		return Person{}, err
	}
	if n.Identity != nil {
		return person, db.Recognise(ctx, person.ID, *n.Identity)
	}
	return person, nil
}
