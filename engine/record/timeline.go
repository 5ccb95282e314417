package record

import (
	"context"
	"encoding/json"
	"sort"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Moment is one entry of a record's history as people read it: who did what when, and each field before and after.
type Moment struct {
	Seq      int64         `json:"seq"`
	ID       string        `json:"id"`
	At       string        `json:"at"`
	Actor    *string       `json:"actor_id"`
	Name     string        `json:"actor,omitempty"`
	Approver *string       `json:"approver_id,omitempty"`
	Agreed   string        `json:"approver,omitempty"`
	Module   string        `json:"module,omitempty"` // that did it in reaction, on behalf of the actor
	Cause    *string       `json:"cause_id,omitempty"`
	Action   string        `json:"action"`
	Entity   string        `json:"entity"`
	Label    string        `json:"label"`
	Record   string        `json:"record"` // a line's own id when a line changed
	Line     bool          `json:"line,omitempty"`
	Changes  []FieldChange `json:"changes"`
	Denied   []string      `json:"_denied,omitempty"`
	Erased   []string      `json:"_erased,omitempty"`
}

// FieldChange is one field before and after; names are what ids and options are called.
type FieldChange struct {
	Field  string `json:"field"`
	Label  string `json:"label"`
	Before any    `json:"before"`
	After  any    `json:"after"`
	Was    string `json:"before_name,omitempty"`
	Is     string `json:"after_name,omitempty"`
}

// History lists what happened to one record and its lines, newest first, as the caller may see it.
func History(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, q Query, lang i18n.Lang) (Page, error) {
	s := current(tx)
	if q.Narrowed() || len(q.Sort) > 0 {
		return Page{}, fault.New(fault.Invalid, "fields.invalid", "历史只支持 limit 和 cursor", "A history takes limit and cursor only")
	}
	if _, _, err := Read(ctx, tx, def, key, Query{Fields: []string{"id"}}); err != nil {
		return Page{}, err
	}
	w := &where{}
	k := w.arg(key.String()) + "::text::uuid"
	w.add("(t.record_id = " + k + " OR t.parent_id = " + k + ")")
	if q.Cursor != "" {
		n, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil {
			return Page{}, badCursor()
		}
		w.add("t.seq < " + w.arg(n))
	}
	rows, entries, err := s.auditRows(ctx, tx, w, q.Limit+1)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(rows) > q.Limit {
		rows, entries = rows[:q.Limit], entries[:q.Limit]
		page.Next = strconv.FormatInt(rows[q.Limit-1].Seq, 10)
	}
	b := &builder{ctx: ctx, s: s, tx: tx, lang: lang, masks: map[string]*policy.Mask{}, refs: map[string]map[string]bool{}}
	list, err := b.moments(rows, entries)
	if err != nil {
		return Page{}, err
	}
	for i := range list {
		raw, err := json.Marshal(list[i])
		if err != nil {
			return Page{}, err
		}
		page.Data = append(page.Data, raw)
	}
	return page, nil
}

func (b *builder) moments(rows []auditRow, entries []entry) ([]Moment, error) {
	if err := b.restrict(nil, entries); err != nil {
		return nil, err
	}
	out := make([]Moment, 0, len(rows))
	for i := range rows {
		e := &entries[i]
		eff, ok, err := b.effect(e)
		if err != nil {
			return nil, err
		}
		if !ok { // a line of an entity that the reader may not see
			continue
		}
		for _, who := range []*string{rows[i].Actor, rows[i].Approver} {
			if who != nil {
				b.wanted("user", *who)
			}
		}
		m := Moment{
			Seq: rows[i].Seq, ID: rows[i].ID, At: rows[i].At, Actor: rows[i].Actor, Approver: rows[i].Approver, Module: e.module, Cause: rows[i].Cause,
			Action: e.action, Entity: e.def.Name, Label: e.def.Label.In(b.lang), Record: eff.Record, Line: e.def.Parent != nil,
			Changes: b.fieldChanges(e, eff), Denied: eff.Denied, Erased: eff.Erased,
		}
		out = append(out, m)
	}
	names, err := b.names()
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Name, out[i].Agreed = nameIn(names, out[i].Actor), nameIn(names, out[i].Approver)
		def := b.s.catalog.Entity(out[i].Entity)
		for j := range out[i].Changes {
			c := &out[i].Changes[j]
			c.Was, c.Is = b.called(def.Field(c.Field), c.Before, names), b.called(def.Field(c.Field), c.After, names)
		}
	}
	return out, nil
}

func nameIn(names map[string]string, key *string) string {
	if key == nil {
		return ""
	}
	return names[*key]
}

func (b *builder) wanted(ent, key string) {
	if b.refs[ent] == nil {
		b.refs[ent] = map[string]bool{}
	}
	b.refs[ent][key] = true
}

// fieldChanges pairs what an entry's fields were and became; a deleted record's values are what it was.
func (b *builder) fieldChanges(e *entry, eff Effect) []FieldChange {
	out := []FieldChange{}
	was := eff.Was
	if e.action == "delete" {
		for _, c := range e.changes {
			_, shown := eff.Values[c.field.Name]
			if _, opened := was[c.field.Name]; shown && !opened {
				b.put(&was, c.field, c.before)
			}
		}
	}
	for name, after := range eff.Values {
		f := e.def.Field(name)
		if e.def.Parent == f && f != nil {
			continue
		}
		out = append(out, FieldChange{Field: name, Label: f.Label.In(b.lang), Before: was[name], After: after})
		if k, ok := was[name].(string); ok && f.Ref != "" && f.RefBy == "" {
			b.wanted(f.Ref, k)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Field < out[j].Field })
	return out
}

// called is what people call a value: an option's label, or the name of the record that it points to.
func (b *builder) called(f *entity.Field, v any, names map[string]string) string {
	s, _ := v.(string)
	if f.Ref != "" {
		return names[s]
	}
	for _, o := range f.Options {
		if o.Value == s {
			return o.Label.In(b.lang)
		}
	}
	return ""
}
