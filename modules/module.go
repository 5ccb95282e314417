// Package modules is the contract: what a business module may contribute to Tenon.
package modules

import (
	"context"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Module is one business module's table of contents.
type Module struct {
	Name      string // "sales"
	Label     entity.Text
	About     entity.Text // one sentence for the marketplace
	Needs     []string    // modules that must be on too
	Always    bool        // can't be switched off
	Connector bool        // joins another system; new companies don't start with it
	Price     string      // CNY per active user and month, before tax
	Documents []string    // types of events that each stand for one document processed: "sales.order.confirmed"
	Messages  []string    // types of events that each stand for one text message sent
	Runs      []string    // types of events that each stand for one run of an automation

	Entities   []entity.Record
	Actions    []Action
	Prepares   []Prepare
	Reactions  []Reaction
	Calls      []Call
	Reports    []Report
	Papers     []Paper
	Daily      []Daily
	Checks     []Check
	Tallies    []Tally
	Figures    []Figure
	Migrations fs.FS // files NNNN_name.sql, plain SQL without schema names
	Policy     fs.FS // files *.yaml: grants and rules that roles have out of the box

	// Seed makes the data that a tenant needs when the module is first switched on (units, accounts, a warehouse). It runs once, in the same
	// transaction, after the module's migrations.
	Seed func(ctx context.Context, tx *tenancy.Tx) error
}

// Event is something that a module tells, in the past tense. Event returns its type ("sales.order.confirmed") and the record that it is about.
type Event interface {
	Event() (name, entity string, record id.ID)
}

// Reaction is what a module does in the same transaction when another speaks.
type Reaction struct {
	Type string
	Run  func(ctx context.Context, tx *tenancy.Tx, event Event) error
}

// On makes a reaction from a typed function.
func On[E Event](react func(ctx context.Context, tx *tenancy.Tx, event E) error) Reaction {
	var zero E
	name, _, _ := zero.Event()
	return Reaction{Type: name, Run: func(ctx context.Context, tx *tenancy.Tx, event Event) error {
		return react(ctx, tx, event.(E)) //nolint:forcetypeassert // relay matches by type
	}}
}

// Do opens a unit of work in the tenant of a job, as the module that owns the call.
type Do func(ctx context.Context, fn func(ctx context.Context, tx *tenancy.Tx) error) error

// Call is what a module does towards the world after the commit: a job, at least once, with a key that stays the same over retries.
type Call struct {
	Type   string
	Decode func(payload []byte) (Event, error)
	Run    func(ctx context.Context, do Do, key string, event Event) error
}

// After makes a call from a typed function; decode reads the event back from the job's JSON.
func After[E Event](decode func([]byte) (Event, error), call func(ctx context.Context, do Do, key string, event E) error) Call {
	var zero E
	name, _, _ := zero.Event()
	return Call{Type: name, Decode: decode, Run: func(ctx context.Context, do Do, key string, event Event) error {
		return call(ctx, do, key, event.(E)) //nolint:forcetypeassert // relay matches by type
	}}
}

// Action is a transition or another act on one record: POST …/{id}/{name}. The engine has locked and loaded the record with its lines, checked the
// rights, the state and the approval, and saves nothing by itself: Run calls record.Update.
type Action struct {
	Record entity.Record // the zero record that tells which entity
	Name   string
	Label  entity.Text
	From   []string   // states in which it is allowed; empty: any
	Input  func() any // a pointer to an empty input struct (fields tagged in:"name" label:"中文|English"); nil: takes none
	// A field tagged class:"cost" too may be given only by who may write fields of that class on the record.
	Run func(ctx context.Context, tx *tenancy.Tx, rec entity.Record, input any) error
}

// None is the input of actions that take none.
type None struct{}

// Act makes an action from a typed function.
func Act[T any, In any, P interface {
	*T
	entity.Record
}](name string, label entity.Text, from []string, run func(ctx context.Context, tx *tenancy.Tx, rec P, in In) error) Action {
	return Action{
		Record: P(new(T)), Name: name, Label: label, From: from,
		Input: func() any { return new(In) },
		Run: func(ctx context.Context, tx *tenancy.Tx, rec entity.Record, input any) error {
			in, _ := input.(*In)
			if in == nil {
				in = new(In)
			}
			return run(ctx, tx, rec.(P), *in) //nolint:forcetypeassert // the engine matches by entity
		},
	}
}

// Change is one record about to be saved at a caller's request. Old is nil when it is made.
type Change[P any] struct{ Old, New P }

// Prepare completes and checks records of an entity before a caller's create or update is saved: defaults, totals, rules over several fields. It
// gets all records at once. It does not run for what modules save themselves.
type Prepare struct {
	Record entity.Record
	Run    func(ctx context.Context, tx *tenancy.Tx, old, new []entity.Record) error
}

// Before makes a Prepare from a typed function.
func Before[T any, P interface {
	*T
	entity.Record
}](run func(ctx context.Context, tx *tenancy.Tx, changes []Change[P]) error) Prepare {
	return Prepare{Record: P(new(T)), Run: func(ctx context.Context, tx *tenancy.Tx, before, after []entity.Record) error {
		list := make([]Change[P], len(after))
		for i := range after {
			list[i].New = after[i].(P) //nolint:forcetypeassert // the engine matches by entity
			if before[i] != nil {
				list[i].Old = before[i].(P) //nolint:forcetypeassert // as above
			}
		}
		return run(ctx, tx, list)
	}}
}

// Report is a read-only question with an answer in rows: GET /api/v1/{module}/{name}. Rights are those to view Of, and each column's class.
type Report struct {
	Name    string // "trial_balance"
	Label   entity.Text
	Of      string // the entity whose view right it needs: "finance.entry"
	Input   func() any
	Columns []entity.Field // Name, Label, Kind, Class
	Run     func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error)

	// Pages answers instead of Run where there may be more rows than somebody waits for: one page, with what all rows come to.
	Pages func(ctx context.Context, tx *tenancy.Tx, input any, page Page) (Part, error)
}

// Page is which part of a long answer is wanted.
type Page struct {
	After []string // the key of the row behind which it begins, as Part gave it; nil: from the first
	Limit int      // rows at most
}

// Part is one page of a report's rows.
type Part struct {
	Rows   []map[string]any
	Next   []string       // the key behind which the next page begins; nil: this is the last
	Totals map[string]any // what columns come to over all rows of the answer; with the first page only
}

// Cut makes a page of rows of which one more than wanted was read: that one only says that there are more. Key names a row of the page.
func (p Page) Cut(rows []map[string]any, key func(i int) []string) Part {
	if len(rows) <= p.Limit {
		return Part{Rows: rows}
	}
	return Part{Rows: rows[:p.Limit], Next: key(p.Limit - 1)}
}

// Daily is what a module does by itself once a day in each tenant that has it on, early in the tenant's day. It runs as the module, in one transaction;
// after a failure it is tried again, so it looks at what is due and not at what it did before.
type Daily struct {
	Name string // "follow_ups"
	Run  func(ctx context.Context, tx *tenancy.Tx) error
}
