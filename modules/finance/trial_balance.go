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

// trialBalance sums all posted entries up to a day, by account. Accounts without movement are left out.
func trialBalance(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*AsOf)
	on, err := in.on(ctx, tx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID     id.ID        `bun:"id"`
		Code   string       `bun:"code"`
		Name   string       `bun:"name"`
		Debit  money.Amount `bun:"debit"`
		Credit money.Amount `bun:"credit"`
	}
	err = tx.NewRaw(`SELECT a.id, a.code, CASE WHEN ? AND a.name_en <> '' THEN a.name_en ELSE a.name END AS name, m.debit, m.credit
		FROM (SELECT account_id, sum(debit) AS debit, sum(credit) AS credit FROM finance_total WHERE date <= ? GROUP BY account_id) m
		JOIN finance_account a ON a.id = m.account_id ORDER BY a.code`, english(tx), on).Scan(ctx, &rows)
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{"account_id": r.ID, "code": r.Code, "name": r.Name, "debit": r.Debit, "credit": r.Credit, "balance": r.Debit.Sub(r.Credit)}
	}
	return out, err
}

// LedgerOf is the input of an account's ledger.
type LedgerOf struct {
	AccountID id.ID       `in:"account_id" label:"科目|Account"`
	From      *clock.Date `in:"from" label:"开始日期|From"`
	To        *clock.Date `in:"to" label:"结束日期|To"`
}

func ledgerColumns() []entity.Field {
	return append([]entity.Field{
		{Name: "entry_id", Label: entity.T("凭证", "Entry"), Kind: entity.KindID, Ref: "finance.entry", Class: entity.Basic},
		{Name: "date", Label: entity.T("日期", "Date"), Kind: entity.KindDate, Class: entity.Basic},
		{Name: "no", Label: entity.T("凭证号", "No."), Kind: entity.KindText, Class: entity.Basic},
		{Name: "source", Label: entity.T("来源单据", "Source"), Kind: entity.KindText, Class: entity.Basic},
		{Name: "memo", Label: entity.T("摘要", "Memo"), Kind: entity.KindText, Class: entity.Basic},
	}, balanceColumns()...)
}

// accountLedger lists what was posted on an account between two days, with the balance after each line. The balance before the first day is part of it.
func accountLedger(ctx context.Context, tx *tenancy.Tx, input any, page modules.Page) (modules.Part, error) {
	in, _ := input.(*LedgerOf)
	if in == nil {
		in = new(LedgerOf)
	}
	args := ledgerArgs{From: clock.NewDate(1, 1, 1), To: tx.Today(), Account: &in.AccountID, Most: page.Limit + 1}
	if in.From != nil {
		args.From = *in.From
	}
	if in.To != nil {
		args.To = *in.To
	}
	behind := ""
	if page.After != nil {
		if err := args.begin(page.After); err != nil {
			return modules.Part{}, err
		}
		behind = " AND e.date >= ?day::date AND (e.date, e.no, l.position, l.id) > (?day::date, ?no, ?position::int, ?line::uuid)"
	}
	var rows []struct {
		ID       id.ID        `bun:"id"`
		Date     clock.Date   `bun:"date"`
		No       string       `bun:"no"`
		Source   string       `bun:"source"`
		Memo     string       `bun:"memo"`
		Debit    money.Amount `bun:"debit"`
		Credit   money.Amount `bun:"credit"`
		Balance  money.Amount `bun:"balance"`
		Position int          `bun:"position"`
		Line     id.ID        `bun:"line"`
	}
	err := tx.NewRaw(`SELECT x.id, x.date, x.no, x.source, x.memo, x.debit, x.credit, x.position, x.line,
			sum(x.debit - x.credit) OVER (ORDER BY x.date, x.no, x.position, x.line) + `+args.stood("")+` AS balance
		FROM (SELECT e.id, e.date, e.no, e.source, coalesce(nullif(l.memo, ''), e.memo) AS memo, l.debit, l.credit, l.position, l.id AS line
			FROM finance_entry_line l JOIN finance_entry e ON e.id = l.entry_id
			WHERE l.account_id = ?account AND e.status = 'posted' AND e.date BETWEEN ?from AND ?to`+behind+`
			ORDER BY e.date, e.no, l.position, l.id LIMIT ?most) x
		ORDER BY x.date, x.no, x.position, x.line`, args).Scan(ctx, &rows)
	if err != nil {
		return modules.Part{}, err
	}
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{
			"entry_id": r.ID, "date": r.Date, "no": r.No, "source": r.Source, "memo": r.Memo, "debit": r.Debit, "credit": r.Credit, "balance": r.Balance,
		}
	}
	part := page.Cut(out, func(i int) []string {
		r := rows[i]
		return []string{"", r.Date.String(), r.No, strconv.Itoa(r.Position), keyText(r.Line)}
	})
	if page.After == nil {
		part.Totals, err = args.sums(ctx, tx, false)
	}
	return part, err
}
