package app_test

import (
	"strings"
)

// loaded compares every row of the files with what has become of it.
func (c *cyclist) loaded() {
	c.products()
	c.bills()
	c.partners()
	c.prices()
	c.places()
	c.history()
}

func pieces(unit string) string {
	if unit == "EA" {
		return "pcs"
	}
	return unit
}

func (c *cyclist) count(what string, got, want int) {
	c.t.Helper()
	if got != want {
		c.t.Errorf("%d %s, want %d", got, what, want)
	}
}

func (c *cyclist) products() {
	rows := c.shop.files["products.csv"]
	c.count("products", len(c.product), len(rows))
	for _, r := range rows {
		supply := "buy"
		if r["make"] == "1" {
			supply = "make"
		}
		same(c.t, r["number"], c.product[r["number"]], m{
			"name": r["name"], "type": "stock", "supply": supply, "unit": "pcs", "standard_cost": r["standard_cost"], "list_price": r["list_price"],
			"safety_stock": r["safety_stock"], "reorder_point": r["reorder_point"], "lead_time_days": r["days_to_manufacture"],
		})
	}
	for _, u := range c.every("inventory/units_of_measure", "") {
		if code := str(u, "code"); code == strings.ToUpper(code) {
			same(c.t, "unit "+code, u, m{"dimension": "count", "numerator": "1", "denominator": "1"})
		}
	}
}

// bills compares all lines, the superseded ones too.
func (c *cyclist) bills() {
	want, got := map[string]int{}, map[string]int{}
	assemblies := map[string]bool{}
	for _, r := range c.shop.files["bom_lines.csv"] {
		assemblies[r["assembly_number"]] = true
		want[strings.Join([]string{
			r["assembly_number"], r["component_number"], dec(c.t, r["quantity"]).String(), pieces(r["unit"]), r["valid_from"], r["valid_to"],
		}, " ")]++
	}
	bills := c.every("production/bills_of_materials", "")
	c.count("bills of materials", len(bills), len(assemblies))
	for _, b := range bills {
		for _, l := range lines(b) {
			got[strings.Join([]string{
				c.numberOf(b), c.number[str(l, "component_id")], num(c.t, l, "quantity").String(), str(l, "unit"), str(l, "valid_from"), str(l, "valid_to"),
			}, " ")]++
		}
	}
	for _, key := range sorted(want) {
		if got[key] != want[key] {
			c.t.Errorf("bill line %s: %d, want %d", key, got[key], want[key])
		}
	}
	c.count("kinds of bill line", len(got), len(want))
}

func (c *cyclist) partners() {
	vendors := c.byNumber("purchasing/vendors", "number")
	c.count("vendors", len(vendors), len(c.shop.files["vendors.csv"]))
	for _, r := range c.shop.files["vendors.csv"] {
		same(c.t, r["number"], vendors[r["number"]], m{"name": r["name"], "active": r["active"] == "1"})
	}
	customers := c.byNumber("crm/customers", "number")
	c.count("customers", len(customers), len(c.shop.files["customers.csv"]))
	for _, r := range c.shop.files["customers.csv"] {
		same(c.t, r["number"], customers[r["number"]], m{"name": strings.TrimSpace(r["name"]), "territory": r["territory"]})
	}
}

func (c *cyclist) byNumber(path, field string) map[string]m {
	out := map[string]m{}
	for _, r := range c.every(path, "") {
		out[str(r, field)] = r
	}
	return out
}

func (c *cyclist) prices() {
	vendors := map[string]string{}
	for number, v := range c.byNumber("purchasing/vendors", "number") {
		vendors[str(v, "id")] = number
	}
	got := map[string]m{}
	for _, p := range c.every("purchasing/vendor_prices", "") {
		got[c.numberOf(p)+" "+vendors[str(p, "vendor_id")]] = p
	}
	c.count("vendor prices", len(got), len(c.shop.files["vendor_prices.csv"]))
	for _, r := range c.shop.files["vendor_prices.csv"] {
		key := r["product_number"] + " " + r["vendor_number"]
		same(c.t, key, got[key], m{
			"price": r["price"], "lead_time_days": r["lead_time_days"], "min_quantity": r["min_order_qty"], "max_quantity": r["max_order_qty"],
			"unit": pieces(r["unit"]),
		})
	}
}

// places compares locations and what lies at each of them.
func (c *cyclist) places() {
	locations := c.byNumber("inventory/locations", "code")
	codes := map[string]string{}
	for _, r := range c.shop.files["locations.csv"] {
		same(c.t, "location "+r["code"], locations[r["code"]], m{"name": r["name"], "type": "internal"})
		codes[str(locations[r["code"]], "id")] = r["code"]
	}
	want := map[string]string{}
	for _, r := range c.shop.files["stock.csv"] {
		key := r["product_number"] + " at " + r["location_code"]
		if q := dec(c.t, r["quantity"]); want[key] != "" {
			want[key] = dec(c.t, want[key]).Add(q).String()
		} else if !q.IsZero() {
			want[key] = q.String()
		}
	}
	c.equal("goods by location", c.sums(c.every("inventory/stock_balances", ""), "on_hand", func(b m) string {
		return c.numberOf(b) + " at " + codes[str(b, "location_id")]
	}), want)
}

// history compares the purchase orders and their lines.
func (c *cyclist) history() {
	vendors := c.byNumber("purchasing/vendors", "number")
	orders := c.byNumber("purchasing/orders", "no")
	c.count("purchase orders", len(orders), len(c.shop.files["purchase_orders.csv"]))
	status := map[string]string{"complete": "done", "rejected": "cancelled", "pending": "received", "approved": "received"}
	for _, r := range c.shop.files["purchase_orders.csv"] {
		same(c.t, "order "+r["number"], orders[r["number"]], m{
			"status": status[r["status"]], "order_date": r["order_date"], "vendor_id": vendors[r["vendor_number"]]["id"],
		})
	}
	at := map[string]int{}
	for _, r := range c.shop.files["purchase_order_lines.csv"] {
		list := lines(orders[r["order_number"]])
		n := at[r["order_number"]]
		at[r["order_number"]]++
		if n >= len(list) {
			c.t.Errorf("order %s has %d lines", r["order_number"], len(list))
			continue
		}
		same(c.t, "order "+r["order_number"], list[n], m{
			"product_id": c.product[r["product_number"]]["id"], "quantity": r["quantity"], "unit_price": r["unit_price"], "received_quantity": r["received"],
			"expected_date": r["due_date"],
		})
	}
	for number, n := range at {
		c.count("lines of order "+number, len(lines(orders[number])), n)
	}
}
