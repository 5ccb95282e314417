package httpapi

import (
	"net/http"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/money"
)

func (a *API) invoices(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	list, err := a.billing.Invoices(r.Context(), c.tenant.ID)
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, v := range list {
		out[i] = a.invoiceJSON(v, languageOf(r))
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

func (a *API) invoiceJSON(v *billing.Invoice, lang i18n.Lang) map[string]any {
	out := a.statementJSON(&v.Statement, lang)
	out["id"], out["no"], out["kind"], out["state"], out["about_id"] = v.ID, v.No, v.Kind, v.State, orNullText(v.About.String())
	out["customer"], out["reason"], out["issued_at"], out["due_on"] = v.Customer, v.Reason, v.Issued, v.Due
	out["paid_at"], out["paid_by"], out["pay_url"] = v.Paid, v.PaidBy, orNullText(v.PayURL)
	return out
}

func (a *API) invoice(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	key, err := invoiceKey(r)
	if err != nil {
		return err
	}
	v, err := a.billing.Invoice(r.Context(), c.tenant.ID, key)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, a.invoiceJSON(v, languageOf(r)))
}

// replayInvoice counts an invoice anew from its facts and lays both side by side.
func (a *API) replayInvoice(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	key, err := invoiceKey(r)
	if err != nil {
		return err
	}
	list, same, err := a.billing.Replay(r.Context(), c.tenant, key)
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i] = map[string]any{
			"meter": x.Meter, "module": x.Module, "first_day": x.First, "last_day": x.Last, "billed": x.Used.String(), "replayed": x.Now.String(),
			"billed_amount": x.Amount.String(), "replayed_amount": x.Fee.String(),
		}
	}
	return reply(w, http.StatusOK, map[string]any{"same": same, "lines": out})
}

// payInvoice answers with the address on which an invoice is paid: by card, Alipay or WeChat Pay.
func (a *API) payInvoice(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	key, err := invoiceKey(r)
	if err != nil {
		return err
	}
	url, err := a.billing.PayPage(r.Context(), c.tenant, key, a.publicURL+"/billing")
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"url": url})
}

// checkout answers with the address of the page on which a card is left, or, for invoices by mail, begins at once.
func (a *API) checkout(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	var in struct {
		Method string `json:"method"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	key := "checkout:" + c.tenant.ID.String() + ":" + firstOr(r.Header.Get("Idempotency-Key"), requestID(r.Context()))
	switch in.Method {
	case "", "card":
		url, err := a.billing.Checkout(r.Context(), c.tenant, key, a.publicURL+"/billing")
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"url": url})
	case "invoice":
		if err := a.billing.Subscribe(r.Context(), c.tenant, key); err != nil {
			return err
		}
		return a.showAccount(w, r, c)
	}
	return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("method", "value.option", "应为 card 或 invoice", "must be card or invoice")
}

func firstOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (a *API) portal(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	url, err := a.billing.Portal(r.Context(), c.tenant, a.publicURL+"/billing")
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"url": url})
}

func (a *API) coupon(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, true)
	if err != nil {
		return err
	}
	var in struct {
		Code string `json:"code"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Code == "" || !sound(in.Code) || len(in.Code) > 100 {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("code", "required", "请填写优惠码", "write the code")
	}
	if err := a.billing.Coupon(r.Context(), c.tenant, in.Code); err != nil {
		return err
	}
	return a.showAccount(w, r, c)
}

// preview answers PUT /modules?dry_run=true: what the switch would cost, with all that it needs, and what stays when something goes off.
func (a *API) previewSwitch(w http.ResponseWriter, r *http.Request, c caller, on, off []string) error {
	p, err := a.billing.Preview(r.Context(), c.tenant, on, off)
	if err != nil {
		return err
	}
	lang := languageOf(r)
	fixed := func(d money.Amount) string { return d.StringFixed(money.MinorUnit(p.Currency)) }
	change := func(list []billing.Change) []map[string]any {
		out := make([]map[string]any, len(list))
		for i, x := range list {
			out[i] = map[string]any{
				"name": x.Module, "label": a.moduleLabel(x.Module, lang), "because": x.Because, "price": fixed(x.Price), "seat_price": fixed(x.Seat),
				"this_month": fixed(x.ThisMonth), "days": x.Days, "keeps_data": true,
			}
		}
		return out
	}
	return reply(w, http.StatusOK, map[string]any{
		"dry_run": true, "currency": p.Currency, "on": change(p.On), "off": change(p.Off), "month_before": fixed(p.Before), "month_after": fixed(p.After),
		"this_month_before": fixed(p.MonthBefore), "this_month_after": fixed(p.MonthAfter), "tax_percent": p.TaxPercent.String(),
	})
}
