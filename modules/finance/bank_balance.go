package finance

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// running takes the balances before and after from a column of balances, whether the oldest movement stands first or last. A column that does not follow
// the movements says nothing: some banks sort rows by other things.
func (f *bankFile) running() {
	if f.opening != nil || f.closing != nil || slices.ContainsFunc(f.moves, func(m bankMove) bool { return m.balance == nil }) {
		return
	}
	up, down := true, true
	for i := 1; i < len(f.moves); i++ {
		before, after := f.moves[i-1], f.moves[i]
		up = up && before.balance.Add(after.amount).Equal(*after.balance)
		down = down && after.balance.Add(before.amount).Equal(*before.balance)
	}
	first, last := f.moves[0], f.moves[len(f.moves)-1]
	if !up && down {
		first, last = last, first
	}
	if up || down {
		opening, closing := first.balance.Sub(first.amount), *last.balance
		f.opening, f.closing = &opening, &closing
	}
}

// balances are those around a statement: what the file says, else what follows from its movements, from where the statement before it ended.
func (f *bankFile) balances(ctx context.Context, tx *tenancy.Tx, s *BankStatement) (opening, closing money.Amount, err error) {
	sum := money.Zero()
	for _, m := range f.moves {
		sum = sum.Add(m.amount)
	}
	switch {
	case f.opening != nil:
		opening = *f.opening
	case f.closing != nil:
		opening = f.closing.Sub(sum)
	default:
		err = tx.NewRaw(`SELECT coalesce((SELECT closing_balance FROM finance_bank_statement
			WHERE bank_account_id = ? AND id <> ? AND status <> 'draft' AND date <= ? ORDER BY date DESC, id DESC LIMIT 1), 0)`,
			s.BankAccountID, s.ID, s.Date).Scan(ctx, &opening)
	}
	return opening, opening.Add(sum), err
}
