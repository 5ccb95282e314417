package record

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// rows adds policy's row filter for rows of the alias t.
func (w *where) rows(f policy.Filter) {
	if !f.All() {
		w.add("(" + w.filter(f, "t") + ")")
	}
}

// filter writes a row filter over an alias.
func (w *where) filter(f policy.Filter, alias string) string {
	sql, args := f.SQL(alias)
	for _, a := range args { // ? in order
		place := w.arg(a)
		if k, ok := a.(id.ID); ok {
			w.args[len(w.args)-1] = k.String()
			place += "::text::uuid"
		}
		sql = strings.Replace(sql, "?", place, 1)
	}
	return sql
}

// narrow leaves the rows that the caller may see: those that pass policy's row filter or that their owner shares and, of remarks and files on other records, those whose record
// may be seen.
func (s *session) narrow(ctx context.Context, tx *tenancy.Tx, w *where, def *entity.Def, mask *policy.Mask) error {
	switch f := mask.Rows(); {
	case def.SharedField != nil && !f.All() && !f.None():
		w.add("(t." + quote(def.SharedField.Name) + " OR " + w.filter(f, "t") + ")")
	default:
		w.rows(f)
	}
	if !s.about(tx, def) {
		return nil
	}
	var whole []string
	var or []string
	name, rec := "t."+quote(def.AboutEntity.Name), "t."+quote(def.AboutRecord.Name)
	for _, d := range s.catalog.All() {
		if d.AboutEntity != nil || !s.visible(tx, d) {
			continue
		}
		m, err := s.e.Policy.For(ctx, tx, d)
		switch {
		case err != nil:
			return err
		case !m.Any() || m.Rows().None():
		case m.Rows().All():
			whole = append(whole, d.Name)
		default:
			or = append(or, name+" = "+w.arg(d.Name)+"::text AND EXISTS (SELECT 1 FROM "+quote(d.Table)+" AS b WHERE b.id = "+rec+" AND ("+w.filter(m.Rows(), "b")+"))")
		}
	}
	or = append(or, name+" = ANY("+w.arg(whole)+"::text[])")
	w.add("(" + strings.Join(or, " OR ") + ")")
	return nil
}

// about tells that an entity's records are seen only together with what they are about. Tenon itself and modules see all.
func (s *session) about(tx *tenancy.Tx, def *entity.Def) bool {
	return def.AboutEntity != nil && !tx.Actor.System && tx.Actor.Module == ""
}

// every tells that the caller may see all rows of an entity.
func (s *session) every(tx *tenancy.Tx, def *entity.Def, mask *policy.Mask) bool {
	return mask.Rows().All() && !s.about(tx, def)
}

// among returns those of some rows of an entity that the caller may see.
func (s *session) among(ctx context.Context, tx *tenancy.Tx, def *entity.Def, mask *policy.Mask, keys []id.ID) (map[id.ID]bool, error) {
	w := &where{}
	if err := s.narrow(ctx, tx, w, def, mask); err != nil {
		return nil, err
	}
	w.add("t.id = ANY(" + w.arg(idTexts(keys)) + "::text[]::uuid[])")
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT t.id::text FROM "+quote(def.Table)+" AS t"+w.sql(), w.args...)
	if err != nil {
		return nil, databaseFault(err, def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	out := map[id.ID]bool{}
	for res.Next() {
		var k id.ID
		var text string
		if err := res.Scan(&text); err != nil {
			return nil, databaseFault(err, def)
		}
		if err := k.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		out[k] = true
	}
	return out, databaseFault(res.Err(), def)
}

// MaySee tells whether somebody else may see a record: before they are told of it.
func MaySee(ctx context.Context, tx *tenancy.Tx, who tenancy.Actor, name string, key id.ID) (bool, error) {
	s := current(tx)
	def := s.catalog.Entity(name)
	if def == nil || !s.visible(tx, def) {
		return false, nil
	}
	theirs := *tx
	theirs.Actor = who
	mask, err := s.e.Policy.For(ctx, &theirs, def)
	if err != nil || !mask.Any() {
		return false, err
	}
	seen, err := s.among(ctx, &theirs, def, mask, []id.ID{key})
	return seen[key], err
}
