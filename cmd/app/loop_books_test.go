package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// rows asks for a report.
func (p person) rows(report, query string) []m {
	p.t.Helper()
	list, _ := p.must(http.StatusOK, p.get("/finance/"+report+"?"+query))["data"].([]any)
	out := make([]m, len(list))
	for i, x := range list {
		out[i], _ = x.(m)
	}
	return out
}

// total sums a column of a report.
func total(t *testing.T, rows []m, column string) decimal.Decimal {
	sum := decimal.Zero
	for _, r := range rows {
		sum = sum.Add(num(t, r, column))
	}
	return sum
}

// An order is paid in part before it is delivered; the bank's file settles the rest; the books, the forecast and the statements agree, and the checker
// finds nothing.
func TestLoopDepositAndBank(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Deposits")
	c.stock(c.motor, "10", "480")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "2", "1000")}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	due := c.books.one("finance/receivables", "order_id="+str(order, "id"))
	c.sales.refused("sales asks for no deposit", c.sales.doing("finance/receivables", due, "deposit", m{"percent": "30"}), http.StatusForbidden, "")
	c.books.act("finance/receivables", str(due, "id"), "deposit", m{"percent": "30"})
	dep := c.books.one("finance/invoices", "kind=deposit")
	same(t, "deposit", dep, m{"total_amount": "678", "untaxed_amount": "600", "status": "posted", "order_id": order["id"]})
	c.pays("678", m{"invoice_id": dep["id"], "amount": "678"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "partial", "collected_amount": "678", "invoice_status": "waiting"})
	rest := c.ships(order)
	same(t, "invoice", rest, m{"total_amount": "1582", "untaxed_amount": "1400", "tax_amount": "182", "residual_amount": "1582"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"invoice_status": "invoiced"})
	forecast := c.books.rows("cash_forecast", "weeks=2")
	same(t, "forecast", forecast[0], m{"opening": "678", "receivables": "1582", "expected": "0", "closing": "2260"})
	same(t, "age", c.books.rows("receivables_ageing", "")[0], m{"customer_id": c.customer["id"], "total": "1582", "not_due": "1582"})

	account := c.books.create("finance/accounts", m{"code": "100201", "name": "Main bank", "type": "asset"})
	bank := c.books.create("finance/bank_accounts", m{"name": "Main", "account_id": account["id"]})
	st := c.books.create("finance/bank_statements", m{"bank_account_id": bank["id"], "reference": "2026-1"})
	file := ":20:X\n:25:1\n:28C:1/1\n:60F:C" + strings.ReplaceAll(inDays(0), "-", "")[2:] + "CNY0,00\n:61:" + strings.ReplaceAll(inDays(0), "-", "")[2:] + "C1581,50NTRFNONREF\n:86:" + str(rest, "no") +
		"\n:62F:C" + strings.ReplaceAll(inDays(0), "-", "")[2:] + "CNY1581,50\n"
	path := "/finance/bank_statements/" + str(st, "id")
	c.sales.refused("not sales' affair", c.sales.post(path+"/load", m{"format": "mt940", "content": file}), http.StatusForbidden, "")
	broken := c.books.post(path+"/load", m{"format": "mt940", "content": strings.Replace(file, "1581,50NTRF", "x,NTRF", 1)})
	c.books.refused("a broken file", broken, http.StatusBadRequest, "fields.invalid")
	if !strings.Contains(broken.raw, "content line 5") {
		t.Errorf("no line: %s", broken.raw)
	}
	st = c.books.must(http.StatusOK, c.books.post(path+"/load", m{"format": "mt940", "content": file}))
	same(t, "line", lines(st)[0], m{"score": "75", "because": "number", "amount": "1581.5"})
	// Fifty cents are missing: they are written off, within the tolerance.
	c.books.act("finance/bank_statements", str(st, "id"), "match", m{"lines": []m{{
		"line_id": lines(st)[0]["id"], "matches": []m{{"invoice_id": rest["id"], "amount": "1582", "write_off": "0.50"}},
	}}})
	same(t, "statement", c.books.act("finance/bank_statements", str(st, "id"), "post", nil), m{"status": "posted"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "paid", "status": "done", "collected_amount": "2260"})
	for code, want := range map[string]string{"1122": "0", "2205": "0", "6001": "-2000", "22210107": "-260", "100201": "1581.5", "6711": "0.5"} {
		if got := c.movement(t, code); got.String() != want {
			t.Errorf("account %s: %s, want %s", code, got, want)
		}
	}
	c.soundBooks(t, w, "Deposits")
}

// soundBooks holds the reports against one another, and lets the checker look.
func (c *company) soundBooks(t *testing.T, w *world, name string) {
	t.Helper()
	balance := map[string]decimal.Decimal{}
	trial := c.books.rows("trial_balance", "")
	for _, r := range trial {
		balance[str(r, "code")] = num(t, r, "balance")
	}
	if sum := total(t, trial, "balance"); !sum.IsZero() {
		t.Errorf("the trial balance is off by %s", sum)
	}
	if got := total(t, c.books.rows("receivables_ageing", ""), "value"); !got.Equal(balance["1122"]) {
		t.Errorf("ageing %s, account %s", got, balance["1122"])
	}
	if got := total(t, c.books.rows("payables_ageing", ""), "value"); !got.Neg().Equal(balance["2202"]) {
		t.Errorf("ageing %s, account %s", got, balance["2202"])
	}
	if got := num(t, c.books.rows("stock_accounts", "")[0], "balance"); !got.Equal(balance["1405"]) {
		t.Errorf("stock %s, account %s", got, balance["1405"])
	}
	sheet := map[string]decimal.Decimal{}
	for _, r := range c.books.rows("balance_sheet", "") {
		if str(r, "kind") == "total" {
			sheet[str(r, "section")] = num(t, r, "amount")
		}
	}
	if !sheet["assets"].Equal(sheet["liabilities_and_equity"]) {
		t.Errorf("the balance sheet does not balance: %v", sheet)
	}
	for _, report := range []string{"trial_balance", "general_ledger", "balance_sheet", "profit_and_loss", "cash_flow", "vat_summary"} {
		c.sales.refused(report, c.sales.get("/finance/"+report), http.StatusForbidden, "")
	}
	findings, err := w.app.Verify(t.Context(), w.tenant(t, name))
	if err != nil || len(findings) > 0 {
		t.Errorf("the checker found %v, %v", findings, err)
	}
}

// Prices with and without tax, rounded per line and per document: in all four combinations order and invoice say the same, and the parts add up.
func TestLoopTaxInAllCombinations(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Combinations")
	c.stock(c.motor, "1000", "1")
	for _, x := range []struct{ rounding, included, untaxed, tax, total string }{
		{"line", "false", "5350.66", "1177.15", "6527.81"},
		{"document", "false", "5350.66", "1177.14", "6527.80"},
		{"line", "true", "4385.79", "964.87", "5350.66"},
		{"document", "true", "4385.78", "964.88", "5350.66"}, // 5350.656 ÷ 1.22 = 4385.7836
	} {
		name := x.rounding + x.included
		tax := c.owner.create("finance/taxes", m{"code": "C" + name, "name": "22 %", "rate": "22", "rounding": x.rounding})
		order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "price_includes_tax": x.included == "true", "lines": []m{
			{"product_id": c.motor["id"], "quantity": "16", "unit_price": "348.35", "discount_percent": "4", "tax_id": tax["id"]},
		}})
		want := m{"untaxed_amount": x.untaxed, "tax_amount": x.tax, "total_amount": x.total}
		same(t, "order "+name, order, want)
		c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
		same(t, "invoice "+name, c.ships(order), want)
	}
	c.soundBooks(t, w, "Combinations")
}

// A company takes its balances over from a table, with what is open; reminds whom it has to; revalues at the end of a period; closes and reopens.
func TestLoopBooksOfAPeriod(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Period")
	c.books.create("finance/exchange_rates", m{"currency": "USD", "date": "2020-01-01", "rate": "7"})
	table := "date,memo,lines.account_id,lines.debit,lines.credit,lines.customer_id,lines.vendor_id,lines.reference,lines.due_date,lines.currency,lines.amount_currency\n" +
		"2025-12-31,Take over,1002,5000,,,,,,,\n,,1122,800,,Northwind,,OLD-7,2025-11-01,,\n,,1122,680,,Northwind,,OLD-8,2026-01-31,USD,100\n" +
		",,2202,,300,,Steel & Co,V-1,2025-12-15,,\n,,4001,,6180,,,,,,\n"
	dry := c.books.must(http.StatusOK, c.books.upload("/finance/openings/import?dry_run=true", strings.Replace(table, "1122,800,,", "1122,800,800,", 1)))
	if got := fmt.Sprint(dry["errors"]); !strings.Contains(got, "lines.debit") {
		t.Errorf("mistakes: %v", dry)
	}
	c.books.must(http.StatusOK, c.books.upload("/finance/openings/import", table))
	c.books.act("finance/openings", str(c.books.one("finance/openings", ""), "id"), "post", nil)
	old := c.books.one("finance/invoices", "no=OLD-7")
	same(t, "old invoice", old, m{"kind": "opening", "due_date": "2025-11-01", "residual_amount": "800"})
	same(t, "overdue", c.books.rows("receivables_ageing", "date=2025-12-31")[0], m{"days_60": "800"})

	run := c.books.create("finance/dunning_runs", m{})
	run = c.books.act("finance/dunning_runs", str(run, "id"), "run", nil)
	same(t, "run", run, m{"status": "done"})
	same(t, "old invoice", c.books.read("finance/invoices", str(old, "id")), m{"dunning_level": "1"})
	if list := c.books.list("notifications", "entity=finance.dunning_run"); len(list) != 1 {
		t.Errorf("notices %v", list)
	}

	end := c.books.create("finance/revaluations", m{"date": "2026-01-31"})
	end = c.books.act("finance/revaluations", str(end, "id"), "post", nil)
	same(t, "revaluation", end, m{"difference": "20", "status": "posted"})
	usd := c.books.one("finance/invoices", "no=OLD-8")
	p := c.books.create("finance/payments", m{"customer_id": c.customer["id"], "amount": "100", "currency": "USD", "date": "2026-02-01", "matches": []m{{"invoice_id": usd["id"], "amount": "100"}}})
	c.books.act("finance/payments", str(p, "id"), "post", nil)
	if got := c.movement(t, "660303"); got.String() != "-20" {
		t.Errorf("exchange differences %s: the payment does not know the revaluation", got)
	}
	sheet := c.books.rows("cash_flow", "period=2026-02")
	same(t, "cash", sheet[len(sheet)-1], m{"section": "closing", "amount": "5700"})
	c.books.refused("no period", c.books.get("/finance/cash_flow?period=2026-13"), http.StatusBadRequest, "fields.invalid")
	ledger := c.books.rows("general_ledger", "period=2026-02&account_id="+str(c.books.one("finance/accounts", "code=1122"), "id"))
	same(t, "before", ledger[0], m{"debit": "1500", "balance": "1500"})
	same(t, "line", ledger[1], m{"credit": "700", "balance": "800", "source": c.books.read("finance/payments", str(p, "id"))["no"]})

	year := c.books.one("finance/fiscal_years", "")
	c.books.act("finance/fiscal_years", str(year, "id"), "close", nil)
	same(t, "year", c.books.act("finance/fiscal_years", str(year, "id"), "reopen", nil), m{"status": "open"})
	c.soundBooks(t, w, "Period")
}

// A company abroad starts with the small chart in English, and keeps its books on it.
func TestLoopBooksInEuro(t *testing.T) {
	w := newWorld(t)
	p := person{w: w, t: t, email: "euro@example.com"}
	out := p.must(http.StatusCreated, p.post("/signup", m{
		"company": "Euro", "name": "Owner", "email": p.email, "password": "correct horse battery", "locale": "en", "currency": "EUR", "token": true,
	}))
	p.token, _ = out["token"].(string)
	accounts := p.list("finance/accounts", "limit=200")
	if len(accounts) < 40 || len(accounts) > 70 {
		t.Errorf("%d accounts", len(accounts))
	}
	customer := p.create("crm/customers", m{"name": "Buyer"})
	invoice := p.create("finance/invoices", m{"customer_id": customer["id"], "lines": []m{{"description": "Advice", "unit_price": "100"}}})
	p.act("finance/invoices", str(invoice, "id"), "post", nil)
	pay := p.create("finance/payments", m{"customer_id": customer["id"], "amount": "100", "matches": []m{{"invoice_id": invoice["id"], "amount": "100"}}})
	p.act("finance/payments", str(pay, "id"), "post", nil)
	same(t, "paid", p.read("finance/invoices", str(invoice, "id")), m{"status": "paid", "currency": "EUR"})
	rows := p.rows("profit_and_loss", "")
	same(t, "income", rows[0], m{"name": "Revenue", "amount": "100"})
	w.sound(t)
}
