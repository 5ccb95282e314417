package finance_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tenon-hq/tenon/internal/id"
)

// A bank's file is loaded, the movements find what they settle, and posting makes payments and entries. The bank's balance is that of the books.
func TestBankStatement(t *testing.T) {
	b := newBench(t)
	account := b.add("finance/accounts", m{"code": "100201", "name": "基本户", "type": "asset"})
	bank := b.add("finance/bank_accounts", m{"name": "基本户", "currency": "CNY", "account_id": account})
	buyer, other, seller := standing[customer](b), standing[customer](b), standing[vendor](b)
	one, two, three := b.invoice(buyer, "100", nil), b.invoice(buyer, "50.50", nil), b.invoice(other, "77.77", nil)
	bill := b.add("finance/bills", m{"vendor_id": seller, "vendor_reference": "F-2026/88", "lines": []m{{"description": "Rent", "unit_price": "30"}}})
	b.must("finance/bills", bill, "post", nil)
	known := b.paid(m{"customer_id": other, "amount": "12", "bank_account_id": bank})
	no := func(k id.ID) string { return fmt.Sprint(b.read("finance/invoices", k)["no"]) }
	today := fmt.Sprint(b.read("finance/payments", known)["date"])
	file := "date,amount,counterparty,reference,text\n" +
		today + ",150.50,Buyer,,pays " + no(one) + " and " + strings.ReplaceAll(no(two), "-", " ") + "\n" +
		today + ",-30,Seller,,your f2026/88\n" + today + ",12,Other,,\n" + today + ",77.77,Somebody,,thanks\n" + today + ",-5,Bank,,charges\n"
	st := b.add("finance/bank_statements", m{"bank_account_id": bank, "reference": "1"})
	f := b.refused(b.act("finance/bank_statements", st, "load", m{"format": "csv", "content": file + "someday,1,,,\n"}), "fields.invalid")
	if f.Fields[0].Path != "content line 7" {
		t.Errorf("got %v", f.Fields)
	}
	b.must("finance/bank_statements", st, "load", m{"format": "csv", "content": file})
	rec := b.read("finance/bank_statements", st)
	b.fields(rec, m{"status": "loaded", "line_count": "5", "opening_balance": "0.00", "closing_balance": "205.27"})
	lines := rec["lines"].([]any)
	for i, want := range []m{
		{"score": "100", "because": "number", "suggested": fmt.Sprint([]string{one.String(), two.String()})},
		{"score": "100", "because": "number", "suggested": fmt.Sprint([]string{bill.String()})},
		{"score": "95", "because": "payment", "suggested": fmt.Sprint([]string{known.String()})},
		{"score": "60", "because": "amount", "suggested": fmt.Sprint([]string{three.String()})},
		{"score": "0", "suggested": "[]"},
	} {
		b.fields(lines[i].(m), want)
	}
	twin := b.add("finance/bank_statements", m{"bank_account_id": bank})
	b.refused(b.act("finance/bank_statements", twin, "load", m{"format": "csv", "content": file}), "record.duplicate")
	b.must("finance/bank_statements", twin, "load", m{"format": "csv", "content": "date,amount\n" + today + ",1\n"}) // goes on from where the other ended
	b.fields(b.read("finance/bank_statements", twin), m{"opening_balance": "205.27", "closing_balance": "206.27"})

	b.must("finance/bank_statements", st, "match", nil) // what is sure
	charges := m{"line_id": lines[4].(m)["id"], "account_id": b.account("660302")}
	b.must("finance/bank_statements", st, "match", m{"lines": []m{charges}})
	b.refused(b.act("finance/bank_statements", st, "match", m{"lines": []m{charges}}), "fields.invalid")
	b.must("finance/bank_statements", st, "post", nil)
	b.fields(b.read("finance/bank_statements", st), m{"status": "loaded"}) // one line is open still
	for _, k := range []id.ID{one, two} {
		b.fields(b.read("finance/invoices", k), m{"status": "paid"})
	}
	b.fields(b.read("finance/bills", bill), m{"status": "paid"})

	rest := []m{{"line_id": lines[3].(m)["id"], "matches": []m{{"invoice_id": three, "amount": "77.77"}}}}
	b.must("finance/bank_statements", st, "match", m{"lines": rest})
	if n := len(b.list("finance/payments", "status", "draft")); n != 1 {
		t.Errorf("%d drafts", n)
	}
	b.must("finance/bank_statements", st, "unmatch", nil)
	if n := len(b.list("finance/payments", "status", "draft")); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
	b.must("finance/bank_statements", st, "match", m{"lines": rest})
	b.must("finance/bank_statements", st, "post", nil)
	rec = b.read("finance/bank_statements", st)
	b.fields(rec, m{"status": "posted"})
	b.fields(rec["lines"].([]any)[3].(m), m{"status": "posted", "customer_id": other.String()})
	b.want(map[string]string{"100201": "205.27", "2203": "-12", "6001": "-228.27", "6602": "30", "660302": "5"}) // 150.50 − 30 + 12 + 77.77 − 5
}

// A file in the encoding of Chinese banks comes as its bytes; a file in another currency than the account's is refused, also when the account names none.
func TestBankFileInItsOwnEncoding(t *testing.T) {
	b := newBench(t)
	bank := b.add("finance/bank_accounts", m{"name": "基本户"})
	b.fields(b.read("finance/bank_accounts", bank), m{"currency": "CNY"})
	raw, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("交易日期,收入金额,支出金额,对方户名\n2026/1/5,\"1,000.10\",,上海某某公司\n"))
	if err != nil {
		t.Fatal(err)
	}
	st := b.add("finance/bank_statements", m{"bank_account_id": bank, "reference": "1"})
	b.refused(b.act("finance/bank_statements", st, "load", m{"format": "csv", "content_base64": "?"}), "fields.invalid")
	b.must("finance/bank_statements", st, "load", m{"format": "csv", "content_base64": base64.StdEncoding.EncodeToString(raw)})
	b.fields(b.read("finance/bank_statements", st)["lines"].([]any)[0].(m), m{"amount": "1000.10", "counterparty": "上海某某公司", "date": "2026-01-05"})
	other := b.add("finance/bank_statements", m{"bank_account_id": bank, "reference": "2"})
	b.refused(b.act("finance/bank_statements", other, "load", m{"format": "csv", "content": "date,amount,currency\n2026-01-05,1,USD\n"}), "statement.currency")
}
