package bench

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// many is how many customers, deals and orders the large company has.
const many = 100_000

// BenchmarkLarge asks a company with 100,000 customers, 100,000 deals and 100,000 orders with their deliveries, invoices, entries and payments for lists,
// boards and reports, one request after the other. No median may be over 200 ms, and no 95th percentile of a filtered and sorted list over 15 ms.
func BenchmarkLarge(b *testing.B) {
	h := open(b)
	account := large(b, h, many)
	paths := []string{
		"/crm/customers", "/crm/customers?count=true", "/crm/customers?sort=name", "/crm/customers?territory=T7&sort=-name",
		"/crm/customers?territory=T7&sort=created_at", "/crm/customers?sort=-credit_limit", "/crm/customers?territory=T7&industry=I3&sort=name&count=true",
		"/crm/customers?sort=industry,-created_at", "/crm/customers?sort=note",
		"/crm/customers?q=99731", "/crm/customers?q=公司", "/crm/customers?q=海二二", "/crm/customers?name[contains]=九九八&sort=-created_at", "/crm/customers?q=nothing+like+it",
		"/crm/customers?territory[contains]=T1&sort=name",
		"/sales/orders", "/sales/orders?status=confirmed&sort=-requested_date", "/sales/orders?total_amount[gte]=900&sort=-order_date,no",
		"/sales/orders?delivery_status=shipped&payment_status=none&sort=promised_date", "/sales/orders?sort=-late_days&count=true", "/sales/orders?q=-4711",
		"/sales/orders?order_date[gte]=2026-11-01&sort=total_amount", "/sales/orders?expand=customer&sort=-total_amount",
		"/sales/orders/totals?by=status&sum=total_amount", "/sales/orders/totals?by=delivery_status,payment_status&sum=untaxed_amount",
		"/crm/opportunities/totals?by=stage&sum=expected_amount", "/crm/opportunities?status=open&sort=-expected_amount",
		"/inventory/deliveries?status=shipped&sort=-created_at", "/inventory/stock_moves?sort=-created_at", "/inventory/stock_balances",
		"/finance/invoices?status=posted&sort=due_date", "/finance/invoices?sort=-residual_amount", "/finance/receivables?sort=expected_date",
		"/finance/entries?sort=-date", "/finance/payments?sort=-date", "/search?q=海二二",
		"/finance/trial_balance", "/finance/ledger?account_id=" + account + "&from=2026-11-01", "/finance/general_ledger?from=2026-11-01", "/finance/receivables_ageing",
		"/finance/open_receivables?date=2026-02-10", "/finance/balance_sheet", "/finance/profit_and_loss", "/finance/cash_flow", "/finance/vat_summary", "/finance/cash_forecast",
		"/inventory/stock_value", "/finance/general_ledger?from=2026-11-01&limit=500", "/finance/receivables_ageing?limit=500", "/finance/open_receivables?limit=1",
	}
	for _, path := range append(paths, h.reports(b, paths)...) {
		name := strings.NewReplacer("/finance/", "", "/crm/", "", "/sales/", "", "/inventory/", "", account, "1", "/", "_").Replace(path)
		b.Run(name, func(b *testing.B) {
			for range 3 { // the plan is made
				if err := h.want(http.MethodGet, path, http.StatusOK); err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			drive(b, 1, 40, func(int) error { return h.want(http.MethodGet, path, http.StatusOK) })
		})
	}
}

// reports are all other questions that can be asked without an answer to which record they are about.
func (h *house) reports(b *testing.B, known []string) (paths []string) {
	b.Helper()
	list, _ := h.get(b, "/meta")["reports"].([]any)
	for _, x := range list {
		report, _ := x.(m)
		path, _ := report["path"].(string)
		input, _ := report["input"].([]any)
		asks := slices.ContainsFunc(input, func(x any) bool { i, _ := x.(m); return i["optional"] != true })
		if !asks && !slices.Contains(known, "/"+path) {
			paths = append(paths, "/"+path)
		}
	}
	if len(list) == 0 {
		b.Fatal("there are no reports")
	}
	return paths
}

// large takes some deals and orders through the loop, to different ends, and copies what came of them in the database. It returns an account with many
// entries.
func large(b *testing.B, h *house, size int) (account string) {
	b.Helper()
	customer, products := factory(b, h)
	for i := range 4 {
		h.make(b, "/crm/opportunities", m{"name": "Deal", "customer_id": customer, "lines": []m{{"product_id": products[i], "quantity": "2", "unit_price": "15"}}})
		order := h.make(b, "/sales/orders", m{"customer_id": customer, "requested_date": "2026-12-24", "lines": []m{{"product_id": products[i], "quantity": "2", "unit_price": "15"}}})
		if i == 0 {
			continue
		}
		h.post(b, "/sales/orders/"+order+"/confirm", nil, http.StatusOK)
		if i == 1 {
			continue
		}
		h.post(b, "/inventory/deliveries/"+h.only(b, "/inventory/deliveries?order_id="+order)+"/ship", nil, http.StatusOK)
		if i == 2 {
			continue
		}
		payment := h.make(b, "/finance/payments", m{"customer_id": customer, "direction": "in", "amount": "33.9", "matches": []m{
			{"invoice_id": h.only(b, "/finance/invoices?order_id="+order), "amount": "33.9"},
		}})
		h.post(b, "/finance/payments/"+payment+"/post", nil, http.StatusOK)
	}
	c := copier{b: b, customer: customer, size: size, times: size - 1}
	c.open(h)
	defer c.conn.Close(context.WithoutCancel(b.Context()))
	c.copy("crm_customer", map[string]string{
		"name":      `'上海' || translate(i::text, '0123456789', '零一二三四五六七八九') || '机械有限公司 ' || i`,
		"territory": `'T' || i % 20`, "industry": `'I' || i % 7`, "credit_limit": `i % 1000 * 100`, "note": `'Note ' || md5(i::text)`,
	})
	c.times = size/4 - 1
	for table, set := range map[string]map[string]string{
		"crm_opportunity":      {"expected_amount": "i % 5000", "stage": `(SELECT array_agg(name) FROM crm_stage)[1 + i % (SELECT count(*) FROM crm_stage)]`},
		"crm_opportunity_line": nil, "sales_order": {"total_amount": "i % 1000"}, "sales_order_line": nil, "finance_receivable": nil, "finance_receivable_line": nil,
		"delivery": nil, "delivery_line": nil, "stock_move": nil, "finance_invoice": nil, "finance_invoice_line": nil, "finance_installment": nil,
		"finance_entry": nil, "finance_entry_line": nil, "finance_total": nil, "finance_tax_total": nil, "finance_payment": nil, "finance_payment_match": nil,
	} {
		c.copy(table, set)
	}
	list, err := h.app.DB.List(b.Context())
	if err == nil {
		err = h.app.Relay.Daily(b.Context(), h.app.Engine, list[0], "finance/totals")
	}
	if err != nil {
		b.Fatal(err)
	}
	c.exec("VACUUM ANALYZE")
	started := time.Now()
	if err := h.app.Engine.Grow(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Logf("the indexes took %s", time.Since(started).Round(time.Millisecond))
	return h.only(b, "/finance/accounts?code=1122")
}

// copier multiplies rows by SQL: what is measured comes later.
type copier struct {
	b        *testing.B
	conn     *pgx.Conn
	schema   string
	customer string
	size     int // customers
	times    int
}

func (c *copier) open(h *house) {
	c.b.Helper()
	list, err := h.app.DB.List(c.b.Context())
	if err == nil {
		c.schema = list[0].Schema
		c.conn, err = pgx.Connect(c.b.Context(), h.app.Config.DatabaseURL)
	}
	if err != nil {
		c.b.Fatal(err)
	}
	c.exec("SET session_replication_role = replica")
	c.exec("SET search_path = " + c.schema)
}

func (c *copier) exec(sql string) {
	c.b.Helper()
	if _, err := c.conn.Exec(c.b.Context(), sql); err != nil {
		c.b.Fatalf("%s: %v", sql, err)
	}
}

// copy makes each row of a table so many times again. The i-th copies have ids, numbers, days and customers of their own, and belong together; set says
// what else differs.
func (c *copier) copy(table string, set map[string]string) {
	c.b.Helper()
	res, err := c.conn.Query(c.b.Context(), `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position`, c.schema, table)
	if err != nil {
		c.b.Fatal(err)
	}
	type column struct{ Name, Type string }
	columns, err := pgx.CollectRows(res, pgx.RowToStructByPos[column])
	if err != nil {
		c.b.Fatal(err)
	}
	const fixed = " IN (SELECT id FROM product) OR r.%[1]s IN (SELECT id FROM location) OR r.%[1]s IN (SELECT id FROM app_user) OR r.%[1]s IN (SELECT id FROM warehouse)" +
		" OR r.%[1]s IN (SELECT id FROM finance_account) OR r.%[1]s IN (SELECT id FROM finance_journal) OR r.%[1]s IN (SELECT id FROM finance_period) OR r.%[1]s IN (SELECT id FROM tax)" +
		" OR r.%[1]s IN (SELECT id FROM payment_term)"
	var names, values []string
	for _, col := range columns {
		v := "r." + col.Name
		switch own := set[col.Name]; {
		case own != "":
			v = own
		case col.Name == "customer_id":
			v = fmt.Sprintf("md5('%s' || 1 + i * 7919 %% %d)::uuid", c.customer, c.size-1)
		case col.Type == "uuid":
			v = fmt.Sprintf("CASE WHEN r.%[1]s"+fixed+" THEN r.%[1]s ELSE md5(r.%[1]s::text || i)::uuid END", col.Name)
		case col.Name == "no" || col.Name == "number":
			v += " || '-' || i"
		case col.Type == "date":
			v += " - i % 300"
		case col.Name == "created_at":
			v += " - i * interval '1 minute'"
		}
		names, values = append(names, col.Name), append(values, v)
	}
	c.exec(fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[3]s FROM %[1]s r, generate_series(1, %[4]d) i", table, strings.Join(names, ", "), strings.Join(values, ", "), c.times))
}
