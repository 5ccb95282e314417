package finance

import (
	"context"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// GeneralLedgerOf is the input of the general ledger: one account or all, one customer's or vendor's part of it or everything.
type GeneralLedgerOf struct {
	AccountID  *id.ID      `in:"account_id" label:"科目|Account"`
	CustomerID *id.ID      `in:"customer_id" label:"客户|Customer"`
	VendorID   *id.ID      `in:"vendor_id" label:"供应商|Vendor"`
	From       *clock.Date `in:"from" label:"开始日期|From"`
	To         *clock.Date `in:"to" label:"结束日期|To"`
	Period     *string     `in:"period" label:"会计期间|Period"`
}

func generalLedgerColumns() []entity.Field {
	columns := append(accountColumns(), idColumn("entry_id", "凭证", "Entry", "finance.entry"), dateColumn("date", "日期", "Date"), textColumn("no", "凭证号", "No."),
		textColumn("source", "来源单据", "Source"), textColumn("source_entity", "来源类型", "Source type"), idColumn("source_id", "来源编号", "Source id", ""),
		textColumn("memo", "摘要", "Memo"), idColumn("customer_id", "客户", "Customer", "crm.customer"), idColumn("vendor_id", "供应商", "Vendor", "purchasing.vendor"))
	return append(columns, balanceColumns()...)
}

// generalLedger lists what was posted in a time, account by account, with the balance after each line; the first line of an account is what stood on
// it before.
func generalLedger(ctx context.Context, tx *tenancy.Tx, input any, page modules.Page) (modules.Part, error) { //nolint:funlen // one statement
	in, _ := input.(*GeneralLedgerOf)
	if in == nil {
		in = new(GeneralLedgerOf)
	}
	from, to, err := Between{in.From, in.To, in.Period}.days(ctx, tx)
	if err != nil {
		return modules.Part{}, err
	}
	args := ledgerArgs{
		From: from, To: to, Account: in.AccountID, Customer: in.CustomerID, Vendor: in.VendorID, English: english(tx), Before: say(tx, "期初余额", "Balance before"), Most: page.Limit + 1,
	}
	behind := ""
	if page.After != nil {
		if err := args.begin(page.After); err != nil {
			return modules.Part{}, err
		}
		behind = ` WHERE a.code >= ?code AND (a.code, coalesce(y.date, '0001-01-01'::date), y.no, y.position, coalesce(y.id, '00000000-0000-0000-0000-000000000000'::uuid))
				> (?code, ?day::date, ?no, ?position::int, ?line::uuid)`
	}
	var rows []struct {
		Account      id.ID        `bun:"account_id"`
		Code         string       `bun:"code"`
		Name         string       `bun:"name"`
		Entry        id.ID        `bun:"entry_id"`
		Date         clock.Date   `bun:"date"`
		No           string       `bun:"no"`
		Source       string       `bun:"source"`
		SourceEntity string       `bun:"source_entity"`
		SourceID     id.ID        `bun:"source_id"`
		Memo         string       `bun:"memo"`
		Customer     id.ID        `bun:"customer_id"`
		Vendor       id.ID        `bun:"vendor_id"`
		Debit        money.Amount `bun:"debit"`
		Credit       money.Amount `bun:"credit"`
		Balance      money.Amount `bun:"balance"`
		Position     int          `bun:"position"`
		Line         id.ID        `bun:"line"`
	}
	err = tx.NewRaw(`SELECT x.account_id, x.code, x.name, x.entry_id, x.date, x.no, x.source,
			x.source_entity, x.source_id, x.memo, x.customer_id, x.vendor_id, x.debit, x.credit, x.position, x.id AS line,
			sum(x.debit - x.credit) OVER (PARTITION BY x.code ORDER BY x.date NULLS FIRST, x.no, x.position, x.id)`+args.carried()+` AS balance
		FROM (SELECT a.code, CASE WHEN ?english AND a.name_en <> '' THEN a.name_en ELSE a.name END AS name, y.* FROM (
			SELECT l.account_id, NULL::uuid AS entry_id, NULL::date AS date, '' AS no, '' AS source, '' AS source_entity, NULL::uuid AS source_id,
				?before AS memo, NULL::uuid AS customer_id, NULL::uuid AS vendor_id,
				greatest(sum(l.debit - l.credit), 0) AS debit, greatest(sum(l.credit - l.debit), 0) AS credit, -1 AS position, NULL::uuid AS id
			FROM `+args.lines("< ?from::date")+` GROUP BY l.account_id HAVING sum(l.debit) <> sum(l.credit)
			UNION ALL SELECT l.account_id, e.id, e.date, e.no, e.source, e.source_entity, e.source_id, coalesce(nullif(l.memo, ''), e.memo),
				l.customer_id, l.vendor_id, l.debit, l.credit, l.position, l.id
			FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id
			WHERE e.status = 'posted' AND e.date BETWEEN ?from AND ?to AND `+ledgerPart+`) y
			JOIN finance_account a ON a.id = y.account_id`+behind+`
			ORDER BY a.code, y.date NULLS FIRST, y.no, y.position, y.id LIMIT ?most) x
		ORDER BY x.code, x.date NULLS FIRST, x.no, x.position, x.id`, args).Scan(ctx, &rows)
	if err != nil {
		return modules.Part{}, err
	}
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{
			"account_id": r.Account, "code": r.Code, "name": r.Name, "entry_id": r.Entry, "date": r.Date, "no": r.No, "source": r.Source,
			"source_entity": r.SourceEntity, "source_id": r.SourceID, "memo": r.Memo, "customer_id": r.Customer, "vendor_id": r.Vendor, "debit": r.Debit,
			"credit": r.Credit, "balance": r.Balance,
		}
	}
	part := page.Cut(out, func(i int) []string {
		r := rows[i]
		day := clock.NewDate(1, 1, 1)
		if !r.Date.IsZero() {
			day = r.Date
		}
		return []string{r.Code, day.String(), r.No, strconv.Itoa(r.Position), keyText(r.Line)}
	})
	if page.After == nil {
		part.Totals, err = args.sums(ctx, tx, true)
	}
	return part, err
}
