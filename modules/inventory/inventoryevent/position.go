package inventoryevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Need is goods that a demand still holds, waits for, or lacks.
type Need struct {
	Demand
	ProductID    id.ID
	Quantity     money.Quantity
	NeedBy       clock.Date // none: as soon as possible
	Waiting      bool       // with nothing on its way
	SupplyEntity string     // what it waits for
	SupplyID     id.ID
}

// Inbound is goods on their way to stock, from whatever document.
type Inbound struct {
	Entity    string
	ID        id.ID
	No        string
	ProductID id.ID
	Quantity  money.Quantity
	Date      clock.Date
	Demand    Demand // who asked for it, if anybody
	Started   bool   // a vendor or the shop floor has begun: it moves and ends only by a person's decision
	Kept      bool   // a person made or changed it: planning leaves it as it is
}

// Position is what planning has to know of some products' stock.
type Position struct {
	OnHand  map[id.ID]money.Quantity // at internal locations, not expired, reserved or not
	Needs   []Need
	Inbound []Inbound // what vendors owe
}
