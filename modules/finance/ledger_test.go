package finance_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

func (b *bench) account(code string) string {
	b.t.Helper()
	return fmt.Sprint(b.one("finance/accounts", "code", code)["id"])
}

func (b *bench) journal(code string) string {
	b.t.Helper()
	return fmt.Sprint(b.one("finance/journals", "code", code)["id"])
}

// entry makes a draft with one debit and one credit.
func (b *bench) entry(date, debit, credit string, more ...m) id.ID {
	b.t.Helper()
	body := m{"journal_id": b.journal("GEN"), "lines": []m{
		{"account_id": b.account("1002"), "debit": debit}, {"account_id": b.account("4001"), "credit": credit},
	}}
	if date != "" {
		body["date"] = date
	}
	for _, x := range more {
		for k, v := range x {
			body[k] = v
		}
	}
	return b.add("finance/entries", body)
}

// sql runs a statement as a program past the engine might.
func (b *bench) sql(text string, args ...any) error {
	b.t.Helper()
	return b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw(text, args...).Exec(ctx)
		return err
	})
}

// code is PostgreSQL's code of an error, wherever the engine has put it.
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

func TestEntriesByHand(t *testing.T) {
	b := newBench(t)
	wrong := b.entry("", "100", "99.99")
	f := b.refused(b.act("finance/entries", wrong, "post", nil), "entry.unbalanced")
	if !strings.Contains(f.Text.EN, "100.00") || !strings.Contains(f.Text.EN, "99.99") {
		t.Errorf("got %v", f)
	}
	key := b.entry("", "100", "100")
	b.must("finance/entries", key, "post", nil)
	got := b.one("finance/entries", "id", key.String())
	b.fields(got, m{"status": "posted", "total_amount": "100.00"})
	if !strings.HasPrefix(fmt.Sprint(got["no"]), "GEN-") {
		t.Errorf("number %v", got["no"])
	}
	b.want(map[string]string{"1002": "100", "4001": "-100"})
	b.must("finance/entries", key, "reverse", m{"memo": "wrong account"})
	b.want(map[string]string{})
	b.fields(b.one("finance/entries", "reversal_of", key.String()), m{"status": "posted", "memo": "wrong account"})
	b.refused(b.act("finance/entries", key, "reverse", nil), "entry.reversed")
	if err := b.act("finance/entries", key, "post", nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("posting twice: %v", err)
	}
	for name, lines := range map[string][]m{
		"both sides":    {{"account_id": b.account("1002"), "debit": "1", "credit": "1"}},
		"half a cent":   {{"account_id": b.account("1002"), "debit": "0.005"}},
		"less than nil": {{"account_id": b.account("1002"), "debit": "-1"}},
	} {
		err := b.try(func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := record.Add(ctx, tx, record.Catalog(tx).Path("finance/entries"), []m{plain(t, m{
				"journal_id": b.journal("GEN"),
				"lines":      lines,
			})}, func(int) string { return "" })
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheDatabaseKeepsTheBooks(t *testing.T) {
	b := newBench(t)
	key := b.entry("", "100", "100")
	b.must("finance/entries", key, "post", nil)
	const head = `INSERT INTO finance_entry (id, created_at, updated_at, no, journal_id, date, status, total_amount, line_count)
		SELECT gen_random_uuid(), now(), now(), 'X-' || random(), id, current_date, 'posted', 5, 2 FROM finance_journal WHERE code = 'GEN' RETURNING id`
	const lines = `INSERT INTO finance_entry_line (id, created_at, updated_at, position, entry_id, account_id, debit, credit)
		SELECT gen_random_uuid(), now(), now(), CASE a.code WHEN '1002' THEN 0 ELSE 1 END, e.id, a.id,
			CASE a.code WHEN '1002' THEN 5 ELSE 0 END, CASE a.code WHEN '1002' THEN 0 ELSE %s END FROM e, finance_account a WHERE a.code IN ('1002', '4001')`
	if err := b.sql("WITH e AS (" + head + ") " + fmt.Sprintf(lines, "5")); err != nil {
		t.Errorf("a balanced entry (the control): %v", err)
	}
	steps := []struct{ name, want, sql string }{
		{"an unbalanced entry", "TN002", "WITH e AS (" + head + ") " + fmt.Sprintf(lines, "4.99")},
		{"an entry without lines", "TN002", head},
		{"changing a posted entry", "TN001", "UPDATE finance_entry SET memo = 'x' WHERE status = 'posted'"},
		{"back to draft", "TN001", "UPDATE finance_entry SET status = 'draft' WHERE status = 'posted'"},
		{"deleting one", "TN001", "DELETE FROM finance_entry WHERE status = 'posted'"},
		{"changing a line", "TN001", "UPDATE finance_entry_line SET debit = debit + 1 WHERE debit > 0"},
		{"deleting lines", "TN001", "DELETE FROM finance_entry_line"},
		{"adding lines", "TN001", `INSERT INTO finance_entry_line (id, created_at, updated_at, position, entry_id, account_id)
			SELECT gen_random_uuid(), now(), now(), 9, entry_id, account_id FROM finance_entry_line LIMIT 1`},
		{"both sides", "23514", `INSERT INTO finance_entry_line (id, created_at, updated_at, position, entry_id, account_id, debit, credit)
			SELECT gen_random_uuid(), now(), now(), 9, entry_id, account_id, 1, 1 FROM finance_entry_line LIMIT 1`},
	}
	for _, s := range steps {
		if err := b.sql(s.sql); code(err) != s.want {
			t.Errorf("%s: got %v, want %s", s.name, err, s.want)
		}
	}
	if err := b.sql("ALTER TABLE finance_entry DISABLE TRIGGER ALL"); err == nil {
		t.Error("the tenant's role may switch the rules off")
	}
	if err := b.sql("WITH e AS (" + head + ") " + fmt.Sprintf(lines, "5")); err != nil {
		t.Fatal(err)
	}
	b.want(map[string]string{"1002": "110", "4001": "-110"})
	apart := func() (n int) {
		b.do(func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.NewRaw("SELECT count(*) - count(DISTINCT (account_id, date, closing, accounts)) FROM finance_total").Scan(ctx, &n)
		})
		return n
	}
	if apart() == 0 {
		t.Error("entries of the same day share a row: who posts waits for others")
	}
	for _, x := range b.engine.Modules() {
		for _, d := range x.Daily {
			b.do(d.Run)
		}
	}
	if n := apart(); n != 0 {
		t.Errorf("%d totals were not gathered", n)
	}
	b.want(map[string]string{"1002": "110", "4001": "-110"})
}

func TestPostedDocumentsStay(t *testing.T) {
	b := newBench(t)
	inv := b.add("finance/invoices", m{"customer_id": standing[customer](b), "lines": []m{{"unit_price": "100"}}})
	b.must("finance/invoices", inv, "post", nil)
	for name, sql := range map[string]string{
		"amount": "UPDATE finance_invoice SET total_amount = 1", "delete": "DELETE FROM finance_invoice",
		"draft": "UPDATE finance_invoice SET status = 'draft'",
		"line":  "UPDATE finance_invoice_line SET quantity = 2", "less line": "DELETE FROM finance_invoice_line",
		"more line": `INSERT INTO finance_invoice_line (id, created_at, updated_at, position, invoice_id)
			SELECT gen_random_uuid(), now(), now(), 5, id FROM finance_invoice`,
	} {
		if err := b.sql(sql); code(err) != "TN001" {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Change(ctx, tx, record.Catalog(tx).Path("finance/invoices"), inv, 2, m{"memo": "x"})
	})
	b.refused(err, "document.locked")
}

func TestPeriodLocks(t *testing.T) {
	b := newBench(t)
	period := func(name string) id.ID {
		key, err := id.Parse(fmt.Sprint(b.one("finance/periods", "name", name)["id"]))
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	year := fmt.Sprint(b.one("finance/fiscal_years")["name"])
	if n := len(b.list("finance/periods")); n != 12 {
		t.Fatalf("%d periods", n)
	}
	b.must("finance/periods", period(year+"-01"), "soft_lock", nil)
	day := year + "-01-15"
	b.refused(b.act("finance/entries", b.entry(day, "1", "1"), "post", nil), "period.locked")
	b.must("finance/entries", b.entry(day, "1", "1", m{"adjustment": true}), "post", nil)
	b.must("finance/periods", period(year+"-01"), "reopen", nil)
	b.must("finance/entries", b.entry(day, "1", "1"), "post", nil)
	b.must("finance/periods", period(year+"-01"), "hard_lock", nil)
	b.refused(b.act("finance/entries", b.entry(day, "1", "1", m{"adjustment": true}), "post", nil), "period.locked")
	if err := b.act("finance/periods", period(year+"-01"), "reopen", nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("reopening a hard lock: %v", err)
	}
	if err := b.sql("UPDATE finance_entry SET status = 'posted', no = 'X' WHERE status = 'draft' AND adjustment"); code(err) != "TN003" {
		t.Errorf("posting past the engine: %v", err)
	}
	if err := b.sql("UPDATE finance_period SET status = 'open'"); code(err) != "TN003" {
		t.Errorf("unlocking past the engine: %v", err)
	}
}

func TestNumbersHaveNoHoles(t *testing.T) {
	b := newBench(t)
	keys := make([]id.ID, 24)
	for i := range keys {
		keys[i] = b.entry("", "1", "1")
	}
	boom := errors.New("boom")
	err := b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		if err := record.Run(ctx, tx, record.Catalog(tx).Path("finance/entries"), keys[0], "post", nil); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, len(keys))
	for i, k := range keys {
		wg.Go(func() { errs[i] = b.act("finance/entries", k, "post", nil) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, r := range b.list("finance/entries") {
		numbers = append(numbers, fmt.Sprint(r["no"]))
	}
	sort.Strings(numbers)
	for i, no := range numbers {
		if want := fmt.Sprintf("%06d", i+1); !strings.HasSuffix(no, want) {
			t.Fatalf("number %d is %s", i+1, no)
		}
	}
}

func TestConcurrentDeliveriesDoNotDeadlock(t *testing.T) {
	b := newBench(t)
	var sales []sold
	for range 12 {
		sales = append(sales, b.sell("1", "100", "100", "100", id.ID{}))
	}
	var wg sync.WaitGroup
	errs := make([]error, len(sales))
	for i, s := range sales {
		wg.Go(func() {
			errs[i] = b.try(func(ctx context.Context, tx *tenancy.Tx) error {
				err := record.Emit(ctx, tx, inventoryevent.StockMoved{SourceEntity: "inventory.delivery", SourceID: tx.NewID(), Moves: []inventoryevent.Moved{
					{ProductID: s.line.ProductID, From: "internal", To: "customer", Value: money.Int(60)},
				}})
				if err != nil {
					return err
				}
				return record.Emit(ctx, tx, salesevent.OrderDelivered{Order: s.head, Lines: []salesevent.Line{s.line}})
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	b.want(map[string]string{"1122": "1200", "6001": "-1200", "1405": "-720", "6401": "720"})
}

func TestDryRunShowsAndSavesNothing(t *testing.T) {
	b := newBench(t)
	s := b.sell("2", "100", "200", "200", id.ID{})
	b.emit(salesevent.OrderDelivered{Order: s.head, Lines: []salesevent.Line{s.line}}, tenancy.DryRun())
	b.want(map[string]string{})
	s.deliver("2")
	if no := fmt.Sprint(b.one("finance/invoices")["no"]); !strings.HasSuffix(no, "-000001") {
		t.Errorf("the dry run has drawn a number: %s", no)
	}
}

func TestOrdersThatChange(t *testing.T) {
	b := newBench(t)
	s := b.sell("10", "100", "1130", "1000", b.tax("13", "line"))
	s.deliver("4")
	head, line := s.head, s.line
	head.Total, line.Total, line.Untaxed, line.Ordered, line.Quantity = money.Int(678), money.Int(678), money.Int(600), money.Int(6), money.Int(6)
	b.emit(salesevent.OrderAmended{Order: head, Due: head.Total, Changes: []salesevent.LineChange{{Line: line, Before: money.Int(10), After: money.Int(6)}}})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "678.00", "invoiced_amount": "452.00"})
	b.emit(salesevent.OrderCancelled{Order: head, LineIDs: []id.ID{line.ID}})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "452.00", "invoiced_amount": "452.00"})

	gone := b.sell("1", "50", "50", "50", id.ID{})
	b.emit(salesevent.OrderCancelled{Order: gone.head})
	b.fields(b.one("finance/receivables", "order_id", gone.head.ID.String()), m{"expected_amount": "0.00"})
}

func TestReturnedGoodsAreCredited(t *testing.T) {
	b := newBench(t)
	s := b.sell("10", "100", "1130", "1000", b.tax("13", "line"))
	s.deliver("4")
	s.deliver("6")
	back := s.line
	back.Quantity, back.Ordered = money.Int(7), money.Int(7)
	b.emit(salesevent.GoodsReturned{Order: s.head, ReturnID: b.new(), No: "SR000001", Lines: []salesevent.Line{back}})
	rows := b.list("finance/invoices", "sort", "no")
	b.fields(rows[0], m{"credited_amount": "113.00", "status": "posted", "residual_amount": "339.00"})
	b.fields(rows[1], m{"credited_amount": "678.00", "status": "cancelled", "residual_amount": "0.00"})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "339.00", "invoiced_amount": "339.00"})
	b.want(map[string]string{"1122": "339", "6001": "-300", "22210107": "-39"})
	if n := len(b.list("finance/credit_notes", "reason", "SR000001")); n != 2 {
		t.Errorf("%d credit notes", n)
	}
}

func TestBilledBeforeItCameIn(t *testing.T) {
	b := newBench(t)
	product := b.add("inventory/products", m{"number": "P1", "name": "螺丝", "type": "stock", "unit": "pcs"})
	po, line := standing[purchase](b), standing[purchaseLine](b)
	receive := func(quantity, value int64) {
		b.emit(inventoryevent.StockMoved{SourceEntity: "inventory.receipt", SourceID: b.new(), Moves: []inventoryevent.Moved{
			{ProductID: product, From: "supplier", To: "internal", Quantity: money.Int(quantity), Value: money.Int(value)},
		}})
		b.emit(inventoryevent.GoodsReceived{ReceiptID: b.new(), PurchaseOrderID: po, Lines: []inventoryevent.ReceivedLine{
			{PurchaseLineID: line, ProductID: product, Quantity: money.Int(quantity), UnitCost: money.Int(value / quantity)},
		}})
	}
	receive(1, 8)
	bill := b.add("finance/bills", m{"vendor_id": standing[vendor](b), "purchase_order_id": po, "lines": []m{
		{"purchase_line_id": line, "product_id": product, "quantity": "10", "unit_price": "9"},
	}})
	b.must("finance/bills", bill, "post", nil)
	b.want(map[string]string{"1405": "8", "220202": "82", "2202": "-90"})
	receive(9, 72)
	b.want(map[string]string{"1405": "80", "1404": "10", "2202": "-90"})
}

func TestAnotherCurrency(t *testing.T) {
	b := newBench(t)
	if len(b.list("finance/currencies", "code", "USD")) == 0 {
		b.add("finance/currencies", m{"code": "USD", "name": "美元"})
	}
	b.add("finance/exchange_rates", m{"currency": "USD", "date": "2020-01-01", "rate": "7"})
	buyer := standing[customer](b)
	inv := b.add("finance/invoices", m{"customer_id": buyer, "currency": "USD", "date": "2020-06-01", "lines": []m{{"unit_price": "100"}}})
	b.must("finance/invoices", inv, "post", nil)
	b.add("finance/exchange_rates", m{"currency": "USD", "date": "2021-01-01", "rate": "7.2"})
	pay := b.add("finance/payments", m{"customer_id": buyer, "currency": "USD", "amount": "100", "matches": []m{{"invoice_id": inv, "amount": "100"}}})
	b.must("finance/payments", pay, "post", nil)
	b.want(map[string]string{"1002": "720", "6001": "-700", "660303": "-20"})
	cny := b.add("finance/payments", m{"customer_id": buyer, "amount": "100"})
	b.must("finance/payments", cny, "post", nil)
	other := b.add("finance/invoices", m{"customer_id": buyer, "currency": "USD", "lines": []m{{"unit_price": "10"}}})
	b.must("finance/invoices", other, "post", nil)
	f := b.refused(b.act("finance/payments", cny, "match", m{"matches": []m{{"invoice_id": other, "amount": "10"}}}), "payment.match")
	if f.Fields[0].Reason != "match.currency" {
		t.Errorf("got %v", f)
	}
}

func TestYearEnd(t *testing.T) {
	b := newBench(t)
	inv := b.add("finance/invoices", m{"customer_id": standing[customer](b), "date": "2020-05-05", "lines": []m{{"unit_price": "100"}}})
	b.must("finance/invoices", inv, "post", nil)
	year := b.add("finance/fiscal_years", m{"name": "2020", "start_date": "2020-01-01", "end_date": "2020-12-31"})
	b.must("finance/fiscal_years", year, "open", nil)
	b.must("finance/fiscal_years", year, "close", nil)
	b.want(map[string]string{"1122": "100", "410415": "-100"})
	b.refused(b.act("finance/entries", b.entry("2020-12-31", "1", "1", m{"adjustment": true}), "post", nil), "period.locked")
	late := b.add("finance/invoices", m{"customer_id": standing[customer](b), "date": "2020-05-05", "lines": []m{{"unit_price": "100"}}})
	b.refused(b.act("finance/invoices", late, "post", nil), "period.locked")
}

func TestReports(t *testing.T) {
	b := newBench(t)
	buyer := standing[customer](b)
	for _, due := range []string{"2020-01-31", "2099-01-31"} {
		inv := b.add("finance/invoices", m{"customer_id": buyer, "date": "2020-01-01", "due_date": due, "lines": []m{{"unit_price": "100"}}})
		b.must("finance/invoices", inv, "post", nil)
	}
	budget := b.add("finance/budgets", m{
		"name": "B", "fiscal_year_id": b.add("finance/fiscal_years", m{
			"name": "2020", "start_date": "2020-01-01",
			"end_date": "2020-12-31",
		}),
		"lines": []m{{"account_id": b.account("6001"), "amount": "500"}},
	})
	b.must("finance/budgets", budget, "approve", nil)
	report := func(name string, in m) []map[string]any {
		var rows []map[string]any
		b.do(func(ctx context.Context, tx *tenancy.Tx) error {
			var err error
			rows, err = record.RunReport(ctx, tx, b.engine.Report("finance/"+name), in)
			return err
		}, tenancy.ReadOnly())
		return rows
	}
	for _, tt := range []struct {
		name string
		in   m
		rows int
		last m
	}{
		{"trial_balance", m{"date": "2019-12-31"}, 0, nil},
		{"trial_balance", m{"date": "2020-01-01"}, 2, m{"code": "6001", "debit": "0.00", "credit": "200.00", "balance": "-200.00", "name": "Revenue"}},
		{"ledger", m{"account_id": b.account("1122")}, 2, m{"debit": "100.00", "balance": "200.00"}},
		{"receivables_ageing", nil, 1, m{"not_due": "100.00", "older": "100.00", "total": "200.00"}},
		{"budget_actual", m{"budget_id": budget.String()}, 1, m{"budget": "500.00", "actual": "200.00", "left": "300.00"}},
	} {
		rows := report(tt.name, tt.in)
		if len(rows) != tt.rows {
			t.Errorf("%s: %d rows: %v", tt.name, len(rows), rows)
		} else if tt.rows > 0 {
			b.fields(rows[tt.rows-1], tt.last)
		}
	}
}
