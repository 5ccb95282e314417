package finance

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// owing is one side of what is owed: an account of the books, and whose documents stand on it. All of it is read from the entries, so that it ties to
// the trial balance on any day.
type owing struct {
	purpose, party, zh, en, ref, table, document, no string
	side                                             int64 // 1: a debit is owed to us
}

func receivables() owing {
	return owing{forReceivable, "customer_id", "客户", "Customer", "crm.customer", "finance_invoice", "finance.invoice", "order_no", 1}
}

func payables() owing {
	return owing{forPayable, "vendor_id", "供应商", "Vendor", "purchasing.vendor", "finance_bill", "finance.bill", "vendor_reference", -1}
}

// customerAdvances is what customers paid and have got nothing for yet; vendorAdvances the other way round. Only their items are of interest.
func customerAdvances() owing {
	w := receivables()
	w.purpose, w.side = forCustomerAdvance, -1
	return w
}

func vendorAdvances() owing {
	w := payables()
	w.purpose, w.side = forVendorAdvance, 1
	return w
}

// pending are the items that can be open on a day: documents of which something is open now, and those that moved later. Doctor verify compares what is
// open of documents with their lines.
const pending = `pending AS (
		SELECT id FROM finance_invoice WHERE residual_amount <> 0 OR open_value <> 0
		UNION SELECT id FROM finance_bill WHERE residual_amount <> 0 OR open_value <> 0
		UNION SELECT id FROM finance_credit_note WHERE residual_amount <> 0 OR open_value <> 0
		UNION SELECT id FROM finance_vendor_credit WHERE residual_amount <> 0 OR open_value <> 0
		UNION SELECT id FROM finance_payment WHERE unmatched_amount <> 0 OR open_value <> 0
		UNION SELECT l.item_id FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id WHERE e.status = 'posted' AND e.date > ? AND l.item_id IS NOT NULL
	)`

// openItems sums the entries on the account up by open item; entries without one are an item of their party, due on the day of the entry.
func (w owing) openItems() string {
	due := "coalesce(d.due_date, x.booked)"
	return `WITH account AS MATERIALIZED (SELECT a.id FROM finance_setting s JOIN finance_account a ON a.code = s.account_code WHERE s.purpose = ? AND s.category = ''),
	` + pending + `, lines AS (
		SELECT l.entry_id, l.item_id, l.customer_id, l.vendor_id, l.currency, l.amount_currency, l.debit, l.credit
		FROM pending p JOIN finance_entry_line l ON l.item_id = p.id WHERE l.account_id = (SELECT id FROM account)
		UNION ALL SELECT l.entry_id, l.item_id, l.customer_id, l.vendor_id, l.currency, l.amount_currency, l.debit, l.credit
		FROM finance_entry_line l WHERE l.account_id = (SELECT id FROM account) AND l.item_id IS NULL
	), items AS (
		SELECT l.item_id, l.` + w.party + ` AS party, coalesce(nullif(l.currency, ''), ?) AS currency, max(e.date) AS booked,
			CASE WHEN l.item_id IS NULL THEN e.id END AS entry_id,
			sum(CASE WHEN l.currency <> '' THEN l.amount_currency ELSE l.debit - l.credit END) * ? AS open, sum(l.debit - l.credit) * ? AS value
		FROM lines l JOIN finance_entry e ON e.id = l.entry_id WHERE e.status = 'posted' AND e.date <= ?
		GROUP BY l.item_id, l.` + w.party + `, coalesce(nullif(l.currency, ''), ?), CASE WHEN l.item_id IS NULL THEN e.id END
		HAVING sum(CASE WHEN l.currency <> '' THEN l.amount_currency ELSE l.debit - l.credit END) <> 0 OR sum(l.debit - l.credit) <> 0
	), open AS (
		SELECT x.item_id, CASE WHEN d.id IS NOT NULL THEN '` + w.document + `' WHEN n.id IS NOT NULL THEN 'finance.credit_note'
			WHEN c.id IS NOT NULL THEN 'finance.vendor_credit'
			WHEN x.item_id IS NOT NULL THEN 'finance.payment' ELSE '' END AS document_entity, x.entry_id, x.party, x.currency, x.open, x.value,
			coalesce(d.no, n.no, c.no, y.no, e.no, '') AS no, coalesce(d.` + w.no + `, c.vendor_reference, '') AS reference,
			d.total_amount, ` + due + ` AS due_date, x.booked
		FROM items x LEFT JOIN ` + w.table + ` d ON d.id = x.item_id LEFT JOIN finance_credit_note n ON n.id = x.item_id
		LEFT JOIN finance_vendor_credit c ON c.id = x.item_id LEFT JOIN finance_payment y ON y.id = x.item_id
		LEFT JOIN finance_entry e ON e.id = x.entry_id
	)`
}

func (w owing) args(tx *tenancy.Tx, on clock.Date) []any {
	return []any{w.purpose, on, tx.Tenant.Currency, w.side, w.side, on, tx.Tenant.Currency}
}

func ageingColumns(w owing) []entity.Field {
	const class = "payment"
	return []entity.Field{
		idColumn(w.party, w.zh, w.en, w.ref), textColumn("currency", "币种", "Currency"),
		amount("not_due", "未到期", "Not due", class), amount("days_30", "逾期 1–30 天", "1–30 days", class), amount("days_60", "逾期 31–60 天", "31–60 days", class),
		amount("days_90", "逾期 61–90 天", "61–90 days", class), amount("older", "逾期 90 天以上", "Over 90 days", class), amount("total", "合计", "Total", class),
		amount("value", "合计（本位币）", "Total in company currency", class),
	}
}

// ageing sums what is open up by party and currency, and by how long it is overdue on a day. An invoice with instalments is spread over them: what is
// paid of it is taken off the first.
func (w owing) ageing(ctx context.Context, tx *tenancy.Tx, input any, page modules.Page) (modules.Part, error) { //nolint:funlen // one statement
	in, _ := input.(*AsOf)
	on, err := in.on(ctx, tx)
	if err != nil {
		return modules.Part{}, err
	}
	type aged struct {
		Party    id.ID        `bun:"party"`
		Currency string       `bun:"currency"`
		NotDue   money.Amount `bun:"not_due"`
		Days30   money.Amount `bun:"days_30"`
		Days60   money.Amount `bun:"days_60"`
		Days90   money.Amount `bun:"days_90"`
		Older    money.Amount `bun:"older"`
		Total    money.Amount `bun:"total"`
		Value    money.Amount `bun:"value"`
		Mixed    bool         `bun:"mixed"`
		Place    int64        `bun:"place"`
	}
	const columns = "s.party, s.currency, s.not_due, s.days_30, s.days_60, s.days_90, s.older, s.total, s.value"
	first, behind := `SELECT 0 AS place, NULL::uuid AS party, coalesce(min(s.currency), '') AS currency, coalesce(sum(s.not_due), 0) AS not_due,
			coalesce(sum(s.days_30), 0) AS days_30, coalesce(sum(s.days_60), 0) AS days_60, coalesce(sum(s.days_90), 0) AS days_90, coalesce(sum(s.older), 0) AS older,
			coalesce(sum(s.total), 0) AS total, coalesce(sum(s.value), 0) AS value, coalesce(min(s.currency) <> max(s.currency), false) AS mixed FROM sums s
		UNION ALL `, ""
	args := append(w.args(tx, on), on)
	if page.After != nil {
		if len(page.After) != 3 {
			return modules.Part{}, badCursor()
		}
		first, behind = "", " WHERE (-s.total, coalesce(s.party, '00000000-0000-0000-0000-000000000000'::uuid), s.currency) > (-?::numeric, ?::uuid, ?)"
		args = append(args, page.After[0], page.After[1], page.After[2])
	}
	var rows []aged
	err = tx.NewRaw(w.openItems()+`, parts AS (
			SELECT o.party, o.currency, ?::date - coalesce(s.due_date, o.due_date) AS late,
				CASE WHEN s.invoice_id IS NULL THEN o.open ELSE least(greatest(s.upto - (o.total_amount - o.open), 0), s.amount) END AS amount,
				CASE WHEN s.invoice_id IS NULL OR s.last THEN o.value ELSE 0 END AS value
			FROM open o LEFT JOIN (SELECT i.invoice_id, i.due_date, i.amount, sum(i.amount) OVER (PARTITION BY i.invoice_id ORDER BY i.position, i.id) AS upto,
				row_number() OVER (PARTITION BY i.invoice_id ORDER BY i.position DESC, i.id DESC) = 1 AS last FROM finance_installment i) s ON s.invoice_id = o.item_id
		), sums AS (
			SELECT p.party, p.currency, coalesce(sum(p.amount) FILTER (WHERE p.late <= 0), 0) AS not_due,
				coalesce(sum(p.amount) FILTER (WHERE p.late BETWEEN 1 AND 30), 0) AS days_30,
				coalesce(sum(p.amount) FILTER (WHERE p.late BETWEEN 31 AND 60), 0) AS days_60,
				coalesce(sum(p.amount) FILTER (WHERE p.late BETWEEN 61 AND 90), 0) AS days_90,
				coalesce(sum(p.amount) FILTER (WHERE p.late > 90), 0) AS older, sum(p.amount) AS total, sum(p.value) AS value
			FROM parts p GROUP BY p.party, p.currency
		)
		`+first+`SELECT s.place, `+columns+`, s.mixed FROM (SELECT row_number() OVER () AS place, `+columns+`, false AS mixed FROM (SELECT `+columns+` FROM sums s`+behind+`
			ORDER BY s.total DESC, coalesce(s.party, '00000000-0000-0000-0000-000000000000'::uuid), s.currency LIMIT ?) s) s
		ORDER BY place`, append(args, page.Limit+1)...).Scan(ctx, &rows)
	if err != nil {
		return modules.Part{}, err
	}
	var whole *aged
	if page.After == nil {
		whole, rows = &rows[0], rows[1:]
	}
	shown := func(r *aged) map[string]any {
		return map[string]any{
			w.party: r.Party, "currency": r.Currency, "not_due": r.NotDue, "days_30": r.Days30, "days_60": r.Days60, "days_90": r.Days90,
			"older": r.Older, "total": r.Total, "value": r.Value,
		}
	}
	out := make([]map[string]any, len(rows))
	for i := range rows {
		out[i] = shown(&rows[i])
	}
	part := page.Cut(out, func(i int) []string {
		return []string{rows[i].Total.String(), keyText(rows[i].Party), rows[i].Currency}
	})
	if whole != nil {
		part.Totals = totalsOf(shown(whole), whole.Mixed)
	}
	return part, nil
}

// totalsOf are the sums over all rows: of several currencies only what is in company currency.
func totalsOf(sums map[string]any, mixed bool) map[string]any {
	out := map[string]any{"value": sums["value"]}
	for name, v := range sums {
		if _, amount := v.(money.Amount); amount && !mixed {
			out[name] = v
		}
	}
	return out
}
