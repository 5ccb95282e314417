package crm

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareOpportunities completes deals before they are saved: owner, stage and its probability, prices, and the expected amount of the lines.
func (d desk) prepareOpportunities(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Opportunity]) error {
	list, err := stages(ctx, tx)
	if err != nil {
		return err
	}
	var open []*Opportunity
	for _, c := range changes {
		o := c.New
		switch {
		case c.Old == nil:
			o.begin(tx, list)
		case c.Old.Stage != o.Stage && c.Old.Probability.Equal(o.Probability):
			o.Probability = probability(list, o.Stage)
		}
		if o.Status == Open {
			open = append(open, o)
		}
	}
	return d.price(ctx, tx, open)
}

// begin fills what a new deal has by itself.
func (o *Opportunity) begin(tx *tenancy.Tx, list []*Stage) {
	o.Status, o.DeliveryStatus, o.PaymentStatus = Open, "none", "none"
	if o.OwnerID.IsZero() {
		o.OwnerID = tx.Actor.ID
	}
	if o.Currency == "" {
		o.Currency = tx.Tenant.Currency
	}
	if o.Stage == "" && len(list) > 0 {
		o.Stage = list[0].Name
	}
	if o.Probability.IsZero() {
		o.Probability = probability(list, o.Stage)
	}
}

// probability is what a stage says.
func probability(list []*Stage, name string) money.Percent {
	for _, s := range list {
		if s.Name == name {
			return s.Probability
		}
	}
	return money.Zero()
}

// price completes the lines of deals and adds them up.
func (d desk) price(ctx context.Context, tx *tenancy.Tx, deals []*Opportunity) error {
	var keys []id.ID
	for _, o := range deals {
		for _, l := range o.Lines {
			keys = append(keys, l.ProductID)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	products, err := d.ask.Products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, o := range deals {
		for i, l := range o.Lines {
			p, known := products[l.ProductID]
			if !known || !p.Active {
				bad.Add(fmt.Sprintf("lines[%d].product_id", i), "product.not_sold", "产品不存在或已停用", "There is no such product, or it is no longer sold")
				continue
			}
			if l.Unit == "" {
				l.Unit = p.Unit
			}
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := d.offer(ctx, tx, deals, products); err != nil {
		return err
	}
	for _, o := range deals {
		o.expect()
	}
	return nil
}

// offer fills missing prices: those that an order would have (price lists of the customer, from a quantity on, on a day, in a currency), else the list
// prices of the products.
func (d desk) offer(ctx context.Context, tx *tenancy.Tx, deals []*Opportunity, products map[id.ID]coreevent.Product) error {
	if err := d.likeOrders(ctx, tx, deals); err != nil {
		return err
	}
	var ask []coreevent.Conversion
	var bare []*OpportunityLine
	for _, o := range deals {
		for _, l := range o.Lines {
			if l.UnitPrice.IsZero() && o.Currency == tx.Tenant.Currency {
				ask = append(ask, coreevent.Conversion{ProductID: l.ProductID, Quantity: money.Int(1_000_000), From: l.Unit})
				bare = append(bare, l)
			}
		}
	}
	if len(ask) == 0 {
		return nil
	}
	units, err := d.ask.Products.Convert(ctx, tx, ask)
	if err != nil {
		return err
	}
	for i, l := range bare {
		l.UnitPrice = products[l.ProductID].ListPrice.Mul(units[i]).Shift(-6).Round(6)
	}
	return nil
}

// likeOrders asks for the prices that orders would have.
func (d desk) likeOrders(ctx context.Context, tx *tenancy.Tx, deals []*Opportunity) error {
	if d.ask.Prices == nil {
		return nil
	}
	var wanted []*crmevent.Wanted
	var whose [][]*OpportunityLine
	for _, o := range deals {
		w := &crmevent.Wanted{CustomerID: o.CustomerID, Currency: o.Currency}
		var bare []*OpportunityLine
		for _, l := range o.Lines {
			if l.UnitPrice.IsZero() {
				w.Lines, bare = append(w.Lines, l.offer()), append(bare, l)
			}
		}
		if len(bare) > 0 {
			wanted, whose = append(wanted, w), append(whose, bare)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if err := d.ask.Prices.Price(ctx, tx, wanted); err != nil {
		return err
	}
	for i, w := range wanted {
		for n, l := range w.Lines {
			whose[i][n].UnitPrice, whose[i][n].DiscountPercent = l.UnitPrice, l.DiscountPercent
		}
	}
	return nil
}

// expect works out the expected amount from the lines, when there are any.
func (o *Opportunity) expect() {
	if len(o.Lines) == 0 {
		return
	}
	sum := money.Zero()
	for _, l := range o.Lines {
		net := money.Hundred().Sub(l.DiscountPercent)
		l.Amount = money.RoundTo(money.Div(l.Quantity.Mul(l.UnitPrice).Mul(net), money.Hundred()), o.Currency)
		sum = sum.Add(l.Amount)
	}
	o.ExpectedAmount = sum
}

// Win is the input of winning.
type Win struct {
	Confirm *bool `in:"confirm" label:"同时确认订单|Confirm the order at once"`
}

// win closes the deal: the customer agreed. An order with the offered lines and prices follows, confirmed at once unless a draft is wanted. A deal
// without customer or lines is refused; winning twice is a conflict.
func (d desk) win(ctx context.Context, tx *tenancy.Tx, o *Opportunity, in Win) error {
	if err := o.winnable(); err != nil {
		return err
	}
	t := trayOf(tx)
	t.put(o)
	o.Status, o.Probability, o.CloseDate = Won, money.Hundred(), tx.Today()
	event := crmevent.OpportunityWon{
		ID: o.ID, Name: o.Name, CustomerID: o.CustomerID, OwnerID: o.OwnerID, Currency: o.Currency, DeliveryAddress: o.DeliveryAddress,
		Terms: o.Terms, PaymentTermID: o.PaymentTermID, RequestedDate: o.RequestedDate, Confirm: in.Confirm == nil || *in.Confirm,
	}
	for _, l := range o.Lines {
		event.Lines = append(event.Lines, l.offer())
	}
	t.touch(o)
	if err := record.Emit(ctx, tx, event); err != nil {
		return err
	}
	return t.settle(ctx, tx)
}

// winnable tells what is missing, all at once.
func (o *Opportunity) winnable() error {
	f := fault.New(fault.Rule, "opportunity.incomplete", "赢单前请补全商机", "The opportunity has to be completed before it can be won")
	if o.CustomerID.IsZero() {
		f.At("customer_id", "required", "请填写客户", "The customer is missing")
	}
	if len(o.Lines) == 0 {
		f.At("lines", "required", "至少需要一行产品", "At least one line is needed")
	}
	for i, l := range o.Lines {
		if l.Quantity.Sign() <= 0 {
			f.At(fmt.Sprintf("lines[%d].quantity", i), "value.positive", "数量应大于零", "The quantity must be more than zero")
		}
	}
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// lose closes the deal: the customer declined.
func lose(ctx context.Context, tx *tenancy.Tx, o *Opportunity, in Because) error {
	o.Status, o.LostReason, o.Probability, o.CloseDate = Lost, in.Reason, money.Zero(), tx.Today()
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return record.Emit(ctx, tx, crmevent.OpportunityLost{ID: o.ID, Reason: in.Reason})
}

// reopen takes a lost deal up again, or a won one whose order was cancelled, with the probability of its stage.
func reopen(ctx context.Context, tx *tenancy.Tx, o *Opportunity, _ modules.None) error {
	if o.Status == Won && !o.OrderCancelled {
		return fault.New(fault.Conflict, "opportunity.ordered", "已赢单的商机须先取消其订单才能重新打开", "A won deal can be reopened only after its order is cancelled").
			At("order_id", "opportunity.ordered", "订单未取消", "the order is not cancelled")
	}
	if o.Status == Won {
		o.forget()
	}
	list, err := stages(ctx, tx)
	if err != nil {
		return err
	}
	o.Status, o.LostReason, o.Probability = Open, "", probability(list, o.Stage)
	return record.Update(ctx, tx, o)
}

// forget takes away what a deal showed of an order that is cancelled.
func (o *Opportunity) forget() {
	o.OrderID, o.ProjectID, o.OrderCancelled = id.ID{}, id.ID{}, false
	o.DeliveryStatus, o.DeliveryProgress, o.PromisedDate, o.PromisedBy = "none", money.Zero(), clock.Date{}, ""
	o.PaymentStatus, o.CollectedAmount = "none", money.Zero()
	o.ProjectProgress, o.ProjectCost = money.Zero(), money.Zero()
}
