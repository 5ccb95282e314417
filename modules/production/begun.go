package production

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// spare notes that a part of an order which is on the shop floor is no longer needed.
func (o *Order) spare(q money.Quantity) *Order {
	q = money.Min(q, o.DemandQuantity)
	o.DemandQuantity, o.Unneeded = o.DemandQuantity.Sub(q), o.Unneeded.Add(q)
	return o
}

// leave leaves begun orders to the planner: go on and put the surplus in stock, or stop and scrap what was put into that part.
func (f *floor) leave(ctx context.Context, tx *tenancy.Tx, orders []*Order, less map[id.ID]money.Quantity) error {
	if len(orders) == 0 {
		return nil
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	keys := make([]id.ID, len(orders))
	for i, o := range orders {
		keys[i] = o.ProductID
	}
	products, err := f.Products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, o := range orders {
		surplus := money.RoundTo(less[o.ID].Mul(products[o.ProductID].StandardCost), tx.Tenant.Currency)
		record.Decide(tx, o,
			record.Choice{Name: "keep", Label: i18n.T("继续生产，多余的入库", "Go on, the surplus goes to stock"), Cost: surplus, Act: "keep"},
			record.Choice{Name: "stop", Label: i18n.T("停止，报废已投入部分", "Stop and scrap what was put in"), Cost: o.sunk(less[o.ID], tx.Tenant.Currency), Act: "stop"})
	}
	return nil
}

// sunk is the cost put into a quantity that is not done yet: its share of what was spent and not handed over.
func (o *Order) sunk(q money.Quantity, currency string) money.Amount {
	open := o.open()
	if open.IsZero() {
		return money.Zero()
	}
	spent := o.MaterialCost.Add(o.LabourCost).Sub(o.MaterialOut).Sub(o.LabourOut)
	return money.RoundTo(money.Div(spent.Mul(money.Min(q, open)), open), currency)
}

// stop is the planner's decision not to make what is no longer needed. An order of which nothing else is wanted is given up; what was issued to it and the
// hours are scrapped. Another one shrinks by that part; what was issued for it stays in its cost, and shows as a variance of usage when it ends.
func (f *floor) stop(ctx context.Context, tx *tenancy.Tx, o *Order, _ modules.None) error {
	if o.Unneeded.Sign() <= 0 {
		return fault.New(fault.Rule, "production.needed", "工单 %[1]s 的数量仍然需要", "All of %[1]s is still needed", o.No).
			At("unneeded_quantity", "production.needed", "没有多余的数量", "nothing is unneeded")
	}
	if o.Unneeded.GreaterThanOrEqual(o.open()) {
		o.Unneeded = money.Zero()
		if err := record.Update(ctx, tx, o); err != nil {
			return err
		}
		return f.cancel(ctx, tx, o, CancelInput{Materials: written})
	}
	wanted := o.DemandQuantity
	o.DemandQuantity, o.Unneeded = o.Quantity.Sub(o.Unneeded), money.Zero()
	if err := f.reduce(ctx, tx, []*Order{o}); err != nil {
		return err
	}
	o.DemandQuantity = wanted
	return record.Update(ctx, tx, o)
}

// keep is the planner's decision to make what is no longer needed all the same: it goes to stock.
func (f *floor) keep(ctx context.Context, tx *tenancy.Tx, o *Order, _ modules.None) error {
	o.Unneeded = money.Zero()
	return record.Update(ctx, tx, o)
}
