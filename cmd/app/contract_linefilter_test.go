package app_test

import (
	"net/http"
	"net/url"
	"testing"
)

// A list of documents can be asked for what stands in their lines, as far as the caller may see the lines; what is wrong with a question is told at once.
func TestDocumentsAreFoundByTheirLines(t *testing.T) {
	c := newCompany(t, newWorld(t), "Lines")
	order := func(lines ...m) string {
		return str(c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": lines}), "id")
	}
	steel, motor, machine := str(c.steel, "id"), str(c.motor, "id"), str(c.machine, "id")
	both := order(m{"product_id": steel, "quantity": "3", "unit_price": "20"}, m{"product_id": motor, "quantity": "7", "unit_price": "900"})
	one := order(m{"product_id": steel, "quantity": "8", "unit_price": "25"})
	found := func(query string, want ...string) {
		t.Helper()
		got := map[string]bool{}
		for _, o := range c.sales.list("sales/orders", query) {
			got[str(o, "id")] = true
		}
		if len(got) != len(want) {
			t.Errorf("%s finds %d, want %d", query, len(got), len(want))
		}
		for _, key := range want {
			if !got[key] {
				t.Errorf("%s does not find %s", query, key)
			}
		}
	}
	found("lines.product_id="+steel, both, one)
	found("lines.product_id="+motor, both)
	found("lines.product_id=" + machine)
	found("lines.quantity[gte]=8&lines.product_id[in]="+steel+","+motor, one)
	found("filter="+url.QueryEscape(`{"or":[{"field":"lines.unit_price","value":"900"},{"field":"lines.quantity","op":"gt","value":"7.5"}]}`), both, one)
	bom := c.planner.list("production/bills_of_materials", "lines.component_id="+steel)
	if len(bom) != 1 || str(bom[0], "product_id") != str(c.frame, "id") {
		t.Errorf("bills of materials with steel: %v", bom)
	}

	c.store.refused("a price that a storekeeper may not see", c.store.get("/sales/orders?lines.unit_price[gte]=900"), http.StatusForbidden, "denied")
	wrong := c.sales.get("/sales/orders?lines.colour=red&lines.quantity=many&limit=501&sort=size&nothing.at=1&fields=shape&total_amount[near]=3")
	c.sales.refused("a question with seven mistakes", wrong, http.StatusBadRequest, "fields.invalid")
	for _, path := range []string{"lines.colour", "lines.quantity", "limit", "sort", "nothing.at", "fields", "total_amount"} {
		if fieldsOf(wrong)[path] == "" {
			t.Errorf("%s is not told: %s", path, wrong.raw)
		}
	}
}
