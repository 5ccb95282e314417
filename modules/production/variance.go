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

// explain splits by how much a finished order differs from the standard cost of its product: prices and amounts of materials, rates and amounts of work,
// and the rest, which is lot size and scrap. Of an order that makes rejects good, all of it is rework. Other products come in at what they cost, so that
// nothing is left to explain but what was lost.
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
	services, err := f.Products.Products(ctx, tx, o.services())
	if err != nil {
		return err
	}
	round := func(v money.Amount) money.Amount { return money.RoundTo(v, tx.Tenant.Currency) }
	total := o.OutputValue.Add(lost).Sub(round(o.DoneQuantity.Mul(product.StandardCost)))
	if !o.ReworkOfID.IsZero() {
		o.ReworkVariance = total
		return nil
	}
	d, err := f.due(ctx, tx, o, o.processed(), o.DoneQuantity, products)
	if err != nil {
		return err
	}
	price, usage := money.Zero(), money.Zero()
	for _, m := range o.Materials {
		standard := products[m.ProductID].StandardCost
		price = price.Add(m.IssuedCost).Sub(m.IssuedQuantity.Mul(standard))
		usage = usage.Add(m.IssuedQuantity.Sub(d.materials[m.ID]).Mul(standard))
	}
	rate, effort := o.work(rates, services)
	o.PriceVariance, o.UsageVariance, o.RateVariance, o.EffortVariance = round(price), round(usage), round(rate), round(effort)
	o.LabourVariance = o.RateVariance.Add(o.EffortVariance)
	o.YieldVariance = total.Sub(o.PriceVariance).Sub(o.UsageVariance).Sub(o.LabourVariance)
	return nil
}

// work splits what work cost beyond or short of its plan: paid at another rate than the standard one, or more or less of it than the output takes. What
// vendors do is measured in pieces at the standard cost of the service.
func (o *Order) work(rates map[id.ID]money.Amount, services map[id.ID]coreevent.Product) (rate, effort money.Amount) {
	share := money.Div(o.processed(), o.Quantity)
	rate, effort = money.Zero(), money.Zero()
	for _, p := range o.Operations {
		done, due, standard := p.ActualMinutes, p.PlannedMinutes.Mul(share), money.Div(rates[p.WorkCenterID], money.Int(60))
		if p.outside() {
			done, due, standard = p.Received, p.ServiceQuantity.Mul(share), services[p.ServiceID].StandardCost
		}
		rate = rate.Add(p.Cost).Sub(done.Mul(standard))
		effort = effort.Add(done.Sub(due).Mul(standard))
	}
	if !o.ServiceID.IsZero() {
		rate = rate.Add(o.ServiceCost).Sub(o.processed().Mul(services[o.ServiceID].StandardCost))
	}
	return rate, effort
}

// services are what vendors do for the order.
func (o *Order) services() []id.ID {
	var out []id.ID
	if !o.ServiceID.IsZero() {
		out = append(out, o.ServiceID)
	}
	for _, p := range o.Operations {
		if p.outside() {
			out = append(out, p.ServiceID)
		}
	}
	return out
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
func (f *floor) tellVariances(ctx context.Context, tx *tenancy.Tx, o *Order, lost money.Amount) error {
	e := productionevent.VariancesFound{
		OrderID: o.ID, No: o.No, ProductID: o.ProductID, Price: o.PriceVariance, Usage: o.UsageVariance, LabourRate: o.RateVariance,
		LabourEfficiency: o.EffortVariance, Yield: o.YieldVariance, Rework: o.ReworkVariance, Lost: lost,
	}
	if e.Price.IsZero() && e.Usage.IsZero() && e.LabourRate.IsZero() && e.LabourEfficiency.IsZero() && e.Yield.IsZero() && e.Rework.IsZero() {
		return nil
	}
	return record.Emit(ctx, tx, e)
}
