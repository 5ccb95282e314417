package finance

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
)

// The formats in which banks report.
const (
	formatCSV   = "csv"
	formatCAMT  = "camt053"
	formatMT940 = "mt940"
)

// What is taken of a bank's file.
const (
	maxFile  = 4 << 20 // bytes
	maxMoves = 20_000  // movements
	maxText  = 500     // characters of one text
	maxBad   = 200     // mistakes that are reported
)

// bankFile is what a bank's file says: movements, and the balances around them where the format has them.
type bankFile struct {
	reference, account, currency string
	opening, closing             *money.Amount
	date                         clock.Date
	moves                        []bankMove

	bad fault.Fields
}

// bankMove is one movement and the line of the file that it begins on.
type bankMove struct {
	line                              int
	date                              clock.Date
	amount                            money.Amount
	balance                           *money.Amount // after it, where the file says so
	party, account, reference, remark string
}

// readBankFile reads a bank's file. Every mistake is named with its line; there is no result when there is one.
func readBankFile(format, content string) (*bankFile, error) {
	f := &bankFile{}
	switch {
	case len(content) > maxFile:
		return nil, fault.New(fault.OverLimit, "statement.size", "文件超过 %d 字节", "The file is larger than %d bytes", maxFile)
	case strings.TrimSpace(content) == "":
		f.wrong(1, "statement.empty", "文件为空", "The file is empty")
	case !utf8.ValidString(content):
		f.wrong(1, "statement.encoding", "文件应为 UTF-8 编码", "The file must be encoded in UTF-8")
	default:
		content = strings.TrimPrefix(content, "\ufeff")
		switch format {
		case formatCSV:
			f.readCSV(content)
		case formatMT940:
			f.readMT940(content)
		case formatCAMT:
			f.readCAMT(content)
		default:
			f.bad.Add("format", "value.option", "格式应为 csv、camt053 或 mt940", "The format is csv, camt053 or mt940")
		}
	}
	f.whole()
	if err := f.bad.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// whole checks what only all lines tell: that there are some, and that they lead from the opening balance to the closing one.
func (f *bankFile) whole() {
	if f.bad.Len() > 0 {
		return
	}
	if len(f.moves) == 0 {
		f.wrong(1, "statement.empty", "文件中没有交易", "There is no movement in the file")
		return
	}
	sum := money.Zero()
	for _, m := range f.moves {
		sum = sum.Add(m.amount)
		f.date = clock.Latest(f.date, m.date)
	}
	f.running()
	if f.opening != nil && f.closing != nil && !f.opening.Add(sum).Equal(*f.closing) {
		f.wrong(1, "statement.balance", "期初余额 %[1]s 加发生额 %[2]s 不等于期末余额 %[3]s", "The opening balance of %[1]s and the movements of %[2]s do not give the closing balance of %[3]s",
			f.opening.StringFixed(2), sum.StringFixed(2), f.closing.StringFixed(2))
	}
}

// wrong notes a mistake in a line of the file.
func (f *bankFile) wrong(line int, reason, zh, en string, args ...any) {
	if f.bad.Len() < maxBad {
		f.bad.Add(fmt.Sprintf("content line %d", line), reason, zh, en, args...)
	}
}

// of notes whose movements follow. All of a file are of one account. It reports false when they are not.
func (f *bankFile) of(line int, account string) bool {
	account = plainText(account)
	if f.account != "" && account != f.account {
		f.wrong(line, "statement.many", "一个文件只能包含一个账户的对账单：%[1]s 之外还有 %[2]s", "A file may hold statements of one account only: beside %[1]s there is %[2]s", f.account, account)
		return false
	}
	f.account = account
	return true
}

// add takes a movement, unless there are too many.
func (f *bankFile) add(m bankMove) bool {
	if len(f.moves) == maxMoves {
		f.wrong(m.line, "statement.rows", "交易超过 %d 笔", "There are more than %d movements", maxMoves)
		return false
	}
	m.party, m.account, m.reference, m.remark = plainText(m.party), plainText(m.account), plainText(m.reference), plainText(m.remark)
	f.moves = append(f.moves, m)
	return true
}

// plainText is a text on one line, without control characters, of bounded length.
func plainText(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == ' ' || r == 0x7f || r == 0xa0 }), " ")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	return s
}

// bankDate reads a day as banks write it; a time may follow.
func bankDate(s string) (clock.Date, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "").Replace(strings.TrimSpace(s))
	if at := strings.IndexAny(s, " T"); at >= 6 {
		s = s[:at]
	}
	if len(s) == 14 && strings.Trim(s, "0123456789") == "" {
		s = s[:8]
	}
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006/01/02", "2006/1/2", "2006.01.02", "20060102", "02.01.2006", "060102"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			return clock.NewDate(t.Year(), t.Month(), t.Day()), true
		}
	}
	return clock.Date{}, false
}

// bankAmount reads an amount; mark is the decimal mark. Only digits, a sign (before, behind, or as brackets) and separators of thousands where they belong are
// taken, and at most four decimals: what could be meant otherwise is no amount.
func bankAmount(s string, mark byte) (money.Amount, bool) {
	other := byte(',')
	if mark == ',' {
		other = '.'
	}
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "¥", "", "￥", "", "元", "", "−", "-", "'", "").Replace(strings.TrimSpace(s))
	negative := false
	switch {
	case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")"):
		s, negative = s[1:len(s)-1], true
	case strings.HasPrefix(s, "-"), strings.HasSuffix(s, "-") && len(s) > 1:
		s, negative = strings.TrimSuffix(strings.TrimPrefix(s, "-"), "-"), true
	default:
		s = strings.TrimPrefix(s, "+")
	}
	whole, cents, marked := strings.Cut(s, string(mark))
	groups := strings.Split(whole, string(other))
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) == 0 || len(g) > 3 || g[0] == '0') {
			return money.Zero(), false
		}
	}
	whole = strings.Join(groups, "")
	if whole+cents == "" || strings.Trim(whole+cents, "0123456789") != "" || len(whole) > 15 || len(cents) > 4 {
		return money.Zero(), false
	}
	if s = "0" + whole; marked && cents != "" {
		s += "." + cents
	}
	a, err := money.Parse(s)
	if negative {
		a = a.Neg()
	}
	return a, err == nil
}
