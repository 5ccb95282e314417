package finance

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareBills completes drafts: dates, currency, amounts. A bill for a purchase order that names no lines gets what is received and not billed.
func (o office) prepareBills(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Bill]) error {
	for _, c := range changes {
		bill := c.New
		if bill.Status == "" {
			bill.Status = draft
		}
		if bill.Status != draft {
			continue
		}
		bill.MatchStatus = matchNone
		bill.Date = firstDate(bill.Date, tx.Today())
		var err error
		if bill.Currency == "" {
			if bill.Currency, err = o.orderCurrency(ctx, tx, bill); err != nil {
				return err
			}
		}
		if bill.Rate, err = o.rate(ctx, tx, bill.Currency, bill.Date); err != nil {
			return err
		}
		if c.Old == nil && len(bill.Lines) == 0 && !bill.PurchaseOrderID.IsZero() {
			if err := o.propose(ctx, tx, bill); err != nil {
				return err
			}
		}
		if err := o.reckonBill(ctx, tx, bill); err != nil {
			return err
		}
		if c.Old != nil && bill.DueDate == c.Old.DueDate && (bill.Date != c.Old.Date || bill.PaymentTermID != c.Old.PaymentTermID) {
			bill.DueDate = firstDate()
		}
		if bill.DueDate.IsZero() {
			term, err := o.ask.Terms.Terms(ctx, tx, bill.PaymentTermID)
			if err != nil {
				return err
			}
			bill.DueDate = lastDue(term.Instalments(bill.Date, bill.TotalAmount, money.MinorUnit(bill.Currency)))
		}
		bill.ResidualAmount = money.Max(bill.TotalAmount, money.Zero())
	}
	return nil
}

// orderCurrency is the currency of the purchase order that a bill is for; the company's for a bill without one.
func (o office) orderCurrency(ctx context.Context, tx *tenancy.Tx, b *Bill) (string, error) {
	keys := distinct(b.purchaseLines())
	if len(keys) == 0 && !b.PurchaseOrderID.IsZero() {
		rows, err := b.accrued(ctx, tx)
		if err != nil {
			return "", err
		}
		for _, a := range rows {
			keys = append(keys, a.PurchaseLineID)
		}
	}
	if len(keys) > 0 && o.ask.Tolerances != nil {
		list, err := o.ask.Tolerances.Ordered(ctx, tx, keys[:1])
		if x, known := list[keys[0]]; err != nil || known && x.Currency != "" {
			return x.Currency, err
		}
	}
	return tx.Tenant.Currency, nil
}

// accrued is what came in for the bill's purchase order and is not billed yet.
func (b *Bill) accrued(ctx context.Context, tx *tenancy.Tx) ([]*Accrual, error) {
	return record.Find[Accrual](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ?", b.PurchaseOrderID).Where("received_quantity > billed_quantity").OrderExpr("id")
	})
}

// propose makes lines of what came in for the purchase order and is not billed yet, at the price ordered; where that is not known, at the value at which
// it came in.
func (o office) propose(ctx context.Context, tx *tenancy.Tx, b *Bill) error {
	rows, err := b.accrued(ctx, tx)
	if err != nil {
		return err
	}
	keys := make([]id.ID, len(rows))
	for i, a := range rows {
		keys[i] = a.PurchaseLineID
	}
	ordered, err := o.ordered(ctx, tx, b.Currency, keys)
	if err != nil {
		return err
	}
	for _, a := range rows {
		open := a.ReceivedQuantity.Sub(a.BilledQuantity)
		price := money.Div(money.Div(a.ReceivedAmount.Sub(a.ClearedAmount), open), b.Rate).Round(6)
		if x, known := ordered[a.PurchaseLineID]; known {
			price = money.Div(x.Amount, x.Quantity).Round(6)
		}
		l := &BillLine{PurchaseLineID: a.PurchaseLineID, ProductID: a.ProductID, Quantity: open, UnitPrice: price}
		l.ID, l.BillID = tx.NewID(), b.ID
		b.Lines = append(b.Lines, l)
	}
	return nil
}

// reckonBill works out the amounts of a bill's lines and its totals.
func (o office) reckonBill(ctx context.Context, tx *tenancy.Tx, bill *Bill) error {
	keys := make([]id.ID, len(bill.Lines))
	for i, l := range bill.Lines {
		keys[i] = l.TaxID
	}
	taxes, err := o.taxes(ctx, tx, keys)
	if err != nil {
		return err
	}
	priced := make([]Priced, len(bill.Lines))
	for i, l := range bill.Lines {
		priced[i] = l.priced(taxes[l.TaxID])
	}
	for i, s := range Reckon(priced, money.MinorUnit(bill.Currency)) {
		if !bill.Lines[i].Rounding {
			bill.Lines[i].setSums(s)
		}
	}
	return bill.accept(ctx, tx)
}

// postBill makes a bill binding: it clears what was received, books the tax and what is owed, and blocks the payment when quantity or price do not
// fit what was ordered and received.
func (o office) postBill(ctx context.Context, tx *tenancy.Tx, bill *Bill, _ modules.None) error {
	if len(bill.Lines) == 0 {
		return fault.New(fault.Rule, "bill.empty", "采购发票没有明细", "The bill has no lines").At("lines", "required", "至少需要一行", "at least one line is needed")
	}
	if bill.TotalAmount.Sign() < 0 {
		return fault.New(fault.Rule, "bill.negative", "采购发票金额不能为负，请登记供应商红字发票", "A bill cannot be negative; record a vendor credit").
			At("total_amount", "value.negative", "不能为负", "must not be negative")
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(bill.Date, false); err != nil {
		return err
	}
	if bill.Rate, err = o.rate(ctx, tx, bill.Currency, bill.Date); err != nil {
		return err
	}
	quantities, products, err := o.billed(ctx, tx, bill)
	if err != nil {
		return err
	}
	byLine, err := openAccruals(ctx, tx, bill)
	if err != nil {
		return err
	}
	if err := o.tolerate(ctx, tx, bill); err != nil {
		return err
	}
	entry := b.billEntry(bill, quantities, byLine, products, tx.Tenant.Currency)
	if err := saveAccruals(ctx, tx, byLine); err != nil {
		return err
	}
	bill.Blocked = bill.MatchStatus == matchQuantity || bill.MatchStatus == matchPrice
	bill.settle()
	if bill.No, err = draw(ctx, tx, seriesBill, bill.Date, bill.ID); err != nil {
		return err
	}
	entry.Source = bill.No
	if err := record.Update(ctx, tx, bill); err != nil {
		return err
	}
	if err := b.post(tx, entry); err != nil {
		return err
	}
	if err := b.tellDiffered(ctx, tx, entry); err != nil {
		return err
	}
	if err := tellBilled(ctx, tx, bill, quantities, byLine); err != nil || !bill.Blocked {
		return err
	}
	return record.Emit(ctx, tx, financeevent.BillBlocked{
		BillID: bill.ID, No: bill.No, PurchaseOrderID: bill.PurchaseOrderID, Reason: i18n.T(bill.MatchReasonZH, bill.MatchReasonEN),
	})
}

// tellBilled says what a vendor has billed of each purchase order that the lines belong to.
func tellBilled(ctx context.Context, tx *tenancy.Tx, bill *Bill, quantities []money.Quantity, byLine map[id.ID]*Accrual) error {
	byOrder := map[id.ID]map[id.ID]money.Quantity{bill.PurchaseOrderID: {}}
	orders := []id.ID{bill.PurchaseOrderID}
	for i, l := range bill.Lines {
		if l.PurchaseLineID.IsZero() {
			continue
		}
		of := bill.PurchaseOrderID
		if a := byLine[l.PurchaseLineID]; a != nil && !a.PurchaseOrderID.IsZero() {
			of = a.PurchaseOrderID
		}
		if byOrder[of] == nil {
			byOrder[of] = map[id.ID]money.Quantity{}
			orders = append(orders, of)
		}
		byOrder[of][l.PurchaseLineID] = byOrder[of][l.PurchaseLineID].Add(quantities[i])
	}
	for _, of := range orders {
		if of.IsZero() && len(orders) > 1 {
			continue
		}
		if err := record.Emit(ctx, tx, financeevent.BillPosted{BillID: bill.ID, PurchaseOrderID: of, Quantities: byOrder[of]}); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bill) purchaseLines() []id.ID {
	keys := make([]id.ID, len(b.Lines))
	for i, l := range b.Lines {
		keys[i] = l.PurchaseLineID
	}
	return keys
}

// measured is a quantity of a product in some unit.
type measured struct {
	product  id.ID
	quantity money.Quantity
	unit     string
}

// billed returns the lines' quantities in the products' own units, and the products.
func (o office) billed(ctx context.Context, tx *tenancy.Tx, bill *Bill) ([]money.Quantity, map[id.ID]coreevent.Product, error) {
	list := make([]measured, len(bill.Lines))
	for i, l := range bill.Lines {
		list[i] = measured{l.ProductID, l.Quantity, l.Unit}
	}
	return o.measure(ctx, tx, list)
}

// measure returns quantities in the products' own units, and the products.
func (o office) measure(ctx context.Context, tx *tenancy.Tx, list []measured) ([]money.Quantity, map[id.ID]coreevent.Product, error) {
	out := make([]money.Quantity, len(list))
	keys := make([]id.ID, len(list))
	for i, l := range list {
		out[i], keys[i] = l.quantity, l.product
	}
	products, err := o.ask.Products.Products(ctx, tx, distinct(keys))
	if err != nil {
		return nil, nil, err
	}
	var items []coreevent.Conversion
	var at []int
	for i, l := range list {
		if p, ok := products[l.product]; ok && l.unit != "" && l.unit != p.Unit {
			items, at = append(items, coreevent.Conversion{ProductID: l.product, Quantity: l.quantity, From: l.unit}), append(at, i)
		}
	}
	if len(items) == 0 {
		return out, products, nil
	}
	converted, err := o.ask.Products.Convert(ctx, tx, items)
	if err != nil {
		return nil, nil, err
	}
	for n, i := range at {
		out[i] = converted[n]
	}
	return out, products, nil
}

// billEntry books a bill: debit what its lines are for and the input tax, credit the vendor. A line for received goods clears the value at which they
// came in; the difference of price is variance. It notes on the way how the bill fits order and receipt.
func (b *books) billEntry(bill *Bill, quantities []money.Quantity, byLine map[id.ID]*Accrual, products map[id.ID]coreevent.Product, company string) *Entry {
	minor := money.MinorUnit(company)
	parts := make([]money.Amount, 0, 2*len(bill.Lines))
	for _, l := range bill.Lines {
		parts = append(parts, l.UntaxedAmount, l.TaxAmount)
	}
	whole, split := convert(bill.TotalAmount, parts, bill.Rate, minor)
	bill.OpenValue = whole
	e := &Entry{JournalID: b.journals[journalPurchase].id, Date: bill.Date, SourceEntity: "finance.bill", SourceID: bill.ID, Memo: bill.VendorReference}
	bill.unmatched()
	for i, l := range bill.Lines {
		about := EntryLine{VendorID: bill.VendorID, ProductID: l.ProductID, TaxID: l.TaxID}
		net := split[2*i]
		p := products[l.ProductID]
		switch {
		case l.Rounding:
			e.add(b.account(forRounding, ""), net, about)
		case !l.AccountID.IsZero():
			e.add(l.AccountID, net, about)
		case !p.Stocked() && bill.ordered[l.PurchaseLineID].Making: // its price went into what was made, as work does
			cleared := bill.compare(byLine[l.PurchaseLineID], i, quantities[i], net, minor)
			e.add(b.account(forLabour, ""), cleared, about)
			e.add(b.account(forVariance, p.Category), net.Sub(cleared), about)
		case !p.Stocked():
			e.add(b.account(forExpense, p.Category), net, about)
		default:
			cleared := bill.compare(byLine[l.PurchaseLineID], i, quantities[i], net, minor)
			e.add(b.account(forReceived, p.Category), cleared, about)
			e.add(b.account(forVariance, p.Category), net.Sub(cleared), about)
			b.differs(l.PurchaseLineID, p.ID, net.Sub(cleared))
		}
		e.add(b.account(forInputTax, ""), split[2*i+1], EntryLine{VendorID: bill.VendorID, TaxID: l.TaxID})
	}
	owed := EntryLine{VendorID: bill.VendorID, ItemID: bill.ID}
	if bill.Currency != company {
		owed.Currency, owed.AmountCurrency = bill.Currency, bill.TotalAmount.Neg()
	}
	e.add(b.account(forPayable, ""), whole.Neg(), owed)
	return e
}

func saveAccruals(ctx context.Context, tx *tenancy.Tx, byLine map[id.ID]*Accrual) error {
	rows := make([]*Accrual, 0, len(byLine))
	for _, a := range byLine {
		rows = append(rows, a)
	}
	return record.Update(ctx, tx, rows...)
}
