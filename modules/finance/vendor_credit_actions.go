package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareVendorCredits completes drafts: date, currency, the bill and its rate, lines for what the vendor owes, amounts.
func (o office) prepareVendorCredits(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*VendorCredit]) error {
	for _, c := range changes {
		credit := c.New
		if credit.Status == "" {
			credit.Status = draft
		}
		if credit.Status != draft {
			continue
		}
		credit.Date = firstDate(credit.Date, tx.Today())
		if err := credit.about(ctx, tx, c.Old == nil); err != nil {
			return err
		}
		if credit.Currency == "" {
			credit.Currency = tx.Tenant.Currency
		}
		if err := o.priceCredit(ctx, tx, credit); err != nil {
			return err
		}
		if c.Old == nil && len(credit.Lines) == 0 {
			if err := credit.propose(ctx, tx); err != nil {
				return err
			}
		}
		if err := o.reckonCredit(ctx, tx, credit); err != nil {
			return err
		}
	}
	return nil
}

// about finds the bill that is credited, and takes over from it what the credit leaves open.
func (c *VendorCredit) about(ctx context.Context, tx *tenancy.Tx, fresh bool) error {
	if c.BillID.IsZero() && fresh {
		found, err := c.lastBill(ctx, tx)
		if err != nil {
			return err
		}
		c.BillID = found
	}
	if c.BillID.IsZero() {
		return nil
	}
	rows, err := record.GetMany[Bill](ctx, tx, []id.ID{c.BillID})
	if err != nil || len(rows) == 0 {
		return err
	}
	bill := rows[0]
	var bad fault.Fields
	switch {
	case bill.VendorID != c.VendorID:
		bad.Add("bill_id", "credit.party", "采购发票 %[1]s 属于其他供应商", "Bill %[1]s is another vendor's", bill.No)
	case bill.Status == draft:
		bad.Add("bill_id", "credit.draft", "采购发票尚未过账", "The bill is not posted")
	case c.Currency != "" && c.Currency != bill.Currency:
		bad.Add("currency", "match.currency", "采购发票 %[1]s 的币种为 %[2]s", "Bill %[1]s is in %[2]s", bill.No, bill.Currency)
	}
	c.Currency = bill.Currency
	if c.PurchaseOrderID.IsZero() {
		c.PurchaseOrderID = bill.PurchaseOrderID
	}
	return bad.Err()
}

// lastBill is the last posted bill of the vendor for the goods that are credited, or for the purchase order.
func (c *VendorCredit) lastBill(ctx context.Context, tx *tenancy.Tx) (id.ID, error) {
	var found []id.ID
	err := tx.NewRaw(`SELECT b.id FROM finance_bill b WHERE b.vendor_id = ? AND b.status <> 'draft' AND (? = '' OR b.currency = ?)
			AND b.id IN (SELECT l.bill_id FROM finance_bill_line l LEFT JOIN finance_accrual a ON a.purchase_line_id = l.purchase_line_id
				WHERE l.purchase_line_id = ANY(?::uuid[]) OR a.purchase_order_id = ? AND ?)
		ORDER BY b.date DESC, b.id DESC LIMIT 1`,
		c.VendorID, c.Currency, c.Currency, uuids(c.purchaseLines()), c.PurchaseOrderID, len(c.Lines) == 0 && !c.PurchaseOrderID.IsZero()).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return id.ID{}, err
	}
	return found[0], nil
}

func (c *VendorCredit) purchaseLines() []id.ID {
	keys := make([]id.ID, len(c.Lines))
	for i, l := range c.Lines {
		keys[i] = l.PurchaseLineID
	}
	return distinct(keys)
}

// priceCredit gives a credit the rate of the bill that it takes back; one for no bill has that of its day.
func (o office) priceCredit(ctx context.Context, tx *tenancy.Tx, c *VendorCredit) (err error) {
	if !c.BillID.IsZero() {
		rows, err := record.GetMany[Bill](ctx, tx, []id.ID{c.BillID})
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			c.Rate = rows[0].Rate
			return nil
		}
	}
	c.Rate, err = o.rate(ctx, tx, c.Currency, c.Date)
	return err
}

// reckonCredit works out the amounts of a credit's lines and its totals.
func (o office) reckonCredit(ctx context.Context, tx *tenancy.Tx, c *VendorCredit) error {
	keys := make([]id.ID, len(c.Lines))
	for i, l := range c.Lines {
		keys[i] = l.TaxID
	}
	taxes, err := o.taxes(ctx, tx, keys)
	if err != nil {
		return err
	}
	var priced []Priced
	var lines []*VendorCreditLine
	for _, l := range c.Lines {
		if !l.Rounding {
			priced, lines = append(priced, l.priced(taxes[l.TaxID])), append(lines, l)
		}
	}
	var all Sums
	for i, s := range Reckon(priced, money.MinorUnit(c.Currency)) {
		lines[i].setSums(s)
		all = all.Add(s)
	}
	return c.accept(ctx, tx, all)
}

// postVendorCredit makes a credit binding: it clears what was billed and is not here, takes back the input tax, and is open to be offset or paid back.
func (o office) postVendorCredit(ctx context.Context, tx *tenancy.Tx, c *VendorCredit, _ modules.None) error {
	if len(c.Lines) == 0 || c.TotalAmount.Sign() <= 0 {
		return fault.New(fault.Rule, "credit.empty", "红字发票没有明细或金额为零", "The credit has no lines or is for nothing").
			At("lines", "required", "至少需要一行", "at least one line is needed")
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(c.Date, false); err != nil {
		return err
	}
	if err := c.after(ctx, tx); err != nil {
		return err
	}
	if err := c.within(ctx, tx); err != nil {
		return err
	}
	if err := o.priceCredit(ctx, tx, c); err != nil {
		return err
	}
	list := make([]measured, len(c.Lines))
	for i, l := range c.Lines {
		list[i] = measured{l.ProductID, l.Quantity, l.Unit}
	}
	quantities, products, err := o.measure(ctx, tx, list)
	if err != nil {
		return err
	}
	owed, err := c.owed(ctx, tx)
	if err != nil {
		return err
	}
	entry, err := b.vendorCreditEntry(c, quantities, owed, products, tx.Tenant.Currency)
	if err != nil {
		return err
	}
	if err := saveAccruals(ctx, tx, owed.accruals); err != nil {
		return err
	}
	c.ResidualAmount = c.TotalAmount
	c.settle()
	if c.No, err = draw(ctx, tx, seriesVendor, c.Date, c.ID); err != nil {
		return err
	}
	entry.Source = c.No
	if err := record.Update(ctx, tx, c); err != nil {
		return err
	}
	if err := b.post(tx, entry); err != nil {
		return err
	}
	if err := b.tellDiffered(ctx, tx, entry); err != nil {
		return err
	}
	return c.tell(ctx, tx, quantities, owed.accruals)
}

// after refuses a credit that is dated before the bill that it takes back.
func (c *VendorCredit) after(ctx context.Context, tx *tenancy.Tx) error {
	if c.BillID.IsZero() {
		return nil
	}
	bills, err := record.GetMany[Bill](ctx, tx, []id.ID{c.BillID})
	if err != nil || len(bills) == 0 {
		return err
	}
	return notBefore(c.Date, bills[0].No, bills[0].Date)
}

// within refuses to credit more of a bill than it was for, with all earlier credits. Goods of purchase lines, which may be on several bills, are bounded
// by what is billed of them.
func (c *VendorCredit) within(ctx context.Context, tx *tenancy.Tx) error {
	wanted := money.Zero()
	for _, l := range c.Lines {
		if l.PurchaseLineID.IsZero() || !l.AccountID.IsZero() {
			wanted = wanted.Add(l.TotalAmount)
		}
	}
	if c.BillID.IsZero() || wanted.IsZero() {
		return nil
	}
	bills, err := record.Lock[Bill](ctx, tx, c.BillID)
	if err != nil || len(bills) == 0 {
		return err
	}
	var before money.Amount
	err = tx.NewRaw(`SELECT coalesce(sum(l.total_amount), 0) FROM finance_vendor_credit c JOIN finance_vendor_credit_line l ON l.vendor_credit_id = c.id
		WHERE c.bill_id = ? AND c.status <> 'draft' AND (l.purchase_line_id IS NULL OR l.account_id IS NOT NULL)`, c.BillID).Scan(ctx, &before)
	if err != nil {
		return err
	}
	if left := bills[0].TotalAmount.Sub(before); wanted.GreaterThan(left) {
		return fault.New(fault.Rule, "credit.too_much", "采购发票 %[1]s 最多还可红冲 %[2]s，不能红冲 %[3]s", "At most %[2]s of bill %[1]s can still be credited, not %[3]s",
			bills[0].No, left.StringFixed(2), wanted.StringFixed(2)).At("lines", "credit.too_much", "超过可红冲金额", "is more than can be credited")
	}
	return nil
}

// vendorCreditEntry books a credit: a bill the other way round. Goods of a purchase line clear the value at which they are expected to be credited; what
// the vendor credits beyond or short of it is cost of the goods that stayed: it stands on variance until inventory takes it to where they are.
func (b *books) vendorCreditEntry(
	c *VendorCredit, quantities []money.Quantity, owed *owedGoods, products map[id.ID]coreevent.Product, company string,
) (*Entry, error) {
	minor := money.MinorUnit(company)
	parts := make([]money.Amount, 0, 2*len(c.Lines))
	for _, l := range c.Lines {
		parts = append(parts, l.UntaxedAmount, l.TaxAmount)
	}
	whole, split := convert(c.TotalAmount, parts, c.Rate, minor)
	c.OpenValue = whole
	e := &Entry{JournalID: b.journals[journalPurchase].id, Date: c.Date, SourceEntity: "finance.vendor_credit", SourceID: c.ID, Memo: c.Reason}
	var bad fault.Fields
	for i, l := range c.Lines {
		about := EntryLine{VendorID: c.VendorID, ProductID: l.ProductID, TaxID: l.TaxID}
		net, p := split[2*i], products[l.ProductID]
		switch {
		case l.Rounding:
			e.add(b.account(forRounding, ""), net.Neg(), about)
		case !l.AccountID.IsZero():
			e.add(l.AccountID, net.Neg(), about)
		case !p.Stocked():
			e.add(b.account(forExpense, p.Category), net.Neg(), about)
		case l.PurchaseLineID.IsZero():
			e.add(b.account(forVariance, p.Category), net.Neg(), about)
		default:
			cleared := owed.take(&bad, i, l, quantities[i], net, money.MinorUnit(c.Currency), minor)
			e.add(b.account(forReceived, p.Category), cleared.Neg(), about)
			e.add(b.account(forVariance, p.Category), cleared.Sub(net), about)
			b.differs(l.PurchaseLineID, p.ID, cleared.Sub(net))
		}
		e.add(b.account(forInputTax, ""), split[2*i+1].Neg(), EntryLine{VendorID: c.VendorID, TaxID: l.TaxID})
	}
	owing := EntryLine{VendorID: c.VendorID, ItemID: c.ID}
	if c.Currency != company {
		owing.Currency, owing.AmountCurrency = c.Currency, c.TotalAmount
	}
	e.add(b.account(forPayable, ""), whole, owing)
	if f := fault.As(bad.Err()); f != nil {
		f.Kind, f.Reason = fault.Rule, "credit.too_much"
		return nil, f
	}
	return e, nil
}

// tell says what a vendor has credited of each purchase order that the lines belong to.
func (c *VendorCredit) tell(ctx context.Context, tx *tenancy.Tx, quantities []money.Quantity, byLine map[id.ID]*Accrual) error {
	byOrder := map[id.ID]map[id.ID]money.Quantity{}
	var orders []id.ID
	for i, l := range c.Lines {
		a := byLine[l.PurchaseLineID]
		if a == nil || !l.AccountID.IsZero() {
			continue
		}
		of := a.PurchaseOrderID
		if of.IsZero() {
			of = c.PurchaseOrderID
		}
		if byOrder[of] == nil {
			byOrder[of] = map[id.ID]money.Quantity{}
			orders = append(orders, of)
		}
		byOrder[of][l.PurchaseLineID] = byOrder[of][l.PurchaseLineID].Add(quantities[i])
	}
	for _, of := range orders {
		err := record.Emit(ctx, tx, financeevent.VendorCreditPosted{CreditID: c.ID, No: c.No, PurchaseOrderID: of, Quantities: byOrder[of]})
		if err != nil {
			return err
		}
	}
	return nil
}
