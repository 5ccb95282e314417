package billing

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a tenant's life.
const (
	Trial     = "trial"
	Active    = "active"
	PastDue   = "past_due"  // an invoice is overdue: everything works, and people are told
	ReadOnly  = "read_only" // everything can be read and exported, and invoices be paid
	Suspended = "suspended" // only owners and admins may enter, to export and to pay
	Closing   = "closing"   // somebody asked for the end, or nobody paid for long: what can be exported is offered
	Closed    = "closed"    // the keys are shredded and the data is gone; invoices stay
)

// Why a state was entered.
const (
	causeSignUp   = "sign_up"
	causeTrialEnd = "trial_ended"
	causeUnpaid   = "unpaid"
	causePaid     = "paid"
	causeCap      = "budget"
	causeMonth    = "new_month"
	causeOwner    = "owner"
	causeOperator = "operator"
	causeWaited   = "waited"
)

// How an account pays.
const (
	collectNone     = "none"
	collectProvider = "provider" // by what is on file with the payment provider
	collectInvoice  = "invoice"  // by transfer, on invoice
)

// PlanFree is never billed, and no rule changes its state: the demo company, the operator's own.
const PlanFree = "free"

// Account is how a tenant pays and where it stands.
type Account struct {
	Tenant       id.ID
	State, Cause string
	Since        time.Time
	Back         string
	TrialEnds    time.Time
	Plan         string
	Currency     string
	Collect      string
	Name, Email  string
	TaxID        string
	TaxPercent   *money.Percent
	Discount     money.Percent
	DiscountTill clock.Date
	Own          []Item
	Budget       *money.Amount
	Cap          bool
	Warned       string
	Customer     string
	Subscription string
	ConsentUntil *time.Time
	RolledUntil  time.Time
	BilledUntil  clock.Date
	Created      time.Time

	zone *time.Location
}

const accountColumns = `a.tenant_id::text, a.state, a.cause, a.since, a.back, a.trial_ends_at, a.plan, a.currency, a.collect, a.name, a.email, a.tax_id,
	a.tax_percent::text, a.discount_percent::text, coalesce(a.discount_until::text, ''), a.overrides, a.budget::text, a.cap, a.warned, a.customer,
	a.subscription, a.consent_until, a.rolled_until, a.billed_until::text, a.created_at, t.zone`

func scanAccount(row pgx.CollectableRow) (*Account, error) {
	a := &Account{}
	var tenant, discount, till, billed, zone string
	var tax, budget *string
	var own []byte
	err := row.Scan(&tenant, &a.State, &a.Cause, &a.Since, &a.Back, &a.TrialEnds, &a.Plan, &a.Currency, &a.Collect, &a.Name, &a.Email, &a.TaxID,
		&tax, &discount, &till, &own, &budget, &a.Cap, &a.Warned, &a.Customer,
		&a.Subscription, &a.ConsentUntil, &a.RolledUntil, &billed, &a.Created, &zone)
	if err != nil {
		return nil, err
	}
	var errs [7]error
	a.Tenant, errs[0] = id.Parse(tenant)
	a.Discount, errs[1] = money.Parse(discount)
	errs[2] = a.DiscountTill.UnmarshalText([]byte(till))
	a.BilledUntil, errs[3] = clock.ParseDate(billed)
	errs[4] = json.Unmarshal(own, &a.Own)
	a.zone, errs[5] = time.LoadLocation(zone)
	a.TaxPercent, a.Budget = optional(tax, &errs[6]), optional(budget, &errs[6])
	return a, errors.Join(errs[:]...)
}

func optional(s *string, err *error) *money.Amount {
	if s == nil {
		return nil
	}
	d, failed := money.Parse(*s)
	*err = errors.Join(*err, failed)
	return &d
}

// Charged tells whether what is used in this state is paid for.
func charged(state string) bool { return state == Active || state == PastDue }

// Account returns a tenant's account, made at the first question: its trial begins with the company.
func (s *Service) Account(ctx context.Context, t *tenancy.Tenant) (a *Account, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err = s.account(ctx, tx, t.ID)
		return err
	})
	return a, err
}

// account reads an account, making it where there is none.
func (s *Service) account(ctx context.Context, tx pgx.Tx, tenant id.ID) (*Account, error) {
	read := func() (*Account, error) {
		rows, err := tx.Query(ctx, "select "+accountColumns+" from tenon.billing_account a join tenon.tenant t on t.id = a.tenant_id where a.tenant_id = $1", tenant.String())
		if err != nil {
			return nil, err
		}
		return pgx.CollectExactlyOneRow(rows, scanAccount)
	}
	a, err := read()
	if !errors.Is(err, pgx.ErrNoRows) {
		return a, err
	}
	if err := s.makeAccount(ctx, tx, tenant); err != nil {
		return nil, err
	}
	a, err = read()
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "tenant.not_found", "没有这个企业", "There is no such workspace")
	}
	return a, err
}

// makeAccount writes a new account. A company that is older than billing starts its trial now: nobody is cut off by an upgrade.
func (s *Service) makeAccount(ctx context.Context, tx pgx.Tx, tenant id.ID) error {
	now := s.db.Now()
	var created time.Time
	var currency, zone string
	err := tx.QueryRow(ctx, "select created_at, currency, zone from tenon.tenant where id = $1", tenant.String()).Scan(&created, &currency, &zone)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.NotFound, "tenant.not_found", "没有这个企业", "There is no such workspace")
	}
	if err != nil {
		return err
	}
	if now.Sub(created) > 2*time.Hour || created.After(now) {
		created = now
	}
	if !slices.Contains(Currencies(), currency) {
		currency = "USD"
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `insert into tenon.billing_account (tenant_id, state, cause, since, trial_ends_at, currency, rolled_until, billed_until, created_at)
		values ($1, $2, $3, $4, $5, $6, $4, $7, $4) on conflict do nothing`,
		tenant.String(), Trial, causeSignUp, created, created.Add(days(s.terms.Trial)), currency, clock.DateOf(created, at).String())
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	return s.note(ctx, tx, tenant, created, "", Trial, causeSignUp, "")
}

// note writes a step of a tenant's life down.
func (s *Service) note(ctx context.Context, tx pgx.Tx, tenant id.ID, at time.Time, was, state, cause, actor string) error {
	_, err := tx.Exec(ctx, "insert into tenon.billing_step (tenant_id, at, was, state, cause, actor) values ($1, $2, $3, $4, $5, $6)",
		tenant.String(), at, was, state, cause, actor)
	return err
}

// Step is one change of state.
type Step struct {
	At                     time.Time
	Was, State, Cause, Who string
}

// Steps returns a tenant's life so far, oldest first.
func (s *Service) Steps(ctx context.Context, tenant id.ID) (list []Step, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select at, was, state, cause, actor from tenon.billing_step where tenant_id = $1 order by seq", tenant.String())
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Step])
		return err
	})
	return list, err
}

// spans returns when a tenant was charged: whole hours, from the first full one after a beginning to the end of the one in which it ended.
func spans(steps []Step, until time.Time) []span {
	var out []span
	up := func(t time.Time) time.Time { return t.Add(time.Hour - 1).Truncate(time.Hour) }
	next := func(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) }
	var from time.Time
	for _, x := range steps {
		switch {
		case charged(x.State) && from.IsZero():
			from = next(x.At)
		case !charged(x.State) && !from.IsZero():
			if to := up(x.At); to.After(from) {
				out = append(out, span{from, to})
			}
			from = time.Time{}
		}
	}
	if to := up(until); !from.IsZero() && to.After(from) {
		out = append(out, span{from, to})
	}
	return out
}

// warned tells whether a warning was sent already.
func (a *Account) warned(what string) bool { return slices.Contains(strings.Fields(a.Warned), what) }
