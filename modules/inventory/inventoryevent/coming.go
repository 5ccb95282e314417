package inventoryevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Coming is goods on their way that nobody waits for, in the product's unit.
type Coming struct {
	ProductID id.ID
	Entity    string // inventory.receipt, production.production_order
	ID        id.ID
	OrderID   id.ID // the purchase order, of a receipt
	No        string
	Quantity  money.Quantity
	Date      clock.Date // when they are expected; none: nobody knows
}
