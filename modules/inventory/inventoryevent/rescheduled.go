package inventoryevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

// ReceiptRescheduled says that goods which a vendor owes are expected on another day.
type ReceiptRescheduled struct {
	ReceiptID       id.ID
	No              string
	PurchaseOrderID id.ID
	Dates           map[id.ID]clock.Date // by purchase line
}

// Event names it.
func (e ReceiptRescheduled) Event() (name, entity string, record id.ID) {
	return "inventory.receipt.rescheduled", "inventory.receipt", e.ReceiptID
}
