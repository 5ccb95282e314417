package production

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// explain splits by how much a finished order differs from the standard cost of its product: prices and amounts of materials, work, and the rest. Other
// products come in at what they cost, so that nothing is left to explain but what was lost.
func (f *floor) explain(ctx context.Context, tx *tenancy.Tx, o *Order, products map[id.ID]coreevent.Product, lost money.Amount) error {
	product := products[o.ProductID]
	if product.CostMethod != "standard" {
		o.YieldVariance = lost
		return nil
	}
	rates, err := rates(ctx, tx, o)
	if err != nil {
		return err
	}
	o.PriceVariance, o.UsageVariance = money.Zero(), money.Zero()
	for _, m := range o.Materials {
		standard := products[m.ProductID].StandardCost
		due := o.target(m, o.processed(), products[m.ProductID].Rounding)
		o.PriceVariance = o.PriceVariance.Add(m.IssuedCost).Sub(m.IssuedQuantity.Mul(standard))
		o.UsageVariance = o.UsageVariance.Add(m.IssuedQuantity.Sub(due).Mul(standard))
	}
	planned := money.Zero()
	for _, p := range o.Operations {
		share := money.Min(money.Int(1), money.Div(o.processed(), o.Quantity))
		planned = planned.Add(money.Div(p.PlannedMinutes.Mul(share).Mul(rates[p.WorkCenterID]), money.Int(60)))
	}
	currency := tx.Tenant.Currency
	o.PriceVariance, o.UsageVariance = money.RoundTo(o.PriceVariance, currency), money.RoundTo(o.UsageVariance, currency)
	o.LabourVariance = money.RoundTo(o.LabourCost.Sub(planned), currency)
	total := o.OutputValue.Add(lost).Sub(money.RoundTo(o.DoneQuantity.Mul(product.StandardCost), currency))
	o.YieldVariance = total.Sub(o.PriceVariance).Sub(o.UsageVariance).Sub(o.LabourVariance)
	return nil
}

// rates returns what an hour costs at the work centres of an order.
func rates(ctx context.Context, tx *tenancy.Tx, o *Order) (map[id.ID]money.Amount, error) {
	out := map[id.ID]money.Amount{}
	if len(o.Operations) == 0 {
		return out, nil
	}
	keys := make([]id.ID, len(o.Operations))
	for i, p := range o.Operations {
		keys[i] = p.WorkCenterID
	}
	rows, err := record.GetMany[WorkCenter](ctx, tx, keys)
	for _, w := range rows {
		out[w.ID] = w.CostRate
	}
	return out, err
}

// tellVariances tells of what explain found, if anything.
func (f *floor) tellVariances(ctx context.Context, tx *tenancy.Tx, o *Order) error {
	e := productionevent.VariancesFound{
		OrderID: o.ID, No: o.No, ProductID: o.ProductID, Price: o.PriceVariance, Usage: o.UsageVariance, Labour: o.LabourVariance, Yield: o.YieldVariance,
	}
	if e.Price.IsZero() && e.Usage.IsZero() && e.Labour.IsZero() && e.Yield.IsZero() {
		return nil
	}
	return record.Emit(ctx, tx, e)
}
