package finance

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func line(quantity, price, discount, rate string, includes bool) Priced {
	return Priced{
		Quantity: money.Must(quantity), UnitPrice: money.Must(price), DiscountPercent: money.Must(discount), Rate: money.Must(rate),
		IncludesTax: includes, TaxID: id.ID{1},
	}
}

func TestTaxPerLineAndPerDocument(t *testing.T) {
	tests := []struct {
		name               string
		lines              []Priced
		perLine, perDoc    string // totals
		untaxed, lineTaxes string // per line
	}{
		{"22 % on 16 × 348.35 less 4 %", []Priced{line("16", "348.35", "4", "22", false)}, "6527.81", "6527.80", "5350.66", "1177.15"},
		{"13 % on 10 × 100", []Priced{line("10", "100", "0", "13", false)}, "1130", "1130", "1000", "130"},
		{"13 % within 1130", []Priced{line("10", "113", "0", "13", true)}, "1130", "1130", "1000", "130"},
		{"13 % within 100", []Priced{line("1", "100", "0", "13", true)}, "100", "100", "88.50", "11.50"},
		{"three thirds of a cent", []Priced{line("1", "0.333", "0", "13", false), line("1", "0.333", "0", "13", false), line("1", "0.334", "0", "13",
			false)}, "1.11", "1.13", "0.99", "0.12"},
		{"two rates", []Priced{line("1", "100", "0", "13", false), {
			Quantity: money.Int(1), UnitPrice: money.Int(100), Rate: money.Int(6),
			TaxID: id.ID{2},
		}}, "219", "219", "200", "19"},
		{"no tax", []Priced{line("3", "33.333333", "0", "0", false)}, "100", "100", "100", "0"},
		{"a gift", []Priced{line("3", "33", "100", "13", false)}, "0", "0", "0", "0"},
		{"nothing", nil, "0", "0", "0", "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			perLine, perDoc := sum(TaxPerLine(tt.lines, 2)), sum(TaxPerDocument(tt.lines, 2))
			if !perLine.Total.Equal(money.Must(tt.perLine)) || !perDoc.Total.Equal(money.Must(tt.perDoc)) {
				t.Errorf("totals %s per line, %s per document, want %s and %s", perLine.Total, perDoc.Total, tt.perLine, tt.perDoc)
			}
			if !perLine.Untaxed.Equal(money.Must(tt.untaxed)) || !perLine.Tax.Equal(money.Must(tt.lineTaxes)) {
				t.Errorf("per line untaxed %s, tax %s, want %s and %s", perLine.Untaxed, perLine.Tax, tt.untaxed, tt.lineTaxes)
			}
		})
	}
}

func TestReckonFollowsEachTax(t *testing.T) {
	a, b := line("16", "348.35", "4", "22", false), line("16", "348.35", "4", "22", false)
	b.PerDocument, b.TaxID = true, id.ID{2}
	got := Reckon([]Priced{a, b}, 2)
	if got[0].Total.String() != "6527.81" || got[1].Total.String() != "6527.8" {
		t.Errorf("got %s and %s", got[0].Total, got[1].Total)
	}
}

func TestTaxAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.SampledFrom([]int32{0, 2, 3}).Draw(t, "minor")
		n := rapid.IntRange(1, 12).Draw(t, "lines")
		lines := make([]Priced, n)
		for i := range lines {
			lines[i] = Priced{
				Quantity:        money.Int(rapid.Int64Range(1, 100_000).Draw(t, "quantity")).Shift(-3),
				UnitPrice:       money.Int(rapid.Int64Range(0, 10_000_000).Draw(t, "price")).Shift(-4),
				DiscountPercent: money.Int(rapid.Int64Range(0, 10_000).Draw(t, "discount")).Shift(-2),
				IncludesTax:     rapid.Bool().Draw(t, "includes"),
				Rate:            money.Int(rapid.SampledFrom([]int64{0, 3, 6, 9, 13}).Draw(t, "rate")),
			}
			lines[i].TaxID = id.ID{byte(lines[i].Rate.IntPart())}
		}
		perLine, perDoc := TaxPerLine(lines, minor), TaxPerDocument(lines, minor)
		half := money.Int(5).Shift(-minor - 1)
		for i := range lines {
			for _, s := range []Sums{perLine[i], perDoc[i]} {
				if !s.Untaxed.Add(s.Tax).Equal(s.Total) {
					t.Fatalf("%s + %s is not %s", s.Untaxed, s.Tax, s.Total)
				}
				if !s.Total.Equal(s.Total.Round(minor)) || !s.Untaxed.Equal(s.Untaxed.Round(minor)) {
					t.Fatalf("%s, %s are not whole minor units", s.Total, s.Untaxed)
				}
			}
			want := lines[i].worth()
			got := perLine[i].Untaxed
			if lines[i].IncludesTax {
				got = perLine[i].Total
			}
			if got.Sub(want).Abs().GreaterThan(half) {
				t.Fatalf("%s is further than half a unit from %s", got, want)
			}
		}
		exact, whole := money.Zero(), money.Zero()
		for i, l := range lines {
			if !l.IncludesTax {
				exact, whole = exact.Add(l.worth()), whole.Add(perDoc[i].Untaxed)
			}
		}
		if whole.Sub(exact).Abs().GreaterThan(half.Mul(money.Int(5))) { // half a unit for each of the five rates
			t.Fatalf("per document %s, exactly %s", whole, exact)
		}
	})
}
