package sales

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

// Priced is what lines of orders and quotations have in common: so much of a product, at a price.
type Priced struct {
	ProductID       id.ID          `bun:"product_id,type:uuid,notnull"`
	Description     string         `bun:"description,notnull"`
	Quantity        money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit            string         `bun:"unit,notnull"`
	UnitPrice       money.Price    `bun:"unit_price,type:numeric(20,6),notnull"`
	DiscountPercent money.Percent  `bun:"discount_percent,type:numeric(9,4),notnull"`
	TaxID           id.ID          `bun:"tax_id,type:uuid,nullzero"`
	UntaxedAmount   money.Amount   `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount       money.Amount   `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount     money.Amount   `bun:"total_amount,type:numeric(20,4),notnull"`
	BaseQuantity    money.Quantity `bun:"base_quantity,type:numeric(20,6),notnull"`
}

func (p *Priced) describe(d *entity.Desc) {
	d.Field(&p.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Filter: true})
	d.Field(&p.Description, entity.Field{Label: entity.T("说明", "Description"), Help: entity.T("留空时取产品名称", "The product's name when left empty")})
	d.Field(&p.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&p.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true,
		Help: entity.T("留空时取产品单位", "The product's unit when left empty"),
	})
	d.Field(&p.UnitPrice, entity.Field{
		Label: entity.T("单价", "Unit price"), Kind: entity.KindPrice, Class: "price", List: true,
		Help: entity.T("留空或为零时取价目表或产品目录价；赠品请填折扣 100 %", "When left out or zero, the price list's or the product's list price; a gift has a discount of 100 %"),
	})
	d.Field(&p.DiscountPercent, entity.Field{Label: entity.T("折扣 %", "Discount %"), Class: "price"})
	d.Field(&p.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", Help: entity.T("留空时取产品默认税率", "The product's tax when left empty")})
	d.Field(&p.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "price", Computed: true, Signed: true})
	d.Field(&p.TaxAmount, entity.Field{Label: entity.T("税额", "Tax amount"), Class: "price", Computed: true, Signed: true})
	d.Field(&p.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "price", Computed: true, Signed: true, List: true})
	d.Field(&p.BaseQuantity, entity.Field{Label: entity.T("基本单位数量", "Quantity in product unit"), Computed: true})
}

// gross is quantity × price less discount, exact.
func (p *Priced) gross() money.Amount {
	return money.Div(p.Quantity.Mul(p.UnitPrice).Mul(money.Hundred().Sub(p.DiscountPercent)), money.Hundred())
}

// taxed splits an exact amount at a rate. Without tax in the price it is what the untaxed amount is rounded from; the tax is rounded from base, the
// rounded untaxed amount of a line or the exact sum of a document. With tax in the price it is the total, and the tax is what lies between.
func taxed(exact money.Amount, currency string, included, perDocument bool, rate money.Percent) (untaxed, tax money.Amount) {
	if included {
		total := money.RoundTo(exact, currency)
		base := total
		if perDocument {
			base = exact
		}
		untaxed = money.RoundTo(money.Div(base.Mul(money.Hundred()), money.Hundred().Add(rate)), currency)
		return untaxed, total.Sub(untaxed)
	}
	untaxed = money.RoundTo(exact, currency)
	base := untaxed
	if perDocument {
		base = exact
	}
	return untaxed, money.RoundTo(money.Div(base.Mul(rate), money.Hundred()), currency)
}

// total works out the amounts of lines that share a tax: line by line, or once for all of them when the tax is rounded for each document; then each
// line gets its share and the last one the remainder.
func total(lines []*Priced, currency string, included bool, t coreevent.Tax) {
	if !t.PerDocument() {
		for _, l := range lines {
			l.UntaxedAmount, l.TaxAmount = taxed(l.gross(), currency, included, false, t.Rate)
			l.TotalAmount = l.UntaxedAmount.Add(l.TaxAmount)
		}
		return
	}
	exact, weights := money.Zero(), make([]money.Amount, len(lines))
	for i, l := range lines {
		weights[i] = l.gross()
		exact = exact.Add(weights[i])
	}
	untaxed, tax := taxed(exact, currency, included, true, t.Rate)
	untaxedParts := money.Split(untaxed, weights, money.MinorUnit(currency))
	taxParts := money.Split(tax, weights, money.MinorUnit(currency))
	for i, l := range lines {
		l.UntaxedAmount, l.TaxAmount = untaxedParts[i], taxParts[i]
		l.TotalAmount = l.UntaxedAmount.Add(l.TaxAmount)
	}
}

// sums are a document's amounts in its currency, and the total in company currency.
type sums struct {
	untaxed, tax, total, company money.Amount
	rate                         money.Price // company currency for one unit of the document's
}

// add sums up lines. rate is company currency for one unit of the document's.
func add(lines []*Priced, rate money.Price, company string) sums {
	s := sums{rate: rate}
	for _, l := range lines {
		s.untaxed = s.untaxed.Add(l.UntaxedAmount)
		s.tax = s.tax.Add(l.TaxAmount)
		s.total = s.total.Add(l.TotalAmount)
	}
	s.company = money.RoundTo(s.total.Mul(rate), company)
	return s
}
