package finance

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/tenon-hq/tenon/internal/money"
)

// headRows is within how many rows the header of a bank's table is looked for: banks write about the account and the time before it.
const headRows = 30

// csvRow is a row of a bank's table and the line of the file that it begins on.
type csvRow struct {
	line  int
	cells []string
}

// readCSV reads a table with a header; the separator is a comma, a semicolon or a tab.
func (f *bankFile) readCSV(content string) {
	comma := csvComma(content)
	rows := f.csvRows(content, comma)
	var c bankColumns
	at := 0
	for ; at < min(len(rows), headRows); at++ {
		if c = bankColumnsOf(rows[at].cells); c.sound() {
			break
		}
	}
	if at == min(len(rows), headRows) {
		if f.bad.Len() == 0 {
			f.wrong(1, "statement.header", "表头需要日期，以及金额或收入、支出", "The header needs a date, and either an amount or columns for money in and out")
		}
		return
	}
	var list []csvRow
	for _, r := range rows[at+1:] {
		if !c.aside(r) {
			list = append(list, r)
		}
	}
	t := bankTable{bankColumns: c, mark: c.mark(list, comma)}
	t.reversals(list)
	for _, r := range list {
		if !f.csvMove(r, t) {
			return
		}
	}
}

// csvComma is the sign between cells: that which some line of the first has most of.
func csvComma(content string) rune {
	best, most := ',', 0
	lines := strings.SplitN(content, "\n", headRows+1)
	for _, l := range lines[:min(len(lines), headRows)] {
		for _, c := range []rune{',', ';', '\t'} {
			if n := strings.Count(l, string(c)); n > most {
				best, most = c, n
			}
		}
	}
	return best
}

// csvRows takes a table apart. What follows a mistake can't be told apart, so it ends there.
func (f *bankFile) csvRows(content string, comma rune) []csvRow {
	r := csv.NewReader(strings.NewReader(content))
	r.FieldsPerRecord, r.Comma = -1, comma
	var rows []csvRow
	line := 1
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil { // a row that breaks off at once has no field to ask for its line
			var broken *csv.ParseError
			if errors.As(err, &broken) {
				line = broken.StartLine
			}
			f.wrong(line, "csv.broken", "CSV 格式错误", "The CSV is broken")
			return rows
		}
		line, _ = r.FieldPos(0)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if strings.Join(cells, "") != "" {
			rows = append(rows, csvRow{line, cells})
		}
	}
}

// bankTable is how a table says what moved.
type bankTable struct {
	bankColumns
	mark      byte // of decimals
	takenBack bool // what is below zero in a column without signs goes the other way: it takes an earlier movement back
}

// mark finds out how amounts are written: by the first that leaves no doubt, else as the separator of cells suggests.
func (c bankColumns) mark(rows []csvRow, comma rune) byte {
	for _, r := range rows {
		for _, i := range []int{c.amount, c.in, c.out, c.balance} {
			if m := decimalMark(r.cell(i)); m != 0 {
				return m
			}
		}
	}
	if comma == ';' {
		return ','
	}
	return '.'
}

// decimalMark is the sign before the decimals of a number, or 0 when it may as well be one between thousands.
func decimalMark(s string) byte {
	dot, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	if dot >= 0 && comma >= 0 {
		return s[max(dot, comma)]
	}
	at := max(dot, comma)
	if at < 0 || strings.Count(s, s[at:at+1]) > 1 {
		return 0
	}
	if n := len(strings.TrimRight(s[at+1:], "-) 元")); n == 3 {
		return 0
	}
	return s[at]
}

// reversals finds out what amounts below zero mean where a column says which way money went. When all of money out is below zero, the sign only repeats
// the column; when some of it is above, the others take back what went out before.
func (t *bankTable) reversals(rows []csvRow) {
	for _, r := range rows {
		text, out := r.cell(t.out), true
		if !t.sides() {
			text, out = r.cell(t.amount), direction(r.cell(t.way)) < 0
		}
		if a, ok := bankAmount(text, t.mark); ok && out && a.Sign() > 0 {
			t.takenBack = true
			return
		}
	}
}

// csvMove reads one row. It reports false when no more are taken.
func (f *bankFile) csvMove(r csvRow, t bankTable) bool {
	m := bankMove{line: r.line, party: r.cell(t.party), account: r.cell(t.account), reference: r.cell(t.reference), remark: r.texts(t.remarks)}
	var ok bool
	if m.date, ok = bankDate(r.cell(t.date)); !ok {
		f.wrong(r.line, "statement.date", "日期 %[1]q 无法识别", "%[1]q is no date", plainText(r.cell(t.date)))
	}
	if m.amount, ok = t.moved(r); !ok {
		f.wrong(r.line, "statement.amount", "金额 %[1]q 无法识别或为零", "%[1]q is no amount", plainText(r.texts([]int{t.way, t.amount, t.in, t.out})))
	}
	if b, ok := bankAmount(r.cell(t.balance), t.mark); ok {
		m.balance = &b
	}
	if m.party == "" {
		m.party = r.cell(t.payer)
		if m.amount.Sign() < 0 {
			m.party = r.cell(t.payee)
		}
	}
	if code := currencyCode(r.cell(t.currency)); code != "" {
		if f.currency == "" {
			f.currency = code
		}
		if code != f.currency {
			f.wrong(r.line, "statement.currency", "币种 %[1]s 与前面的 %[2]s 不同", "The movement is in %[1]s, those before in %[2]s", code, f.currency)
		}
	}
	return f.add(m)
}

// moved is the movement that a row tells: money in and out in columns of their own, an amount with a column that says which way it went, or one with its sign.
func (t bankTable) moved(r csvRow) (money.Amount, bool) {
	if !t.sides() {
		a, ok := bankAmount(r.cell(t.amount), t.mark)
		if t.way >= 0 {
			way := direction(r.cell(t.way))
			a, ok = t.toward(a, way), ok && way != 0
		}
		return a, ok && !a.IsZero()
	}
	sum := money.Zero()
	for _, x := range []struct {
		text string
		way  int64
	}{{r.cell(t.in), 1}, {r.cell(t.out), -1}} {
		if x.text == "" || strings.Trim(x.text, "-") == "" {
			continue
		}
		a, ok := bankAmount(x.text, t.mark)
		if !ok {
			return sum, false
		}
		sum = sum.Add(t.toward(a, x.way))
	}
	return sum, !sum.IsZero()
}

// toward gives an amount the way it went: 1 in, −1 out.
func (t bankTable) toward(a money.Amount, way int64) money.Amount {
	if !t.takenBack {
		a = a.Abs()
	}
	return a.Mul(money.Int(way))
}

// cell is a cell of a row; empty where there is none.
func (r csvRow) cell(i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// texts joins cells that say something, each once.
func (r csvRow) texts(columns []int) string {
	var list []string
	seen := map[string]bool{"": true}
	for _, i := range columns {
		if s := r.cell(i); !seen[s] {
			seen[s], list = true, append(list, s)
		}
	}
	return strings.Join(list, " ")
}
