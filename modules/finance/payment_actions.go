package finance

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// preparePayments completes drafts: date, currency, journal, and what of the amount is not matched. It refuses a payment of nobody or of two, and
// matches that name no document or several.
func (o office) preparePayments(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Payment]) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, c := range changes {
		p := c.New
		if p.Status == "" {
			p.Status = draft
		}
		if p.Status != draft {
			continue
		}
		p.Date = firstDate(p.Date, tx.Today())
		if p.Currency == "" {
			p.Currency = tx.Tenant.Currency
		}
		if p.JournalID.IsZero() {
			p.JournalID = b.journals[journalBank].id
			if p.Method == "cash" {
				p.JournalID = b.journals[journalCash].id
			}
		}
		if p.CustomerID.IsZero() == p.VendorID.IsZero() {
			bad.Add("customer_id", "payment.party", "请填写客户或供应商之一", "Name either a customer or a vendor")
		}
		if !p.Amount.Equal(money.RoundTo(p.Amount, p.Currency)) {
			bad.Add("amount", "value.scale", "金额 %[1]s 的小数位超过币种 %[2]s 的最小单位", "%[1]s is finer than the smallest unit of %[2]s", p.Amount.String(), p.Currency)
		}
		p.checkMatches(&bad)
		p.UnmatchedAmount = p.Amount.Sub(p.matched())
		if p.Rate, err = o.rate(ctx, tx, p.Currency, p.Date); err != nil {
			return err
		}
	}
	return bad.Err()
}

func (p *Payment) checkMatches(bad *fault.Fields) {
	sum := money.Zero()
	for i, m := range p.Matches {
		if m.targets() != 1 {
			bad.Add(fmt.Sprintf("matches[%d].invoice_id", i), "match.target", "每行核销应指定一张单据", "Each match names one document")
		}
		sum = sum.Add(m.money())
		if sum.GreaterThan(p.Amount) {
			bad.Add(fmt.Sprintf("matches[%d].amount", i), "match.over_payment", "核销金额合计 %[1]s 超过收付款金额 %[2]s",
				"The matches add up to %[1]s, the payment is %[2]s", sum.String(), p.Amount.String())
		}
	}
}

// MatchInput is the input of matching a posted payment.
type MatchInput struct {
	Matches []MatchLine `in:"matches" label:"核销|Matches"`
}

// MatchLine names one document and how much of the payment settles it.
type MatchLine struct {
	InvoiceID      *id.ID       `in:"invoice_id" label:"销售发票|Invoice"`
	BillID         *id.ID       `in:"bill_id" label:"采购发票|Bill"`
	CreditNoteID   *id.ID       `in:"credit_note_id" label:"红字发票|Credit note"`
	VendorCreditID *id.ID       `in:"vendor_credit_id" label:"供应商红字发票|Vendor credit"`
	AdvanceID      *id.ID       `in:"advance_id" label:"退回的预收预付款|Money on account"`
	Amount         money.Amount `in:"amount" label:"金额|Amount"`
	WriteOff       money.Amount `in:"write_off" label:"核销差额|Write-off"`
}

func (l MatchLine) match(payment id.ID, position int, on clock.Date) *Match {
	m := &Match{PaymentID: payment, Amount: l.Amount, WriteOff: l.WriteOff, Date: on}
	m.Position = position
	for _, x := range []struct {
		from *id.ID
		to   *id.ID
	}{
		{l.InvoiceID, &m.InvoiceID}, {l.BillID, &m.BillID}, {l.CreditNoteID, &m.CreditNoteID}, {l.VendorCreditID, &m.VendorCreditID}, {l.AdvanceID, &m.AdvanceID},
	} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	return m
}

// match settles documents with what is left of a posted payment.
func (o office) match(ctx context.Context, tx *tenancy.Tx, p *Payment, input MatchInput) error {
	var bad fault.Fields
	next := 0
	for _, m := range p.Matches {
		next = max(next, m.Position+1)
	}
	list := make([]*Match, len(input.Matches))
	for i, l := range input.Matches {
		list[i] = l.match(p.ID, next+i, tx.Today())
		if list[i].targets() != 1 {
			bad.Add(fmt.Sprintf("matches[%d].invoice_id", i), "match.target", "每行核销应指定一张单据", "Each match names one document")
		}
	}
	if len(list) == 0 {
		bad.Add("matches", "required", "请填写要核销的单据", "Name the documents to settle")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	s, err := o.settle(ctx, tx, p, list)
	if err != nil {
		return err
	}
	orders, err := s.save(ctx, tx)
	if err != nil {
		return err
	}
	if err := record.Create(ctx, tx, list...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	if err := b.post(tx, b.matchEntry(p, s, tx.Today(), tx.Tenant.Currency, 1)); err != nil {
		return err
	}
	return tellMatched(ctx, tx, p, orders)
}

// UnmatchInput is the input of taking matches back; without any, all of them.
type UnmatchInput struct {
	Matches []UnmatchLine `in:"matches" label:"核销|Matches"`
}

// UnmatchLine names a document that the payment no longer settles.
type UnmatchLine struct {
	InvoiceID      *id.ID `in:"invoice_id" label:"销售发票|Invoice"`
	BillID         *id.ID `in:"bill_id" label:"采购发票|Bill"`
	CreditNoteID   *id.ID `in:"credit_note_id" label:"红字发票|Credit note"`
	VendorCreditID *id.ID `in:"vendor_credit_id" label:"供应商红字发票|Vendor credit"`
	AdvanceID      *id.ID `in:"advance_id" label:"退回的预收预付款|Money on account"`
}

// unmatch takes matches of a posted payment back: the documents are open again, the money is on account.
func (o office) unmatch(ctx context.Context, tx *tenancy.Tx, p *Payment, input UnmatchInput) error {
	off := map[id.ID]bool{}
	for _, l := range input.Matches {
		for _, k := range []*id.ID{l.InvoiceID, l.BillID, l.CreditNoteID, l.VendorCreditID, l.AdvanceID} {
			if k != nil {
				off[*k] = true
			}
		}
	}
	var gone []*Match
	for _, m := range p.Matches {
		if len(input.Matches) == 0 || off[m.target()] {
			gone = append(gone, m)
		}
	}
	if len(gone) == 0 {
		return fault.New(fault.Rule, "match.none", "该笔款项没有这样的核销", "The payment has no such match").At("matches", "match.none", "没有可取消的核销",
			"nothing to take back")
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := o.release(ctx, tx, b, p, gone, tx.Today()); err != nil {
		return err
	}
	return record.Update(ctx, tx, p)
}

// release takes matches of a payment back and books that; the payment itself has its money again in memory only.
func (o office) release(ctx context.Context, tx *tenancy.Tx, b *books, p *Payment, gone []*Match, on clock.Date) error {
	s, err := unsettle(ctx, tx, &p.UnmatchedAmount, &p.OpenValue, gone)
	if err != nil {
		return err
	}
	orders, err := s.save(ctx, tx)
	if err != nil {
		return err
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	if err := b.post(tx, b.matchEntry(p, s, on, tx.Tenant.Currency, -1)); err != nil {
		return err
	}
	return tellMatched(ctx, tx, p, orders)
}

// tellMatched says how much the orders have brought so far.
func tellMatched(ctx context.Context, tx *tenancy.Tx, p *Payment, orders []financeevent.OrderPaid) error {
	if len(orders) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, financeevent.PaymentMatched{PaymentID: p.ID, Orders: orders})
}
