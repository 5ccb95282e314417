package billing

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

func noProvider() error {
	return fault.New(fault.Unavailable, "billing.no_provider", "未连接支付服务，请按账单转账付款", "No payment service is connected: invoices are paid by transfer")
}

// Checkout returns the address of the provider's page on which a company leaves a way to pay.
func (s *Service) Checkout(ctx context.Context, t *tenancy.Tenant, key string, back string) (string, error) {
	if s.cfg.Provider == nil {
		return "", noProvider()
	}
	a, err := s.customer(ctx, t)
	if err != nil {
		return "", err
	}
	next := firstOf(clock.DateOf(s.db.Now(), a.zone)).AddMonths(1)
	url, err := s.cfg.Provider.Checkout(ctx, key, CheckoutCall{
		Tenant: t.ID.String(), Customer: a.Customer, Currency: a.Currency, Anchor: dayOf(next, a.zone).from,
		Success: back + "?paid=1", Cancel: back, English: t.Locale == i18n.EN,
	})
	return url, away(err)
}

// Subscribe lets the provider send invoices that are paid on its page, without anything on file.
func (s *Service) Subscribe(ctx context.Context, t *tenancy.Tenant, key string) error {
	if s.cfg.Provider == nil {
		return noProvider()
	}
	a, err := s.customer(ctx, t)
	if err != nil {
		return err
	}
	if a.Subscription != "" {
		return fault.New(fault.Conflict, "billing.subscribed", "已有订阅", "There is a subscription already")
	}
	next := firstOf(clock.DateOf(s.db.Now(), a.zone)).AddMonths(1)
	made, err := s.cfg.Provider.Subscribe(ctx, key, CheckoutCall{
		Tenant: t.ID.String(), Customer: a.Customer, Currency: a.Currency, Anchor: dayOf(next, a.zone).from, DueDays: s.terms.Due,
	})
	if err != nil {
		return away(err)
	}
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, _ *Account) error {
		_, err := tx.Exec(ctx, "update tenon.billing_account set subscription = $2, collect = 'provider' where tenant_id = $1", t.ID.String(), made)
		return err
	})
}

// PayPage returns the address on which an open invoice is paid at once.
func (s *Service) PayPage(ctx context.Context, t *tenancy.Tenant, key id.ID, back string) (string, error) {
	if s.cfg.Provider == nil {
		return "", noProvider()
	}
	v, err := s.Invoice(ctx, t.ID, key)
	if err != nil {
		return "", err
	}
	if v.Kind != "invoice" || v.State != "open" && v.State != "uncollectible" {
		return "", fault.New(fault.Conflict, "invoice.settled", "账单 %s 无需付款", "Nothing is to be paid for %s", v.No)
	}
	a, err := s.customer(ctx, t)
	if err != nil {
		return "", err
	}
	url, err := s.cfg.Provider.PayPage(ctx, "pay:"+v.ID.String()+":"+s.db.NewID().String(), PayCall{
		Tenant: t.ID.String(), Customer: a.Customer, Invoice: v.ID.String(), No: v.No, Currency: v.Currency, Total: minor(v.Total, v.Currency),
		Success: back + "?paid=1", Cancel: back, English: t.Locale == i18n.EN,
	})
	return url, away(err)
}

// Coupon takes a code of the provider's as a discount of the account: our ledger applies it, so that statement and charge agree.
func (s *Service) Coupon(ctx context.Context, t *tenancy.Tenant, code string) error {
	if s.cfg.Provider == nil {
		return noProvider()
	}
	c, err := s.cfg.Provider.Coupon(ctx, code)
	if errors.Is(err, ErrGone) {
		return fault.New(fault.Rule, "coupon.unknown", "优惠码 %s 无效或已过期", "The code %s is not valid any more", code).At("code", "coupon.unknown", "无效", "is not valid")
	}
	if err != nil {
		return away(err)
	}
	percent, err := money.Parse(c.Percent)
	if err != nil {
		return err
	}
	return s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		till := ""
		if c.Months > 0 {
			till = clock.DateOf(s.db.Now(), a.zone).AddMonths(c.Months - 1).MonthEnd().String()
		}
		_, err := tx.Exec(ctx, "update tenon.billing_account set discount_percent = $2, discount_until = nullif($3, '')::date where tenant_id = $1", t.ID.String(), percent.String(), till)
		return err
	})
}

// Portal returns the address of the provider's page for methods and receipts.
func (s *Service) Portal(ctx context.Context, t *tenancy.Tenant, back string) (string, error) {
	if s.cfg.Provider == nil {
		return "", noProvider()
	}
	a, err := s.customer(ctx, t)
	if err != nil {
		return "", err
	}
	url, err := s.cfg.Provider.Portal(ctx, a.Customer, back)
	return url, away(err)
}

// away turns a provider's error into what people may read.
func away(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "billing.provider_down", "支付服务暂时不可用，请稍后重试；其他功能不受影响", "The payment service can't be reached; try again later. Nothing else is affected").Because(err)
}

// customer makes the provider's record of a company at the first need. The call is made outside of the transaction; its key makes it one.
func (s *Service) customer(ctx context.Context, t *tenancy.Tenant) (*Account, error) {
	a, err := s.Account(ctx, t)
	if err != nil || a.Customer != "" {
		return a, err
	}
	made, err := s.cfg.Provider.Customer(ctx, "customer:"+t.ID.String()+":"+a.Since.UTC().Format("20060102150405"), Customer{
		Tenant: t.ID.String(), Name: firstText(a.Name, t.Name), Email: a.Email, TaxID: a.TaxID, English: t.Locale == i18n.EN,
	})
	if err != nil {
		return nil, away(err)
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "update tenon.billing_account set customer = $2 where tenant_id = $1 and customer = ''", t.ID.String(), made)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Account(ctx, t)
}

func firstText(list ...string) string {
	for _, x := range list {
		if x != "" {
			return x
		}
	}
	return ""
}

// Settings are what an owner says about an account; nil leaves a part as it is.
type Settings struct {
	Budget   **money.Amount // a pointer to nil takes the budget away
	Cap      *bool
	Currency *string
	Collect  *string // "invoice": by transfer; "none" takes that back
	Name     *string
	Email    *string
	TaxID    *string
}

// Set changes an account. The currency is fixed once an invoice was written in it.
func (s *Service) Set(ctx context.Context, t *tenancy.Tenant, in Settings) error {
	err := s.change(ctx, t, func(ctx context.Context, tx pgx.Tx, a *Account) error {
		if err := s.check(ctx, tx, a, in); err != nil {
			return err
		}
		if in.Budget != nil {
			a.Budget = *in.Budget
		}
		set(&a.Cap, in.Cap)
		set(&a.Currency, in.Currency)
		set(&a.Collect, in.Collect)
		set(&a.Name, in.Name)
		set(&a.Email, in.Email)
		set(&a.TaxID, in.TaxID)
		var budget any
		if a.Budget != nil {
			budget = a.Budget.String()
		}
		_, err := tx.Exec(ctx, `update tenon.billing_account set budget = $2, cap = $3, currency = $4, collect = $5, name = $6, email = $7, tax_id = $8 where tenant_id = $1`,
			t.ID.String(), budget, a.Cap, a.Currency, a.Collect, a.Name, a.Email, a.TaxID)
		return err
	})
	if err != nil {
		return err
	}
	return s.Live(ctx, t) // a limit that was raised lifts what it had stopped
}

func set[T any](into *T, v *T) {
	if v != nil {
		*into = *v
	}
}

func (s *Service) check(ctx context.Context, tx pgx.Tx, a *Account, in Settings) error {
	var f fault.Fields
	if in.Budget != nil && *in.Budget != nil && ((*in.Budget).Sign() <= 0 || (*in.Budget).GreaterThan(money.Int(1_000_000_000))) {
		f.Add("budget", "value.range", "应大于 0", "must be above 0, or null for none")
	}
	limit := a.Budget
	if in.Budget != nil {
		limit = *in.Budget
	}
	if in.Cap != nil && *in.Cap && limit == nil {
		f.Add("cap", "required", "设置上限前请先填写预算", "a hard limit needs a budget")
	}
	if in.Collect != nil && *in.Collect != collectInvoice && *in.Collect != collectNone {
		f.Add("collect", "value.option", "应为 invoice 或 none；在线支付请使用 checkout", "must be invoice or none; other ways begin with a checkout")
	}
	if in.Email != nil && *in.Email != "" && (!strings.Contains(*in.Email, "@") || len(*in.Email) > 200) {
		f.Add("email", "value.invalid", "不是有效的邮箱", "is no e-mail address")
	}
	for name, v := range map[string]*string{"name": in.Name, "tax_id": in.TaxID} {
		if v != nil && (len(*v) > 200 || strings.ContainsRune(*v, 0)) {
			f.Add(name, "value.length", "不超过 200 字节", "up to 200 bytes")
		}
	}
	if in.Currency != nil && !slices.Contains(Currencies(), *in.Currency) {
		f.Add("currency", "value.option", "应为 CNY、USD 或 EUR", "must be CNY, USD or EUR")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if in.Currency == nil || *in.Currency == a.Currency {
		return nil
	}
	var billed bool
	err := tx.QueryRow(ctx, "select exists (select from tenon.billing_invoice where tenant_id = $1)", a.Tenant.String()).Scan(&billed)
	if err == nil && (billed || a.Subscription != "") {
		return fault.New(fault.Conflict, "billing.currency_fixed", "已有账单或订阅，币种不能再改", "The currency is fixed: there are invoices or a subscription in it")
	}
	return err
}
