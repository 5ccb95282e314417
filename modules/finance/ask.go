package finance

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Products answers what finance has to know of products and turns quantities into the products' own units.
type Products interface {
	Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error)
	Convert(ctx context.Context, tx *tenancy.Tx, items []coreevent.Conversion) ([]money.Quantity, error)
}

// Taxes answers what taxes are.
type Taxes interface {
	Taxes(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Tax, error)
}

// Terms answers when which part of a document is due; without an id everything is due at once.
type Terms interface {
	Terms(ctx context.Context, tx *tenancy.Tx, key id.ID) (coreevent.Term, error)
}

// Rates answers what one unit of a currency is worth in company currency on a day.
type Rates interface {
	Rate(ctx context.Context, tx *tenancy.Tx, currency string, on clock.Date) (money.Price, error)
}

// Tolerances answers by how many per cent the quantity and the price of a vendor's bill may exceed what was received and ordered, and at what lines were
// ordered in the order's currency.
type Tolerances interface {
	Ordered(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID]purchasingevent.Ordered, error)
	Tolerances(ctx context.Context, tx *tenancy.Tx, vendor id.ID) (quantity, price money.Percent, err error)
}

// Customers answers who customers are: their names, to be found on bank statements.
type Customers interface {
	Customers(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]crmevent.Customer, error)
}

// Vendors answers who vendors are, for the same.
type Vendors interface {
	Vendors(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]purchasingevent.Vendor, error)
}

// Plugs are the questions that finance asks.
type Plugs struct {
	Products Products
	Taxes    Taxes
	Terms    Terms
	Rates    Rates

	Tolerances Tolerances
	Customers  Customers // none: nobody knows
	Vendors    Vendors   // the same
}

// office is the module at work: its actions and reactions with the plugs that they need.
type office struct{ ask Plugs }

// rate is company currency for one unit of a currency; 1 for company currency itself.
func (o office) rate(ctx context.Context, tx *tenancy.Tx, currency string, on clock.Date) (money.Price, error) {
	if currency == "" || currency == tx.Tenant.Currency {
		return money.Int(1), nil
	}
	return o.ask.Rates.Rate(ctx, tx, currency, on)
}

// taxes asks for the taxes that lines name.
func (o office) taxes(ctx context.Context, tx *tenancy.Tx, keys []id.ID) (map[id.ID]coreevent.Tax, error) {
	if keys = distinct(keys); len(keys) == 0 {
		return nil, nil
	}
	return o.ask.Taxes.Taxes(ctx, tx, keys)
}

// distinct returns the ids that are set, each once, in their order.
func distinct(keys []id.ID) []id.ID {
	seen := make(map[id.ID]bool, len(keys))
	var out []id.ID
	for _, k := range keys {
		if !k.IsZero() && !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// texts writes ids for = ANY(?::uuid[]).
func texts(keys []id.ID) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.String()
	}
	return out
}

// unique returns each pointer once, in its order.
func unique[P comparable](list []P) []P {
	seen := make(map[P]bool, len(list))
	var out []P
	for _, p := range list {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// sortedKeys returns the keys of a map in their order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
