package finance

import (
	"regexp"
	"strings"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
)

// mtLine is a :61: line: value date, entry date, mark (C, D, and R before it for a reversal), an optional letter of the currency, amount, type of
// transaction, reference of the owner and of the bank.
func mtLine() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d[\d]*,\d*)([A-Z][A-Z0-9]{3})?([^/]*)(?://(.*))?$`)
}

// mtBalance is a balance: mark, date, currency, amount.
func mtBalance() *regexp.Regexp {
	return regexp.MustCompile(`^([CD])(\d{6})([A-Z]{3})(\d[\d]*,\d*)$`)
}

// readMT940 reads SWIFT's customer statement message. A field begins with :tag: at the start of a line and goes on until the next.
func (f *bankFile) readMT940(content string) {
	lineOf, balanceOf := mtLine(), mtBalance()
	var tag, value string
	from := 0
	flush := func() bool {
		defer func() { tag = "" }()
		return f.mtField(from, tag, value, lineOf, balanceOf)
	}
	for i, raw := range strings.Split(content, "\n") {
		raw = strings.TrimRight(raw, "\r")
		next, rest, ok := mtTag(raw)
		switch {
		case ok:
			if !flush() {
				return
			}
			tag, value, from = next, rest, i+1
		case strings.HasPrefix(raw, "-") || strings.HasPrefix(raw, "{") || strings.TrimSpace(raw) == "":
			if !flush() {
				return
			}
		case tag != "":
			value += "\n" + raw
		default:
			f.wrong(i+1, "statement.line", "无法识别的内容", "This belongs to no field")
		}
	}
	flush()
}

// mtTag splits ":61:…" into its tag and its value.
func mtTag(line string) (tag, rest string, ok bool) {
	if !strings.HasPrefix(line, ":") {
		return "", "", false
	}
	tag, rest, ok = strings.Cut(line[1:], ":")
	return tag, rest, ok && len(tag) >= 2 && len(tag) <= 3
}

// mtField takes one field. It reports false when no more movements are taken.
func (f *bankFile) mtField(line int, tag, value string, lineOf, balanceOf *regexp.Regexp) bool {
	switch tag {
	case "25":
		return f.of(line, value)
	case "28", "28C":
		if f.reference == "" {
			f.reference = plainText(value)
		}
	case "60F", "62F":
		m := balanceOf.FindStringSubmatch(strings.TrimSpace(value))
		if m == nil {
			f.wrong(line, "statement.balance", "余额 %[1]q 无法识别", "%[1]q is no balance", plainText(value))
			return true
		}
		a, _ := bankAmount(m[4], ',')
		if m[1] == "D" {
			a = a.Neg()
		}
		f.currency = m[3]
		if tag == "60F" && f.opening == nil {
			f.opening = &a
		} else if tag == "62F" {
			f.closing = &a
		}
	case "61":
		return f.mtMove(line, value, lineOf)
	case "86":
		if n := len(f.moves); n > 0 && f.moves[n-1].remark == "" {
			m := &f.moves[n-1]
			m.party, m.account, m.remark = mtInfo(value)
		}
	}
	return true
}

// mtMove takes a movement; the day it was booked on is that of the entry where there is one.
func (f *bankFile) mtMove(line int, value string, lineOf *regexp.Regexp) bool {
	head, _, _ := strings.Cut(value, "\n")
	m := lineOf.FindStringSubmatch(head)
	if m == nil {
		f.wrong(line, "statement.line", "交易行 %[1]q 无法识别", "%[1]q is no movement", plainText(head))
		return true
	}
	on, ok := bankDate(m[1])
	if !ok {
		f.wrong(line, "statement.date", "日期 %[1]q 无法识别", "%[1]q is no date", m[1])
		return true
	}
	if m[2] != "" {
		if on, ok = mtEntryDate(on, m[2]); !ok {
			f.wrong(line, "statement.date", "日期 %[1]q 无法识别", "%[1]q is no date", m[2])
			return true
		}
	}
	a, ok := bankAmount(m[5], ',')
	if !ok || a.IsZero() {
		f.wrong(line, "statement.amount", "金额 %[1]q 无法识别或为零", "%[1]q is no amount", m[5])
		return true
	}
	if m[3] == "D" || m[3] == "RC" {
		a = a.Neg()
	}
	reference := strings.TrimSpace(m[7])
	if reference == "NONREF" {
		reference = ""
	}
	if bank := strings.TrimSpace(m[8]); bank != "" {
		reference = strings.TrimSpace(reference + " " + bank)
	}
	return f.add(bankMove{line: line, date: on, amount: a, reference: reference})
}

// mtEntryDate is the day MMDD that is nearest to the value date: around New Year the years differ.
func mtEntryDate(value clock.Date, mmdd string) (clock.Date, bool) {
	best, found := clock.Date{}, false
	for _, year := range []int{value.Year() - 1, value.Year(), value.Year() + 1} {
		d, ok := bankDate(money.Int(int64(year)).String() + mmdd)
		if ok && (!found || apart(d, value) < apart(best, value)) {
			best, found = d, true
		}
	}
	return best, found
}

func apart(a, b clock.Date) int { return max(a.Sub(b), b.Sub(a)) }

// mtInfo reads the information to the owner. In one structure ?20 to ?29 and ?60 to ?63 are text, ?31 the other party's account, ?32 and ?33 its name; in
// another words between slashes say what follows. Without either all is text.
func mtInfo(value string) (party, account, remark string) {
	value = strings.ReplaceAll(value, "\n", "")
	if regexp.MustCompile(`^\d{0,3}\?\d\d`).MatchString(value) {
		for _, p := range strings.Split(value, "?")[1:] {
			if len(p) < 2 {
				continue
			}
			switch code := p[:2]; {
			case code >= "20" && code <= "29" || code >= "60" && code <= "63":
				remark += p[2:]
			case code == "31":
				account += p[2:]
			case code == "32" || code == "33":
				party += p[2:]
			}
		}
		return plainText(party), plainText(account), plainText(remark)
	}
	words := regexp.MustCompile(`/([A-Z]{4})/`).FindAllStringSubmatchIndex(value, -1)
	if len(words) == 0 || words[0][0] != 0 {
		return "", "", plainText(value)
	}
	said := map[string]string{}
	for i, w := range words {
		end := len(value)
		if i+1 < len(words) {
			end = words[i+1][0]
		}
		said[value[w[2]:w[3]]] = strings.Trim(value[w[1]:end], "/ ")
	}
	if remark = strings.TrimPrefix(said["REMI"], "USTD//"); remark == "" {
		remark = value
	}
	return plainText(said["NAME"]), plainText(said["IBAN"]), plainText(remark)
}
