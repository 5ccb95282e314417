package purchasing

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// approve agrees to a request; it orders nothing yet.
func (b *desk) approve(ctx context.Context, tx *tenancy.Tx, r *Requisition, _ modules.None) error {
	r.Status = Approved
	return record.Update(ctx, tx, r)
}

// cancelRequisition gives a request up; who waited for it has no supply any more.
func (b *desk) cancelRequisition(ctx context.Context, tx *tenancy.Tx, r *Requisition, _ modules.None) error {
	r.Status = Cancelled
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	told := r.told()
	told.Quantity = money.Zero()
	return record.Emit(ctx, tx, purchasingevent.RequisitionsDropped{Items: []purchasingevent.Requisition{told}})
}

// order puts an approved request on the vendor's draft purchase order, which is made when there is none.
func (b *desk) order(ctx context.Context, tx *tenancy.Tx, r *Requisition, in OrderInput) error {
	if err := b.settle(ctx, tx, r, in); err != nil {
		return err
	}
	if r.VendorID.IsZero() {
		return fault.New(fault.Rule, "requisition.no_vendor", "采购申请 %s 没有供应商，请在下单时选择", "Requisition %s has no vendor; name one with the order", r.No).
			At("vendor_id", "required", "请选择供应商", "choose a vendor")
	}
	vendors, err := record.Lock[Vendor](ctx, tx, r.VendorID) // two requests for one vendor must meet on one order
	if err != nil {
		return err
	}
	if len(vendors) == 0 || !vendors[0].Active {
		return inactive(&Vendor{Name: vendorName(vendors)})
	}
	doc, err := draftFor(ctx, tx, vendors[0], r.Currency)
	if err != nil {
		return err
	}
	line, err := b.lineFor(ctx, tx, doc, vendors[0], r)
	if err != nil {
		return err
	}
	if err := b.saveLine(ctx, tx, doc, line); err != nil {
		return err
	}
	r.Status, r.PurchaseOrderID, r.PurchaseLineID = Ordered, doc.ID, line.ID
	return record.Update(ctx, tx, r)
}

func vendorName(vendors []*Vendor) string {
	if len(vendors) == 0 {
		return ""
	}
	return vendors[0].Name
}

// draftFor returns the vendor's draft in a currency, or a new one that is not saved yet.
func draftFor(ctx context.Context, tx *tenancy.Tx, v *Vendor, currency string) (*Order, error) {
	drafts, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("vendor_id = ? AND currency = ? AND status = ?", v.ID, currency, Draft).OrderExpr("id DESC").Limit(1)
	})
	if err != nil {
		return nil, err
	}
	if len(drafts) == 0 {
		return &Order{VendorID: v.ID, Currency: currency, Status: Draft, PaymentTermID: v.PaymentTermID}, nil
	}
	docs, err := record.Lock[Order](ctx, tx, drafts[0].ID)
	if err != nil {
		return nil, err
	}
	return docs[0], nil
}

// terms is how a requisition is bought: unit and price, and the vendor's price that they come from.
type terms struct {
	price  id.ID
	unit   string
	amount money.Price
	lead   int
}

// termsOf reads the vendor's price that the requisition was made from; a price given by hand is for the product's own unit, in any quantity.
func termsOf(ctx context.Context, tx *tenancy.Tx, r *Requisition, product coreevent.Product) (terms, error) {
	t := terms{unit: product.Unit, amount: r.Price, lead: max(0, product.LeadTimeDays)}
	if r.VendorPriceID.IsZero() {
		return t, nil
	}
	prices, err := record.GetMany[VendorPrice](ctx, tx, []id.ID{r.VendorPriceID})
	if err != nil || len(prices) == 0 {
		return t, err
	}
	p := prices[0]
	return terms{price: p.ID, unit: p.Unit, amount: p.Price, lead: p.LeadTimeDays}, nil
}

// lineFor puts a requisition's quantity on the line for the same product at the same terms, which is made when there is none. The vendor's price
// break, minimum and multiple are those of what all its requisitions need together; a quantity that a buyer raised by hand stays.
func (b *desk) lineFor(ctx context.Context, tx *tenancy.Tx, doc *Order, v *Vendor, r *Requisition) (*OrderLine, error) {
	products, err := b.Products.Products(ctx, tx, []id.ID{r.ProductID})
	if err != nil {
		return nil, err
	}
	product := products[r.ProductID]
	t, err := termsOf(ctx, tx, r, product)
	if err != nil {
		return nil, err
	}
	line := doc.same(r.ProductID, t)
	if line == nil {
		line = &OrderLine{
			ProductID: r.ProductID, VendorPriceID: t.price, Description: product.Name, Unit: t.unit, UnitPrice: t.amount, TaxID: v.TaxID, LeadTimeDays: t.lead,
		}
		line.Position = len(doc.Lines)
		doc.Lines = append(doc.Lines, line)
	}
	s, err := b.lots(ctx, tx, &Order{Lines: []*OrderLine{line}})
	if err != nil {
		return nil, err
	}
	line.NeededQuantity = line.NeededQuantity.Add(r.Quantity)
	s.fit(doc, line, money.Max(line.Quantity, s.size(doc, line)))
	return line, nil
}

// same returns the line for a product at the vendor's prices, or at the same price given by hand; nil when there is none.
func (o *Order) same(product id.ID, t terms) *OrderLine {
	for _, l := range o.Lines {
		if l.ProductID != product || l.Unit != t.unit || l.VendorPriceID.IsZero() != t.price.IsZero() {
			continue
		}
		if !t.price.IsZero() || l.UnitPrice.Equal(t.amount) {
			return l
		}
	}
	return nil
}

// saveLine saves an order after one of its lines was made or changed.
func (b *desk) saveLine(ctx context.Context, tx *tenancy.Tx, doc *Order, line *OrderLine) error {
	if err := b.total(ctx, tx, doc); err != nil {
		return err
	}
	if doc.ID.IsZero() {
		return record.Create(ctx, tx, doc)
	}
	if err := record.Update(ctx, tx, doc); err != nil {
		return err
	}
	if line.ID.IsZero() {
		line.OrderID = doc.ID
		return record.Create(ctx, tx, line)
	}
	return record.Update(ctx, tx, line)
}
