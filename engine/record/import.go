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
	var bodies []map[string]any
	var starts []int
	last := ""
	for i, row := range t.Rows {
		own, line, mark := bodyOf(cols, row, look, i, &bad)
		if len(own) == 0 && len(line) == 0 {
			continue
		}
		if line != nil && len(bodies) > 0 && (mark == last || len(own) == 0) {
			addLine(bodies[len(bodies)-1], line)
			continue
		}
		last = mark
		if line != nil {
			addLine(own, line)
		}
		bodies, starts = append(bodies, own), append(starts, i)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return Add(ctx, tx, def, bodies, func(i int) string { return fmt.Sprintf("row %d: ", starts[i]+2) })
}

func addLine(body map[string]any, line map[string]any) {
	for name, fields := range line {
		list, _ := body[name].([]any)
		body[name] = append(list, fields)
	}
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
	return out, bad.Err()
}

func columnNamed(def *entity.Def, name string) tableColumn {
	if head, rest, ok := strings.Cut(name, "."); ok {
		for _, l := range def.Lines {
			if l.Name == head || l.Label.ZH == head || l.Label.EN == head {
				return tableColumn{field: columnNamed(l.Of, rest).field, lines: l}
			}
		}
	}
	for _, f := range def.Fields {
		if f.Name == name || f.Label.ZH == name || strings.EqualFold(f.Label.EN, name) {
			return tableColumn{field: f}
		}
	}
	return tableColumn{}
}

// bodyOf turns a row into a record's body and a line's; mark tells rows of the same record by their own columns.
func bodyOf(cols []tableColumn, row []string, look lookups, at int, bad *fault.Fields) (own map[string]any, line map[string]any, mark string) {
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
		v, ok := cellValue(c.field, cell, look)
		if !ok {
			bad.Add(fmt.Sprintf("row %d: %s", at+2, c.title), "value.type", "%[1]q 不是有效的%[2]s值", "%[1]q is no valid %[2]s value", shorten(cell), string(c.field.Kind))
			continue
		}
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
func cellValue(f *entity.Field, cell string, look lookups) (any, bool) {
	if f.Ref != "" && f.RefBy == "" {
		if _, err := id.Parse(cell); err == nil {
			return cell, true
		}
		k, ok := look[f.Ref][cell]
		return k, ok
	}
	v, ok := parseValue(f.Kind, cell)
	if !ok {
		return nil, false
	}
	switch x := v.(type) {
	case bool:
		return x, true
	case int64:
		return jsonNumber(x), true
	case []string:
		out := make([]any, len(x))
		for i, s := range x {
			out[i] = s
		}
		return out, true
	}
	return cell, true
}
