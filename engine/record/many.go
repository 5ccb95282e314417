package record

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// maxMany is how many records one bulk edit changes.
const maxMany = 10_000

// Many is a bulk edit: the same values for all records that a list's filters select.
type Many struct {
	Set      map[string]any
	Count    *int64           // how many the caller saw; another number now is a conflict
	Versions map[string]int64 // of records that the caller saw, by id; another version now is a conflict
}

// ChangeMany writes the same values to all records that a query selects: all of them or none, with every mistake of every record. It returns how many
// there are. Each record is checked as if it were changed alone.
func ChangeMany(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query, in Many) (int, error) {
	s := current(tx)
	r := s.reader(ctx, tx)
	mask, err := r.mask(def)
	if err != nil {
		return 0, err
	}
	if def.ReadOnly {
		return 0, denied(mask, def, "edit:"+entity.Basic, "修改", "change")
	}
	if err := s.manyAsked(def, q, in); err != nil {
		return 0, err
	}
	keys, err := s.selected(ctx, tx, def, q)
	if err != nil {
		return 0, err
	}
	if n := int64(len(keys)); in.Count != nil && *in.Count != n {
		return 0, fault.New(fault.Conflict, "bulk.count", "现在有 %[1]d 条记录符合条件，而不是 %[2]d 条", "%[1]d records match now, not %[2]d", n, *in.Count).With("matched", n)
	}
	rows, err := s.holdAll(ctx, tx, def, keys)
	if err != nil {
		return 0, err
	}
	return len(rows), s.changeAll(ctx, tx, r, def, rows, in)
}

func (s *session) manyAsked(def *entity.Def, q Query, in Many) error {
	var bad fault.Fields
	if !q.Narrowed() {
		bad.Add("filter", "required", "批量修改须有筛选条件", "A bulk edit needs a filter")
	}
	if len(in.Set) == 0 {
		bad.Add("set", "required", "必填", "is required")
	}
	for name := range in.Set {
		f := def.Field(name)
		switch {
		case lineNamed(def, name) != nil:
			bad.Add("set."+name, "bulk.lines", "明细不能批量修改", "Lines can't be changed in bulk")
		case f != nil && f.Unique:
			bad.Add("set."+name, "bulk.unique", "唯一字段不能批量修改", "A unique field can't be changed in bulk")
		}
	}
	return bad.Err()
}

// selected finds what the filters select, within the caller's rights, in the order of ids.
func (s *session) selected(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query) ([]id.ID, error) {
	p, err := s.plan(ctx, tx, def, []string{"id"}, nil)
	if err != nil {
		return nil, err
	}
	w := &where{}
	if err := s.narrow(ctx, tx, w, def, p.mask); err != nil {
		return nil, err
	}
	if def.SharedField != nil { // what others share is theirs
		w.rows(p.mask.Rows())
	}
	var bad fault.Fields
	if err := p.filters(ctx, tx, w, q, &bad); err != nil {
		return nil, err
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	p.search(w, q.Text)
	if err := p.shortlist(ctx, tx, w, q); err != nil {
		return nil, err
	}
	rows, _, err := p.fetch(ctx, tx, w, []key{{expr: "t.id", cast: "uuid"}}, maxMany+1)
	if err != nil {
		return nil, err
	}
	if len(rows) > maxMany {
		return nil, fault.New(fault.OverLimit, "bulk.many", "一次最多修改 %d 条记录，请缩小范围", "At most %d records at a time; narrow it down", maxMany)
	}
	keys := make([]id.ID, len(rows))
	for i, row := range rows {
		if keys[i], err = id.Parse(*row[0]); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// holdAll is hold for many records that the caller may work on.
func (s *session) holdAll(ctx context.Context, tx *tenancy.Tx, def *entity.Def, keys []id.ID) ([]entity.Record, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	found := reflect.New(reflect.SliceOf(reflect.TypeOf(def.New())))
	if err := scanInto(ctx, tx, def, "id = ANY($1::text[]::uuid[]) ORDER BY id", true, found.Interface(), idTexts(keys)); err != nil {
		return nil, err
	}
	rows := make([]entity.Record, found.Elem().Len())
	for i := range rows {
		rows[i], _ = reflect.TypeAssert[entity.Record](found.Elem().Index(i))
	}
	if err := loadOwn(ctx, tx, def, rows); err != nil {
		return nil, err
	}
	for _, rec := range rows {
		s.keep(rec)
	}
	return rows, loadLines(ctx, tx, def, rows, true)
}

// changeAll checks and saves the same change of many records; mistakes carry the record's id.
func (s *session) changeAll(ctx context.Context, tx *tenancy.Tx, r *reader, def *entity.Def, rows []entity.Record, in Many) error {
	all := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
	drafts, old := make([]*draft, len(rows)), make([]entity.Record, len(rows))
	for i, rec := range rows {
		k := rec.Meta().ID.String()
		if v, asked := in.Versions[k]; asked && v != rec.Meta().Version {
			return fault.New(fault.Conflict, "record.stale", "记录 %s 已被修改，请刷新后重试", "The record %s has changed; reload it and try again", k).
				With("id", k).With("current_version", rec.Meta().Version)
		}
		d, err := r.read(def, in.Set, manyPrefix+k+": ")
		if err != nil {
			return err
		}
		if refused := editable(def, rec, d); refused != nil {
			f := fault.As(refused)
			all.Fields = append(all.Fields, fault.Field{Path: d.path + strings.Join(slices.Sorted(maps.Keys(in.Set)), ","), Reason: f.Reason, Text: f.Text})
			continue
		}
		old[i], drafts[i] = s.snaps[rec.Meta().ID], d
	}
	if len(all.Fields) > 0 {
		return all
	}
	for i, d := range drafts {
		d.apply(rows[i])
	}
	if len(rows) == 0 {
		return r.err()
	}
	if err := r.finish(def, drafts, old, rows); err != nil {
		return err
	}
	for _, l := range def.Lines { // what a module computes of lines may follow from the document
		var lines []entity.Record
		for _, rec := range rows {
			lines = append(lines, l.Rows(rec)...)
		}
		if err := s.update(ctx, tx, l.Of, lines); err != nil {
			return err
		}
	}
	return s.update(ctx, tx, def, rows)
}

const manyPrefix = "record "
