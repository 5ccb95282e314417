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
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// postBank posts what is matched: draft payments become binding, movements for accounts get their entries. The statement is done when no line is
// open any more.
func (o office) postBank(ctx context.Context, tx *tenancy.Tx, s *BankStatement, _ modules.None) error {
	var ready []*BankLine
	left := false
	for _, l := range s.Lines {
		switch l.Status {
		case matched:
			ready = append(ready, l)
		case open:
			left = true
		}
	}
	if len(ready) == 0 {
		return fault.New(fault.Rule, "statement.nothing", "没有已匹配的对账单行", "No line of the statement is matched").At("lines", "required", "请先匹配", "match some first")
	}
	if err := o.postMatched(ctx, tx, s, ready); err != nil {
		return err
	}
	for _, l := range ready {
		l.Status = posted
	}
	if !left {
		s.Status = posted
	}
	if err := record.Update(ctx, tx, ready...); err != nil {
		return err
	}
	return record.Update(ctx, tx, s)
}

// postMatched posts the drafts among the lines' payments and books the lines that name an account.
func (o office) postMatched(ctx context.Context, tx *tenancy.Tx, s *BankStatement, lines []*BankLine) error {
	keys := make([]id.ID, len(lines))
	for i, l := range lines {
		keys[i] = l.PaymentID
	}
	payments, err := record.Lock[Payment](ctx, tx, distinct(keys)...)
	if err != nil {
		return err
	}
	if err := agree(lines, payments); err != nil {
		return err
	}
	var drafts []*Payment
	for _, p := range payments {
		if p.Status == draft {
			drafts = append(drafts, p)
		}
	}
	if len(drafts) > 0 {
		if err := o.postPayments(ctx, tx, drafts); err != nil {
			return err
		}
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	bank, err := bankAccounts(ctx, tx, b, []*Payment{{BankAccountID: s.BankAccountID, JournalID: b.journals[journalBank].id}})
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.AccountID.IsZero() {
			continue
		}
		rate, err := o.rate(ctx, tx, s.Currency, l.Date)
		if err != nil {
			return err
		}
		if err := b.post(tx, b.bankEntry(s, l, bank[0], rate, tx.Tenant.Currency)); err != nil {
			return err
		}
	}
	return nil
}

// agree refuses to post lines whose payments were changed to another amount than the bank's meanwhile.
func agree(lines []*BankLine, payments []*Payment) error {
	worth := map[id.ID]money.Amount{}
	for _, p := range payments {
		worth[p.ID] = p.Amount.Mul(p.sign())
	}
	var bad fault.Fields
	for _, l := range lines {
		if a, ok := worth[l.PaymentID]; ok && !a.Equal(l.Amount) {
			bad.Add(fmt.Sprintf("lines[%d].payment_id", l.Position), "payment.other", "收付款金额 %[1]s 与对账单金额 %[2]s 不同", "The payment is %[1]s, the bank says %[2]s",
				a.StringFixed(2), l.Amount.StringFixed(2))
		}
	}
	return bad.Err()
}

// bankEntry books a movement that is nobody's payment, such as charges or interest.
func (b *books) bankEntry(s *BankStatement, l *BankLine, bank id.ID, rate money.Price, company string) *Entry {
	e := &Entry{
		JournalID: b.journals[journalBank].id, Date: l.Date, Source: s.Reference, SourceEntity: "finance.bank_statement", SourceID: s.ID, Memo: l.Text,
	}
	about := EntryLine{}
	if s.Currency != company {
		about.Currency, about.AmountCurrency = s.Currency, l.Amount
	}
	value := money.RoundTo(l.Amount.Mul(rate), company)
	e.add(bank, value, about)
	e.add(l.AccountID, value.Neg(), EntryLine{})
	return e
}

// UnmatchBank is the input of taking matches of a statement back; without lines, all that are not posted.
type UnmatchBank struct {
	Lines []id.ID `in:"lines" label:"明细|Lines"`
}

// unmatchBank opens matched lines again; the draft payments that were made for them are gone.
func (o office) unmatchBank(ctx context.Context, tx *tenancy.Tx, s *BankStatement, in UnmatchBank) error {
	named := map[id.ID]bool{}
	for _, k := range in.Lines {
		named[k] = true
	}
	var lines []*BankLine
	var keys []id.ID
	for _, l := range s.Lines {
		if l.Status == matched && (len(named) == 0 || named[l.ID]) {
			lines, keys = append(lines, l), append(keys, l.PaymentID)
			l.reopen()
		}
	}
	if err := record.Update(ctx, tx, lines...); err != nil {
		return err
	}
	drafts, err := record.Lock[Payment](ctx, tx, distinct(keys)...)
	if err != nil {
		return err
	}
	var gone []*Payment
	for _, p := range drafts {
		if p.Status == draft {
			gone = append(gone, p)
		}
	}
	return record.Delete(ctx, tx, gone...)
}

// free reads the payments that could be what lines of a statement report: posted, over one of the amounts, and on no statement yet.
func free(ctx context.Context, tx *tenancy.Tx, currency string, amounts []string) ([]*Payment, error) {
	return record.Find[Payment](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status = 'posted'").Where("currency = ?", currency).Where("amount = ANY(?::text[]::numeric[])", pgdialect.Array(amounts)).
			Where("method NOT IN ('cash')").Where("NOT EXISTS (SELECT 1 FROM finance_bank_line l WHERE l.payment_id = fp.id)").OrderExpr("date DESC, id").Limit(5000)
	})
}
