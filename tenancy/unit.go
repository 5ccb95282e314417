// Package tenancy answers whose data is worked on, in which unit of work: tenants, people, module switches, schemas and roles, migrations.
package tenancy

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// Tenant is one customer company: its schema, its role, and what it has switched on. Values are shared between requests and never changed;
// a change makes a new value with a higher Generation.
type Tenant struct {
	ID         id.ID
	Name       string
	Address    string // chosen at sign-up, unique: acme
	SignIn     SignIn
	Schema     string // t_…, generated, never user text
	Role       string // the NOLOGIN role that may read and write the schema's rows
	Bucket     int    // which login user may take that role
	State      string // Active, LookOnly, Suspended, Closing, Deleted
	Locale     i18n.Lang
	Zone       *time.Location
	Currency   string
	Modules    map[string]bool // switched on now
	Large      map[string]bool // tables that have got their Indexes, and the names of those that find texts
	Generation int64

	never map[string]bool // modules that have their tables and were never on
	home  *DB             // who gave it out: no other value opens a unit of work
}

// The states of a tenant.
const (
	Active    = "active"
	LookOnly  = "read_only" // can be read and exported, not changed: something has not been paid, or its own limit is reached
	Suspended = "suspended" // the same, and only those who can end it may enter
	Closing   = "closing"   // its data is being taken out
	Deleted   = "deleted"   // a tombstone: schema and role are gone
)

// On tells whether a module is switched on.
func (t *Tenant) On(module string) bool { return t.Modules[module] }

// Never tells whether a module was never on in a tenant that has its tables all the same, because it took a spare: what lies there is nobody's work.
func (t *Tenant) Never(module string) bool { return t.never[module] }

// Actor is who acts: a person, or a module on behalf of one.
type Actor struct {
	ID        id.ID // the tenant's user
	Name      string
	Roles     []string
	Module    string // "inventory" when a reaction runs on behalf of the person
	Visitor   string // who of the installation's operators acts as the person, by consent
	Approver  id.ID  // the last person who agreed, when the act had been parked for approval
	System    bool   // Tenon itself: migrations, demo, imports by an operator
	Locale    i18n.Lang
	RequestID string
}

// Unit is one unit of work: one tenant, one transaction, one timestamp. All Tx values of a transaction share it.
type Unit struct {
	Tenant *Tenant
	Now    time.Time
	DryRun bool // everything is rolled back at the end
	Read   bool // nothing may be written
	Try    int  // 1, or more when the work runs again because others were in its way

	ids    *id.Source
	given  []id.ID
	locals map[any]any
	before []func(ctx context.Context) error
	last   []func(ctx context.Context) error
	after  []func(ctx context.Context)
	role   func(ctx context.Context, fn func(ctx context.Context) error) error
	scope  *scope
}

// Tx is the open transaction of one tenant as seen by one actor. It has set role and search_path: SQL written through it names no schema.
type Tx struct {
	bun.Tx
	*Unit
	Actor Actor
	Cause id.ID // the event that is being reacted to; none for what the caller did
}

// As returns the same transaction for a module that acts on behalf of the person.
func (tx *Tx) As(module string) *Tx {
	c := *tx
	c.Actor.Module = module
	return &c
}

// Under returns the same transaction with everything that follows caused by an event.
func (tx *Tx) Under(event id.ID) *Tx {
	c := *tx
	c.Cause = event
	return &c
}

// Apart returns the same transaction as somebody else sees it who begins a unit of work now: nothing that was kept in this one, or put off until its end,
// goes along, and nothing of what is put off there is done. It is for trying things out in a unit of work that is rolled back.
func (tx *Tx) Apart(a Actor) *Tx {
	u := *tx.Unit
	u.locals, u.before, u.last, u.after = map[any]any{}, nil, nil, nil
	return &Tx{Tx: tx.Tx, Unit: &u, Actor: a}
}

// Today returns the tenant's date.
func (u *Unit) Today() clock.Date { return clock.DateOf(u.Now, u.Tenant.Zone) }

// Statements returns how many messages with SQL this unit of work has sent so far, its begin included.
func (u *Unit) Statements() int { return u.scope.statements }

// NewID returns a fresh record id.
func (u *Unit) NewID() id.ID {
	fresh := u.ids.New()
	u.given = append(u.given, fresh)
	return fresh
}

// NewIDs returns what NewID gave so far: the ids that another run of the same work would make otherwise.
func (u *Unit) NewIDs() []id.ID { return u.given }

// Local returns what SetLocal kept for this unit of work, or nil.
func (u *Unit) Local(key any) any { return u.locals[key] }

// SetLocal keeps a value until the unit of work ends; keys are unexported types of the keeper's package.
func (u *Unit) SetLocal(key, value any) { u.locals[key] = value }

// BeforeCommit runs fn when the work is done, before the commit, in the order given; it runs in a dry run too. fn may not start units of work.
func (u *Unit) BeforeCommit(fn func(ctx context.Context) error) { u.before = append(u.before, fn) }

// Finish runs what BeforeCommit gathered, and what that gathers in turn. The unit of work calls it too; who has to see the final state earlier may
// call it before.
func (u *Unit) Finish(ctx context.Context) error {
	for len(u.before) > 0 {
		fn := u.before[0]
		u.before = u.before[1:]
		if err := fn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Last runs fn as the very last thing before the commit, after all that BeforeCommit put off and after events and audit were written: what locks rows
// that many want locks them for the shortest time there. fn may put nothing off.
func (u *Unit) Last(fn func(ctx context.Context) error) { u.last = append(u.last, fn) }

// end finishes the unit of work up to its commit.
func (u *Unit) end(ctx context.Context) error {
	if err := u.Finish(ctx); err != nil {
		return err
	}
	for _, fn := range u.last {
		if err := fn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// AfterCommit runs fn once the commit is certain; never after a dry run. Failures cannot be reported: use a job for what must happen.
func (u *Unit) AfterCommit(fn func(ctx context.Context)) { u.after = append(u.after, fn) }

// AsLogin runs fn with the login role instead of the tenant's, for the job table only, and restores the tenant's role.
func (u *Unit) AsLogin(ctx context.Context, fn func(ctx context.Context) error) error {
	return u.role(ctx, fn)
}
