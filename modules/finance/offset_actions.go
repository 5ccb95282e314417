package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// OffsetInput is the input of settling invoices with a credit note, or of taking that back; then, without any, all of it.
type OffsetInput struct {
	Matches []OffsetLine `in:"matches" label:"抵扣|Offsets"`
}

// OffsetLine names an invoice and how much of the credit note settles it; without an amount, as much as can be.
type OffsetLine struct {
	InvoiceID id.ID         `in:"invoice_id" label:"销售发票|Invoice"`
	Amount    *money.Amount `in:"amount" label:"金额|Amount"`
}

// VendorOffsetInput is OffsetInput for a vendor's credit.
type VendorOffsetInput struct {
	Matches []VendorOffsetLine `in:"matches" label:"抵扣|Offsets"`
}

// VendorOffsetLine names a bill and how much of the credit settles it; without an amount, as much as can be.
type VendorOffsetLine struct {
	BillID id.ID         `in:"bill_id" label:"采购发票|Bill"`
	Amount *money.Amount `in:"amount" label:"金额|Amount"`
}

// credit is what of a credit is left to settle documents with, its value in the books, and where both stand there.
type credit struct {
	key, party  id.ID
	currency    string
	left, value *money.Amount
	purpose     string
	about       EntryLine
	side        money.Amount // 1: a credit balance on what customers owe; −1: a debit on what is owed to vendors
	entry       Entry        // its head
}

func (c *CreditNote) credit() credit {
	return credit{
		key: c.ID, party: c.CustomerID, currency: c.Currency, left: &c.ResidualAmount, value: &c.OpenValue, purpose: forReceivable,
		about: EntryLine{CustomerID: c.CustomerID}, side: money.Int(1),
		entry: Entry{Source: c.No, SourceEntity: "finance.credit_note", SourceID: c.ID, Memo: c.Reason},
	}
}

func (c *VendorCredit) credit() credit {
	return credit{
		key: c.ID, party: c.VendorID, currency: c.Currency, left: &c.ResidualAmount, value: &c.OpenValue, purpose: forPayable,
		about: EntryLine{VendorID: c.VendorID}, side: money.Int(-1),
		entry: Entry{Source: c.No, SourceEntity: "finance.vendor_credit", SourceID: c.ID, Memo: c.Reason},
	}
}

// offset settles the documents that matches name with a credit: of the same party, in the same currency, by no more than either has open. A zero amount
// stands for as much as can be.
func offset(ctx context.Context, tx *tenancy.Tx, c credit, matches []*Match) (*settlement, error) {
	if len(matches) == 0 {
		var bad fault.Fields
		bad.Add("matches", "required", "请填写要抵扣的单据", "Name the documents to settle")
		return nil, bad.Err()
	}
	s, err := lockTargets(ctx, tx, matches)
	if err != nil {
		return nil, err
	}
	open, left := s.open(), *c.left
	wants := make([]Want, len(matches))
	for i, m := range matches {
		if m.Amount.IsZero() {
			m.Amount = money.Min(open[m.target()].Residual, left)
		}
		left = left.Sub(m.Amount)
		wants[i] = Want{Target: m.target(), Amount: m.Amount}
	}
	if err := Allocate(*c.left, c.party, c.currency, open, wants); err != nil {
		return nil, err
	}
	s.apply(c.left, c.value)
	return s, nil
}

// offsetEntry moves a credit to what it settles, or back (−1): both stand on one account, so nothing but the difference of the rates leaves it.
func (b *books) offsetEntry(tx *tenancy.Tx, c credit, s *settlement, way int64) *Entry {
	e := c.entry
	e.JournalID, e.Date = b.journals[journalGeneral].id, tx.Today()
	owed, sign := b.account(c.purpose, ""), c.side.Mul(money.Int(way))
	line := func(item id.ID, amount money.Amount) EntryLine {
		about := c.about
		about.ItemID = item
		if c.currency != tx.Tenant.Currency {
			about.Currency, about.AmountCurrency = c.currency, amount
		}
		return about
	}
	for _, m := range s.matches {
		e.add(owed, m.MovedValue.Mul(sign), line(c.key, m.Amount.Mul(sign)))
		e.add(owed, m.BookedValue.Mul(sign).Neg(), line(m.target(), m.Amount.Mul(sign).Neg()))
		e.add(b.account(forExchange, ""), m.BookedValue.Sub(m.MovedValue).Mul(sign), EntryLine{})
	}
	b.retakenLines(&e, s, tx.Tenant.Currency)
	return &e
}

// offsetDone saves what an offset (or, −1, taking it back) changed, books it and tells what the orders have brought.
func (c *CreditNote) offsetDone(ctx context.Context, tx *tenancy.Tx, s *settlement, way int64) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	c.settle()
	for _, m := range s.matches {
		s.paid = append(s.paid, paidOrder{c.OrderID, c.CustomerID, "", c.Currency, m.Amount.Mul(money.Int(-way))})
	}
	orders, err := s.save(ctx, tx)
	if err != nil {
		return err
	}
	if err := record.Update(ctx, tx, c); err != nil {
		return err
	}
	if err := b.post(tx, b.offsetEntry(tx, c.credit(), s, way)); err != nil || len(orders) == 0 {
		return err
	}
	return record.Emit(ctx, tx, financeevent.PaymentMatched{CreditNoteID: c.ID, Orders: orders})
}

func (c *VendorCredit) offsetDone(ctx context.Context, tx *tenancy.Tx, s *settlement, way int64) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	c.settle()
	if _, err := s.save(ctx, tx); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, c); err != nil {
		return err
	}
	return b.post(tx, b.offsetEntry(tx, c.credit(), s, way))
}

func nextPosition[M any](list []M, position func(M) int) int {
	next := 0
	for _, m := range list {
		next = max(next, position(m)+1)
	}
	return next
}
