package billing

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// tenantState is what a tenant may do in a state of its life: the write path of tenancy holds everybody to it.
func tenantState(state string) string {
	switch state {
	case ReadOnly:
		return tenancy.LookOnly
	case Suspended:
		return tenancy.Suspended
	case Closing, Closed:
		return tenancy.Closing
	}
	return tenancy.Active
}

// Live takes the steps of a tenant's life that are due by rule, and makes what the tenant may do agree with where it stands. It may run at any time.
// Each step waits its whole time after the one before, also when nobody looked for long or the clock jumped: nobody is thrown out at once.
func (s *Service) Live(ctx context.Context, t *tenancy.Tenant) error {
	var a *Account
	err := s.counting(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if a, err = s.locked(ctx, tx, t.ID); err != nil {
			return err
		}
		return s.due(ctx, tx, t, a)
	})
	if err != nil {
		return err
	}
	return s.apply(ctx, t, a)
}

// locked reads an account and keeps others from changing it until the end of tx.
func (s *Service) locked(ctx context.Context, tx pgx.Tx, tenant id.ID) (*Account, error) {
	if _, err := s.account(ctx, tx, tenant); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "select from tenon.billing_account where tenant_id = $1 for update", tenant.String()); err != nil {
		return nil, err
	}
	return s.account(ctx, tx, tenant)
}

// apply makes the tenant's rights agree with its state. It is done again at each look, should the program have ended in between.
func (s *Service) apply(ctx context.Context, t *tenancy.Tenant, a *Account) error {
	if a.State == Closed {
		return s.end(ctx, t, a)
	}
	want := tenantState(a.State)
	if t.State == want {
		return nil
	}
	return s.db.Enter(ctx, t.ID, want)
}

// end destroys a closed tenant's keys, then its data. Done again, it goes on where it was interrupted.
func (s *Service) end(ctx context.Context, t *tenancy.Tenant, a *Account) error {
	if s.cfg.Shredder != nil {
		since, err := s.asked(ctx, t.ID, a)
		if err != nil {
			return err
		}
		at, err := s.cfg.Shredder.Shred(ctx, t, since)
		if err != nil {
			return err
		}
		l := shredded(at)
		l.Company = t.Name
		if l.To, err = s.cfg.Owners.Owners(ctx, t); err != nil {
			return err
		}
		if err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error { return s.warn(ctx, tx, a, "shredded", l) }); err != nil {
			return err
		}
	}
	return s.db.Delete(ctx, t.ID)
}

// asked is when the end of a closed account was asked for.
func (s *Service) asked(ctx context.Context, tenant id.ID, a *Account) (since time.Time, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select coalesce(max(at), $2) from tenon.billing_step where tenant_id = $1 and state = $3", tenant.String(), a.Since, Closing).Scan(&since)
	})
	return since, err
}

// ClosingSince is when the end of a tenant was asked for and from when on it may come; ok is false while nobody has.
func (s *Service) ClosingSince(ctx context.Context, tenant id.ID) (since, due time.Time, ok bool, err error) {
	var a *Account
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err = s.account(ctx, tx, tenant)
		return err
	})
	if err != nil || a.State != Closing {
		return since, due, false, err
	}
	return a.Since, a.Since.Add(days(s.terms.Closing)), true, nil
}

// mayClose tells whether those have agreed whose consent the end takes; as long as they have not, the owners are told once.
func (s *Service) mayClose(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account) (bool, error) {
	if s.cfg.Shredder == nil {
		return true, nil
	}
	yes, err := s.cfg.Shredder.Agreed(ctx, tx, t.ID, a.Since)
	if err != nil || yes {
		return yes, err
	}
	return false, s.warn(ctx, tx, a, "consent:"+clock.DateOf(a.Since, a.zone).String(), wantsConsent())
}

// due takes the one step that is due now, if any.
func (s *Service) due(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account) error { //nolint:cyclop // the table of all states and days
	now := s.db.Now()
	today := clock.DateOf(now, a.zone)
	waited := func(n int) bool { return !now.Before(a.Since.Add(days(n))) }
	if a.State == Closing && waited(s.terms.Closing) {
		yes, err := s.mayClose(ctx, tx, t, a)
		if err != nil || !yes {
			return err
		}
		return s.close(ctx, tx, t, a)
	}
	if a.Plan == PlanFree || s.cfg.Private != nil {
		return nil
	}
	overdue, err := overdue(ctx, tx, t.ID, today)
	if err != nil {
		return err
	}
	pays := a.Collect != collectNone
	switch a.State {
	case Trial:
		return s.endTrial(ctx, tx, a, now)
	case Active, PastDue:
		if err := s.watchBudget(ctx, tx, t, a); err != nil || a.State == ReadOnly {
			return err
		}
	case ReadOnly:
		if a.Cause == causeCap {
			return s.liftCap(ctx, tx, t, a)
		}
	}
	if !s.cfg.Rules {
		return nil
	}
	switch {
	case a.State == Active && overdue:
		return s.step(ctx, tx, a, PastDue, causeUnpaid, "")
	case a.State == PastDue && !overdue:
		return s.step(ctx, tx, a, Active, causePaid, "")
	case a.State == PastDue && waited(s.terms.Grace):
		return s.step(ctx, tx, a, ReadOnly, causeUnpaid, "")
	case (a.State == ReadOnly || a.State == Suspended && a.Cause == causeWaited || a.State == Closing && a.Cause == causeWaited) && !overdue && pays:
		return s.step(ctx, tx, a, Active, causePaid, "")
	case a.State == ReadOnly && waited(s.terms.ReadOnly):
		return s.step(ctx, tx, a, Suspended, causeWaited, "")
	case a.State == Suspended && a.Cause == causeWaited && waited(s.terms.Suspended):
		return s.step(ctx, tx, a, Closing, causeWaited, "")
	}
	return nil
}

// endTrial ends a trial whose time is over: who has said how to pay goes on, all others can still read.
func (s *Service) endTrial(ctx context.Context, tx pgx.Tx, a *Account, now time.Time) error {
	left := a.TrialEnds.Sub(now)
	if left > 0 {
		for _, n := range []int{1, 3} {
			if left <= days(n) {
				return s.warn(ctx, tx, a, "trial:"+string(rune('0'+n)), trialEnding(n))
			}
		}
		return nil
	}
	if a.Collect != collectNone {
		return s.step(ctx, tx, a, Active, causeTrialEnd, "")
	}
	if !s.cfg.Rules {
		return nil
	}
	return s.step(ctx, tx, a, ReadOnly, causeTrialEnd, "")
}

// overdue tells whether an invoice was due before today.
func overdue(ctx context.Context, tx pgx.Tx, tenant id.ID, today clock.Date) (yes bool, err error) {
	err = tx.QueryRow(ctx, "select exists (select from tenon.billing_invoice where tenant_id = $1 and kind = 'invoice' and state in ('open', 'uncollectible') and due_on < $2::date)",
		tenant.String(), today.String()).Scan(&yes)
	return yes, err
}

// step changes an account's state, writes it down and queues the mail that tells of it.
func (s *Service) step(ctx context.Context, tx pgx.Tx, a *Account, state, cause, actor string) error {
	now := s.db.Now()
	was := a.State
	if err := s.note(ctx, tx, a.Tenant, now, was, state, cause, actor); err != nil {
		return err
	}
	if state == Active && was == Trial { // what the trial used is not billed
		a.BilledUntil = clock.DateOf(now, a.zone)
	}
	_, err := tx.Exec(ctx, `update tenon.billing_account set state = $2, cause = $3, since = $4, back = $5, billed_until = greatest(billed_until, $6::date)
		where tenant_id = $1`, a.Tenant.String(), state, cause, now, was, a.BilledUntil.String())
	if err != nil {
		return err
	}
	a.State, a.Cause, a.Since, a.Back = state, cause, now, was
	return s.tell(ctx, tx, a, "step:"+state+":"+now.Format(time.RFC3339Nano), letterOf(state, cause, s.terms))
}

// warn tells the owners something once.
func (s *Service) warn(ctx context.Context, tx pgx.Tx, a *Account, what string, l Letter) error {
	if a.warned(what) {
		return nil
	}
	a.Warned = lastBytes(a.Warned+" "+what, 500)
	if _, err := tx.Exec(ctx, "update tenon.billing_account set warned = $2 where tenant_id = $1", a.Tenant.String(), a.Warned); err != nil {
		return err
	}
	return s.tell(ctx, tx, a, what, l)
}

func lastBytes(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}

// tell queues a letter to the owners in the transaction of what it tells of.
func (s *Service) tell(ctx context.Context, tx pgx.Tx, a *Account, what string, l Letter) error {
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return s.queue(ctx, tx, a.Tenant, "mail:"+a.Tenant.String()+":"+what, kindMail, raw)
}

// Activate ends a trial, or brings a workspace back that was read-only for want of a way to pay: from the next full hour on use is charged. It needs
// to be known how it is paid.
func (s *Service) Activate(ctx context.Context, t *tenancy.Tenant, actor string) error {
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if a.Collect == collectNone {
			return fault.New(fault.Rule, "billing.no_method", "请先填写付款方式", "Say first how you want to pay")
		}
		late, err := overdue(ctx, tx, t.ID, clock.DateOf(s.db.Now(), a.zone))
		if err != nil {
			return err
		}
		switch {
		case a.State == Active:
			return nil
		case late:
			return fault.New(fault.Rule, "billing.unpaid", "请先支付逾期账单", "Pay the overdue invoices first")
		case a.State == Trial || a.State == PastDue || a.State == ReadOnly && a.Cause != causeCap || a.Cause == causeWaited:
			return s.step(ctx, tx, a, Active, causeOwner, actor)
		}
		return stateRefuses(a)
	})
}

func stateRefuses(a *Account) error {
	return fault.New(fault.Conflict, "billing.state", "当前状态（%s）不允许此操作", "This is not possible in the state %s", a.State).With("state", a.State)
}

// change runs fn over a locked account and then lets the tenant's rights follow.
func (s *Service) change(ctx context.Context, t *tenancy.Tenant, fn func(ctx context.Context, tx pgx.Tx, a *Account) error) error {
	var a *Account
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if a, err = s.locked(ctx, tx, t.ID); err != nil {
			return err
		}
		if a.State == Closed {
			return stateRefuses(a)
		}
		return fn(ctx, tx, a)
	})
	if err != nil {
		return err
	}
	return s.apply(ctx, t, a)
}

// Close asks for the end of a workspace: from now on it can be read and exported only, and after the days of Terms.Closing it is gone for good.
func (s *Service) Close(ctx context.Context, t *tenancy.Tenant, actor string) error {
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if a.State == Closing {
			return nil
		}
		return s.step(ctx, tx, a, Closing, causeOwner, actor)
	})
}

// Reopen takes a request to close back: the workspace is what it was before.
func (s *Service) Reopen(ctx context.Context, t *tenancy.Tenant, actor string) error {
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if a.State != Closing || a.Back == "" {
			return stateRefuses(a)
		}
		back, cause := a.Back, causeOwner
		if back == ReadOnly || back == Suspended {
			cause = causeWaited
		}
		return s.step(ctx, tx, a, back, cause, actor)
	})
}

// close writes the last invoice and the end.
func (s *Service) close(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant, a *Account) error {
	today := clock.DateOf(s.db.Now(), a.zone)
	if err := s.issueUntil(ctx, tx, t, a, today); err != nil {
		return err
	}
	if a.Subscription != "" {
		if err := s.enqueue(ctx, tx, a, "cancel:"+a.Tenant.String(), kindCancel, cancelCall{a.Subscription}); err != nil {
			return err
		}
	}
	return s.step(ctx, tx, a, Closed, causeWaited, "")
}

// Tick is what billing does by itself each hour: count, take steps, write invoices, watch budgets. A company that fails does not keep the others.
func (s *Service) Tick(ctx context.Context) error {
	if err := s.Flush(ctx); err != nil {
		return err
	}
	tenants, err := s.db.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range tenants {
		if ctx.Err() != nil {
			break
		}
		if err := s.TickTenant(ctx, t); err != nil {
			s.log.ErrorContext(ctx, "billing", "tenant", t.ID.String(), "error", err)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// TickTenant is Tick for one tenant.
func (s *Service) TickTenant(ctx context.Context, t *tenancy.Tenant) error {
	if s.cfg.Private != nil {
		_, err := s.RollUpTenant(ctx, t)
		return errors.Join(err, s.License(ctx, t))
	}
	if _, err := s.RollUpTenant(ctx, t); err != nil {
		return err
	}
	if err := s.Issue(ctx, t); err != nil {
		return err
	}
	if err := s.Report(ctx, t); err != nil {
		return err
	}
	return s.Live(ctx, t)
}
