package record

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// PersonKey is a person's key on its way to where another data key wraps it.
type PersonKey struct {
	Entity string `json:"entity"`
	Record id.ID  `json:"record_id"`
	Secret []byte `json:"secret"`
}

// People are the keys of a tenant's people outside of the tenant.
type People struct {
	Keys []PersonKey `json:"keys"`
	Gone []keys.Gone `json:"gone"` // who was shredded

	byRecord map[who]*keys.Person
	byKey    map[keys.KeyID]*keys.Person
}

// Ready opens the keys, without those of people who are gone.
func (p *People) Ready() error {
	p.byRecord, p.byKey = map[who]*keys.Person{}, map[keys.KeyID]*keys.Person{}
	gone := map[who]bool{}
	for _, g := range p.Gone {
		gone[who{g.Entity, g.Record}] = true
	}
	for _, k := range p.Keys {
		w := who{k.Entity, k.Record}
		if gone[w] {
			continue
		}
		x, err := keys.OpenPerson(k.Record, k.Secret)
		if err != nil {
			return err
		}
		p.byRecord[w], p.byKey[x.ID()] = x, x
	}
	return nil
}

// Seal seals what a record says of its person; ok is false for somebody without a key.
func (p *People) Seal(entity, field string, row id.ID, plain []byte) (sealed []byte, ok bool, err error) {
	x := p.byRecord[who{entity, row}]
	if x == nil {
		return nil, false, nil
	}
	sealed, err = x.Seal(entity, field, plain)
	return sealed, true, err
}

// Open opens what Seal made; ok is false when the person's key is not among these.
func (p *People) Open(entity, field string, sealed []byte) (plain []byte, ok bool, err error) {
	name, is := keys.PersonOf(sealed)
	if !is {
		return nil, false, errors.New("not sealed by a person's key")
	}
	x := p.byKey[name]
	if x == nil {
		return nil, false, nil
	}
	plain, err = x.Open(entity, field, sealed)
	return plain, true, err
}

// OfPerson tells that a value was sealed by a person's key.
func OfPerson(sealed []byte) bool {
	_, ok := keys.PersonOf(sealed)
	return ok
}

// CarryPeople gives everybody on record a key who has none yet, and returns all keys.
func CarryPeople(ctx context.Context, tx *tenancy.Tx) (*People, error) {
	s := current(tx)
	for _, def := range s.catalog.All() {
		if !def.Person || !there(ctx, tx, def) {
			continue
		}
		if err := s.drawAll(ctx, tx, def); err != nil {
			return nil, err
		}
	}
	list, err := personKeys(ctx, tx, "gone_at IS NULL AND $1::text[] IS NOT NULL", []string{})
	if err != nil {
		return nil, err
	}
	out := &People{Keys: make([]PersonKey, 0, len(list)), Gone: []keys.Gone{}}
	for _, k := range list {
		secret, err := s.e.Sealer.PersonSecret(ctx, tx.Tenant.ID, k.who.row, k.wrapped)
		if err != nil {
			return nil, err
		}
		out.Keys = append(out.Keys, PersonKey{k.who.entity, k.who.row, secret})
	}
	return out, out.Ready()
}

// drawAll makes the keys of those people of an entity who have none and were not shredded.
func (s *session) drawAll(ctx context.Context, tx *tenancy.Tx, def *entity.Def) error {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT t.id::text FROM "+quote(def.Table)+" AS t WHERE ("+rest(def, tx)+") AND "+ofPeople(def)+`
		AND NOT EXISTS (SELECT FROM person_key k WHERE k.record_id = t.id AND k.entity = $1::text AND k.gone_at IS NULL)`, def.Name)
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	list := map[who]bool{}
	for res.Next() {
		var text string
		if err := res.Scan(&text); err != nil {
			return databaseFault(err, def)
		}
		key, err := id.Parse(text)
		if err != nil {
			return err
		}
		list[who{def.Name, key}] = true
	}
	if err := databaseFault(res.Err(), def); err != nil {
		return err
	}
	s.begins()
	return s.draw(ctx, tx, list)
}

// ofPeople is the condition on records that are about a human being.
func ofPeople(def *entity.Def) string {
	if def.PersonIf == nil {
		return "true"
	}
	return "t." + quote(def.PersonIf.Name)
}

// KeepPeople takes keys over that were carried here, wrapped by this tenant's data key.
func KeepPeople(ctx context.Context, tx *tenancy.Tx, p *People) error {
	s := current(tx)
	cols := make([][]*string, 4)
	for i := range p.Keys {
		k := &p.Keys[i]
		if p.byRecord[who{k.Entity, k.Record}] == nil {
			continue
		}
		x, wrapped, err := s.e.Sealer.KeepPerson(ctx, tx.Tenant.ID, k.Record, k.Secret)
		if err != nil {
			return err
		}
		name, row, sealed := x.ID().String(), k.Record.String(), hex.EncodeToString(wrapped)
		put(cols, &name, &k.Entity, &row, &sealed)
	}
	if len(cols[0]) == 0 {
		return nil
	}
	return putPersonKeys(ctx, tx, cols)
}

// PersonPlaces lists the columns that say who people are.
func PersonPlaces(c *entity.Catalog) (out []Place) {
	for _, d := range c.All() {
		if !d.Person {
			continue
		}
		for _, f := range personal(d) {
			if hides(f) {
				column := f.Cipher
				if column == "" {
					column = f.Name
				}
				out = append(out, Place{Table: d.Table, Column: column, Row: "id", Entity: d.Name, Field: f.Name, Bytes: true, Person: true})
			}
			if !hides(f) || f.Cipher != "" {
				out = append(out, Place{Table: d.Table, Column: f.Name, Row: "id", Entity: d.Name, Field: f.Name, Text: f.Kind == entity.KindText, Person: true})
			}
		}
	}
	return out
}
