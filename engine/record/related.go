package record

import (
	"context"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Relation is a kind of record that points to the one asked about.
type Relation struct {
	Entity string   `json:"entity"`
	Path   string   `json:"path"`
	Label  string   `json:"label"`
	Field  string   `json:"field"` // "customer_id", or "lines.product_id" of a line
	Name   string   `json:"field_label"`
	Count  int64    `json:"count"`
	More   bool     `json:"more,omitempty"` // there are more than were counted
	Filter string   `json:"filter,omitempty"`
	Data   [][]byte `json:"-"`

	def  *entity.Def
	cond func(w *where) string
}

const (
	relatedCounted = 1000
	relatedShown   = 5
)

// Related lists which records point to one record, by entity and field: how many, and the newest of them; only what the caller may see.
func Related(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, lang i18n.Lang) ([]*Relation, error) {
	s := current(tx)
	if _, _, err := Read(ctx, tx, def, key, Query{Fields: []string{"id"}}); err != nil {
		return nil, err
	}
	list, err := s.relations(ctx, tx, def, key, lang)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := s.countRelated(ctx, tx, list); err != nil {
		return nil, err
	}
	out := make([]*Relation, 0, len(list))
	for _, r := range list {
		if r.Count == 0 {
			continue
		}
		if err := s.firstRelated(ctx, tx, r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// relations finds the fields that can point to a record: of documents, of their lines, and of remarks and files.
func (s *session) relations(ctx context.Context, tx *tenancy.Tx, target *entity.Def, key id.ID, lang i18n.Lang) ([]*Relation, error) {
	var out []*Relation
	for _, d := range s.catalog.All() {
		doc := d
		if d.Parent != nil {
			doc = s.catalog.Entity(d.ParentDef.Name)
		}
		if doc == nil || doc.Parent != nil || doc.Collection == "" || !s.visible(tx, d) {
			continue
		}
		mask, err := s.e.Policy.For(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		if !mask.Any() || mask.Rows().None() {
			continue
		}
		add := func(f *entity.Field, name, filter string, cond func(w *where) string) {
			out = append(out, &Relation{
				Entity: doc.Name, Path: doc.Path(), Label: doc.Label.In(lang), Field: name, Name: f.Label.In(lang), Filter: filter, def: doc, cond: cond,
			})
		}
		if d.AboutEntity != nil && mask.View(d.AboutEntity) && mask.View(d.AboutRecord) {
			add(d.AboutRecord, d.AboutRecord.Name, d.AboutEntity.Name+"="+target.Name+"&"+d.AboutRecord.Name+"="+key.String(), func(w *where) string {
				return "t." + quote(d.AboutEntity.Name) + " = " + w.arg(target.Name) + "::text AND t." + quote(d.AboutRecord.Name) + " = " + w.arg(key.String()) + "::text::uuid"
			})
			continue
		}
		for _, f := range d.Fields {
			if f.Ref != target.Name || f.RefBy != "" || f.System || !f.Stored() || f.Sealed || f == d.Parent || !mask.View(f) {
				continue
			}
			if d.Parent == nil {
				add(f, f.Name, f.Name+"="+key.String(), func(w *where) string {
					return "t." + quote(f.Name) + " = " + w.arg(key.String()) + "::text::uuid"
				})
				continue
			}
			add(f, lineName(doc, d)+"."+f.Name, "", func(w *where) string {
				return "t.id IN (SELECT l." + quote(d.Parent.Name) + " FROM " + quote(d.Table) + " AS l WHERE l." + quote(f.Name) + " = " + w.arg(key.String()) + "::text::uuid)"
			})
		}
	}
	return out, nil
}

func lineName(doc, line *entity.Def) string {
	for _, l := range doc.Lines {
		if l.Of.Name == line.Name {
			return l.Name
		}
	}
	return line.Noun()
}

// countRelated counts all relations with one statement, none further than people read.
func (s *session) countRelated(ctx context.Context, tx *tenancy.Tx, list []*Relation) error {
	all := &where{}
	var parts []string
	for i, r := range list {
		w := &where{args: all.args}
		mask, err := s.e.Policy.For(ctx, tx, r.def)
		if err != nil {
			return err
		}
		if err := s.narrow(ctx, tx, w, r.def, mask); err != nil {
			return err
		}
		w.add(r.cond(w))
		all.args = w.args
		parts = append(parts, "SELECT "+strconv.Itoa(i)+", count(*) FROM (SELECT 1 FROM "+quote(r.def.Table)+" AS t"+w.sql()+" LIMIT "+strconv.Itoa(relatedCounted+1)+") AS n")
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, strings.Join(parts, " UNION ALL "), all.args...)
	if err != nil {
		return databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	for res.Next() {
		var i int
		var n int64
		if err := res.Scan(&i, &n); err != nil {
			return databaseFault(err, nil)
		}
		list[i].Count, list[i].More = min(n, relatedCounted), n > relatedCounted
	}
	return databaseFault(res.Err(), nil)
}

// firstRelated reads the newest records of a relation: what lists show of them, without lines.
func (s *session) firstRelated(ctx context.Context, tx *tenancy.Tx, r *Relation) error {
	p, err := s.plan(ctx, tx, r.def, nil, nil)
	if err != nil {
		return err
	}
	p.lines, p.hidden = nil, nil
	var fields []*entity.Field
	for _, f := range p.fields {
		if f.List || f.Title || f == r.def.State || f.Name == "id" || f.Name == "updated_at" || f.Name == r.Field {
			fields = append(fields, f)
		}
	}
	p.fields = fields
	w := &where{}
	if err := s.narrow(ctx, tx, w, r.def, p.mask); err != nil {
		return err
	}
	w.add(r.cond(w))
	rows, _, err := p.fetch(ctx, tx, w, []key{{expr: "t.id", cast: "uuid", desc: true}}, relatedShown)
	if err != nil {
		return err
	}
	r.Data, err = s.render(ctx, tx, p, rows)
	return err
}
