package financeevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Differed is by how much the goods of a purchase line cost more (or less, when negative) than the value at which they came in, in company currency.
type Differed struct {
	PurchaseLineID id.ID
	ProductID      id.ID
	Amount         money.Amount
}

// CostDiffered says that goods cost otherwise than they were valued. The difference stands on the account of price variances, until somebody who knows
// where the goods are takes it from there.
type CostDiffered struct {
	SourceEntity string
	SourceID     id.ID
	SourceNo     string
	Date         clock.Date
	Items        []Differed
}

// Event names it.
func (e CostDiffered) Event() (name, entity string, record id.ID) {
	return "finance.cost.differed", e.SourceEntity, e.SourceID
}
