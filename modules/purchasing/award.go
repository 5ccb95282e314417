package purchasing

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// AwardLine chooses an offer, for all that its line asks or for a part.
type AwardLine struct {
	OfferID  id.ID           `in:"offer_id" label:"报价|Offer"`
	Quantity *money.Quantity `in:"quantity" label:"数量|Quantity"`
}

// Award is which offers win; without lines, the best of each line. The winners' prices may be kept for later purchases.
type Award struct {
	Lines      []AwardLine `in:"lines" label:"中标报价|Winning offers"`
	MakePrices bool        `in:"make_prices" label:"写入供应商价格|Keep as vendor prices"`
}

// won is a winning offer with its quantity.
type won struct {
	*bid
	quantity money.Quantity
}

// award makes a draft purchase order for each vendor who wins, and orders the requisitions behind the lines with it. Whoever wins nothing is declined.
func (b *desk) award(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest, in Award) error {
	offers, err := offersTo(ctx, tx, q)
	if err != nil {
		return err
	}
	bids, err := b.compare(ctx, tx, q, offers)
	if err != nil {
		return err
	}
	list, err := q.choose(bids, in.Lines)
	if err != nil {
		return err
	}
	asked, err := q.requisitions(ctx, tx)
	if err != nil {
		return err
	}
	prices := map[id.ID]id.ID{}
	if in.MakePrices {
		if prices, err = keepPrices(ctx, tx, list); err != nil {
			return err
		}
	}
	docs, err := b.awardOrders(ctx, tx, list, asked, prices)
	if err != nil {
		return err
	}
	if err := record.Update(ctx, tx, asked...); err != nil {
		return err
	}
	for _, o := range offers {
		if o.Status = Declined; o.AwardedQuantity.Sign() > 0 {
			o.Status, o.PurchaseOrderID = Awarded, docs[party{o.VendorID, o.Currency}].ID
		}
	}
	if err := record.Update(ctx, tx, offers...); err != nil {
		return err
	}
	q.Status = Awarded
	return record.Update(ctx, tx, q)
}

// choose finds the offers that win, and refuses those that are not comparable or award more than is asked for.
func (q *QuotationRequest) choose(bids []*bid, lines []AwardLine) ([]won, error) {
	f := fault.New(fault.Rule, "quotation_request.award", "询价单 %s 不能这样定标", "The request %s can't be awarded so", q.No)
	if len(lines) == 0 {
		for _, x := range bids {
			if x.rank == 1 {
				lines = append(lines, AwardLine{OfferID: x.ID})
			}
		}
	}
	byID := map[id.ID]*bid{}
	for _, x := range bids {
		byID[x.ID] = x
	}
	var out []won
	given := map[id.ID]money.Quantity{}
	for i, x := range lines {
		path := fmt.Sprintf("lines[%d].", i)
		o := byID[x.OfferID]
		if o == nil || o.rank == 0 {
			f.At(path+"offer_id", "offer.unknown", "没有这一有效报价", "There is no such offer in force")
			continue
		}
		quantity := o.line.Quantity.Sub(given[o.LineID])
		if x.Quantity != nil {
			quantity = *x.Quantity
		}
		given[o.LineID] = given[o.LineID].Add(quantity)
		if quantity.Sign() <= 0 || given[o.LineID].GreaterThan(o.line.Quantity) {
			f.At(path+"quantity", "offer.too_much", "询价 %[1]s，定标 %[2]s", "%[1]s is asked for, %[2]s awarded", o.line.Quantity, given[o.LineID])
			continue
		}
		o.AwardedQuantity = o.AwardedQuantity.Add(quantity)
		out = append(out, won{o, quantity})
	}
	if len(out) == 0 && len(f.Fields) == 0 {
		f.At("lines", "required", "没有可定标的报价", "there is no offer to award")
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return out, nil
}

// requisitions locks those behind the lines; they must be approved, as for any order.
func (q *QuotationRequest) requisitions(ctx context.Context, tx *tenancy.Tx) ([]*Requisition, error) {
	var keys []id.ID
	for _, l := range q.Lines {
		keys = append(keys, l.RequisitionID)
	}
	if keys = distinct(keys); len(keys) == 0 {
		return nil, nil
	}
	rows, err := record.Lock[Requisition](ctx, tx, keys...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Status != Approved {
			return nil, fault.New(fault.Rule, "requisition.not_approved", "采购申请 %s 未批准或已下单", "Requisition %s is not approved, or ordered already", r.No).
				At("lines", "requisition.not_approved", "采购申请未批准或已下单", "a requisition is not approved, or ordered already")
		}
	}
	return rows, nil
}

// keepPrices makes vendor prices of the winning offers, and returns them by offer.
func keepPrices(ctx context.Context, tx *tenancy.Tx, list []won) (map[id.ID]id.ID, error) {
	rows, out := make([]*VendorPrice, len(list)), map[id.ID]id.ID{}
	for i, x := range list {
		rows[i] = &VendorPrice{
			ProductID: x.line.ProductID, VendorID: x.VendorID, Price: x.Price, Currency: x.Currency, Unit: x.line.Unit, LeadTimeDays: x.LeadTimeDays,
			MinQuantity: x.MinQuantity, Multiple: x.Multiple, ValidFrom: tx.Today(), ValidTo: x.ValidTo,
		}
	}
	err := record.Create(ctx, tx, rows...)
	for i, x := range list {
		out[x.ID] = rows[i].ID
	}
	return out, err
}

// party is whom an order goes to, in which currency.
type party struct {
	vendor   id.ID
	currency string
}

// awardOrders makes the winners' draft orders, with a line for each award, and puts the requisitions on them.
func (b *desk) awardOrders(ctx context.Context, tx *tenancy.Tx, list []won, asked []*Requisition, prices map[id.ID]id.ID) (map[party]*Order, error) {
	keys := make([]id.ID, len(list))
	for i, x := range list {
		keys[i] = x.VendorID
	}
	vendors, err := record.GetMany[Vendor](ctx, tx, distinct(keys))
	if err != nil {
		return nil, err
	}
	byVendor := map[id.ID]*Vendor{}
	for _, v := range vendors {
		if byVendor[v.ID] = v; !v.Active {
			return nil, inactive(v)
		}
	}
	byID := map[id.ID]*Requisition{}
	for _, r := range asked {
		byID[r.ID] = r
	}
	docs := map[party]*Order{}
	var orders []*Order
	for _, x := range list {
		at := party{x.VendorID, x.Currency}
		doc := docs[at]
		if doc == nil {
			v := byVendor[x.VendorID]
			doc = &Order{VendorID: v.ID, Currency: x.Currency, Status: Draft, PaymentTermID: v.PaymentTermID}
			doc.ID = tx.NewID()
			docs[at] = doc
			orders = append(orders, doc)
		}
		l := &OrderLine{
			ProductID: x.line.ProductID, VendorPriceID: prices[x.ID], Quantity: x.size(x.quantity), Unit: x.line.Unit, UnitPrice: x.Price,
			TaxID: byVendor[x.VendorID].TaxID, LeadTimeDays: x.LeadTimeDays,
		}
		l.ID = tx.NewID()
		if r := byID[x.line.RequisitionID]; r != nil && r.Status == Approved {
			r.Status, r.PurchaseOrderID, r.PurchaseLineID, r.VendorID, r.Currency = Ordered, doc.ID, l.ID, x.VendorID, x.Currency
			l.NeededQuantity = r.Quantity
		}
		doc.Lines = append(doc.Lines, l)
	}
	if err := b.complete(ctx, tx, orders); err != nil {
		return nil, err
	}
	return docs, record.Create(ctx, tx, orders...)
}

// complete fills in what lines that are made here lack: their text, their quantity in the product's own unit, and the amounts.
func (b *desk) complete(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	s, err := b.lots(ctx, tx, orders...)
	if err != nil {
		return err
	}
	for _, o := range orders {
		for _, l := range o.Lines {
			l.Description = s.products[l.ProductID].Name
			l.measure(s.factors[coreevent.Measure{ProductID: l.ProductID, Unit: l.Unit}])
		}
	}
	return b.total(ctx, tx, orders...)
}
