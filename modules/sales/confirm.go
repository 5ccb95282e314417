package sales

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareOrders completes and prices drafts before they are saved. A confirmed order's few free fields pass as they are.
func (o office) prepareOrders(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Order]) error {
	var sheets []*sheet
	var drafts []*Order
	for _, c := range changes {
		x := c.New
		if c.Old != nil {
			deskOf(tx).forget(x.ID)
		}
		if c.Old != nil && x.Status != Draft {
			if c.Old.PaymentStatus != x.PaymentStatus {
				x.advance()
			}
			continue
		}
		x.begin(tx)
		drafts = append(drafts, x)
		sheets = append(sheets, x.sheet())
	}
	if err := o.adopt(ctx, tx, drafts); err != nil {
		return err
	}
	if err := o.price(ctx, tx, sheets); err != nil {
		return err
	}
	for i, x := range drafts {
		x.take(sheets[i].sums)
	}
	return nil
}

// begin fills what a new order has by itself.
func (o *Order) begin(tx *tenancy.Tx) {
	if o.Currency == "" {
		o.Currency = tx.Tenant.Currency
	}
	if o.OrderDate.IsZero() {
		o.OrderDate = tx.Today()
	}
	if o.OwnerID.IsZero() {
		o.OwnerID = tx.Actor.ID
	}
	o.Status, o.DeliveryStatus, o.InvoiceStatus = Draft, "none", "none"
	if o.PaymentStatus == "" {
		o.PaymentStatus = "none"
	}
}

func (o *Order) sheet() *sheet {
	return &sheet{customer: o.CustomerID, currency: o.Currency, included: o.PriceIncludesTax, priceList: o.PriceListID, lines: o.priced()}
}

// adopt takes over the customer's address and payment term where the order has none.
func (o office) adopt(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	var keys []id.ID
	for _, x := range orders {
		if x.DeliveryAddress == "" || x.PaymentTermID.IsZero() {
			keys = append(keys, x.CustomerID)
		}
	}
	if keys = unique(keys); len(keys) == 0 {
		return nil
	}
	customers, err := o.customers(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, x := range orders {
		c := customers[x.CustomerID]
		if x.DeliveryAddress == "" {
			x.DeliveryAddress = c.Address
		}
		if x.PaymentTermID.IsZero() {
			x.PaymentTermID = c.PaymentTermID
		}
	}
	return nil
}

// confirm makes an order binding. It refuses an order without lines, with a quantity of zero, or with a product that is no longer sold. An order
// that exceeds the customer's credit limit has to be released, which policy lets somebody else agree to.
func (o office) confirm(ctx context.Context, tx *tenancy.Tx, x *Order, _ modules.None) error {
	products, err := o.ask.Products.Products(ctx, tx, x.products())
	if err != nil {
		return err
	}
	if err := x.ready(products); err != nil {
		return err
	}
	c, err := o.credit(ctx, tx, x, x.CompanyAmount)
	if err != nil {
		return err
	}
	x.note(c)
	if x.CreditExcess.IsZero() {
		return o.bind(ctx, tx, x, products)
	}
	_, err = record.Act(ctx, tx, x, "release", &modules.None{})
	return err
}

// release confirms an order that exceeds the customer's credit limit.
func (o office) release(ctx context.Context, tx *tenancy.Tx, x *Order, _ modules.None) error {
	products, err := o.ask.Products.Products(ctx, tx, x.products())
	if err != nil {
		return err
	}
	if err := x.ready(products); err != nil {
		return err
	}
	return o.bind(ctx, tx, x, products)
}

// bind does what confirming means. Everything that follows from it happens in the reactions to OrderConfirmed; what nobody takes care of counts as
// delivered at once.
func (o office) bind(ctx context.Context, tx *tenancy.Tx, x *Order, products map[id.ID]coreevent.Product) error {
	d := deskOf(tx)
	d.put(x)
	d.loaded[x.ID] = true // a draft waits for no supply
	x.expect(products, tx.Tenant.Currency)
	x.Status = Confirmed
	lines := make([]salesevent.Line, len(x.Lines))
	for i, l := range x.Lines {
		lines[i] = l.tell(x, products[l.ProductID])
	}
	o.touch(tx, x)
	if err := record.Emit(ctx, tx, salesevent.OrderConfirmed{Order: x.head(), Lines: lines}); err != nil {
		return err
	}
	if err := o.deliverUntaken(ctx, tx, x, products); err != nil {
		return err
	}
	if err := notify(ctx, tx, x, confirmedText(x)); err != nil {
		return err
	}
	return o.settle(ctx, tx)
}

func (o *Order) products() []id.ID {
	keys := make([]id.ID, len(o.Lines))
	for i, l := range o.Lines {
		keys[i] = l.ProductID
	}
	return unique(keys)
}

// ready tells what keeps the order from being confirmed, all at once.
func (o *Order) ready(products map[id.ID]coreevent.Product) error {
	f := fault.New(fault.Rule, "order.not_ready", "订单尚不能确认", "The order cannot be confirmed yet")
	if o.CustomerID.IsZero() {
		f.At("customer_id", "required", "请填写客户", "The customer is missing")
	}
	if len(o.Lines) == 0 {
		f.At("lines", "required", "至少需要一行产品", "At least one line is needed")
	}
	for i, l := range o.Lines {
		if l.Quantity.Sign() <= 0 || l.BaseQuantity.Sign() <= 0 {
			f.At(fmt.Sprintf("lines[%d].quantity", i), "value.positive", "数量应大于零", "The quantity must be more than zero")
		}
		if p, known := products[l.ProductID]; !known || !p.Active {
			f.At(fmt.Sprintf("lines[%d].product_id", i), "product.not_sold", "产品不存在或已停用", "There is no such product, or it is no longer sold")
		}
	}
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// expect works out what the order will cost and earn, in company currency.
func (o *Order) expect(products map[id.ID]coreevent.Product, company string) {
	o.CostAmount, o.MarginAmount = earned(o.priced(), products, sums{untaxed: o.UntaxedAmount, rate: o.ExchangeRate}, company)
}

// earned is what lines cost at standard and what is left of their price, in company currency.
func earned(lines []*Priced, products map[id.ID]coreevent.Product, s sums, company string) (cost, margin money.Amount) {
	cost = money.Zero()
	for _, l := range lines {
		cost = cost.Add(l.BaseQuantity.Mul(products[l.ProductID].StandardCost))
	}
	cost = money.RoundTo(cost, company)
	return cost, money.RoundTo(s.untaxed.Mul(s.rate), company).Sub(cost)
}

// deliverUntaken delivers the lines that neither stock nor a project took: a business without these modules sells all the same.
func (o office) deliverUntaken(ctx context.Context, tx *tenancy.Tx, x *Order, products map[id.ID]coreevent.Product) error {
	var lines []salesevent.Line
	for _, l := range x.Lines {
		if l.Fulfilment != "" && l.Fulfilment != direct || l.open().Sign() <= 0 {
			continue
		}
		l.Fulfilment = direct
		lines = append(lines, l.deliver(x, products[l.ProductID], l.open()))
	}
	if len(lines) == 0 {
		return nil
	}
	o.touch(tx, x)
	return record.Emit(ctx, tx, salesevent.OrderDelivered{Order: x.head(), Lines: lines})
}

// notify tells the salesperson something about an order.
func notify(ctx context.Context, tx *tenancy.Tx, x *Order, text i18n.Text) error {
	if x.OwnerID.IsZero() {
		return nil
	}
	return record.Emit(ctx, tx, coreevent.Notice{To: []id.ID{x.OwnerID}, Text: text, Entity: "sales.order", Record: x.ID})
}

func confirmedText(x *Order) i18n.Text {
	return i18n.T("订单 "+x.No+" 已确认", "Order "+x.No+" is confirmed")
}

func shippedText(x *Order) i18n.Text {
	if x.DeliveryStatus == "shipped" {
		return i18n.T("订单 "+x.No+" 已全部交付", "Order "+x.No+" is delivered in full")
	}
	return i18n.T("订单 "+x.No+" 已部分交付", "Order "+x.No+" is delivered in part")
}

func paidText(x *Order) i18n.Text {
	return i18n.T("订单 "+x.No+" 已收齐货款", "Order "+x.No+" is paid in full")
}
