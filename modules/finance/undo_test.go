package finance_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/tenancy"
)

// entryOf is the newest entry that a document has made.
func (b *bench) entryOf(source id.ID) m {
	b.t.Helper()
	rows := b.list("finance/entries", "source_id", source.String(), "sort", "-id")
	if len(rows) == 0 {
		b.t.Fatalf("%s has made no entry", source)
	}
	return rows[0]
}

// What a document has booked is taken back by the document: reversing its entry by hand would leave open items, stock and books apart.
func TestEntriesOfDocumentsAreNotReversedByHand(t *testing.T) {
	b := newBench(t)
	buyer, seller := standing[customer](b), standing[vendor](b)
	product := b.add("inventory/products", m{"number": "P1", "name": "螺丝", "type": "stock", "unit": "pcs"})
	inv := b.invoice(buyer, "100", nil)
	bill := b.posted("finance/bills", m{"vendor_id": seller, "lines": []m{{"description": "Rent", "unit_price": "30"}}})
	pay := b.paid(m{"customer_id": buyer, "amount": "40", "matches": []m{{"invoice_id": inv, "amount": "40"}}})
	b.must("finance/invoices", inv, "credit", m{"reason": "a gift"})
	note := parse(t, b.one("finance/credit_notes", "invoice_id", inv.String())["id"])
	b.goods(standing[purchase](b), standing[purchaseLine](b), product, "2", "8")
	receipt := b.one("finance/entries", "source_entity", "inventory.receipt")
	before := b.balances()
	for want, e := range map[string]m{
		"(credit)": b.entryOf(inv), "(vendor_credits)": b.entryOf(bill), "(reverse)": b.entryOf(pay), "(unmatch)": b.entryOf(note), "(vendor_returns)": receipt,
	} {
		f := b.refused(b.act("finance/entries", parse(t, e["id"]), "reverse", nil), "entry.of_document")
		if f.Kind != fault.Rule || !strings.Contains(f.Text.EN, want) || !strings.Contains(f.Text.EN, fmt.Sprint(e["source"])) || f.Data["source_id"] != e["source_id"] {
			t.Errorf("%s: %v %v", want, f, f.Data)
		}
	}
	if after := b.balances(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("balances moved: %v, before %v", after, before)
	}
	own := b.entry("", "5", "5") // and what people wrote themselves may be reversed, and that again
	b.must("finance/entries", own, "post", nil)
	b.must("finance/entries", own, "reverse", nil)
	b.must("finance/entries", parse(t, b.one("finance/entries", "reversal_of", own.String())["id"]), "reverse", nil)
}

// A payment that was wrong is reversed as a document: what it settled is open again, the money is gone, its number stays, and it can't be used any more.
func TestPaymentIsReversed(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-07-01": "7.1", "2020-12-31": "7.2"})
	buyer := standing[customer](b)
	inv := b.invoice(buyer, "100", m{"currency": "USD", "date": "2020-06-01"})
	before := b.balances()
	pay := b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2020-07-01", "amount": "90", "matches": []m{{"invoice_id": inv, "amount": "40"}}})
	end := b.add("finance/revaluations", m{"date": "2020-12-31"})
	b.must("finance/revaluations", end, "post", nil)
	b.refused(b.act("finance/payments", pay, "reverse", m{"date": "2020-06-30"}), "payment.early")
	b.must("finance/payments", pay, "reverse", m{"memo": "bounced"})
	b.fields(b.read("finance/payments", pay), m{"status": "reversed", "unmatched_amount": "0.00", "open_value": "0.00", "matches": "[]", "amount": "90.00"})
	b.fields(b.read("finance/invoices", inv), m{"status": "posted", "residual_amount": "100.00", "paid_amount": "0.00", "open_value": "712.00"}) // 60 × 0.2 of the revaluation
	b.fields(b.entryOf(pay), m{"memo": "bounced", "source_entity": "finance.payment"})
	after := b.balances()
	if after["1002"] != "" || after["2203"] != "" || after["1122"] != "712" || before["1122"] != "700" || after["660303"] != "-12" {
		t.Errorf("balances %v, before %v", after, before)
	}
	for action, body := range map[string]m{"reverse": nil, "match": {"matches": []m{{"invoice_id": inv, "amount": "1"}}}, "unmatch": nil} {
		if err := b.act("finance/payments", pay, action, body); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s of a reversed payment: %v", action, err)
		}
	}
	b.sound()
}

// Money on account that goes back closes both payments; a difference of the rates is realised, and taking it back restores everything.
func TestMoneyOnAccountIsGivenBack(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-07-01": "7.1"})
	buyer, other, seller := standing[customer](b), standing[customer](b), standing[vendor](b)
	came := b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2020-02-01", "amount": "100"})
	before := b.balances()
	back := func(who id.ID, direction, amount string) id.ID {
		return b.add("finance/payments", m{
			"customer_id": who, "direction": direction, "currency": "USD", "date": "2020-07-02", "amount": amount, "matches": []m{{"advance_id": came, "amount": amount}},
		})
	}
	for want, draft := range map[string]id.ID{"match.kind": back(buyer, "in", "1"), "match.party": back(other, "out", "1"), "match.too_much": back(buyer, "out", "100.01")} {
		if f := b.refused(b.act("finance/payments", draft, "post", nil), "payment.match"); f.Fields[0].Reason != want {
			t.Errorf("got %v, want %s", f, want)
		}
	}
	went := back(buyer, "out", "60")
	b.must("finance/payments", went, "post", nil)
	b.fields(b.read("finance/payments", came), m{"unmatched_amount": "40.00", "open_value": "280.00", "status": "posted"})
	b.fields(b.read("finance/payments", went), m{"unmatched_amount": "0.00", "open_value": "0.00"})
	b.want(map[string]string{"1002": "274", "2203": "-280", "660303": "6"}) // 700 − 60 × 7.1; 60 × 0.1 lost
	b.sound()
	b.refused(b.act("finance/payments", came, "reverse", nil), "payment.given_back")
	b.must("finance/payments", went, "unmatch", m{"matches": []m{{"advance_id": came}}})
	b.fields(b.read("finance/payments", came), m{"unmatched_amount": "100.00", "open_value": "700.00"})
	b.must("finance/payments", went, "match", m{"matches": []m{{"advance_id": came, "amount": "60"}}})
	b.must("finance/payments", went, "reverse", nil)
	b.fields(b.read("finance/payments", came), m{"unmatched_amount": "100.00", "open_value": "700.00"})
	if after := b.balances(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("balances %v, before %v", after, before)
	}
	out := b.paid(m{"vendor_id": seller, "direction": "out", "amount": "9"}) // and the same of what was paid to a vendor in advance
	b.paid(m{"vendor_id": seller, "direction": "in", "amount": "9", "matches": []m{{"advance_id": out, "amount": "9"}}})
	b.fields(b.read("finance/payments", out), m{"unmatched_amount": "0.00"})
	if after := b.balances(); after["1123"] != "" {
		t.Errorf("balances %v", after)
	}
	b.sound()
}

// sound runs what is promised of the books at every moment.
func (b *bench) sound() {
	b.t.Helper()
	for _, c := range finance.Module(finance.Plugs{}).Checks {
		b.do(func(ctx context.Context, tx *tenancy.Tx) error {
			rows, err := tx.QueryContext(ctx, c.SQL)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var key *id.ID
				var text string
				if err := rows.Scan(&key, &text); err != nil {
					return err
				}
				b.t.Errorf("%s: %s", c.Name, text)
			}
			return rows.Err()
		}, tenancy.ReadOnly())
	}
}

// A line of a bank's statement whose payment is reversed waits to be matched again.
func TestReversedPaymentLeavesTheStatement(t *testing.T) {
	b := newBench(t)
	bank := b.add("finance/bank_accounts", m{"name": "基本户", "currency": "CNY"})
	right, wrong := standing[customer](b), standing[customer](b)
	st := b.add("finance/bank_statements", m{"bank_account_id": bank, "reference": "1"})
	b.must("finance/bank_statements", st, "load", m{"format": "csv", "content": "date,amount\n2026-01-05,80\n"})
	line := b.read("finance/bank_statements", st)["lines"].([]any)[0].(m)
	b.must("finance/bank_statements", st, "match", m{"lines": []m{{"line_id": line["id"], "customer_id": wrong}}})
	b.must("finance/bank_statements", st, "post", nil)
	b.fields(b.read("finance/bank_statements", st), m{"status": "posted"})
	pay := b.one("finance/payments", "customer_id", wrong.String())
	b.must("finance/payments", parse(t, pay["id"]), "reverse", nil)
	rec := b.read("finance/bank_statements", st)
	b.fields(rec, m{"status": "loaded"})
	b.fields(rec["lines"].([]any)[0].(m), m{"status": "open", "payment_id": nil, "customer_id": nil})
	b.must("finance/bank_statements", st, "match", m{"lines": []m{{"line_id": line["id"], "customer_id": right}}})
	b.must("finance/bank_statements", st, "post", nil)
	b.fields(b.read("finance/bank_statements", st), m{"status": "posted"})
	b.want(map[string]string{"1002": "80", "2203": "-80"})
}

// A credit is never dated before what it takes back.
func TestCreditIsNotBeforeItsDocument(t *testing.T) {
	b := newBench(t)
	buyer, seller := standing[customer](b), standing[vendor](b)
	inv := b.invoice(buyer, "100", m{"date": "2026-03-10"})
	f := b.refused(b.act("finance/invoices", inv, "credit", m{"date": "2026-03-09"}), "credit.early")
	if f.Kind != fault.Rule || f.Fields[0].Path != "date" || !strings.Contains(f.Text.EN, "2026-03-10") {
		t.Errorf("got %v", f)
	}
	b.must("finance/invoices", inv, "credit", m{"date": "2026-03-10"})
	bill := b.posted("finance/bills", m{"vendor_id": seller, "date": "2026-03-10", "lines": []m{{"description": "Rent", "unit_price": "30"}}})
	credit := b.add("finance/vendor_credits", m{"vendor_id": seller, "bill_id": bill, "date": "2026-03-09", "lines": []m{{"description": "Rent", "unit_price": "10"}}})
	b.refused(b.act("finance/vendor_credits", credit, "post", nil), "credit.early")
	b.fields(b.read("finance/vendor_credits", credit), m{"status": "draft"})
}

// What the books keep is written in the language of the company, whoever works in it.
func TestMemosInTheLanguageOfTheCompany(t *testing.T) {
	for locale, want := range map[i18n.Lang][2]string{i18n.ZH: {"冲销 ", "期初余额"}, i18n.EN: {"Reversal of ", "Opening balance"}} {
		b := newBench(t)
		b.tenant.Locale = locale
		own := b.entry("", "5", "5")
		b.must("finance/entries", own, "post", nil)
		b.must("finance/entries", own, "reverse", nil)
		if got := fmt.Sprint(b.one("finance/entries", "reversal_of", own.String())["memo"]); !strings.HasPrefix(got, want[0]) {
			t.Errorf("%s: %s", locale, got)
		}
		op := b.add("finance/openings", m{"counter_account_id": b.account("4001"), "lines": []m{
			{"account_id": b.account("1122"), "debit": "70", "customer_id": standing[customer](b), "reference": "OLD-1"},
		}})
		b.must("finance/openings", op, "post", nil)
		lines := b.one("finance/invoices", "no", "OLD-1")["lines"].([]any)
		if got := fmt.Sprint(lines[0].(m)["description"]); got != want[1] {
			t.Errorf("%s: %s", locale, got)
		}
	}
}
