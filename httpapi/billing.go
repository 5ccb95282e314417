package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// paying files the routes of who pays what.
func (a *API) paying(on func(method, path string, h handler)) {
	on(http.MethodGet, "/billing", a.account)
	on(http.MethodPatch, "/billing", a.setAccount)
	on(http.MethodGet, "/billing/prices", a.prices)
	on(http.MethodGet, "/billing/usage", a.usage)
	on(http.MethodGet, "/billing/usage/events", a.usageEvents)
	on(http.MethodGet, "/billing/invoices", a.invoices)
	on(http.MethodGet, "/billing/invoices/{id}", a.invoice)
	on(http.MethodPost, "/billing/invoices/{id}/replay", a.replayInvoice)
	on(http.MethodPost, "/billing/invoices/{id}/pay", a.payInvoice)
	on(http.MethodPost, "/billing/checkout", a.checkout)
	on(http.MethodPost, "/billing/portal", a.portal)
	on(http.MethodPost, "/billing/coupon", a.coupon)
	on(http.MethodPost, "/billing/activate", a.lifeAct((*billing.Service).Activate))
	on(http.MethodPost, "/billing/close", a.closeTenant)
	on(http.MethodPost, "/billing/reopen", a.lifeAct((*billing.Service).Reopen))
	on(http.MethodPost, "/billing/consent", a.consent)
	on(http.MethodPost, "/billing/webhooks/{provider}", a.webhook)
}

// payer is the caller, when they may see what the company uses and pays; change asks for the owner.
func (a *API) payer(r *http.Request, change bool) (caller, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, err
	}
	if slices.Contains(c.actor.Roles, "owner") || !change && slices.Contains(c.actor.Roles, "admin") {
		return c, nil
	}
	return c, fault.New(fault.Forbidden, "billing.denied", "账单只对所有者开放，管理员可查看（规则 platform.billing）",
		"Billing is the owner's; admins may look (rule platform.billing)").With("rule", "platform.billing")
}

// banner says to everybody in the company what its account's state means for them; nil: nothing to say.
func banner(b *billing.Account, st *billing.Standing, now time.Time, lang i18n.Lang) any {
	say := func(level, reason, zh, en string, until any) map[string]any {
		return map[string]any{"level": level, "reason": reason, "text": i18n.T(zh, en).In(lang), "until": until}
	}
	if st != nil {
		return licenceBanner(st, say)
	}
	switch b.State {
	case billing.Trial:
		n := int((b.TrialEnds.Sub(now) + 24*time.Hour - 1) / (24 * time.Hour))
		if n < 1 {
			return say("info", "trial", "试用期已结束", "The trial is over", b.TrialEnds)
		}
		left := strconv.Itoa(n)
		return say("info", "trial", "试用期还剩 "+left+" 天，无需付款信息", left+" days of trial left; no card is needed", b.TrialEnds)
	case billing.PastDue:
		return say("warning", "past_due", "有账单逾期未付，目前一切照常", "An invoice is overdue; everything works as before", nil)
	case billing.ReadOnly:
		if b.Cause == "budget" {
			return say("danger", "budget", "本月预算上限已达到：企业为只读，期间不计费。所有者可提高上限", "The monthly limit is reached: the workspace is read-only and costs nothing. Its owner can raise the limit", nil)
		}
		return say("danger", "read_only", "企业为只读：可查看、导出和付款", "The workspace is read-only: look, export and pay", nil)
	case billing.Suspended:
		return say("danger", "suspended", "企业已停用：所有者和管理员可导出和付款", "The workspace is suspended: its owners and admins can export and pay", nil)
	case billing.Closing:
		return say("danger", "closing", "企业即将关闭：请导出数据", "The workspace will close: export your data", nil)
	}
	return nil
}

func licenceBanner(st *billing.Standing, say func(level, reason, zh, en string, until any) map[string]any) any {
	left := strconv.Itoa(max(st.Left, 0))
	switch {
	case st.ReadOnly:
		return say("danger", "licence.expired", "许可已过期：可查看和导出，不能修改", "The licence has run out: look and export, no changes", nil)
	case st.Problem == "grace":
		return say("warning", "licence.grace", "许可已到期，"+left+" 天后变为只读", "The licence has ended; read-only in "+left+" days", nil)
	case st.Problem == "none" || st.Problem == "unsigned":
		return say("info", "licence.none", "尚未安装许可，试用还剩 "+left+" 天", "No licence is installed; "+left+" days of trial left", nil)
	case st.TooMany:
		return say("warning", "licence.seats", "使用人数超过许可", "More people use Tenon than the licence names", nil)
	}
	return nil
}

// standing is the account with the licence of a private install.
func (a *API) standing(ctx context.Context, t *tenancy.Tenant) (*billing.Account, *billing.Standing, error) {
	b, err := a.billing.Account(ctx, t)
	if err != nil || a.billing.Private() == nil {
		return b, nil, err
	}
	st, err := a.billing.Stand(ctx, t)
	return b, st, err
}

func (a *API) edition() string {
	if a.billing.Private() != nil {
		return "private"
	}
	return "saas"
}

func (a *API) account(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	return a.showAccount(w, r, c)
}

func (a *API) showAccount(w http.ResponseWriter, r *http.Request, c caller) error {
	b, st, err := a.standing(r.Context(), c.tenant)
	if err != nil {
		return err
	}
	steps, err := a.billing.Steps(r.Context(), c.tenant.ID)
	if err != nil {
		return err
	}
	acts, err := a.billing.Entries(r.Context(), c.tenant.ID)
	if err != nil {
		return err
	}
	life := make([]map[string]any, len(steps))
	for i, x := range steps {
		life[i] = map[string]any{"at": x.At, "from": x.Was, "to": x.State, "cause": x.Cause}
	}
	by := make([]map[string]any, len(acts))
	for i, x := range acts {
		by[i] = map[string]any{"at": x.At, "operator": x.Operator, "what": x.What, "detail": x.Detail}
	}
	out := accountJSON(b)
	out["edition"], out["provider"] = a.edition(), a.billing.Provided()
	if st != nil {
		out["licence"] = licenceJSON(st)
	}
	out["banner"] = banner(b, st, a.db.Now(), languageOf(r))
	out["steps"], out["operator_acts"], out["currencies"] = life, by, billing.Currencies()
	return reply(w, http.StatusOK, out)
}

func accountJSON(b *billing.Account) map[string]any {
	out := map[string]any{
		"state": b.State, "cause": b.Cause, "since": b.Since, "trial_ends_at": b.TrialEnds, "plan": b.Plan, "currency": b.Currency, "collect": b.Collect,
		"name": b.Name, "email": b.Email, "tax_id": b.TaxID, "discount_percent": b.Discount.String(), "discount_until": orNil(b.DiscountTill),
		"budget": nil, "cap": b.Cap, "subscribed": b.Subscription != "", "consent_until": b.ConsentUntil, "own_prices": append([]billing.Item{}, b.Own...),
	}
	if b.Budget != nil {
		out["budget"] = b.Budget.StringFixed(money.MinorUnit(b.Currency))
	}
	return out
}

func orNil(d clock.Date) any {
	if d.IsZero() {
		return nil
	}
	return d
}

func licenceJSON(st *billing.Standing) map[string]any {
	return map[string]any{
		"licence": st.Licence, "problem": st.Problem, "days_left": st.Left, "seats_used": st.Seats, "too_many_seats": st.TooMany, "read_only": st.ReadOnly,
	}
}

// setAccount changes what the owner says about the account.
func (a *API) setAccount(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	var in struct {
		Budget   json.RawMessage `json:"budget"`
		Cap      *bool           `json:"cap"`
		Currency *string         `json:"currency"`
		Collect  *string         `json:"collect"`
		Name     *string         `json:"name"`
		Email    *string         `json:"email"`
		TaxID    *string         `json:"tax_id"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	set := billing.Settings{Cap: in.Cap, Currency: in.Currency, Collect: in.Collect, Name: in.Name, Email: in.Email, TaxID: in.TaxID}
	if in.Budget != nil {
		budget, err := amountOrNull(in.Budget, "budget")
		if err != nil {
			return err
		}
		set.Budget = &budget
	}
	if err := a.billing.Set(r.Context(), c.tenant, set); err != nil {
		return err
	}
	return a.showAccount(w, r, c)
}

// amountOrNull reads an amount as it is written in JSON, or null.
func amountOrNull(raw json.RawMessage, field string) (*money.Amount, error) {
	if string(raw) == "null" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	d, err := money.Parse(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At(field, "value.number", "%[1]s 不是金额", "%[1]s is no amount", text)
	}
	return &d, nil
}

// lifeAct answers an act of the owner upon the workspace's life with the account.
func (a *API) lifeAct(act func(s *billing.Service, ctx context.Context, t *tenancy.Tenant, actor string) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.payer(r, true)
		if err != nil {
			return err
		}
		if err := act(a.billing, r.Context(), c.tenant, c.actor.Name); err != nil {
			return err
		}
		return a.showAccount(w, r, c)
	}
}

// closeTenant asks for the end: the company's name must be given, so that nobody closes it by mistake.
func (a *API) closeTenant(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	var in struct {
		Confirm string `json:"confirm"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Confirm != c.tenant.Name {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("confirm", "close.confirm", "请输入企业名称 %s 以确认", "write the company's name, %s, to confirm", c.tenant.Name)
	}
	if err := a.billing.Close(r.Context(), c.tenant, c.actor.Name); err != nil {
		return err
	}
	return a.showAccount(w, r, c)
}

func (a *API) consent(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	var in struct {
		Hours int `json:"hours"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	until, err := a.billing.Consent(r.Context(), c.tenant, in.Hours, c.actor.Name)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"consent_until": until})
}

func (a *API) webhook(w http.ResponseWriter, r *http.Request) error {
	body, err := readAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return err
	}
	if err := a.billing.Receive(r.Context(), mux.Vars(r)["provider"], body, r.Header.Get("Stripe-Signature")); err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"received": true})
}

// invoiceKey reads the id in an address.
func invoiceKey(r *http.Request) (id.ID, error) {
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return key, notFound()
	}
	return key, nil
}
