// Package purchasingevent is what purchasing tells.
package purchasingevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

const (
	requisition = "purchasing.requisition"
	order       = "purchasing.order"
)

// Requisition is a request to buy for one demand.
type Requisition struct {
	ID        id.ID
	No        string
	ProductID id.ID
	Quantity  money.Quantity
	NeedBy    clock.Date
	Expected  clock.Date // when it can be here: not before the vendor's lead time
	Demand    inventoryevent.Demand
	OrderID   id.ID // the order by which it comes, of one that is reused
}

// RequisitionsMade says that requests to buy stand; inventory pegs them to their demands.
type RequisitionsMade struct{ Items []Requisition }

// Event names it.
func (e RequisitionsMade) Event() (name, entity string, record id.ID) {
	if len(e.Items) == 0 {
		return "purchasing.requisitions.made", "", id.ID{}
	}
	return "purchasing.requisitions.made", requisition, e.Items[0].ID
}

// RequisitionsReused says that a part of what vendors have been asked for, and which nobody needed any more, serves a demand again: Quantity is that part.
type RequisitionsReused struct{ Items []Requisition }

// Event names it.
func (e RequisitionsReused) Event() (name, entity string, record id.ID) {
	if len(e.Items) == 0 {
		return "purchasing.requisitions.reused", "", id.ID{}
	}
	return "purchasing.requisitions.reused", requisition, e.Items[0].ID
}

// RequisitionsDropped says that requests are off or reduced; Quantity is what remains.
type RequisitionsDropped struct{ Items []Requisition }

// Event names it.
func (e RequisitionsDropped) Event() (name, entity string, record id.ID) {
	if len(e.Items) == 0 {
		return "purchasing.requisitions.dropped", "", id.ID{}
	}
	return "purchasing.requisitions.dropped", requisition, e.Items[0].ID
}

// Line is one ordered product, in the product's unit.
type Line struct {
	ID             id.ID
	ProductID      id.ID
	Quantity       money.Quantity // ordered; of an amended order, what is still to come
	Tolerance      money.Quantity // how much more may come in
	UnitCost       money.Price    // company currency, without tax
	Expected       clock.Date
	RequisitionIDs []id.ID
}

// Ordered is what a line was ordered at: so much of the product's unit for an amount in the order's currency, without tax.
type Ordered struct {
	Quantity money.Quantity
	Amount   money.Amount
	Currency string
	Making   bool // a production order asked for it: its cost is in what is made
}

// OrderConfirmed says that a vendor has the order; inventory opens a receipt and moves the pegs of the requisitions to it.
type OrderConfirmed struct {
	OrderID  id.ID
	No       string
	VendorID id.ID
	Lines    []Line
}

// Event names it.
func (e OrderConfirmed) Event() (name, entity string, record id.ID) {
	return "purchasing.order.confirmed", order, e.OrderID
}

// OrderAmended says what is still to come of an order that a vendor has, at which cost and when: quantities, prices or dates changed, or the vendor
// named the day. All its lines are told. Inventory brings the receipt in line and tells those who wait.
type OrderAmended struct {
	OrderID  id.ID
	No       string
	VendorID id.ID
	Lines    []Line
}

// Event names it.
func (e OrderAmended) Event() (name, entity string, record id.ID) {
	return "purchasing.order.amended", order, e.OrderID
}

// OrderCancelled says that nothing more will come; inventory closes the receipt and the demands are short again.
type OrderCancelled struct {
	OrderID        id.ID
	No             string
	RequisitionIDs []id.ID // the requests that it served and that end with it
}

// Event names it.
func (e OrderCancelled) Event() (name, entity string, record id.ID) {
	return "purchasing.order.cancelled", order, e.OrderID
}
