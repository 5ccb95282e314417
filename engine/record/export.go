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

// Export streams all records that a query selects into a sheet, with headers in the caller's language and only what the caller may see.
func Export(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query, lang i18n.Lang, out Sheet) error {
	s := current(tx)
	p, err := s.plan(ctx, tx, def, q.Fields, nil)
	if err != nil {
		return err
	}
	if !p.mask.Export {
		return denied(p.mask, def, "export", "导出", "export")
	}
	p.fields = slices.DeleteFunc(p.fields, func(f *entity.Field) bool { return f.Class == credential })
	if len(q.Fields) > 0 && len(p.hidden) > 0 {
		return p.denied(def.Field(p.hidden[0]), "view")
	}
	w := &where{}
	if err := s.narrow(ctx, tx, w, def, p.mask); err != nil {
		return err
	}
	var bad fault.Fields
	if err := p.filters(w, q.Filters, &bad); err != nil {
		return err
	}
	p.search(w, q.Text)
	keys, err := p.order(q.Sort, &bad)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	NoteAct(tx, def, "export", id.ID{})
	header := make([]Cell, len(p.fields))
	for i, f := range p.fields {
		header[i] = Cell{f.Label.In(lang), entity.KindText}
	}
	if err := out.Row(header); err != nil {
		return err
	}
	cond := len(w.parts)
	for cursor := ""; ; {
		w.parts = w.parts[:cond]
		page := &where{parts: w.parts, args: slices.Clip(w.args)}
		if cursor != "" {
			if err := after(page, keys, cursor); err != nil {
				return err
			}
		}
		rows, ends, err := p.fetch(ctx, tx, page, keys, MaxLimit)
		if err != nil {
			return err
		}
		if err := s.unseal(ctx, tx, p, rows); err != nil {
			return err
		}
		for _, row := range rows {
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
