package record

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/policy"
)

// fuzzed is an entity with a field of each kind.
func fuzzed() *entity.Def {
	d := &entity.Def{Name: "toy.thing", Collection: "things", Table: "thing"}
	for _, k := range []entity.Kind{entity.KindID, entity.KindText, entity.KindBool, entity.KindInt, entity.KindAmount, entity.KindQuantity, entity.KindPercent, entity.KindDate, entity.KindTime, entity.KindTexts} {
		d.Fields = append(d.Fields, &entity.Field{Name: string(k), Kind: k, Class: entity.Basic, Label: entity.T(string(k), string(k))})
	}
	return d.With()
}

// Whatever stands in an address, it is refused or becomes a condition whose values travel as arguments: nothing of it gets into the SQL.
func FuzzFilters(f *testing.F) {
	for _, seed := range []string{
		"text=a", "text[contains]=%25_'\"", "int[gte]=1e999999", "amount[in]=1,2,x", "id=';DROP", "date[lt]=2026-02-30", "text[null]=true", "sort=-text,id", "limit=0",
		"texts[nin]=a,b", "text]=x", "[eq]=x", "text[]=x", "a[b[c]]=d", "time[gt]=2026-01-01T00:00:00Z", "bool=1", "q=%00", "percent=-0", "text[ne]=\xff",
		strings.Repeat("text=a&", 100),
		`filter={"or":[{"field":"text","op":"starts","value":"';DROP"},{"and":[{"field":"int","op":"in","value":[1,"2"]},{"field":"bool","value":true}]}]}`,
		`filter={"field":"text","value":"\u0000"}`, `filter=[{}]`, `filter={"and":[],"or":[]}`, `filter={"or":` + strings.Repeat(`[{"or":`, 40),
	} {
		f.Add(seed)
	}
	def, mask := fuzzed(), policy.All()
	f.Fuzz(func(t *testing.T, text string) {
		params, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q, err := ParseQuery(params)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatal(err)
			}
			return
		}
		p := &plan{def: def, mask: mask, today: "2026-01-01"}
		w := &where{}
		var bad fault.Fields
		if err := p.filters(t.Context(), nil, w, q, &bad); err != nil {
			t.Fatal(err)
		}
		p.search(w, q.Text)
		if _, err := p.order(q.Sort, &bad); err != nil {
			t.Fatal(err)
		}
		sql := w.sql()
		for f := range q.conditions() {
			if len(f.Value) > 6 && strings.ContainsAny(f.Value, "'\";") && strings.Contains(sql, f.Value) {
				t.Errorf("%q stands in the SQL: %s", f.Value, sql)
			}
		}
		if strings.Trim(sql, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .\"$()=<>:[],_&'") != "" {
			t.Errorf("the SQL reads %s", sql)
		}
	})
}

// Whatever a cursor holds, it is refused or only its values travel, as arguments.
func FuzzCursors(f *testing.F) {
	def, mask := fuzzed(), policy.All()
	p := &plan{def: def, mask: mask, today: "2026-01-01"}
	var bad fault.Fields
	keys, err := p.order([]Sort{{Field: "text"}, {Field: "amount", Desc: true}}, &bad)
	if err != nil || bad.Err() != nil {
		f.Fatal(err, bad.Err())
	}
	for _, seed := range []string{
		"", "W10", "e30", "bnVsbA", "====", "W251bGxd", cursorOf(keys, []string{"a", "1", "x"}), cursorOf(keys, []string{"';--", "1e9", ""}), cursorOf(keys, []string{"\xff", "", "\u0000"}),
		cursorOf(keys[:1], []string{"a"}), cursorOf(keys, nil),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		at, err := decoded(keys, cursor)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatal(err)
			}
			return
		}
		w := &where{}
		w.behind(keys, at)
		other := &where{}
		other.behind(keys, make([]string, len(keys)))
		if w.sql() != other.sql() {
			t.Errorf("%q changes the SQL: %s", cursor, w.sql())
		}
	})
}

// source is an upload in memory.
type source struct{ *bytes.Reader }

// Whatever a file holds, it is read as a table of text or refused.
func FuzzTables(f *testing.F) {
	for _, seed := range [][]byte{
		[]byte("a,b\n1,2\n"), []byte("a;b\n\"1;2\";3"), []byte("\ufeffa\n"),
		{0xFF, 0xFE, 'a', 0, '\n', 0},
		{0xFE, 0xFF, 0, 'a'},
		[]byte("PK\x03\x04"),
		{0xD0, 0xCF, 0x11, 0xE0},
		{0xC4, 0xE3, 0xBA, 0xC3},
		[]byte("a\n\"b"),
		{},
		[]byte("\n\n\n"), []byte("a,\x00,b"), bytes.Repeat([]byte(","), 400),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := ReadTable(source{bytes.NewReader(raw)}, int64(len(raw)))
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		for _, row := range append(table.Rows, table.Header) {
			for _, cell := range row {
				if !utf8.ValidString(cell) {
					t.Errorf("%q reads %q, which is no text", raw, cell)
				}
			}
		}
	})
}

// Whatever a cell holds, what is made of it is a value of its kind or the cell itself, and a number keeps its value.
func FuzzCells(f *testing.F) {
	for _, seed := range []string{"1.1000000000000001", "1E-3", "1e999999", "-0", "45000", "2026/1/3", "2026年1月3日", "¥1,234.50", "12%", "..", "1.", "١٢", "0.1.2", "99999999999999999999999999999", "是", "yes"} {
		f.Add(seed)
	}
	def := fuzzed()
	f.Fuzz(func(t *testing.T, cell string) {
		for _, field := range def.Fields {
			in := cell
			if field.Kind.Decimal() {
				in = tidy(in)
				if len(in) > len(cell)+40 {
					t.Errorf("%q grows to %d bytes", cell, len(in))
				}
			}
			v := cellValue(field, in, lookups{})
			if s, ok := v.(string); ok && field.Kind == entity.KindDate && s != cell {
				if _, ok := parseValue(entity.KindDate, s); !ok {
					t.Errorf("%q becomes the date %q", cell, s)
				}
			}
		}
	})
}

func TestTidyTakesNoiseOnly(t *testing.T) {
	for in, want := range map[string]string{
		"1.1000000000000001": "1.1", "0.30000000000000004": "0.3", "1234567.8900000001": "1234567.89", "1E-3": "0.001", "1.5E+3": "1500", "12": "12", "-2.5": "-2.5",
		"1e999999": "1e999999", "abc": "abc", "": "", "100000000000": "100000000000",
	} {
		if got := tidy(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}
