package inventoryevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Revalued is a late cost of goods that came in before, in company currency: how much of it is for what is still here, how much for what is gone, and
// how much never becomes stock because the product stands at its standard cost.
type Revalued struct {
	ProductID    id.ID
	Category     string
	Stock        money.Amount
	Sold         money.Amount
	Variance     money.Amount
	FromVariance bool // the cost stood on the account of price variances; else it is owed for goods received
}

// StockRevalued says that goods cost more or less than they came in at. History is not rewritten: it counts from its date on.
type StockRevalued struct {
	SourceEntity string
	SourceID     id.ID
	SourceNo     string
	Date         clock.Date
	Items        []Revalued
}

// Event names it.
func (e StockRevalued) Event() (name, entity string, record id.ID) {
	return "inventory.stock.revalued", e.SourceEntity, e.SourceID
}
