package billing

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Receive takes a webhook: its signature is checked, it is stored as it came, once for each event, and worked on. What can't be worked on now is tried
// again by Digest; the provider hears of a bad signature only.
func (s *Service) Receive(ctx context.Context, provider string, body []byte, signature string) error {
	if s.cfg.Provider == nil || s.cfg.Provider.Name() != provider {
		return fault.New(fault.NotFound, "webhook.unknown", "没有此服务", "There is no such service")
	}
	if err := s.cfg.Provider.Verify(body, signature); err != nil {
		return fault.New(fault.Invalid, "webhook.signature", "签名无效或已过期", "The signature is not valid, or too old").Because(err)
	}
	told, err := s.cfg.Provider.Read(body)
	if err != nil {
		return fault.New(fault.Invalid, "webhook.body", "无法识别的内容", "The body can't be read").Because(err)
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into tenon.billing_inbox (event, kind, about, at, received_at, body) values ($1, $2, $3, $4, $5, $6)
			on conflict (event) do update set times = tenon.billing_inbox.times + 1`, told.ID, told.Kind, told.About, told.At, s.db.Now(), string(body))
		return err
	})
	if err != nil {
		return err
	}
	if err := s.digest(ctx, told.ID, false); err != nil {
		s.log.WarnContext(ctx, "billing: a webhook waits", "event", told.ID, "kind", told.Kind, "error", err)
	}
	return nil
}

// Digest works on stored webhooks that are not done.
func (s *Service) Digest(ctx context.Context) error {
	var open []string
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select event from tenon.billing_inbox where done_at is null order by received_at limit 500")
		if err != nil {
			return err
		}
		open, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	errs := []error{err}
	for _, event := range open {
		errs = append(errs, s.digest(ctx, event, false))
	}
	return errors.Join(errs...)
}

// ReplayWebhook works on a stored webhook again. What it would change is changed already, unless something had gone wrong.
func (s *Service) ReplayWebhook(ctx context.Context, event, operator string) error {
	if err := s.digest(ctx, event, true); err != nil {
		return err
	}
	return s.entry(ctx, operator, id.ID{}, "webhook.replay", map[string]any{"event": event})
}

// digest works on one webhook and writes its end in the same transaction.
func (s *Service) digest(ctx context.Context, event string, again bool) error {
	var touched id.ID
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var body string
		var done bool
		err := tx.QueryRow(ctx, "select body, done_at is not null from tenon.billing_inbox where event = $1 for update", event).Scan(&body, &done)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "webhook.not_found", "没有这个事件", "There is no such event")
		}
		if err != nil || done && !again {
			return err
		}
		told, err := s.cfg.Provider.Read([]byte(body))
		if err != nil {
			return err
		}
		var outcome string
		if touched, outcome, err = s.follow(ctx, tx, told); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update tenon.billing_inbox set done_at = $2, outcome = $3 where event = $1", event, s.db.Now(), outcome)
		return err
	})
	if err != nil || touched.IsZero() {
		return err
	}
	t, err := s.db.Tenant(ctx, touched)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Live(ctx, t)
}

// follow does what a webhook asks for, whatever came before or comes later.
func (s *Service) follow(ctx context.Context, tx pgx.Tx, told Told) (touched id.ID, outcome string, err error) {
	switch told.Kind {
	case ToldCheckout:
		return s.checkedOut(ctx, tx, told)
	case ToldEnded, ToldGone:
		return s.ended(ctx, tx, told)
	case ToldPaid, ToldFailed, ToldAction, ToldVoid:
		return s.moved(ctx, tx, told)
	case ToldDraft:
		a, err := s.accountOf(ctx, tx, told.Customer)
		if err != nil || a == nil {
			return id.ID{}, "nobody's", err
		}
		return a.Tenant, "held", s.enqueue(ctx, tx, a, "hold:"+told.Ref, kindHold, holdCall{told.Ref})
	}
	return id.ID{}, "nothing to do", nil
}

// accountOf finds whose customer it is; nil for nobody's.
func (s *Service) accountOf(ctx context.Context, tx pgx.Tx, customer string) (*Account, error) {
	var tenant string
	err := tx.QueryRow(ctx, "select tenant_id::text from tenon.billing_account where customer = $1 and customer <> ''", customer).Scan(&tenant)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // nobody is an answer
	}
	if err != nil {
		return nil, err
	}
	key, err := id.Parse(tenant)
	if err != nil {
		return nil, err
	}
	return s.locked(ctx, tx, key)
}

// checkedOut notes how a tenant pays. A session that names one tenant and another one's customer is refused.
func (s *Service) checkedOut(ctx context.Context, tx pgx.Tx, told Told) (touched id.ID, outcome string, err error) {
	tenant, err := id.Parse(told.Tenant)
	if err != nil {
		return touched, "refused: no tenant of ours", nil //nolint:nilerr // what it names is not ours: that is an answer
	}
	a, err := s.locked(ctx, tx, tenant)
	if fault.Is(err, fault.NotFound) {
		return touched, "refused: no tenant of ours", nil
	}
	if err != nil {
		return touched, "", err
	}
	if a.Customer != told.Customer {
		return touched, fmt.Sprintf("refused: customer %s is not this company's", told.Customer), nil
	}
	var over bool
	if err := tx.QueryRow(ctx, "select exists (select from tenon.billing_inbox where about = $1 and kind = $2)", told.Subscription, ToldEnded).Scan(&over); err != nil {
		return touched, "", err
	}
	if over {
		return touched, "the subscription has ended already", nil
	}
	_, err = tx.Exec(ctx, "update tenon.billing_account set subscription = $2, collect = 'provider' where tenant_id = $1", tenant.String(), told.Subscription)
	if err != nil {
		return touched, "", err
	}
	a.Subscription, a.Collect = told.Subscription, collectProvider
	late, err := overdue(ctx, tx, tenant, clock.DateOf(s.db.Now(), a.zone))
	if err == nil && !late && (a.State == Trial || a.State == ReadOnly && a.Cause == causeTrialEnd) {
		err = s.step(ctx, tx, a, Active, causePaid, "")
	}
	return tenant, "subscribed", err
}

// ended notes that the provider does not collect from a tenant any more. Nobody is cut off by it: invoices go on, and are paid otherwise.
func (s *Service) ended(ctx context.Context, tx pgx.Tx, told Told) (touched id.ID, outcome string, err error) {
	a, err := s.accountOf(ctx, tx, told.Customer)
	if err != nil || a == nil {
		return touched, "nobody's", err
	}
	if told.Kind == ToldEnded && a.Subscription != told.Subscription {
		return touched, "of a subscription that is not in use", nil
	}
	gone := told.Kind == ToldGone
	_, err = tx.Exec(ctx, `update tenon.billing_account set subscription = '', collect = case when collect = 'provider' then 'none' else collect end,
		customer = case when $2 then '' else customer end where tenant_id = $1`, a.Tenant.String(), gone)
	if err != nil {
		return touched, "", err
	}
	return a.Tenant, "no longer collected by the provider", s.tell(ctx, tx, a, "ended:"+told.ID, failedLetter())
}

// moved follows an invoice of ours. Paid is the last word: what comes later of an earlier attempt changes nothing.
func (s *Service) moved(ctx context.Context, tx pgx.Tx, told Told) (touched id.ID, outcome string, err error) {
	key, err := id.Parse(told.Invoice)
	if err != nil {
		return touched, "no invoice of ours", nil //nolint:nilerr // as above
	}
	v, err := invoiceIn(ctx, tx, "id = $1", key.String())
	if fault.Is(err, fault.NotFound) {
		return touched, "no invoice of ours", nil
	}
	if err != nil {
		return touched, "", err
	}
	a, err := s.locked(ctx, tx, v.Tenant)
	if err != nil {
		return touched, "", err
	}
	if a.Customer != "" && a.Customer != told.Customer {
		return touched, fmt.Sprintf("refused: customer %s is not this invoice's", told.Customer), nil
	}
	if told.Ref != "" && v.ProviderRef == "" {
		_, err = tx.Exec(ctx, "update tenon.billing_invoice set provider_ref = $2, provider_url = $3 where id = $1 and provider_ref = ''", v.ID.String(), told.Ref, told.URL)
		if err != nil {
			return touched, "", err
		}
	}
	switch {
	case told.Kind == ToldPaid:
		if told.Ref == "" && v.ProviderRef != "" && v.State == "open" {
			if err := s.enqueue(ctx, tx, a, "elsewhere:"+v.ID.String(), kindElsewhere, holdCall{v.ProviderRef}); err != nil {
				return touched, "", err
			}
		}
		return v.Tenant, "paid", s.pay(ctx, tx, v, s.cfg.Provider.Name())
	case v.State != "open":
		return touched, "the invoice is " + v.State, nil
	case told.Kind == ToldAction:
		return v.Tenant, "the payer was asked to confirm", s.tell(ctx, tx, a, "action:"+told.ID, actionLetter())
	case told.Kind == ToldVoid:
		_, err = tx.Exec(ctx, "update tenon.billing_invoice set state = 'uncollectible' where id = $1", v.ID.String())
		return v.Tenant, "uncollectible", err
	}
	yesterday := clock.DateOf(s.db.Now(), a.zone).AddDays(-1)
	if _, err := tx.Exec(ctx, "update tenon.billing_invoice set due_on = least(due_on, $2::date) where id = $1", v.ID.String(), yesterday.String()); err != nil {
		return touched, "", err
	}
	return v.Tenant, "a payment failed", s.tell(ctx, tx, a, "failed:"+told.ID, failedLetter())
}

// tenantOf is the tenant of an account, or nil when it is gone.
func (s *Service) tenantOf(ctx context.Context, key id.ID) (*tenancy.Tenant, error) {
	t, err := s.db.Tenant(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // gone is an answer
	}
	return t, err
}
