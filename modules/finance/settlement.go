package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
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
	credits  map[id.ID]*VendorCredit
	advances map[id.ID]*Payment // money on account that is given back
	paid     []paidOrder
	taken    []retaken // of credit notes, when invoices that they had over-credited are open again
	minor    int32     // of company currency
}

// retaken is what a credit note gives back to its invoice when the money that had made it refundable is taken off the invoice.
type retaken struct {
	invoice       *Invoice
	note          *CreditNote
	amount, value money.Amount
}

// settle locks the documents, checks that the payment has left what is wanted of them and that write-offs are small, and applies it in memory.
func (o office) settle(ctx context.Context, tx *tenancy.Tx, p *Payment, matches []*Match) (*settlement, error) {
	s, err := lockTargets(ctx, tx, matches)
	if err != nil {
		return nil, err
	}
	return s, o.use(ctx, tx, p, s)
}

// use settles locked documents with a payment, in memory.
func (o office) use(ctx context.Context, tx *tenancy.Tx, p *Payment, s *settlement) error {
	if err := s.fits(p); err != nil {
		return err
	}
	wants := make([]Want, len(s.matches))
	for i, m := range s.matches {
		wants[i] = Want{Target: m.target(), Amount: m.Amount, WriteOff: m.WriteOff}
	}
	if err := Allocate(p.UnmatchedAmount, p.party(), p.Currency, s.open(), wants); err != nil {
		return err
	}
	if err := o.tolerated(ctx, tx, p, s); err != nil {
		return err
	}
	s.apply(&p.UnmatchedAmount, &p.OpenValue)
	return nil
}

// of is the settlement of some of the matches, over the same documents.
func (s *settlement) of(matches []*Match) *settlement {
	return &settlement{matches: matches, invoices: s.invoices, bills: s.bills, notes: s.notes, credits: s.credits, advances: s.advances, minor: s.minor}
}

// unsettle locks the documents and takes the matches back in memory: the documents and the money (what is left of it, and its value in the books) get
// exactly what the matches took.
func unsettle(ctx context.Context, tx *tenancy.Tx, left, value *money.Amount, matches []*Match) (*settlement, error) {
	s, err := lockTargets(ctx, tx, matches)
	if err != nil {
		return nil, err
	}
	for _, m := range matches {
		s.settleOne(m, money.Int(-1))
		*left, *value = left.Add(m.money()), value.Add(m.MovedValue)
	}
	return s, s.retake(ctx, tx)
}

// lockTargets reads and locks the documents that matches name, kind by kind and in the order of ids.
func lockTargets(ctx context.Context, tx *tenancy.Tx, matches []*Match) (*settlement, error) {
	s := &settlement{
		matches: matches, invoices: map[id.ID]*Invoice{}, bills: map[id.ID]*Bill{}, notes: map[id.ID]*CreditNote{}, credits: map[id.ID]*VendorCredit{},
		advances: map[id.ID]*Payment{}, minor: money.MinorUnit(tx.Tenant.Currency),
	}
	var invoices, bills, notes, credits, advances []id.ID
	for _, m := range matches {
		invoices, bills, notes = append(invoices, m.InvoiceID), append(bills, m.BillID), append(notes, m.CreditNoteID)
		credits, advances = append(credits, m.VendorCreditID), append(advances, m.AdvanceID)
	}
	if err := lockInto(ctx, tx, s.invoices, invoices); err != nil {
		return nil, err
	}
	if err := lockInto(ctx, tx, s.bills, bills); err != nil {
		return nil, err
	}
	if err := lockInto(ctx, tx, s.notes, notes); err != nil {
		return nil, err
	}
	if err := lockInto(ctx, tx, s.credits, credits); err != nil {
		return nil, err
	}
	return s, lockInto(ctx, tx, s.advances, advances)
}

// lockInto reads and locks records of one kind, without their lines.
func lockInto[T any, P record.Pointer[T]](ctx context.Context, tx *tenancy.Tx, into map[id.ID]P, keys []id.ID) error {
	if keys = distinct(keys); len(keys) == 0 {
		return nil
	}
	rows, err := record.Find[T, P](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(texts(keys))).OrderExpr("id").For("UPDATE")
	})
	for _, r := range rows {
		into[r.Meta().ID] = r
	}
	return err
}

// fits refuses documents that a payment of this kind can't settle: money from a customer settles invoices, money to one credit notes, money to a
// vendor bills that are not blocked, money from one its credits.
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
		case !m.VendorCreditID.IsZero() && (p.Direction != moneyIn || p.VendorID.IsZero()):
			bad.Add(path+".vendor_credit_id", "match.kind", "只有供应商的退款可以核销供应商红字发票", "Only money back from a vendor settles a vendor's credit")
		case s.advances[m.AdvanceID] != nil && s.advances[m.AdvanceID].Direction == p.Direction:
			bad.Add(path+".advance_id", "match.kind", "只有方向相反的款项才能退回预收预付款 %[1]s", "Only money the other way gives back what is on account from %[1]s", s.advances[m.AdvanceID].No)
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
	for k, d := range s.credits {
		if d.Status != draft {
			out[k] = d.open()
		}
	}
	for k, d := range s.advances {
		if d.Status == posted {
			out[k] = Open{ID: d.ID, No: d.No, Party: d.party(), Currency: d.Currency, Residual: d.UnmatchedAmount}
		}
	}
	return out
}

// apply settles the documents and uses the money, of which so much is left at such a value, in memory. Each match takes its share of what the document and the money are worth in the books;
// the last one takes what is left, so that nothing stays on what is settled.
func (s *settlement) apply(left, value *money.Amount) {
	for _, m := range s.matches {
		residual, booked := s.item(m)
		m.BookedValue = part(booked, m.Amount, residual, s.minor)
		m.MovedValue = part(*value, m.money(), *left, s.minor)
		*left, *value = left.Sub(m.money()), value.Sub(m.MovedValue)
		s.settleOne(m, money.Int(1))
	}
}

// part is the share of a value that goes with an amount out of a whole; the whole of it with the last.
func part(value, amount, of money.Amount, minor int32) money.Amount {
	if amount.Equal(of) || of.IsZero() {
		return value
	}
	return money.Div(value.Mul(amount), of).Round(minor)
}

// item is what is open of the document that a match names, in its currency and in the books.
func (s *settlement) item(m *Match) (residual, value money.Amount) {
	switch {
	case s.invoices[m.InvoiceID] != nil:
		d := s.invoices[m.InvoiceID]
		return d.ResidualAmount, d.OpenValue
	case s.bills[m.BillID] != nil:
		d := s.bills[m.BillID]
		return d.ResidualAmount, d.OpenValue
	case s.credits[m.VendorCreditID] != nil:
		d := s.credits[m.VendorCreditID]
		return d.ResidualAmount, d.OpenValue
	case s.advances[m.AdvanceID] != nil:
		d := s.advances[m.AdvanceID]
		return d.UnmatchedAmount, d.OpenValue
	}
	d := s.notes[m.CreditNoteID]
	return d.ResidualAmount, d.OpenValue
}

// settleOne settles (1) or opens (−1) the document of a match.
func (s *settlement) settleOne(m *Match, sign money.Amount) {
	amount, value := m.Amount.Mul(sign), m.BookedValue.Mul(sign)
	switch {
	case s.invoices[m.InvoiceID] != nil:
		d := s.invoices[m.InvoiceID]
		was := d.ResidualAmount
		d.PaidAmount = d.PaidAmount.Add(amount)
		d.settle()
		d.OpenValue = d.OpenValue.Sub(value)
		if beyond := was.Sub(amount).Sub(d.ResidualAmount); beyond.Sign() > 0 {
			s.taken = append(s.taken, retaken{invoice: d, amount: beyond})
		}
		s.paid = append(s.paid, paidOrder{d.OrderID, d.CustomerID, d.OrderNo, d.Currency, amount})
	case s.bills[m.BillID] != nil:
		d := s.bills[m.BillID]
		d.PaidAmount = d.PaidAmount.Add(amount)
		d.settle()
		d.OpenValue = d.OpenValue.Sub(value)
	case s.credits[m.VendorCreditID] != nil:
		d := s.credits[m.VendorCreditID]
		d.ResidualAmount = d.ResidualAmount.Sub(amount)
		d.OpenValue = d.OpenValue.Sub(value)
		d.settle()
	case s.advances[m.AdvanceID] != nil:
		d := s.advances[m.AdvanceID]
		d.UnmatchedAmount, d.OpenValue = d.UnmatchedAmount.Sub(amount), d.OpenValue.Sub(value)
	case s.notes[m.CreditNoteID] != nil:
		d := s.notes[m.CreditNoteID]
		d.ResidualAmount = d.ResidualAmount.Sub(amount)
		d.OpenValue = d.OpenValue.Sub(value)
		d.settle()
		s.paid = append(s.paid, paidOrder{d.OrderID, d.CustomerID, "", d.Currency, amount.Neg()})
	}
}

// retake brings credit notes back onto their invoices. An invoice that was paid and then credited beyond what was open has made a note refundable;
// when the money goes, the invoice is credited by the note again. What of it is refunded already has to be taken back first.
func (s *settlement) retake(ctx context.Context, tx *tenancy.Tx) error {
	if len(s.taken) == 0 {
		return nil
	}
	keys := make([]id.ID, len(s.taken))
	for i, r := range s.taken {
		keys[i] = r.invoice.ID
	}
	rows, err := record.Find[CreditNote](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("invoice_id = ANY(?::uuid[])", pgdialect.Array(texts(keys))).Where("residual_amount > 0").OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	var list []retaken
	for _, want := range s.taken {
		for _, n := range rows {
			if n.InvoiceID != want.invoice.ID || want.amount.IsZero() || n.ResidualAmount.IsZero() {
				continue
			}
			r := retaken{invoice: want.invoice, note: n, amount: money.Min(want.amount, n.ResidualAmount)}
			r.value = part(n.OpenValue, r.amount, n.ResidualAmount, s.minor)
			n.ResidualAmount, n.OpenValue = n.ResidualAmount.Sub(r.amount), n.OpenValue.Sub(r.value)
			r.invoice.OpenValue = r.invoice.OpenValue.Sub(r.value)
			want.amount = want.amount.Sub(r.amount)
			s.notes[n.ID] = n
			list = append(list, r)
		}
		if want.amount.Sign() > 0 {
			return fault.New(fault.Rule, "match.refunded", "发票 %[1]s 的红字发票已退款或已抵扣，请先取消其核销",
				"Invoice %[1]s is credited, and the credit is refunded or offset; take that back first", want.invoice.No).At("matches", "match.refunded", "已退款", "is refunded")
		}
	}
	s.taken = list
	return nil
}

// save writes the documents and the receivables of their orders, and returns what the orders have brought so far.
func (s *settlement) save(ctx context.Context, tx *tenancy.Tx) ([]financeevent.OrderPaid, error) {
	var invoices []*Invoice
	var bills []*Bill
	var notes []*CreditNote
	var credits []*VendorCredit
	var advances []*Payment
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
		if d := s.credits[m.VendorCreditID]; d != nil {
			credits = append(credits, d)
		}
		if d := s.advances[m.AdvanceID]; d != nil {
			advances = append(advances, d)
		}
	}
	for _, r := range s.taken {
		notes = append(notes, r.note)
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
	if err := record.Update(ctx, tx, unique(credits)...); err != nil {
		return nil, err
	}
	if err := record.Update(ctx, tx, unique(advances)...); err != nil {
		return nil, err
	}
	return collected(ctx, tx, s.paid)
}
