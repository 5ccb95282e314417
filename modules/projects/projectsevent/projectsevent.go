// Package projectsevent is what projects tells.
package projectsevent

import (
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const project = "projects.project"

// ProjectOpened says that services are planned as a project.
type ProjectOpened struct {
	ProjectID     id.ID
	No            string
	OrderID       id.ID
	OpportunityID id.ID
	OrderLineIDs  []id.ID
}

// Event names it.
func (e ProjectOpened) Event() (name, entity string, record id.ID) {
	return "projects.project.opened", project, e.ProjectID
}

// ProjectProgressed says how far a project is and what it has cost.
type ProjectProgressed struct {
	ProjectID     id.ID
	OrderID       id.ID
	OpportunityID id.ID
	Progress      money.Percent
	ActualCost    money.Amount
}

// Event names it.
func (e ProjectProgressed) Event() (name, entity string, record id.ID) {
	return "projects.project.progressed", project, e.ProjectID
}

// ProjectClosed says that the services are rendered.
type ProjectClosed struct {
	ProjectID    id.ID
	OrderID      id.ID
	OrderLineIDs []id.ID
}

// Event names it.
func (e ProjectClosed) Event() (name, entity string, record id.ID) {
	return "projects.project.closed", project, e.ProjectID
}

// ServicesRendered says that the services of an order are rendered in part, as far as a reached milestone or booked hours say: the customer has got
// Done of Whole by now, Before of it was told before, and the difference may be invoiced to the cent.
type ServicesRendered struct {
	ProjectID    id.ID
	OrderID      id.ID
	OrderLineIDs []id.ID
	Before       money.Amount
	Done         money.Amount
	Whole        money.Amount // in the same measure, per cent or company currency; never zero
}

// Event names it.
func (e ServicesRendered) Event() (name, entity string, record id.ID) {
	return "projects.services.rendered", project, e.ProjectID
}

// MaterialIssued says that goods are used up in a project; inventory takes them from what is free, and what they were worth is the project's cost.
type MaterialIssued struct {
	MaterialID id.ID
	ProjectID  id.ID
	ProjectNo  string
	ProductID  id.ID
	LotID      id.ID          // none: any
	Quantity   money.Quantity // in the product's own unit
}

// Event names it.
func (e MaterialIssued) Event() (name, entity string, record id.ID) {
	return "projects.material.issued", "projects.material", e.MaterialID
}

// BillingLine is something that a project's customer is invoiced for, in company currency without tax.
type BillingLine struct {
	Description string
	Quantity    money.Quantity
	Unit        string
	UnitPrice   money.Price
}

// BillingDue says that the customer of a project without an order owes for it: a milestone is reached, or hours are billed.
type BillingDue struct {
	ProjectID  id.ID
	No         string
	CustomerID id.ID
	TaxID      id.ID
	Lines      []BillingLine
}

// Event names it.
func (e BillingDue) Event() (name, entity string, record id.ID) {
	return "projects.billing.due", project, e.ProjectID
}

// RevenueRecognised says that what a project has earned differs from what is billed by more (or less, when negative) than before.
type RevenueRecognised struct {
	ProjectID  id.ID
	No         string
	CustomerID id.ID
	Change     money.Amount
	Earned     money.Amount
	Billed     money.Amount
}

// Event names it.
func (e RevenueRecognised) Event() (name, entity string, record id.ID) {
	return "projects.revenue.recognised", project, e.ProjectID
}

// MilestoneReached says that a milestone is complete; a connector tells the customer when the customer allows it.
type MilestoneReached struct {
	MilestoneID id.ID
	ProjectID   id.ID
	CustomerID  id.ID
	Text        i18n.Text
	Progress    money.Percent
}

// Event names it.
func (e MilestoneReached) Event() (name, entity string, record id.ID) {
	return "projects.milestone.reached", "projects.milestone", e.MilestoneID
}
