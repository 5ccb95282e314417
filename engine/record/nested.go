package record

import (
	"context"
	"slices"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

// recordNumber is the title of the column that tells which rows of a table belong to one record.
const recordNumber = "#"

// nesting is a table with records and their lines: a record's own columns are on its first row, its lines on that and the next ones. The first column
// numbers the records, so that two that look the same stay two.
type nesting struct {
	header []Cell
	lines  []*linePlan
	rows   []map[string][]values // of the lines, by record
	doc    string                // the record that is being written
	count  int
}

// nest narrows the plan to what the import takes back from this caller, and adds the lines' columns.
func (p *plan) nest(lang i18n.Lang) *nesting {
	n := &nesting{header: []Cell{{recordNumber, entity.KindText}}}
	p.fields = slices.DeleteFunc(p.fields, func(f *entity.Field) bool { return !given(f) || !p.mask.Edit(f) })
	for _, f := range p.fields {
		n.header = append(n.header, Cell{titleOf(p.def, f, nil, lang), entity.KindText})
	}
	for _, l := range p.lines {
		l.fields = slices.DeleteFunc(l.fields, func(f *entity.Field) bool { return !given(f) || !l.mask.Edit(f) })
		if l.def.ReadOnly || len(l.fields) == 0 {
			continue
		}
		of := p.def.Lines[slices.IndexFunc(p.def.Lines, func(x *entity.Lines) bool { return x.Name == l.name })]
		for _, f := range l.fields {
			n.header = append(n.header, Cell{titleOf(p.def, f, of, lang), entity.KindText})
		}
		n.lines = append(n.lines, l)
	}
	return n
}

// given tells that callers write the field.
func given(f *entity.Field) bool {
	return !f.Computed && !f.System && f.Stored() && f.Kind != entity.KindBytes && f.Kind != entity.KindJSON && f.Class != credential
}

// titleOf is the title by which an import knows a field: its label, unless that means another field.
func titleOf(def *entity.Def, f *entity.Field, l *entity.Lines, lang i18n.Lang) string {
	title, path := f.Label.In(lang), f.Name
	if l != nil {
		title, path = l.Label.In(lang)+"."+title, l.Name+"."+path
	}
	if c := columnNamed(def, title); c.field != f || c.lines != l {
		return path
	}
	return title
}

// read gathers the lines of a page of records.
func (s *session) read(ctx context.Context, tx *tenancy.Tx, p *plan, n *nesting, docs []values) error {
	if n == nil {
		return nil
	}
	keys := make([]string, len(docs))
	for i, d := range docs {
		keys[i] = *d[0]
	}
	n.rows = make([]map[string][]values, len(n.lines))
	for i, l := range n.lines {
		w := &where{}
		parent := quote(l.def.Parent.Name)
		w.add("t." + parent + " = ANY(" + w.arg(keys) + "::text[]::uuid[])")
		rows, ends, err := l.fetch(ctx, tx, w, []key{{expr: "t." + parent}, {expr: "t.position"}, {expr: "t.id"}}, 0)
		if err != nil {
			return err
		}
		if _, err := s.unseal(ctx, tx, l.plan, rows); err != nil {
			return err
		}
		n.rows[i] = map[string][]values{}
		for at, r := range rows {
			n.rows[i][ends[at][0]] = append(n.rows[i][ends[at][0]], r)
		}
	}
	return nil
}

// nestedSheet writes a record as one row for each of its lines.
type nestedSheet struct {
	Sheet
	book *nesting
}

// Row writes the header at first, then a record with the lines that were read for it.
func (s *nestedSheet) Row(own []Cell) error {
	n := s.book
	if n.count++; n.count == 1 {
		return s.Sheet.Row(n.header)
	}
	no := Cell{strconv.Itoa(n.count - 1), entity.KindText}
	first, wrote := own, false
	for i, l := range n.lines {
		for _, r := range n.rows[i][n.doc] {
			row := append([]Cell{no}, first...)
			for k, x := range n.lines {
				if k == i {
					row = append(row, l.cells(r)...)
				} else {
					row = append(row, make([]Cell, len(x.fields))...)
				}
			}
			if err := s.Sheet.Row(row); err != nil {
				return err
			}
			first, wrote = make([]Cell, len(own)), true
		}
	}
	if wrote {
		return nil
	}
	row := append([]Cell{no}, own...)
	return s.Sheet.Row(append(row, make([]Cell, len(n.header)-len(row))...))
}
