package record

import (
	"context"
	"errors"
	"maps"
	"reflect"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Carrier takes events to the reactions of switched-on modules, and to jobs when the unit of work is done.
type Carrier interface {
	Carry(ctx context.Context, tx *tenancy.Tx, event modules.Event) error
	// Queue inserts the jobs that the told events ask for; it is called once, before the commit.
	Queue(ctx context.Context, tx *tenancy.Tx, told []Told) error
}

// Told is an event that was emitted in a unit of work.
type Told struct {
	ID    id.ID
	Event modules.Event
}

// Approver parks acts that policy lets happen only after an approval.
type Approver interface {
	Park(ctx context.Context, tx *tenancy.Tx, act Parked) (id.ID, error)
}

// Parked is an act that waits for an approval.
type Parked struct {
	Def      *entity.Def
	Record   entity.Record
	Action   string
	Input    map[string]any // as the caller wrote it
	Approval *policy.Approval
	Before   string // the state to return to
	Hash     string // of what is to be approved
	ID       id.ID  // the approval, once it stands
}

// Sealer encrypts and opens the values of sealed fields of a tenant. What it needs and has not at hand within a unit of work is a *keys.Miss: Do
// fetches it outside and does the work again.
type Sealer interface { //nolint:interfacebloat // one service, one conversation
	Seal(ctx context.Context, tenant id.ID, entity, field string, row id.ID, plain []byte) ([]byte, error)
	Open(ctx context.Context, tenant id.ID, entity, field string, row id.ID, sealed []byte) ([]byte, error)
	Index(ctx context.Context, tenant id.ID, entity, field string, plain []byte) ([]byte, error)
	Newest(ctx context.Context, tenant id.ID) (keys.KeyID, error)
	NewPerson(ctx context.Context, tenant, row id.ID) (*keys.Person, []byte, error)
	KeepPerson(ctx context.Context, tenant, row id.ID, secret []byte) (*keys.Person, []byte, error)
	Person(ctx context.Context, tenant, row id.ID, wrapped []byte) (*keys.Person, error)
	PersonSecret(ctx context.Context, tenant, row id.ID, wrapped []byte) ([]byte, error)
	Sign(ctx context.Context, tenant id.ID, message func(public string) []byte) (public, signature string, err error)
	Fetch(ctx context.Context, miss *keys.Miss)
	Ready(ctx context.Context, t *tenancy.Tenant)
}

// Catalogs gives a tenant's view of the entities: its own fields added.
type Catalogs interface {
	For(ctx context.Context, tx *tenancy.Tx, base *entity.Catalog) (*entity.Catalog, error)
}

// Engine holds what all units of work share.
type Engine struct {
	db        *tenancy.DB
	catalog   *entity.Catalog
	owners    map[string]string // entity → module
	actions   map[string][]*modules.Action
	prepares  map[string][]modules.Prepare
	reports   map[string]*modules.Report
	modules   []modules.Module
	numbering numberings
	unclosed  unclosed

	Policy   *policy.Engine
	Carrier  Carrier
	Approver Approver
	Sealer   Sealer
	Catalogs Catalogs
	Watcher  Watcher // nil: nobody looks on
	Shelf    Shelf   // nil: the content of files lies in the database
}

type sessionKey struct{}

// session is one unit of work as this package sees it.
type session struct {
	e       *Engine
	catalog *entity.Catalog
	snaps   map[id.ID]entity.Record // what rows were when they were read
	origin  map[string]origin       // where the ciphertexts that were read belong
	made    map[id.ID]bool          // rows that this unit created
	nodes   []*node                 // events, in the order told
	audit   []entry
	parked  []*Parked
	depth   int
	opened  bool // a sealed value was opened or made here
	people  circle
	seeding bool // the tenant is only being made, or extended

	decisions map[id.ID]decision    // documents that an act leaves to their owners
	chosen    []Chosen              // what the request decided about them
	decided   bool                  // and that it is carried out
	announced bool                  // that there are changes
	tell      func(done, total int) // of an import that goes on
}

// Begin makes a unit of work ready for this package. Do calls it; only who opens units of work otherwise (seeds at sign-up) has to.
func (e *Engine) Begin(ctx context.Context, tx *tenancy.Tx) error {
	if tx.Local(sessionKey{}) != nil {
		return nil
	}
	s := &session{e: e, catalog: e.catalog, snaps: map[id.ID]entity.Record{}, made: map[id.ID]bool{}}
	if e.Catalogs != nil {
		c, err := e.Catalogs.For(ctx, tx, e.catalog)
		if err != nil {
			return err
		}
		s.catalog = c
	}
	tx.SetLocal(sessionKey{}, s)
	return nil
}

// Do runs one unit of work for a tenant and an actor.
func (e *Engine) Do(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	if e.Sealer != nil {
		e.Sealer.Ready(ctx, t)
	}
	for try := 1; ; try++ {
		err := e.db.Do(ctx, t, a, func(ctx context.Context, tx *tenancy.Tx) error {
			if err := e.Begin(ctx, tx); err != nil { //nolint:unqueryvet // a unit of work is done again
				return err
			}
			if err := fn(ctx, tx); err != nil {
				return err
			}
			return current(tx).settle(ctx, tx)
		}, opts...)
		miss, missed := errors.AsType[*keys.Miss](err)
		switch {
		case !missed:
			return databaseFault(err, nil) // what constraints refuse at the commit
		case try == fetches:
			return shut(err)
		}
		e.Sealer.Fetch(ctx, miss)
	}
}

// fetches is how often keys that a unit of work misses are brought: the tenant's, and those that others make meanwhile.
const fetches = 4

// Inside runs fn as somebody else in an open unit of work, as if it had just begun, and takes back whatever it wrote: for trying out what they would see.
func (e *Engine) Inside(ctx context.Context, tx *tenancy.Tx, rules *policy.Rules, a tenancy.Actor, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	theirs := tx.Apart(a)
	rules.Pin(theirs)
	if err := e.Begin(ctx, theirs); err != nil {
		return err
	}
	return Try(ctx, theirs, fn)
}

// Seed runs fn as the first work in a new or newly extended tenant and writes its audit.
func (e *Engine) Seed(ctx context.Context, tx *tenancy.Tx, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	if err := e.Begin(ctx, tx); err != nil {
		return err
	}
	current(tx).seeding = true
	if err := fn(ctx, tx); err != nil {
		return err
	}
	return current(tx).flush(ctx, tx)
}

// settle lets modules finish what they put off and then writes events, audit and jobs.
func (s *session) settle(ctx context.Context, tx *tenancy.Tx) error {
	if tx.Read {
		return nil
	}
	if err := tx.Finish(ctx); err != nil {
		return err
	}
	return s.flush(ctx, tx)
}

func current(tx *tenancy.Tx) *session {
	s, ok := tx.Local(sessionKey{}).(*session)
	if !ok {
		panic("record: the unit of work was not opened by Engine.Do")
	}
	return s
}

// remember keeps what rows were, for the audit and for writing only what changed.
func remember[P entity.Record](tx *tenancy.Tx, rows []P) {
	s := current(tx)
	for _, r := range rows {
		s.keep(r)
	}
}

func (s *session) keep(r entity.Record) {
	v := reflect.ValueOf(r).Elem()
	c := reflect.New(v.Type())
	c.Elem().Set(v)
	snap, _ := reflect.TypeAssert[entity.Record](c)
	snap.Meta().Extra = maps.Clone(r.Meta().Extra)
	s.snaps[r.Meta().ID] = snap
}
