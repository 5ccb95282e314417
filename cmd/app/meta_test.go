package app_test

import (
	"net/http"
	"testing"
)

// named finds a member of a list by its name.
func named(list any, name string) m {
	all, _ := list.([]any)
	for _, x := range all {
		if one, _ := x.(m); one["name"] == name {
			return one
		}
	}
	return nil
}

// The browser builds everything from /meta: what there is, what it points to, what may be done in which state, and what is denied by which rule.
func TestMetaTellsAllThatABrowserNeeds(t *testing.T) {
	owner := newWorld(t).signUp(t, "Meta")
	sales := owner.hire("sally", "sales")
	orders := sales.described()["sales/orders"]
	same(t, "orders", orders, m{"title": "no", "number": "no", "state": "status", "pending": "pending_approval", "create": true, "edit": true, "module": "sales"})
	same(t, "the customer", named(orders["fields"], "customer_id"), m{"kind": "id", "ref": "crm.customer", "ref_path": "crm/customers", "ref_title": "name", "filterable": true})
	if f := named(orders["fields"], "status"); f["edit"] != false || f["computed"] != true || len(f["options"].([]any)) < 5 {
		t.Errorf("the status is described as %v", f)
	}
	line := named(orders["lines"], "lines")
	same(t, "a line's product", named(line["fields"], "product_id"), m{"ref_path": "inventory/products", "required": true})
	if c := named(orders["actions"], "confirm"); c["label"] == "" || len(c["from"].([]any)) == 0 {
		t.Errorf("confirm is described as %v", c)
	}
	products := sales.described()["inventory/products"]
	same(t, "the denied cost", named(products["denied"], "standard_cost"), m{"class": "cost", "rule": "core.sales-no-cost", "label": "Standard cost"})
	if named(products["fields"], "standard_cost") != nil {
		t.Error("the cost is described to sales")
	}
	same(t, "what may only be read", named(products["fields"], "name"), m{"edit": false, "edit_rule": "default"})

	all := owner.must(http.StatusOK, owner.get("/meta"))
	r := named(all["reports"], "trial_balance")
	if r["path"] != "finance/trial_balance" || named(r["columns"], "debit") == nil || named(r["input"], "date")["kind"] != "date" {
		t.Errorf("the trial balance is described as %v", r)
	}
	same(t, "what a report's column points to", named(named(all["reports"], "receivables_ageing")["columns"], "customer_id"),
		m{"ref": "crm.customer", "ref_path": "crm/customers", "ref_title": "name"})
	menu := named(all["modules"], "sales")
	if list, _ := menu["entities"].([]any); len(list) < 3 || menu["label"] != "Sales" {
		t.Errorf("the menu has %v", menu)
	}
	zh := owner.must(http.StatusOK, owner.do(http.MethodGet, "/meta", nil, "Accept-Language", "zh-CN"))
	if l := named(zh["modules"], "sales")["label"]; l != "销售" {
		t.Errorf("the menu in Chinese says %v", l)
	}
	if named(sales.must(http.StatusOK, sales.get("/meta"))["reports"], "trial_balance") != nil {
		t.Error("sales is offered the trial balance")
	}
}
