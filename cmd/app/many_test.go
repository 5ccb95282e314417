package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// All that match a filter get the same values, or none does; each record is checked as if it were changed alone.
func TestBulkEditIsAllOrNone(t *testing.T) {
	owner := newWorld(t).signUp(t, "Bulk")
	sales, buyer := owner.hire("sally", "sales"), owner.hire("bob", "buyer")
	var keys []string
	for _, name := range []string{"a1", "a2", "a3", "b1"} {
		keys = append(keys, str(sales.create("crm/customers", m{"name": name, "territory": "east"}), "id"))
	}
	patch := func(p person, query string, in m) answer {
		return p.do(http.MethodPatch, "/crm/customers?"+query, in)
	}
	west := m{"set": m{"territory": "west"}}
	dry := sales.must(http.StatusOK, patch(sales, "name[starts]=a&dry_run=true", west))
	if dry["matched"] != 3.0 || len(sales.list("crm/customers", "territory=west")) != 0 {
		t.Errorf("a dry run: %v", dry)
	}
	if out := sales.must(http.StatusOK, patch(sales, "name[starts]=a", m{"set": m{"territory": "west"}, "count": 3, "versions": m{keys[0]: 1}})); out["matched"] != 3.0 {
		t.Errorf("%v", out)
	}
	if rows := sales.list("crm/customers", "territory=west"); len(rows) != 3 || rows[0]["version"] != 2.0 {
		t.Errorf("changed: %v", rows)
	}
	sales.refused("another number", patch(sales, "name[starts]=a", m{"set": m{"territory": "x"}, "count": 4}), http.StatusConflict, "bulk.count")
	sales.refused("an old version", patch(sales, "name[starts]=a", m{"set": m{"territory": "x"}, "versions": m{keys[1]: 1}}), http.StatusConflict, "record.stale")
	sales.refused("no filter", patch(sales, "", west), http.StatusBadRequest, "fields.invalid")
	sales.refused("nothing to set", patch(sales, "name=a1", m{}), http.StatusBadRequest, "fields.invalid")
	sales.refused("an unknown field", patch(sales, "name=a1", m{"set": m{"colour": "red"}}), http.StatusBadRequest, "fields.invalid")
	sales.refused("an unknown filter", patch(sales, "colour=red", west), http.StatusBadRequest, "fields.invalid")
	buyer.refused("no right", patch(buyer, "name=a1", west), http.StatusForbidden, "field.denied")
	sales.refused("a filter by a denied field", sales.do(http.MethodPatch, "/inventory/products?standard_cost=1", m{"set": m{"name": "x"}}), http.StatusForbidden, "field.denied")

	// A document past its draft keeps the others from being changed.
	product := owner.create("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "supply": "buy"})
	var orders []string
	for range 2 {
		orders = append(orders, str(sales.create("sales/orders", m{"customer_id": keys[0], "lines": []m{{"product_id": product["id"], "quantity": "1", "unit_price": "10"}}}), "id"))
	}
	sales.act("sales/orders", orders[1], "confirm", nil)
	all := "/sales/orders?customer_id=" + keys[0]
	locked := sales.do(http.MethodPatch, all, m{"set": m{"delivery_address": "Dock 1"}})
	sales.refused("a confirmed order", locked, http.StatusBadRequest, "fields.invalid")
	if !strings.Contains(locked.raw, orders[1]) || strings.Contains(locked.raw, orders[0]) {
		t.Errorf("whose fault: %s", locked.raw)
	}
	if sales.read("sales/orders", orders[0])["delivery_address"] == "Dock 1" {
		t.Error("half was changed")
	}
	dry = sales.must(http.StatusOK, sales.do(http.MethodPatch, all+"&dry_run=true", m{"set": m{"delivery_address": "Dock 1"}}))
	if list, _ := dry["errors"].([]any); len(list) != 1 {
		t.Errorf("a dry run tells %v", dry)
	}
	sales.must(http.StatusOK, sales.do(http.MethodPatch, all+"&status=draft", m{"set": m{"delivery_address": "Dock 1"}}))
	if sales.read("sales/orders", orders[0])["delivery_address"] != "Dock 1" || sales.read("sales/orders", orders[0])["total_amount"] == "0.00" {
		t.Error("the draft was not changed, or lost its total")
	}
}
