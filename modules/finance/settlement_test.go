package finance

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Whatever payments in whatever currency settle of invoices, and in whatever order it is taken back: each cent of a document's value in the books is
// open, settled or restored, nothing stays on what is settled, and all entries balance.
func TestSettlingAndTakingBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := shelf()
		currency := rapid.SampledFrom([]string{"CNY", "USD"}).Draw(t, "currency")
		rate := func(name string) money.Price {
			if currency == "CNY" {
				return money.Int(1)
			}
			return money.Int(rapid.Int64Range(1_000_000, 9_000_000).Draw(t, name)).Shift(-6)
		}
		invoices, worth := map[id.ID]*Invoice{}, map[id.ID]money.Amount{}
		for i := range rapid.IntRange(1, 4).Draw(t, "invoices") {
			inv := &Invoice{Currency: currency, Rate: rate("rate"), TotalAmount: money.Int(rapid.Int64Range(1, 100_000).Draw(t, "total")).Shift(-2)}
			inv.ID = id.ID{byte(i + 1)}
			inv.settle()
			inv.OpenValue = inv.value("CNY")
			invoices[inv.ID], worth[inv.ID] = inv, inv.OpenValue
		}
		type use struct {
			p *Payment
			s *settlement
		}
		var uses []use
		for range rapid.IntRange(1, 5).Draw(t, "payments") {
			p := &Payment{Direction: moneyIn, CustomerID: id.ID{9}, Currency: currency, Rate: rate("rate of the day"), JournalID: id.ID{15: 3}}
			p.Amount = money.Int(rapid.Int64Range(1, 120_000).Draw(t, "amount")).Shift(-2)
			p.UnmatchedAmount, p.OpenValue = p.Amount, p.Amount.Mul(p.Rate).Round(2)
			s := &settlement{invoices: invoices, minor: 2}
			left := p.Amount
			for k := byte(1); int(k) <= len(invoices); k++ {
				inv := invoices[id.ID{k}]
				amount := money.Min(money.Min(left, inv.ResidualAmount), money.Int(rapid.Int64Range(0, 100_000).Draw(t, "match")).Shift(-2))
				if amount.Sign() <= 0 {
					continue
				}
				m := &Match{InvoiceID: inv.ID, Amount: amount}
				if cent := money.Must("0.01"); amount.GreaterThan(cent) {
					m.WriteOff = cent.Mul(money.Int(rapid.Int64Range(0, 1).Draw(t, "write-off")))
				}
				s.matches, left = append(s.matches, m), left.Sub(m.money())
			}
			before := p.OpenValue
			s.apply(&p.UnmatchedAmount, &p.OpenValue)
			uses = append(uses, use{p, s})
			moved := money.Zero()
			for _, m := range s.matches {
				moved = moved.Add(m.MovedValue)
			}
			if !moved.Add(p.OpenValue).Equal(before) || p.UnmatchedAmount.IsZero() && !p.OpenValue.IsZero() {
				t.Fatalf("the payment of %s moved %s and keeps %s", before, moved, p.OpenValue)
			}
			if err := b.paymentEntry(p, s, code("1002"), "CNY").ready(); err != nil {
				t.Fatal(err)
			}
		}
		for k, inv := range invoices {
			settled := money.Zero()
			for _, u := range uses {
				for _, m := range u.s.matches {
					if m.InvoiceID == k {
						settled = settled.Add(m.BookedValue)
					}
				}
			}
			if !settled.Add(inv.OpenValue).Equal(worth[k]) || inv.ResidualAmount.IsZero() && !inv.OpenValue.IsZero() {
				t.Fatalf("an invoice of %s: %s settled, %s open for %s", worth[k], settled, inv.OpenValue, inv.ResidualAmount)
			}
		}
		for len(uses) > 0 {
			i := rapid.IntRange(0, len(uses)-1).Draw(t, "take back")
			for _, m := range uses[i].s.matches {
				uses[i].s.settleOne(m, money.Int(-1))
			}
			if e := b.matchEntry(uses[i].p, uses[i].s, day(1, 3), "CNY", -1); len(e.Lines) > 0 && e.ready() != nil {
				t.Fatal(e.ready())
			}
			uses = append(uses[:i], uses[i+1:]...)
		}
		for k, inv := range invoices {
			if !inv.OpenValue.Equal(worth[k]) || !inv.ResidualAmount.Equal(inv.TotalAmount) || inv.Status != posted {
				t.Fatalf("an invoice of %s is %s at %s, open by %s", worth[k], inv.Status, inv.OpenValue, inv.ResidualAmount)
			}
		}
	})
}
