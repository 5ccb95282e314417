package finance

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// books are what one unit of work has to know to post: default accounts, journals and locked periods, read once; and the entries that it posts,
// which are numbered and saved together before the commit.
type books struct {
	accounts map[string]map[string]id.ID // purpose → product category → account
	journals map[string]journal          // by code
	codes    map[id.ID]string            // of journals
	locked   []lock

	queue    []posting
	waiting  bool
	received map[id.ID]money.Amount // value that came in with this unit of work, by purchase line
	differed []financeevent.Differed
}

type journal struct{ id, account id.ID }

type lock struct {
	from, to clock.Date
	status   string
}

type booksKey struct{}

// open reads the books once for a unit of work, with one query.
func openBooks(ctx context.Context, tx *tenancy.Tx) (*books, error) {
	if b, ok := tx.Local(booksKey{}).(*books); ok {
		return b, nil
	}
	var rows []struct {
		Kind     string     `bun:"kind"`
		Name     string     `bun:"name"`
		Category string     `bun:"category"`
		ID       id.ID      `bun:"id"`
		Account  id.ID      `bun:"account"`
		Since    clock.Date `bun:"since"`
		Until    clock.Date `bun:"until"`
	}
	err := tx.NewRaw(`SELECT 'account' AS kind, s.purpose AS name, s.category, a.id, NULL::uuid AS account, NULL::date AS since, NULL::date AS until
		FROM finance_setting s JOIN finance_account a ON a.code = s.account_code
		UNION ALL SELECT 'journal', j.code, '', j.id, j.account_id, NULL, NULL FROM finance_journal j
		UNION ALL SELECT 'lock', p.status, '', p.id, NULL, p.start_date, p.end_date FROM finance_period p WHERE p.status <> 'open'`).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	b := &books{accounts: map[string]map[string]id.ID{}, journals: map[string]journal{}, codes: map[id.ID]string{}, received: map[id.ID]money.Amount{}}
	for _, r := range rows {
		switch r.Kind {
		case "account":
			if b.accounts[r.Name] == nil {
				b.accounts[r.Name] = map[string]id.ID{}
			}
			b.accounts[r.Name][r.Category] = r.ID
		case "journal":
			b.journals[r.Name], b.codes[r.ID] = journal{r.ID, r.Account}, r.Name
		default:
			b.locked = append(b.locked, lock{r.Since, r.Until, r.Name})
		}
	}
	tx.SetLocal(booksKey{}, b)
	return b, nil
}

// account is the account that serves a purpose for a product category, or for all. It is none when the tenant has deleted the setting; posting on it
// is then refused with the purpose named.
func (b *books) account(purpose, category string) id.ID {
	byCategory := b.accounts[purpose]
	if k, ok := byCategory[category]; ok {
		return k
	}
	return byCategory[""]
}

// reopen knows that the closed periods of a year are only soft-locked again.
func (b *books) reopen(y *FiscalYear) {
	for i, l := range b.locked {
		if l.status == closed && !l.from.Before(y.StartDate) && !l.to.After(y.EndDate) {
			b.locked[i].status = soft
		}
	}
}

// check refuses a date in a locked period, as the database would, before anything is written.
func (b *books) check(on clock.Date, adjustment bool) error {
	for _, l := range b.locked {
		if on.Before(l.from) || on.After(l.to) || l.status == soft && adjustment {
			continue
		}
		if l.status == soft {
			return fault.New(fault.Rule, "period.locked", "%s 所在会计期间已软锁定，只能记入结账调整凭证",
				"The period of %s is soft-locked: only closing adjustments may be posted", on).At("date", "period.locked", "期间已锁定", "The period is locked")
		}
		return fault.New(fault.Rule, "period.locked", "%s 所在会计期间已锁定，不能过账", "The period of %s is locked: nothing can be posted", on).
			At("date", "period.locked", "期间已锁定", "The period is locked")
	}
	return nil
}

// number writes a document number such as SAL-2026-000001. A dry run draws nothing; its numbers are made of the record's id so that they differ.
func number(series string, on clock.Date, n int64, key id.ID) string {
	if n == 0 {
		return fmt.Sprintf("%s-%d-%s", series, on.Year(), key.String()[24:])
	}
	return fmt.Sprintf("%s-%d-%06d", series, on.Year(), n)
}
