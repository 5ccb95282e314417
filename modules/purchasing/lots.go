package purchasing

import (
	"context"
	"math/big"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// lots is what it takes to size the lines of draft orders: products, what their vendors offer, and the ratios of the lines' units.
type lots struct {
	products map[id.ID]coreevent.Product
	offers   map[id.ID][]offer
	factors  map[coreevent.Measure]*big.Rat
}

// lots reads them for all lines of some orders at once.
func (b *desk) lots(ctx context.Context, tx *tenancy.Tx, orders ...*Order) (*lots, error) {
	var keys []id.ID
	var units []coreevent.Measure
	for _, o := range orders {
		for _, l := range o.Lines {
			keys, units = append(keys, l.ProductID), append(units, coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit})
		}
	}
	s := &lots{}
	if len(keys) == 0 {
		return s, nil
	}
	var err error
	if s.products, err = b.Products.Products(ctx, tx, distinct(keys)); err != nil {
		return nil, err
	}
	if s.offers, err = b.offers(ctx, tx, distinct(keys)); err != nil {
		return nil, err
	}
	s.factors, err = b.Products.Factors(ctx, tx, units)
	return s, err
}

// suits returns the vendor's offer for what a line needs in all: the price break is that of the sum, whatever each requisition saw alone. A price
// that was given by hand stays, and so does one that is no longer offered.
func (s *lots) suits(o *Order, l *OrderLine) *offer {
	if l.VendorPriceID.IsZero() {
		return nil
	}
	var mine []offer
	for _, x := range of(s.offers[l.ProductID], o.VendorID) {
		if x.Currency == o.Currency && x.Unit == l.Unit {
			mine = append(mine, x)
		}
	}
	return best(mine, l.NeededQuantity)
}

// size is how much a line orders when only its requisitions decide: at least the vendor's minimum, in whole multiples.
func (s *lots) size(o *Order, l *OrderLine) money.Quantity {
	if l.NeededQuantity.Sign() <= 0 {
		return money.Zero()
	}
	p := s.products[l.ProductID]
	factor := s.factors[coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit}]
	x := s.suits(o, l)
	if x == nil {
		return lot(l.NeededQuantity, factor, money.Zero(), packs(p, l.Unit))
	}
	step := x.Multiple
	if step.Sign() <= 0 {
		step = packs(p, l.Unit)
	}
	return lot(l.NeededQuantity, factor, x.Min, step)
}

// packs is the smallest quantity in which a product is ordered by a unit: nobody sells part of a package.
func packs(p coreevent.Product, unit string) money.Quantity {
	if unit == p.Unit {
		return p.Rounding
	}
	return money.Int(1)
}

// fit sizes a line for its requisitions, and takes the price that goes with the quantity.
func (s *lots) fit(o *Order, l *OrderLine, quantity money.Quantity) {
	if x := s.suits(o, l); x != nil {
		l.VendorPriceID, l.UnitPrice, l.LeadTimeDays = x.ID, x.Price, x.Lead
	}
	l.Quantity = quantity
	l.measure(s.factors[coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit}])
}
