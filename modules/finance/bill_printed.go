package finance

import (
	"context"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// printed is what a vendor has printed on a bill or a credit, beside what follows from its lines.
type printed struct {
	tax, total money.Amount // zero: as computed
	rate       money.Price
	computed   Sums
}

// off is by how much what is printed differs from the computed lines: its tax is the difference of the tax, its untaxed amount that of all else.
func (p printed) off() Sums {
	off := Sums{}
	if !p.tax.IsZero() {
		off.Tax = p.tax.Sub(p.computed.Tax)
	}
	if !p.total.IsZero() {
		off.Untaxed = p.total.Sub(p.computed.Total).Sub(off.Tax)
	}
	off.Total = off.Untaxed.Add(off.Tax)
	return off
}

func (s Sums) none() bool { return s.Untaxed.IsZero() && s.Tax.IsZero() }

// bounded refuses what is printed when it is further from the computed amounts than the tolerance.
func (p printed) bounded(ctx context.Context, tx *tenancy.Tx) (Sums, error) {
	off := p.off()
	if off.none() {
		return off, nil
	}
	limit, err := tolerance(ctx, tx, toleranceBill)
	if err != nil {
		return off, err
	}
	var bad fault.Fields
	if worth := off.Tax.Abs().Mul(p.rate); worth.GreaterThan(limit) {
		bad.Add("printed_tax_amount", "bill.rounding", "票面税额 %[1]s 与计算税额 %[2]s 相差超过容差 %[3]s",
			"The printed tax of %[1]s is further from the computed %[2]s than the tolerance of %[3]s", p.tax.StringFixed(2), p.computed.Tax.StringFixed(2), limit.StringFixed(2))
	}
	if worth := money.Max(off.Untaxed.Abs(), off.Total.Abs()).Mul(p.rate); !p.total.IsZero() && worth.GreaterThan(limit) {
		bad.Add("printed_total_amount", "bill.rounding", "票面价税合计 %[1]s 与计算合计 %[2]s 相差超过容差 %[3]s",
			"The printed total of %[1]s is further from the computed %[2]s than the tolerance of %[3]s", p.total.StringFixed(2), p.computed.Total.StringFixed(2),
			limit.StringFixed(2))
	}
	return off, bad.Err()
}

// accept brings a bill's amounts to what the vendor has printed on it. What differs from the computed lines goes onto one rounding line, which is
// bounded by the tolerance.
func (b *Bill) accept(ctx context.Context, tx *tenancy.Tx) error {
	sums := b.computed()
	off, err := printed{b.PrintedTax, b.PrintedTotal, b.Rate, sums}.bounded(ctx, tx)
	if err != nil {
		return err
	}
	if l := b.rounding(tx, !off.none()); l != nil {
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

// rounding is the bill's rounding line; a missing one is made when it is needed.
func (b *Bill) rounding(tx *tenancy.Tx, needed bool) *BillLine {
	for _, l := range b.Lines {
		if l.Rounding {
			return l
		}
	}
	if !needed {
		return nil
	}
	l := &BillLine{Description: written(tx, "尾差", "Rounding"), Quantity: money.Int(1), Rounding: true}
	l.BillID, l.Position = b.ID, len(b.Lines)
	b.Lines = append(b.Lines, l)
	return l
}

// accept brings a credit's amounts to what the vendor has printed on it, as of a bill.
func (c *VendorCredit) accept(ctx context.Context, tx *tenancy.Tx, computed Sums) error {
	off, err := printed{c.PrintedTax, c.PrintedTotal, c.Rate, computed}.bounded(ctx, tx)
	if err != nil {
		return err
	}
	var line *VendorCreditLine
	for _, l := range c.Lines {
		if l.Rounding {
			line = l
		}
	}
	if line == nil && !off.none() {
		line = &VendorCreditLine{Description: written(tx, "尾差", "Rounding"), Quantity: money.Int(1), Rounding: true}
		line.VendorCreditID, line.Position, line.ID = c.ID, len(c.Lines), tx.NewID()
		c.Lines = append(c.Lines, line)
	}
	if line != nil {
		line.UnitPrice = off.Untaxed
		line.setSums(off)
	}
	all := computed.Add(off)
	c.UntaxedAmount, c.TaxAmount, c.TotalAmount, c.ResidualAmount = all.Untaxed, all.Tax, all.Total, all.Total
	c.LineCount = len(c.Lines)
	return nil
}
