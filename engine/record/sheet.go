package record

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
)

// Source is an uploaded table.
type Source interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Limits of a table that is brought in.
const (
	maxRows      = 200_000
	maxColumns   = 300
	maxWorkbook  = 64 << 20  // bytes of a packed workbook
	maxUnpacked  = 512 << 20 // of what is packed in it
	maxPartMemo  = 8 << 20   // of a part of it that is unpacked in memory; larger ones go to the disk
	maxParts     = 2_000
	maxTableText = 256 << 20 // of all cells
)

// ReadTable reads a CSV or XLSX table; which it is, and how a CSV is encoded, tells its content.
func ReadTable(in Source, size int64) (Table, error) {
	head := make([]byte, 4)
	n, err := in.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Table{}, err
	}
	switch {
	case bytes.HasPrefix(head[:n], []byte("PK\x03\x04")):
		return readWorkbook(in, size)
	case bytes.HasPrefix(head[:n], []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return Table{}, fault.New(fault.Invalid, "table.format", "不支持旧版 XLS，请另存为 XLSX 或 CSV", "Old XLS files are not taken; save it as XLSX or CSV")
	}
	enc, err := encodingOf(in)
	if err != nil {
		return Table{}, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return Table{}, err
	}
	if enc == nil {
		return ReadCSV(in)
	}
	return ReadCSV(transform.NewReader(in, enc.NewDecoder()))
}

// encodingOf finds out how a text is encoded: by its byte order mark, by the zeros of UTF-16, as UTF-8 when all of it is that, else as the Chinese
// standard if all of it is that. Nil is UTF-8.
func encodingOf(in Source) (encoding.Encoding, error) {
	head := make([]byte, 1024)
	n, err := in.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), nil
	case len(head) > 3 && head[1] == 0 && head[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	case len(head) > 3 && head[0] == 0 && head[2] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	}
	if ok, err := allRunes(in, in); ok || err != nil {
		return nil, err
	}
	gb := simplifiedchinese.GB18030
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if ok, err := allRunes(in, transform.NewReader(in, gb.NewDecoder())); ok || err != nil {
		return gb, err
	}
	return nil, fault.New(fault.Invalid, "csv.encoding", "无法识别文件编码，请存为 UTF-8", "The file's encoding is not known; save it as UTF-8")
}

// allRunes tells that everything in a text is a character.
func allRunes(in Source, text io.Reader) (bool, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	for r := bufio.NewReaderSize(text, 64<<10); ; {
		c, size, err := r.ReadRune()
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, err
		case c == utf8.RuneError && (size == 1 || size == 3), c == 0:
			return false, nil
		}
	}
}

// ReadCSV reads a table; a byte order mark is skipped, and the sign between cells is found in the first line.
func ReadCSV(r io.Reader) (Table, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	c := csv.NewReader(in)
	c.FieldsPerRecord = -1
	c.Comma = separator(in)
	var b tableBuilder
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return b.table("csv.empty")
		}
		if err != nil {
			line := len(b.t.Rows) + headerRow + 1
			if pe, ok := errors.AsType[*csv.ParseError](err); ok {
				line = pe.StartLine
			}
			return b.t, fault.New(fault.Invalid, "csv.broken", "CSV 格式错误", "The CSV is broken").At(fmt.Sprintf("row %d", line), "csv.broken", "无法解析", "cannot be read").Because(err)
		}
		if b.t.Header == nil {
			row[0] = strings.TrimPrefix(row[0], "\ufeff")
		}
		if err := b.add(row); err != nil {
			return b.t, err
		}
	}
}

// separator is the sign that is most often in the first line: a comma, a semicolon or a tabulator.
func separator(in *bufio.Reader) rune {
	head, _ := in.Peek(16 << 10) // a short file is all there is
	if i := bytes.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	best, most := ',', bytes.Count(head, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// tableBuilder gathers rows within the limits.
type tableBuilder struct {
	t    Table
	text int
}

func (b *tableBuilder) add(row []string) error {
	if len(row) > maxColumns {
		return fault.New(fault.OverLimit, "import.columns", "超过 %d 列", "More than %d columns", maxColumns)
	}
	for _, cell := range row {
		b.text += len(cell) + 16
	}
	if b.text > maxTableText {
		return fault.New(fault.OverLimit, "import.size", "表格内容过大", "The table holds too much text")
	}
	if b.t.Header == nil {
		b.t.Header = row
		return nil
	}
	if b.t.Rows = append(b.t.Rows, row); len(b.t.Rows) > maxRows {
		return fault.New(fault.OverLimit, "import.rows", "超过 %d 行", "More than %d rows", maxRows)
	}
	return nil
}

func (b *tableBuilder) table(empty string) (Table, error) {
	if b.t.Header == nil {
		return b.t, fault.New(fault.Invalid, empty, "文件为空", "The file is empty")
	}
	return b.t, nil
}

// readWorkbook reads the first sheet of a workbook, as a stream. What it would unpack to is known before anything is unpacked.
func readWorkbook(in Source, size int64) (Table, error) {
	if err := packed(in, size); err != nil {
		return Table{}, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return Table{}, err
	}
	book, err := excelize.OpenReader(in, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPartMemo})
	if err != nil {
		return Table{}, badWorkbook(err)
	}
	defer book.Close() //nolint:errcheck // it was only read
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return Table{}, badWorkbook(errors.New("no sheet"))
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return Table{}, badWorkbook(err)
	}
	defer rows.Close() //nolint:errcheck // as above
	var b tableBuilder
	for rows.Next() {
		row, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return Table{}, badWorkbook(err)
		}
		if b.t.Header == nil && len(row) == 0 {
			continue
		}
		if err := b.add(row); err != nil {
			return Table{}, err
		}
	}
	if err := rows.Error(); err != nil {
		return Table{}, badWorkbook(err)
	}
	b.t.binary = true
	return b.table("xlsx.empty")
}

func badWorkbook(err error) error {
	return fault.New(fault.Invalid, "xlsx.broken", "XLSX 文件损坏或无法读取", "The XLSX file is broken or cannot be read").Because(err)
}

// packed refuses a bomb: too large, too many parts, or packed more tightly than tables are.
func packed(in io.ReaderAt, size int64) error {
	bomb := func() error {
		return fault.New(fault.Invalid, "xlsx.bomb", "XLSX 文件解压后过大", "The XLSX file unpacks to too much")
	}
	if size > maxWorkbook {
		return bomb()
	}
	z, err := zip.NewReader(in, size)
	if err != nil {
		return badWorkbook(err)
	}
	var total uint64
	for _, f := range z.File {
		total += f.UncompressedSize64
		if total > maxUnpacked || f.UncompressedSize64 > 10<<20 && f.UncompressedSize64/200 > f.CompressedSize64 {
			return bomb()
		}
	}
	if len(z.File) > maxParts {
		return bomb()
	}
	return nil
}

// tidy takes the noise of binary fractions from a number of a workbook: that holds 1.1 as 1.1000000000000001, and shows and means fifteen digits.
func tidy(cell string) string {
	mantissa, exponent, scientific := strings.Cut(strings.ToUpper(cell), "E")
	if e, err := strconv.Atoi(exponent); scientific && (err != nil || e > 20 || e < -20) || len(cell) > 40 {
		return cell
	}
	if _, err := money.Parse(mantissa); err != nil {
		return cell
	}
	d, err := decimal.NewFromString(cell)
	if err != nil {
		return cell
	}
	whole := 0
	if one := d.Abs().Truncate(0); !one.IsZero() {
		whole = len(one.String())
	}
	return d.Round(int32(max(0, 15-whole))).String() //nolint:gosec // a few digits
}
