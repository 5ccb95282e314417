package app_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestContractLists(t *testing.T) {
	p := newWorld(t).signUp(t, "Lists")
	for i := range 7 {
		p.create("crm/customers", m{"name": fmt.Sprintf("Customer %d", i), "number": fmt.Sprintf("C%d", i), "credit_limit": fmt.Sprint(i % 3 * 100)})
	}
	for _, q := range []string{
		"limit=0", "limit=501", "limit=x", "limit=-1", "colour=1", "name[like]=x", "sort=colour", "fields=colour", "expand=colour", "cursor=x", "count=maybe",
		"cursor=" + base64.RawURLEncoding.EncodeToString([]byte(`["x","t.id-;"]`)), "credit_limit[gte]=lots", "created_at[gte]=yesterday", "owner_id=me",
		"name[null]=maybe", "name[]=x", "id=x", "limit=1&limit=2x", "status=draft", "dry_run=true",
	} {
		p.refused(q, p.get("/crm/customers?"+q), http.StatusBadRequest, "")
	}
	all := p.must(http.StatusOK, p.get("/crm/customers?limit=500&count=true"))
	if fmt.Sprint(all["total"]) != "7" || all["next_cursor"] != nil {
		t.Errorf("total %v, next %v", all["total"], all["next_cursor"])
	}
	if out := p.must(http.StatusOK, p.get("/crm/customers?credit_limit[gte]=100&count=true&limit=1")); fmt.Sprint(out["total"]) != "4" {
		t.Errorf("total of a filter: %v", out["total"])
	}
	// Every order is stable, also while rows come in between.
	for _, order := range []string{"credit_limit", "-credit_limit", "-credit_limit,name", "territory", "owner_id,-number", "created_at", "-id", ""} {
		var seen []string
		cursor := ""
		for page := 0; ; page++ {
			out := p.must(http.StatusOK, p.get("/crm/customers?number[starts]=C&limit=2&sort="+order+"&cursor="+url.QueryEscape(cursor)))
			data, _ := out["data"].([]any)
			for _, x := range data {
				seen = append(seen, str(x.(m), "number"))
			}
			if page == 1 {
				p.create("crm/customers", m{"name": "Between " + order, "number": "Z" + order, "credit_limit": "100"})
			}
			if cursor, _ = out["next_cursor"].(string); cursor == "" {
				break
			}
		}
		slices.Sort(seen)
		if strings.Join(seen, " ") != "C0 C1 C2 C3 C4 C5 C6" {
			t.Errorf("sorted by %q the pages hold %v", order, seen)
		}
	}
	p.refused("a cursor of another order", p.get("/crm/customers?sort=name&cursor="+url.QueryEscape(str(p.must(http.StatusOK, p.get("/crm/customers?limit=1")), "next_cursor"))), http.StatusBadRequest, "cursor")

	if rows := p.list("crm/customers", "q=customer+3"); len(rows) != 1 {
		t.Errorf("q finds %d", len(rows))
	}
	if rows := p.list("crm/customers", "q=c3"); len(rows) != 1 {
		t.Errorf("q by number finds %d", len(rows))
	}
	if rows := p.list("crm/customers", "q=%25"); len(rows) != 0 {
		t.Errorf("q=%% finds %d", len(rows))
	}
	one := p.one("crm/customers", "number=C3&fields=name,credit_limit")
	if len(one) != 3 || one["id"] == nil {
		t.Errorf("fields: %v", one)
	}
	if rows := p.list("crm/customers", "number[in]=C1,C2&sort=-number"); len(rows) != 2 || str(rows[0], "number") != "C2" {
		t.Errorf("in: %v", rows)
	}
	if rows := p.list("crm/customers", "number[in]="); len(rows) != 0 {
		t.Errorf("in nothing finds %d", len(rows))
	}
	if rows := p.list("crm/customers", "number[gte]=C2&number[lt]=C4&number[ne]=C3"); len(rows) != 1 {
		t.Errorf("a range: %v", rows)
	}
	if rows := p.list("crm/customers", "territory[null]=true&number[starts]=C"); len(rows) != 7 {
		t.Errorf("no territory: %d", len(rows))
	}
	if rows := p.list("crm/customers", "created_at[gte]=2020-01-01&created_at[lte]=2999-01-01T00:00:00Z&number[nin]=C0"); len(rows) < 6 {
		t.Errorf("by time: %d", len(rows))
	}
}

func TestContractRecords(t *testing.T) {
	p := newWorld(t).signUp(t, "Records")
	a := p.post("/crm/customers", m{"name": "North"})
	c := p.must(http.StatusCreated, a)
	path := "/crm/customers/" + str(c, "id")
	if a.header.Get("Location") != "/api/v1"+path {
		t.Errorf("Location is %q", a.header.Get("Location"))
	}
	product := p.create("inventory/products", m{"number": "P", "name": "P", "type": "service", "unit": "h", "list_price": "12.5"})
	o := p.create("sales/orders", m{"customer_id": c["id"], "requested_date": "2027-01-31", "lines": []m{{"product_id": product["id"], "quantity": 2, "discount_percent": "10"}}})
	same(t, "order", o, m{"version": 1, "requested_date": "2027-01-31", "status": "draft", "currency": "CNY"})
	shapes := map[string]string{
		"id": `^[0-9a-f]{8}-[0-9a-f]{4}-7`, "created_at": `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`, "updated_at": `Z$`, "total_amount": `^25\.425|25\.43|22\.50|\d+\.\d\d$`, "requested_date": `^\d{4}-\d\d-\d\d$`,
	}
	for field, shape := range shapes {
		if s, ok := o[field].(string); !ok || !regexp.MustCompile(shape).MatchString(s) {
			t.Errorf("%s is %v", field, o[field])
		}
	}
	if got := lines(o)[0]; got["discount_percent"] != "10" || got["quantity"] != "2" || got["unit"] != "h" || got["unit_price"] != "12.50" {
		t.Errorf("line: %v", got)
	}
	if rows := p.list("sales/orders", "expand=customer,lines.product"); len(rows) != 1 || str(rows[0]["customer"].(m), "name") != "North" || len(lines(rows[0])) != 1 ||
		lines(rows[0])[0]["product"] == nil {
		t.Errorf("the list: %v", rows)
	}
	one := p.must(http.StatusOK, p.get("/sales/orders/"+str(o, "id")+"?fields=no&expand=customer"))
	if one["customer"] == nil || one["no"] == nil {
		t.Errorf("an expanded record: %v", one)
	}
	for _, x := range []m{{"total_amount": "1"}, {"status": "confirmed"}, {"id": c["id"]}, {"version": 7}, {"created_at": "2026-01-01T00:00:00Z"}, {"delivery_status": "shipped"}, {"no": nil, "late_days": 1}} {
		x["customer_id"], x["lines"] = c["id"], []m{}
		p.refused(fmt.Sprint(x), p.post("/sales/orders", x), http.StatusBadRequest, "")
	}
	upd := p.must(http.StatusOK, p.do(http.MethodPatch, path, m{"name": "South"}, "If-Match", `"1"`))
	same(t, "changed", upd, m{"name": "South", "version": 2})
	stale := p.do(http.MethodPatch, path, m{"name": "East"}, "If-Match", `"1"`)
	p.refused("stale", stale, http.StatusConflict, "stale")
	if stale.body["code"] != "conflict" || fmt.Sprint(stale.body["version"], stale.body["current_version"]) == "<nil> <nil>" {
		t.Errorf("no current version: %s", stale.raw)
	}
	// Lines travel with their document.
	order := "/sales/orders/" + str(o, "id")
	line := lines(o)[0]
	upd = p.must(http.StatusOK, p.do(http.MethodPatch, order, m{"lines": []m{{"id": line["id"], "quantity": "3"}, {"product_id": product["id"], "quantity": "1"}}}, "If-Match", "1"))
	if got := lines(upd); len(got) != 2 || got[0]["id"] != line["id"] || got[0]["quantity"] != "3" || got[0]["unit_price"] != "12.50" {
		t.Errorf("lines: %v", got)
	}
	p.must(http.StatusNoContent, p.do(http.MethodDelete, order, nil))
	p.refused("deleted", p.get(order), http.StatusNotFound, "record.not_found")
	p.refused("wrong delete", p.do(http.MethodDelete, path, nil, "If-Match", "1"), http.StatusConflict, "stale")
	p.refused("an unknown member", p.post(path+"/explode", nil), http.StatusNotFound, "")
}

func TestContractProblems(t *testing.T) {
	p := newWorld(t).signUp(t, "Problems", "crm")
	zh := p.do(http.MethodPost, "/crm/customers", m{"credit_limit": "x"}, "Accept-Language", "zh-CN")
	en := p.post("/crm/customers", m{"credit_limit": "x"})
	for _, a := range []answer{zh, en} {
		p.refused("a bad customer", a, http.StatusBadRequest, "fields.invalid")
		for _, member := range []string{"type", "title", "status", "code", "reason", "detail", "fields", "request_id"} {
			if a.body[member] == nil {
				t.Errorf("no %s: %s", member, a.raw)
			}
		}
		if a.body["code"] != "invalid" || len(fieldsOf(a)) != 2 {
			t.Errorf("%s", a.raw)
		}
	}
	han := regexp.MustCompile(`\p{Han}`)
	for _, member := range []string{"title", "detail"} {
		if !han.MatchString(str(zh.body, member)) || han.MatchString(str(en.body, member)) {
			t.Errorf("%s: %q and %q", member, zh.body[member], en.body[member])
		}
	}
	nobody := person{w: p.w, t: t}
	def := nobody.do(http.MethodGet, "/me", nil, "Accept-Language", "")
	if def.status != http.StatusUnauthorized || !han.MatchString(str(def.body, "detail")) {
		t.Errorf("without a language: %s", def.raw)
	}
	off := p.get("/sales/orders")
	p.refused("off", off, http.StatusPaymentRequired, "module.off")
	if off.body["code"] != "not_enabled" || off.body["price"] == nil {
		t.Errorf("off: %s", off.raw)
	}
	for _, x := range [][2]string{{http.MethodGet, "/nothing"}, {http.MethodPut, "/crm/customers"}, {http.MethodGet, "/crm/customers/x"}, {http.MethodGet, "/nothing/at/all/here"}} {
		p.refused(x[0]+x[1], p.do(x[0], x[1], nil), http.StatusNotFound, "")
	}
}
