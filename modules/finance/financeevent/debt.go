package financeevent

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Debt is what a customer's invoices for one order leave open, in company currency; for no order, those that are for none.
type Debt struct {
	OrderID id.ID        `bun:"order_id"`
	Open    money.Amount `bun:"open"`
	Overdue money.Amount `bun:"overdue"` // of Open
}
