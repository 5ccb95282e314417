package finance

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

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

// paymentEntry books a payment that comes in (one that goes out the other way round): debit the bank, credit what was owed as it stands in the books,
// the rest on account; the rates' difference is a gain or a loss.
func (b *books) paymentEntry(p *Payment, s *settlement, bank id.ID, company string) *Entry {
	_, advance, about := b.sides(p)
	e := &Entry{JournalID: p.JournalID, Date: p.Date, Source: p.No, SourceEntity: "finance.payment", SourceID: p.ID, Memo: p.Memo}
	whole := p.Amount.Mul(p.Rate).Round(money.MinorUnit(company))
	e.add(bank, whole.Mul(p.sign()), p.line(EntryLine{}, id.ID{}, p.Amount, company))
	b.settled(e, p, s, company, p.sign())
	e.add(advance, p.OpenValue.Mul(p.sign()).Neg(), p.line(about, p.ID, p.UnmatchedAmount.Neg(), company))
	return e
}

// matchEntry moves money on account to what it settles, or back (−1).
func (b *books) matchEntry(p *Payment, s *settlement, on clock.Date, company string, way int64) *Entry {
	_, advance, about := b.sides(p)
	sign := p.sign().Mul(money.Int(way))
	e := &Entry{JournalID: p.JournalID, Date: on, Source: p.No, SourceEntity: "finance.payment", SourceID: p.ID}
	moved, cash := money.Zero(), money.Zero()
	for _, m := range s.matches {
		moved, cash = moved.Add(m.MovedValue), cash.Add(m.money())
	}
	e.add(advance, moved.Mul(sign), p.line(about, p.ID, cash.Mul(money.Int(way)), company))
	b.settled(e, p, s, company, sign)
	b.retakenLines(e, s, company)
	return e
}

// settled books what matches settle: the documents as they stand in the books, what is written off, and the difference of the rates.
func (b *books) settled(e *Entry, p *Payment, s *settlement, company string, sign money.Amount) {
	owed, advance, about := b.sides(p)
	way := sign.Mul(p.sign())
	for _, m := range s.matches {
		off := part(m.BookedValue, m.WriteOff, m.Amount, s.minor)
		if m.WriteOff.IsZero() {
			off = money.Zero()
		}
		account := owed
		if !m.AdvanceID.IsZero() {
			account = advance
		}
		e.add(account, m.BookedValue.Mul(sign).Neg(), p.line(about, m.target(), m.Amount.Mul(way).Neg(), company))
		e.add(b.account(forWriteOff, ""), off.Mul(sign), about)
		e.add(b.account(forExchange, ""), m.MovedValue.Add(off).Sub(m.BookedValue).Mul(sign).Neg(), EntryLine{})
	}
}

// retakenLines book that credit notes are on their invoices again: within one account, from the note to the invoice.
func (b *books) retakenLines(e *Entry, s *settlement, company string) {
	owed := b.account(forReceivable, "")
	for _, r := range s.taken {
		line := func(item id.ID, amount money.Amount) EntryLine {
			l := EntryLine{CustomerID: r.invoice.CustomerID, ItemID: item}
			if r.invoice.Currency != company {
				l.Currency, l.AmountCurrency = r.invoice.Currency, amount
			}
			return l
		}
		e.add(owed, r.value, line(r.note.ID, r.amount))
		e.add(owed, r.value.Neg(), line(r.invoice.ID, r.amount.Neg()))
	}
}

// line says what an entry line of the payment is about: the open item, and the amount in the payment's currency as if it came in.
func (p *Payment) line(about EntryLine, item id.ID, amount money.Amount, company string) EntryLine {
	about.ItemID = item
	if p.Currency != company {
		about.Currency, about.AmountCurrency = p.Currency, amount.Mul(p.sign())
	}
	return about
}
