package finance

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Priced is what a document line says about its price: so many units at a price, less a discount, taxed at a rate.
type Priced struct {
	Quantity        money.Quantity
	UnitPrice       money.Price
	DiscountPercent money.Percent
	IncludesTax     bool // UnitPrice includes tax
	TaxID           id.ID
	Rate            money.Percent // of the tax: 13 means 13 %
	PerDocument     bool          // the tax is rounded once for a document, not for each line
}

// Sums are a line's or a document's amounts. Total is always Untaxed + Tax, to the cent.
type Sums struct {
	Untaxed, Tax, Total money.Amount
}

// Add returns the sums of both.
func (s Sums) Add(o Sums) Sums {
	return Sums{s.Untaxed.Add(o.Untaxed), s.Tax.Add(o.Tax), s.Total.Add(o.Total)}
}

// Sub returns what is left of the sums without o.
func (s Sums) Sub(o Sums) Sums {
	return Sums{s.Untaxed.Sub(o.Untaxed), s.Tax.Sub(o.Tax), s.Total.Sub(o.Total)}
}

// atRate is an amount without tax, with the tax on it.
func atRate(untaxed money.Amount, rate money.Percent, minor int32) Sums {
	tax := money.Div(untaxed.Mul(rate), money.Hundred()).Round(minor)
	return Sums{Untaxed: untaxed, Tax: tax, Total: untaxed.Add(tax)}
}

// worth is quantity × price less discount, not rounded.
func (p Priced) worth() money.Amount {
	return p.Quantity.Mul(p.UnitPrice).Mul(money.Hundred().Sub(p.DiscountPercent)).Shift(-2)
}

// Reckon works out the amounts of a document's lines, each by the rounding that its tax asks for.
func Reckon(lines []Priced, minor int32) []Sums {
	out := TaxPerLine(lines, minor)
	var whole []Priced
	var at []int
	for i, l := range lines {
		if l.PerDocument {
			whole, at = append(whole, l), append(at, i)
		}
	}
	for n, s := range TaxPerDocument(whole, minor) {
		out[at[n]] = s
	}
	return out
}

// TaxPerLine rounds each line by itself. Without tax in the price: the untaxed amount is rounded first, the tax is that rounded amount × rate,
// rounded again. 16 × 348.35 less 4 % at 22 %: 5350.656 → 5350.66; 5350.66 × 0.22 = 1177.1452 → 1177.15; total 6527.81. With tax in the price:
// the total is rounded, the untaxed amount is the rounded total ÷ (1 + rate), rounded, and the tax is what is between.
func TaxPerLine(lines []Priced, minor int32) []Sums {
	out := make([]Sums, len(lines))
	for i, l := range lines {
		out[i] = taxed(l.worth().Round(minor), l.Rate, l.IncludesTax, minor)
	}
	return out
}

// TaxPerDocument rounds once for all lines that share a tax: their exact sum gives the untaxed amount, rounded, and the tax is the exact sum × rate,
// rounded. 16 × 348.35 less 4 % at 22 %: 5350.656 → 5350.66; 5350.656 × 0.22 = 1177.14432 → 1177.14; total 6527.80. With tax in the price the
// rounded sum is the total and the untaxed amount is the exact sum ÷ (1 + rate), rounded. Each line gets its own rounded share; the last line of a
// tax takes the remainder, so that the lines add up to the document.
func TaxPerDocument(lines []Priced, minor int32) []Sums {
	type group struct {
		tax  id.ID
		rate string
		incl bool
	}
	members, order := map[group][]int{}, []group{}
	for i, l := range lines {
		g := group{l.TaxID, l.Rate.String(), l.IncludesTax}
		if members[g] == nil {
			order = append(order, g)
		}
		members[g] = append(members[g], i)
	}
	out := make([]Sums, len(lines))
	for _, g := range order {
		at := members[g]
		exact := money.Zero()
		for _, i := range at {
			exact = exact.Add(lines[i].worth())
		}
		rest := taxed(exact, lines[at[0]].Rate, g.incl, minor)
		for n, i := range at {
			if n == len(at)-1 {
				out[i] = rest
				break
			}
			out[i] = taxed(lines[i].worth(), lines[i].Rate, g.incl, minor)
			rest = rest.Sub(out[i])
		}
	}
	return out
}

// taxed splits an amount into untaxed and tax; the tax is reckoned from the amount as it is given, exact or rounded.
func taxed(amount money.Amount, rate money.Percent, includes bool, minor int32) Sums {
	if includes {
		total := amount.Round(minor)
		untaxed := money.Div(amount.Mul(money.Hundred()), money.Hundred().Add(rate)).Round(minor)
		return Sums{Untaxed: untaxed, Tax: total.Sub(untaxed), Total: total}
	}
	untaxed, tax := amount.Round(minor), amount.Mul(rate).Shift(-2).Round(minor)
	return Sums{Untaxed: untaxed, Tax: tax, Total: untaxed.Add(tax)}
}

// sum adds the lines of a document.
func sum(lines []Sums) Sums {
	var all Sums
	for _, l := range lines {
		all = all.Add(l)
	}
	return all
}
