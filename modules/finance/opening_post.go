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
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareOpenings completes drafts and refuses lines that can't be meant: both sides or none, parts of a cent, another currency without its amount.
func prepareOpenings(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Opening]) error {
	var bad fault.Fields
	for _, c := range changes {
		o := c.New
		o.Date = firstDate(o.Date, tx.Today())
		o.TotalAmount, o.LineCount = money.Zero(), len(o.Lines)
		for i, l := range o.Lines {
			path := fmt.Sprintf("lines[%d].", i)
			if l.Debit.IsZero() == l.Credit.IsZero() {
				bad.Add(path+"debit", "opening.one_side", "请填写借方或贷方之一", "Give either a debit or a credit")
			}
			if v := l.value(); !v.Equal(money.RoundTo(v, tx.Tenant.Currency)) {
				bad.Add(path+"debit", "value.scale", "金额 %[1]s 的小数位超过本位币的最小单位", "%[1]s is finer than the smallest unit of company currency", v.String())
			}
			if l.foreign(tx.Tenant.Currency) && l.AmountCurrency.Sign() <= 0 {
				bad.Add(path+"amount_currency", "required", "请填写 %[1]s 的原币金额", "Give the amount in %[1]s", l.Currency)
			}
			o.TotalAmount = o.TotalAmount.Add(l.Debit)
		}
	}
	return bad.Err()
}

// brought is what an opening makes: documents that are open, all of them posted.
type brought struct {
	invoices []*Invoice
	bills    []*Bill
	payments []*Payment
}

// postOpening makes the entry of the balances and a document for each line on the accounts of customers, vendors and their advances.
func (o office) postOpening(ctx context.Context, tx *tenancy.Tx, op *Opening, _ modules.None) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.check(op.Date, true); err != nil {
		return err
	}
	out, err := b.bring(tx, op)
	if err != nil {
		return err
	}
	entry := &Entry{
		JournalID: b.journals[journalGeneral].id, Date: op.Date, Source: op.Memo, SourceEntity: "finance.opening", SourceID: op.ID, Memo: written(tx, "期初余额", "Opening balance"), Adjustment: true,
	}
	rest := money.Zero()
	for _, l := range op.Lines {
		about := EntryLine{CustomerID: l.CustomerID, VendorID: l.VendorID, ItemID: l.ItemID, Memo: l.Reference}
		if l.foreign(tx.Tenant.Currency) {
			about.Currency, about.AmountCurrency = l.Currency, l.AmountCurrency.Mul(money.Int(int64(l.value().Sign())))
		}
		entry.add(l.AccountID, l.value(), about)
		rest = rest.Add(l.value())
	}
	if !op.CounterAccountID.IsZero() {
		entry.add(op.CounterAccountID, rest.Neg(), EntryLine{})
	}
	if err := out.save(ctx, tx, op); err != nil {
		return err
	}
	op.Status = posted
	if err := record.Update(ctx, tx, op.Lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, op); err != nil {
		return err
	}
	return b.post(tx, entry)
}

// bring makes the documents of an opening, in memory, and names every line that can't be one.
func (b *books) bring(tx *tenancy.Tx, op *Opening) (*brought, error) {
	out := &brought{}
	var bad fault.Fields
	for i, l := range op.Lines {
		path := fmt.Sprintf("lines[%d].", i)
		debit := l.Debit.Sign() > 0
		switch l.AccountID {
		case b.account(forReceivable, ""), b.account(forCustomerAdvance, ""):
			if l.CustomerID.IsZero() {
				bad.Add(path+"customer_id", "required", "往来科目需要客户", "The account of customers needs one")
				continue
			}
			if (l.AccountID == b.account(forReceivable, "")) != debit {
				bad.Add(path+"credit", "opening.side", "应收记借方，预收记贷方", "What customers owe is a debit, what they paid in advance a credit")
				continue
			}
		case b.account(forPayable, ""), b.account(forVendorAdvance, ""):
			if l.VendorID.IsZero() {
				bad.Add(path+"vendor_id", "required", "往来科目需要供应商", "The account of vendors needs one")
				continue
			}
			if (l.AccountID == b.account(forVendorAdvance, "")) != debit {
				bad.Add(path+"debit", "opening.side", "应付记贷方，预付记借方", "What is owed to vendors is a credit, what they were paid in advance a debit")
				continue
			}
		default:
			continue
		}
		out.add(b, tx, op, l)
	}
	return out, bad.Err()
}

// add makes the document of one line.
func (x *brought) add(b *books, tx *tenancy.Tx, op *Opening, l *OpeningLine) {
	h := headOf(tx, op, l)
	l.ItemID = h.key
	switch l.AccountID {
	case b.account(forReceivable, ""):
		inv := &Invoice{
			No: l.Reference, Kind: opening, CustomerID: l.CustomerID, Date: h.date, DueDate: h.due, Currency: h.currency, Rate: h.rate, Memo: l.Memo,
			OpenValue: l.Debit, Lines: []*InvoiceLine{{Description: written(tx, "期初余额", "Opening balance"), Quantity: money.Int(1), UnitPrice: h.amount}},
		}
		inv.ID = h.key
		inv.Lines[0].setSums(Sums{Untaxed: h.amount, Total: h.amount})
		inv.total()
		inv.settle()
		x.invoices = append(x.invoices, inv)
	case b.account(forPayable, ""):
		bill := &Bill{
			Kind: opening, VendorID: l.VendorID, VendorReference: l.Reference, MatchStatus: matchNone, Date: h.date, DueDate: h.due, Currency: h.currency,
			Rate: h.rate, Memo: l.Memo, UntaxedAmount: h.amount, TotalAmount: h.amount, OpenValue: l.Credit, LineCount: 1,
			Lines: []*BillLine{{Description: written(tx, "期初余额", "Opening balance"), Quantity: money.Int(1), UnitPrice: h.amount}},
		}
		bill.ID = h.key
		bill.Lines[0].setSums(Sums{Untaxed: h.amount, Total: h.amount})
		bill.settle()
		x.bills = append(x.bills, bill)
	default:
		p := &Payment{
			Direction: moneyIn, CustomerID: l.CustomerID, VendorID: l.VendorID, Status: posted, Date: h.date, Amount: h.amount, Currency: h.currency, Rate: h.rate,
			Method: "other", JournalID: b.journals[journalGeneral].id, Reference: l.Reference, Memo: l.Memo, UnmatchedAmount: h.amount, OpenValue: l.value().Abs(),
		}
		if !l.VendorID.IsZero() && l.CustomerID.IsZero() {
			p.Direction = moneyOut
		}
		p.ID = h.key
		x.payments = append(x.payments, p)
	}
}

// head is what the documents of an opening have in common.
type head struct {
	key       id.ID
	date, due clock.Date
	currency  string
	amount    money.Amount
	rate      money.Price
}

func headOf(tx *tenancy.Tx, op *Opening, l *OpeningLine) head {
	h := head{key: tx.NewID(), date: firstDate(l.DocumentDate, op.Date), currency: tx.Tenant.Currency, amount: l.value().Abs(), rate: money.Int(1)}
	h.due = firstDate(l.DueDate, h.date)
	if l.foreign(tx.Tenant.Currency) {
		h.currency, h.amount = l.Currency, l.AmountCurrency
		h.rate = money.Div(l.value().Abs(), l.AmountCurrency).Round(6)
	}
	return h
}

// save numbers and saves the documents, kind by kind.
func (x *brought) save(ctx context.Context, tx *tenancy.Tx, op *Opening) error {
	year := func(series string) string { return fmt.Sprintf("%s-%d", series, op.Date.Year()) }
	var bare []*Invoice
	for _, inv := range x.invoices {
		if inv.No == "" {
			bare = append(bare, inv)
		}
	}
	numbers, err := record.Gapless(ctx, tx, year(seriesBill), len(x.bills))
	if err != nil {
		return err
	}
	for i, d := range x.bills {
		d.No = number(seriesBill, op.Date, numbers[i], d.ID)
	}
	if numbers, err = record.Gapless(ctx, tx, year(seriesOpening), len(bare)); err != nil {
		return err
	}
	for i, d := range bare {
		d.No = number(seriesOpening, op.Date, numbers[i], d.ID)
	}
	if numbers, err = record.Gapless(ctx, tx, year(seriesPayment), len(x.payments)); err != nil {
		return err
	}
	for i, d := range x.payments {
		d.No = number(seriesPayment, op.Date, numbers[i], d.ID)
	}
	if err := record.Create(ctx, tx, x.invoices...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, x.bills...); err != nil {
		return err
	}
	return record.Create(ctx, tx, x.payments...)
}
