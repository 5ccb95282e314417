package finance

import (
	"context"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// accept brings a bill's amounts to what the vendor has printed on it. What differs from the computed lines goes onto one rounding line, which is
// bounded by the tolerance: its tax is the difference of the tax, its untaxed amount that of all else.
func (b *Bill) accept(ctx context.Context, tx *tenancy.Tx) error {
	sums := b.computed()
	off := Sums{}
	if !b.PrintedTax.IsZero() {
		off.Tax = b.PrintedTax.Sub(sums.Tax)
	}
	if !b.PrintedTotal.IsZero() {
		off.Untaxed = b.PrintedTotal.Sub(sums.Total).Sub(off.Tax)
	}
	off.Total = off.Untaxed.Add(off.Tax)
	if !off.Untaxed.IsZero() || !off.Tax.IsZero() {
		if err := b.bounded(ctx, tx, sums, off); err != nil {
			return err
		}
	}
	if l := b.rounding(!off.Untaxed.IsZero() || !off.Tax.IsZero()); l != nil {
		if l.ID.IsZero() {
			l.ID = tx.NewID()
		}
		l.UnitPrice = off.Untaxed
		l.setSums(off)
	}
	sums = sums.Add(off)
	b.UntaxedAmount, b.TaxAmount, b.TotalAmount = sums.Untaxed, sums.Tax, sums.Total
	b.LineCount = len(b.Lines)
	return nil
}

// computed sums the lines up as they follow from prices and taxes.
func (b *Bill) computed() Sums {
	var all Sums
	for _, l := range b.Lines {
		if !l.Rounding {
			all = all.Add(Sums{l.UntaxedAmount, l.TaxAmount, l.TotalAmount})
		}
	}
	return all
}

// bounded refuses what is printed when it is further from the computed amounts than the tolerance.
func (b *Bill) bounded(ctx context.Context, tx *tenancy.Tx, sums, off Sums) error {
	limit, err := tolerance(ctx, tx, toleranceBill)
	if err != nil {
		return err
	}
	var bad fault.Fields
	if worth := off.Tax.Abs().Mul(b.Rate); worth.GreaterThan(limit) {
		bad.Add("printed_tax_amount", "bill.rounding", "票面税额 %[1]s 与计算税额 %[2]s 相差超过容差 %[3]s",
			"The printed tax of %[1]s is further from the computed %[2]s than the tolerance of %[3]s", b.PrintedTax.StringFixed(2), sums.Tax.StringFixed(2), limit.StringFixed(2))
	}
	if worth := money.Max(off.Untaxed.Abs(), off.Total.Abs()).Mul(b.Rate); !b.PrintedTotal.IsZero() && worth.GreaterThan(limit) {
		bad.Add("printed_total_amount", "bill.rounding", "票面价税合计 %[1]s 与计算合计 %[2]s 相差超过容差 %[3]s",
			"The printed total of %[1]s is further from the computed %[2]s than the tolerance of %[3]s", b.PrintedTotal.StringFixed(2), sums.Total.StringFixed(2),
			limit.StringFixed(2))
	}
	return bad.Err()
}

// rounding is the bill's rounding line; a missing one is made when it is needed.
func (b *Bill) rounding(needed bool) *BillLine {
	for _, l := range b.Lines {
		if l.Rounding {
			return l
		}
	}
	if !needed {
		return nil
	}
	l := &BillLine{Description: "尾差 Rounding", Quantity: money.Int(1), Rounding: true}
	l.BillID, l.Position = b.ID, len(b.Lines)
	b.Lines = append(b.Lines, l)
	return l
}
