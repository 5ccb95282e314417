package record

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Add makes records at a caller's request; bodies are decoded JSON objects. All mistakes of all bodies are reported, with the path prefix that at
// gives for each body; nothing is saved when there is one. It returns the ids.
func Add(ctx context.Context, tx *tenancy.Tx, def *entity.Def, bodies []map[string]any, at func(i int) string) ([]id.ID, error) {
	s := current(tx)
	r := s.reader(ctx, tx)
	r.fresh = true
	mask, err := r.mask(def)
	if err != nil {
		return nil, err
	}
	s.e.Policy.Note(tx, def, mask, "create", id.ID{})
	if def.ReadOnly || !mask.Create {
		return nil, denied(mask, def, "create", "新建", "create")
	}
	drafts, rows := make([]*draft, len(bodies)), make([]entity.Record, len(bodies))
	for i, body := range bodies {
		if i%stepRows == 0 {
			s.progress(i/2, 2*len(bodies))
		}
		if drafts[i], err = r.read(def, body, at(i)); err != nil {
			return nil, err
		}
		rows[i] = r.build(drafts[i])
	}
	if len(bodies) > 1 {
		if err := r.duplicates(def, drafts); err != nil {
			return nil, err
		}
	}
	if err := r.finish(def, drafts, make([]entity.Record, len(rows)), rows); err != nil {
		return nil, err
	}
	for n := 0; n < len(rows); n += stepRows {
		s.progress(len(rows)+n, 2*len(rows))
		if err := s.create(ctx, tx, def, rows[n:min(n+stepRows, len(rows))]); err != nil {
			return nil, err
		}
	}
	keys := make([]id.ID, len(rows))
	for i, row := range rows {
		keys[i] = row.Meta().ID
	}
	return keys, nil
}

// progress tells how far a long piece of work is.
func (s *session) progress(done, total int) {
	if s.tell != nil {
		s.tell(done, total)
	}
}

// build makes a new record and its lines from a draft.
func (r *reader) build(d *draft) entity.Record {
	rec := d.def.New()
	rec.Meta().ID = r.tx.NewID()
	r.defaults(d, rec)
	d.apply(rec)
	for l, list := range d.lines {
		rows := make([]entity.Record, len(list))
		for i, child := range list {
			rows[i] = r.build(child)
			l.Of.Parent.Set(rows[i], rec.Meta().ID)
		}
		l.SetRows(rec, rows)
	}
	return rec
}

// finish lets the module complete and check the records, then checks what only the whole tells. All mistakes come back together, as far as one
// does not hide another.
func (r *reader) finish(def *entity.Def, drafts []*draft, old, rows []entity.Record) error {
	for i := range drafts {
		r.gather(drafts[i], rows[i])
	}
	if err := r.refs.check(r.ctx, r.tx, r.s, &r.bad); err != nil {
		return err
	}
	if r.bad.Len() > 0 {
		for i := range drafts {
			r.required(drafts[i], rows[i])
		}
		return r.err()
	}
	for _, p := range r.s.e.prepares[def.Name] {
		if err := p.Run(r.ctx, r.tx, old, rows); err != nil {
			for i := range drafts {
				r.required(drafts[i], rows[i])
			}
			return r.merge(r.whose(p, drafts, old, rows, err))
		}
	}
	for i := range drafts {
		r.required(drafts[i], rows[i])
	}
	return r.err()
}

// merge adds what is missing to a module's own refusal, when that is about fields too.
func (r *reader) merge(err error) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid || r.bad.Len() == 0 {
		return err
	}
	own := fault.As(r.bad.Err())
	seen := map[string]bool{}
	for _, x := range f.Fields {
		seen[x.Path] = true
	}
	for _, x := range own.Fields {
		if !seen[x.Path] {
			f.Fields = append(f.Fields, x)
		}
	}
	return f
}

func denied(mask *policy.Mask, def *entity.Def, what, zh, en string) error {
	rule, label := mask.Why(what)
	return fault.New(fault.Forbidden, "action.denied", "您无权%[1]s%[2]s（规则 %[5]s）", "You may not %[3]s %[4]s (rule %[5]s)", zh, def.Label.ZH, en, def.Label.EN, rule).
		With("rule", rule).With("rule_label", label)
}

// noteEdits lets policy's log know which fields somebody wants to write.
func (s *session) noteEdits(tx *tenancy.Tx, def *entity.Def, mask *policy.Mask, body map[string]any, key id.ID) {
	for name := range body {
		if def.Field(name) != nil {
			s.e.Policy.Note(tx, def, mask, "edit:"+name, key)
		}
	}
}

// Change writes a body to one record. version is what the caller read; another version in the database is a conflict that tells the current one.
func Change(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, version int64, body map[string]any) error {
	s := current(tx)
	r := s.reader(ctx, tx)
	mask, err := r.mask(def)
	if err != nil {
		return err
	}
	rec, err := s.hold(ctx, tx, def, key)
	if err != nil {
		return err
	}
	if def.ReadOnly {
		return denied(mask, def, "edit:"+entity.Basic, "修改", "change")
	}
	s.noteEdits(tx, def, mask, body, key)
	if v := rec.Meta().Version; version != v {
		return fault.New(fault.Conflict, "record.stale", "记录已被修改（当前版本 %d），请刷新后重试", "The record has changed (version %d now); reload it and try again", v).With("current_version", v)
	}
	d, err := r.read(def, body, "")
	if err != nil {
		return err
	}
	if err := editable(def, rec, d); err != nil {
		return err
	}
	if len(d.values) == 0 && len(d.lines) == 0 {
		return r.err() // nothing is to be written, so nothing is completed either
	}
	old := s.snaps[key]
	d.apply(rec)
	gone, err := r.replace(d, rec)
	if err != nil {
		return err
	}
	if err := r.finish(def, []*draft{d}, []entity.Record{old}, []entity.Record{rec}); err != nil {
		return err
	}
	return s.saveTree(ctx, tx, def, rec, gone)
}

// editable refuses to change a document that is past its draft, but for fields that may be written any time.
func editable(def *entity.Def, rec entity.Record, d *draft) error {
	if def.State == nil {
		return nil
	}
	state, _ := def.State.Get(rec).(string)
	if def.Pending != "" && state == def.Pending {
		return fault.New(fault.Conflict, "approval.pending", "单据正在审批，已锁定", "The document awaits approval and is locked")
	}
	if def.Editable(state) {
		return nil
	}
	f := fault.New(fault.Rule, "document.locked", "单据状态为 %s，不能直接修改", "The document is %s and cannot be changed directly", state)
	for field := range d.values {
		if !field.Anytime {
			f.At(d.path+field.Name, "document.locked", "当前状态下不能修改", "cannot be changed in this state")
		}
	}
	for l := range d.lines {
		f.At(l.Name, "document.locked", "当前状态下不能修改", "cannot be changed in this state")
	}
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// replace puts the caller's lines in place of a document's: those with an id are kept and changed, others made, missing ones removed.
func (r *reader) replace(d *draft, rec entity.Record) (map[*entity.Lines][]entity.Record, error) {
	gone := map[*entity.Lines][]entity.Record{}
	for l, list := range d.lines {
		had := map[id.ID]entity.Record{}
		for _, row := range l.Rows(rec) {
			had[row.Meta().ID] = row
		}
		rows := make([]entity.Record, len(list))
		for i, child := range list {
			if child.key.IsZero() {
				rows[i] = r.build(child)
				l.Of.Parent.Set(rows[i], rec.Meta().ID)
				continue
			}
			row := had[child.key]
			if row == nil {
				r.bad.Add(fmt.Sprintf("%sid", child.path), "line.unknown", "没有行 %s", "There is no line %s", child.key)
				rows[i] = l.Of.New()
				continue
			}
			delete(had, child.key)
			child.apply(row)
			rows[i] = row
		}
		for _, row := range had {
			gone[l] = append(gone[l], row)
		}
		if err := r.arrange(l, l.Rows(rec), rows); err != nil {
			return nil, err
		}
		l.SetRows(rec, rows)
	}
	return gone, nil
}

// saveTree saves a document and its lines after a change by a caller. The document's version grows even when only lines changed.
func (s *session) saveTree(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rec entity.Record, gone map[*entity.Lines][]entity.Record) error {
	touched := false
	for _, l := range def.Lines {
		if err := s.remove(ctx, tx, l.Of, gone[l]); err != nil {
			return err
		}
		adopt(l, []entity.Record{rec})
		var fresh, kept []entity.Record
		for _, row := range l.Rows(rec) {
			if s.snaps[row.Meta().ID] == nil {
				fresh = append(fresh, row)
			} else {
				kept = append(kept, row)
			}
		}
		before := len(s.audit)
		if err := s.create(ctx, tx, l.Of, fresh); err != nil {
			return err
		}
		if err := s.update(ctx, tx, l.Of, kept); err != nil {
			return err
		}
		touched = touched || len(s.audit) > before || len(gone[l]) > 0
	}
	version := rec.Meta().Version
	if err := s.update(ctx, tx, def, []entity.Record{rec}); err != nil {
		return err
	}
	if touched && rec.Meta().Version == version {
		return s.write(ctx, tx, def, []*entity.Field{def.Field("updated_at"), def.Field("updated_by")}, []entity.Record{rec})
	}
	return nil
}

// Remove deletes one record at a caller's request: drafts only, and nothing that others point to.
func Remove(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, version int64) error {
	s := current(tx)
	mask, err := s.e.Policy.For(ctx, tx, def)
	if err != nil {
		return err
	}
	rec, err := s.hold(ctx, tx, def, key)
	if err != nil {
		return err
	}
	s.e.Policy.Note(tx, def, mask, "delete", key)
	if def.ReadOnly || def.NoDelete || !mask.Delete {
		return denied(mask, def, "delete", "删除", "delete")
	}
	if err := author(tx, def, rec); err != nil {
		return err
	}
	if version != 0 && version != rec.Meta().Version {
		return fault.New(fault.Conflict, "record.stale", "记录已被修改，请刷新后重试", "The record has changed; reload it and try again").With("current_version", rec.Meta().Version)
	}
	if def.State != nil {
		if state, _ := def.State.Get(rec).(string); !def.Editable(state) {
			return fault.New(fault.Rule, "document.locked", "单据状态为 %s，不能删除", "The document is %s and cannot be deleted", state)
		}
	}
	if err := s.inUse(ctx, tx, def, key.String()); err != nil {
		return err
	}
	return s.remove(ctx, tx, def, []entity.Record{rec})
}

// theirs refuses to work on a record that the caller sees only because somebody shares it.
func (s *session) theirs(ctx context.Context, tx *tenancy.Tx, p *plan, key id.ID) error {
	if p.def.SharedField == nil {
		return nil
	}
	w := &where{}
	w.rows(p.mask.Rows())
	w.add("t.id = " + w.arg(key.String()) + "::text::uuid")
	rows, _, err := p.fetch(ctx, tx, w, nil, 1)
	if err == nil && len(rows) == 0 {
		return fault.New(fault.Forbidden, "record.not_owner", "只有其所有者可以修改（规则 platform.owner_of_record）", "Only its owner may change it (rule platform.owner_of_record)").
			With("rule", "platform.owner_of_record")
	}
	return err
}

// author refuses to let others than its author delete a remark or a file.
func author(tx *tenancy.Tx, def *entity.Def, rec entity.Record) error {
	if def.AboutEntity == nil || tx.Actor.System || rec.Meta().CreatedBy == tx.Actor.ID || slices.Contains(tx.Actor.Roles, "owner") || slices.Contains(tx.Actor.Roles, "admin") {
		return nil
	}
	return fault.New(fault.Forbidden, "record.not_author", "只有作者本人可以删除（规则 platform.author）", "Only its author may delete it (rule platform.author)").With("rule", "platform.author")
}

// hold locks and loads one record with its lines when the caller may know of it.
func (s *session) hold(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID) (entity.Record, error) {
	p, err := s.plan(ctx, tx, def, []string{"id"}, nil)
	if err != nil {
		return nil, err
	}
	if !s.every(tx, def, p.mask) {
		found, err := p.byID(ctx, tx, []id.ID{key})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, missing(def, key)
		}
		if err := s.theirs(ctx, tx, p, key); err != nil {
			return nil, err
		}
	}
	found := reflect.New(reflect.SliceOf(reflect.TypeOf(def.New())))
	if err := scanInto(ctx, tx, def, "id = $1::text::uuid", true, found.Interface(), key.String()); err != nil {
		return nil, err
	}
	if found.Elem().Len() == 0 {
		return nil, missing(def, key)
	}
	rec, _ := reflect.TypeAssert[entity.Record](found.Elem().Index(0))
	if err := loadOwn(ctx, tx, def, []entity.Record{rec}); err != nil {
		return nil, err
	}
	s.keep(rec)
	return rec, loadLines(ctx, tx, def, []entity.Record{rec}, true)
}
