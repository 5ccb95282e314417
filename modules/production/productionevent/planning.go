package productionevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

// PlanningRun names the entity of planning runs.
const PlanningRun = "production.planning_run"

// PlanningStarted says that somebody asked for a planning run over all products; what the run makes and withdraws follows from it.
type PlanningStarted struct {
	RunID id.ID
	No    string
}

// Event names it.
func (e PlanningStarted) Event() (name, entity string, record id.ID) {
	return "production.planning.started", PlanningRun, e.RunID
}

// SupplyWanted says that a planning run wants goods bought: Demand is who lacks them, or the run itself when they are for stock.
type SupplyWanted struct {
	RunID id.ID
	Items []inventoryevent.Short
}

// Event names it.
func (e SupplyWanted) Event() (name, entity string, record id.ID) {
	return "production.supply.wanted", PlanningRun, e.RunID
}

// ServicesWanted says that vendors are to make what production orders subcontract: each item's product is the service, its demand the order.
type ServicesWanted struct{ Items []inventoryevent.Short }

// Event names it.
func (e ServicesWanted) Event() (name, entity string, record id.ID) {
	if len(e.Items) == 0 {
		return "production.services.wanted", "", id.ID{}
	}
	return "production.services.wanted", order, e.Items[0].DocumentID
}

// Replan is a request to buy as planning wants it from now on; without a quantity it is withdrawn.
type Replan struct {
	Entity   string
	ID       id.ID
	No       string
	Quantity money.Quantity
	Date     clock.Date
}

// SupplyReplanned says that purchases are wanted in another quantity, at another time, or no more: because of a planning run, or because the production
// order changed for which a service is bought. Purchasing changes what has not been ordered.
type SupplyReplanned struct {
	RunID id.ID
	Items []Replan
}

// Event names it.
func (e SupplyReplanned) Event() (name, entity string, record id.ID) {
	if e.RunID.IsZero() {
		return "production.supply.replanned", "", id.ID{}
	}
	return "production.supply.replanned", PlanningRun, e.RunID
}
