package record

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Export streams all records that a query selects as CSV, with headers in the caller's language and only what the caller may see. Cells that a
// spreadsheet would take for a formula are neutralised.
func Export(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query, lang i18n.Lang, out io.Writer) error {
	s := current(tx)
	p, err := s.plan(ctx, tx, def, q.Fields, nil)
	if err != nil {
		return err
	}
	if !p.mask.Export {
		return denied(p.mask, def, "export", "导出", "export")
	}
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
	c := csv.NewWriter(out)
	header := make([]string, len(p.fields))
	for i, f := range p.fields {
		header[i] = f.Label.In(lang)
	}
	if err := c.Write(header); err != nil {
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
			if err := c.Write(p.cells(row)); err != nil {
				return err
			}
		}
		c.Flush()
		if err := c.Error(); err != nil || len(rows) < MaxLimit {
			return err
		}
		cursor = cursorOf(keys, ends[len(ends)-1])
	}
}

func (p *plan) cells(row values) []string {
	out := make([]string, len(p.fields))
	for i, f := range p.fields {
		if v := row[i+1]; v != nil {
			out[i] = neutral(f, plain(f, *v))
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

// neutral keeps a spreadsheet from running a cell's text: what starts like a formula gets an apostrophe. Numbers stay numbers.
func neutral(f *entity.Field, v string) string {
	if f.Kind != entity.KindText && f.Kind != entity.KindJSON && f.Kind != entity.KindTexts {
		return v
	}
	if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
		return fmt.Sprintf("'%s", v)
	}
	return v
}
