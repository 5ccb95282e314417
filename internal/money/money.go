// Package money holds exact decimals for amounts, quantities and prices, and how they are rounded. Nothing here is ever a float.
package money

import (
	"errors"

	"github.com/shopspring/decimal"
)

// Amount is money: numeric(20,4) in the database, rounded to the currency's minor unit when a document is posted.
type Amount = decimal.Decimal

// Quantity is a count or measure in a unit: numeric(20,6).
type Quantity = decimal.Decimal

// Price is money for one unit, six decimals: numeric(20,6).
type Price = decimal.Decimal

// Percent is a share of a hundred, 0 to 100: numeric(9,4).
type Percent = decimal.Decimal

// ErrNumber is returned for text that is no decimal number in plain notation.
var ErrNumber = errors.New("not a decimal number")

// Zero returns 0.
func Zero() decimal.Decimal { return decimal.Decimal{} }

// Int returns a whole number.
func Int(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

// Hundred returns 100.
func Hundred() decimal.Decimal { return decimal.NewFromInt(100) }

// Parse reads a plain decimal number such as -1250.00. Exponents are refused: they let ten bytes claim a gigabyte.
func Parse(s string) (decimal.Decimal, error) {
	if s == "" || len(s) > 60 {
		return decimal.Decimal{}, ErrNumber
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && c != '.' && (i != 0 || c != '-' && c != '+') {
			return decimal.Decimal{}, ErrNumber
		}
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, ErrNumber
	}
	return d, nil
}

// Must reads a number that is written in the program itself.
func Must(s string) decimal.Decimal {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// MinorUnit returns the decimals of a currency (ISO 4217).
func MinorUnit(currency string) int32 {
	switch currency {
	case "JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF":
		return 0
	case "KWD", "BHD", "OMR", "JOD", "TND":
		return 3
	}
	return 2
}

// Round rounds half away from zero to n decimals.
func Round(d decimal.Decimal, n int32) decimal.Decimal { return d.Round(n) }

// RoundTo rounds half away from zero to the currency's minor unit.
func RoundTo(d decimal.Decimal, currency string) decimal.Decimal { return d.Round(MinorUnit(currency)) }

// Up rounds a positive quantity up to a multiple of step; step 0 leaves it.
func Up(d, step decimal.Decimal) decimal.Decimal {
	if step.IsZero() {
		return d
	}
	return quotient(d, step, true).Mul(step)
}

// Down rounds a positive quantity down to a multiple of step; step 0 leaves it.
func Down(d, step decimal.Decimal) decimal.Decimal {
	if step.IsZero() {
		return d
	}
	return quotient(d, step, false).Mul(step)
}

func quotient(d, step decimal.Decimal, up bool) decimal.Decimal {
	q, r := d.QuoRem(step, 0)
	if up && r.Sign() > 0 {
		return q.Add(Int(1))
	}
	if !up && r.Sign() < 0 {
		return q.Sub(Int(1))
	}
	return q
}

// Div divides exactly enough for every rule here: 16 decimals.
func Div(a, b decimal.Decimal) decimal.Decimal { return a.DivRound(b, 16) }

// Min returns the smaller.
func Min(a, b decimal.Decimal) decimal.Decimal { return decimal.Min(a, b) }

// Max returns the larger.
func Max(a, b decimal.Decimal) decimal.Decimal { return decimal.Max(a, b) }

// Split divides an amount by weights; each part is rounded to n decimals and the last part with a weight takes the remainder, so that the parts
// add up exactly. All weights zero: the last part takes everything.
func Split(total decimal.Decimal, weights []decimal.Decimal, n int32) []decimal.Decimal {
	parts := make([]decimal.Decimal, len(weights))
	if len(weights) == 0 {
		return parts
	}
	sum, last := Zero(), len(weights)-1
	for i, w := range weights {
		sum = sum.Add(w)
		if !w.IsZero() {
			last = i
		}
	}
	rest := total
	for i, w := range weights {
		if i != last && !sum.IsZero() {
			parts[i] = Div(total.Mul(w), sum).Round(n)
			rest = rest.Sub(parts[i])
		}
	}
	parts[last] = rest
	return parts
}
