package production

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// CompleteInput is what came out: good and scrapped. Without a quantity it is all that is open.
type CompleteInput struct {
	Quantity *money.Quantity `in:"quantity" label:"完工数量|Quantity"`
	Scrap    money.Quantity  `in:"scrap" label:"报废数量|Scrap"`
	LotID    id.ID           `in:"lot_id" label:"批次|Lot"`
	Close    bool            `in:"close" label:"结案|Close the order"`
	Reason   string          `in:"reason" label:"原因|Reason"`
	Over     bool            `in:"over" label:"超出容差时申请批准|Ask for approval beyond the tolerance"`
}

// output reads what came out. More than the tolerance allows is refused (unless somebody has agreed), and so is closing the order with less.
func (o *Order) output(in CompleteInput, agreed bool) (good, scrap money.Quantity, err error) {
	open := o.open()
	scrap = in.Scrap
	if !in.Close {
		good = money.Max(money.Zero(), open.Sub(scrap))
	}
	if in.Quantity != nil {
		good = *in.Quantity
	}
	var bad fault.Fields
	if good.Sign() < 0 || good.IsZero() && scrap.IsZero() && !in.Close {
		bad.Add("quantity", "value.positive", "应大于零", "must be more than zero")
	}
	if scrap.Sign() < 0 {
		bad.Add("scrap", "value.negative", "不能为负", "must not be negative")
	}
	if err := bad.Err(); err != nil {
		return good, scrap, err
	}
	if most := open.Add(part(o.Quantity, o.OverPercent)); good.GreaterThan(most) && !agreed {
		return good, scrap, fault.New(fault.Rule, "production.too_much", "完工数量 %[1]s 超过未完工数量 %[2]s（容差 %[3]s%%）；可用 over: true 申请批准",
			"%[1]s are more than the %[2]s that are still to be made (tolerance %[3]s%%); over: true asks for an approval", good, open, o.OverPercent).
			At("quantity", "production.too_much", "最多 %s", "at most %s", most)
	}
	least := o.Quantity.Sub(part(o.Quantity, o.UnderPercent))
	if all := o.DoneQuantity.Add(good); in.Close && all.LessThan(least) {
		return good, scrap, fault.New(fault.Rule, "production.too_little", "结案数量 %[1]s 少于 %[2]s（工单 %[3]s，容差 %[4]s%%）",
			"%[1]s are too few to close the order: at least %[2]s of %[3]s (tolerance %[4]s%%)", all, least, o.Quantity, o.UnderPercent).
			At("close", "production.too_little", "至少 %s", "at least %s", least)
	}
	return good, scrap, nil
}

// part is a percentage of a quantity.
func part(q money.Quantity, percent money.Percent) money.Quantity {
	return money.Div(q.Mul(percent), money.Hundred()).Round(6)
}

// complete hands finished goods over. What was not issued is taken now in proportion, and the goods get their share of the cost so far. More than the
// tolerance allows is refused, or put to whom policy names when the caller asks for that.
func (f *floor) complete(ctx context.Context, tx *tenancy.Tx, o *Order, in CompleteInput) error {
	good, scrap, err := o.output(in, false)
	if x := fault.As(err); x != nil && x.Reason == "production.too_much" && in.Over {
		o.OverQuantity = in.Quantity.Sub(o.open())
		if err := record.Update(ctx, tx, o); err != nil {
			return err
		}
		_, err := record.Act(ctx, tx, o, "overrun", &in)
		return err
	}
	if err != nil {
		return err
	}
	return f.handOver(ctx, tx, o, in, good, scrap)
}

// overrun completes more than the tolerance allows.
func (f *floor) overrun(ctx context.Context, tx *tenancy.Tx, o *Order, in CompleteInput) error {
	good, scrap, err := o.output(in, true)
	if err != nil {
		return err
	}
	return f.handOver(ctx, tx, o, in, good, scrap)
}

// handOver books output that is allowed.
func (f *floor) handOver(ctx context.Context, tx *tenancy.Tx, o *Order, in CompleteInput, good, scrap money.Quantity) error {
	o.OverQuantity = money.Zero() // an earlier request that was turned down is forgotten
	if err := o.checkService(); err != nil {
		return err
	}
	if err := o.checkSteps(o.processed().Add(good).Add(scrap)); err != nil {
		return err
	}
	products, err := f.Products.Products(ctx, tx, o.products())
	if err != nil {
		return err
	}
	o.ClosingReason = in.Reason
	processed := o.processed().Add(good).Add(scrap)
	d, err := f.due(ctx, tx, o, processed, o.DoneQuantity.Add(good), products)
	if err != nil {
		return err
	}
	issues, err := f.spared(ctx, tx, o, o.backflush(d, products), products)
	if err != nil {
		return err
	}
	if len(issues) > 0 {
		if err := f.consume(ctx, tx, o, issues); err != nil {
			return err
		}
	}
	o.closing = in.Close // reading the order again forgets it
	told := o.settle(good, scrap, d, products, tx.Tenant.Currency)
	told.Output.LotID = in.LotID
	return f.finish(ctx, tx, o, told, products)
}

// finish saves an order after output and tells of it; at its end, also why it cost other than its standard.
func (f *floor) finish(ctx context.Context, tx *tenancy.Tx, o *Order, told productionevent.OrderCompleted, products map[id.ID]coreevent.Product) error {
	if told.Done {
		if err := f.explain(ctx, tx, o, products, told.Lost); err != nil {
			return err
		}
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.ByProducts...); err != nil {
		return err
	}
	if err := record.Emit(ctx, tx, told); err != nil || !told.Done {
		return err
	}
	return f.tellVariances(ctx, tx, o, told.Lost)
}

// products lists all products of the order.
func (o *Order) products() []id.ID {
	out := []id.ID{o.ProductID}
	for _, m := range o.Materials {
		out = append(out, m.ProductID)
	}
	for _, b := range o.ByProducts {
		out = append(out, b.ProductID)
	}
	return out
}

// whole tells that so much is all that was ordered.
func (o *Order) whole(processed money.Quantity) bool { return processed.GreaterThanOrEqual(o.Quantity) }

// last tells that nothing more will come once so much went through.
func (o *Order) last(processed money.Quantity) bool { return o.closing || o.whole(processed) }

// settle books output on the order and says what it is worth; d is what all output so far takes and yields.
func (o *Order) settle(good, scrap money.Quantity, d due, products map[id.ID]coreevent.Product, currency string) productionevent.OrderCompleted {
	before := o.processed()
	processed := before.Add(good).Add(scrap)
	last := o.last(processed)
	material, labour := o.share(good, before, processed, products, currency)
	lost := money.Zero()
	if last && good.Sign() <= 0 { // what was spent on it has no goods to go to
		material, labour = o.MaterialCost.Sub(o.MaterialOut), o.LabourCost.Sub(o.LabourOut)
		lost = material.Add(labour)
	}
	o.DoneQuantity, o.ScrapQuantity = o.DoneQuantity.Add(good), o.ScrapQuantity.Add(scrap)
	o.MaterialOut, o.LabourOut = o.MaterialOut.Add(material), o.LabourOut.Add(labour)
	told := productionevent.OrderCompleted{
		OrderID: o.ID, No: o.No, SalesOrderID: o.SalesOrderID, Scrap: scrap, Labour: labour, Lost: lost, Done: last,
		Output: productionevent.Output{ProductID: o.ProductID, Quantity: good, Value: material.Add(labour).Sub(lost)},
	}
	total := o.MaterialOut.Add(o.LabourOut).Sub(lost) // of all parts so far: what rounds down to nothing now may come with a later one
	for _, b := range o.ByProducts {
		out := productionevent.Output{ProductID: b.ProductID, Quantity: money.Max(money.Zero(), d.residues[b.ID].Sub(b.DoneQuantity))}
		if out.Quantity.Sign() <= 0 {
			continue
		}
		share := money.RoundTo(money.Div(total.Mul(b.CostPercent), money.Hundred()), currency).Sub(b.DoneValue)
		out.Value = money.Min(money.Max(share, money.Zero()), told.Output.Value)
		b.DoneValue = b.DoneValue.Add(out.Value)
		told.Output.Value = told.Output.Value.Sub(out.Value)
		b.DoneQuantity = b.DoneQuantity.Add(out.Quantity)
		told.ByProducts = append(told.ByProducts, out)
	}
	o.OutputValue = o.OutputValue.Add(told.Output.Value)
	if o.DoneQuantity.Sign() > 0 {
		o.UnitCost = money.Div(o.OutputValue, o.DoneQuantity).Round(6)
	}
	if told.Open = o.open(); last {
		told.Open = money.Zero()
	}
	o.Status = InProgress
	if last {
		o.Status = Done
	}
	return told
}

// share is the part of the cost so far that goes with this output: each material's cost in proportion to what of it belongs to the output. The last
// output takes all that remains, so that nothing stays behind. Output without a good piece takes none: the good ones bear the scrap.
func (o *Order) share(good, before, processed money.Quantity, products map[id.ID]coreevent.Product, currency string) (material, labour money.Amount) {
	if good.Sign() <= 0 {
		return money.Zero(), money.Zero()
	}
	if o.last(processed) {
		return o.MaterialCost.Sub(o.MaterialOut), o.LabourCost.Sub(o.LabourOut)
	}
	sum := money.Zero()
	for _, m := range o.Materials {
		target := o.portion(m.Quantity, processed, products[m.ProductID].Rounding, true)
		if m.IssuedQuantity.Sign() > 0 {
			sum = sum.Add(money.Div(m.IssuedCost.Mul(money.Min(target, m.IssuedQuantity)), m.IssuedQuantity))
		}
	}
	material = money.Max(money.Zero(), money.RoundTo(sum, currency).Sub(o.MaterialOut))
	portion := money.Div(processed.Sub(before), o.Quantity.Sub(before))
	return material, money.RoundTo(o.LabourCost.Sub(o.LabourOut).Mul(portion), currency)
}
