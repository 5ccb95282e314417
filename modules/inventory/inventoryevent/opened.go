package inventoryevent

import "github.com/tenon-hq/tenon/internal/id"

// OpenDelivery is the delivery by which an order gets what it has not got yet.
type OpenDelivery struct {
	DeliveryID id.ID
	No         string
	OrderID    id.ID
}

// DeliveriesOpened says that deliveries are open: of new orders, and of orders of which a part has left for the rest.
type DeliveriesOpened struct{ Items []OpenDelivery }

// Event names it.
func (e DeliveriesOpened) Event() (name, entity string, record id.ID) {
	if len(e.Items) > 0 {
		record = e.Items[0].DeliveryID
	}
	return "inventory.deliveries.opened", "inventory.delivery", record
}
