package tenancy

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// New is a company that signs up.
type New struct {
	Company  string
	Address  string    // empty: made from the company's name, or by chance
	Locale   i18n.Lang // empty: Chinese
	Zone     string    // empty: Asia/Shanghai
	Currency string    // empty: CNY
	Modules  []string  // switched on from the start, besides those that always are
	Person   PersonInput
	Terms    string // the version of the terms that was accepted; empty: none
	Network  string // where from
}

// PersonInput is who signs up: a new person, or, when ID is set, one who is logged in already.
type PersonInput struct {
	ID       id.ID
	Name     string
	Email    string
	Password string
	Identity *Identity // proven by a provider of the installation: takes the place of a password, and of the mail that proves the address
}

func (n *New) defaults() {
	if n.Locale == "" {
		n.Locale = i18n.ZH
	}
	if n.Zone == "" {
		n.Zone = "Asia/Shanghai"
	}
	if n.Currency == "" {
		n.Currency = "CNY"
	}
	n.Company = strings.TrimSpace(n.Company)
	n.Person.Email, n.Person.Name = strings.TrimSpace(n.Person.Email), strings.TrimSpace(n.Person.Name)
}

// storable tells that a name is text of at most 200 bytes.
func storable(name string) bool {
	return len(name) <= 200 && utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}

// Check tells everything that Create would refuse in what a company has filled in.
func (db *DB) Check(n New) error {
	n.defaults()
	return db.validate(n)
}

func (db *DB) validate(n New) error {
	var f fault.Fields
	if n.Company == "" || !storable(n.Company) {
		f.Add("company", "required", "请填写公司名称（不超过 200 字节）", "Enter the company's name (up to 200 bytes)")
	}
	if len(n.Currency) != 3 || strings.Trim(n.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		f.Add("currency", "unknown", "币种应为三个大写字母", "A currency is three capital letters")
	}
	if _, err := time.LoadLocation(n.Zone); err != nil || n.Zone == "Local" {
		f.Add("zone", "unknown", "未知的时区 %s", "Unknown time zone %s", n.Zone)
	}
	if n.Person.ID.IsZero() {
		n.Person.validate(&f, n.Company)
	}
	db.unknown(&f, "modules", n.Modules)
	if n.Address != "" {
		checkAddress(&f, n.Address)
	}
	return f.Err()
}

// Create makes a tenant with its first person in one transaction: role, schema, tables of all platform lines and chosen modules (or a spare that has
// them), their seeds, then seed, which makes the admin's own user record and what else the caller wants. All of it stands, or nothing. The person is a
// new, unverified one even if the address is known, unless New names a logged-in person. It returns the tenant, the person and the id of the tenant's
// first user.
func (db *DB) Create(ctx context.Context, n New, seed func(ctx context.Context, tx *Tx, admin id.ID) error) (*Tenant, Person, id.ID, error) {
	n.defaults()
	if err := db.validate(n); err != nil {
		return nil, Person{}, id.ID{}, err
	}
	list, err := db.chosen(n.Modules)
	if err != nil {
		return nil, Person{}, id.ID{}, err
	}
	person, password, err := db.prepared(ctx, n)
	if err != nil {
		return nil, Person{}, id.ID{}, err
	}
	select {
	case db.signups <- struct{}{}:
		defer func() { <-db.signups }()
	case <-ctx.Done():
		return nil, Person{}, id.ID{}, ctx.Err()
	}
	t, err := db.newTenant(ctx, n, list)
	if err != nil {
		return nil, Person{}, id.ID{}, final(err)
	}
	user := db.ids.New()
	var after []func(context.Context)
	err = db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		before, list, has, err := db.housed(ctx, a, t, list)
		if err != nil {
			return err
		}
		if err := db.register(ctx, a, t, n, person, password, user); err != nil {
			return err
		}
		actor := Actor{ID: user, Name: person.Name, System: true, Locale: n.Locale}
		after, err = db.raise(ctx, a, t, before, list, has, actor, func(ctx context.Context, tx *Tx) error {
			if seed == nil {
				return nil
			}
			return seed(ctx, tx, user)
		})
		return err
	})
	if err != nil {
		return nil, Person{}, id.ID{}, final(err)
	}
	for _, fn := range after {
		fn(context.WithoutCancel(ctx))
	}
	return t, person, user, nil
}

// prepared finds or makes the person before the transaction begins: a password takes 20 ms of work.
func (db *DB) prepared(ctx context.Context, n New) (p Person, password string, err error) {
	if !n.Person.ID.IsZero() {
		p, err = db.Person(ctx, n.Person.ID)
		return p, "", err
	}
	p = Person{ID: db.ids.New(), Email: n.Person.Email, Name: n.Person.Name, Locale: n.Locale}
	if n.Person.Identity != nil {
		p.Verified = true
		return p, "", nil
	}
	password, err = db.hashFor(ctx, n.Person.Email, n.Person.Password)
	return p, password, err
}

func (db *DB) newTenant(ctx context.Context, n New, list []*line) (*Tenant, error) {
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return nil, err
	}
	bucket, err := db.chooseBucket(ctx)
	if err != nil {
		return nil, err
	}
	name := "t_" + random(8)
	if n.Address == "" {
		n.Address = db.freeAddress(ctx, n.Company, name)
	}
	t := &Tenant{
		ID: db.ids.New(), Name: n.Company, Address: n.Address, Schema: name, Role: name, Bucket: bucket, State: Active, Locale: n.Locale, Zone: zone, Currency: n.Currency,
		Modules: map[string]bool{}, Generation: 1, home: db,
	}
	for _, l := range list {
		t.Modules[l.Name] = true
	}
	return t, nil
}

func (db *DB) register(ctx context.Context, a *adminTx, t *Tenant, n New, p Person, password string, user id.ID) error {
	now := db.now()
	_, err := a.ExecContext(ctx, `insert into tenon.tenant (id, name, address, schema_name, role_name, bucket, state, locale, zone, currency, generation, created_at)
		values ($1, $2, $11, $3, $4, $5, $6, $7, $8, $9, 1, $10)`,
		t.ID.String(), t.Name, t.Schema, t.Role, t.Bucket, t.State, string(t.Locale), t.Zone.String(), t.Currency, now, t.Address)
	if err != nil {
		return addressTaken(err)
	}
	if n.Person.ID.IsZero() {
		_, err = a.ExecContext(ctx, `insert into tenon.person (id, email, name, password, locale, last_tenant, created_at, verified)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, p.ID.String(), p.Email, p.Name, password, string(p.Locale), t.ID.String(), now, p.Verified)
	} else {
		_, err = a.ExecContext(ctx, "update tenon.person set last_tenant = $2 where id = $1", p.ID.String(), t.ID.String())
	}
	if err != nil {
		return err
	}
	if _, err = a.ExecContext(ctx, "insert into tenon.membership values ($1, $2, $3, $4)", p.ID.String(), t.ID.String(), user.String(), now); err != nil {
		return err
	}
	if n.Person.Identity != nil {
		if err := db.remember(ctx, a, p.ID, *n.Person.Identity); err != nil {
			return err
		}
	}
	if n.Terms == "" {
		return nil
	}
	_, err = a.ExecContext(ctx, "insert into tenon.acceptance values ($1, $2, $3, $4, $5)", t.ID.String(), n.Terms, p.ID.String(), n.Network, now)
	return err
}

// Delete drops a tenant's schema and role for good and keeps a tombstone in the registry. It ends all its sessions and tokens. Drop tenants when
// little is going on: it takes hundreds of locks.
func (db *DB) Delete(ctx context.Context, tenant id.ID) error {
	t, err := db.Tenant(ctx, tenant)
	if err != nil {
		return err
	}
	err = db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		r, err := a.ExecContext(ctx, `update tenon.tenant set state = 'deleted', deleted_at = $2, generation = generation + 1
			where id = $1 and state <> 'deleted'`, tenant.String(), db.now())
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, noTenant())
		}
		if _, err := a.ExecContext(ctx, `with s as (delete from tenon.session where tenant_id = $1), p as (delete from tenon.proof where tenant_id = $1),
			i as (delete from tenon.identity where tenant_id = $1), t as (delete from tenon.token where tenant_id = $1),
			m as (delete from tenon.membership where tenant_id = $1) delete from tenon.tenant_module where tenant_id = $1`, tenant.String()); err != nil {
			return err
		}
		return a.script(ctx, db.drop(t.Schema, t.Role))
	})
	if err != nil {
		return final(err)
	}
	return db.tell(ctx, tenant)
}
