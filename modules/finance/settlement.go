package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// settlement is what matches of one payment do to the documents that they name.
type settlement struct {
	matches  []*Match
	invoices map[id.ID]*Invoice
	bills    map[id.ID]*Bill
	notes    map[id.ID]*CreditNote
	paid     []paidOrder
}

// settle locks the documents, checks that the payment has left what is wanted of them, and applies it in memory.
func settle(ctx context.Context, tx *tenancy.Tx, p *Payment, left money.Amount, matches []*Match) (*settlement, error) {
	s, err := lockTargets(ctx, tx, matches)
	if err != nil {
		return nil, err
	}
	if err := s.fits(p); err != nil {
		return nil, err
	}
	wants := make([]Want, len(matches))
	for i, m := range matches {
		wants[i] = Want{m.target(), m.Amount}
	}
	if err := Allocate(left, p.party(), p.Currency, s.open(), wants); err != nil {
		return nil, err
	}
	s.apply(money.Int(1))
	return s, nil
}

// unsettle locks the documents and takes the matches back in memory.
func unsettle(ctx context.Context, tx *tenancy.Tx, p *Payment, matches []*Match) (*settlement, error) {
	s, err := lockTargets(ctx, tx, matches)
	if err != nil {
		return nil, err
	}
	s.apply(money.Int(-1))
	return s, nil
}

// lockTargets reads and locks the documents that matches name, kind by kind and in the order of ids.
func lockTargets(ctx context.Context, tx *tenancy.Tx, matches []*Match) (*settlement, error) {
	s := &settlement{matches: matches, invoices: map[id.ID]*Invoice{}, bills: map[id.ID]*Bill{}, notes: map[id.ID]*CreditNote{}}
	var invoices, bills, notes []id.ID
	for _, m := range matches {
		invoices, bills, notes = append(invoices, m.InvoiceID), append(bills, m.BillID), append(notes, m.CreditNoteID)
	}
	byID := func(keys []id.ID) func(q *bun.SelectQuery) *bun.SelectQuery {
		return func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("id = ANY(?::uuid[])", pgdialect.Array(texts(keys))).OrderExpr("id").For("UPDATE")
		}
	}
	if invoices = distinct(invoices); len(invoices) > 0 {
		rows, err := record.Find[Invoice](ctx, tx, byID(invoices))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s.invoices[r.ID] = r
		}
	}
	if bills = distinct(bills); len(bills) > 0 {
		rows, err := record.Find[Bill](ctx, tx, byID(bills))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s.bills[r.ID] = r
		}
	}
	if notes = distinct(notes); len(notes) > 0 {
		rows, err := record.Find[CreditNote](ctx, tx, byID(notes))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s.notes[r.ID] = r
		}
	}
	return s, nil
}

// fits refuses documents that a payment of this kind can't settle: money from a customer settles invoices, money to one credit notes, money to a
// vendor bills that are not blocked.
func (s *settlement) fits(p *Payment) error {
	var bad fault.Fields
	for i, m := range s.matches {
		path := fmt.Sprintf("matches[%d]", i)
		switch {
		case !m.InvoiceID.IsZero() && (p.Direction != moneyIn || p.CustomerID.IsZero()):
			bad.Add(path+".invoice_id", "match.kind", "只有客户收款可以核销销售发票", "Only money from a customer settles an invoice")
		case !m.CreditNoteID.IsZero() && (p.Direction != moneyOut || p.CustomerID.IsZero()):
			bad.Add(path+".credit_note_id", "match.kind", "只有给客户的退款可以核销红字发票", "Only money back to a customer settles a credit note")
		case !m.BillID.IsZero() && (p.Direction != moneyOut || p.VendorID.IsZero()):
			bad.Add(path+".bill_id", "match.kind", "只有给供应商的付款可以核销采购发票", "Only money to a vendor settles a bill")
		case !m.BillID.IsZero() && s.bills[m.BillID] != nil && s.bills[m.BillID].Blocked:
			bad.Add(path+".bill_id", "bill.blocked", "采购发票 %[1]s 三单不符，已冻结付款",
				"Bill %[1]s does not match order and receipt and is blocked for payment", s.bills[m.BillID].No)
		}
	}
	if f := fault.As(bad.Err()); f != nil {
		f.Kind, f.Reason = fault.Rule, "payment.match"
		return f
	}
	return nil
}

// open tells what of the documents can be settled.
func (s *settlement) open() map[id.ID]Open {
	out := map[id.ID]Open{}
	for k, d := range s.invoices {
		if d.Status != draft {
			out[k] = d.open()
		}
	}
	for k, d := range s.bills {
		if d.Status != draft {
			out[k] = d.open()
		}
	}
	for k, d := range s.notes {
		out[k] = d.open()
	}
	return out
}

// apply settles (1) or opens (−1) the documents in memory.
func (s *settlement) apply(sign money.Amount) {
	for _, m := range s.matches {
		amount := m.Amount.Mul(sign)
		switch {
		case s.invoices[m.InvoiceID] != nil:
			d := s.invoices[m.InvoiceID]
			d.PaidAmount = d.PaidAmount.Add(amount)
			d.settle()
			s.paid = append(s.paid, paidOrder{d.OrderID, d.CustomerID, d.OrderNo, d.Currency, amount})
		case s.bills[m.BillID] != nil:
			d := s.bills[m.BillID]
			d.PaidAmount = d.PaidAmount.Add(amount)
			d.settle()
		case s.notes[m.CreditNoteID] != nil:
			d := s.notes[m.CreditNoteID]
			d.ResidualAmount = d.ResidualAmount.Sub(amount)
			d.Status = posted
			if d.ResidualAmount.IsZero() {
				d.Status = refunded
			}
			s.paid = append(s.paid, paidOrder{d.OrderID, d.CustomerID, "", d.Currency, amount.Neg()})
		}
	}
}

// save writes the documents and the receivables of their orders, and returns what the orders have brought so far.
func (s *settlement) save(ctx context.Context, tx *tenancy.Tx) ([]financeevent.OrderPaid, error) {
	var invoices []*Invoice
	var bills []*Bill
	var notes []*CreditNote
	for _, m := range s.matches {
		if d := s.invoices[m.InvoiceID]; d != nil {
			invoices = append(invoices, d)
		}
		if d := s.bills[m.BillID]; d != nil {
			bills = append(bills, d)
		}
		if d := s.notes[m.CreditNoteID]; d != nil {
			notes = append(notes, d)
		}
	}
	if err := record.Update(ctx, tx, unique(invoices)...); err != nil {
		return nil, err
	}
	if err := record.Update(ctx, tx, unique(bills)...); err != nil {
		return nil, err
	}
	if err := record.Update(ctx, tx, unique(notes)...); err != nil {
		return nil, err
	}
	return collected(ctx, tx, s.paid)
}

// amount is the sum of the matches, in the payment's currency.
func (s *settlement) amount() money.Amount {
	sum := money.Zero()
	for _, m := range s.matches {
		sum = sum.Add(m.Amount)
	}
	return sum
}

// booked is what the matches settle at the rates at which the documents were booked.
func (s *settlement) booked(minor int32) money.Amount {
	sum := money.Zero()
	for _, m := range s.matches {
		rate := money.Int(1)
		switch {
		case s.invoices[m.InvoiceID] != nil:
			rate = s.invoices[m.InvoiceID].Rate
		case s.bills[m.BillID] != nil:
			rate = s.bills[m.BillID].Rate
		case s.notes[m.CreditNoteID] != nil:
			rate = s.notes[m.CreditNoteID].Rate
		}
		sum = sum.Add(m.Amount.Mul(rate).Round(minor))
	}
	return sum
}

// sides are the accounts of a payment: what its party owes (or is owed), and its money on account.
func (b *books) sides(p *Payment) (owed, advance id.ID, about EntryLine) {
	if p.VendorID.IsZero() {
		return b.account(forReceivable, ""), b.account(forCustomerAdvance, ""), EntryLine{CustomerID: p.CustomerID}
	}
	return b.account(forPayable, ""), b.account(forVendorAdvance, ""), EntryLine{VendorID: p.VendorID}
}

func (p *Payment) sign() money.Amount {
	if p.Direction == moneyOut {
		return money.Int(-1)
	}
	return money.Int(1)
}

// paymentEntry books a payment that comes in (one that goes out the other way round): debit the bank, credit what was owed at the rate at which it
// was booked, the rest on account; the rates' difference is a gain or a loss.
func (b *books) paymentEntry(p *Payment, s *settlement, bank id.ID, company string) *Entry {
	minor := money.MinorUnit(company)
	owed, advance, about := b.sides(p)
	e := &Entry{JournalID: p.JournalID, Date: p.Date, Source: p.No, SourceEntity: "finance.payment", SourceID: p.ID, Memo: p.Memo}
	whole, rest := p.Amount.Mul(p.Rate).Round(minor), p.UnmatchedAmount.Mul(p.Rate).Round(minor)
	booked := s.booked(minor)
	note := func(l EntryLine, amount money.Amount) EntryLine {
		if p.Currency != company {
			l.Currency, l.AmountCurrency = p.Currency, amount.Mul(p.sign())
		}
		return l
	}
	e.add(bank, whole.Mul(p.sign()), note(EntryLine{}, p.Amount))
	e.add(owed, booked.Mul(p.sign()).Neg(), note(about, s.amount().Neg()))
	e.add(advance, rest.Mul(p.sign()).Neg(), note(about, p.UnmatchedAmount.Neg()))
	e.add(b.account(forExchange, ""), whole.Sub(booked).Sub(rest).Mul(p.sign()).Neg(), EntryLine{})
	return e
}

// matchEntry moves money on account to what it settles, or back (−1).
func (b *books) matchEntry(p *Payment, s *settlement, on clock.Date, company string, way int64) *Entry {
	minor := money.MinorUnit(company)
	owed, advance, about := b.sides(p)
	sign := p.sign().Mul(money.Int(way))
	e := &Entry{JournalID: p.JournalID, Date: on, Source: p.No, SourceEntity: "finance.payment", SourceID: p.ID}
	moved, booked := s.amount().Mul(p.Rate).Round(minor), s.booked(minor)
	note := func(amount money.Amount) EntryLine {
		l := about
		if p.Currency != company {
			l.Currency, l.AmountCurrency = p.Currency, amount
		}
		return l
	}
	e.add(advance, moved.Mul(sign), note(s.amount().Mul(sign)))
	e.add(owed, booked.Mul(sign).Neg(), note(s.amount().Mul(sign).Neg()))
	e.add(b.account(forExchange, ""), moved.Sub(booked).Mul(sign).Neg(), EntryLine{})
	return e
}
