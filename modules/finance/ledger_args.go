package finance

import (
	"context"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// ledgerArgs are the named arguments of the general ledger: what it is about, and the line behind which the page begins, whose place is its account's
// code, day, number, position and id. What stood before has the first day of all.
type ledgerArgs struct {
	From     clock.Date
	To       clock.Date
	Account  *id.ID
	Customer *id.ID
	Vendor   *id.ID
	English  bool
	Before   string
	Most     int

	Code     string
	Day      string
	No       string
	Position string
	Line     string
}

// ledgerPart tells the lines that are asked for.
const ledgerPart = ` (?account::uuid IS NULL OR l.account_id = ?account::uuid) AND (?customer::uuid IS NULL OR l.customer_id = ?customer::uuid)
				AND (?vendor::uuid IS NULL OR l.vendor_id = ?vendor::uuid)`

// begin sets the line behind which the page begins.
func (a *ledgerArgs) begin(after []string) error {
	if len(after) != 5 {
		return badCursor()
	}
	a.Code, a.Day, a.No, a.Position, a.Line = after[0], after[1], after[2], after[3], after[4]
	return nil
}

// lines are what was posted under a condition on the day, as lines l; totals serve where nobody's part is asked for.
func (a *ledgerArgs) lines(when string) string {
	if a.Customer != nil || a.Vendor != nil {
		return "finance_entry_line l JOIN finance_entry e ON e.id = l.entry_id WHERE e.status = 'posted' AND e.date " + when + " AND " + ledgerPart
	}
	return "finance_total l WHERE l.date " + when + " AND (?account::uuid IS NULL OR l.account_id = ?account::uuid)"
}

// stood is what an account stands at where the page begins.
func (a *ledgerArgs) stood(account string) string {
	if a.Day == "" {
		return "coalesce((SELECT sum(l.debit - l.credit) FROM " + a.lines("< ?from::date") + account + "), 0)"
	}
	return `coalesce((SELECT sum(l.debit - l.credit) FROM ` + a.lines("< greatest(?day::date, ?from::date)") + account + `), 0)
				+ coalesce((SELECT sum(l.debit - l.credit) FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id
					WHERE e.status = 'posted' AND e.date = ?day::date AND (e.no, l.position, l.id) <= (?no, ?position::int, ?line::uuid) AND ` + ledgerPart + account + `), 0)`
}

// carried is what each balance of the page's first account adds to; the other accounts begin with a line of their own.
func (a *ledgerArgs) carried() string {
	if a.Day == "" {
		return ""
	}
	return " + CASE WHEN x.code = ?code THEN " + a.stood(" AND l.account_id = (SELECT id FROM finance_account WHERE code = ?code)") + " ELSE 0 END"
}

// sums are what all lines come to, with what stood before or without.
func (a *ledgerArgs) sums(ctx context.Context, tx *tenancy.Tx, before bool) (map[string]any, error) {
	var sum struct {
		Debit  money.Amount `bun:"debit"`
		Credit money.Amount `bun:"credit"`
	}
	stood := ""
	if before {
		stood = "SELECT greatest(sum(l.debit - l.credit), 0) AS debit, greatest(sum(l.credit - l.debit), 0) AS credit FROM " + a.lines("< ?from::date") + " GROUP BY l.account_id UNION ALL "
	}
	err := tx.NewRaw("SELECT coalesce(sum(x.debit), 0) AS debit, coalesce(sum(x.credit), 0) AS credit FROM ("+stood+
		"SELECT sum(l.debit) AS debit, sum(l.credit) AS credit FROM "+a.lines("BETWEEN ?from AND ?to")+") x", *a).Scan(ctx, &sum)
	return map[string]any{"debit": sum.Debit, "credit": sum.Credit}, err
}

// badCursor refuses a cursor that no page gave.
func badCursor() error {
	return fault.New(fault.Invalid, "cursor.invalid", "游标无效或与问题不符", "The cursor is invalid or belongs to another question").
		At("cursor", "cursor.invalid", "请从第一页重新开始", "Start again from the first page")
}

// keyText writes an id of a page's key; none is the first of all, as the statements order it.
func keyText(k id.ID) string {
	if k.IsZero() {
		return "00000000-0000-0000-0000-000000000000"
	}
	return k.String()
}
