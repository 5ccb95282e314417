package production_test

import "testing"

// TestAlternates takes what stands in for a short component when it is there for all of it, the preferred one first, or what a planner chooses.
func TestAlternates(t *testing.T) {
	c := newCompany(t)
	p := c.as("planner")
	top, steel := c.product("TOP", "make", nil), c.product("STEEL", "buy", nil)
	iron, brass := c.product("IRON", "buy", nil), c.product("BRASS", "make", nil)
	ore := c.product("ORE", "buy", nil)
	c.bom(brass, "1", ore, "3")
	bill := p.add(bills, m{"product_id": top, "lines": components(steel, "2"), "alternates": []m{
		{"component_id": steel, "product_id": brass, "priority": 2}, {"component_id": steel, "product_id": iron, "quantity": "1.5", "priority": 1},
	}})
	c.stock(steel, "7", "1")
	c.stock(iron, "20", "1")
	c.stock(brass, "30", "1")
	order := func(quantity string) (string, m) {
		key := p.add(orders, m{"product_id": top, "quantity": quantity})
		return key, rows(p.one(orders, "id", key), "materials")[0]
	}
	_, x := order("3")
	c.fields(x, m{"product_id": steel, "quantity": "6", "reserved_quantity": "6", "substitute_for_id": nil})
	_, x = order("5") // 10 of steel, 1 free: 15 of iron
	c.fields(x, m{"product_id": iron, "quantity": "15", "reserved_quantity": "15", "substitute_for_id": steel})
	_, x = order("5") // 5 of iron are left
	c.fields(x, m{"product_id": brass, "quantity": "10", "reserved_quantity": "10", "substitute_for_id": steel})
	key, x := order("15") // nothing is there for all of it
	c.fields(x, m{"product_id": steel, "quantity": "30", "reserved_quantity": "1"})
	c.fields(c.one(wanted), m{"product_id": steel, "quantity": "29"})

	p.must(orders, key, "substitute", m{"material_id": x["id"], "product_id": brass})
	list := rows(p.one(orders, "id", key), "materials")
	if len(list) != 1 {
		t.Fatalf("materials %v", list)
	}
	c.fields(list[0], m{"product_id": brass, "quantity": "30", "reserved_quantity": "20", "substitute_for_id": steel})
	c.fields(p.one(orders, "product_id", brass), m{"quantity": "10", "parent_id": key})
	c.fields(c.one(wanted, "product_id", steel), m{"status": "cancelled"})
	c.fields(c.one(wanted, "product_id", ore), m{"quantity": "30", "status": "draft"})
	c.fields(c.one("inventory/stock_balances", "product_id", steel), m{"reserved": "6"})
	c.refused(p.act(orders, key, "substitute", m{"material_id": list[0]["id"], "product_id": ore}), "fields.invalid")
	p.must(orders, key, "substitute", m{"material_id": list[0]["id"], "product_id": steel})
	c.fields(rows(p.one(orders, "id", key), "materials")[0], m{"product_id": steel, "quantity": "30", "reserved_quantity": "1", "substitute_for_id": nil})
	c.fields(p.one(orders, "product_id", brass), m{"status": "cancelled"})

	f := c.refused(p.change(bills, bill, m{"alternates": []m{{"component_id": ore, "product_id": iron}, {"component_id": steel, "product_id": steel}}}), "fields.invalid")
	if len(f.Fields) != 2 {
		t.Errorf("refused with %+v", f.Fields)
	}
}
