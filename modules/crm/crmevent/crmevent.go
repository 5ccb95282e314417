// Package crmevent is what customer management tells.
package crmevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// OpportunityWon says that a customer agreed. Sales makes the order.
type OpportunityWon struct {
	ID              id.ID
	Name            string
	CustomerID      id.ID
	OwnerID         id.ID
	Currency        string
	DeliveryAddress string
	Terms           string
	PaymentTermID   id.ID
	RequestedDate   clock.Date
	Lines           []Line
	Confirm         bool // also confirm the order
}

// Line is what was offered.
type Line struct {
	ProductID       id.ID
	Quantity        money.Quantity
	Unit            string
	UnitPrice       money.Price
	DiscountPercent money.Percent
}

// Wanted are lines that want prices: for a customer (none: anybody), in a currency.
type Wanted struct {
	CustomerID id.ID
	Currency   string
	Lines      []Line
}

// Event names it.
func (e OpportunityWon) Event() (name, entity string, record id.ID) {
	return "crm.opportunity.won", "crm.opportunity", e.ID
}

// OpportunityLost says that a customer declined.
type OpportunityLost struct {
	ID     id.ID
	Reason string
}

// Event names it.
func (e OpportunityLost) Event() (name, entity string, record id.ID) {
	return "crm.opportunity.lost", "crm.opportunity", e.ID
}

// Customer is what other modules need to know of a customer.
type Customer struct {
	ID            id.ID
	Number        string
	Name          string
	Address       string
	PaymentTermID id.ID
	OwnerID       id.ID
	Group         string       // price lists may be for it
	CreditLimit   money.Amount // 0: none

	Email          string
	Phone          string
	NotifyProgress bool // wants to be told of milestones
}
