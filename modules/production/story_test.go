package production_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	orders   = "production/production_orders"
	bills    = "production/bills_of_materials"
	wanted   = "purchasing/requisitions"
	buying   = "purchasing/orders"
	selling  = "sales/orders"
	products = "inventory/products"
)

// product makes a stocked product with a day to make or buy.
func (c *company) product(number, supply string, more m) string {
	c.t.Helper()
	body := m{"number": number, "name": number, "type": "stock", "unit": "pcs", "supply": supply, "lead_time_days": 1}
	for k, v := range more {
		body[k] = v
	}
	return c.add(products, body)
}

// bom makes a bill of materials: component, quantity, component, quantity.
func (c *company) bom(product, output string, parts ...string) string {
	c.t.Helper()
	return c.as("planner").add(bills, m{"product_id": product, "output_quantity": output, "lines": components(parts...)})
}

func components(parts ...string) []m {
	var lines []m
	for i := 0; i < len(parts); i += 2 {
		lines = append(lines, m{"component_id": parts[i], "quantity": parts[i+1]})
	}
	return lines
}

// stock counts goods in.
func (c *company) stock(product, quantity, cost string) {
	c.t.Helper()
	key := c.add("inventory/stock_counts", m{"lines": []m{{"product_id": product, "counted_quantity": quantity, "unit_cost": cost}}})
	c.must("inventory/stock_counts", key, "post", nil)
}

// vendor makes a vendor with one price for a product.
func (c *company) vendor(name, product, price string, days int) string {
	c.t.Helper()
	v := c.as("buyer").add("purchasing/vendors", m{"name": name})
	c.as("buyer").add("purchasing/vendor_prices", m{"product_id": product, "vendor_id": v, "price": price, "lead_time_days": days})
	return v
}

// sell confirms a customer's order of one product.
func (c *company) sell(product, quantity string, more m) string {
	c.t.Helper()
	customer := c.add("crm/customers", m{"name": "Customer of " + quantity})
	body := m{"customer_id": customer, "lines": []m{{"product_id": product, "quantity": quantity, "unit_price": "10"}}}
	for k, v := range more {
		body[k] = v
	}
	key := c.add(selling, body)
	c.must(selling, key, "confirm", nil)
	return key
}

// TestThreeLevels is 100 kits of one painted part each, 20 painted and 20 unpainted in stock.
func TestThreeLevels(t *testing.T) {
	c := newCompany(t)
	kit, painted, unpainted := c.product("KIT", "make", nil), c.product("PAINTED", "make", nil), c.product("UNPAINTED", "make", nil)
	blank := c.product("BLANK", "buy", nil)
	c.bom(kit, "1", painted, "1")
	c.bom(painted, "1", unpainted, "1")
	c.bom(unpainted, "1", blank, "2")
	c.vendor("Smith", blank, "3", 4)
	c.stock(painted, "20", "5")
	c.stock(unpainted, "20", "4")
	c.stock(blank, "10", "3")
	sale := c.sell(kit, "100", nil)

	p := c.as("planner")
	top := p.one(orders, "product_id", kit)
	c.fields(top, m{"quantity": "100", "status": "planned", "sales_order_id": sale, "start_date": day(6), "due_date": day(7)})
	c.fields(rows(top, "materials")[0], m{"quantity": "100", "reserved_quantity": "20", "issued_quantity": "0"})
	paint := p.one(orders, "product_id", painted)
	c.fields(paint, m{"quantity": "80", "parent_id": top["id"], "start_date": day(5), "due_date": day(6)})
	making := p.one(orders, "product_id", unpainted)
	c.fields(making, m{"quantity": "60", "parent_id": paint["id"], "start_date": day(4), "due_date": day(5)})
	c.fields(rows(making, "materials")[0], m{"quantity": "120", "reserved_quantity": "10"})
	need := c.as("buyer").one(wanted)
	c.fields(need, m{
		"quantity": "110", "price": "3", "need_by": day(4), "expected_date": day(4), "late_days": "0",
		"production_order_id": making["id"], "sales_order_id": sale,
	})
	c.fields(c.one(selling), m{"promised_date": day(7)})
}

func TestSharedAndRounded(t *testing.T) {
	c := newCompany(t)
	top, left, right, a := c.product("TOP", "make", nil), c.product("LEFT", "make", nil), c.product("RIGHT", "make", nil), c.product("A", "buy", nil)
	c.bom(top, "1", left, "1", right, "1")
	c.bom(left, "1", a, "1")
	c.bom(right, "1", a, "1")
	c.sell(top, "1", nil)
	if got := c.list(wanted, "product_id", a); len(got) != 2 {
		t.Errorf("%d requisitions for A, want one for each sub-assembly", len(got))
	}
	for _, r := range c.list(wanted, "product_id", a) {
		c.fields(r, m{"quantity": "1"}) // two in all
	}
	nine, residual, four := c.product("NINE", "make", nil), c.product("RESIDUAL", "buy", nil), c.product("FOUR", "buy", nil)
	c.as("planner").add(bills, m{
		"product_id": nine, "output_quantity": "9", "lines": components(four, "4"),
		"by_products": []m{{"product_id": residual, "quantity": "8", "cost_percent": "10"}},
	})
	c.sell(nine, "3", nil)
	order := c.one(orders, "product_id", nine)
	c.fields(rows(order, "materials")[0], m{"quantity": "2"})
	c.fields(rows(order, "by_products")[0], m{"quantity": "2", "cost_percent": "10"})
}

// TestShopFloor makes ten from twenty pieces at 2.00 and one hour at 60.00: in two parts, with a by-product and a scrapped piece.
func TestShopFloor(t *testing.T) {
	c := newCompany(t)
	good, raw, rest := c.product("GOOD", "make", nil), c.product("RAW", "buy", nil), c.product("REST", "buy", nil)
	p := c.as("planner")
	center := p.add("production/work_centers", m{"code": "W1", "name": "Press", "cost_rate": "60"})
	routing := p.add("production/routings", m{"code": "R1", "name": "Pressing", "operations": []m{
		{"name": "Press", "work_center_id": center, "setup_minutes": "10", "run_minutes": "5"},
	}})
	p.add(bills, m{
		"product_id": good, "routing_id": routing, "lines": components(raw, "2"), "by_products": []m{{"product_id": rest, "quantity": "1", "cost_percent": "10"}},
	})
	c.stock(raw, "50", "2")
	key := p.add(orders, m{"product_id": good, "quantity": "10"})
	order := p.one(orders, "id", key)
	c.fields(order, m{"status": "planned", "start_date": day(0), "due_date": day(1), "progress": "0"})
	c.fields(rows(order, "materials")[0], m{"quantity": "20", "reserved_quantity": "20"})
	operation := rows(order, "operations")[0]
	c.fields(operation, m{"planned_minutes": "60", "work_center_id": center})

	c.ok(c.try(func(ctx context.Context, tx *tenancy.Tx) error {
		load, err := record.RunReport(ctx, tx, c.engine.Report("production/work_center_load"), nil)
		if err == nil {
			c.fields(load[0], m{"code": "W1", "minutes": "60", "available_minutes": "2400", "week": day(0)})
		}
		return err
	}, tenancy.ReadOnly()))
	c.refused(p.act(orders, key, "complete", nil), "state.not_allowed")
	p.must(orders, key, "release", nil)
	p.must(orders, key, "issue", m{"lines": []m{{"product_id": raw, "quantity": "5"}}})
	c.fields(p.one(orders, "id", key), m{"status": "in_progress", "material_cost": "10"})
	c.fields(rows(p.one(orders, "id", key), "materials")[0], m{"issued_quantity": "5", "reserved_quantity": "15"})
	p.must(orders, key, "book", m{"operation_id": operation["id"], "minutes": "60"})
	c.fields(p.one(orders, "id", key), m{"labour_cost": "60"})

	c.refused(p.act(orders, key, "complete", m{"quantity": "11"}), "production.too_much")
	p.must(orders, key, "complete", m{"quantity": "4"}) // 8 pieces: 16.00, and 4/10 of 60.00
	order = p.one(orders, "id", key)
	c.fields(order, m{"done_quantity": "4", "material_cost": "16", "output_value": "36", "unit_cost": "9", "progress": "40"})
	c.fields(c.one("inventory/stock_balances", "product_id", rest), m{"on_hand": "4"})
	p.must(orders, key, "complete", m{"scrap": "1"})
	order = p.one(orders, "id", key)
	c.fields(order, m{"status": "done", "done_quantity": "9", "scrap_quantity": "1", "material_cost": "40", "output_value": "90", "unit_cost": "10"})
	c.fields(rows(order, "by_products")[0], m{"done_quantity": "10"})
	c.fields(rows(order, "materials")[0], m{"issued_quantity": "20", "reserved_quantity": "0"})
	c.fields(c.one("inventory/stock_balances", "product_id", good), m{"on_hand": "9"})
	c.fields(c.one("inventory/stock_balances", "product_id", raw, "on_hand[gt]", "0"), m{"on_hand": "30", "reserved": "0"})
}

func TestBillsThatAreRefused(t *testing.T) {
	c := newCompany(t)
	a, b, x := c.product("A", "make", nil), c.product("B", "make", nil), c.product("X", "buy", nil)
	p := c.as("planner")
	c.bom(a, "1", b, "1")
	_, err := p.make(bills, m{"product_id": b, "lines": components(x, "1", a, "1")})
	f := c.refused(err, "bom.cycle")
	if !strings.Contains(f.Text.ZH, "B → A → B") || !strings.Contains(f.Text.EN, "B → A → B") || f.Fields[0].Path != "lines[1].component_id" {
		t.Errorf("the cycle is named %+v", f)
	}
	_, err = p.make(bills, m{"product_id": b, "lines": components(b, "1")})
	c.refused(err, "bom.cycle")
	_, err = p.make(bills, m{"product_id": a, "lines": components(x, "1")})
	c.refused(err, "bom.overlap")
	_, err = p.make(bills, m{"product_id": x, "lines": []m{{"component_id": b, "quantity": "1", "unit": "l"}}})
	if f := c.refused(err, "unit.no_conversion"); f.Fields[0].Path != "lines[0].unit" {
		t.Errorf("the unit is named %+v", f.Fields)
	}
	_, err = p.make(bills, m{"product_id": x})
	c.refused(err, "fields.invalid")
	_, err = p.make(bills, m{"lines": []m{{"quantity": "1"}}})
	if f := c.refused(err, "fields.invalid"); len(f.Fields) < 2 {
		t.Errorf("missing: %+v", f.Fields)
	}

	// disjoint validity is fine, and a cycle that is never valid on one day is none
	key := str(c.one(bills, "product_id", a)["id"])
	c.ok(p.change(bills, key, m{"valid_to": "2026-06-01"}))
	p.add(bills, m{"product_id": a, "valid_from": "2026-06-01", "lines": components(x, "1")})
	p.add(bills, m{"product_id": b, "valid_from": "2026-06-01", "lines": components(a, "1")})
	c.refused(p.change(bills, key, m{"valid_to": "2026-07-01"}), "bom.overlap")
}

// TestDemandGoesAway cancels and lowers what an order asked for, and follows it down.
func TestDemandGoesAway(t *testing.T) {
	c := newCompany(t)
	p := c.as("planner")
	top, part, raw := c.product("TOP", "make", nil), c.product("PART", "make", nil), c.product("RAW", "buy", nil)
	c.bom(top, "1", part, "2")
	c.bom(part, "1", raw, "3")
	sale := c.sell(top, "10", nil)
	c.fields(c.one(wanted), m{"quantity": "60"})
	line := rows(c.one(selling, "id", sale), "lines")[0]
	c.must(selling, sale, "amend", m{"lines": []m{{"id": line["id"], "quantity": "6"}}})
	c.fields(p.one(orders, "product_id", top), m{"quantity": "6"})
	c.fields(p.one(orders, "product_id", part), m{"quantity": "12"})
	c.fields(c.one(wanted), m{"quantity": "36", "status": "draft"})

	second := c.sell(top, "1", nil)
	parts := p.one(orders, "product_id", part, "sales_order_id", second)
	p.must(orders, str(parts["id"]), "release", nil)
	c.must(selling, second, "cancel", nil)
	c.fields(p.one(orders, "product_id", top, "sales_order_id", second), m{"status": "cancelled"})
	c.fields(p.one(orders, "id", str(parts["id"])), m{"status": "released"})

	c.must(selling, sale, "cancel", nil)
	for _, o := range p.list(orders, "sales_order_id", sale) {
		c.fields(o, m{"status": "cancelled"})
	}
	c.fields(c.one(wanted, "sales_order_id", sale), m{"status": "cancelled"})
}

// TestPlannerCancels leaves the customer's demand without a supply, and takes what was planned below with it.
func TestPlannerCancels(t *testing.T) {
	c := newCompany(t)
	p := c.as("planner")
	top, part, raw := c.product("TOP", "make", nil), c.product("PART", "make", nil), c.product("RAW", "buy", nil)
	c.bom(top, "1", part, "2")
	c.bom(part, "1", raw, "3")
	c.stock(part, "4", "1")
	c.sell(top, "10", nil)
	key := str(p.one(orders, "product_id", top)["id"])
	p.must(orders, key, "cancel", nil)
	c.fields(p.one(orders, "product_id", part), m{"status": "cancelled"})
	c.fields(c.one(wanted), m{"status": "cancelled"})
	c.fields(c.one("inventory/stock_balances", "product_id", part), m{"on_hand": "4", "reserved": "0"})
	c.refused(p.act(orders, key, "release", nil), "state.not_allowed")
}

// TestLateMaterial moves orders when a vendor needs longer, and the customer's promise with them.
func TestLateMaterial(t *testing.T) {
	c := newCompany(t)
	p, b := c.as("planner"), c.as("buyer")
	top, raw := c.product("TOP", "make", m{"lead_time_days": 3}), c.product("RAW", "buy", nil)
	c.bom(top, "1", raw, "1")
	c.vendor("Fast", raw, "5", 2)
	sale := c.sell(top, "1", m{"requested_date": day(10)})
	c.fields(p.one(orders), m{"start_date": day(7), "due_date": day(10)})
	need := c.one(wanted)
	c.fields(need, m{"need_by": day(7), "expected_date": day(2)})
	b.must(wanted, str(need["id"]), "approve", nil)
	b.must(wanted, str(need["id"]), "order", nil)
	doc := c.one(buying)
	c.ok(b.change(buying, str(doc["id"]), m{"lines": []m{{"id": rows(doc, "lines")[0]["id"], "expected_date": day(9)}}}))
	b.must(buying, str(doc["id"]), "confirm", nil)
	c.fields(p.one(orders), m{"start_date": day(9), "due_date": day(12)})
	c.fields(c.one(selling, "id", sale), m{"promised_date": day(12), "late_days": "2"})
	p.must(orders, str(p.one(orders)["id"]), "reschedule", m{"due_date": day(14)})
	c.fields(p.one(orders), m{"start_date": day(11), "due_date": day(14)})
	c.fields(c.one(selling, "id", sale), m{"promised_date": day(14)})
}

// TestOrdersByHand explode, reserve and plan what is below them; their materials are settled then.
func TestOrdersByHand(t *testing.T) {
	c := newCompany(t)
	p := c.as("planner")
	top, part, raw := c.product("TOP", "make", nil), c.product("PART", "make", nil), c.product("RAW", "buy", nil)
	c.bom(top, "1", part, "1", raw, "1")
	c.bom(part, "1", raw, "1")
	c.stock(raw, "3", "1")
	key := p.add(orders, m{"product_id": top, "quantity": "5", "due_date": day(20)})
	order := p.one(orders, "id", key)
	c.fields(order, m{"start_date": day(19), "due_date": day(20)})
	c.fields(rows(order, "materials")[1], m{"product_id": raw, "quantity": "5", "reserved_quantity": "3"})
	c.fields(p.one(orders, "product_id", part), m{"quantity": "5", "parent_id": key, "due_date": day(19)})
	if got := c.list(wanted, "product_id", raw); len(got) != 2 {
		t.Errorf("%d requisitions, want 2", len(got))
	}
	c.refused(p.change(orders, key, m{"materials": []m{}}), "production.materials_fixed")
	c.ok(p.change(orders, key, m{"note": "urgent"}))

	_, err := p.make(orders, m{"product_id": raw, "quantity": "1"})
	c.refused(err, "bom.missing")
	pump := c.product("PUMP", "make", m{"tracking": "serial"})
	_, err = p.make(orders, m{"product_id": pump, "quantity": "2.5", "materials": []m{{"product_id": part, "quantity": "2"}}})
	c.refused(err, "lot.not_whole")
	own := p.add(orders, m{"product_id": raw, "quantity": "1", "materials": []m{{"product_id": part, "quantity": "2"}}})
	c.fields(rows(p.one(orders, "id", own), "materials")[0], m{"quantity": "2"})
	p.must(orders, own, "release", nil)
	c.refused(p.act(orders, own, "issue", nil), "stock.not_enough")
	if load := p.list(orders, "parent_id", own); len(load) != 1 {
		t.Errorf("%d orders below, want 1", len(load))
	}
}

// TestUnitsAndPhantoms uses grams of what is kept in kilograms, pieces of what is kept in boxes, scrap, a fixed tool, and a kit that is never made.
func TestUnitsAndPhantoms(t *testing.T) {
	c := newCompany(t)
	p := c.as("planner")
	top, kit, paint, tool := c.product("TOP", "make", nil), c.product("KIT", "make", nil), c.product("PAINT", "buy", m{"unit": "kg"}), c.product("TOOL", "buy", nil)
	bolts := c.product("BOLTS", "buy", m{"unit": "box", "units": []m{{"unit": "pcs", "numerator": "1", "denominator": "6"}}})
	p.add(bills, m{"product_id": top, "lines": []m{
		{"component_id": paint, "quantity": "45", "unit": "g", "scrap_percent": "10"},
		{"component_id": tool, "quantity": "1", "fixed": true},
		{"component_id": kit, "quantity": "2", "phantom": true},
		{"component_id": tool, "quantity": "5", "valid_from": day(1)},
	}})
	p.add(bills, m{"product_id": kit, "lines": []m{{"component_id": bolts, "quantity": "1", "unit": "pcs"}}})
	c.sell(top, "30", nil)
	list := rows(p.one(orders), "materials")
	if len(list) != 3 {
		t.Fatalf("%d materials, want 3: %v", len(list), list)
	}
	c.fields(list[0], m{"product_id": paint, "quantity": "1.5"})
	c.fields(list[1], m{"product_id": tool, "quantity": "1"})
	c.fields(list[2], m{"product_id": bolts, "quantity": "10"})
}
