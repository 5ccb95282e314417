package record

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Export streams all records that a query selects into a sheet, with headers in the caller's language and only what the caller may see. Nested, it has their
// lines too and only what the import takes back; as JSON lines, all that the caller sees.
func Export(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query, lang i18n.Lang, nested bool, out Sheet) error { //nolint:funlen // one export from its head to its last row
	s := current(tx)
	p, err := s.plan(ctx, tx, def, q.Fields, nil)
	if err != nil {
		return err
	}
	s.e.Policy.Note(tx, def, p.mask, "export", id.ID{})
	if !p.mask.Export {
		return denied(p.mask, def, "export", "导出", "export")
	}
	p.asked = true // a file with holes would be taken for the whole
	p.fields = slices.DeleteFunc(p.fields, func(f *entity.Field) bool { return f.Class == credential })
	if len(q.Fields) > 0 && len(p.hidden) > 0 {
		return p.denied(def.Field(p.hidden[0]), "view")
	}
	w := &where{}
	if err := s.narrow(ctx, tx, w, def, p.mask); err != nil {
		return err
	}
	var bad fault.Fields
	if err := p.filters(ctx, tx, w, q, &bad); err != nil {
		return err
	}
	p.search(w, q.Text)
	if err := p.shortlist(ctx, tx, w, q); err != nil {
		return err
	}
	keys, err := p.order(q.Sort, &bad)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := s.keysAtHand(ctx, tx, def); err != nil { // what was sent can't be begun again
		return err
	}
	NoteAct(tx, def, "export", id.ID{})
	if j, ok := out.(*jsonLines); ok {
		return s.jsonLines(ctx, tx, p, w, keys, nested, j)
	}
	var book *nesting
	if nested {
		book = p.nest(lang)
		out = &nestedSheet{Sheet: out, book: book}
	}
	if err := out.Row(p.header(lang)); err != nil {
		return err
	}
	for cursor := ""; ; {
		rows, ends, err := p.page(ctx, tx, w, keys, cursor, MaxLimit)
		if err != nil {
			return err
		}
		if _, err := s.unseal(ctx, tx, p, rows); err != nil {
			return err
		}
		if err := s.read(ctx, tx, p, book, rows); err != nil {
			return err
		}
		for _, row := range rows {
			if book != nil {
				book.doc = *row[0]
			}
			if err := out.Row(p.cells(row)); err != nil {
				return err
			}
		}
		if len(rows) < MaxLimit {
			return out.Close()
		}
		cursor = cursorOf(keys, ends[len(ends)-1])
	}
}

// credential is the class of secrets with which others are called; nobody takes them out as a file.
const credential = "credential"

func (p *plan) header(lang i18n.Lang) []Cell {
	out := make([]Cell, len(p.fields))
	for i, f := range p.fields {
		out[i] = Cell{f.Label.In(lang), entity.KindText}
	}
	return out
}

func (p *plan) cells(row values) []Cell {
	out := make([]Cell, len(p.fields))
	for i, f := range p.fields {
		out[i].Kind = f.Kind
		if v := row[i+1]; v != nil {
			out[i].Text = plain(f, *v)
		}
	}
	return out
}

func plain(f *entity.Field, v string) string {
	switch {
	case f.Kind == entity.KindAmount || f.Kind == entity.KindPrice:
		return trim(v, 2)
	case f.Kind.Decimal():
		return trim(v, 0)
	}
	return v
}

// keysAtHand has the tenant's keys at hand before the first row, where a record or its lines may hold sealed values.
func (s *session) keysAtHand(ctx context.Context, tx *tenancy.Tx, def *entity.Def) error {
	need := slices.ContainsFunc(def.Fields, hides)
	for _, l := range def.Lines {
		need = need || slices.ContainsFunc(l.Of.Fields, hides)
	}
	if !need || s.e.Sealer == nil {
		return nil
	}
	_, err := s.e.Sealer.Newest(ctx, tx.Tenant.ID)
	return err
}
