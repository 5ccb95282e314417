package purchasing

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// offer is a vendor's price that is in force, made comparable.
type offer struct {
	ID        id.ID
	ProductID id.ID
	VendorID  id.ID
	Price     money.Price // for one Unit, in Currency
	Currency  string
	Unit      string
	Factor    *big.Rat // how many of the product's own unit one Unit is
	Rate      money.Price
	Lead      int
	Min, Max  money.Quantity // in Unit; Max 0: none
	Multiple  money.Quantity
}

// The order in which offers are considered for a quantity.
const (
	fits  = iota // the quantity lies within the price break
	large        // it is above every maximum: a maximum limits the break, not the purchase
	small        // it would have to be raised to the minimum
)

// rank tells how an offer suits a need in the product's own unit.
func (o offer) rank(need money.Quantity) int {
	q := o.inUnit(need)
	switch {
	case q.Cmp(o.Min.Rat()) < 0:
		return small
	case o.Max.Sign() > 0 && q.Cmp(o.Max.Rat()) > 0:
		return large
	}
	return fits
}

// inUnit converts a quantity of the product's own unit into the offer's.
func (o offer) inUnit(q money.Quantity) *big.Rat { return new(big.Rat).Quo(q.Rat(), o.Factor) }

// cost is what covering a need costs in company currency, the minimum included.
func (o offer) cost(need money.Quantity) *big.Rat {
	q := o.inUnit(need)
	if o.Min.Rat().Cmp(q) > 0 {
		q = o.Min.Rat()
	}
	return q.Mul(q, o.unitCost())
}

// unitCost is the price of one Unit in company currency.
func (o offer) unitCost() *big.Rat { return new(big.Rat).Mul(o.Price.Rat(), o.Rate.Rat()) }

// pieceCost is the price of one of the product's own unit in company currency.
func (o offer) pieceCost() *big.Rat { return new(big.Rat).Quo(o.unitCost(), o.Factor) }

// piecePrice is the price of one of the product's own unit in the offer's currency, six decimals.
func (o offer) piecePrice() money.Price {
	return fraction(new(big.Rat).Quo(o.Price.Rat(), o.Factor), 6)
}

// best returns the cheapest offer for a need, the faster of two that cost the same, or nil when nobody offers the product.
func best(offers []offer, need money.Quantity) *offer {
	var chosen *offer
	for i := range offers {
		if o := &offers[i]; chosen == nil || o.beats(chosen, need) {
			chosen = o
		}
	}
	return chosen
}

func (o *offer) beats(other *offer, need money.Quantity) bool {
	if a, b := o.rank(need), other.rank(need); a != b {
		return a < b
	}
	var c int
	if o.rank(need) == small {
		c = o.cost(need).Cmp(other.cost(need))
	} else {
		c = o.pieceCost().Cmp(other.pieceCost())
	}
	switch {
	case c != 0:
		return c < 0
	case o.Lead != other.Lead:
		return o.Lead < other.Lead
	}
	return o.ID.String() < other.ID.String()
}

// lot is how much to order of a line so that a need in the product's own unit is covered: at least the minimum, in whole multiples.
func lot(need money.Quantity, factor *big.Rat, minimum, step money.Quantity) money.Quantity {
	q := new(big.Rat).Quo(need.Rat(), factor)
	if minimum.Rat().Cmp(q) > 0 {
		q = minimum.Rat()
	}
	return raise(q, step)
}

// raise rounds a fraction up to a multiple of step, or to six decimals where there is none.
func raise(q *big.Rat, step money.Quantity) money.Quantity {
	if step.Sign() <= 0 {
		step = money.Must("0.000001")
	}
	n := new(big.Rat).Quo(q, step.Rat())
	n.Sub(n, big.NewRat(1, 1_000_000_000)) // an inexact unit ratio is no need
	if n.Sign() <= 0 {
		return money.Zero()
	}
	whole, rest := new(big.Int).QuoRem(n.Num(), n.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	return decimal.NewFromBigInt(whole, 0).Mul(step)
}

// fraction writes a fraction as a decimal with n places, half away from zero.
func fraction(r *big.Rat, n int32) money.Price {
	return decimal.NewFromBigInt(r.Num(), 0).DivRound(decimal.NewFromBigInt(r.Denom(), 0), n)
}
