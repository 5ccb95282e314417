package finance

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// reversePayment takes a posted payment back that was wrong or has bounced: all that it settles is open again, the money is off the bank and off the account
// of its party, and the lines of bank statements that were taken for it wait to be matched again. It keeps its number. Money that was brought along by opening balances is no payment of ours.
func (o office) reversePayment(ctx context.Context, tx *tenancy.Tx, p *Payment, in Reverse) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	on := clock.Latest(tx.Today(), p.Date)
	if in.Date != nil {
		on = *in.Date
	}
	if on.Before(p.Date) {
		return fault.New(fault.Rule, "payment.early", "冲销日期 %[1]s 早于收付款日期 %[2]s", "The reversal's date %[1]s is before the payment's, %[2]s", on, p.Date).
			At("date", "payment.early", "不能早于 %[1]s", "must not be before %[1]s", p.Date)
	}
	first, err := p.booked(ctx, tx)
	if err != nil {
		return err
	}
	if len(p.Matches) > 0 {
		if err := o.release(ctx, tx, b, p, p.Matches, on); err != nil {
			return err
		}
	}
	if !p.UnmatchedAmount.Equal(p.Amount) {
		return fault.New(fault.Rule, "payment.given_back", "收付款 %[1]s 已部分退回，请先取消退款的核销", "Some of payment %[1]s was given back; take the matches of that payment back first", p.No).
			At("unmatched_amount", "payment.given_back", "已退回 %[1]s", "%[1]s was given back", p.Amount.Sub(p.UnmatchedAmount).StringFixed(2))
	}
	back := b.paymentBack(p, first, on, tx.Tenant.Currency)
	if back.Memo = in.Memo; back.Memo == "" {
		back.Memo = written(tx, "冲销 ", "Reversal of ") + p.No
	}
	p.Status, p.UnmatchedAmount, p.OpenValue = reversed, money.Zero(), money.Zero()
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	if err := offStatements(ctx, tx, p.ID); err != nil {
		return err
	}
	return b.post(tx, back)
}

// booked is the entry by which a payment came into the books.
func (p *Payment) booked(ctx context.Context, tx *tenancy.Tx) (*Entry, error) {
	rows, err := record.Find[Entry](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("source_entity = 'finance.payment'").Where("source_id = ?", p.ID).OrderExpr("id").Limit(1)
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.Rule, "payment.opening", "收付款 %[1]s 来自期初余额，不能冲销", "Payment %[1]s came with the opening balances and can't be reversed", p.No).
			At("no", "payment.opening", "来自期初余额", "came with the opening balances")
	}
	return record.Get[Entry](ctx, tx, rows[0].ID)
}

// paymentBack books a payment that settles nothing the other way round: off the bank, off its party's account as it stands there; what a revaluation has
// put on it since is a difference of the rates.
func (b *books) paymentBack(p *Payment, first *Entry, on clock.Date, company string) *Entry {
	_, advance, about := b.sides(p)
	e := &Entry{JournalID: p.JournalID, Date: on, Source: p.No, SourceEntity: "finance.payment", SourceID: p.ID, ReversalOf: first.ID}
	whole := p.Amount.Mul(p.Rate).Round(money.MinorUnit(company))
	e.add(first.Lines[0].AccountID, whole.Mul(p.sign()).Neg(), p.line(EntryLine{}, id.ID{}, p.Amount.Neg(), company)) // the money is on the first line
	e.add(advance, p.OpenValue.Mul(p.sign()), p.line(about, p.ID, p.UnmatchedAmount, company))
	e.add(b.account(forExchange, ""), whole.Sub(p.OpenValue).Mul(p.sign()), EntryLine{})
	return e
}

// offStatements opens the lines of bank statements again that were taken for a payment.
func offStatements(ctx context.Context, tx *tenancy.Tx, payment id.ID) error {
	lines, err := record.Find[BankLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("payment_id = ?", payment).OrderExpr("id").For("UPDATE")
	})
	if err != nil || len(lines) == 0 {
		return err
	}
	keys := make([]id.ID, len(lines))
	for i, l := range lines {
		keys[i] = l.StatementID
		l.reopen()
		if l.Because == becausePayment {
			l.Suggested, l.Score, l.Because = []string{}, 0, ""
		}
	}
	statements, err := record.Lock[BankStatement](ctx, tx, distinct(keys)...)
	if err != nil {
		return err
	}
	for _, s := range statements {
		s.Status = loaded
	}
	if err := record.Update(ctx, tx, lines...); err != nil {
		return err
	}
	return record.Update(ctx, tx, statements...)
}
