package finance

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// unmatched forgets what an earlier match found.
func (b *Bill) unmatched() {
	b.MatchStatus, b.MatchReasonZH, b.MatchReasonEN = matchNone, "", ""
}

// tolerate asks how far a bill may differ from order and receipt; where nobody answers that, not at all.
func (o office) tolerate(ctx context.Context, tx *tenancy.Tx, bill *Bill) (err error) {
	if o.ask.Tolerances != nil {
		bill.quantityTolerance, bill.priceTolerance, err = o.ask.Tolerances.Tolerances(ctx, tx, bill.VendorID)
	}
	return err
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
	expected := cleared
	if quantity.GreaterThan(open) && open.Sign() > 0 {
		expected = money.Div(cleared.Mul(quantity), open).Round(minor)
	}
	if net.GreaterThan(expected.Add(percentOf(expected, b.priceTolerance))) {
		b.differs(matchPrice, fmt.Sprintf("第 %d 行：开票 %s，按订购价应为 %s", at+1, net.StringFixed(minor), expected.StringFixed(minor)),
			fmt.Sprintf("line %d: %s billed, %s at the price ordered", at+1, net.StringFixed(minor), expected.StringFixed(minor)))
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
