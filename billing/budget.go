package billing

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// running is what this month costs so far, before tax.
func (s *Service) running(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account) (money.Amount, error) {
	u, err := s.usage(ctx, tx, t, a, clock.DateOf(s.db.Now(), a.zone))
	if err != nil {
		return money.Zero(), err
	}
	return u.Month.Subtotal.Sub(u.Month.Discount), nil
}

// watchBudget warns at 80 and at 100 percent of a budget, and makes the workspace read-only there when its owner wants no more than that to be spent:
// nothing is charged while it is.
func (s *Service) watchBudget(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account) error {
	if a.Budget == nil || a.Budget.Sign() <= 0 {
		return nil
	}
	cost, err := s.running(ctx, tx, t, a)
	if err != nil {
		return err
	}
	month := firstOf(clock.DateOf(s.db.Now(), a.zone)).String()[:7]
	for _, percent := range []int64{100, 80} {
		if cost.Mul(money.Hundred()).LessThan(a.Budget.Mul(money.Int(percent))) {
			continue
		}
		if percent == 100 && a.Cap {
			return s.step(ctx, tx, a, ReadOnly, causeCap, "")
		}
		return s.warn(ctx, tx, a, fmt.Sprintf("budget:%s:%s:%d", month, a.Budget.String(), percent), budgetLetter(percent, cost, *a.Budget, a.Currency))
	}
	return nil
}

// liftCap lets a workspace go on that its own limit had stopped, when a month begins or the limit was raised.
func (s *Service) liftCap(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account) error {
	if a.Cap && a.Budget != nil {
		cost, err := s.running(ctx, tx, t, a)
		if err != nil || !cost.LessThan(*a.Budget) {
			return err
		}
	}
	back := a.Back
	if !charged(back) {
		back = Active
	}
	return s.step(ctx, tx, a, back, causeMonth, "")
}
