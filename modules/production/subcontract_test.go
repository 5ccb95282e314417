package production_test

import "testing"

// TestSubcontracting has a vendor make something: the service is requested, the materials go there, and its price becomes part of the product's cost.
func TestSubcontracting(t *testing.T) {
	c := newCompany(t)
	p, b := c.as("planner"), c.as("buyer")
	plated, raw := c.product("PLATED", "make", nil), c.product("RAW", "buy", nil)
	plating := c.add(products, m{"number": "PLATING", "name": "Plating", "type": "service", "unit": "pcs", "supply": "buy"})
	p.add(bills, m{"product_id": plated, "subcontract_service_id": plating, "lines": components(raw, "1")})
	c.vendor("Galvano", plating, "2.5", 5)
	c.stock(raw, "20", "4")
	sale := c.sell(plated, "8", nil)
	order := c.one(orders)
	c.fields(order, m{"subcontract_service_id": plating, "start_date": day(0), "due_date": day(5)})
	need := c.one(wanted)
	c.fields(need, m{
		"product_id": plating, "quantity": "8", "price": "2.5", "production_order_id": order["id"], "sales_order_id": sale, "id": order["subcontract_requisition_id"],
	})
	key := str(order["id"])
	p.must(orders, key, "release", nil)
	p.must(orders, key, "issue", nil)
	c.refused(p.act(orders, key, "complete", nil), "production.service_not_ordered")
	b.must(wanted, str(need["id"]), "approve", nil)
	b.must(wanted, str(need["id"]), "order", nil)
	b.must(buying, str(c.one(buying)["id"]), "confirm", nil)
	c.fields(c.one(orders), m{"subcontract_cost": "20", "labour_cost": "20", "material_cost": "32"})
	p.must(orders, key, "complete", nil)
	c.fields(c.one(orders), m{"status": "done", "output_value": "52", "unit_cost": "6.5"})
	c.empty()
	// the vendor's bill settles what went into the goods; what it is dearer is no expense of the month but a variance
	c.fields(c.account("finance/trial_balance", "2211"), m{"balance": "-20"})
	c.must("inventory/receipts", str(c.one("inventory/receipts")["id"]), "receive", nil)
	bought := c.one(buying)
	bill := c.add("finance/bills", m{"vendor_id": bought["vendor_id"], "purchase_order_id": bought["id"], "vendor_reference": "G1", "lines": []m{
		{"purchase_line_id": rows(bought, "lines")[0]["id"], "product_id": plating, "quantity": "8", "unit_price": "2.75"},
	}})
	c.must("finance/bills", bill, "post", nil)
	c.fields(c.one("finance/bills"), m{"status": "posted", "match_status": "price"})
	c.fields(c.account("finance/trial_balance", "2211"), m{"balance": "0"})
	c.fields(c.account("finance/trial_balance", "1404"), m{"balance": "2"})

	// what is called off is not asked of the vendor
	second := c.sell(plated, "3", nil)
	c.fields(c.one(wanted, "sales_order_id", second), m{"quantity": "3", "status": "draft"})
	line := rows(c.one(selling, "id", second), "lines")[0]
	c.must(selling, second, "amend", m{"lines": []m{{"id": line["id"], "quantity": "2"}}})
	c.fields(c.one(wanted, "sales_order_id", second), m{"quantity": "2", "status": "draft"})
	c.must(selling, second, "cancel", nil)
	c.fields(c.one(wanted, "sales_order_id", second), m{"status": "cancelled"})
}

// TestSubcontractedOperation has a vendor do one step of a routing: its service is requested for the step, the materials go to a location at the vendor
// and stay ours there, what comes back finishes the step, and its price is part of the product's cost.
func TestSubcontractedOperation(t *testing.T) {
	c := newCompany(t)
	p, b := c.as("planner"), c.as("buyer")
	part, raw := c.product("PART", "make", nil), c.product("RAW", "buy", nil)
	hardening := c.add(products, m{"number": "HARDEN", "name": "Hardening", "type": "service", "unit": "pcs", "supply": "buy"})
	center := p.add("production/work_centers", m{"code": "LATHE", "name": "Lathe", "cost_rate": "60"})
	outside := p.add("production/work_centers", m{"code": "OUT", "name": "Outside"})
	routing := p.add("production/routings", m{"code": "R", "name": "Turn and harden", "operations": []m{
		{"name": "Turn", "work_center_id": center, "run_minutes": "10"},
		{"name": "Harden", "work_center_id": outside, "subcontract_service_id": hardening, "scrap_percent": "20"},
	}})
	p.add(bills, m{"product_id": part, "routing_id": routing, "lines": components(raw, "1")})
	vendor := c.vendor("Furnace", hardening, "3", 6)
	c.stock(raw, "20", "4")
	sale := c.sell(part, "8", nil)
	order := c.one(orders)
	key, step := str(order["id"]), rows(order, "operations")[1]
	c.fields(step, m{"subcontract_quantity": "10", "lead_days": 6, "received_quantity": "0", "finished": false})
	if start, end := str(step["planned_start"]), str(step["planned_end"]); start == "" || end <= start {
		t.Errorf("the step is away from %s to %s, want six days", start, end)
	}
	need := c.one(wanted)
	c.fields(need, m{"product_id": hardening, "quantity": "10", "production_order_id": key, "sales_order_id": sale, "id": step["requisition_id"]})
	p.must(orders, key, "release", nil)
	c.refused(p.act(orders, key, "send", nil), "production.service_not_ordered")
	b.must(wanted, str(need["id"]), "approve", nil)
	b.must(wanted, str(need["id"]), "order", nil)
	b.must(buying, str(c.one(buying)["id"]), "confirm", nil)
	c.refused(p.act(orders, key, "complete", nil), "production.step_not_received")

	// the materials are at the vendor's, ours, held for the order, and nobody else gets them
	p.must(orders, key, "send", m{"operation_id": step["id"]})
	place := c.one("inventory/locations", "type", "subcontractor")
	c.fields(place, m{"name": "Furnace", "vendor_id": vendor})
	c.fields(c.one("inventory/stock_balances", "location_id", str(place["id"])), m{"on_hand": "10", "reserved": "10"})
	c.fields(c.one("inventory/product_values", "product_id", raw), m{"quantity": "20", "value": "80"})
	c.fields(rows(c.one(orders), "materials")[0], m{"quantity": "10", "reserved_quantity": "10", "issued_quantity": "0"})
	p.must(orders, key, "send", m{"operation_id": step["id"]}) // all of it is there: nothing moves
	c.fields(c.one("inventory/stock_balances", "location_id", str(place["id"])), m{"on_hand": "10", "reserved": "10"})

	// half comes back, then the rest
	w := c.as("warehouse")
	w.must("inventory/receipts", str(c.one("inventory/receipts")["id"]), "receive", m{"lines": []m{{"product_id": hardening, "quantity": "5"}}})
	c.fields(c.one(orders), m{"subcontract_cost": "15", "labour_cost": "15"})
	c.fields(rows(c.one(orders), "operations")[1], m{"received_quantity": "5", "finished": false})
	c.refused(p.act(orders, key, "complete", m{"quantity": "5"}), "production.step_not_received")
	p.must(orders, key, "complete", m{"quantity": "4"})
	c.fields(c.one("inventory/stock_balances", "location_id", str(place["id"])), m{"on_hand": "5", "reserved": "5"})
	w.must("inventory/receipts", str(c.one("inventory/receipts", "status", "waiting")["id"]), "receive", nil)
	c.fields(rows(c.one(orders), "operations")[1], m{"received_quantity": "10", "finished": true})
	p.must(orders, key, "complete", nil)
	c.fields(c.one(orders), m{"status": "done", "material_cost": "40", "subcontract_cost": "30", "output_value": "70", "unit_cost": "8.75"})
	c.fields(c.one(wanted), m{"status": "received"})
	if left := c.list("inventory/stock_balances", "location_id", str(place["id"]), "on_hand[gt]", "0"); len(left) != 0 {
		t.Errorf("%v is still at the vendor's", left)
	}
	c.empty()

	// a smaller order asks for less; a cancelled one for nothing
	second := c.sell(part, "4", nil)
	c.fields(c.one(wanted, "sales_order_id", second), m{"quantity": "5", "status": "draft"})
	line := rows(c.one(selling, "id", second), "lines")[0]
	c.must(selling, second, "amend", m{"lines": []m{{"id": line["id"], "quantity": "2"}}})
	c.fields(c.one(wanted, "sales_order_id", second), m{"quantity": "3", "status": "draft"})
	c.must(selling, second, "cancel", nil)
	c.fields(c.one(wanted, "sales_order_id", second), m{"status": "cancelled"})

	// a vendor who is called off after a part came back leaves the rest to be asked for anew
	third := c.sell(part, "4", nil)
	need = c.one(wanted, "sales_order_id", third)
	b.must(wanted, str(need["id"]), "approve", nil)
	b.must(wanted, str(need["id"]), "order", nil)
	bought := c.one(buying, "status", "draft")
	b.must(buying, str(bought["id"]), "confirm", nil)
	w.must("inventory/receipts", str(c.one("inventory/receipts", "status", "waiting")["id"]), "receive", m{"lines": []m{{"product_id": hardening, "quantity": "2"}}})
	// what is at the vendor's stays there, however the rest is shared out
	made := str(c.one(orders, "sales_order_id", third)["id"])
	p.must(orders, made, "release", nil)
	p.must(orders, made, "send", nil)
	c.sell(raw, "8", m{"requested_date": day(0)}) // five are here
	all := c.add("inventory/reallocations", m{"product_id": raw, "method": "pro_rata", "reason": "short"})
	c.must("inventory/reallocations", all, "apply", nil)
	c.fields(c.one("inventory/stock_balances", "location_id", str(place["id"])), m{"on_hand": "5", "reserved": "5"})
	b.must(buying, str(bought["id"]), "cancel", nil)
	again := c.one(wanted, "sales_order_id", third, "status", "draft")
	c.fields(again, m{"quantity": "3", "product_id": hardening})
	c.fields(rows(c.one(orders, "sales_order_id", third), "operations")[1], m{"received_quantity": "2", "requisition_id": again["id"], "vendor_id": nil})
}

// TestRequisitionsPassByRule lets small requests be approved and ordered without a person; larger ones wait.
func TestRequisitionsPassByRule(t *testing.T) {
	c := newCompany(t)
	frame, steel := c.product("FRAME", "make", nil), c.product("STEEL", "buy", nil)
	c.bom(frame, "1", steel, "2")
	vendor := c.vendor("Smith", steel, "10", 3)
	_, err := c.as("buyer").make("purchasing/requisition_rules", m{"name": "Mine", "limit_amount": "1000000"})
	c.refused(err, "action.denied")
	c.add("purchasing/requisition_rules", m{"name": "Small", "limit_amount": "500"})
	c.add("purchasing/requisition_rules", m{"name": "Smith", "limit_amount": "100", "vendor_id": vendor, "order_too": true})
	for quantity, status := range map[string]string{"5": "ordered", "25": "approved", "26": "draft"} {
		sale := c.sell(frame, quantity, nil)
		c.fields(c.one(wanted, "sales_order_id", sale), m{"status": status})
	}
	c.fields(c.one(buying), m{"status": "draft", "vendor_id": vendor})
}
