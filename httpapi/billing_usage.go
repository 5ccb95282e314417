package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/money"
)

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(r) }

// prices answers GET /billing/prices: the company's own price list of today, and the version of the book.
func (a *API) prices(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	b, err := a.billing.Account(r.Context(), c.tenant)
	if err != nil {
		return err
	}
	book, list, err := a.billing.Prices(r.Context(), b)
	if err != nil {
		return err
	}
	lang := languageOf(r)
	items := make([]map[string]any, len(list.Items))
	for i, x := range list.Items {
		m, _ := billing.MeterOf(x.Meter)
		items[i] = map[string]any{
			"meter": x.Meter, "label": m.Label.In(lang), "unit": m.Unit.In(lang), "module": x.Module, "every": x.Every, "monthly": x.Monthly, "included": x.Included, "tiers": x.Tiers,
		}
	}
	return reply(w, http.StatusOK, map[string]any{
		"version": book.Version, "valid_from": book.ValidFrom, "currency": b.Currency, "minimum": list.Minimum.String(), "tax_percent": list.TaxPercent.String(), "items": items,
	})
}

// usage answers GET /billing/usage?month=2026-11: what was used and what it costs so far, today, and by the end of the month.
func (a *API) usage(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	if err := onlyParams(r, "month"); err != nil {
		return err
	}
	month, err := monthParam(r, clock.DateOf(a.db.Now(), c.tenant.Zone))
	if err != nil {
		return err
	}
	u, err := a.billing.Usage(r.Context(), c.tenant, month)
	if err != nil {
		return err
	}
	lang := languageOf(r)
	fixed := func(d money.Amount) string { return d.StringFixed(money.MinorUnit(u.Account.Currency)) }
	return reply(w, http.StatusOK, map[string]any{
		"month": month.String()[:7], "as_of": u.AsOf, "currency": u.Account.Currency, "state": u.Account.State, "today": fixed(u.Today),
		"to_date": a.statementJSON(u.Month, lang), "forecast": a.statementJSON(u.Forecast, lang), "used": usesJSON(u.All, lang),
		"budget": accountJSON(u.Account)["budget"], "cap": u.Account.Cap,
	})
}

// usesJSON lists what was used by meter, module and day, charged or not.
func usesJSON(list []billing.Use, lang i18n.Lang) []map[string]any {
	slices.SortFunc(list, func(a, b billing.Use) int {
		return strings.Compare(a.Day.String()+a.Meter+a.Module, b.Day.String()+b.Meter+b.Module)
	})
	out := make([]map[string]any, len(list))
	for i, u := range list {
		m, _ := billing.MeterOf(u.Meter)
		out[i] = map[string]any{"day": u.Day, "meter": u.Meter, "label": m.Label.In(lang), "module": u.Module, "quantity": u.Quantity.String()}
	}
	return out
}

func (a *API) statementJSON(st *billing.Statement, lang i18n.Lang) map[string]any {
	fixed := func(d money.Amount) string { return d.StringFixed(money.MinorUnit(st.Currency)) }
	return map[string]any{
		"first_day": st.First, "last_day": st.Last, "currency": st.Currency, "book_version": st.Book, "lines": a.linesJSON(st.Lines, st.Currency, lang), "subtotal": fixed(st.Subtotal),
		"discount": fixed(st.Discount), "tax_percent": st.TaxPercent.String(), "tax": fixed(st.Tax), "total": fixed(st.Total),
	}
}

func (a *API) linesJSON(lines []billing.Line, currency string, lang i18n.Lang) []map[string]any {
	out := make([]map[string]any, len(lines))
	for i, l := range lines {
		m, metered := billing.MeterOf(l.Meter)
		label := m.Label.In(lang)
		switch l.Meter {
		case "minimum":
			label = i18n.T("补足最低月费", "Up to the monthly minimum").In(lang)
		case "credit":
			label = i18n.T("退还", "Credited").In(lang)
		}
		out[i] = map[string]any{
			"meter": l.Meter, "label": label, "unit": m.Unit.In(lang), "module": l.Module, "module_label": a.moduleLabel(l.Module, lang), "first_day": l.First, "last_day": l.Last,
			"used": l.Used.String(), "quantity": l.Quantity.String(), "price": l.Price, "amount": l.Amount.StringFixed(money.MinorUnit(currency)), "events": nil,
		}
		if metered {
			out[i]["events"] = fmt.Sprintf("/api/v1/billing/usage/events?meter=%s&module=%s&from=%s&to=%s", l.Meter, l.Module, l.First, l.Last)
		}
	}
	return out
}

func (a *API) moduleLabel(name string, lang i18n.Lang) string {
	for _, m := range a.engine.Modules() {
		if m.Name == name {
			return m.Label.In(lang)
		}
	}
	return ""
}

// usageEvents answers GET /billing/usage/events?meter=&module=&from=&to=&all=&cursor=: the facts behind a line, with their sum.
func (a *API) usageEvents(w http.ResponseWriter, r *http.Request) error {
	c, err := a.payer(r, false)
	if err != nil {
		return err
	}
	if err := onlyParams(r, "meter", "module", "from", "to", "all", "cursor"); err != nil {
		return err
	}
	q := r.URL.Query()
	today := clock.DateOf(a.db.Now(), c.tenant.Zone)
	var bad fault.Fields
	from, to := dateParam(&bad, q.Get("from"), "from", clock.NewDate(today.Year(), today.Time().Month(), 1)), dateParam(&bad, q.Get("to"), "to", today)
	if to.Before(from) || to.Sub(from) > 366 {
		bad.Add("to", "value.range", "to 应不早于 from，且不超过一年", "to must not be before from, nor a year after it")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	page, err := a.billing.Events(r.Context(), c.tenant, q.Get("meter"), q.Get("module"), from, to, q.Get("all") != "true", q.Get("cursor"))
	if err != nil {
		return err
	}
	data := make([]map[string]any, len(page.Facts))
	for i, f := range page.Facts {
		data[i] = map[string]any{"id": f.ID, "at": f.At.UTC(), "quantity": f.Quantity.String(), "what": f.What, "entity": f.Entity, "record_id": f.Record, "path": nil, "label": nil}
		if d := a.engine.Catalog().Entity(f.Entity); d != nil && f.Record != "" {
			data[i]["path"], data[i]["label"] = d.Path()+"/"+f.Record, d.Label.In(languageOf(r))
		}
		if len(f.Detail) > 0 {
			data[i]["detail"] = rawJSON(f.Detail)
		}
	}
	return reply(w, http.StatusOK, map[string]any{"data": data, "next_cursor": orNullText(page.Next), "total": page.Total.String()})
}

type rawJSON []byte

// MarshalJSON writes what is JSON already.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

func orNullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func onlyParams(r *http.Request, known ...string) error {
	var bad fault.Fields
	for name := range r.URL.Query() {
		if !slices.Contains(known, name) {
			bad.Add(name, "field.unknown", "没有参数 %s", "There is no parameter %s", name)
		}
	}
	return bad.Err()
}

// monthParam reads ?month=2026-11.
func monthParam(r *http.Request, today clock.Date) (clock.Date, error) {
	text := r.URL.Query().Get("month")
	if text == "" {
		return clock.NewDate(today.Year(), today.Time().Month(), 1), nil
	}
	at, err := time.Parse("2006-01", text)
	if err != nil || at.Year() < 2000 || at.Year() > today.Year()+1 {
		return clock.Date{}, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("month", "value.month", "%[1]q 应形如 2026-11", "%[1]q must look like 2026-11", text)
	}
	return clock.DateOf(at, time.UTC), nil
}

func dateParam(bad *fault.Fields, text, name string, otherwise clock.Date) clock.Date {
	if text == "" {
		return otherwise
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		bad.Add(name, "value.date", "%[1]q 应形如 2026-11-30", "%[1]q must look like 2026-11-30", text)
		return otherwise
	}
	return d
}
