package coreevent

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// StandardCost is what one of a product is to cost from now on, in company currency.
type StandardCost struct {
	ProductID id.ID
	No        string
	Cost      money.Price
}

// StandardCostsChanged says that people set other standard costs; what is in stock at standard cost is worth otherwise.
type StandardCostsChanged struct{ Items []StandardCost }

// Event names it.
func (e StandardCostsChanged) Event() (name, entity string, record id.ID) {
	if len(e.Items) > 0 {
		record = e.Items[0].ProductID
	}
	return "inventory.product.standard_changed", "inventory.product", record
}
