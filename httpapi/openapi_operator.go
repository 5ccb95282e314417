package httpapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// operating writes the routes of the installation's operators, to operators only: others are not told that there are any.
func (s *spec) operating() []fixed {
	if !s.operator {
		return nil
	}
	one := openapi3.Parameters{shared("id")}
	lists := inline(listOf(inline(open())))
	company := inline(object(must("id", key()), must("company", plain()), must("state", plain()), must("plan", plain()), must("currency", plain()),
		must("collect", plain()), must("budget", typed("string", "null")), must("cap", yes()), must("consent_until", moment(true)), must("discount_percent", plain())))
	named := object(must("invoice_id", key()))
	done := inline(object(must("done", yes())))
	return []fixed{
		{method: http.MethodGet, path: "/operator/tenants", id: "operator.tenants", zh: "所有企业：套餐、状态、未付金额", en: "All companies: plan, state, what is open", out: inline(listOf(company))},
		{method: http.MethodGet, path: "/operator/tenants/{id}", id: "operator.tenant", zh: "一个企业的账户与账单", en: "One company's account and invoices", params: one, out: company},
		{
			method: http.MethodPost, path: "/operator/tenants/{id}/plan", id: "operator.plan", zh: "更改套餐、折扣、试用", en: "Change plan, discount, trial", params: one, out: company,
			in: object(may("plan", plain()), may("discount_percent", plain()), may("discount_until", plain()), may("tax_percent", typed("string", "number", "null")),
				may("prices", list(inline(open()))), may("trial_days", whole()), may("collect", enum("none", "provider", "invoice"))),
		},
		{
			method: http.MethodPost, path: "/operator/tenants/{id}/credit", id: "operator.credit", zh: "开红字账单", en: "Credit an invoice", params: one, status: http.StatusCreated,
			in: object(must("invoice_id", key()), may("amount", typed("string", "number", "null")), must("reason", plain())), out: inline(open()),
		},
		{method: http.MethodPost, path: "/operator/tenants/{id}/paid", id: "operator.paid", zh: "登记已到账", en: "Note a transfer that came in", params: one, in: named, out: company},
		{method: http.MethodPost, path: "/operator/tenants/{id}/suspend", id: "operator.suspend", zh: "停用企业", en: "Suspend a company", params: one, out: company},
		{method: http.MethodPost, path: "/operator/tenants/{id}/resume", id: "operator.resume", zh: "恢复企业", en: "Resume a company", params: one, out: company},
		{
			method: http.MethodPost, path: "/operator/tenants/{id}/impersonate", id: "operator.impersonate", zh: "经同意以成员身份进入", en: "Enter as a member, by consent", params: one,
			status: http.StatusCreated, in: object(must("user_id", key()), must("reason", plain())), out: inline(object(must("token", plain()), must("expires_at", moment(true)))),
		},
		{
			method: http.MethodPost, path: "/operator/tenants/{id}/consent", id: "operator.consent", zh: "同意销毁密钥", en: "Agree that a closing company's key be destroyed",
			params: one, in: object(must("confirm", plain())),
			out: inline(object(must("closing", yes()), must("needed", whole()), must("consents", list(inline(open()))), must("agreed", yes()))),
		},
		{
			method: http.MethodGet, path: "/operator/certificates", id: "operator.certificates", zh: "密钥销毁证书", en: "Certificates of keys that were destroyed", out: lists,
		},
		{method: http.MethodGet, path: "/operator/revenue", id: "operator.revenue", zh: "按月收入", en: "Revenue by month", out: lists},
		{
			method: http.MethodGet, path: "/operator/webhooks", id: "operator.webhooks", zh: "支付服务的通知与待发调用", en: "What the payment service told, and calls to it that wait",
			out: inline(object(must("data", list(inline(open()))), must("waiting", list(inline(open()))), must("next_cursor", typed("string", "null")))),
		},
		{method: http.MethodPost, path: "/operator/webhooks/{event}/replay", id: "operator.replay", zh: "重新处理一条通知", en: "Work on one again", params: openapi3.Parameters{inPath("event")}, out: done},
		{
			method: http.MethodGet, path: "/operator/differences", id: "operator.differences", zh: "与支付服务的差异", en: "Where our ledger and theirs differ",
			params: openapi3.Parameters{query("now", yes())}, out: lists,
		},
		{method: http.MethodPost, path: "/operator/differences/{id}/repair", id: "operator.repair", zh: "修复一处差异", en: "Repair a difference", params: one, out: done},
		{
			method: http.MethodGet, path: "/operator/prices", id: "operator.books", zh: "价目表的各个版本", en: "Versions of the prices, the newest first",
			out: inline(object(must("data", list(inline(open()))), must("meters", list(inline(open()))), must("modules", list(inline(open()))), must("next_cursor", typed("string", "null")))),
		},
		{
			method: http.MethodPost, path: "/operator/prices", id: "operator.prices", zh: "发布新价目表", en: "Publish prices that begin with a coming month", status: http.StatusCreated,
			in: object(must("valid_from", plain()), may("note", plain()), must("prices", mapOf(open()))), out: inline(object(must("version", whole()))),
		},
	}
}
