package tenancy

import (
	"context"
	"errors"
	"net/mail"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// Person is a human being who logs in, in any number of tenants. What a tenant knows of them is its own user record.
type Person struct {
	ID           id.ID
	Email        string
	Name         string
	Verified     bool // the address was proven to be theirs; only one verified person has it
	SecondFactor bool // an authenticator app or a passkey is asked for beside the password
	Locale       i18n.Lang
	LastTenant   id.ID
}

func (p PersonInput) validate(f *fault.Fields, company string) {
	if strings.TrimSpace(p.Name) == "" || !storable(p.Name) {
		f.Add("name", "required", "请填写姓名（不超过 200 字节）", "Enter a name (up to 200 bytes)")
	}
	validateEmail(f, p.Email)
	if p.Identity == nil {
		validatePassword(f, p.Password, p.Email, p.Name, company)
	}
}

func validateEmail(f *fault.Fields, email string) {
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 254 {
		f.Add("email", "invalid", "请填写有效的邮箱地址", "Enter a valid e-mail address")
	}
}

const personColumns = "p.id::text, p.email, p.name, p.verified, p.second_factor, p.locale, coalesce(p.last_tenant::text, '')"

// personRow receives personColumns.
type personRow struct {
	Person

	key, last string
}

func (r *personRow) into() []any {
	return []any{&r.key, &r.Email, &r.Name, &r.Verified, &r.SecondFactor, &r.Locale, &r.last}
}

func (r *personRow) person() (p Person, err error) {
	p = r.Person
	if p.ID, err = id.Parse(r.key); err == nil && r.last != "" {
		p.LastTenant, err = id.Parse(r.last)
	}
	return p, err
}

func noPerson() *fault.Fault {
	return fault.New(fault.NotFound, "person.not_found", "没有这个人员", "There is no such person")
}

// Person returns a person by id.
func (db *DB) Person(ctx context.Context, person id.ID) (Person, error) {
	var r personRow
	err := db.control.QueryRow(ctx, "select "+personColumns+" from tenon.person p where p.id = $1", person.String()).Scan(r.into()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, noPerson()
	}
	if err != nil {
		return Person{}, final(err)
	}
	return r.person()
}

// PersonOf returns the verified person of an address, or a not_found fault: do not show the difference to who asks.
func (db *DB) PersonOf(ctx context.Context, email string) (Person, error) {
	var r personRow
	err := db.control.QueryRow(ctx, "select "+personColumns+" from tenon.person p where lower(p.email) = lower($1) and p.verified", email).Scan(r.into()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, noPerson()
	}
	if err != nil {
		return Person{}, final(err)
	}
	return r.person()
}

// UpdatePerson changes a person's own name and language; empty values stay as they are.
func (db *DB) UpdatePerson(ctx context.Context, person id.ID, name string, locale i18n.Lang) error {
	_, err := db.control.Exec(ctx, "update tenon.person set name = coalesce(nullif($2, ''), name), locale = coalesce(nullif($3, ''), locale) where id = $1",
		person.String(), strings.TrimSpace(name), string(locale))
	db.logins.forget(func(p *Principal) bool { return p.Person.ID == person })
	return final(err)
}

// SetPassword gives a person another password and ends all their sessions and login tokens but one, which may be none. Tokens of their programs stay.
func (db *DB) SetPassword(ctx context.Context, person id.ID, password string, keep id.ID) error {
	who, err := db.Person(ctx, person)
	if err != nil {
		return err
	}
	var f fault.Fields
	if validatePassword(&f, password, who.Email, who.Name); f.Len() > 0 {
		return f.Err()
	}
	phc, err := db.hashFor(ctx, who.Email, password)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "update tenon.person set password = $2 where id = $1", person.String(), phc); err != nil {
			return err
		}
		return endSessions(ctx, tx, person, keep)
	})
	db.logins.forget(func(p *Principal) bool { return p.Person.ID == person })
	return final(err)
}

// CheckPassword tells whether this is the person's password, as one asks before a risky act.
func (db *DB) CheckPassword(ctx context.Context, person id.ID, password string) (bool, error) {
	var phc string
	err := db.control.QueryRow(ctx, "select password from tenon.person where id = $1", person.String()).Scan(&phc)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, final(err)
	}
	return db.matches(ctx, password, phc)
}

// Verify notes that a person's address was proven to be theirs. If a verified person has the address already, this one's memberships become that
// one's and this one disappears; who is returned is who remains.
func (db *DB) Verify(ctx context.Context, person id.ID) (Person, error) {
	remains := person
	err := pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		var known string
		err := tx.QueryRow(ctx, `select k.id::text from tenon.person p join tenon.person k on lower(k.email) = lower(p.email) and k.verified
			where p.id = $1 for update of k`, person.String()).Scan(&known)
		if errors.Is(err, pgx.ErrNoRows) {
			_, err = tx.Exec(ctx, "update tenon.person set verified = true where id = $1", person.String())
			return err
		}
		if err != nil || known == person.String() {
			return err
		}
		if remains, err = id.Parse(known); err != nil {
			return err
		}
		return link(ctx, tx, person, remains)
	})
	if err != nil {
		return Person{}, final(err)
	}
	db.logins.forget(func(p *Principal) bool { return p.Person.ID == person })
	return db.Person(ctx, remains)
}

// link gives all that one person record has to another. Where both are members of a tenant the known one's user stays.
func link(ctx context.Context, tx pgx.Tx, from, to id.ID) error {
	_, err := tx.Exec(ctx, `with m as (update tenon.membership m set person_id = $2 where person_id = $1
			and not exists (select 1 from tenon.membership k where k.person_id = $2 and k.tenant_id = m.tenant_id) returning user_id),
		s as (update tenon.session set person_id = $2 where person_id = $1 and user_id in (select user_id from m))
		update tenon.token set person_id = $2 where person_id = $1 and user_id in (select user_id from m)`, from.String(), to.String())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "delete from tenon.person where id = $1", from.String())
	return err
}
