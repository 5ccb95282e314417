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

func itemColumns(w owing) []entity.Field {
	const class = "payment"
	return []entity.Field{
		idColumn(w.party, w.zh, w.en, w.ref), idColumn("document_id", "单据", "Document", ""),
		textColumn("document_entity", "单据类型", "Document type"), idColumn("entry_id", "凭证", "Entry", "finance.entry"),
		textColumn("no", "单据号", "No."), textColumn("reference", "参考号", "Reference"), textColumn("currency", "币种", "Currency"),
		dateColumn("due_date", "到期日", "Due date"),
		{Name: "days_late", Label: entity.T("逾期天数", "Days late"), Kind: entity.KindInt, Class: entity.Basic},
		amount("open", "未清金额", "Open amount", class), amount("value", "未清金额（本位币）", "Open amount in the books", class),
	}
}

// OpenReceivables is the input of what is open on a day: of all customers or of one, and of that everything or what is due until a day.
type OpenReceivables struct {
	Date     *clock.Date `in:"date" label:"截止日期|Date"`
	Period   *string     `in:"period" label:"会计期间|Period"`
	Customer *id.ID      `in:"customer_id" label:"客户|Customer"`
	DueUntil *clock.Date `in:"due_until" label:"到期日不晚于|Due until"`
}

// OpenPayables is the same of vendors.
type OpenPayables struct {
	Date     *clock.Date `in:"date" label:"截止日期|Date"`
	Period   *string     `in:"period" label:"会计期间|Period"`
	Vendor   *id.ID      `in:"vendor_id" label:"供应商|Vendor"`
	DueUntil *clock.Date `in:"due_until" label:"到期日不晚于|Due until"`
}

// itemsOf reads either of the two.
func itemsOf(input any) (of AsOf, party *id.ID, until *clock.Date) {
	switch in := input.(type) {
	case *OpenReceivables:
		return AsOf{in.Date, in.Period}, in.Customer, in.DueUntil
	case *OpenPayables:
		return AsOf{in.Date, in.Period}, in.Vendor, in.DueUntil
	}
	return AsOf{}, nil, nil
}

// items lists what is open on a day, document by document.
func (w owing) items(ctx context.Context, tx *tenancy.Tx, input any, page modules.Page) (modules.Part, error) { //nolint:funlen // one statement
	of, party, until := itemsOf(input)
	on, err := of.on(ctx, tx)
	if err != nil {
		return modules.Part{}, err
	}
	type item struct {
		Party     id.ID        `bun:"party"`
		Item      id.ID        `bun:"item_id"`
		Kind      string       `bun:"document_entity"`
		Entry     id.ID        `bun:"entry_id"`
		No        string       `bun:"no"`
		Reference string       `bun:"reference"`
		Currency  string       `bun:"currency"`
		Due       clock.Date   `bun:"due_date"`
		Open      money.Amount `bun:"open"`
		Value     money.Amount `bun:"value"`
		Mixed     bool         `bun:"mixed"`
		Place     int64        `bun:"place"`
	}
	const nobody = "'00000000-0000-0000-0000-000000000000'::uuid"
	const order = "o.due_date, o.no, coalesce(o.item_id, o.entry_id, " + nobody + "), coalesce(o.party, " + nobody + "), o.currency"
	const columns = "o.party, o.item_id, o.document_entity, o.entry_id, o.no, o.reference, o.currency, o.due_date, o.open, o.value"
	first, behind := `SELECT 0 AS place, NULL::uuid AS party, NULL::uuid AS item_id, '' AS document_entity, NULL::uuid AS entry_id, '' AS no, '' AS reference,
			coalesce(min(o.currency), '') AS currency, NULL::date AS due_date, coalesce(sum(o.open), 0) AS open, coalesce(sum(o.value), 0) AS value,
			coalesce(min(o.currency) <> max(o.currency), false) AS mixed FROM asked o
		UNION ALL `, ""
	args := append(w.args(tx, on), party, party, until, until)
	if page.After != nil {
		if len(page.After) != 5 {
			return modules.Part{}, badCursor()
		}
		first, behind = "", " WHERE ("+order+") > (?::date, ?, ?::uuid, ?::uuid, ?)"
		for _, v := range page.After {
			args = append(args, v)
		}
	}
	var rows []item
	err = tx.NewRaw(w.openItems()+`, asked AS (
			SELECT `+columns+` FROM open o WHERE (?::uuid IS NULL OR o.party = ?::uuid) AND (?::date IS NULL OR o.due_date <= ?::date)
		)
		`+first+`SELECT o.place, `+columns+`, o.mixed FROM (SELECT row_number() OVER () AS place, `+columns+`, false AS mixed
			FROM (SELECT `+columns+` FROM asked o`+behind+` ORDER BY `+order+` LIMIT ?) o) o
		ORDER BY place`, append(args, page.Limit+1)...).Scan(ctx, &rows)
	if err != nil {
		return modules.Part{}, err
	}
	var whole *item
	if page.After == nil {
		whole, rows = &rows[0], rows[1:]
	}
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{
			w.party: r.Party, "document_id": r.Item, "document_entity": r.Kind, "entry_id": r.Entry, "no": r.No, "reference": r.Reference, "currency": r.Currency, "due_date": r.Due,
			"days_late": max(on.Sub(r.Due), 0), "open": r.Open, "value": r.Value,
		}
	}
	part := page.Cut(out, func(i int) []string {
		r := rows[i]
		key := r.Item
		if key.IsZero() {
			key = r.Entry
		}
		return []string{r.Due.String(), r.No, keyText(key), keyText(r.Party), r.Currency}
	})
	if whole != nil {
		part.Totals = totalsOf(map[string]any{"open": whole.Open, "value": whole.Value}, whole.Mixed)
	}
	return part, nil
}
