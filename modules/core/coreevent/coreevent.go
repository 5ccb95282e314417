// Package coreevent is what core tells and the plain facts about products that it answers with.
package coreevent

import (
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
	LeadTimeDays int
	Tracking     string // none, lot, serial
	CostMethod   string // average, fifo, standard; the category's when the product has none
	TaxID        id.ID  // its default sales tax
}

// Stocked tells that balances are kept for it.
func (p Product) Stocked() bool { return p.Type == "stock" }

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
