package record

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Table is what is imported: a header and rows of text.
type Table struct {
	Header []string
	Rows   [][]string
}

// maxRows is how many rows one import takes.
const maxRows = 200_000

// ReadCSV reads a table; a byte order mark is skipped.
func ReadCSV(r io.Reader) (Table, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	var t Table
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, fault.New(fault.Invalid, "csv.broken", "CSV 格式错误", "The CSV is broken").At(fmt.Sprintf("row %d", len(t.Rows)+2), "csv.broken", "无法解析", "cannot be read")
		}
		if t.Header == nil {
			row[0] = strings.TrimPrefix(row[0], "\ufeff")
			t.Header = row
			continue
		}
		if t.Rows = append(t.Rows, row); len(t.Rows) > maxRows {
			return t, fault.New(fault.OverLimit, "import.rows", "超过 %d 行", "More than %d rows", maxRows)
		}
	}
	if t.Header == nil {
		return t, fault.New(fault.Invalid, "csv.empty", "文件为空", "The file is empty")
	}
	return t, nil
}

// column is what one column of a table fills: a field of the record, or of its lines ("lines.quantity").
type tableColumn struct {
	field *entity.Field
	lines *entity.Lines
	title string
}

// Import makes records from a table: a header names fields, in the API's names or in either language's labels; "lines.x" names a field of the lines.
// Rows that repeat the same values in the record's own columns, or leave them empty, add lines to the record above. References may be ids or the names by
// which people know the target. All rows are saved or none; every mistake is reported with row and column.
func Import(ctx context.Context, tx *tenancy.Tx, def *entity.Def, t Table) ([]id.ID, error) {
	s := current(tx)
	cols, err := columnsOf(def, t.Header)
	if err != nil {
		return nil, err
	}
	var bad fault.Fields
	look, err := s.lookups(ctx, tx, cols, t.Rows, &bad)
	if err != nil {
		return nil, err
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	var bodies []map[string]any
	var places []*place
	last := ""
	for i, row := range t.Rows {
		own, line, mark := bodyOf(cols, row, look)
		if len(own) == 0 && len(line) == 0 {
			continue
		}
		if line == nil || len(bodies) == 0 || mark != last && len(own) > 0 {
			last = mark
			bodies, places = append(bodies, own), append(places, newPlace(i))
		}
		for name, fields := range line {
			places[len(places)-1].add(bodies[len(bodies)-1], name, fields, i)
		}
	}
	keys, err := Add(ctx, tx, def, bodies, func(i int) string { return places[i].prefix() })
	return keys, inTable(err, cols, places)
}

func columnsOf(def *entity.Def, header []string) ([]tableColumn, error) {
	var bad fault.Fields
	out := make([]tableColumn, len(header))
	for i, h := range header {
		name := strings.TrimSpace(h)
		out[i] = columnNamed(def, name)
		if out[i].field == nil && name != "" {
			bad.Add(name, "field.unknown", "没有字段 %s", "There is no field %s", name)
		}
		out[i].title = name
	}
	return out, inHeader(bad.Err())
}

func columnNamed(def *entity.Def, name string) tableColumn {
	if head, rest, ok := strings.Cut(name, "."); ok {
		for _, l := range def.Lines {
			if l.Name == head || l.Label.ZH == head || l.Label.EN == head {
				return tableColumn{field: columnNamed(l.Of, rest).field, lines: l}
			}
		}
	}
	if f := def.Field(name); f != nil {
		return tableColumn{field: f}
	}
	var named *entity.Field
	for _, f := range def.Fields { // what people write goes before what the system keeps under the same label
		if (f.Label.ZH == name || strings.EqualFold(f.Label.EN, name)) && (named == nil || named.Computed && !f.Computed) {
			named = f
		}
	}
	return tableColumn{field: named}
}

// bodyOf turns a row into a record's body and a line's; mark tells rows of the same record by their own columns. What can't be read goes on as text:
// it is refused with all other mistakes.
func bodyOf(cols []tableColumn, row []string, look lookups) (own map[string]any, line map[string]any, mark string) {
	own = map[string]any{}
	for i, c := range cols {
		if i >= len(row) || c.field == nil {
			continue
		}
		cell := strings.TrimSpace(row[i])
		if c.lines == nil {
			mark += cell + "\x1f"
		}
		if cell == "" {
			continue
		}
		v := cellValue(c.field, cell, look)
		if c.lines == nil {
			own[c.field.Name] = v
			continue
		}
		if line == nil {
			line = map[string]any{}
		}
		fields, _ := line[c.lines.Name].(map[string]any)
		if fields == nil {
			fields = map[string]any{}
			line[c.lines.Name] = fields
		}
		fields[c.field.Name] = v
	}
	return own, line, mark
}

// cellValue gives a cell in the form that a JSON body would have.
func cellValue(f *entity.Field, cell string, look lookups) any {
	if f.Ref != "" && f.RefBy == "" {
		if k, ok := look[f.Ref][cell]; ok {
			return k
		}
		return cell
	}
	v, ok := parseValue(f.Kind, cell)
	if !ok {
		return cell
	}
	switch x := v.(type) {
	case bool:
		return x
	case int64:
		return jsonNumber(x)
	case []string:
		out := make([]any, len(x))
		for i, s := range x {
			out[i] = s
		}
		return out
	}
	return cell
}
