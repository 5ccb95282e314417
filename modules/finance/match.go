package finance

import (
	"context"
	"fmt"
	"maps"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// unmatched forgets what an earlier match found.
func (b *Bill) unmatched() {
	b.MatchStatus, b.MatchReasonZH, b.MatchReasonEN = matchNone, "", ""
}

// tolerate asks how far a bill may differ from order and receipt; where nobody answers that, not at all.
func (o office) tolerate(ctx context.Context, tx *tenancy.Tx, bill *Bill) (err error) {
	if o.ask.Tolerances == nil {
		return nil
	}
	if bill.quantityTolerance, bill.priceTolerance, err = o.ask.Tolerances.Tolerances(ctx, tx, bill.VendorID); err != nil {
		return err
	}
	bill.ordered, err = o.ordered(ctx, tx, bill.Currency, bill.purchaseLines())
	return err
}

// ordered is what lines are ordered at by now, of orders in a currency. Prices are compared in the order's currency, so that a rate that moved between
// order and bill is no difference of price, nor is what the order was amended to after the goods came in.
func (o office) ordered(ctx context.Context, tx *tenancy.Tx, currency string, lines []id.ID) (map[id.ID]purchasingevent.Ordered, error) {
	if o.ask.Tolerances == nil {
		return nil, nil
	}
	list, err := o.ask.Tolerances.Ordered(ctx, tx, lines)
	maps.DeleteFunc(list, func(_ id.ID, x purchasingevent.Ordered) bool { return x.Currency != currency || x.Quantity.Sign() <= 0 })
	return list, err
}

// differs notes a finding of the match: quantity outweighs price, and every line's reason is kept in both languages.
func (b *Bill) differs(finding, zh, en string) {
	if b.MatchStatus != matchQuantity {
		b.MatchStatus = finding
	}
	if b.MatchReasonZH != "" {
		b.MatchReasonZH, b.MatchReasonEN = b.MatchReasonZH+"；", b.MatchReasonEN+"; "
	}
	b.MatchReasonZH, b.MatchReasonEN = b.MatchReasonZH+zh, b.MatchReasonEN+en
}

// compare is the three-way match of one line: it returns the accrued value that the line clears, and notes what exceeds order and receipt by more
// than the tolerances. Goods that are billed before they come in clear what they cost; their receipt then balances it.
func (b *Bill) compare(a *Accrual, at int, quantity money.Quantity, net money.Amount, minor int32) money.Amount {
	if b.Lines[at].PurchaseLineID.IsZero() {
		return net
	}
	if b.MatchStatus == matchNone {
		b.MatchStatus = matchFits
	}
	open := money.Zero()
	if a != nil {
		open = a.ReceivedQuantity.Sub(a.BilledQuantity)
	}
	if a == nil || quantity.Sub(open).GreaterThan(percentOf(a.ReceivedQuantity, b.quantityTolerance)) {
		b.differs(matchQuantity, fmt.Sprintf("第 %d 行：开票 %s，已收未开票 %s", at+1, quantity, open),
			fmt.Sprintf("line %d: %s billed, %s received and not billed", at+1, quantity, open))
		if a != nil {
			a.bill(quantity, net, net)
		}
		return net
	}
	cleared := a.clear(quantity, minor)
	expected, charged := cleared, net
	if quantity.GreaterThan(open) && open.Sign() > 0 {
		expected = money.Div(cleared.Mul(quantity), open).Round(minor)
	}
	if x, known := b.ordered[a.PurchaseLineID]; known {
		charged, minor = b.Lines[at].UntaxedAmount, money.MinorUnit(b.Currency)
		expected = money.Div(x.Amount.Mul(quantity), x.Quantity).Round(minor)
	}
	if charged.GreaterThan(expected.Add(percentOf(expected, b.priceTolerance))) {
		b.differs(matchPrice, fmt.Sprintf("第 %d 行：开票 %s，按订购价应为 %s", at+1, charged.StringFixed(minor), expected.StringFixed(minor)),
			fmt.Sprintf("line %d: %s billed, %s at the price ordered", at+1, charged.StringFixed(minor), expected.StringFixed(minor)))
	}
	a.bill(quantity, net, cleared)
	return cleared
}

// percentOf is so many per cent of something.
func percentOf(whole money.Amount, percent money.Percent) money.Amount {
	return money.Div(whole.Mul(percent), money.Hundred())
}

// bill notes what is billed of an accrual, and how much of its value that clears.
func (a *Accrual) bill(quantity money.Quantity, net, cleared money.Amount) {
	a.BilledQuantity = a.BilledQuantity.Add(quantity)
	a.BilledAmount = a.BilledAmount.Add(net)
	a.ClearedAmount = a.ClearedAmount.Add(cleared)
}

// Release is why a bill is paid although it does not fit.
type Release struct {
	Reason string `in:"reason" label:"原因|Reason"`
}

// releaseBill lets a bill be paid although it does not fit order and receipt.
func releaseBill(ctx context.Context, tx *tenancy.Tx, bill *Bill, in Release) error {
	bill.Blocked, bill.ReleaseReason = false, in.Reason
	return record.Update(ctx, tx, bill)
}
