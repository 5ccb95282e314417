package httpapi

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// operating files the routes of who runs the service. To all others they are not there.
func (a *API) operating(on func(method, path string, h handler)) {
	on(http.MethodGet, "/operator/tenants", a.operators(a.opTenants))
	on(http.MethodGet, "/operator/tenants/{id}", a.operators(a.opTenant))
	on(http.MethodPost, "/operator/tenants/{id}/plan", a.operators(a.opPlan))
	on(http.MethodPost, "/operator/tenants/{id}/credit", a.operators(a.opCredit))
	on(http.MethodPost, "/operator/tenants/{id}/paid", a.operators(a.opPaid))
	on(http.MethodPost, "/operator/tenants/{id}/suspend", a.operators(a.opSuspend))
	on(http.MethodPost, "/operator/tenants/{id}/resume", a.operators(a.opResume))
	on(http.MethodPost, "/operator/tenants/{id}/impersonate", a.operators(a.opImpersonate))
	on(http.MethodPost, "/operator/tenants/{id}/consent", a.operators(a.opAgree))
	on(http.MethodGet, "/operator/certificates", a.operators(a.opCertificates))
	on(http.MethodGet, "/operator/revenue", a.operators(a.opRevenue))
	on(http.MethodGet, "/operator/webhooks", a.operators(a.opWebhooks))
	on(http.MethodPost, "/operator/webhooks/{event}/replay", a.operators(a.opReplay))
	on(http.MethodGet, "/operator/differences", a.operators(a.opDifferences))
	on(http.MethodPost, "/operator/differences/{id}/repair", a.operators(a.opRepair))
	on(http.MethodGet, "/operator/prices", a.operators(a.opPrices))
	on(http.MethodPost, "/operator/prices", a.operators(a.opPublish))
}

type operatorHandler func(w http.ResponseWriter, r *http.Request, who string) error

// operators lets only those in who were appointed by `tenon operator grant`; who is no operator does not learn that there is something.
func (a *API) operators(h operatorHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.caller(r)
		if err != nil {
			return err
		}
		yes, err := a.billing.IsOperator(r.Context(), c.Person.ID)
		if err != nil {
			return err
		}
		if !yes || c.Visitor() != "" {
			return notFound()
		}
		return h(w, r, c.Person.Email)
	}
}

// company reads the tenant in an address.
func (a *API) company(r *http.Request) (*tenancy.Tenant, error) {
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return nil, notFound()
	}
	return a.db.Tenant(r.Context(), key)
}

func rowJSON(x billing.Row) map[string]any {
	out := accountJSON(x.Account)
	out["id"], out["company"], out["modules"], out["last_invoice"], out["open"] = x.Account.Tenant, x.Name, x.Modules, x.Last, x.Open
	return out
}

func (a *API) opTenants(w http.ResponseWriter, r *http.Request, _ string) error {
	list, err := a.billing.Tenants(r.Context())
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i] = rowJSON(x)
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

func (a *API) opTenant(w http.ResponseWriter, r *http.Request, _ string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	return a.showCompany(w, r, t)
}

// showCompany answers with one company: account, this month, invoices, what operators did, and while its consent lasts the people as whom they may enter.
// No business data is in it.
func (a *API) showCompany(w http.ResponseWriter, r *http.Request, t *tenancy.Tenant) error {
	u, err := a.billing.Usage(r.Context(), t, clock.DateOf(a.db.Now(), t.Zone))
	if err != nil {
		return err
	}
	list, err := a.billing.Invoices(r.Context(), t.ID)
	if err != nil {
		return err
	}
	acts, err := a.billing.Entries(r.Context(), t.ID)
	if err != nil {
		return err
	}
	guests, err := a.billing.Guests(r.Context(), t)
	if err != nil {
		return err
	}
	people := make([]map[string]any, len(guests))
	for i, g := range guests {
		people[i] = map[string]any{"user_id": g.User, "name": g.Name, "email": g.Email}
	}
	invoices := make([]map[string]any, len(list))
	for i, v := range list {
		invoices[i] = a.invoiceJSON(v, languageOf(r))
	}
	entries := make([]map[string]any, len(acts))
	for i, x := range acts {
		entries[i] = map[string]any{"at": x.At, "operator": x.Operator, "what": x.What, "detail": x.Detail}
	}
	out := accountJSON(u.Account)
	out["id"], out["company"], out["invoices"], out["operator_acts"] = t.ID, t.Name, invoices, entries
	out["people"] = people
	out["to_date"], out["forecast"] = a.statementJSON(u.Month, languageOf(r)), a.statementJSON(u.Forecast, languageOf(r))
	return reply(w, http.StatusOK, out)
}

func (a *API) opPlan(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	var in struct {
		Plan         *string         `json:"plan"`
		Discount     *money.Percent  `json:"discount_percent"`
		DiscountTill *clock.Date     `json:"discount_until"`
		TaxPercent   json.RawMessage `json:"tax_percent"`
		Prices       *[]billing.Item `json:"prices"`
		TrialDays    *int            `json:"trial_days"`
		Collect      *string         `json:"collect"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	p := billing.Plan{Plan: in.Plan, Discount: in.Discount, DiscountTill: in.DiscountTill, Own: in.Prices, TrialDays: in.TrialDays, Collect: in.Collect}
	if in.TaxPercent != nil {
		tax, err := amountOrNull(in.TaxPercent, "tax_percent")
		if err != nil {
			return err
		}
		p.TaxPercent = &tax
	}
	if err := a.billing.Grant(r.Context(), t, p, who); err != nil {
		return err
	}
	return a.showCompany(w, r, t)
}

func (a *API) opCredit(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	var in struct {
		Invoice id.ID           `json:"invoice_id"`
		Amount  json.RawMessage `json:"amount"`
		Reason  string          `json:"reason"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	amount, err := amountOrNull(append(json.RawMessage{}, in.Amount...), "amount")
	if err != nil {
		return err
	}
	if amount == nil {
		zero := money.Zero()
		amount = &zero
	}
	note, err := a.billing.Credit(r.Context(), t, in.Invoice, *amount, in.Reason, who)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, a.invoiceJSON(note, languageOf(r)))
}

// opPaid notes a transfer that has come in.
func (a *API) opPaid(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	var in struct {
		Invoice id.ID `json:"invoice_id"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if err := a.billing.Pay(r.Context(), t, in.Invoice, who); err != nil {
		return err
	}
	return a.showCompany(w, r, t)
}

func (a *API) opSuspend(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	if err := a.billing.Suspend(r.Context(), t, who); err != nil {
		return err
	}
	return a.showCompany(w, r, t)
}

func (a *API) opResume(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	if err := a.billing.Resume(r.Context(), t, who); err != nil {
		return err
	}
	return a.showCompany(w, r, t)
}

// opImpersonate gives a token of one of a company's people for an hour at most, when the company has agreed.
func (a *API) opImpersonate(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	var in struct {
		User   id.ID  `json:"user_id"`
		Reason string `json:"reason"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	p, err := a.db.Member(r.Context(), t.ID, in.User)
	if err != nil {
		return err
	}
	until, err := a.billing.Impersonate(r.Context(), t, in.User, in.Reason, who)
	if err != nil {
		return err
	}
	text, token, err := a.db.NewVisit(r.Context(), p, who, until.Sub(a.db.Now()))
	if err != nil {
		return err
	}
	a.noteLogin(r.Context(), p, "visit", map[string]string{"operator": who, "reason": in.Reason, "until": until.UTC().Format(time.RFC3339)})
	return reply(w, http.StatusCreated, map[string]any{"token": text, "expires_at": token.Expires})
}

func (a *API) opRevenue(w http.ResponseWriter, r *http.Request, _ string) error {
	list, err := a.billing.Revenue(r.Context())
	if err != nil {
		return err
	}
	if list == nil {
		list = []billing.Month{}
	}
	return reply(w, http.StatusOK, map[string]any{"data": list, "next_cursor": nil})
}

func (a *API) opWebhooks(w http.ResponseWriter, r *http.Request, _ string) error {
	list, err := a.billing.Webhooks(r.Context())
	if err != nil {
		return err
	}
	waits, err := a.billing.Waits(r.Context())
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i] = map[string]any{"event": x.Event, "kind": x.Kind, "about": x.About, "at": x.At, "received_at": x.Received, "times": x.Times, "done_at": x.Done, "outcome": x.Outcome}
	}
	open := make([]map[string]any, len(waits))
	for i, x := range waits {
		open[i] = map[string]any{"key": x.Key, "kind": x.Kind, "attempts": x.Attempts, "next_at": x.Next, "error": x.Error}
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "waiting": open, "next_cursor": nil})
}

func (a *API) opReplay(w http.ResponseWriter, r *http.Request, who string) error {
	if err := a.billing.ReplayWebhook(r.Context(), mux.Vars(r)["event"], who); err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"done": true})
}

func (a *API) opDifferences(w http.ResponseWriter, r *http.Request, _ string) error {
	if r.URL.Query().Get("now") == "true" {
		if err := a.billing.Reconcile(r.Context()); err != nil {
			return err
		}
	}
	list, err := a.billing.Differences(r.Context())
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, d := range list {
		out[i] = map[string]any{"id": d.ID, "tenant_id": d.Tenant, "month": d.Month.String()[:7], "what": d.What, "ours": d.Ours, "theirs": d.Theirs, "found_at": d.Found}
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

func (a *API) opRepair(w http.ResponseWriter, r *http.Request, who string) error {
	key, err := invoiceKey(r)
	if err != nil {
		return err
	}
	if err := a.billing.Repair(r.Context(), key, who); err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"done": true})
}

// opPrices lists the versions of the prices, the newest first, with the names of what they are for.
func (a *API) opPrices(w http.ResponseWriter, r *http.Request, _ string) error {
	books, err := a.billing.Books(r.Context())
	if err != nil {
		return err
	}
	lang := languageOf(r)
	meters, modules := []map[string]any{}, []map[string]any{}
	for _, m := range billing.Meters() {
		meters = append(meters, map[string]any{"name": m.Name, "label": m.Label.In(lang), "unit": m.Unit.In(lang)})
	}
	for _, m := range a.engine.Modules() {
		modules = append(modules, map[string]any{"name": m.Name, "label": m.Label.In(lang)})
	}
	return reply(w, http.StatusOK, map[string]any{"data": books, "meters": meters, "modules": modules, "next_cursor": nil})
}

// opPublish adds a version of the prices that begins with a month that lies ahead.
func (a *API) opPublish(w http.ResponseWriter, r *http.Request, who string) error {
	var in billing.Book
	if err := into(w, r, &in); err != nil {
		return err
	}
	version, err := a.billing.Publish(r.Context(), in)
	if err != nil {
		return err
	}
	a.log.InfoContext(r.Context(), "prices were published", "version", version, "by", who)
	return reply(w, http.StatusCreated, map[string]any{"version": version})
}
