// Package salesevent is what sales tells.
package salesevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const order = "sales.order"

// Order is the head of an order as other modules see it.
type Order struct {
	ID              id.ID
	No              string
	CustomerID      id.ID
	OpportunityID   id.ID
	OwnerID         id.ID
	Currency        string
	OrderDate       clock.Date
	RequestedDate   clock.Date // none: as soon as possible
	DeliveryAddress string
	PaymentTermID   id.ID
	Untaxed         money.Amount
	Tax             money.Amount
	Total           money.Amount
	Rate            money.Price // company currency for one unit of Currency when the order was priced
}

// Line is one ordered product. Quantity is in the product's own unit, Ordered in the unit of the order line.
type Line struct {
	ID              id.ID
	ProductID       id.ID
	ProductType     string // stock, service, consumable
	Description     string
	Quantity        money.Quantity
	Ordered         money.Quantity
	Unit            string
	UnitPrice       money.Price // without tax unless the order says otherwise, for one Unit
	PriceIncludes   bool        // UnitPrice includes tax
	DiscountPercent money.Percent
	TaxID           id.ID
	Untaxed         money.Amount // of the whole line
	Exact           bool         // Untaxed is what is invoiced, to the cent; the quantity is only nearly as much
	Total           money.Amount // with tax
	RequestedDate   clock.Date
	LotID           id.ID // of goods that come back: the very lot or serial number; none: any
}

// OrderCreated says that an order stands as a draft.
type OrderCreated struct{ Order }

// Event names it.
func (e OrderCreated) Event() (name, entity string, record id.ID) {
	return "sales.order.created", order, e.ID
}

// OrderConfirmed says that an order is binding: stock, production, purchasing, projects and receivables follow.
type OrderConfirmed struct {
	Order
	Lines []Line
}

// Event names it.
func (e OrderConfirmed) Event() (name, entity string, record id.ID) {
	return "sales.order.confirmed", order, e.ID
}

// OrderCancelled says that what is not yet shipped is off.
type OrderCancelled struct {
	Order
	LineIDs []id.ID
	Whole   bool // nothing was delivered and nothing will be: there is no order any more
}

// Event names it.
func (e OrderCancelled) Event() (name, entity string, record id.ID) {
	return "sales.order.cancelled", order, e.ID
}

// LineChange is one line of a confirmed order before and after an amendment, in the product's unit. A removed line has After 0, a new one Before 0.
type LineChange struct {
	Line
	Before, After money.Quantity
}

// OrderAmended says that a confirmed order changed.
type OrderAmended struct {
	Order
	Due     money.Amount // what the customer will pay in the end, tax included: without what was called off
	Changes []LineChange
}

// Event names it.
func (e OrderAmended) Event() (name, entity string, record id.ID) {
	return "sales.order.amended", order, e.ID
}

// OrderProgressed says how far the delivery of an order is.
type OrderProgressed struct {
	Order
	DeliveryStatus   string
	DeliveryProgress money.Percent
	PromisedDate     clock.Date
	Because          string // the document that decides the promised date
}

// Event names it.
func (e OrderProgressed) Event() (name, entity string, record id.ID) {
	return "sales.order.progressed", order, e.ID
}

// OrderDelivered says what the customer has got and may be invoiced. Quantity is in the product's unit, Ordered in the line's unit.
type OrderDelivered struct {
	Order
	DeliveryID id.ID // none for services
	Lines      []Line
}

// Event names it.
func (e OrderDelivered) Event() (name, entity string, record id.ID) {
	return "sales.order.delivered", order, e.ID
}

// OrderCollected says how much of an order is paid, tax included.
type OrderCollected struct {
	Order
	Collected     money.Amount
	PaymentStatus string // none, partial, paid
}

// Event names it.
func (e OrderCollected) Event() (name, entity string, record id.ID) {
	return "sales.order.collected", order, e.ID
}

// GoodsReturned says that a customer gives goods back: stock takes them in at the original cost, finance credits them. Quantity is in the product's
// unit, Ordered in the line's unit.
type GoodsReturned struct {
	Order
	ReturnID id.ID
	No       string
	CaseID   id.ID // the service case that led to it, if any
	Lines    []Line
}

// Event names it.
func (e GoodsReturned) Event() (name, entity string, record id.ID) {
	return "sales.return.confirmed", "sales.return", e.ReturnID
}
