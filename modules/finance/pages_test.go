package finance_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// inPages reads a report page by page, so many rows at a time, and returns the totals that came with the first page.
func (b *bench) inPages(name string, in m, limit int) (all []m, totals m, cursors []string) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		for cursor := ""; ; {
			part, err := record.ReportPage(ctx, tx, b.engine.Report("finance/"+name), in, cursor, limit)
			if err != nil {
				return err
			}
			if len(part.Rows) > limit {
				b.t.Errorf("%s: a page of %d rows, not %d", name, len(part.Rows), limit)
			}
			if cursor == "" {
				totals = part.Totals
			} else if part.Totals != nil {
				b.t.Errorf("%s: totals on a later page", name)
			}
			all = append(all, part.Rows...)
			if part.Next == "" {
				return nil
			}
			cursor = part.Next
			cursors = append(cursors, cursor)
		}
	}, tenancy.ReadOnly())
	return all, totals, cursors
}

// TestReportsInPages reads reports in pages of every size: rows, balances that run and totals are those of the whole.
func TestReportsInPages(t *testing.T) {
	b := newBench(t)
	buyer, other := standing[customer](b), b.add("crm/customers", m{"name": "Second"})
	for i, due := range []string{"2020-01-31", "2020-01-31", "2020-02-10", "2099-01-31", "2099-01-31"} {
		who := []id.ID{buyer, other}[i%2]
		b.invoice(who, decimal.NewFromInt(int64(100+i)).String(), m{"date": "2020-01-0" + string(rune('1'+i)), "due_date": due})
	}
	b.paid(m{"customer_id": buyer, "direction": "in", "date": "2020-01-03", "amount": "7.5"})
	b.must("finance/entries", b.entry("2020-01-03", "12", "12", nil), "post", nil)
	receivable := b.account("1122")
	for _, tt := range []struct {
		name string
		in   m
		sums []string
	}{
		{"ledger", m{"account_id": receivable}, []string{"debit", "credit"}},
		{"ledger", m{"account_id": receivable, "from": "2020-01-03"}, []string{"debit", "credit"}},
		{"general_ledger", m{"from": "2020-01-01"}, []string{"debit", "credit"}},
		{"general_ledger", m{"from": "2020-01-03", "to": "2020-01-04"}, []string{"debit", "credit"}},
		{"general_ledger", m{"from": "2020-01-02", "customer_id": buyer.String()}, []string{"debit", "credit"}},
		{"general_ledger", m{"from": "2020-01-02", "account_id": receivable}, []string{"debit", "credit"}},
		{"receivables_ageing", nil, []string{"not_due", "days_30", "older", "total", "value"}},
		{"open_receivables", nil, []string{"open", "value"}},
		{"open_receivables", m{"customer_id": other.String()}, []string{"open", "value"}},
		{"open_receivables", m{"due_until": "2020-02-10"}, []string{"open", "value"}},
		{"cash_forecast_items", m{"from": "2020-01-01"}, []string{"value"}},
		{"trial_balance", nil, nil},
	} {
		whole := b.report(tt.name, tt.in)
		if len(whole) < 2 {
			t.Errorf("%s %v: only %d rows", tt.name, tt.in, len(whole))
		}
		for limit := 1; limit <= len(whole)+1; limit++ {
			rows, totals, _ := b.inPages(tt.name, tt.in, limit)
			if diff := cmp.Diff(whole, rows); diff != "" {
				t.Errorf("%s %v in pages of %d:\n%s", tt.name, tt.in, limit, diff)
			}
			for _, column := range tt.sums {
				sum := decimal.Zero
				for _, r := range whole {
					sum = sum.Add(decimal.RequireFromString(r[column].(string)))
				}
				if got, ok := totals[column].(string); !ok || !decimal.RequireFromString(got).Equal(sum) {
					t.Errorf("%s %v: %s comes to %v, not %s", tt.name, tt.in, column, totals[column], sum)
				}
			}
		}
	}
	_, _, cursors := b.inPages("open_receivables", nil, 2)
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		for _, cursor := range []string{"x", cursors[0]} {
			_, err := record.ReportPage(ctx, tx, b.engine.Report("finance/receivables_ageing"), nil, cursor, 2)
			if f := fault.As(err); f == nil || f.Reason != "cursor.invalid" {
				t.Errorf("a cursor that is none of this question: %v", err)
			}
		}
		return nil
	}, tenancy.ReadOnly())
}

// TestTotalsOfSeveralCurrencies leaves out sums of amounts that can't be added up.
func TestTotalsOfSeveralCurrencies(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7"})
	buyer := standing[customer](b)
	b.invoice(buyer, "100", m{"date": "2020-01-02"})
	b.invoice(buyer, "10", m{"date": "2020-01-02", "currency": "USD"})
	for _, name := range []string{"receivables_ageing", "open_receivables"} {
		rows, totals, _ := b.inPages(name, nil, 1)
		if diff := cmp.Diff(m{"value": "170.00"}, totals); diff != "" || len(rows) != 2 {
			t.Errorf("%s: %d rows, totals %s", name, len(rows), diff)
		}
	}
}
