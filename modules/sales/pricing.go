package sales

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// sheet is a document whose lines want prices.
type sheet struct {
	customer  id.ID
	currency  string
	included  bool
	priceList id.ID
	lists     []id.ID // where none is named: those that apply by themselves, the most particular first
	lines     []*Priced
	sums      sums // the answer
}

// bare tells that a line wants a price.
func (s *sheet) bare() bool {
	for _, l := range s.lines {
		if l.UnitPrice.IsZero() && !l.Quantity.IsZero() {
			return true
		}
	}
	return false
}

// market is what lines are priced with: one question each, whatever the number of documents.
type market struct {
	products map[id.ID]coreevent.Product
	taxes    map[id.ID]coreevent.Tax
	offers   map[id.ID][]*PriceListLine // by price list
	sizes    map[*Priced]money.Quantity // of lines in another unit than the product's: how large a million of that unit are
}

// price completes the lines of documents (unit, description, price, tax, quantity in the product's unit), works out their amounts and sums them up.
func (o office) price(ctx context.Context, tx *tenancy.Tx, sheets []*sheet) error {
	m, worth, err := o.quote(ctx, tx, sheets)
	if err != nil {
		return err
	}
	if m.taxes, err = o.taxes(ctx, tx, sheets, m.products); err != nil {
		return err
	}
	for _, s := range sheets {
		s.total(m.taxes)
		s.sums = add(s.lines, worth[s.currency], tx.Tenant.Currency)
	}
	return nil
}

// quote completes lines but for their taxes and amounts.
func (o office) quote(ctx context.Context, tx *tenancy.Tx, sheets []*sheet) (m market, worth map[string]money.Price, err error) {
	if m, err = o.market(ctx, tx, sheets); err != nil {
		return m, nil, err
	}
	var bad fault.Fields
	for _, s := range sheets {
		for i, l := range s.lines {
			p, ok := m.products[l.ProductID]
			if !ok || !p.Active {
				bad.Add(fmt.Sprintf("lines[%d].product_id", i), "product.not_sold", "产品不存在或已停用", "There is no such product, or it is no longer sold")
				continue
			}
			l.complete(p)
		}
	}
	if err := bad.Err(); err != nil {
		return m, nil, err
	}
	if m.sizes, err = o.convert(ctx, tx, sheets, m.products); err != nil {
		return m, nil, err
	}
	if worth, err = o.worth(ctx, tx, sheets); err != nil {
		return m, nil, err
	}
	for _, s := range sheets {
		for _, l := range s.lines {
			m.offer(s, l, worth[s.currency], tx.Today())
		}
	}
	return m, worth, nil
}

// choose takes the price lists in the document's currency where none is named.
func (s *sheet) choose(lists []*PriceList) {
	if !s.priceList.IsZero() {
		return
	}
	for _, p := range lists {
		if p.Currency == s.currency {
			s.lists = append(s.lists, p.ID)
		}
	}
}

// total works out the amounts of the document's lines, tax by tax.
func (s *sheet) total(taxes map[id.ID]coreevent.Tax) {
	var order []id.ID
	groups := map[id.ID][]*Priced{}
	for _, l := range s.lines {
		if groups[l.TaxID] == nil {
			order = append(order, l.TaxID)
		}
		groups[l.TaxID] = append(groups[l.TaxID], l)
	}
	for _, key := range order {
		total(groups[key], s.currency, s.included, taxes[key])
	}
}

func (o office) market(ctx context.Context, tx *tenancy.Tx, sheets []*sheet) (m market, err error) {
	var products, lists, customers []id.ID
	for _, s := range sheets {
		if s.priceList.IsZero() && s.bare() {
			customers = append(customers, s.customer)
		}
		for _, l := range s.lines {
			products = append(products, l.ProductID)
		}
	}
	if len(products) == 0 {
		return m, nil
	}
	if m.products, err = o.ask.Products.Products(ctx, tx, unique(products)); err != nil {
		return m, err
	}
	if len(customers) > 0 {
		own, err := o.listsFor(ctx, tx, customers)
		if err != nil {
			return m, err
		}
		for _, s := range sheets {
			s.choose(own[s.customer])
		}
	}
	for _, s := range sheets {
		lists = append(append(lists, s.priceList), s.lists...)
	}
	if lists = unique(lists); len(lists) > 0 {
		m.offers, err = offers(ctx, tx, lists)
	}
	return m, err
}

// taxes gives each line its tax (its own, the product's, the standard one) and asks what they are.
func (o office) taxes(ctx context.Context, tx *tenancy.Tx, sheets []*sheet, products map[id.ID]coreevent.Product) (map[id.ID]coreevent.Tax, error) {
	var bare []*Priced
	var keys []id.ID
	for _, s := range sheets {
		for _, l := range s.lines {
			if l.TaxID.IsZero() {
				l.TaxID = products[l.ProductID].TaxID
			}
			if l.TaxID.IsZero() {
				bare = append(bare, l)
			} else {
				keys = append(keys, l.TaxID)
			}
		}
	}
	out := map[id.ID]coreevent.Tax{}
	if keys = unique(keys); len(keys) > 0 {
		known, err := o.ask.Taxes.Taxes(ctx, tx, keys)
		if err != nil {
			return nil, err
		}
		out = known
	}
	if len(bare) == 0 {
		return out, nil
	}
	standard, err := o.ask.Taxes.StandardTax(ctx, tx)
	if err != nil {
		return nil, err
	}
	out[standard.ID] = standard
	for _, l := range bare {
		l.TaxID = standard.ID
	}
	return out, nil
}

// complete fills what the product says.
func (p *Priced) complete(product coreevent.Product) {
	if p.Unit == "" {
		p.Unit = product.Unit
	}
	if p.Description == "" {
		p.Description = product.Name
	}
}

// offer fills a missing price: from the price list, else the product's list price for the line's unit, in the document's currency.
func (m market) offer(s *sheet, l *Priced, worth money.Price, today clock.Date) {
	if !l.UnitPrice.IsZero() || l.Quantity.IsZero() {
		return
	}
	for _, list := range append([]id.ID{s.priceList}, s.lists...) {
		if best, told := pick(m.offers[list], l, m.products[l.ProductID].Unit, today); best != nil {
			l.UnitPrice = best.UnitPrice
			if told {
				l.UnitPrice = m.inUnit(best.UnitPrice, l).Round(6)
			}
			if l.DiscountPercent.IsZero() {
				l.DiscountPercent = best.DiscountPercent
			}
			return
		}
	}
	price := m.inUnit(m.products[l.ProductID].ListPrice, l)
	if !worth.IsZero() {
		price = money.Div(price, worth)
	}
	l.UnitPrice = price.Round(6)
}

// many is for how many units of a line its size in the product's unit is asked: one alone would be rounded too coarsely for a price.
func many() money.Quantity { return money.Int(1_000_000) }

// inUnit is the price of a line's unit where one is known for the product's.
func (m market) inUnit(price money.Price, l *Priced) money.Price {
	if size, foreign := m.sizes[l]; foreign {
		return money.Div(price.Mul(size), many())
	}
	return price
}

// convert works out quantities in the products' own units, and how large a million of the lines' units are.
func (o office) convert(ctx context.Context, tx *tenancy.Tx, sheets []*sheet, products map[id.ID]coreevent.Product) (map[*Priced]money.Quantity, error) {
	var ask []coreevent.Conversion
	var whose []*Priced
	for _, s := range sheets {
		for _, l := range s.lines {
			if l.Unit == products[l.ProductID].Unit {
				l.BaseQuantity = l.Quantity
				continue
			}
			ask = append(ask, coreevent.Conversion{ProductID: l.ProductID, Quantity: l.Quantity, From: l.Unit},
				coreevent.Conversion{ProductID: l.ProductID, Quantity: many(), From: l.Unit})
			whose = append(whose, l)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	answer, err := o.ask.Products.Convert(ctx, tx, ask)
	if err != nil {
		return nil, err
	}
	sizes := make(map[*Priced]money.Quantity, len(whose))
	for i, l := range whose {
		l.BaseQuantity, sizes[l] = answer[2*i], answer[2*i+1]
	}
	return sizes, nil
}

// worth asks what the documents' currencies are worth in company currency today.
func (o office) worth(ctx context.Context, tx *tenancy.Tx, sheets []*sheet) (map[string]money.Price, error) {
	out := map[string]money.Price{tx.Tenant.Currency: money.Int(1)}
	for _, s := range sheets {
		if _, known := out[s.currency]; known {
			continue
		}
		rate, err := o.ask.Rates.Rate(ctx, tx, s.currency, tx.Today())
		if err != nil {
			return nil, err
		}
		out[s.currency] = rate
	}
	return out, nil
}

// unique returns ids once each, in the order of their first appearance.
func unique(keys []id.ID) []id.ID {
	seen := make(map[id.ID]bool, len(keys))
	out := make([]id.ID, 0, len(keys))
	for _, k := range keys {
		if !k.IsZero() && !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
