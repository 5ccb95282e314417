package record

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// create saves new rows and their lines.
func (s *session) create(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) error {
	if len(rows) == 0 {
		return nil
	}
	for _, r := range rows {
		m := r.Meta()
		if m.ID.IsZero() {
			m.ID = tx.NewID()
		}
		m.Version, m.CreatedAt, m.UpdatedAt, m.CreatedBy, m.UpdatedBy = 1, tx.Now, tx.Now, tx.Actor.ID, tx.Actor.ID
		s.made[m.ID] = true
	}
	found, err := s.seal(ctx, tx, def, rows)
	if err != nil {
		return err
	}
	var rule NumberRule
	if numbered(def) {
		var err error
		if rule, err = s.number(ctx, tx, def, rows); err != nil {
			return err
		}
	}
	if err := insert(ctx, tx, def, rule, rows); err != nil {
		return err
	}
	if err := found.save(ctx, tx); err != nil {
		return err
	}
	for _, r := range rows {
		s.keep(r)
		if !def.Derived {
			s.note(tx, def, "create", r, nil)
		}
	}
	for _, l := range def.Lines {
		if err := s.create(ctx, tx, l.Of, adopt(l, rows)); err != nil {
			return err
		}
	}
	return nil
}

// adopt gathers the lines of all documents and tells each whose it is and where it stands.
func adopt(l *entity.Lines, docs []entity.Record) []entity.Record {
	var all []entity.Record
	for _, d := range docs {
		for i, c := range l.Rows(d) {
			l.Of.Parent.Set(c, d.Meta().ID)
			if p, ok := c.(interface{ LineMeta() *entity.Line }); ok {
				p.LineMeta().Position = i
			}
			all = append(all, c)
		}
	}
	return all
}

// update saves what differs from the snapshots.
func (s *session) update(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) error {
	var dirty []entity.Record
	changed := map[*entity.Field]bool{}
	for _, r := range rows {
		was := s.snaps[r.Meta().ID]
		if was == nil {
			panic("record.Update: " + def.Name + " was not read in this unit of work")
		}
		before := len(dirty)
		for _, f := range def.Fields {
			if f.System || !f.Stored() || !differs(f, was, r) {
				continue
			}
			changed[f] = true
			if len(dirty) == before {
				dirty = append(dirty, r)
			}
		}
	}
	if len(dirty) == 0 {
		return nil
	}
	fields := []*entity.Field{def.Field("updated_at"), def.Field("updated_by")}
	for _, f := range def.Fields {
		if changed[f] {
			fields = append(fields, f)
		}
	}
	return s.write(ctx, tx, def, fields, dirty)
}

func (s *session) write(ctx context.Context, tx *tenancy.Tx, def *entity.Def, fields []*entity.Field, dirty []entity.Record) error {
	for _, r := range dirty {
		m := r.Meta()
		m.Version, m.UpdatedAt, m.UpdatedBy = m.Version+1, tx.Now, tx.Actor.ID
	}
	found, err := s.seal(ctx, tx, def, dirty)
	if err != nil {
		return err
	}
	n, err := save(ctx, tx, def, fields, dirty)
	if err != nil {
		return err
	}
	if n != int64(len(dirty)) {
		return fault.New(fault.Conflict, "record.stale", "记录已被他人修改，请刷新后重试", "Somebody else has changed this record; reload it and try again")
	}
	if err := errors.Join(found.save(ctx, tx), emptied(ctx, tx, def, fields, dirty)); err != nil {
		return err
	}
	for _, r := range dirty {
		if !def.Derived {
			s.note(tx, def, "update", r, s.snaps[r.Meta().ID])
		}
		s.keep(r)
	}
	return nil
}

func differs(f *entity.Field, a, b entity.Record) bool {
	if f.Custom {
		v, ok := b.Meta().Extra[f.Name]
		return ok && !same(a.Meta().Extra[f.Name], v)
	}
	x, y := f.In(a), f.In(b)
	switch x.Kind() {
	case reflect.Invalid:
		return !same(f.Get(a), f.Get(b))
	case reflect.String:
		return x.String() != y.String()
	}
	switch was := x.Addr().Interface().(type) {
	case *id.ID:
		is, ok := y.Addr().Interface().(*id.ID)
		return !ok || *was != *is
	case *decimal.Decimal:
		is, ok := y.Addr().Interface().(*decimal.Decimal)
		return !ok || !was.Equal(*is)
	case *clock.Date:
		is, ok := y.Addr().Interface().(*clock.Date)
		return !ok || *was != *is
	}
	return !same(f.Get(a), f.Get(b))
}

func same(a, b any) bool {
	switch x := a.(type) {
	case decimal.Decimal:
		y, ok := b.(decimal.Decimal)
		return ok && x.Equal(y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case []byte:
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	case []string, map[string]any, []any:
		return reflect.DeepEqual(a, b)
	}
	if a != nil && b != nil && (!reflect.TypeOf(a).Comparable() || !reflect.TypeOf(b).Comparable()) {
		return reflect.DeepEqual(a, b)
	}
	return a == b
}

// remove deletes rows; their lines go with them.
func (s *session) remove(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) error {
	if len(rows) == 0 {
		return nil
	}
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.Meta().ID
		s.note(tx, def, "delete", r, r)
	}
	if def.File != nil {
		if err := errors.Join(dropPieces(ctx, tx, keys), dropObjects(ctx, tx, keys)); err != nil {
			return err
		}
	}
	if err := dropIndex(ctx, tx, def, keys); err != nil {
		return err
	}
	for _, l := range def.Lines {
		if err := removeLines(ctx, tx, l.Of, keys); err != nil {
			return err
		}
	}
	_, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM "+quote(def.Table)+" WHERE id = ANY($1::text[]::uuid[])", idTexts(keys))
	return databaseFault(err, def)
}

func removeLines(ctx context.Context, tx *tenancy.Tx, def *entity.Def, parents []id.ID) error {
	_, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM "+quote(def.Table)+" WHERE "+quote(def.Parent.Name)+" = ANY($1::text[]::uuid[])", idTexts(parents))
	return databaseFault(err, def)
}
