package record

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// What the audit says of a person is sealed by that person's own key (keys.Person), so that it can be made unreadable without touching the chain. The
// rows themselves stay plain, for search and sort; who is shredded has them overwritten.

// errShredded says that the key of a person was destroyed.
var errShredded = errors.New("the key of the person was destroyed")

// circle is the people whose keys a unit of work has at hand.
type circle struct {
	byKey    map[keys.KeyID]*keys.Person
	byRecord map[who]*keys.Person
	gone     map[keys.KeyID]bool
	nobody   bool // the tenant is only being made: it has no keys yet
}

// who is a person on record.
type who struct {
	entity string
	row    id.ID
}

// personKey is a stored key.
type personKey struct {
	id      string
	who     who
	wrapped []byte // none: destroyed
}

func personKeys(ctx context.Context, tx *tenancy.Tx, where string, list []string) ([]personKey, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT id, entity, record_id::text, coalesce(encode(wrapped, 'hex'), '') FROM person_key WHERE "+where, list)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []personKey
	for res.Next() {
		var k personKey
		var row, wrapped string
		if err := res.Scan(&k.id, &k.who.entity, &row, &wrapped); err != nil {
			return nil, databaseFault(err, nil)
		}
		if k.wrapped, err = hex.DecodeString(wrapped); err != nil {
			return nil, err
		}
		if k.who.row, err = id.Parse(row); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, databaseFault(res.Err(), nil)
}

// know opens stored keys and has them at hand from now on.
func (s *session) know(ctx context.Context, tx *tenancy.Tx, list []personKey) error {
	s.begins()
	for _, k := range list {
		if len(k.wrapped) == 0 {
			continue
		}
		p, err := s.e.Sealer.Person(ctx, tx.Tenant.ID, k.who.row, k.wrapped)
		if err != nil {
			return err
		}
		s.people.byKey[p.ID()], s.people.byRecord[k.who] = p, p
	}
	return nil
}

func (s *session) begins() {
	if s.people.byKey == nil {
		s.people.byKey, s.people.byRecord, s.people.gone = map[keys.KeyID]*keys.Person{}, map[who]*keys.Person{}, map[keys.KeyID]bool{}
	}
}

// meet has the keys at hand of all people of whom entries are about to say something, and draws those that are missing.
func (s *session) meet(ctx context.Context, tx *tenancy.Tx, entries []entry) error {
	fresh := map[who]bool{}
	var rows []string
	for i := range entries {
		e := &entries[i]
		w := who{e.def.Name, e.record}
		if e.written || fresh[w] || s.people.byRecord[w] != nil || !e.tells() {
			continue
		}
		fresh[w] = true
		rows = append(rows, w.row.String())
	}
	if len(rows) == 0 || s.people.nobody {
		return nil
	}
	if s.e.Sealer == nil {
		return shut(errors.New("there is none"))
	}
	list, err := personKeys(ctx, tx, "gone_at IS NULL AND record_id = ANY($1::text[]::uuid[])", rows)
	if err == nil {
		err = s.know(ctx, tx, list)
	}
	if err == nil {
		err = s.draw(ctx, tx, fresh)
	}
	if _, missed := errors.AsType[*keys.Miss](err); missed && s.seeding {
		s.people.nobody = true
		return nil
	}
	return err
}

// draw makes the keys of those who have none.
func (s *session) draw(ctx context.Context, tx *tenancy.Tx, list map[who]bool) error {
	cols := make([][]*string, 4)
	for w := range list {
		if s.people.byRecord[w] != nil {
			continue
		}
		p, wrapped, err := s.e.Sealer.NewPerson(ctx, tx.Tenant.ID, w.row)
		if err != nil {
			return err
		}
		s.people.byKey[p.ID()], s.people.byRecord[w] = p, p
		name, row, sealed := p.ID().String(), w.row.String(), hex.EncodeToString(wrapped)
		put(cols, &name, &w.entity, &row, &sealed)
	}
	if len(cols[0]) == 0 {
		return nil
	}
	return putPersonKeys(ctx, tx, cols)
}

func putPersonKeys(ctx context.Context, tx *tenancy.Tx, cols [][]*string) error {
	_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO person_key (id, entity, record_id, wrapped, made_at) SELECT a, b, c::uuid, decode(d, 'hex'), $5::text::timestamptz
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(a, b, c, d)`, append(anys(cols), *stamp(tx.Now))...)
	return databaseFault(err, nil)
}

// tells reports that an entry says something of a person, or that a record is about one.
func (e *entry) tells() bool {
	if !e.person {
		return false
	}
	for _, c := range e.changes {
		if c.field == e.def.PersonIf || c.field.Personal && (c.before != nil && *c.before != "" || c.after != nil && *c.after != "") {
			return true
		}
	}
	return false
}

// asWritten is a value as the audit keeps it: what it says of a person is sealed by that person's key.
func (s *session) asWritten(ctx context.Context, tx *tenancy.Tx, e *entry, f *entity.Field, v *string) (*string, error) {
	if !e.person || !f.Personal || v == nil || *v == "" {
		return v, nil
	}
	p := s.people.byRecord[who{e.def.Name, e.record}]
	if p == nil { // the tenant is only being made
		return nil, nil //nolint:nilnil // it has no value then
	}
	plain := *v
	if hides(f) && isSealed(plain) { // never twice: by the person's key in place of the tenant's
		var err error
		if plain, err = s.unsealed(ctx, tx, origin{e.def.Name, f.Name, e.record}, plain); err != nil {
			return nil, err
		}
	}
	c, err := p.Seal(e.def.Name, f.Name, []byte(plain))
	if err != nil {
		return nil, err
	}
	out := sealedMark + hex.EncodeToString(c)
	return &out, nil
}

// recall has the keys at hand that values of the audit were sealed by: one statement for all. What can't be had now is left for the values to say.
func (s *session) recall(ctx context.Context, tx *tenancy.Tx, values []*string) error {
	var list []string
	s.begins()
	for _, v := range values {
		if v == nil || !isSealed(*v) {
			continue
		}
		raw, err := hex.DecodeString(strings.TrimPrefix(*v, sealedMark))
		if err != nil {
			continue
		}
		if name, ok := keys.PersonOf(raw); ok && s.people.byKey[name] == nil && !s.people.gone[name] {
			s.people.gone[name] = true // until it is found
			list = append(list, name.String())
		}
	}
	if len(list) == 0 {
		return nil
	}
	found, err := personKeys(ctx, tx, "id = ANY($1::text[]) AND gone_at IS NULL", list)
	if err != nil {
		return err
	}
	for _, k := range found {
		if name, err := keys.ParseKeyID(k.id); err == nil {
			delete(s.people.gone, name)
		}
	}
	if err := s.know(ctx, tx, found); err != nil && !fault.Is(err, fault.Unavailable) {
		return err
	}
	return nil
}

// ofPerson opens a value that a person's key has sealed; errShredded when that key is no more.
func (s *session) ofPerson(ctx context.Context, tx *tenancy.Tx, at origin, name keys.KeyID, sealed []byte) (string, error) {
	s.begins()
	if s.people.byKey[name] == nil && !s.people.gone[name] {
		list, err := personKeys(ctx, tx, "id = ANY($1::text[]) AND gone_at IS NULL", []string{name.String()})
		if err != nil {
			return "", err
		}
		if err := s.know(ctx, tx, list); err != nil {
			return "", err
		}
		s.people.gone[name] = len(list) == 0
	}
	p := s.people.byKey[name]
	if p == nil {
		return "", errShredded
	}
	s.opened = true
	plain, err := p.Open(at.entity, at.field, sealed)
	return string(plain), err
}

// values are all values of entries, for recall.
func valuesOf(entries []entry) (out []*string) {
	for i := range entries {
		for _, c := range entries[i].changes {
			if c.field.Personal {
				out = append(out, c.before, c.after)
			}
		}
	}
	return out
}
