package record

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
)

// Sheet takes a table row by row.
type Sheet interface {
	Row(cells []Cell) error
	Close() error
}

// Cell is one value with the kind that says how it is written.
type Cell struct {
	Text string
	Kind entity.Kind
}

// csvSheet writes comma-separated values.
type csvSheet struct{ c *csv.Writer }

// NewCSV writes a table as CSV. Cells that a spreadsheet would take for a formula are neutralised.
func NewCSV(out io.Writer) Sheet { return &csvSheet{csv.NewWriter(out)} }

func (s *csvSheet) Row(cells []Cell) error {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = neutral(c)
	}
	if err := s.c.Write(row); err != nil {
		return err
	}
	return s.c.Error()
}

func (s *csvSheet) Close() error {
	s.c.Flush()
	return s.c.Error()
}

// neutral keeps a spreadsheet from running a cell's text: what starts like a formula gets an apostrophe. Numbers stay numbers.
func neutral(c Cell) string {
	if c.Kind != entity.KindText && c.Kind != entity.KindJSON && c.Kind != entity.KindTexts {
		return c.Text
	}
	if c.Text != "" && strings.ContainsRune("=+-@\t\r", rune(c.Text[0])) {
		return "'" + c.Text
	}
	return c.Text
}

// xlsxSheet writes a workbook as a stream. Texts stand in it as texts, which no program takes for formulas; numbers are written digit by digit, never
// as a binary fraction; dates are dates.
type xlsxSheet struct {
	zip   *zip.Writer
	title string
	out   *bufio.Writer
	rows  int
	notes [][]Cell
	err   error
}

// NewXLSX writes a table as a workbook with one sheet.
func NewXLSX(out io.Writer, title string) Sheet {
	return &xlsxSheet{zip: zip.NewWriter(out), title: sheetTitle(title)}
}

// sheetTitle leaves out what a sheet's name may not hold.
func sheetTitle(s string) string {
	s = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, c) {
			return ' '
		}
		return c
	}, s)
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	return s
}

const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	sheetSpace  = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	officeSpace = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packSpace   = `http://schemas.openxmlformats.org/package/2006/`
	partType    = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
	maxCell     = 32_767 // characters that a cell holds
	// Styles: 0 plain, 1 a date, 2 the header.
	styles = `<styleSheet xmlns="` + sheetSpace + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`
)

func (s *xlsxSheet) part(name, text string) {
	if s.err != nil {
		return
	}
	w, err := s.zip.Create(name)
	if err == nil {
		_, err = io.WriteString(w, xmlHead+text)
	}
	s.err = err
}

func (s *xlsxSheet) begin(name string) {
	w, err := s.zip.Create(name)
	if err != nil {
		s.err = errors.Join(s.err, err)
		return
	}
	s.out, s.rows = bufio.NewWriterSize(w, 32<<10), 0
	_, s.err = s.out.WriteString(xmlHead + `<worksheet xmlns="` + sheetSpace + `"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`)
}

func (s *xlsxSheet) end() {
	if s.err == nil {
		_, s.err = s.out.WriteString(`</sheetData></worksheet>`)
	}
	if s.err == nil {
		s.err = s.out.Flush()
	}
}

// Row writes the header first, then the rows.
func (s *xlsxSheet) Row(cells []Cell) error {
	if s.out == nil {
		s.begin("xl/worksheets/sheet1.xml")
	}
	if s.err != nil {
		return s.err
	}
	s.rows++
	b := []byte(`<row r="` + strconv.Itoa(s.rows) + `">`)
	for i, c := range cells {
		if c.Text != "" {
			b = appendCell(b, column(i)+strconv.Itoa(s.rows), c, s.rows == 1)
		}
	}
	_, s.err = s.out.Write(append(b, `</row>`...))
	return s.err
}

// column is the letters of the i-th column.
func column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

func appendCell(b []byte, at string, c Cell, head bool) []byte {
	b = append(b, `<c r="`+at+`"`...)
	switch {
	case head:
		b = append(b, ` s="2"`...)
	case c.Kind.Decimal() && len(c.Text) <= 16, c.Kind == entity.KindInt && len(c.Text) <= 15:
		return append(append(append(b, `><v>`...), c.Text...), `</v></c>`...)
	case c.Kind == entity.KindDate:
		if d, err := clock.ParseDate(c.Text); err == nil && d.Year() >= 1901 {
			return append(append(append(b, ` s="1"><v>`...), strconv.Itoa(d.Sub(clock.NewDate(1899, 12, 30)))...), `</v></c>`...)
		}
	case c.Kind == entity.KindBool:
		one := "0"
		if c.Text == "true" {
			one = "1"
		}
		return append(append(append(b, ` t="b"><v>`...), one...), `</v></c>`...)
	}
	text := c.Text
	if r := []rune(text); len(text) > maxCell && len(r) > maxCell {
		text = string(r[:maxCell])
	}
	var safe strings.Builder
	_ = xml.EscapeText(&safe, []byte(text)) // a builder takes everything
	return append(append(append(b, ` t="inlineStr"><is><t xml:space="preserve">`...), safe.String()...), `</t></is></c>`...)
}

// Close writes what surrounds the sheets.
func (s *xlsxSheet) Close() error {
	if s.out == nil {
		s.begin("xl/worksheets/sheet1.xml")
	}
	s.end()
	sheets := `<sheet name="` + attribute(s.title) + `" sheetId="1" r:id="rId1"/>`
	rels := relation(1, officeSpace+"/worksheet", "worksheets/sheet1.xml") + relation(2, officeSpace+"/styles", "styles.xml")
	types := override("/xl/workbook.xml", "sheet.main") + override("/xl/styles.xml", "styles") + override("/xl/worksheets/sheet1.xml", "worksheet")
	if s.notes != nil {
		s.begin("xl/worksheets/sheet2.xml")
		for _, row := range s.notes {
			_ = s.Row(row) // s.err keeps it
		}
		s.end()
		sheets += `<sheet name="Notes" sheetId="2" r:id="rId3"/>`
		rels += relation(3, officeSpace+"/worksheet", "worksheets/sheet2.xml")
		types += override("/xl/worksheets/sheet2.xml", "worksheet")
	}
	s.part("xl/styles.xml", styles)
	s.part("xl/workbook.xml", `<workbook xmlns="`+sheetSpace+`" xmlns:r="`+officeSpace+`"><sheets>`+sheets+`</sheets></workbook>`)
	s.part("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+packSpace+`relationships">`+rels+`</Relationships>`)
	s.part("_rels/.rels", `<Relationships xmlns="`+packSpace+`relationships">`+relation(1, officeSpace+"/officeDocument", "xl/workbook.xml")+`</Relationships>`)
	s.part("[Content_Types].xml", `<Types xmlns="`+packSpace+`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Default Extension="xml" ContentType="application/xml"/>`+types+`</Types>`)
	return errors.Join(s.err, s.zip.Close())
}

func relation(n int, kind, target string) string {
	return `<Relationship Id="rId` + strconv.Itoa(n) + `" Type="` + kind + `" Target="` + target + `"/>`
}

func override(part, kind string) string {
	return `<Override PartName="` + part + `" ContentType="` + partType + kind + `+xml"/>`
}

func attribute(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}
