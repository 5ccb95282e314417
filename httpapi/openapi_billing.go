package httpapi

import (
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// billing writes the routes of who pays what: to owners and admins, as far as each may.
func (s *spec) billing() []fixed {
	look, owner := []string{"owner", "admin"}, []string{"owner"}
	line := object(must("meter", plain()), must("label", plain()), must("unit", plain()), must("module", plain()), must("module_label", plain()), must("first_day", plain()),
		must("last_day", plain()), must("used", plain()), must("quantity", plain()), must("price", plain()), must("amount", plain()), must("events", typed("string", "null")))
	sums := []member{
		must("first_day", plain()), must("last_day", plain()), must("currency", plain()), must("book_version", whole()), must("lines", list(inline(line))), must("subtotal", plain()),
		must("discount", plain()), must("tax_percent", plain()), must("tax", plain()), must("total", plain()),
	}
	statement := object(sums...)
	invoice := object(append(sums, must("id", key()), must("no", plain()), must("kind", enum("invoice", "credit_note")),
		must("state", enum("open", "paid", "uncollectible", "void")), must("about_id", typed("string", "null")), must("customer", open()), must("reason", plain()),
		must("issued_at", moment(false)), must("due_on", plain()), must("paid_at", moment(true)), must("paid_by", plain()), must("pay_url", typed("string", "null")))...)
	account := object(must("state", enum(strings.Fields("trial active past_due read_only suspended closing closed")...)), must("cause", plain()), must("since", moment(false)),
		must("trial_ends_at", moment(false)), must("plan", plain()), must("currency", enum("CNY", "USD", "EUR")), must("collect", enum("none", "provider", "invoice")),
		must("budget", typed("string", "null")), must("cap", yes()), must("edition", enum("saas", "private")), must("provider", yes()), must("banner", typed("object", "null")),
		must("steps", list(inline(open()))), must("operator_acts", list(inline(open()))), may("licence", open()))
	one := openapi3.Parameters{shared("id")}
	address := inline(object(must("url", plain())))
	return []fixed{
		{method: http.MethodGet, path: "/billing", id: "billing", zh: "账户状态", en: "The account", only: look, out: inline(account)},
		{
			method: http.MethodPatch, path: "/billing", id: "billing.set", zh: "更改账户", en: "Change the account", only: owner, out: inline(account),
			in: object(may("budget", typed("string", "number", "null")), may("cap", yes()), may("currency", enum("CNY", "USD", "EUR")), may("collect", enum("none", "invoice")),
				may("name", plain()), may("email", plain()), may("tax_id", plain())),
		},
		{
			method: http.MethodGet, path: "/billing/prices", id: "billing.prices", zh: "价目表", en: "Prices", only: look,
			out: inline(object(must("version", whole()), must("valid_from", plain()), must("currency", plain()), must("minimum", plain()), must("tax_percent", plain()),
				must("items", list(inline(open()))))),
		},
		{
			method: http.MethodGet, path: "/billing/usage", id: "billing.usage", zh: "用量与费用", en: "Usage and what it costs", only: look, params: given("month"),
			out: inline(object(must("month", plain()), must("as_of", moment(false)), must("currency", plain()), must("state", plain()), must("today", plain()), must("to_date", statement),
				must("forecast", statement), must("used", list(inline(open()))), must("budget", typed("string", "null")), must("cap", yes()))),
		},
		{
			method: http.MethodGet, path: "/billing/usage/events", id: "billing.events", zh: "一行背后的事件", en: "The events behind a line", only: look,
			params: append(openapi3.Parameters{needed("meter"), query("all", yes())}, given("module", "from", "to", "cursor")...),
			out:    inline(object(must("data", list(inline(open()))), must("next_cursor", typed("string", "null")), must("total", plain()))),
		},
		{method: http.MethodGet, path: "/billing/invoices", id: "billing.invoices", zh: "账单", en: "Invoices", only: look, out: inline(listOf(inline(invoice)))},
		{method: http.MethodGet, path: "/billing/invoices/{id}", id: "billing.invoice", zh: "一张账单", en: "One invoice", only: look, params: one, out: inline(invoice)},
		{
			method: http.MethodPost, path: "/billing/invoices/{id}/replay", id: "billing.replay", zh: "按事实重算", en: "Count it anew from the facts", only: look, params: one,
			out: inline(object(must("same", yes()), must("lines", list(inline(open()))))),
		},
		{method: http.MethodPost, path: "/billing/invoices/{id}/pay", id: "billing.pay", zh: "在线付款", en: "Pay it on a page", only: owner, params: one, out: address},
		{
			method: http.MethodPost, path: "/billing/checkout", id: "billing.checkout", zh: "留下付款方式", en: "Leave a way to pay", only: owner,
			in: object(may("method", enum("card", "invoice"))), out: inline(open()),
		},
		{
			method: http.MethodPost, path: "/billing/webhooks/{provider}", id: "billing.webhook", zh: "支付服务的通知", en: "What the payment service tells", open: true,
			params: openapi3.Parameters{inPath("provider")}, in: open(), out: inline(object(must("received", yes()))),
		},
		{method: http.MethodPost, path: "/billing/portal", id: "billing.portal", zh: "付款方式与收据", en: "Methods and receipts", only: owner, out: address},
		{method: http.MethodPost, path: "/billing/coupon", id: "billing.coupon", zh: "使用优惠码", en: "Use a code", only: owner, in: object(must("code", plain())), out: inline(account)},
		{method: http.MethodPost, path: "/billing/activate", id: "billing.activate", zh: "结束试用", en: "End the trial", only: owner, out: inline(account)},
		{method: http.MethodPost, path: "/billing/close", id: "billing.close", zh: "申请关闭", en: "Ask for the end", only: owner, in: object(must("confirm", plain())), out: inline(account)},
		{method: http.MethodPost, path: "/billing/reopen", id: "billing.reopen", zh: "撤回关闭", en: "Take the end back", only: owner, out: inline(account)},
		{
			method: http.MethodPost, path: "/billing/consent", id: "billing.consent", zh: "同意运营人员进入", en: "Let operators enter", only: owner,
			in: object(must("hours", whole())), out: inline(object(must("consent_until", moment(true)))),
		},
	}
}
