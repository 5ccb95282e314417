package record

import (
	"context"
	"embed"
	"encoding/json"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql
var files embed.FS

// Line is the platform's own migration line for this package.
func Line() tenancy.Line { return tenancy.Line{Name: "record", Always: true, Files: files} }

// deepest is how many events may cause one another before a loop is suspected.
const deepest = 64

// change is one field of an entry, in the text form of the database; nil is none.
type change struct {
	field         *entity.Field
	before, after *string
}

// entry is one audit entry: what was done to one record, and why.
type entry struct {
	id, record, parent, cause id.ID
	actor, approver           id.ID // who did it in this unit of work may differ: what was approved is the requester's act
	def                       *entity.Def
	person                    bool // it is about a human being, or was before
	action                    string
	title                     string
	module                    string
	changes                   []change
	details                   map[string]*string // of what was done to no record
	written                   bool
}

// node is one event of the tree.
type node struct {
	id, cause, record id.ID
	name, entity      string
	event             modules.Event
	written           bool
}

// note remembers what happened to a row. was is nil for a new row.
func (s *session) note(tx *tenancy.Tx, def *entity.Def, action string, r, was entity.Record) {
	e := entryOf(tx, def, action, r.Meta().ID)
	e.person = def.IsPerson(r) || was != nil && def.IsPerson(was)
	if def.Parent != nil {
		e.parent, _ = def.Parent.Get(r).(id.ID)
	}
	if def.Title != nil {
		if t := text(def.Title, def.Title.Get(r)); t != nil {
			e.title = *t
		}
	}
	for _, f := range def.Fields {
		if f.System || !f.Stored() {
			continue
		}
		switch {
		case action == "delete":
			if t, empty := textIn(f, r); !empty {
				e.changes = append(e.changes, change{f, t, nil})
			}
		case was == nil:
			if t, empty := textIn(f, r); !empty {
				e.changes = append(e.changes, change{f, nil, t})
			}
		case differs(f, was, r):
			before, _ := textIn(f, was)
			after, _ := textIn(f, r)
			e.changes = append(e.changes, change{f, before, after})
		}
	}
	s.audit = append(s.audit, e)
}

// NoteAct writes an audit entry for something that changed no field by itself (an export, a refused or parked act).
func NoteAct(tx *tenancy.Tx, def *entity.Def, action string, record id.ID) {
	s := current(tx)
	s.audit = append(s.audit, entryOf(tx, def, action, record))
}

func entryOf(tx *tenancy.Tx, def *entity.Def, action string, record id.ID) entry {
	return entry{
		id: tx.NewID(), record: record, cause: tx.Cause, def: def, action: action,
		actor: tx.Actor.ID, approver: tx.Actor.Approver, module: tx.Actor.Module,
	}
}

// emit tells an event and runs what reacts to it.
func (s *session) emit(ctx context.Context, tx *tenancy.Tx, event modules.Event) error {
	if s.depth >= deepest {
		return fault.New(fault.Internal, "event.loop", "事件相互触发过深", "Events cause one another without end")
	}
	n := &node{id: tx.NewID(), cause: tx.Cause, event: event}
	n.name, n.entity, n.record = event.Event()
	s.nodes = append(s.nodes, n)
	if s.e.Carrier == nil {
		return nil
	}
	s.depth++
	defer func() { s.depth-- }()
	return s.e.Carrier.Carry(ctx, tx.Under(n.id), event)
}

// flush writes events, audit and jobs gathered so far: one statement each.
func (s *session) flush(ctx context.Context, tx *tenancy.Tx) error {
	var told []Told
	ev := make([][]*string, 6)
	for _, n := range s.nodes {
		if n.written {
			continue
		}
		n.written = true
		told = append(told, Told{n.id, n.event})
		put(ev, idText(n.id), idText(n.cause), &n.name, &n.entity, idText(n.record), stamp(tx.Now))
	}
	if len(told) > 0 {
		_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO event_log (id, cause_id, name, entity, record_id, at)
			SELECT a::uuid, b::uuid, c, d, e::uuid, f::timestamptz FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
			AS u(a, b, c, d, e, f)`, anys(ev)...)
		if err != nil {
			return databaseFault(err, nil)
		}
	}
	if err := s.flushAudit(ctx, tx); err != nil {
		return err
	}
	if len(told) > 0 && s.e.Carrier != nil && !tx.DryRun {
		return s.e.Carrier.Queue(ctx, tx, told)
	}
	return nil
}

func (s *session) flushAudit(ctx context.Context, tx *tenancy.Tx) error {
	if err := s.meet(ctx, tx, s.audit); err != nil {
		return err
	}
	cols := make([][]*string, 13)
	for i := range s.audit {
		e := &s.audit[i]
		if e.written {
			continue
		}
		if len(cols[0]) == stepRows {
			if err := s.putAudit(ctx, tx, cols); err != nil {
				return err
			}
			cols = make([][]*string, 13)
		}
		e.written = true
		before, after, err := s.sides(ctx, tx, e)
		if err != nil {
			return err
		}
		version, rules, err := s.grounds(ctx, tx, e)
		if err != nil {
			return err
		}
		number, list := strconv.FormatInt(version, 10), array(rules)
		put(cols, idText(e.id), &e.action, &e.def.Name, idText(e.record), idText(e.parent), before, after, idText(e.cause), &e.module,
			idText(e.actor), idText(e.approver), &number, &list)
	}
	return s.putAudit(ctx, tx, cols)
}

func (s *session) putAudit(ctx context.Context, tx *tenancy.Tx, cols [][]*string) error {
	if len(cols[0]) == 0 {
		return nil
	}
	s.announce(tx)
	tx.AfterCommit(func(context.Context) { s.e.unclosed.add(tx.Tenant.ID) })
	args := append(anys(cols), *stamp(tx.Now), tx.Actor.RequestID)
	_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO audit_entry
		(id, action, entity, record_id, parent_id, before, after, cause_id, module, actor_id, approver_id, policy_version, rules, at, request_id)
		SELECT a::uuid, b, c, d::uuid, e::uuid, f::jsonb, g::jsonb, h::uuid, i, j::uuid, k::uuid, l::bigint, m::text[], $14::timestamptz, $15
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
			$12::text[], $13::text[]) AS u(a, b, c, d, e, f, g, h, i, j, k, l, m)`, args...)
	return databaseFault(err, nil)
}

// sides writes the values before and after as JSON objects; nil when there are none.
func (s *session) sides(ctx context.Context, tx *tenancy.Tx, e *entry) (before, after *string, err error) {
	if e.details != nil {
		return nil, object(e.details), nil
	}
	var b, a []byte
	for _, c := range e.changes {
		was, err := s.asWritten(ctx, tx, e, c.field, c.before)
		if err != nil {
			return nil, nil, err
		}
		is, err := s.asWritten(ctx, tx, e, c.field, c.after)
		if err != nil {
			return nil, nil, err
		}
		if was != nil || e.action == "update" {
			b = member(b, c.field.Name, was)
		}
		if is != nil || e.action == "update" {
			a = member(a, c.field.Name, is)
		}
	}
	return closed(b), closed(a), nil
}

// member appends a member to a JSON object that is being written.
func member(b []byte, name string, v *string) []byte {
	sign := byte(',')
	if b == nil {
		sign = '{'
	}
	b = append(appendString(append(b, sign), name), ':')
	if v == nil {
		return append(b, "null"...)
	}
	return appendString(b, *v)
}

// closed is the object; nil when it has no members.
func closed(b []byte) *string {
	if b == nil {
		return nil
	}
	s := string(append(b, '}'))
	return &s
}

func object(m map[string]*string) *string {
	if len(m) == 0 {
		return nil
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings always encode
	}
	s := string(raw)
	return &s
}

func put(cols [][]*string, values ...*string) {
	for i, v := range values {
		cols[i] = append(cols[i], v)
	}
}

func anys(cols [][]*string) []any {
	out := make([]any, len(cols))
	for i, c := range cols {
		out[i] = c
	}
	return out
}

func idText(k id.ID) *string {
	if k.IsZero() {
		return nil
	}
	s := k.String()
	return &s
}

func stamp(t time.Time) *string {
	s := t.UTC().Format(time.RFC3339Nano)
	return &s
}
