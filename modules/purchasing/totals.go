package purchasing

import (
	"context"
	"math/big"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// measure keeps the line's quantity in the product's own unit.
func (l *OrderLine) measure(factor *big.Rat) {
	l.BaseQuantity = fraction(new(big.Rat).Mul(l.Quantity.Rat(), factor), 6)
}

// inLineUnit turns a quantity of the product's own unit into the line's.
func (l *OrderLine) inLineUnit(q money.Quantity) money.Quantity {
	if q.Equal(l.BaseQuantity) || l.BaseQuantity.IsZero() {
		return l.Quantity
	}
	return money.Div(q.Mul(l.Quantity), l.BaseQuantity).Round(6)
}

// total adds up an order: lines to the currency's cents, taxes per line or per document as each tax says.
func (b *desk) total(ctx context.Context, tx *tenancy.Tx, orders ...*Order) error {
	var keys []id.ID
	for _, o := range orders {
		for _, l := range o.Lines {
			if !l.TaxID.IsZero() {
				keys = append(keys, l.TaxID)
			}
		}
	}
	taxes := map[id.ID]coreevent.Tax{}
	if len(keys) > 0 {
		var err error
		if taxes, err = b.Trade.Taxes(ctx, tx, keys); err != nil {
			return err
		}
	}
	for _, o := range orders {
		o.add(taxes)
	}
	return nil
}

// add computes the order's amounts.
func (o *Order) add(taxes map[id.ID]coreevent.Tax) {
	o.UntaxedAmount, o.TaxAmount = money.Zero(), money.Zero()
	perDocument := map[id.ID]money.Amount{}
	var order []id.ID
	for _, l := range o.Lines {
		exact := l.Quantity.Mul(l.UnitPrice)
		l.Amount = money.RoundTo(exact, o.Currency)
		o.UntaxedAmount = o.UntaxedAmount.Add(l.Amount)
		t, ok := taxes[l.TaxID]
		if !ok {
			continue
		}
		tax := money.Div(l.Amount.Mul(t.Rate), money.Hundred())
		if !t.PerDocument() {
			o.TaxAmount = o.TaxAmount.Add(money.RoundTo(tax, o.Currency))
			continue
		}
		if _, seen := perDocument[t.ID]; !seen {
			order = append(order, t.ID)
		}
		perDocument[t.ID] = perDocument[t.ID].Add(tax)
	}
	for _, key := range order {
		o.TaxAmount = o.TaxAmount.Add(money.RoundTo(perDocument[key], o.Currency))
	}
	o.TotalAmount = o.UntaxedAmount.Add(o.TaxAmount)
}
