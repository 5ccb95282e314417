package record

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Table is what is imported: a header and rows of text.
type Table struct {
	Header  []string
	Rows    [][]string
	Mapping map[string]string     // which field a column fills, where its title does not say so; empty: none
	Tell    func(done, total int) // how far it is, of as many steps; nil: nobody asks
	Without map[int]bool          // rows (the header is 1) whose records are left out: a trial goes on without what is known to be wrong

	binary bool // its numbers are binary fractions
	first  int  // rows of the whole that stand before these
}

// stepRows is how many rows are saved with one statement.
const stepRows = 5000

// column is what one column of a table fills: a field of the record, or of its lines ("lines.quantity").
type tableColumn struct {
	field *entity.Field
	lines *entity.Lines
	title string
}

// Import makes records from a table: a header names fields, in the API's names or in either language's labels; "lines.x" names a field of the lines.
// Rows that repeat the same values in the record's own columns, or leave them empty, add lines to the record above; a column "#" numbers the records instead. References may be ids or the names by
// which people know the target. All rows are saved or none; every mistake is reported with row and column.
func Import(ctx context.Context, tx *tenancy.Tx, def *entity.Def, t Table) ([]id.ID, error) {
	keys, _, err := ImportAt(ctx, tx, def, t)
	return keys, err
}

// ImportAt is Import for who goes on with the records: at says of a refusal of the i-th of them in which row and column of the table it is about.
func ImportAt(ctx context.Context, tx *tenancy.Tx, def *entity.Def, t Table) (keys []id.ID, at func(i int, err error) error, err error) {
	s := current(tx)
	cols, err := columnsOf(def, t.Header, t.Mapping)
	if err != nil {
		return nil, nil, err
	}
	look, err := s.lookups(ctx, tx, cols, t.Rows)
	if err != nil {
		return nil, nil, err
	}
	if err := look.ambiguities(cols, t.Rows, t.first); err != nil && len(t.Without) == 0 {
		return nil, nil, err
	}
	var bodies []map[string]any
	var places []*place
	last := ""
	for i, row := range t.Rows {
		own, line, mark := bodyOf(cols, row, look, t.binary)
		no := numberOf(cols, row)
		if no != "" {
			mark = no
		}
		if len(own) == 0 && len(line) == 0 {
			continue
		}
		if line == nil || len(bodies) == 0 || mark != last && (len(own) > 0 || no != "") {
			last = mark
			bodies, places = append(bodies, own), append(places, newPlace(t.first+i))
		}
		for name, fields := range line {
			places[len(places)-1].add(bodies[len(bodies)-1], name, fields, t.first+i)
		}
	}
	bodies, places = t.rest(bodies, places)
	s.tell = t.Tell
	defer func() { s.tell = nil }()
	keys, err = Add(ctx, tx, def, bodies, func(i int) string { return places[i].prefix() })
	return keys, func(i int, err error) error { return places[i].of(err, cols) }, t.beside(inTable(err, cols, places))
}

// beside adds to what is wrong with records the rows with something in a cell that has no title above it: what a separator in the wrong place has moved would
// be lost unseen.
func (t Table) beside(err error) error {
	known := fault.As(err)
	if err != nil && (known == nil || known.Kind != fault.Invalid) {
		return err
	}
	var bad fault.Fields
	for i, row := range t.Rows {
		no := headerRow + 1 + t.first + i
		for n := len(t.Header); n < len(row) && !t.Without[no]; n++ {
			if strings.TrimSpace(row[n]) != "" {
				bad.Add(fmt.Sprintf("row %d: %d", no, n+1), "column.untitled", "第 %[1]d 列没有标题：%[2]s", "Column %[1]d has no title: %[2]s", n+1, shorten(strings.TrimSpace(row[n])))
				break
			}
		}
	}
	f := fault.As(bad.Err())
	if f == nil {
		return err
	}
	for i := range f.Fields {
		row, column, _ := strings.Cut(strings.TrimPrefix(f.Fields[i].Path, "row "), ": ")
		f.Fields[i].Row, _ = strconv.Atoi(row)
		f.Fields[i].Column = column
	}
	if known != nil {
		f.Fields = append(known.Fields, f.Fields...)
	}
	return f
}

// rest are the records that are not left out.
func (t Table) rest(bodies []map[string]any, places []*place) ([]map[string]any, []*place) {
	if len(t.Without) == 0 {
		return bodies, places
	}
	var kept []map[string]any
	var where []*place
	for i, p := range places {
		if !p.touches(t.Without) {
			kept, where = append(kept, bodies[i]), append(where, p)
		}
	}
	return kept, where
}

// columnsOf finds the field that each column fills: the one that the mapping names, else the one whose name or label is the title.
func columnsOf(def *entity.Def, header []string, mapping map[string]string) ([]tableColumn, error) {
	var bad fault.Fields
	out := make([]tableColumn, len(header))
	filled := map[string]string{}
	for i, h := range header {
		title := strings.TrimSpace(h)
		name, mapped := mapping[title]
		if !mapped {
			name = title
		}
		out[i] = columnNamed(def, strings.TrimSpace(name))
		out[i].title = title
		switch {
		case out[i].field == nil && name != "" && name != recordNumber:
			bad.Add(title, "field.unknown", "没有字段 %s", "There is no field %s", shorten(name))
		case out[i].field != nil && filled[out[i].path()] != "":
			bad.Add(title, "column.twice", "与列“%[1]s”填写同一字段", "fills the same field as the column “%[1]s”", filled[out[i].path()])
		case out[i].field != nil:
			filled[out[i].path()] = title
		}
	}
	for title := range mapping {
		if !slices.ContainsFunc(header, func(h string) bool { return strings.TrimSpace(h) == title }) {
			bad.Add(title, "column.missing", "文件中没有列 %s", "The file has no column %s", shorten(title))
		}
	}
	return out, inHeader(bad.Err())
}

// numberOf is the number of the record that a row belongs to, where the table numbers them.
func numberOf(cols []tableColumn, row []string) string {
	for i, c := range cols {
		if c.title == recordNumber && c.field == nil && i < len(row) {
			return strings.TrimSpace(row[i])
		}
	}
	return ""
}

// path is the field's name as the API writes it.
func (c tableColumn) path() string {
	if c.lines != nil {
		return c.lines.Name + "." + c.field.Name
	}
	return c.field.Name
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
func bodyOf(cols []tableColumn, row []string, look lookups, binary bool) (own map[string]any, line map[string]any, mark string) {
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
		if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@", rune(cell[1])) {
			cell = cell[1:] // our own exports keep spreadsheets from running it
		}
		if binary && c.field.Kind.Decimal() {
			cell = tidy(cell)
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
		if k, ok := look.found[f.Ref][cell]; ok {
			return k
		}
		return cell
	}
	for _, o := range f.Options { // people write what they read
		if cell == o.Label.ZH || strings.EqualFold(cell, o.Label.EN) {
			return o.Value
		}
	}
	v, ok := parseValue(f.Kind, plainCell(f.Kind, cell))
	if !ok {
		return cell
	}
	switch x := v.(type) {
	case bool:
		return x
	case int64:
		return jsonNumber(x)
	case clock.Date:
		return x.String()
	case decimal.Decimal:
		return x.String()
	case []string:
		out := make([]any, len(x))
		for i, s := range x {
			out[i] = s
		}
		return out
	}
	return cell
}

// plainCell rewrites what spreadsheets make of values: dates as the number of days, thousands apart, signs of currency and percent, words for yes and no.
func plainCell(kind entity.Kind, cell string) string {
	switch {
	case kind == entity.KindDate:
		return plainDate(cell)
	case kind == entity.KindBool:
		switch strings.ToLower(cell) {
		case "yes", "y":
			return "true"
		case "no", "n":
			return "false"
		}
		return strings.ToLower(cell)
	case kind.Decimal(), kind == entity.KindInt:
		s := strings.NewReplacer("，", ",", " ", "", "\u00a0", "").Replace(cell)
		s = strings.TrimLeft(s, "¥￥$€")
		if !inThousands(s) {
			return cell // a decimal comma would make it a hundred times as much
		}
		s = strings.ReplaceAll(s, ",", "")
		if kind == entity.KindPercent {
			s = strings.TrimRight(s, "%％")
		}
		if kind == entity.KindInt {
			s = strings.TrimSuffix(s, ".0")
		}
		return s
	}
	return cell
}

// inThousands tells that commas stand where thousands end, if anywhere.
func inThousands(s string) bool {
	whole, cents, _ := strings.Cut(s, ".")
	groups := strings.Split(strings.TrimLeft(whole, "+-"), ",")
	for i, g := range groups {
		if i > 0 && len(strings.TrimRight(g, "%％")) != 3 || i == 0 && len(groups) > 1 && (g == "" || len(g) > 3) {
			return false
		}
	}
	return !strings.Contains(cents, ",")
}

// plainDate reads 2026/1/31, 2026.1.31, 2026年1月31日 and the days since the end of 1899 that sheets count.
func plainDate(cell string) string {
	if days, err := strconv.Atoi(strings.TrimSuffix(cell, ".0")); err == nil && days > 0 && days < 2_958_466 && len(cell) < 8 {
		return clock.NewDate(1899, 12, 30).AddDays(days).String()
	}
	s := strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(cell)
	s, _, _ = strings.Cut(s, " ")
	part := strings.Split(s, "-")
	if len(part) != 3 || len(part[0]) != 4 {
		return cell
	}
	for i := 1; i < 3; i++ {
		if len(part[i]) == 1 {
			part[i] = "0" + part[i]
		}
	}
	return strings.Join(part, "-")
}
