package finance_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// sumOf adds a column of the rows that fit.
func sumOf(rows []m, column string, where m) money.Amount {
	sum := money.Zero()
	for _, r := range rows {
		fits := true
		for k, v := range where {
			fits = fits && fmt.Sprint(r[k]) == fmt.Sprint(v)
		}
		if fits {
			sum = sum.Add(money.Must(fmt.Sprint(r[column])))
		}
	}
	return sum
}

// Whatever is invoiced, paid, credited, billed and revalued: on any day every report says what the trial balance says.
func TestReportsTieToTheTrialBalance(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-04-01": "7.3", "2020-08-01": "6.8"})
	buyer, seller, tax := standing[customer](b), standing[vendor](b), b.tax("13", "line")
	thirds := b.add("finance/payment_terms", m{"code": "3X", "name": "三期", "lines": []m{{"percent": "33.3333"}, {"percent": "33.3333", "days": 30}, {"percent": "33.3334", "days": 60}}})
	open := map[id.ID]string{} // invoices by currency
	rapid.Check(t, func(rt *rapid.T) {
		date := fmt.Sprintf("2020-%02d-%02d", rapid.IntRange(1, 12).Draw(rt, "month"), rapid.IntRange(1, 28).Draw(rt, "day"))
		currency := rapid.SampledFrom([]string{"CNY", "USD"}).Draw(rt, "currency")
		price := money.Int(rapid.Int64Range(1, 100_000).Draw(rt, "price")).Shift(-2).String()
		lines := []m{{"description": "x", "quantity": "3", "unit_price": price, "tax_id": tax}}
		switch rapid.SampledFrom([]string{"invoice", "invoice", "bill", "pay", "credit", "revalue", "expense"}).Draw(rt, "act") {
		case "invoice":
			open[b.posted("finance/invoices", m{"customer_id": buyer, "currency": currency, "date": date, "payment_term_id": thirds, "lines": lines})] = currency
		case "bill":
			b.posted("finance/bills", m{"vendor_id": seller, "currency": currency, "date": date, "lines": lines})
		case "pay":
			for k, c := range open {
				left := money.Must(fmt.Sprint(b.read("finance/invoices", k)["residual_amount"]))
				if part := money.RoundTo(left.Mul(money.Must("0.37")), c); part.Sign() > 0 {
					b.posted("finance/payments", m{"customer_id": buyer, "currency": c, "date": date, "amount": part.Add(money.Int(1)).String(), "matches": []m{{"invoice_id": k, "amount": part.String()}}})
				}
				break
			}
		case "credit":
			for k := range open {
				b.must("finance/invoices", k, "credit", m{"date": date})
				delete(open, k)
				break
			}
		case "revalue":
			b.posted("finance/revaluations", m{"date": date})
		case "expense":
			b.must("finance/entries", b.entry(date, price, price), "post", nil)
		}
	})
	for _, day := range []string{"2020-03-31", "2020-09-15", "2020-12-31"} {
		balance := map[string]money.Amount{}
		trial := b.report("trial_balance", m{"date": day})
		for _, r := range trial {
			balance[fmt.Sprint(r["code"])] = money.Must(fmt.Sprint(r["balance"]))
		}
		is := func(what string, got, want money.Amount) {
			t.Helper()
			if !got.Equal(want) {
				t.Errorf("%s on %s: %s, the trial balance says %s", what, day, got, want)
			}
		}
		is("debit and credit", sumOf(trial, "balance", nil), money.Zero())
		is("receivables", sumOf(b.report("receivables_ageing", m{"date": day}), "value", nil), balance["1122"])
		is("open receivables", sumOf(b.report("open_receivables", m{"date": day}), "value", nil), balance["1122"])
		is("payables", sumOf(b.report("payables_ageing", m{"date": day}), "value", nil).Neg(), balance["2202"])
		for _, r := range b.report("receivables_ageing", m{"date": day}) {
			is("the ages", sumOf([]m{r}, "not_due", nil).Add(sumOf([]m{r}, "days_30", nil)).Add(sumOf([]m{r}, "days_60", nil)).Add(sumOf([]m{r}, "days_90", nil)).
				Add(sumOf([]m{r}, "older", nil)), sumOf([]m{r}, "total", nil))
		}
		sheet := b.report("balance_sheet", m{"date": day})
		is("assets", sumOf(sheet, "amount", m{"section": "assets", "kind": "total"}), sumOf(sheet, "amount", m{"section": "liabilities_and_equity"}))
		is("cash in the balance sheet", sumOf(sheet, "amount", m{"code": "1002"}), balance["1002"])
		pl := b.report("profit_and_loss", m{"from": "2020-01-01", "to": day})
		is("the result", sumOf(pl, "amount", m{"section": "result"}), balance["6001"].Add(balance["6602"]).Add(balance["660303"]).Neg())
		flow := b.report("cash_flow", m{"from": "2020-02-01", "to": day})
		is("cash", sumOf(flow, "amount", m{"section": "closing"}), balance["1002"])
		vat := b.report("vat_summary", m{"from": "2020-01-01", "to": day})
		is("output tax", sumOf(vat, "tax", m{"side": "output"}).Neg(), balance["22210107"])
		is("taxed turnover", sumOf(vat, "base", m{"side": "output"}).Neg(), balance["6001"])
		is("input tax", sumOf(vat, "tax", m{"side": "input"}), balance["22210101"])
		ledger := b.report("general_ledger", m{"from": "2020-03-01", "to": day})
		for code, want := range balance {
			is("ledger of "+code, sumOf(ledger, "debit", m{"code": code}).Sub(sumOf(ledger, "credit", m{"code": code})), want)
		}
	}
}

// posted makes and posts a document.
func (b *bench) posted(path string, body m) id.ID {
	b.t.Helper()
	k := b.add(path, body)
	b.must(path, k, "post", nil)
	return k
}

func TestCashForecast(t *testing.T) {
	b := newBench(t)
	buyer, seller := standing[customer](b), standing[vendor](b)
	b.paid(m{"customer_id": buyer, "amount": "1000"})
	b.invoice(buyer, "100", m{"date": "2020-01-01", "due_date": "2020-01-31"})
	b.invoice(buyer, "50", m{"date": "2020-01-01", "due_date": "2090-01-31"})
	b.posted("finance/bills", m{"vendor_id": seller, "date": "2020-01-01", "due_date": "2020-02-01", "lines": []m{{"description": "Rent", "unit_price": "30"}}})
	b.sell("1", "200", "200", "200", id.ID{})
	rows := b.report("cash_forecast", m{"weeks": "2"})
	if len(rows) != 2 {
		t.Fatalf("%d weeks", len(rows))
	}
	b.fields(rows[0], m{"opening": "1000.00", "receivables": "100.00", "expected": "200.00", "payables": "30.00", "net": "270.00", "closing": "1270.00"})
	b.fields(rows[1], m{"opening": "1270.00", "net": "0.00"})
	items := b.report("cash_forecast_items", m{"weeks": "2"})
	if len(items) != 3 {
		t.Errorf("items %v", items)
	}
	documents := map[string]string{"receivable": "finance.invoice", "expected": "sales.order", "payable": "finance.bill"}
	for _, i := range items {
		if want := documents[fmt.Sprint(i["kind"])]; i["document_entity"] != want {
			t.Errorf("a %v is about a %v", i["kind"], i["document_entity"])
		}
	}
	for _, r := range b.report("open_receivables", nil) {
		if r["document_entity"] != "finance.invoice" {
			t.Errorf("%v is called a %v", r["no"], r["document_entity"])
		}
	}
	year := fmt.Sprint(b.one("finance/fiscal_years")["name"])
	if rows := b.report("trial_balance", m{"period": year + "-12"}); len(rows) == 0 {
		t.Error("no trial balance of a period")
	}
	stock := b.report("stock_accounts", nil)
	b.fields(stock[0], m{"code": "1405", "balance": "0.00"})
}
