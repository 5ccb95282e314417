package billing

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// operatorEntry writes down what an operator did, in the transaction of the act.
func operatorEntry(ctx context.Context, tx pgx.Tx, at time.Time, operator string, tenant id.ID, what string, detail any) error {
	raw, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	var about any
	if !tenant.IsZero() {
		about = tenant.String()
	}
	_, err = tx.Exec(ctx, "insert into tenon.operator_entry (at, operator, tenant_id, what, detail) values ($1, $2, $3, $4, $5)", at, operator, about, what, string(raw))
	return err
}

func (s *Service) entry(ctx context.Context, operator string, tenant id.ID, what string, detail any) error {
	return s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return operatorEntry(ctx, tx, s.db.Now(), operator, tenant, what, detail)
	})
}

// Entry is one act of an operator.
type Entry struct {
	At             time.Time
	Operator, What string
	Detail         json.RawMessage
}

// Entries returns what operators did with a tenant, newest first: the company may see it too.
func (s *Service) Entries(ctx context.Context, tenant id.ID) (list []Entry, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select at, operator, what, detail from tenon.operator_entry where tenant_id = $1 order by seq desc limit 200", tenant.String())
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Entry])
		return err
	})
	return list, err
}

// IsOperator tells whether a person works for the operator of this service.
func (s *Service) IsOperator(ctx context.Context, person id.ID) (yes bool, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select exists (select from tenon.operator where person_id = $1)", person.String()).Scan(&yes)
	})
	return yes, err
}

// Appoint makes the person with an address an operator, or ends that. Only the command line does it.
func (s *Service) Appoint(ctx context.Context, email string, on bool, by string) error {
	return s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select id::text from tenon.person where lower(email) = lower($1) or id::text = $1", email)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return fault.New(fault.NotFound, "person.not_found", "找到 %[1]d 个使用此地址的人，应恰好一个（可用编号）", "%[1]d people have this address, and it must be one; name the person by id", len(found))
		}
		if !on {
			_, err = tx.Exec(ctx, "delete from tenon.operator where person_id = $1", found[0])
			return errors.Join(err, operatorEntry(ctx, tx, s.db.Now(), by, id.ID{}, "operator.revoke", map[string]any{"person": found[0]}))
		}
		_, err = tx.Exec(ctx, "insert into tenon.operator values ($1, $2, $3) on conflict do nothing", found[0], s.db.Now(), by)
		return errors.Join(err, operatorEntry(ctx, tx, s.db.Now(), by, id.ID{}, "operator.grant", map[string]any{"person": found[0]}))
	})
}

// Plan is what an operator grants an account.
type Plan struct {
	Plan         *string
	Discount     *money.Percent
	DiscountTill *clock.Date
	TaxPercent   **money.Percent
	Own          *[]Item // prices that replace the book's
	TrialDays    *int    // from now
	Collect      *string
}

// Grant changes an account's plan. Months that were billed keep the prices that they had.
func (s *Service) Grant(ctx context.Context, t *tenancy.Tenant, p Plan, operator string) error {
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if err := p.check(); err != nil {
			return err
		}
		set(&a.Plan, p.Plan)
		set(&a.Discount, p.Discount)
		set(&a.DiscountTill, p.DiscountTill)
		set(&a.TaxPercent, p.TaxPercent)
		set(&a.Own, p.Own)
		set(&a.Collect, p.Collect)
		if p.TrialDays != nil {
			a.TrialEnds = s.db.Now().Add(days(*p.TrialDays))
		}
		own, err := json.Marshal(append([]Item{}, a.Own...))
		if err != nil {
			return err
		}
		var tax any
		if a.TaxPercent != nil {
			tax = a.TaxPercent.String()
		}
		_, err = tx.Exec(ctx, `update tenon.billing_account set plan = $2, discount_percent = $3, discount_until = nullif($4, '')::date, tax_percent = $5, overrides = $6,
			trial_ends_at = $7, collect = $8 where tenant_id = $1`,
			t.ID.String(), a.Plan, a.Discount.String(), a.DiscountTill.String(), tax, string(own), a.TrialEnds, a.Collect)
		if err != nil {
			return err
		}
		if p.TrialDays != nil && a.State == ReadOnly && a.Cause == causeTrialEnd {
			if err := s.step(ctx, tx, a, Trial, causeOperator, operator); err != nil {
				return err
			}
		}
		if a.Plan == PlanFree && a.State != Active && a.State != Closing {
			if err := s.step(ctx, tx, a, Active, causeOperator, operator); err != nil {
				return err
			}
		}
		return operatorEntry(ctx, tx, s.db.Now(), operator, t.ID, "plan", map[string]any{
			"plan": a.Plan, "discount_percent": a.Discount, "discount_until": a.DiscountTill, "prices": a.Own, "trial_ends_at": a.TrialEnds, "collect": a.Collect,
		})
	})
}

func (p Plan) check() error {
	var f fault.Fields
	if p.Plan != nil && !slices.Contains([]string{"standard", PlanFree}, *p.Plan) {
		f.Add("plan", "value.option", "应为 standard 或 free", "must be standard or free")
	}
	if p.Discount != nil && (p.Discount.IsNegative() || p.Discount.GreaterThan(money.Hundred())) {
		f.Add("discount_percent", "value.range", "应为 0 到 100", "must be 0 to 100")
	}
	if p.TaxPercent != nil && *p.TaxPercent != nil && ((*p.TaxPercent).IsNegative() || (*p.TaxPercent).GreaterThan(money.Hundred())) {
		f.Add("tax_percent", "value.range", "应为 0 到 100", "must be 0 to 100")
	}
	if p.TrialDays != nil && (*p.TrialDays < 0 || *p.TrialDays > 366) {
		f.Add("trial_days", "value.range", "应为 0 到 366", "must be 0 to 366")
	}
	if p.Collect != nil && !slices.Contains([]string{collectNone, collectInvoice}, *p.Collect) {
		f.Add("collect", "value.option", "应为 none 或 invoice", "must be none or invoice")
	}
	if p.Own != nil {
		(&List{Items: *p.Own}).check(&f, "prices")
	}
	return f.Err()
}

// Suspend stops a workspace at the operator's word: only owners and admins may enter, to read, export and pay.
func (s *Service) Suspend(ctx context.Context, t *tenancy.Tenant, operator string) error {
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if a.State == Suspended && a.Cause == causeOperator {
			return nil
		}
		if err := s.step(ctx, tx, a, Suspended, causeOperator, operator); err != nil {
			return err
		}
		return operatorEntry(ctx, tx, s.db.Now(), operator, t.ID, "suspend", map[string]any{})
	})
}

// Resume ends a suspension, or whatever else keeps a workspace from being used, at the operator's word: who was on trial goes on with it.
func (s *Service) Resume(ctx context.Context, t *tenancy.Tenant, operator string) error {
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if charged(a.State) || a.State == Trial {
			return nil
		}
		back := Active
		if a.Back == Trial || a.Collect == collectNone && s.db.Now().Before(a.TrialEnds) {
			back = Trial
		}
		if err := s.step(ctx, tx, a, back, causeOperator, operator); err != nil {
			return err
		}
		return operatorEntry(ctx, tx, s.db.Now(), operator, t.ID, "resume", map[string]any{"state": back})
	})
}

// Consent lets the operator enter a workspace as one of its people for some hours; 0 ends it.
func (s *Service) Consent(ctx context.Context, t *tenancy.Tenant, hours int, who string) (until *time.Time, err error) {
	if hours < 0 || hours > 72 {
		return nil, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("hours", "value.range", "应为 0 到 72", "must be 0 to 72")
	}
	if hours > 0 {
		at := s.db.Now().Add(time.Duration(hours) * time.Hour)
		until = &at
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := s.locked(ctx, tx, t.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update tenon.billing_account set consent_until = $2 where tenant_id = $1", t.ID.String(), until); err != nil {
			return err
		}
		return operatorEntry(ctx, tx, s.db.Now(), who, t.ID, "consent", map[string]any{"until": until})
	})
	if err == nil && until == nil {
		err = s.db.EndVisits(ctx, t.ID)
	}
	return until, err
}

// Impersonate answers whether an operator may enter as a person of a company now, and until when, and writes it down.
func (s *Service) Impersonate(ctx context.Context, t *tenancy.Tenant, user id.ID, reason, operator string) (until time.Time, err error) {
	if reason == "" {
		return until, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("reason", "required", "请填写原因", "say why")
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.account(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		now := s.db.Now()
		if a.ConsentUntil == nil || !now.Before(*a.ConsentUntil) {
			return fault.New(fault.Forbidden, "impersonate.no_consent", "该企业没有同意运营人员进入（规则 operator.consent）",
				"The company has not agreed that operators may enter (rule operator.consent)").With("rule", "operator.consent")
		}
		until = *a.ConsentUntil
		if most := now.Add(time.Hour); until.After(most) {
			until = most
		}
		return operatorEntry(ctx, tx, now, operator, t.ID, "impersonate", map[string]any{"user_id": user, "reason": reason, "until": until})
	})
	return until, err
}

// Guest is somebody as whom an operator may enter.
type Guest struct {
	User  id.ID
	Name  string
	Email string
}

// Guests lists as whom operators may enter a company: its people while its consent lasts, else nobody.
func (s *Service) Guests(ctx context.Context, t *tenancy.Tenant) (out []Guest, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.account(ctx, tx, t.ID)
		if err != nil || a.ConsentUntil == nil || !s.db.Now().Before(*a.ConsentUntil) {
			return err
		}
		rows, err := tx.Query(ctx, `select m.user_id::text, p.name, p.email from tenon.membership m join tenon.person p on p.id = m.person_id
			where m.tenant_id = $1 order by m.created_at, m.user_id limit 500`, t.ID.String())
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (g Guest, err error) {
			var key string
			if err = row.Scan(&key, &g.Name, &g.Email); err == nil {
				g.User, err = id.Parse(key)
			}
			return g, err
		})
		return err
	})
	return out, err
}
