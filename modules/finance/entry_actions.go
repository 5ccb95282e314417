package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareEntries completes drafts that people write. A draft may be unbalanced; a line may not have both sides or a part of a cent.
func prepareEntries(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Entry]) error {
	var bad fault.Fields
	for _, c := range changes {
		e := c.New
		if e.Status == "" {
			e.Status = draft
		}
		if e.Status != draft {
			continue
		}
		e.Date = firstDate(e.Date, tx.Today())
		if e.JournalID.IsZero() { // what people write themselves belongs in the general journal
			b, err := openBooks(ctx, tx)
			if err != nil {
				return err
			}
			e.JournalID = b.journals[journalGeneral].id
		}
		for i, l := range e.Lines {
			path := fmt.Sprintf("lines[%d].", i)
			if !l.Debit.IsZero() && !l.Credit.IsZero() {
				bad.Add(path+"credit", "entry.two_sides", "一行分录只能有借方或贷方", "A line has a debit or a credit, not both")
			}
			for _, side := range []struct {
				name   string
				amount money.Amount
			}{{"debit", l.Debit}, {"credit", l.Credit}} {
				if !side.amount.Equal(money.RoundTo(side.amount, tx.Tenant.Currency)) {
					bad.Add(path+side.name, "value.scale", "金额 %[1]s 的小数位超过本位币的最小单位", "%[1]s is finer than the smallest unit of company currency",
						side.amount.String())
				}
			}
		}
		e.finish()
	}
	return bad.Err()
}

// postEntry makes a draft part of the books: it has to balance, and its period to be open. From then on it can only be reversed.
func (o office) postEntry(ctx context.Context, tx *tenancy.Tx, e *Entry, _ modules.None) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := e.ready(); err != nil {
		return err
	}
	if err := b.check(e.Date, e.Adjustment); err != nil {
		return err
	}
	e.Status = posted
	e.finish()
	if e.No, err = draw(ctx, tx, b.codes[e.JournalID], e.Date, e.ID); err != nil {
		return err
	}
	return record.Update(ctx, tx, e)
}

// Reverse is the input of reversing an entry.
type Reverse struct {
	Date *clock.Date `in:"date" label:"日期|Date"`
	Memo string      `in:"memo" label:"摘要|Memo"`
}

// reverseEntry posts the opposite of a posted entry, once; the entry itself stays as it is. What a document has booked is taken back by that document.
func (o office) reverseEntry(ctx context.Context, tx *tenancy.Tx, e *Entry, input Reverse) error {
	var kind entity.Text
	if of := record.Catalog(tx).Entity(e.SourceEntity); of != nil {
		kind = of.Label
	}
	if err := e.byDocument(kind); err != nil {
		return err
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	earlier, err := record.Find[Entry](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("reversal_of = ?", e.ID) })
	if err != nil {
		return err
	}
	if len(earlier) > 0 {
		return fault.New(fault.Conflict, "entry.reversed", "凭证 %[1]s 已由 %[2]s 冲销", "Entry %[1]s is reversed by %[2]s already", e.No, earlier[0].No)
	}
	on := tx.Today()
	if input.Date != nil {
		on = *input.Date
	}
	memo := input.Memo
	if memo == "" {
		memo = written(tx, "冲销 ", "Reversal of ") + e.No
	}
	return b.post(tx, e.reversal(on, memo))
}

// reversal is the opposite of an entry. It settles no documents: what they are open by changes only with payments and credit notes.
func (e *Entry) reversal(on clock.Date, memo string) *Entry {
	r := &Entry{
		JournalID: e.JournalID, Date: on, Source: e.No, SourceEntity: "finance.entry", SourceID: e.ID, Memo: memo, Adjustment: e.Adjustment, ReversalOf: e.ID,
	}
	for _, l := range e.Lines {
		r.Lines = append(r.Lines, &EntryLine{
			AccountID: l.AccountID, Debit: l.Credit, Credit: l.Debit, CustomerID: l.CustomerID, VendorID: l.VendorID, ProductID: l.ProductID,
			DimensionValueID: l.DimensionValueID, Memo: l.Memo, Currency: l.Currency, AmountCurrency: l.AmountCurrency.Neg(), TaxID: l.TaxID,
		})
	}
	return r
}
