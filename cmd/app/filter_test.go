package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Conditions in groups, the same question in a body, and the totals of what they select: for who may see it, and for nobody else.
func TestFiltersInGroupsAndTotals(t *testing.T) {
	c := newCompany(t, newWorld(t), "Groups")
	c.books.create("finance/exchange_rates", m{"currency": "USD", "date": "2020-01-01", "rate": "7"})
	for i, amount := range []string{"100", "2000", "300"} {
		currency := []string{"CNY", "CNY", "USD"}[i]
		c.sales.create("sales/orders", m{
			"customer_id": c.customer["id"], "currency": currency,
			"lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": amount}},
		})
	}
	filter := `{"or":[{"field":"untaxed_amount","op":"lt","value":"200"},{"and":[{"field":"currency","value":"USD"},{"field":"status","op":"in","value":["draft","done"]}]}]}`
	if rows := c.sales.list("sales/orders", "filter="+url.QueryEscape(filter)); len(rows) != 2 {
		t.Errorf("the groups find %d orders", len(rows))
	}
	token := c.owner.must(http.StatusCreated, c.owner.post("/tokens", m{"name": "reader", "scopes": []string{"read"}}))
	reader := person{w: c.owner.w, t: t, token: str(token, "token")}
	ask := `{"filter":` + filter + `,"sort":["untaxed_amount"],"fields":["untaxed_amount"],"count":true,"limit":1}`
	page := reader.must(http.StatusOK, reader.post("/sales/orders/query", ask))
	if data := page["data"].([]any); len(data) != 1 || fmt.Sprint(page["total"]) != "2" || str(data[0].(m), "untaxed_amount") != "100.00" {
		t.Errorf("the body finds %v", page)
	}
	reader.refused("a write with a reader's token", reader.post("/sales/orders", `{}`), http.StatusForbidden, "")
	broken := c.sales.post("/sales/orders/query", `{"filter":{"or":[{"field":"colour","value":1}]}}`)
	if c.sales.refused("a broken filter", broken, http.StatusBadRequest, "fields.invalid"); fieldIn(broken.body["fields"], "field", "filter.or[0]") == nil {
		t.Errorf("the mistake is named as %s", broken.raw)
	}
	c.sales.refused("a member twice", c.sales.get("/sales/orders?filter="+url.QueryEscape(`{"field":"no","field":"status","value":"x"}`)), http.StatusBadRequest, "")

	totals := c.sales.must(http.StatusOK, c.sales.get("/sales/orders/totals?by=status&sum=untaxed_amount"))
	if got := fmt.Sprint(totals["data"]); got != "[map[count:2 currency:CNY status:draft sums:map[untaxed_amount:2100.00]] map[count:1 currency:USD status:draft sums:map[untaxed_amount:300.00]]]" {
		t.Errorf("the totals are %s", got)
	}
	for _, path := range []string{
		"/inventory/products/totals?sum=standard_cost", "/inventory/products/totals?by=standard_cost",
		"/inventory/products?filter=" + url.QueryEscape(`{"or":[{"field":"name","value":"x"},{"field":"standard_cost","op":"gt","value":"1"}]}`),
		"/inventory/products/export?filter=" + url.QueryEscape(`{"field":"standard_cost","op":"gt","value":"1"}`),
	} {
		if a := c.sales.get(path); a.status != http.StatusForbidden || !strings.Contains(a.raw, "no-cost") {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
		if a := c.owner.get(path); a.status != http.StatusOK {
			t.Errorf("the owner at %s: %d %s", path, a.status, a.raw)
		}
	}
	// Only rows that one may see count.
	c.sales.create("saved_views", m{"entity": "sales.order", "name": "Mine", "settings": m{}})
	for who, want := range map[*person]string{&c.sales: "1", &c.buyer: "0"} {
		data := who.must(http.StatusOK, who.get("/saved_views/totals"))["data"].([]any)
		if got := fmt.Sprint(data[0].(m)["count"]); got != want {
			t.Errorf("%s counts %s views, want %s", who.email, got, want)
		}
	}
}
