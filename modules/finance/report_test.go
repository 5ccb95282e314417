package finance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
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
				b.must("finance/invoices", k, "credit", m{"date": max(date, fmt.Sprint(b.read("finance/invoices", k)["date"]))}) // not before the invoice
				delete(open, k)
				break
			}
		case "revalue":
			b.posted("finance/revaluations", m{"date": date})
		case "expense":
			b.must("finance/entries", b.entry(date, price, price), "post", nil)
		}
	})
	if c := b.engine.Modules(); len(c) > 0 { // some of the totals are gathered, later ones are not
		for _, x := range c {
			for _, d := range x.Daily {
				b.do(d.Run)
			}
		}
		b.posted("finance/bills", m{"vendor_id": seller, "date": "2020-11-05", "lines": []m{{"description": "x", "unit_price": "7.77", "tax_id": tax}}})
	}
	b.fullComputation(t, "2020-02-01", "2020-09-15")
	b.fullComputation(t, "2020-01-01", "2020-12-31")
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

// What reports read from totals and from the items that can be open is what all lines of their accounts say.
func (b *bench) fullComputation(t *testing.T, from, to string) {
	t.Helper()
	const setting = `(SELECT a.id FROM finance_setting s JOIN finance_account a ON a.code = s.account_code WHERE s.purpose = ? AND s.category = '')`
	all := func(sql string, args ...any) string {
		var got []string
		b.do(func(ctx context.Context, tx *tenancy.Tx) error { return tx.NewRaw(sql, args...).Scan(ctx, &got) })
		slices.Sort(got)
		return strings.Join(got, "\n")
	}
	said := func(rows []m, columns ...string) string {
		var got []string
		for _, r := range rows {
			line := make([]string, len(columns))
			for i, c := range columns {
				line[i] = fmt.Sprint(r[c])
				if d, err := money.Parse(line[i]); err == nil && c != "code" {
					line[i] = d.StringFixed(2)
				}
			}
			got = append(got, strings.Join(line, " "))
		}
		slices.Sort(got)
		return strings.Join(got, "\n")
	}
	for report, x := range map[string]struct{ purpose, party, side string }{
		"open_receivables": {"receivable", "customer_id", "1"}, "open_payables": {"payable", "vendor_id", "-1"},
	} {
		want := all(`SELECT concat_ws(' ', l.`+x.party+`, l.item_id, round(sum(CASE WHEN l.currency <> '' THEN l.amount_currency ELSE l.debit - l.credit END) * `+x.side+`, 2),
				round(sum(l.debit - l.credit) * `+x.side+`, 2))
			FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id WHERE e.status = 'posted' AND e.date <= ? AND l.account_id = `+setting+`
			GROUP BY l.`+x.party+`, l.item_id, l.currency HAVING sum(l.amount_currency) <> 0 OR sum(l.debit - l.credit) <> 0`, to, x.purpose)
		if got := said(b.report(report, m{"date": to}), x.party, "document_id", "open", "value"); got != want {
			t.Errorf("%s on %s:\n%s\nall lines say\n%s", report, to, got, want)
		}
	}
	cash := `(SELECT a.id FROM finance_account a WHERE a.code IN ('1001', '1002'))`
	want := all(`SELECT concat_ws(' ', a.code, round(sum(l.credit - l.debit), 2)) FROM finance_entry_line l JOIN finance_account a ON a.id = l.account_id
		WHERE l.account_id NOT IN `+cash+` AND l.entry_id IN (SELECT e.id FROM finance_entry e JOIN finance_entry_line c ON c.entry_id = e.id
			WHERE e.status = 'posted' AND e.date BETWEEN ? AND ? AND c.account_id IN `+cash+`)
		GROUP BY a.code HAVING sum(l.credit - l.debit) <> 0`, from, to)
	var lines []m
	for _, r := range b.report("cash_flow", m{"from": from, "to": to}) {
		if r["kind"] == "line" {
			lines = append(lines, r)
		}
	}
	if got := said(lines, "code", "amount"); got != want {
		t.Errorf("cash flow from %s to %s:\n%s\nall lines say\n%s", from, to, got, want)
	}
	items := b.report("cash_forecast_items", m{"from": from, "weeks": "53"})
	for _, r := range b.report("cash_forecast", m{"from": from, "weeks": "53"}) {
		due, owed := money.Zero(), money.Zero()
		for kind, sum := range map[string]*money.Amount{"receivable": &due, "credit_note": &due, "payable": &owed, "vendor_credit": &owed} {
			*sum = sum.Add(sumOf(items, "value", m{"week": r["week"], "kind": kind}))
		}
		if !due.Equal(money.Must(fmt.Sprint(r["receivables"]))) || !owed.Neg().Equal(money.Must(fmt.Sprint(r["payables"]))) {
			t.Errorf("week %v from %s: %v to come and %v to go, its documents say %s and %s", r["week"], from, r["receivables"], r["payables"], due, owed.Neg())
		}
	}
	want = all(`SELECT concat_ws(' ', x.side, x.tax_id, round(coalesce(sum(x.amount) FILTER (WHERE NOT x.is_tax), 0), 2), round(coalesce(sum(x.amount) FILTER (WHERE x.is_tax), 0), 2))
		FROM (SELECT v.side, l.tax_id, d.id IS NOT NULL AS is_tax, CASE v.side WHEN 'output' THEN l.credit - l.debit ELSE l.debit - l.credit END AS amount
			FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id LEFT JOIN (SELECT a.id, s.purpose FROM finance_setting s
				JOIN finance_account a ON a.code = s.account_code WHERE s.purpose IN ('output_tax', 'input_tax') AND s.category = '') d ON d.id = l.account_id,
				LATERAL (SELECT CASE WHEN d.purpose IS NULL AND l.vendor_id IS NULL OR d.purpose = 'output_tax' THEN 'output' ELSE 'input' END AS side) v
			WHERE e.status = 'posted' AND e.date BETWEEN ? AND ? AND (l.tax_id IS NOT NULL OR d.id IS NOT NULL)) x GROUP BY x.side, x.tax_id`, from, to)
	rows := b.report("vat_summary", m{"from": from, "to": to})
	if got := said(rows[:len(rows)-1], "side", "tax_id", "base", "tax"); got != want {
		t.Errorf("VAT from %s to %s:\n%s\nall lines say\n%s", from, to, got, want)
	}
}
