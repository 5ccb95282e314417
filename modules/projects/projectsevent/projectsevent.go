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
