package finance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
)

func key(t *testing.T, rec m) id.ID {
	t.Helper()
	k, err := id.Parse(fmt.Sprint(rec["id"]))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A deposit of 30 % is invoiced with its tax, paid, and taken off the invoices of the delivery; all of them together are the order.
func TestDeposit(t *testing.T) {
	b := newBench(t)
	s := b.sell("10", "100", "1130", "1000", b.tax("13", "line"))
	r := key(t, b.one("finance/receivables"))
	b.refused(b.act("finance/receivables", r, "deposit", m{"amount": "1130.01"}), "deposit.amount")
	b.refused(b.act("finance/receivables", r, "deposit", nil), "fields.invalid")
	b.must("finance/receivables", r, "deposit", m{"percent": "30"})
	dep := b.one("finance/invoices")
	b.fields(dep, m{"kind": "deposit", "status": "posted", "total_amount": "339.00", "tax_amount": "39.00", "order_no": "SO000001"})
	b.want(map[string]string{"1122": "339", "2205": "-300", "22210107": "-39"})
	b.paid(m{"customer_id": s.head.CustomerID, "amount": "339", "matches": []m{{"invoice_id": dep["id"], "amount": "339"}}})
	if e := last[financeevent.PaymentMatched](t, b); e.Orders[0].Collected.String() != "339" {
		t.Errorf("told %+v", e)
	}
	s.deliver("2") // 226.00, all of it paid in advance
	s.deliver("8")
	rows := b.list("finance/invoices", "sort", "no")
	b.fields(rows[1], m{"total_amount": "0.00", "status": "paid"})
	b.fields(rows[2], m{"total_amount": "791.00", "untaxed_amount": "700.00", "tax_amount": "91.00"})
	b.fields(rows[0], m{"deducted_amount": "339.00"})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "1130.00", "invoiced_amount": "1130.00", "paid_amount": "339.00"})
	b.want(map[string]string{"1002": "339", "1122": "791", "6001": "-1000", "22210107": "-130"})
	b.refused(b.act("finance/invoices", key(t, dep), "credit", nil), "deposit.deducted")

	// Half of the second delivery comes back: its share of the deposit is free again, and may be credited.
	back := s.line
	back.Quantity, back.Ordered = money.Int(4), money.Int(4)
	b.emit(salesevent.GoodsReturned{Order: s.head, ReturnID: b.new(), No: "SR1", Lines: []salesevent.Line{back}})
	b.fields(b.one("finance/credit_notes"), m{"total_amount": "395.50"}) // half of 791.00
	b.fields(b.read("finance/invoices", key(t, dep)), m{"deducted_amount": "282.50"})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "678.00", "invoiced_amount": "734.50"})
	b.want(map[string]string{"1002": "339", "1122": "395.5", "2205": "-50", "6001": "-600", "22210107": "-84.5"})
}

// The order is cancelled: the deposit is credited and refunded, and nothing is expected any more.
func TestDepositOfACancelledOrder(t *testing.T) {
	b := newBench(t)
	s := b.sell("10", "100", "1130", "1000", b.tax("13", "line"))
	b.must("finance/receivables", key(t, b.one("finance/receivables")), "deposit", m{"amount": "113"})
	dep := b.one("finance/invoices")
	b.paid(m{"customer_id": s.head.CustomerID, "amount": "113", "matches": []m{{"invoice_id": dep["id"], "amount": "113"}}})
	b.emit(salesevent.OrderCancelled{Order: s.head})
	b.must("finance/invoices", key(t, dep), "credit", nil)
	note := b.one("finance/credit_notes")
	b.fields(note, m{"total_amount": "113.00", "residual_amount": "113.00"})
	b.paid(m{"direction": "out", "customer_id": s.head.CustomerID, "amount": "113", "matches": []m{{"credit_note_id": note["id"], "amount": "113"}}})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "0.00", "invoiced_amount": "0.00", "paid_amount": "0.00"})
	b.want(map[string]string{})
}

func TestOpeningBalances(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7.5"})
	buyer, seller := standing[customer](b), standing[vendor](b)
	line := func(code, side, amount string, more m) m {
		out := m{"account_id": b.account(code), side: amount}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	open := b.add("finance/openings", m{"date": "2025-12-31", "memo": "2025", "lines": []m{
		line("1002", "debit", "1000", nil),
		line("1122", "debit", "300", m{"customer_id": buyer, "reference": "OLD-1", "due_date": "2025-11-30"}),
		line("1122", "debit", "710", m{"customer_id": buyer, "currency": "USD", "amount_currency": "100"}),
		line("2203", "credit", "50", m{"customer_id": buyer}),
		line("2202", "credit", "200", m{"vendor_id": seller, "reference": "V-9", "due_date": "2026-01-31"}),
		line("4001", "credit", "1760", nil),
	}})
	wrong := b.add("finance/openings", m{"lines": []m{line("1122", "debit", "1", nil), line("2202", "debit", "1", m{"vendor_id": seller}), line("4001", "credit", "2", nil)}})
	f := b.refused(b.act("finance/openings", wrong, "post", nil), "fields.invalid")
	if len(f.Fields) != 2 || f.Fields[0].Path != "lines[0].customer_id" || f.Fields[1].Path != "lines[1].debit" {
		t.Errorf("got %v", f.Fields)
	}
	uneven := b.add("finance/openings", m{"lines": []m{line("1002", "debit", "1", nil), line("4001", "credit", "2", nil)}})
	b.refused(b.act("finance/openings", uneven, "post", nil), "entry.unbalanced")

	b.must("finance/openings", open, "post", nil)
	b.want(map[string]string{"1002": "1000", "1122": "1010", "2203": "-50", "2202": "-200", "4001": "-1760"})
	inv := b.one("finance/invoices", "no", "OLD-1")
	b.fields(inv, m{"kind": "opening", "status": "posted", "due_date": "2025-11-30", "residual_amount": "300.00"})
	b.fields(b.one("finance/invoices", "currency", "USD"), m{"residual_amount": "100.00", "open_value": "710.00", "rate": "7.10"})
	advance := b.one("finance/payments")
	b.fields(advance, m{"unmatched_amount": "50.00", "status": "posted"})
	b.must("finance/payments", key(t, advance), "match", m{"matches": []m{{"invoice_id": inv["id"], "amount": "50"}}})
	b.fields(b.one("finance/invoices", "no", "OLD-1"), m{"residual_amount": "250.00", "status": "partial"})
	bill := b.one("finance/bills")
	b.paid(m{"direction": "out", "vendor_id": seller, "amount": "200", "matches": []m{{"bill_id": bill["id"], "amount": "200"}}})
	b.want(map[string]string{"1002": "800", "1122": "960", "4001": "-1760"})
	part := b.add("finance/openings", m{"counter_account_id": b.account("4001"), "lines": []m{line("1122", "debit", "5", m{"customer_id": buyer})}})
	b.must("finance/openings", part, "post", nil)
	b.want(map[string]string{"1002": "800", "1122": "965", "4001": "-1765"})
}

func TestDunning(t *testing.T) {
	b := newBench(t)
	buyer, other := standing[customer](b), standing[customer](b)
	one := b.invoice(buyer, "100", m{"date": "2025-01-01", "due_date": "2025-01-10"})
	two := b.invoice(buyer, "60", m{"date": "2025-01-01", "due_date": "2025-02-01"})
	b.invoice(other, "70", m{"date": "2025-01-01", "due_date": "2025-12-01"})
	thirds := b.add("finance/payment_terms", m{"code": "H", "name": "两期", "lines": []m{{"percent": "50", "days": 10}, {"percent": "50", "days": 300}}})
	halves := b.invoice(other, "40", m{"date": "2025-01-01", "payment_term_id": thirds})
	run := func(date string) m {
		k := b.add("finance/dunning_runs", m{"date": date})
		b.must("finance/dunning_runs", k, "run", nil)
		return b.read("finance/dunning_runs", k)
	}
	first := run("2025-01-20")
	b.fields(first, m{"status": "done", "line_count": "2"})
	b.fields(first["notices"].([]any)[1].(m), m{"level": "1", "days_late": "9", "overdue_amount": "20.00", "invoice_id": halves})
	b.fields(b.read("finance/invoices", one), m{"dunning_level": "1", "dunned_on": "2025-01-20"})
	if again := run("2025-01-20"); fmt.Sprint(again["line_count"]) != "0" {
		t.Errorf("reminded twice: %v", again)
	}
	b.paid(m{"customer_id": other, "amount": "20", "matches": []m{{"invoice_id": halves, "amount": "20"}}}) // the first half
	second := run("2025-02-15")
	b.fields(second, m{"line_count": "2"})
	e := last[financeevent.CustomerDunned](t, b)
	if e.CustomerID != buyer || e.Level != 2 || len(e.Invoices) != 2 || e.Amount.String() != "160" {
		t.Errorf("told %+v", e)
	}
	if !strings.Contains(e.Text.EN, "36 days overdue, 160.00 CNY") || !strings.Contains(e.Text.ZH, "逾期 36 天") {
		t.Errorf("words %q %q", e.Text.ZH, e.Text.EN)
	}
	b.fields(b.read("finance/invoices", two), m{"dunning_level": "1"})
	b.refused(b.act("finance/dunning_runs", b.new(), "run", nil), "record.not_found")
}

// A vendor prints a tax that differs by a cent from ours: it is taken over within the tolerance, on a rounding line.
func TestPrintedTax(t *testing.T) {
	b := newBench(t)
	seller, tax := standing[vendor](b), b.tax("22", "line")
	lines := []m{{"description": "Steel", "quantity": "16", "unit_price": "348.35", "discount_percent": "4", "tax_id": tax}}
	bill := b.add("finance/bills", m{"vendor_id": seller, "printed_tax_amount": "1177.14", "printed_total_amount": "6527.80", "lines": lines})
	rec := b.read("finance/bills", bill)
	b.fields(rec, m{"untaxed_amount": "5350.66", "tax_amount": "1177.14", "total_amount": "6527.80"})
	b.fields(rec["lines"].([]any)[1].(m), m{"rounding": "true", "tax_amount": "-0.01", "untaxed_amount": "0.00"})
	b.must("finance/bills", bill, "post", nil)
	b.want(map[string]string{"6602": "5350.66", "22210101": "1177.14", "2202": "-6527.8"})
	total := b.add("finance/bills", m{"vendor_id": seller, "printed_total_amount": "6527.85", "lines": lines})
	b.must("finance/bills", total, "post", nil)
	b.fields(b.read("finance/bills", total), m{"tax_amount": "1177.15", "total_amount": "6527.85"})
	if got := b.balances()["660302"]; got != "0.04" {
		t.Errorf("rounding %s", got)
	}
	err := b.tryAdd("finance/bills", m{"vendor_id": seller, "printed_tax_amount": "1178", "lines": lines})
	f := b.refused(err, "fields.invalid")
	if f.Fields[0].Path != "printed_tax_amount" || f.Fields[0].Reason != "bill.rounding" {
		t.Errorf("got %v", f)
	}
}

func TestYearIsReopened(t *testing.T) {
	b := newBench(t)
	buyer := standing[customer](b)
	b.invoice(buyer, "100", m{"date": "2020-05-05"})
	year := b.add("finance/fiscal_years", m{"name": "2020", "start_date": "2020-01-01", "end_date": "2020-12-31"})
	b.must("finance/fiscal_years", year, "open", nil)
	b.must("finance/fiscal_years", year, "close", nil)
	b.want(map[string]string{"1122": "100", "410415": "-100"})
	if err := b.sql("UPDATE finance_period SET status = 'open' WHERE name = '2020-05'"); code(err) != "TN003" {
		t.Errorf("opening a closed period past the engine: %v", err)
	}
	b.must("finance/fiscal_years", year, "reopen", nil)
	b.want(map[string]string{"1122": "100", "6001": "-100"})
	b.fields(b.one("finance/periods", "name", "2020-05"), m{"status": "soft"})
	b.refused(b.act("finance/entries", b.entry("2020-05-06", "1", "1"), "post", nil), "period.locked")
	if err := b.sql("DELETE FROM finance_entry WHERE status = 'draft'"); err != nil {
		t.Fatal(err)
	}
	b.must("finance/entries", b.entry("2020-05-06", "1", "1", m{"adjustment": true}), "post", nil)
	b.must("finance/fiscal_years", year, "close", nil)
	b.want(map[string]string{"1002": "1", "1122": "100", "4001": "-1", "410415": "-100"})
	pl := b.report("profit_and_loss", m{"from": "2020-01-01", "to": "2020-12-31"})
	b.fields(pl[len(pl)-1], m{"section": "result", "amount": "100.00"})
	b.must("finance/periods", key(t, b.one("finance/periods", "name", "2020-12")), "hard_lock", nil)
	b.refused(b.act("finance/fiscal_years", year, "reopen", nil), "period.locked")
}
