package finance

import (
	"context"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// revalueAsOf revalues what was open on the day, as the entries say, and takes it back on the day after. The documents keep their value: what was paid
// since has realised the whole difference, and what comes later will.
func (o office) revalueAsOf(ctx context.Context, tx *tenancy.Tx, b *books, r *Revaluation) error {
	if err := b.check(r.Date.AddDays(1), true); err != nil {
		return err
	}
	v := o.valuing(tx, b, r)
	sides := []owing{receivables(), payables()}
	if !r.LeaveAdvances {
		sides = append(sides, customerAdvances(), vendorAdvances())
	}
	for _, w := range sides {
		if err := v.asOf(ctx, w); err != nil {
			return err
		}
	}
	if err := v.banks(ctx); err != nil {
		return err
	}
	if err := v.finish(ctx, &exposed{}); err != nil {
		return err
	}
	back := &Entry{
		JournalID: v.entry.JournalID, Date: r.Date.AddDays(1), Source: v.entry.Source, SourceEntity: v.entry.SourceEntity, SourceID: v.entry.SourceID,
		Memo: written(tx, "冲回期末调汇", "Reversal of revaluation"), Adjustment: true,
	}
	for _, l := range v.entry.Lines {
		about := *l
		about.Debit, about.Credit = l.Credit, l.Debit
		back.Lines = append(back.Lines, &about)
	}
	return b.post(tx, back)
}

// asOf revalues one side of what is owed.
func (v *valuing) asOf(ctx context.Context, w owing) error {
	var rows []struct {
		Party    id.ID        `bun:"party"`
		Item     id.ID        `bun:"item_id"`
		Kind     string       `bun:"document_entity"`
		Currency string       `bun:"currency"`
		Open     money.Amount `bun:"open"`
		Value    money.Amount `bun:"value"`
	}
	err := v.tx.NewRaw(w.openItems()+` SELECT o.party, o.item_id, o.currency, o.open, o.value, o.document_entity
		FROM open o WHERE o.currency <> ? AND o.item_id IS NOT NULL ORDER BY o.item_id`, append(w.args(v.tx, v.r.Date), v.tx.Tenant.Currency)...).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	account := v.b.account(w.purpose, "")
	for _, r := range rows {
		l := &RevaluationLine{Currency: r.Currency, OpenAmount: r.Open}
		about := EntryLine{CustomerID: r.Party}
		if w.party == "vendor_id" {
			about = EntryLine{VendorID: r.Party}
		}
		switch r.Kind {
		case "finance.bill":
			l.BillID = r.Item
		case "finance.vendor_credit":
			l.VendorCreditID = r.Item
		case "finance.credit_note":
			l.CreditNoteID = r.Item
		case "finance.payment":
			l.PaymentID = r.Item
		default:
			l.InvoiceID = r.Item
		}
		value := r.Value
		if err := v.revalue(ctx, l, &value, w.side, account, about); err != nil {
			return err
		}
	}
	return nil
}

// carried refuses to take a revaluation back that was taken back by itself.
func (r *Revaluation) carried() error {
	if r.AutoReverse {
		return fault.New(fault.Rule, "revaluation.reversed", "该调汇已在次日自动冲回", "This revaluation was taken back by itself on the next day").
			At("auto_reverse", "revaluation.reversed", "已自动冲回", "is taken back already")
	}
	return nil
}
