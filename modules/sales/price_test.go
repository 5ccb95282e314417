package sales

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

func line(quantity, price, discount string) *Priced {
	return &Priced{Quantity: money.Must(quantity), UnitPrice: money.Must(price), DiscountPercent: money.Must(discount)}
}

func TestTotalsOfLines(t *testing.T) {
	for _, c := range []struct {
		name, quantity, price, discount, rate string
		included, document                    bool
		untaxed, tax, total                   string
	}{
		{"tax per line", "16", "348.35", "4", "22", false, false, "5350.66", "1177.15", "6527.81"},
		{"tax per document", "16", "348.35", "4", "22", false, true, "5350.66", "1177.14", "6527.80"},
		{"thirteen per cent", "10", "100", "0", "13", false, false, "1000", "130", "1130"},
		{"price includes tax", "10", "113", "0", "13", true, false, "1000", "130", "1130"},
		{"price includes tax, rounded", "1", "100", "0", "13", true, false, "88.50", "11.50", "100"},
		{"a gift", "3", "50", "100", "13", false, false, "0", "0", "0"},
		{"half a cent goes up", "1", "0.125", "0", "0", false, false, "0.13", "0", "0.13"},
	} {
		l := line(c.quantity, c.price, c.discount)
		tax := coreevent.Tax{Rate: money.Must(c.rate)}
		if c.document {
			tax.Rounding = "document"
		}
		total([]*Priced{l}, "CNY", c.included, tax)
		if !l.UntaxedAmount.Equal(money.Must(c.untaxed)) || !l.TaxAmount.Equal(money.Must(c.tax)) || !l.TotalAmount.Equal(money.Must(c.total)) {
			t.Errorf("%s: %s + %s = %s, want %s + %s = %s", c.name, l.UntaxedAmount, l.TaxAmount, l.TotalAmount, c.untaxed, c.tax, c.total)
		}
	}
}

// Whatever the lines: untaxed and tax make the total, nothing is finer than a cent, and the document is the sum of its lines.
func TestTotalsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "lines")
		tax := coreevent.Tax{Rate: money.Int(rapid.SampledFrom([]int64{0, 3, 6, 9, 13, 22}).Draw(t, "rate"))}
		if rapid.Bool().Draw(t, "document") {
			tax.Rounding = "document"
		}
		lines := make([]*Priced, n)
		for i := range lines {
			lines[i] = &Priced{
				Quantity:        money.Int(rapid.Int64Range(1, 1_000_000).Draw(t, "quantity")).Shift(-3),
				UnitPrice:       money.Int(rapid.Int64Range(0, 1_000_000_000).Draw(t, "price")).Shift(-4),
				DiscountPercent: money.Int(rapid.Int64Range(0, 10_000).Draw(t, "discount")).Shift(-2),
			}
		}
		total(lines, "CNY", rapid.Bool().Draw(t, "included"), tax)
		s := add(lines, money.Int(1), "CNY")
		for _, l := range lines {
			if !l.UntaxedAmount.Add(l.TaxAmount).Equal(l.TotalAmount) {
				t.Fatalf("%s + %s is not %s", l.UntaxedAmount, l.TaxAmount, l.TotalAmount)
			}
			if !l.TotalAmount.Equal(l.TotalAmount.Round(2)) || !l.UntaxedAmount.Equal(l.UntaxedAmount.Round(2)) {
				t.Fatalf("finer than a cent: %s", l.TotalAmount)
			}
		}
		if !s.untaxed.Add(s.tax).Equal(s.total) || !s.company.Equal(s.total) {
			t.Fatalf("the document does not add up: %+v", s)
		}
	})
}

// Part deliveries of a line add up to the line exactly, whatever the parts.
func TestPartDeliveriesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.Int64Range(1, 500).Draw(t, "quantity")
		l := &OrderLine{Priced: Priced{
			Quantity: money.Div(money.Int(base), money.Int(6)).Round(6), BaseQuantity: money.Int(base),
			UntaxedAmount: money.Int(rapid.Int64Range(0, 10_000_000).Draw(t, "untaxed")).Shift(-2),
		}}
		l.TotalAmount = money.RoundTo(l.UntaxedAmount.Mul(money.Must("1.13")), "CNY")
		o := &Order{Currency: "CNY", Lines: []*OrderLine{l}}
		untaxed, all, ordered, left := money.Zero(), money.Zero(), money.Zero(), base
		for left > 0 {
			part := rapid.Int64Range(1, left).Draw(t, "part")
			left -= part
			d := l.deliver(o, coreevent.Product{}, money.Int(part))
			untaxed, all, ordered = untaxed.Add(d.Untaxed), all.Add(d.Total), ordered.Add(d.Ordered)
		}
		if !untaxed.Equal(l.UntaxedAmount) || !all.Equal(l.TotalAmount) || !ordered.Equal(l.Quantity) {
			t.Fatalf("parts make %s, %s, %s; the line is %s, %s, %s", untaxed, all, ordered, l.UntaxedAmount, l.TotalAmount, l.Quantity)
		}
		if l.open().Sign() != 0 {
			t.Fatalf("%s is still open", l.open())
		}
	})
}
