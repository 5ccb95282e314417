package app_test

import (
	"net/http"
	"strings"
	"testing"
)

func data(x m) []m {
	list, _ := x["data"].([]any)
	out := make([]m, len(list))
	for i, r := range list {
		out[i], _ = r.(m)
	}
	return out
}

// A record's history tells each field before and after, with the reader's rights.
func TestHistoryTellsFieldsBeforeAndAfter(t *testing.T) {
	owner := newWorld(t).signUp(t, "History")
	sales, buyer := owner.hire("sally", "sales"), owner.hire("bob", "buyer")
	p := owner.create("inventory/products", m{"number": "P", "name": "Old", "type": "stock", "unit": "pcs", "supply": "buy", "standard_cost": "5"})
	path := "/inventory/products/" + str(p, "id")
	owner.must(http.StatusOK, owner.do(http.MethodPatch, path, m{"name": "New", "supply": "make", "standard_cost": "7.5"}, "If-Match", `"1"`))
	list := data(owner.must(http.StatusOK, owner.get(path+"/history")))
	if len(list) != 2 || list[0]["action"] != "update" || list[1]["action"] != "create" || list[0]["actor"] != "Owner of History" {
		t.Fatalf("the history is %v", list)
	}
	changes := func(x m) map[string]m {
		out := map[string]m{}
		all, _ := x["changes"].([]any)
		for _, c := range all {
			one, _ := c.(m)
			out[str(one, "field")] = one
		}
		return out
	}
	c := changes(list[0])
	same(t, "the name", c["name"], m{"before": "Old", "after": "New", "label": "Name"})
	same(t, "the supply", c["supply"], m{"before": "buy", "after": "make", "after_name": "Make"})
	same(t, "the cost", c["standard_cost"], m{"before": "5", "after": "7.5"})
	for _, x := range data(sales.must(http.StatusOK, sales.get(path+"/history"))) {
		if changes(x)["standard_cost"] != nil || !strings.Contains(strings.Join(textsOf(x["_denied"]), ","), "standard_cost") {
			t.Errorf("sales reads %v", x)
		}
	}

	customer := sales.create("crm/customers", m{"name": "North"})
	order := sales.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "1", "unit_price": "10"}}})
	line := lines(order)[0]
	sales.must(http.StatusOK, sales.do(http.MethodPatch, "/sales/orders/"+str(order, "id"),
		m{"lines": []m{{"id": line["id"], "quantity": "3"}}}, "If-Match", `"1"`))
	found := false
	for _, x := range data(sales.must(http.StatusOK, sales.get("/sales/orders/"+str(order, "id")+"/history"))) {
		if x["line"] == true && x["action"] == "update" {
			found = true
			same(t, "the line's quantity", changes(x)["quantity"], m{"before": "1", "after": "3"})
		}
	}
	if !found {
		t.Error("the line's change is not told")
	}
	page := sales.must(http.StatusOK, sales.get("/sales/orders/"+str(order, "id")+"/history?limit=1"))
	if len(data(page)) != 1 || page["next_cursor"] == nil {
		t.Errorf("a page of one: %v", page)
	}
	buyer.refused("who may not see orders", buyer.get("/crm/leads/"+str(order, "id")+"/history"), http.StatusForbidden, "entity.denied")
	stranger := owner.w.signUp(t, "Foreign")
	stranger.refused("another company's", stranger.get(path+"/history"), http.StatusNotFound, "record.not_found")
}

func textsOf(list any) []string {
	all, _ := list.([]any)
	out := make([]string, len(all))
	for i, x := range all {
		out[i], _ = x.(string)
	}
	return out
}

// What points to a record is listed by kind, counted, and only as far as the reader may see it.
func TestRelatedListsWhatPointsHere(t *testing.T) {
	owner := newWorld(t).signUp(t, "Related")
	sales, store := owner.hire("sally", "sales"), owner.hire("willy", "warehouse")
	p := owner.create("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "supply": "buy"})
	customer := sales.create("crm/customers", m{"name": "North"})
	var order m
	for range 7 {
		order = sales.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "1", "unit_price": "10"}}})
	}
	sales.create("comments", m{"entity": "crm.customer", "record_id": customer["id"], "text": "call them"})
	groups := func(x m) map[string]m {
		out := map[string]m{}
		for _, g := range data(x) {
			out[str(g, "path")+" "+str(g, "field")] = g
		}
		return out
	}
	of := groups(sales.must(http.StatusOK, sales.get("/crm/customers/"+str(customer, "id")+"/related")))
	orders := of["sales/orders customer_id"]
	same(t, "the orders", orders, m{"count": 7, "label": "Sales order", "filter": "customer_id=" + str(customer, "id")})
	if rows := data(orders); len(rows) != 5 || rows[0]["id"] != order["id"] || rows[0]["no"] == nil || rows[0]["status"] != "draft" {
		t.Errorf("the first orders: %v", rows)
	}
	same(t, "the remarks", of["comments record_id"], m{"count": 1})
	of = groups(owner.must(http.StatusOK, owner.get("/inventory/products/"+str(p, "id")+"/related")))
	same(t, "orders with the product", of["sales/orders lines.product_id"], m{"count": 7})
	if of = groups(store.must(http.StatusOK, store.get("/inventory/products/"+str(p, "id")+"/related"))); of["crm/opportunities lines.product_id"] != nil {
		t.Errorf("the warehouse is told of %v", of)
	}
}

// One search over all kinds of records, each with its own rights.
func TestSearchFindsWhatMayBeSeen(t *testing.T) {
	owner := newWorld(t).signUp(t, "Search")
	sales, buyer := owner.hire("sally", "sales"), owner.hire("bob", "buyer")
	customer := sales.create("crm/customers", m{"name": "金属加工厂 Alpha"})
	lead := sales.create("crm/leads", m{"name": "Alpha project"})
	owner.create("inventory/products", m{"number": "ALPHA-1", "name": "Bolt", "type": "stock", "unit": "pcs", "supply": "buy"})
	for i := range 8 {
		owner.create("inventory/products", m{"number": "Z-" + string(rune('a'+i)), "name": "alphabet", "type": "stock", "unit": "pcs", "supply": "buy"})
	}
	found := func(q person, query string) map[string]int {
		out := map[string]int{}
		for _, h := range data(q.must(http.StatusOK, q.get("/search?"+query))) {
			out[str(h, "entity")]++
			out[str(h, "id")]++
		}
		return out
	}
	hits := found(sales, "q=alpha")
	if hits["crm.customer"] != 1 || hits["crm.lead"] != 1 || hits["inventory.product"] != 5 || hits[str(lead, "id")] != 1 {
		t.Errorf("sales finds %v", hits)
	}
	if hits := found(buyer, "q=alpha&limit=20"); hits["crm.lead"] != 0 || hits["inventory.product"] != 9 {
		t.Errorf("the buyer finds %v", hits)
	}
	if hits := found(sales, "q=%E9%87%91%E5%B1%9E"); hits[str(customer, "id")] != 1 {
		t.Errorf("Chinese finds %v", hits)
	}
	if hits := found(sales, "q=alpha&entities=crm.customer"); len(hits) != 2 {
		t.Errorf("among customers only: %v", hits)
	}
	for _, q := range []string{"", "q=", "q=a&limit=0", "q=a&limit=99", "q=a&entities=nothing", "q=a&x=1", "q=" + strings.Repeat("a", 101)} {
		sales.refused(q, sales.get("/search?"+q), http.StatusBadRequest, "fields.invalid")
	}
	if hits := found(sales, "q=a%25a"); len(hits) != 0 {
		t.Errorf("a percent sign finds %v", hits)
	}
}
