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

	// what is called off is not asked of the vendor
	second := c.sell(plated, "3", nil)
	c.fields(c.one(wanted, "sales_order_id", second), m{"quantity": "3", "status": "draft"})
	line := rows(c.one(selling, "id", second), "lines")[0]
	c.must(selling, second, "amend", m{"lines": []m{{"id": line["id"], "quantity": "2"}}})
	c.fields(c.one(wanted, "sales_order_id", second), m{"quantity": "2", "status": "draft"})
	c.must(selling, second, "cancel", nil)
	c.fields(c.one(wanted, "sales_order_id", second), m{"status": "cancelled"})
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
