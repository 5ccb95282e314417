package record

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/modules"
)

// headerRow is where a table's header stands: people count rows as their spreadsheet does.
const headerRow = 1

// place tells where in a table a record and its lines stand.
type place struct {
	row   int
	lines map[string][]int // the rows of its lines, by the lines' name
}

func newPlace(i int) *place { return &place{headerRow + 1 + i, map[string][]int{}} }

func (p *place) prefix() string { return fmt.Sprintf("row %d: ", p.row) }

// add gives the record a line that stands in the i-th row.
func (p *place) add(body map[string]any, name string, fields any, i int) {
	list, _ := body[name].([]any)
	body[name] = append(list, fields)
	p.lines[name] = append(p.lines[name], headerRow+1+i)
}

// touches tells that one of the rows is a part of the record.
func (p *place) touches(rows map[int]bool) bool {
	if rows[p.row] {
		return true
	}
	for _, list := range p.lines {
		for _, r := range list {
			if rows[r] {
				return true
			}
		}
	}
	return false
}

// of turns the paths of a refusal of the record into rows and columns; one that names no field is about its first row.
func (p *place) of(err error, cols []tableColumn) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	if len(f.Fields) == 0 {
		f.Fields = []fault.Field{{Reason: f.Reason, Text: f.Text}}
	}
	for i := range f.Fields {
		f.Fields[i].Path = p.prefix() + f.Fields[i].Path
	}
	return inTable(f, cols, []*place{p})
}

// inTable turns the paths of mistakes into rows and columns of the table that was imported.
func inTable(err error, cols []tableColumn, places []*place) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	at := make(map[int]*place, len(places))
	for _, p := range places {
		at[p.row] = p
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		rest, ok := strings.CutPrefix(x.Path, "row ")
		number, path, cut := strings.Cut(rest, ": ")
		row, bad := strconv.Atoi(number)
		if !ok || !cut || bad != nil || at[row] == nil {
			continue
		}
		x.Row, x.Column = at[row].cell(path, cols)
		x.Path = fmt.Sprintf("row %d: %s", x.Row, x.Column)
	}
	return err
}

// cell is the row and the column's title of a path such as lines[2].quantity.
func (p *place) cell(path string, cols []tableColumn) (int, string) {
	row, lines := p.row, ""
	if head, tail, nested := strings.Cut(path, "["); nested {
		index, field, _ := strings.Cut(tail, "]")
		if n, err := strconv.Atoi(index); err == nil && n < len(p.lines[head]) {
			row = p.lines[head][n]
		}
		lines, path = head, strings.TrimPrefix(field, ".")
	}
	for _, c := range cols {
		if c.field != nil && c.field.Name == path && (c.lines == nil && lines == "" || c.lines != nil && c.lines.Name == lines) {
			return row, c.title
		}
	}
	if lines != "" {
		path = lines + "." + path
	}
	return row, path
}

// inHeader says that mistakes stand in the header.
func inHeader(err error) error {
	if f := fault.As(err); f != nil {
		for i := range f.Fields {
			f.Fields[i].Row, f.Fields[i].Column = headerRow, f.Fields[i].Path
		}
	}
	return err
}

// mistakesShown is for how many records of a table a module's mistakes are looked for.
const mistakesShown = 100

// whose finds out which of many records a module refuses: it looks at each for itself, as nothing is saved any more. A refusal of them together stays
// as it is.
func (r *reader) whose(p modules.Prepare, drafts []*draft, old, rows []entity.Record, err error) error {
	if len(rows) < 2 && drafts[0].path == "" {
		return err
	}
	all := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
	for i, found := 0, 0; i < len(rows) && found < mistakesShown; i++ {
		f := fault.As(p.Run(r.ctx, r.tx, old[i:i+1], rows[i:i+1]))
		if f == nil {
			continue
		}
		if f.Kind == fault.Forbidden { // a right that is missing is no mistake in a row
			return f
		}
		found++
		if len(f.Fields) == 0 {
			f.Fields = []fault.Field{{Reason: f.Reason, Text: f.Text}}
		}
		for _, x := range f.Fields {
			x.Path = drafts[i].path + x.Path
			all.Fields = append(all.Fields, x)
		}
	}
	if len(all.Fields) == 0 {
		return err
	}
	return all
}
