package finance

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// The statements 财务报表 have lines by account, below the section that they belong to, and a total for each section. Amounts are on the side on which
// the section is usually seen: assets and expenses as debits, the others as credits.
func statementColumns() []entity.Field {
	columns := []entity.Field{
		chosen("section", "部分", "Section", "assets", "资产", "Assets", "liabilities", "负债", "Liabilities", "equity", "所有者权益", "Equity",
			"liabilities_and_equity", "负债和所有者权益", "Liabilities and equity", "income", "收入", "Income", "expenses", "费用", "Expenses", "result", "利润", "Result",
			"opening", "期初现金", "Opening cash", "operating", "经营活动", "Operating", "investing", "投资活动", "Investing", "financing", "筹资活动", "Financing",
			"net", "净增加", "Net change", "closing", "期末现金", "Closing cash"),
		chosen("kind", "行类型", "Kind of row", "line", "明细", "Line", "total", "合计", "Total"),
	}
	return append(append(columns, accountColumns()...), amount("amount", "金额", "Amount", classLedger))
}

// balanceOf is what stands on an account, or moved on it.
type balanceOf struct {
	ID      id.ID        `bun:"id"`
	Code    string       `bun:"code"`
	Name    string       `bun:"name"`
	Type    string       `bun:"type"`
	Balance money.Amount `bun:"balance"` // debit less credit
}

// moved sums what was posted between two days up by account. Closing a year moves nothing of a year's result, so it is left out on request.
func moved(ctx context.Context, tx *tenancy.Tx, from, to clock.Date, closings bool) ([]balanceOf, error) {
	var rows []balanceOf
	err := tx.NewRaw(`SELECT a.id, a.code, a.type, CASE WHEN ? AND a.name_en <> '' THEN a.name_en ELSE a.name END AS name, m.balance
		FROM (SELECT account_id, sum(debit - credit) AS balance FROM finance_total
			WHERE date BETWEEN ? AND ? AND (? OR NOT closing) GROUP BY account_id) m
		JOIN finance_account a ON a.id = m.account_id WHERE m.balance <> 0 ORDER BY a.code`, english(tx), from, to, closings).Scan(ctx, &rows)
	return rows, err
}

// statement gathers the rows of a report.
type statement struct{ rows []map[string]any }

func (s *statement) line(section string, b balanceOf, value money.Amount) {
	s.rows = append(s.rows, map[string]any{"section": section, "kind": "line", "account_id": b.ID, "code": b.Code, "name": b.Name, "amount": value})
}

func (s *statement) total(section, name string, value money.Amount) {
	s.rows = append(s.rows, map[string]any{"section": section, "kind": "total", "code": "", "name": name, "amount": value})
}

// section writes the accounts of some types and their total, and returns it.
func (s *statement) section(name, label string, sign int64, list []balanceOf, types ...string) money.Amount {
	sum := money.Zero()
	for _, b := range list {
		for _, t := range types {
			if b.Type == t {
				value := b.Balance.Mul(money.Int(sign))
				s.line(name, b, value)
				sum = sum.Add(value)
			}
		}
	}
	s.total(name, label, sum)
	return sum
}

// balanceSheet shows assets, liabilities and equity on a day. What is earned and not carried forward yet is part of equity, so that both sides agree.
func balanceSheet(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*AsOf)
	on, err := in.on(ctx, tx)
	if err != nil {
		return nil, err
	}
	list, err := moved(ctx, tx, clock.NewDate(1, 1, 1), on, true)
	if err != nil {
		return nil, err
	}
	earned := balanceOf{Name: say(tx, "未结转损益", "Result not carried forward"), Type: "equity"}
	for _, b := range list {
		if b.Type == "income" || b.Type == "expense" {
			earned.Balance = earned.Balance.Add(b.Balance)
		}
	}
	if !earned.Balance.IsZero() {
		list = append(list, earned)
	}
	var s statement
	s.section("assets", say(tx, "资产合计", "Total assets"), 1, list, "asset", "cost")
	owed := s.section("liabilities", say(tx, "负债合计", "Total liabilities"), -1, list, "liability")
	own := s.section("equity", say(tx, "所有者权益合计", "Total equity"), -1, list, "equity")
	s.total("liabilities_and_equity", say(tx, "负债和所有者权益合计", "Total liabilities and equity"), owed.Add(own))
	return s.rows, nil
}

// profitAndLoss shows income and expenses of a time, and what is left.
func profitAndLoss(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	from, to, err := daysAsked(ctx, tx, input)
	if err != nil {
		return nil, err
	}
	list, err := moved(ctx, tx, from, to, false)
	if err != nil {
		return nil, err
	}
	var s statement
	earned := s.section("income", say(tx, "收入合计", "Total income"), -1, list, "income")
	spent := s.section("expenses", say(tx, "费用合计", "Total expenses"), 1, list, "expense")
	s.total("result", say(tx, "净利润", "Net result"), earned.Sub(spent))
	return s.rows, nil
}

// cashAccounts are the accounts on which money is: those of bank and cash journals, of bank accounts and of the default settings.
const cashAccounts = `(SELECT j.account_id FROM finance_journal j WHERE j.type IN ('bank', 'cash') AND j.account_id IS NOT NULL
	UNION SELECT k.account_id FROM finance_bank_account k WHERE k.account_id IS NOT NULL
	UNION SELECT a.id FROM finance_setting s JOIN finance_account a ON a.code = s.account_code WHERE s.purpose IN ('bank', 'cash'))`

// cashFlow shows by the direct method where money came from and went to in a time: the other accounts of all entries that move money, as the totals
// keep them.
func cashFlow(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	from, to, err := daysAsked(ctx, tx, input)
	if err != nil {
		return nil, err
	}
	var rows []balanceOf
	err = tx.NewRaw(`WITH cash AS (SELECT coalesce(array_agg(account_id), '{}') AS ids FROM `+cashAccounts+` c)
		SELECT a.id, a.code, a.type, CASE WHEN ? AND a.name_en <> '' THEN a.name_en ELSE a.name END AS name, sum(t.debit - t.credit) AS balance
		FROM cash JOIN finance_total t ON t.accounts && cash.ids AND t.account_id <> ALL(cash.ids) JOIN finance_account a ON a.id = t.account_id
		WHERE t.date BETWEEN ? AND ? GROUP BY a.id, a.code, a.type, a.name, a.name_en HAVING sum(t.debit) <> sum(t.credit)
		ORDER BY a.code`, english(tx), from, to).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	before, err := cashOn(ctx, tx, from.AddDays(-1))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Type = activity(rows[i].Code)
	}
	var s statement
	s.total("opening", say(tx, "期初现金", "Cash at the beginning"), before)
	net := s.section(operating, say(tx, "经营活动现金流量净额", "Net cash from operating activities"), -1, rows, operating)
	net = net.Add(s.section(investing, say(tx, "投资活动现金流量净额", "Net cash from investing activities"), -1, rows, investing))
	net = net.Add(s.section(financing, say(tx, "筹资活动现金流量净额", "Net cash from financing activities"), -1, rows, financing))
	s.total("net", say(tx, "现金净增加额", "Net change in cash"), net)
	s.total("closing", say(tx, "期末现金", "Cash at the end"), before.Add(net))
	return s.rows, nil
}

// The activities by which money moves.
const (
	operating = "operating"
	investing = "investing"
	financing = "financing"
)

// activity follows from an account's code: investments and fixed assets, loans and equity, all else.
func activity(code string) string {
	for _, p := range []string{"1101", "1131", "1132", "15", "16", "17", "6111", "6115"} {
		if strings.HasPrefix(code, p) {
			return investing
		}
	}
	for _, p := range []string{"2001", "2231", "2232", "25", "2701", "40", "41", "42", "660301"} {
		if strings.HasPrefix(code, p) {
			return financing
		}
	}
	return operating
}

// cashOn is the money that there is at the end of a day.
func cashOn(ctx context.Context, tx *tenancy.Tx, on clock.Date) (money.Amount, error) {
	var sum money.Amount
	err := tx.NewRaw(`SELECT coalesce(sum(t.debit - t.credit), 0) FROM finance_total t WHERE t.date <= ? AND t.account_id IN `+cashAccounts, on).Scan(ctx, &sum)
	return sum, err
}
