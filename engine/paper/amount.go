package paper

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// money writes an amount with its currency: ¥1,250.00, USD 1,250.00.
func money(v, currency string) string {
	text := grouped(strings.TrimPrefix(v, "-"), 2)
	switch currency {
	case "":
	case "CNY":
		text = "¥" + text
	default:
		text = currency + " " + text
	}
	if strings.HasPrefix(v, "-") {
		return "-" + text
	}
	return text
}

// grouped puts commas between thousands and keeps at least so many decimals.
func grouped(v string, least int) string {
	sign := ""
	if strings.HasPrefix(v, "-") {
		sign, v = "-", v[1:]
	}
	whole, frac, _ := strings.Cut(v, ".")
	frac = strings.TrimRight(frac, "0")
	for len(frac) < least {
		frac += "0"
	}
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if frac != "" {
		b.WriteString("." + frac)
	}
	return sign + b.String()
}

const capitals = "零壹贰叁肆伍陆柒捌玖"

// capital writes yuan in the capital numerals of Chinese documents (GB/T 15835): 壹万贰仟叁佰元整. Amounts of a quadrillion and more stay as they are.
func capital(v string) string {
	d, err := decimal.NewFromString(v)
	if err != nil {
		return v
	}
	d = d.Round(2)
	sign := ""
	if d.IsNegative() {
		sign, d = "负", d.Neg()
	}
	yuan, rest := d.Truncate(0).String(), d.Sub(d.Truncate(0)).Shift(2).IntPart()
	if len(yuan) > 15 {
		return v
	}
	out := sign
	if yuan != "0" {
		out += wholeYuan(yuan) + "元"
	}
	digits := []rune(capitals)
	jiao, fen := rest/10, rest%10
	switch {
	case rest == 0 && yuan == "0":
		return "零元整"
	case rest == 0:
		return out + "整"
	case jiao > 0:
		out += string(digits[jiao]) + "角"
	case yuan != "0":
		out += "零"
	}
	if fen > 0 {
		return out + string(digits[fen]) + "分"
	}
	return out + "整"
}

// wholeYuan writes a whole number in groups of four digits: 万, 亿, 万亿.
func wholeYuan(n string) string {
	digits, units, groups := []rune(capitals), []string{"", "拾", "佰", "仟"}, []string{"", "万", "亿", "万"}
	var b strings.Builder
	zero, some := false, false // a zero waits; the group has said something
	for i, c := range n {
		place := len(n) - 1 - i
		if c == '0' {
			zero = true
		} else {
			if zero && b.Len() > 0 {
				b.WriteRune(digits[0])
			}
			zero, some = false, true
			b.WriteString(string(digits[c-'0']) + units[place%4])
		}
		if place%4 == 0 {
			if some || place == 8 { // 亿 counts what stands above it too
				b.WriteString(groups[place/4])
			}
			zero, some = zero && !some, false // what ends in zeros needs none before the next four digits
		}
	}
	return b.String()
}

func jsonText(v any) (string, bool) {
	if n, ok := v.(json.Number); ok {
		return n.String(), true
	}
	return fmt.Sprint(v), true
}
