package finance_test

import (
	"fmt"
	"testing"

	"github.com/tenon-hq/tenon/modules/finance/financeevent"
)

// Nobody is reminded of what they have with us: money on account and open credit notes cover what is overdue longest, in the same currency.
func TestDunningTakesOffWhatTheCustomerHas(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7"})
	buyer := standing[customer](b)
	due := func(amount, date string, more m) string {
		body := m{"date": date, "due_date": date}
		for k, v := range more {
			body[k] = v
		}
		return b.invoice(buyer, amount, body).String()
	}
	first, second, third := due("70", "2026-01-05", nil), due("40", "2026-01-10", nil), due("19", "2026-01-10", m{"currency": "USD"})
	credited := b.invoice(buyer, "30", m{"date": "2026-01-02"})
	b.paid(m{"customer_id": buyer, "amount": "30", "matches": []m{{"invoice_id": credited, "amount": "30"}}})
	b.must("finance/invoices", credited, "credit", m{"reason": "sent back"})
	b.paid(m{"customer_id": buyer, "amount": "55"}) // with the 30 credited it covers the 70 and 15 of the 40
	run := b.add("finance/dunning_runs", m{"date": "2026-02-20"})
	b.must("finance/dunning_runs", run, "run", nil)
	got := map[string]string{}
	for _, n := range b.read("finance/dunning_runs", run)["notices"].([]any) {
		got[fmt.Sprint(n.(m)["invoice_id"])] = fmt.Sprint(n.(m)["overdue_amount"], n.(m)["currency"])
	}
	if len(got) != 2 || got[first] != "" || got[second] != "25.00CNY" || got[third] != "19.00USD" {
		t.Errorf("notices %v", got)
	}
	if e := last[financeevent.CustomerDunned](t, b); e.Currency == "CNY" && e.Amount.String() != "25" {
		t.Errorf("told %v", e)
	}
}
