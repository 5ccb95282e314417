package finance_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// report answers a report as the API would.
func (b *bench) report(name string, in m) []m {
	b.t.Helper()
	var rows []m
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		rows, err = record.RunReport(ctx, tx, b.engine.Report("finance/"+name), in)
		return err
	}, tenancy.ReadOnly())
	return rows
}

// invoice makes and posts an invoice over an amount without tax.
func (b *bench) invoice(buyer id.ID, amount string, more m) id.ID {
	b.t.Helper()
	body := m{"customer_id": buyer, "lines": []m{{"unit_price": amount}}}
	for k, v := range more {
		body[k] = v
	}
	key := b.add("finance/invoices", body)
	b.must("finance/invoices", key, "post", nil)
	return key
}

// paid makes and posts a payment.
func (b *bench) paid(body m) id.ID {
	b.t.Helper()
	key := b.add("finance/payments", body)
	b.must("finance/payments", key, "post", nil)
	return key
}

// dollars makes USD known at a rate since 2020.
func (b *bench) dollars(rates m) {
	b.t.Helper()
	for date, rate := range rates {
		b.add("finance/exchange_rates", m{"currency": "USD", "date": date, "rate": rate})
	}
}

func (b *bench) read(path string, key id.ID) m {
	b.t.Helper()
	return b.one(path, "id", key.String())
}

func TestWriteOffWithinTolerance(t *testing.T) {
	b := newBench(t)
	buyer := standing[customer](b)
	one, two := b.invoice(buyer, "100", nil), b.invoice(buyer, "50", nil)
	// One payment for two invoices; three cents short on the first, a cent too much on the second.
	pay := b.paid(m{"customer_id": buyer, "amount": "149.98", "matches": []m{
		{"invoice_id": one, "amount": "100", "write_off": "0.03"}, {"invoice_id": two, "amount": "50", "write_off": "-0.01"},
	}})
	b.fields(b.read("finance/invoices", one), m{"status": "paid", "residual_amount": "0.00", "open_value": "0.00"})
	b.fields(b.read("finance/invoices", two), m{"status": "paid"})
	b.fields(b.read("finance/payments", pay), m{"unmatched_amount": "0.00"})
	b.want(map[string]string{"1002": "149.98", "6001": "-150", "6711": "0.02"})

	three := b.invoice(buyer, "10", nil)
	more := b.paid(m{"customer_id": buyer, "amount": "8.50"})
	f := b.refused(b.act("finance/payments", more, "match", m{"matches": []m{{"invoice_id": three, "amount": "10", "write_off": "1.50"}}}), "payment.match")
	if f.Fields[0].Path != "matches[0].write_off" || f.Fields[0].Reason != "write_off.too_much" {
		t.Errorf("got %v", f)
	}
	b.must("finance/payments", more, "match", m{"matches": []m{{"invoice_id": three, "amount": "9.3", "write_off": "0.8"}}})
	f = b.refused(b.act("finance/payments", b.paid(m{"customer_id": buyer, "amount": "0.3"}), "match", m{"matches": []m{
		{"invoice_id": three, "amount": "0.6", "write_off": "0.3"},
	}}), "payment.match") // with the 0.80 before it is more than one
	if f.Fields[0].Reason != "write_off.too_much" {
		t.Errorf("got %v", f)
	}
	b.add("finance/tolerances", m{"purpose": "write_off", "amount": "0"})
	b.refused(b.act("finance/payments", more, "match", m{"matches": []m{{"invoice_id": three, "amount": "0.01", "write_off": "0.005"}}}), "payment.match")
}

// Several payments settle one invoice, and taking one back restores the invoice, the payment and the books exactly.
func TestUnmatchRestores(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7.123456"})
	buyer := standing[customer](b)
	inv := b.invoice(buyer, "100.01", m{"currency": "USD", "date": "2020-06-01"})
	b.dollars(m{"2021-01-01": "6.9"})
	first := b.paid(m{"customer_id": buyer, "currency": "USD", "amount": "33.33", "matches": []m{{"invoice_id": inv, "amount": "33.33"}}})
	second := b.paid(m{"customer_id": buyer, "currency": "USD", "amount": "80"})
	before, books := fmt.Sprint(b.read("finance/invoices", inv)["open_value"], b.read("finance/payments", second)["open_value"]), fmt.Sprint(b.balances())
	b.must("finance/payments", second, "match", m{"matches": []m{{"invoice_id": inv, "amount": "66.68", "write_off": "0.1"}}})
	b.fields(b.read("finance/invoices", inv), m{"status": "paid", "open_value": "0.00", "residual_amount": "0.00"})
	if got := b.balances()["1122"]; got != "" {
		t.Errorf("%s stays on what is paid", got)
	}
	b.must("finance/payments", second, "unmatch", nil)
	after := fmt.Sprint(b.read("finance/invoices", inv)["open_value"], b.read("finance/payments", second)["open_value"])
	if after != before || fmt.Sprint(b.balances()) != books {
		t.Errorf("values %s, before %s; books %v, before %v", after, before, b.balances(), books)
	}
	b.fields(b.read("finance/invoices", inv), m{"status": "partial", "residual_amount": "66.68"})
	b.must("finance/payments", first, "unmatch", nil)
	b.fields(b.read("finance/invoices", inv), m{"status": "posted", "residual_amount": "100.01", "open_value": "712.42"})
}

// An invoice is paid and then credited; when the money is taken off it, the credit note is on the invoice again.
func TestUnmatchAfterCredit(t *testing.T) {
	b := newBench(t)
	buyer := standing[customer](b)
	inv := b.invoice(buyer, "100", nil)
	pay := b.paid(m{"customer_id": buyer, "amount": "100", "matches": []m{{"invoice_id": inv, "amount": "100"}}})
	b.must("finance/invoices", inv, "credit", m{"reason": "gift"})
	note := b.one("finance/credit_notes")
	b.fields(note, m{"residual_amount": "100.00", "open_value": "100.00"})
	refund := b.paid(m{"direction": "out", "customer_id": buyer, "amount": "40", "matches": []m{{"credit_note_id": note["id"], "amount": "40"}}})
	b.refused(b.act("finance/payments", pay, "unmatch", nil), "match.refunded")
	b.must("finance/payments", refund, "unmatch", nil)
	b.must("finance/payments", pay, "unmatch", nil)
	b.fields(b.one("finance/credit_notes"), m{"residual_amount": "0.00", "open_value": "0.00"})
	b.fields(b.read("finance/invoices", inv), m{"residual_amount": "0.00", "open_value": "0.00", "paid_amount": "0.00"})
	b.want(map[string]string{"1002": "60", "2203": "-60"})
	if rows := b.report("open_receivables", nil); len(rows) != 0 {
		t.Errorf("still open: %v", rows)
	}
}

// A later payment knows what the period end has revalued: what it realises is only what came since.
func TestRevaluation(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-12-31": "7.2", "2021-06-01": "7.1"})
	buyer, seller := standing[customer](b), standing[vendor](b)
	inv := b.invoice(buyer, "100", m{"currency": "USD", "date": "2020-06-01"})
	bill := b.add("finance/bills", m{"vendor_id": seller, "currency": "USD", "date": "2020-06-01", "lines": []m{{"description": "Rent", "unit_price": "10"}}})
	b.must("finance/bills", bill, "post", nil)
	b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2020-07-01", "amount": "40", "matches": []m{{"invoice_id": inv, "amount": "40"}}})

	end := b.add("finance/revaluations", m{"date": "2020-12-31"})
	b.must("finance/revaluations", end, "post", nil)
	b.fields(b.read("finance/revaluations", end), m{"status": "posted", "difference": "10.00"}) // 60 × 0.2 gained, 10 × 0.2 lost
	b.fields(b.read("finance/invoices", inv), m{"open_value": "432.00"})
	b.fields(b.read("finance/bills", bill), m{"open_value": "72.00"})
	b.want(map[string]string{"1002": "280", "1122": "432", "2202": "-72", "6001": "-700", "6602": "70", "660303": "-10"})
	again := b.add("finance/revaluations", m{"date": "2020-12-31"})
	b.must("finance/revaluations", again, "post", nil)
	b.fields(b.read("finance/revaluations", again), m{"difference": "0.00", "lines": "[]"})

	half := b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2021-06-01", "amount": "30", "matches": []m{{"invoice_id": inv, "amount": "30"}}})
	b.want(map[string]string{"1002": "493", "1122": "216", "2202": "-72", "6001": "-700", "6602": "70", "660303": "-7"}) // 30 × 0.1 lost since
	b.refused(b.act("finance/revaluations", end, "reverse", nil), "revaluation.settled")
	b.must("finance/payments", half, "unmatch", nil)
	b.must("finance/revaluations", end, "reverse", m{"date": "2021-01-01"})
	b.fields(b.read("finance/revaluations", end), m{"status": "reversed"})
	b.fields(b.read("finance/invoices", inv), m{"open_value": "420.00"})
	b.fields(b.read("finance/bills", bill), m{"open_value": "70.00"})
	b.want(map[string]string{"1002": "493", "1122": "420", "2202": "-70", "2203": "-213", "6001": "-700", "6602": "70"})
}

// Money at a bank in another currency is revalued with the account's balance.
func TestRevaluationOfABank(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-12-31": "7.2"})
	account := b.add("finance/accounts", m{"code": "100201", "name": "美元户", "type": "asset"})
	bank := b.add("finance/bank_accounts", m{"name": "USD", "currency": "USD", "account_id": account})
	buyer := standing[customer](b)
	inv := b.invoice(buyer, "100", m{"currency": "USD", "date": "2020-06-01"})
	b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2020-07-01", "amount": "100", "bank_account_id": bank, "matches": []m{{"invoice_id": inv, "amount": "100"}}})
	end := b.add("finance/revaluations", m{"date": "2020-12-31"})
	b.must("finance/revaluations", end, "post", nil)
	b.want(map[string]string{"100201": "720", "6001": "-700", "660303": "-20"})
	b.must("finance/revaluations", end, "reverse", m{"date": "2021-01-01"})
	b.want(map[string]string{"100201": "700", "6001": "-700"})
}

// A period end that is revalued late shows what was open then, though it is paid by now; the day after all is as it was.
func TestRevaluationAsOfADay(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-12-31": "7.2", "2021-01-15": "7.1"})
	buyer := standing[customer](b)
	inv := b.invoice(buyer, "100", m{"currency": "USD", "date": "2020-06-01"})
	b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2021-01-15", "amount": "100", "matches": []m{{"invoice_id": inv, "amount": "100"}}})
	end := b.add("finance/revaluations", m{"date": "2020-12-31", "auto_reverse": true})
	b.must("finance/revaluations", end, "post", nil)
	b.fields(b.read("finance/revaluations", end), m{"difference": "20.00", "status": "posted"})
	on := func(date string) map[string]string {
		out := map[string]string{}
		for _, r := range b.report("trial_balance", m{"date": date}) {
			out[fmt.Sprint(r["code"])] = fmt.Sprint(r["balance"])
		}
		return out
	}
	if got := on("2020-12-31"); got["1122"] != "720.00" || got["660303"] != "-20.00" {
		t.Errorf("at the end of the year %v", got)
	}
	if got := on("2021-01-01"); got["1122"] != "700.00" || got["660303"] != "0.00" {
		t.Errorf("the day after %v", got)
	}
	b.want(map[string]string{"1002": "710", "6001": "-700", "660303": "-10"})
	b.refused(b.act("finance/revaluations", end, "reverse", nil), "revaluation.reversed")
}
