package finance

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareYears refuses a year that ends before it begins, or that is longer than eighteen months.
func prepareYears(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*FiscalYear]) error {
	var bad fault.Fields
	for _, c := range changes {
		if !c.New.EndDate.After(c.New.StartDate) || c.New.EndDate.After(c.New.StartDate.AddMonths(18)) {
			bad.Add("end_date", "year.range", "结束日期应晚于开始日期，且不超过十八个月", "The year must end after it begins, within eighteen months")
		}
	}
	return bad.Err()
}

// preparePeriods refuses a period that ends before it begins.
func preparePeriods(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Period]) error {
	var bad fault.Fields
	for _, c := range changes {
		if c.New.EndDate.Before(c.New.StartDate) {
			bad.Add("end_date", "period.range", "结束日期不能早于开始日期", "The period must not end before it begins")
		}
	}
	return bad.Err()
}

// openYear makes the periods of a year, month by month.
func openYear(ctx context.Context, tx *tenancy.Tx, y *FiscalYear, _ modules.None) error {
	y.Status = open
	if err := record.Update(ctx, tx, y); err != nil {
		return err
	}
	return record.Create(ctx, tx, y.periods()...)
}

// closeYear carries the year's income and expenses to the result account with one adjustment entry on its last day, and closes its periods until the
// year is reopened. Entries still in draft within the year are named first.
func (o office) closeYear(ctx context.Context, tx *tenancy.Tx, y *FiscalYear, _ modules.None) error {
	drafts, err := record.Find[Entry](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status = 'draft'").Where("date BETWEEN ? AND ?", y.StartDate, y.EndDate).Limit(1)
	})
	if err != nil {
		return err
	}
	if len(drafts) > 0 {
		return fault.New(fault.Rule, "year.drafts", "本年度还有未过账的凭证", "There are still draft entries in this year")
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	entry, err := b.closing(ctx, tx, y)
	if err != nil {
		return err
	}
	if err := b.post(tx, entry); err != nil {
		return err
	}
	if err := b.settle(ctx, tx); err != nil { // before the periods are locked
		return err
	}
	periods, err := record.Find[Period](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("fiscal_year_id = ?", y.ID).Where("status <> 'hard'").OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, p := range periods {
		p.Status = closed
	}
	if err := record.Update(ctx, tx, periods...); err != nil {
		return err
	}
	y.Status = closed
	return record.Update(ctx, tx, y)
}

// reopenYear takes the closing of a year back: its periods are soft-locked again and the closing entry is reversed on its own day. A hard lock set
// since then stays; with one on the last period nothing can be reopened.
func (o office) reopenYear(ctx context.Context, tx *tenancy.Tx, y *FiscalYear, _ modules.None) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	y.Status = open
	if err := record.Update(ctx, tx, y); err != nil {
		return err
	}
	periods, err := record.Find[Period](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("fiscal_year_id = ?", y.ID).Where("status = 'closed'").OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, p := range periods {
		p.Status = soft
	}
	if err := record.Update(ctx, tx, periods...); err != nil {
		return err
	}
	b.reopen(y)
	entries, err := record.Find[Entry](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("source_entity = 'finance.fiscal_year'").Where("source_id = ?", y.ID).Where("reversal_of IS NULL").
			Where("NOT EXISTS (SELECT 1 FROM finance_entry r WHERE r.reversal_of = fe.id)")
	})
	if err != nil || len(entries) == 0 {
		return err
	}
	closing, err := record.Get[Entry](ctx, tx, entries[0].ID)
	if err != nil {
		return err
	}
	back := closing.reversal(y.EndDate, written(tx, "反结账 ", "Reopening of ")+y.Name)
	back.Source, back.SourceEntity, back.SourceID = y.Name, "finance.fiscal_year", y.ID
	return b.post(tx, back)
}

// closing is the entry that brings all accounts of income and expense to zero.
func (b *books) closing(ctx context.Context, tx *tenancy.Tx, y *FiscalYear) (*Entry, error) {
	var rows []struct {
		Account id.ID        `bun:"account"`
		Balance money.Amount `bun:"balance"`
	}
	err := tx.NewRaw(`SELECT l.account_id AS account, sum(l.debit) - sum(l.credit) AS balance
		FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id JOIN finance_account a ON a.id = l.account_id
		WHERE e.status = 'posted' AND e.date BETWEEN ? AND ? AND a.type IN ('income', 'expense')
		GROUP BY l.account_id, a.code HAVING sum(l.debit) <> sum(l.credit) ORDER BY a.code`, y.StartDate, y.EndDate).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	e := &Entry{
		JournalID: b.journals[journalGeneral].id, Date: y.EndDate, Source: y.Name, SourceEntity: "finance.fiscal_year", SourceID: y.ID, Memo: written(tx, "年终结转", "Year-end closing"),
		Adjustment: true,
	}
	result := money.Zero()
	for _, r := range rows {
		e.add(r.Account, r.Balance.Neg(), EntryLine{})
		result = result.Add(r.Balance)
	}
	e.add(b.account(forYearResult, ""), result, EntryLine{})
	return e, nil
}

// softLock lets only closing adjustments into a period.
func softLock(ctx context.Context, tx *tenancy.Tx, p *Period, _ modules.None) error {
	p.Status = soft
	return record.Update(ctx, tx, p)
}

// hardLock lets nothing into a period any more, for good.
func hardLock(ctx context.Context, tx *tenancy.Tx, p *Period, _ modules.None) error {
	p.Status = hard
	return record.Update(ctx, tx, p)
}

// reopen takes a soft lock off.
func reopen(ctx context.Context, tx *tenancy.Tx, p *Period, _ modules.None) error {
	p.Status = open
	return record.Update(ctx, tx, p)
}
