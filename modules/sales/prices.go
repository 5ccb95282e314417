package sales

import (
	"context"

	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Prices answers other modules what lines would cost on an order.
type Prices struct{ Plugs Plugs }

// Price fills price and discount of lines as on an order of today: from the price lists of the customer, of its group, of everybody, else the list price.
func (p Prices) Price(ctx context.Context, tx *tenancy.Tx, wanted []*crmevent.Wanted) error {
	sheets := make([]*sheet, len(wanted))
	for i, w := range wanted {
		s := &sheet{customer: w.CustomerID, currency: w.Currency, lines: make([]*Priced, len(w.Lines))}
		for n, l := range w.Lines {
			s.lines[n] = &Priced{ProductID: l.ProductID, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, DiscountPercent: l.DiscountPercent}
		}
		sheets[i] = s
	}
	if _, _, err := (office{ask: p.Plugs}).quote(ctx, tx, sheets); err != nil {
		return err
	}
	for i, s := range sheets {
		for n, l := range s.lines {
			wanted[i].Lines[n].UnitPrice, wanted[i].Lines[n].DiscountPercent = l.UnitPrice, l.DiscountPercent
		}
	}
	return nil
}
