// Package productionevent is what production tells.
package productionevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

const order = "production.production_order"

// Material is a component that a production order needs, in the component's own unit.
type Material struct {
	ID        id.ID
	ProductID id.ID
	Quantity  money.Quantity
	FromStock money.Quantity // of it, what the plan takes from free stock; inventory reserves exactly that
	Made      money.Quantity // of it, what child orders of the same plan will make
	NeedBy    clock.Date
}

// Planned is one production order. Demand says who asked for it.
type Planned struct {
	ID           id.ID
	No           string
	ProductID    id.ID
	Quantity     money.Quantity
	StartDate    clock.Date
	DueDate      clock.Date
	SalesOrderID id.ID
	ParentID     id.ID // the production order whose material it makes
	Demand       inventoryevent.Demand
	ForDemand    money.Quantity // of Quantity, what the demand takes
	Materials    []Material
}

// OrdersPlanned says that production orders stand as a plan, all levels at once, parents before children. Inventory reserves FromStock, pegs each
// order to its demand, and asks purchasing for the rest of the materials.
type OrdersPlanned struct{ Orders []Planned }

// Event names it.
func (e OrdersPlanned) Event() (name, entity string, record id.ID) {
	if len(e.Orders) == 0 {
		return "production.orders.planned", "", id.ID{}
	}
	return "production.orders.planned", order, e.Orders[0].ID
}

// OrderRescheduled says that the expected date of a production order changed.
type OrderRescheduled struct {
	ID        id.ID
	No        string
	StartDate clock.Date
	DueDate   clock.Date
}

// Event names it.
func (e OrderRescheduled) Event() (name, entity string, record id.ID) {
	return "production.order.rescheduled", order, e.ID
}

// Issue is materials that go into production, in the component's unit.
type Issue struct {
	MaterialID id.ID
	ProductID  id.ID
	Quantity   money.Quantity
	LotID      id.ID
}

// MaterialsIssued says that materials are taken from stock; inventory moves them and refuses the whole act when they are not there.
type MaterialsIssued struct {
	OrderID      id.ID
	No           string
	SalesOrderID id.ID
	Lines        []Issue
}

// Event names it.
func (e MaterialsIssued) Event() (name, entity string, record id.ID) {
	return "production.materials.issued", order, e.OrderID
}

// MaterialsSent says that materials go to a vendor who does a step of the work; inventory moves them to its location there, where they stay ours.
type MaterialsSent struct {
	OrderID      id.ID
	No           string
	SalesOrderID id.ID
	VendorID     id.ID
	Rest         bool // the lines are all that is left: what is at the vendor's already counts
	Lines        []Issue
}

// Event names it.
func (e MaterialsSent) Event() (name, entity string, record id.ID) {
	return "production.materials.sent", order, e.OrderID
}

// Return is materials that come back from production, with the value at which they were issued.
type Return struct {
	MaterialID id.ID
	ProductID  id.ID
	Quantity   money.Quantity
	Value      money.Amount
}

// MaterialsReturned says that materials which were issued were not used; inventory takes them in again.
type MaterialsReturned struct {
	OrderID      id.ID
	No           string
	SalesOrderID id.ID
	Lines        []Return
}

// Event names it.
func (e MaterialsReturned) Event() (name, entity string, record id.ID) {
	return "production.materials.returned", order, e.OrderID
}

// Output is goods that production hands over, with their cost in company currency for the whole quantity.
type Output struct {
	ProductID id.ID
	Quantity  money.Quantity
	Value     money.Amount
	LotID     id.ID
}

// OrderCompleted says that goods are made: inventory takes them in and reserves them for who asked. Done tells that nothing more will come.
type OrderCompleted struct {
	OrderID      id.ID
	No           string
	SalesOrderID id.ID
	Output       Output
	ByProducts   []Output
	Scrap        money.Quantity
	Open         money.Quantity // what is still to be made
	Labour       money.Amount   // of Output's and ByProducts' value: hours × rate, not material
	Lost         money.Amount   // spent on what ended without a good piece: it leaves production as a loss
	Done         bool
}

// Event names it.
func (e OrderCompleted) Event() (name, entity string, record id.ID) {
	return "production.order.completed", order, e.OrderID
}

// VariancesFound says why making a product with standard cost took more or less than that, once the order is done: the six add up to the difference.
// The whole is in the books already, as the goods came in at standard, but for what was lost, which is a loss there.
type VariancesFound struct {
	OrderID   id.ID
	No        string
	ProductID id.ID
	Price     money.Amount // materials cost other than their standard
	Usage     money.Amount // more or less material than the bill of materials says
	Yield     money.Amount // the rest: lot size, scrap, by-products, a standard that the bill does not give
	Rework    money.Amount // what it cost to make rejects good
	Lost      money.Amount // of Yield or Rework, what ended without a good piece

	LabourRate       money.Amount // work, or what a vendor did of it, paid at another rate than the standard one
	LabourEfficiency money.Amount // more or less work than the routing says
}

// Event names it.
func (e VariancesFound) Event() (name, entity string, record id.ID) {
	return "production.variances.found", order, e.OrderID
}

// OrderCancelled says that a production order will make nothing (more): its reservations and pegs are void.
type OrderCancelled struct {
	OrderID id.ID
	No      string
}

// Event names it.
func (e OrderCancelled) Event() (name, entity string, record id.ID) {
	return "production.order.cancelled", order, e.OrderID
}

// OrderReduced says that a planned order will make less: New quantities of it and of its materials.
type OrderReduced struct {
	OrderID   id.ID
	No        string
	Quantity  money.Quantity
	Materials []Material
}

// Event names it.
func (e OrderReduced) Event() (name, entity string, record id.ID) {
	return "production.order.reduced", order, e.OrderID
}
