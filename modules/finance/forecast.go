package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// ForecastOf is the input of the cash forecast: from which day on (today), and for how many weeks (13, at most 53).
type ForecastOf struct {
	From  *clock.Date `in:"from" label:"开始日期|From"`
	Weeks *int        `in:"weeks" label:"周数|Weeks"`
}

func (f *ForecastOf) span(tx *tenancy.Tx) (from clock.Date, weeks int) {
	from, weeks = tx.Today(), 13
	if f != nil && f.From != nil {
		from = *f.From
	}
	if f != nil && f.Weeks != nil {
		weeks = min(max(*f.Weeks, 1), 53)
	}
	return from, weeks
}

// expectation is one amount that is to come (or, negative, to go), in company currency.
type expectation struct {
	Kind     string       `bun:"kind"` // receivable, credit_note, expected, payable, vendor_credit
	Document id.ID        `bun:"document"`
	No       string       `bun:"no"`
	Customer id.ID        `bun:"customer"`
	Vendor   id.ID        `bun:"vendor"`
	Currency string       `bun:"currency"`
	Due      clock.Date   `bun:"due"`
	Open     money.Amount `bun:"open"`
	Value    money.Amount `bun:"value"` // as it stands in the books; zero for what is not booked yet
	Part     id.ID        `bun:"part"`  // tells instalments of one document apart

	week int
}

// expected is every amount that is to come or to go, as it stands in its document.
const expected = `
			SELECT 'receivable' AS kind, i.id AS document, i.no, i.customer_id AS customer, NULL::uuid AS vendor, i.currency, p.due_date AS due, p.open,
				round(i.open_value * p.open / i.residual_amount, 4) AS value, p.part
			FROM finance_invoice i JOIN (
				SELECT v.id, s.due_date, least(greatest(sum(s.amount) OVER (PARTITION BY v.id ORDER BY s.position, s.id) - (v.total_amount - v.residual_amount), 0), s.amount) AS open, s.id AS part
				FROM finance_invoice v JOIN finance_installment s ON s.invoice_id = v.id WHERE v.residual_amount > 0
				UNION ALL SELECT v.id, v.due_date, v.residual_amount, v.id FROM finance_invoice v WHERE v.residual_amount > 0
					AND NOT EXISTS (SELECT 1 FROM finance_installment s WHERE s.invoice_id = v.id)) p ON p.id = i.id
			WHERE i.status IN ('posted', 'partial') AND p.open > 0
			UNION ALL SELECT 'expected', r.order_id, r.order_no, r.customer_id, NULL, r.currency, r.expected_date, r.expected_amount - r.invoiced_amount, 0, r.id
			FROM finance_receivable r WHERE r.expected_amount > r.invoiced_amount
			UNION ALL SELECT 'payable', b.id, b.no, NULL, b.vendor_id, b.currency, b.due_date, -b.residual_amount, -b.open_value, b.id
			FROM finance_bill b WHERE b.status IN ('posted', 'partial') AND b.residual_amount > 0
			UNION ALL SELECT 'credit_note', n.id, n.no, n.customer_id, NULL, n.currency, n.date, -n.residual_amount, -n.open_value, n.id
			FROM finance_credit_note n WHERE n.residual_amount > 0
			UNION ALL SELECT 'vendor_credit', c.id, c.no, NULL, c.vendor_id, c.currency, c.date, c.residual_amount, c.open_value, c.id
			FROM finance_vendor_credit c WHERE c.status <> 'draft' AND c.residual_amount > 0`

// expectations are the open invoices by instalment, what orders will bring that is not invoiced yet, the open bills, and credits both ways, up to a day. What should have
// come before counts for the first week. One more than a page has is read.
func (o office) expectations(ctx context.Context, tx *tenancy.Tx, from clock.Date, weeks int, page modules.Page) ([]expectation, error) {
	behind, args := "", []any{from.AddDays(7 * weeks)}
	if page.After != nil {
		if len(page.After) != 4 {
			return nil, badCursor()
		}
		behind = " AND (x.due, x.kind, x.no, x.part) > (?::date, ?, ?, ?::uuid)"
		for _, v := range page.After {
			args = append(args, v)
		}
	}
	var rows []expectation
	err := tx.NewRaw(`SELECT x.kind, x.document, x.no, x.customer, x.vendor, x.currency, x.due, x.open, x.value, x.part FROM (`+expected+`
		) x WHERE x.due < ?`+behind+` ORDER BY x.due, x.kind, x.no, x.part LIMIT ?`, append(args, page.Limit+1)...).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	rates := map[string]money.Price{}
	for i := range rows {
		r := &rows[i]
		r.week = max(r.Due.Sub(from), 0) / 7
		if r.Kind != "expected" {
			r.Value = money.RoundTo(r.Value, tx.Tenant.Currency)
			continue
		}
		if _, known := rates[r.Currency]; !known {
			if rates[r.Currency], err = o.rate(ctx, tx, r.Currency, tx.Today()); err != nil {
				return nil, err
			}
		}
		r.Value = money.RoundTo(r.Open.Mul(rates[r.Currency]), tx.Tenant.Currency)
	}
	return rows, nil
}

func forecastColumns() []entity.Field {
	const class = "payment"
	return []entity.Field{
		textColumn("week", "周次", "Week"), dateColumn("from", "开始", "From"), dateColumn("to", "结束", "To"), amount("opening", "期初现金", "Cash before", class),
		amount("receivables", "应收", "Receivables", class), amount("expected", "订单预计收款", "Expected of orders", class), amount("payables", "应付", "Payables", class),
		amount("net", "净额", "Net", class), amount("closing", "期末现金", "Cash after", class),
	}
}

// cashForecast says week by week how much money there will be: what there is, what customers owe and orders will bring, less what is owed to vendors.
func (o office) cashForecast(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*ForecastOf)
	from, weeks := in.span(tx)
	sums, err := o.weekly(ctx, tx, from, weeks)
	if err != nil {
		return nil, err
	}
	cash, err := cashOn(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, weeks)
	for i, s := range sums {
		receivable, payable := s["receivable"].Add(s["credit_note"]), s["payable"].Add(s["vendor_credit"])
		net := receivable.Add(s["expected"]).Add(payable)
		start := from.AddDays(7 * i)
		out[i] = map[string]any{
			"week": fmt.Sprint(i + 1), "from": start, "to": start.AddDays(6), "opening": cash, "receivables": receivable, "expected": s["expected"],
			"payables": payable.Neg(), "net": net, "closing": cash.Add(net),
		}
		cash = cash.Add(net)
	}
	return out, nil
}

// weekly sums what is expected up by week and kind, each amount rounded as the list of documents shows it.
func (o office) weekly(ctx context.Context, tx *tenancy.Tx, from clock.Date, weeks int) ([]map[string]money.Amount, error) {
	var currencies []string
	err := tx.NewRaw("SELECT DISTINCT currency FROM finance_receivable WHERE expected_amount > invoiced_amount ORDER BY 1").Scan(ctx, &currencies)
	if err != nil {
		return nil, err
	}
	rates := make([]string, len(currencies))
	for i, c := range currencies {
		rate, err := o.rate(ctx, tx, c, tx.Today())
		if err != nil {
			return nil, err
		}
		rates[i] = rate.String()
	}
	var rows []struct {
		Week  int          `bun:"week"`
		Kind  string       `bun:"kind"`
		Value money.Amount `bun:"value"`
	}
	err = tx.NewRaw(`SELECT greatest(x.due - ?::date, 0) / 7 AS week, x.kind, sum(round(CASE x.kind WHEN 'expected' THEN x.open * r.rate ELSE x.value END, ?)) AS value
		FROM (`+expected+`) x LEFT JOIN unnest(?::text[], ?::numeric[]) r (currency, rate) ON r.currency = x.currency
		WHERE x.due < ? GROUP BY 1, 2`, from, money.MinorUnit(tx.Tenant.Currency), pgdialect.Array(currencies), pgdialect.Array(rates), from.AddDays(7*weeks)).Scan(ctx, &rows)
	sums := make([]map[string]money.Amount, weeks)
	for i := range sums {
		sums[i] = map[string]money.Amount{}
	}
	for _, r := range rows {
		sums[r.Week][r.Kind] = r.Value
	}
	return sums, err
}

// forecastOf is the document that an expectation is about.
var forecastOf = map[string]string{
	"receivable": "finance.invoice", "expected": "sales.order", "payable": "finance.bill",
	"credit_note": "finance.credit_note", "vendor_credit": "finance.vendor_credit",
}

func forecastItemColumns() []entity.Field {
	const class = "payment"
	return []entity.Field{
		textColumn("week", "周次", "Week"), chosen("kind", "种类", "Kind", "receivable", "应收", "Receivable",
			"expected", "订单预计收款", "Expected of orders", "payable", "应付", "Payable",
			"credit_note", "红字发票", "Credit note", "vendor_credit", "供应商红字发票", "Vendor credit"),
		idColumn("document_id", "单据", "Document", ""), textColumn("document_entity", "单据类型", "Document type"), textColumn("no", "单据号", "No."),
		idColumn("customer_id", "客户", "Customer", "crm.customer"),
		idColumn("vendor_id", "供应商", "Vendor", "purchasing.vendor"), dateColumn("due_date", "到期日", "Due date"), textColumn("currency", "币种", "Currency"),
		amount("open", "未清金额", "Open amount", class), amount("value", "本位币金额", "In company currency", class),
	}
}

// cashForecastItems lists the documents behind the forecast.
func (o office) cashForecastItems(ctx context.Context, tx *tenancy.Tx, input any, page modules.Page) (modules.Part, error) {
	in, _ := input.(*ForecastOf)
	from, weeks := in.span(tx)
	list, err := o.expectations(ctx, tx, from, weeks, page)
	if err != nil {
		return modules.Part{}, err
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i] = map[string]any{
			"week": fmt.Sprint(x.week + 1), "kind": x.Kind, "document_id": x.Document, "document_entity": forecastOf[x.Kind], "no": x.No, "customer_id": x.Customer, "vendor_id": x.Vendor,
			"due_date": x.Due, "currency": x.Currency, "open": x.Open, "value": x.Value,
		}
	}
	part := page.Cut(out, func(i int) []string {
		x := list[i]
		return []string{x.Due.String(), x.Kind, x.No, keyText(x.Part)}
	})
	if page.After != nil {
		return part, nil
	}
	sums, err := o.weekly(ctx, tx, from, weeks)
	all := money.Amount{}
	for _, week := range sums {
		for _, v := range week {
			all = all.Add(v)
		}
	}
	part.Totals = map[string]any{"value": all}
	return part, err
}
