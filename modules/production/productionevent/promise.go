package productionevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Wish is a quantity, in the product's own unit, that would have to be made or bought: stock of the product itself was counted before.
type Wish struct {
	ProductID id.ID
	Quantity  money.Quantity
}

// The ways in which a wish can be met.
const (
	WayMake = "make"
	WayBuy  = "buy"
	WayNone = "none" // supplied from stock only, or nothing that is kept in stock
)

// Capability is the answer to a wish: the first day on which the whole quantity can be here, and what that day hangs on.
type Capability struct {
	Way      string
	Earliest clock.Date // none when Way is none
	Critical id.ID      // the product whose supply takes longest: the wish's own, or a component at any level
}
