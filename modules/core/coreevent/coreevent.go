// Package coreevent is what core tells and the plain facts about products that it answers with.
package coreevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Product is what other modules need to know of a product.
type Product struct {
	ID           id.ID
	Number       string
	Name         string
	Type         string         // stock, service, consumable
	Unit         string         // code
	Rounding     money.Quantity // smallest step of that unit: 1 for pieces
	Category     string
	Supply       string // make, buy
	SupplyPolicy string // stock, order, split
	StandardCost money.Price
	ListPrice    money.Price
	SafetyStock  money.Quantity
	ReorderPoint money.Quantity
	TargetStock  money.Quantity // replenished up to; none: the larger of the two above
	LeadTimeDays int
	Weight       money.Quantity // of one, in kg
	Tracking     string         // none, lot, serial
	CostMethod   string         // average, fifo, standard; the category's when the product has none
	TaxID        id.ID          // its default sales tax
	Active       bool           // may be offered and ordered
}

// Stocked tells that balances are kept for it.
func (p Product) Stocked() bool { return p.Type == "stock" }

// Measure is a product in a unit; an empty unit is the product's own.
type Measure struct {
	ProductID id.ID
	Unit      string // code
}

// Conversion is a quantity in one unit that is wanted in the product's own unit.
type Conversion struct {
	ProductID id.ID
	Quantity  money.Quantity
	From      string // code of the unit that Quantity is in
}

// Tax is a rate of value added tax.
type Tax struct {
	ID       id.ID
	Code     string
	Name     string
	Rate     money.Percent
	Kind     string // sale, purchase, both
	Rounding string // line, document
}

// PerDocument tells that the tax is rounded once for a document and not for each line.
func (t Tax) PerDocument() bool { return t.Rounding == "document" }

// Term is when which part of an invoice is due.
type Term struct {
	ID    id.ID
	Code  string
	Name  string
	Lines []TermLine // none: all at once
}

// TermLine is one instalment.
type TermLine struct {
	Percent    money.Percent
	Days       int
	EndOfMonth bool // counted from the end of the month
}

// Instalment is an amount and the day on which it is due.
type Instalment struct {
	Due    clock.Date
	Amount money.Amount
}

// Instalments splits a total into what is due when, rounded to a currency's decimals. The last instalment takes the remainder, so that 100.00 in
// three equal terms is 33.33, 33.33 and 33.34.
func (t Term) Instalments(date clock.Date, total money.Amount, decimals int32) []Instalment {
	if len(t.Lines) == 0 {
		return []Instalment{{Due: date, Amount: total}}
	}
	out := make([]Instalment, len(t.Lines))
	rest := total
	for i, l := range t.Lines {
		from := date
		if l.EndOfMonth {
			from = date.MonthEnd()
		}
		out[i].Due = from.AddDays(l.Days)
		if i == len(t.Lines)-1 {
			out[i].Amount = rest
			break
		}
		out[i].Amount = money.Div(total.Mul(l.Percent), money.Hundred()).Round(decimals)
		rest = rest.Sub(out[i].Amount)
	}
	return out
}

// Notice asks core to tell people something: in the app, and by mail where they want it. Everyone in To and everyone who has one of the Roles gets it once.
type Notice struct {
	To     []id.ID
	Roles  []string
	Text   i18n.Text
	Entity string
	Record id.ID
}

// Event names it.
func (n Notice) Event() (name, entity string, record id.ID) { return "core.notice", n.Entity, n.Record }

// Notified says that notifications were stored; a mail connector sends them on.
type Notified struct {
	To     []id.ID
	Text   i18n.Text
	Entity string
	Record id.ID
}

// Event names it.
func (n Notified) Event() (name, entity string, record id.ID) {
	return "core.notified", n.Entity, n.Record
}
