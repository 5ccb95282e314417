package finance

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// AskDeposit is the input of asking for a down payment on an order: a percentage of it, or an amount with tax.
type AskDeposit struct {
	Percent *money.Percent `in:"percent" label:"比例 %|Percent"`
	Amount  *money.Amount  `in:"amount" label:"金额（含税）|Amount with tax"`
	DueDate *clock.Date    `in:"due_date" label:"到期日|Due date"`
	Memo    string         `in:"memo" label:"备注|Memo"`
}

// askDeposit invoices a down payment on an order, tax by tax in the order's proportions, and posts the invoice. What is delivered later is invoiced
// less the deposit.
func (o office) askDeposit(ctx context.Context, tx *tenancy.Tx, r *Receivable, in AskDeposit) error {
	amount, err := r.depositOf(in)
	if err != nil {
		return err
	}
	inv := &Invoice{
		Kind: deposit, CustomerID: r.CustomerID, OrderID: r.OrderID, OrderNo: r.OrderNo, Status: draft, Date: tx.Today(), DueDate: tx.Today(), Currency: r.Currency,
		Memo: in.Memo,
	}
	if in.DueDate != nil {
		inv.DueDate = *in.DueDate
	}
	inv.ID = tx.NewID()
	inv.depositLines(tx, r, amount)
	if inv.Rate, err = o.rate(ctx, tx, inv.Currency, inv.Date); err != nil {
		return err
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(inv.Date, false); err != nil {
		return err
	}
	r.InvoicedAmount = r.InvoicedAmount.Add(inv.TotalAmount)
	if err := record.Update(ctx, tx, r); err != nil {
		return err
	}
	inv.settle()
	inv.OpenValue = inv.value(tx.Tenant.Currency)
	if inv.No, err = draw(ctx, tx, seriesInvoice, inv.Date, inv.ID); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, inv); err != nil {
		return err
	}
	if err := b.post(tx, b.invoiceEntry(inv, tx.Tenant.Currency)); err != nil {
		return err
	}
	return record.Emit(ctx, tx, inv.told())
}

// depositOf is how much is asked for, with tax: no more than is not invoiced yet.
func (r *Receivable) depositOf(in AskDeposit) (money.Amount, error) {
	field, amount := "amount", money.Zero()
	switch {
	case in.Amount != nil && in.Percent == nil:
		amount = money.RoundTo(*in.Amount, r.Currency)
	case in.Percent != nil && in.Amount == nil:
		field = "percent"
		amount = money.RoundTo(r.ExpectedAmount.Mul(*in.Percent).Shift(-2), r.Currency)
	default:
		return amount, fault.New(fault.Invalid, "fields.invalid", "请填写比例或金额之一", "Give either a percentage or an amount").
			At("percent", "required", "请填写比例或金额之一", "either a percentage or an amount")
	}
	left := r.ExpectedAmount.Sub(r.InvoicedAmount)
	if amount.Sign() <= 0 || amount.GreaterThan(left) {
		return amount, fault.New(fault.Rule, "deposit.amount", "预收款应大于零且不超过未开票金额 %[1]s", "A deposit is more than zero and at most what is not invoiced yet, %[1]s",
			left.StringFixed(2)).At(field, "deposit.amount", "超出范围", "is out of range")
	}
	return amount, nil
}

// depositLines splits a deposit by the taxes of the order, so that the tax of each is due on what is asked for.
func (i *Invoice) depositLines(tx *tenancy.Tx, r *Receivable, amount money.Amount) {
	var taxes []id.ID
	whole := map[id.ID]Sums{}
	for _, l := range r.Lines {
		if l.TotalAmount.Sign() <= 0 {
			continue
		}
		if _, seen := whole[l.TaxID]; !seen {
			taxes = append(taxes, l.TaxID)
		}
		whole[l.TaxID] = whole[l.TaxID].Add(Sums{Untaxed: l.UntaxedAmount, Tax: l.TotalAmount.Sub(l.UntaxedAmount), Total: l.TotalAmount})
	}
	if len(taxes) == 0 {
		taxes, whole = []id.ID{{}}, map[id.ID]Sums{{}: {Untaxed: money.Int(1), Total: money.Int(1)}}
	}
	minor := money.MinorUnit(i.Currency)
	weights := make([]money.Amount, len(taxes))
	for n, t := range taxes {
		weights[n] = whole[t].Total
	}
	for n, total := range money.Split(amount, weights, minor) {
		w := whole[taxes[n]]
		untaxed := money.Div(total.Mul(w.Untaxed), w.Total).Round(minor)
		l := &InvoiceLine{Description: written(tx, "预收款 ", "Deposit ") + i.OrderNo, Quantity: money.Int(1), UnitPrice: untaxed, TaxID: taxes[n]}
		l.setSums(Sums{Untaxed: untaxed, Tax: total.Sub(untaxed), Total: total})
		i.Lines = append(i.Lines, l)
	}
	i.total()
}

// deduct takes the deposits of an order off an invoice of its delivery, oldest first and never below zero. It returns the deposits, to be saved.
func (i *Invoice) deduct(ctx context.Context, tx *tenancy.Tx, t *track) ([]*Invoice, error) {
	if r := t.byOrder[i.OrderID]; r == nil || !r.ahead() || i.TotalAmount.Sign() <= 0 {
		return nil, nil
	}
	rows, err := record.Find[Invoice](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ?", i.OrderID).Where("kind = 'deposit'").Where("status <> 'draft'").
			Where("total_amount - credited_amount > deducted_amount").OrderExpr("id").For("UPDATE")
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	keys := make([]id.ID, len(rows))
	for n, d := range rows {
		keys[n] = d.ID
	}
	lines, err := record.Find[InvoiceLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("invoice_id = ANY(?::uuid[])", pgdialect.Array(texts(keys))).OrderExpr("invoice_id, position")
	})
	if err != nil {
		return nil, err
	}
	for _, d := range rows {
		d.Lines = nil
		for _, l := range lines {
			if l.InvoiceID == d.ID {
				d.Lines = append(d.Lines, l)
			}
		}
		i.deductOne(tx, d)
	}
	i.total()
	return rows, nil
}

// ahead tells that more of the order is invoiced than its lines account for: there may be a deposit to deduct.
func (r *Receivable) ahead() bool {
	sum := money.Zero()
	for _, l := range r.Lines {
		sum = sum.Add(l.InvoicedTotal)
	}
	return !r.InvoicedAmount.Equal(sum)
}

// waits tells that something of the order is not invoiced yet.
func (r *Receivable) waits() bool {
	for _, l := range r.Lines {
		if l.InvoicedQuantity.LessThan(l.Quantity) {
			return true
		}
	}
	return false
}

// deductOne takes as much of a deposit off the invoice as is left of both, each tax by its own line.
func (i *Invoice) deductOne(tx *tenancy.Tx, d *Invoice) {
	left := d.TotalAmount.Sub(d.CreditedAmount).Sub(d.DeductedAmount)
	i.total()
	amount := money.Min(left, i.TotalAmount)
	if amount.Sign() <= 0 {
		return
	}
	minor := money.MinorUnit(i.Currency)
	weights := make([]money.Amount, len(d.Lines))
	for n, l := range d.Lines {
		weights[n] = l.TotalAmount
	}
	for n, total := range money.Split(amount, weights, minor) {
		if total.IsZero() {
			continue
		}
		of := d.Lines[n]
		untaxed := part(of.UntaxedAmount, total, of.TotalAmount, minor)
		l := &InvoiceLine{
			Description: written(tx, "抵扣预收款 ", "Less deposit ") + d.No, Quantity: money.Int(1), UnitPrice: untaxed.Neg(), TaxID: of.TaxID, DepositID: d.ID,
		}
		l.setSums(Sums{Untaxed: untaxed.Neg(), Tax: untaxed.Sub(total), Total: total.Neg()})
		i.Lines = append(i.Lines, l)
	}
	d.DeductedAmount = d.DeductedAmount.Add(amount)
}

// undeduct gives back to deposits what credit notes take off deductions.
func undeduct(ctx context.Context, tx *tenancy.Tx, notes []*CreditNote) error {
	back := map[id.ID]money.Amount{}
	var keys []id.ID
	for _, n := range notes {
		for _, l := range n.Lines {
			if !l.DepositID.IsZero() {
				back[l.DepositID] = back[l.DepositID].Add(l.TotalAmount)
				keys = append(keys, l.DepositID)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	deposits := map[id.ID]*Invoice{}
	if err := lockInto(ctx, tx, deposits, keys); err != nil {
		return err
	}
	rows := make([]*Invoice, 0, len(deposits))
	for _, k := range distinct(keys) {
		d := deposits[k]
		d.DeductedAmount = d.DeductedAmount.Add(back[k]) // a deduction is negative
		rows = append(rows, d)
	}
	return record.Update(ctx, tx, rows...)
}
