package purchasing

import (
	"context"
	"math/big"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// lotSize is in which quantities a line can be bought.
type lotSize struct {
	factor        *big.Rat // how many of the product's own unit one unit of the line is
	minimum, step money.Quantity
}

// of is what to order for a need in the product's own unit.
func (s lotSize) of(need money.Quantity) money.Quantity {
	return lot(need, s.factor, s.minimum, s.step)
}

// lots finds the lot sizes of lines from the vendors' prices that they were made with, in the order of the lines.
func (b *desk) lots(ctx context.Context, tx *tenancy.Tx, lines []*OrderLine) ([]lotSize, error) {
	units, products, prices := make([]measured, len(lines)), make([]id.ID, len(lines)), []id.ID{}
	for i, l := range lines {
		units[i], products[i] = measured{l.ProductID, l.Unit}, l.ProductID
		if !l.VendorPriceID.IsZero() {
			prices = append(prices, l.VendorPriceID)
		}
	}
	known, err := b.Products.Products(ctx, tx, distinct(products))
	if err != nil {
		return nil, err
	}
	factors, err := b.factors(ctx, tx, units)
	if err != nil {
		return nil, err
	}
	byID := map[id.ID]*VendorPrice{}
	if len(prices) > 0 {
		rows, err := record.GetMany[VendorPrice](ctx, tx, distinct(prices))
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			byID[p.ID] = p
		}
	}
	out := make([]lotSize, len(lines))
	for i, l := range lines {
		out[i] = lotSize{factor: factors[units[i]], step: known[l.ProductID].Rounding}
		if l.Unit != known[l.ProductID].Unit {
			out[i].step = money.Int(1) // nobody sells part of a package
		}
		if p := byID[l.VendorPriceID]; p != nil {
			if out[i].minimum = p.MinQuantity; p.Multiple.Sign() > 0 {
				out[i].step = p.Multiple
			}
		}
	}
	return out, nil
}
