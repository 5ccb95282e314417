package finance

import (
	"fmt"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Open is a document that can be settled: an invoice, a bill or a credit note, and how much of it is still open.
type Open struct {
	ID       id.ID
	No       string
	Party    id.ID // customer or vendor
	Currency string
	Residual money.Amount
}

// Want is by how much a document is to be settled; WriteOff of it is no money. A negative write-off takes more money than the document is settled by.
type Want struct {
	Target   id.ID
	Amount   money.Amount
	WriteOff money.Amount
}

// money is how much of the payment is wanted.
func (w Want) money() money.Amount { return w.Amount.Sub(w.WriteOff) }

// Allocate checks that a payment of a party can settle the documents as wanted. It refuses, for all wants at once and by field: a document that is
// not there, another party's, another currency, nothing or less than nothing, more than is open (naming what is open), and more in all than the
// payment has left. Several wants may speak of one document.
func Allocate(left money.Amount, party id.ID, currency string, open map[id.ID]Open, wants []Want) error {
	var bad fault.Fields
	rest := make(map[id.ID]money.Amount, len(open))
	for k, o := range open {
		rest[k] = o.Residual
	}
	for i, w := range wants {
		path := fmt.Sprintf("matches[%d].amount", i)
		doc, ok := open[w.Target]
		switch {
		case !ok:
			bad.Add(fmt.Sprintf("matches[%d]", i), "match.not_open", "没有可核销的已过账单据", "There is no posted document to settle")
			continue
		case doc.Party != party:
			bad.Add(fmt.Sprintf("matches[%d]", i), "match.party", "单据 %[1]s 属于其他往来单位", "Document %[1]s belongs to somebody else", doc.No)
			continue
		case doc.Currency != currency:
			bad.Add(path, "match.currency", "单据 %[1]s 的币种为 %[2]s，不能用 %[3]s 结算", "Document %[1]s is in %[2]s and cannot be settled in %[3]s", doc.No,
				doc.Currency, currency)
			continue
		case w.Amount.Sign() <= 0:
			bad.Add(path, "value.positive", "金额应大于零", "The amount must be more than zero")
			continue
		}
		if w.Amount.GreaterThan(rest[w.Target]) {
			bad.Add(path, "match.too_much", "单据 %[1]s 的未结金额为 %[2]s，不能核销 %[3]s", "Document %[1]s has %[2]s open; %[3]s is more than that",
				doc.No, rest[w.Target].StringFixed(2), w.Amount.StringFixed(2))
			continue
		}
		if w.money().Sign() <= 0 {
			bad.Add(fmt.Sprintf("matches[%d].write_off", i), "write_off.too_much", "差额应小于核销金额", "The write-off must be less than the amount")
			continue
		}
		if w.money().GreaterThan(left) {
			bad.Add(path, "match.over_payment", "只剩 %[1]s 可核销，不能核销 %[2]s", "Only %[1]s is left; %[2]s is more than that",
				left.StringFixed(2), w.money().StringFixed(2))
			continue
		}
		rest[w.Target], left = rest[w.Target].Sub(w.Amount), left.Sub(w.money())
	}
	if err := fault.As(bad.Err()); err != nil {
		err.Kind, err.Reason = fault.Rule, "payment.match"
		return err
	}
	return nil
}

// convert turns amounts of a document into company currency: the total at the rate, rounded, and the parts so that they add up to it.
func convert(total money.Amount, parts []money.Amount, rate money.Price, minor int32) (money.Amount, []money.Amount) {
	if rate.Equal(money.Int(1)) {
		return total, parts
	}
	whole := total.Mul(rate).Round(minor)
	if total.IsZero() || len(parts) == 0 {
		return whole, parts
	}
	return whole, money.Split(whole, parts, minor)
}
