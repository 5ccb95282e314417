package app_test

import (
	"fmt"
	"testing"
)

// Goods that a bill made dearer after they came in leave at what they cost by now, one by one: to a customer and back to the vendor.
func TestOddLayersAfterALatePrice(t *testing.T) {
	for _, method := range []string{"fifo", "average"} {
		t.Run(method, func(t *testing.T) {
			c := newCompany(t, newWorld(t), "Dearer"+method)
			p := c.owner.create("inventory/products", m{"number": "L", "name": "L", "type": "stock", "unit": "pcs", "supply": "buy", "cost_method": method})
			order := c.buyTen(p)
			receipt := c.store.one("inventory/receipts", "")
			c.bill(order, "12.5")
			c.valued(t, "125")
			c.ship(p, "1")
			c.ship(p, "1")
			back := c.buyer.create("inventory/vendor_returns", m{"receipt_id": receipt["id"], "reason": "dented", "lines": []m{{"product_id": p["id"], "quantity": "2"}}})
			c.store.act("inventory/vendor_returns", str(back, "id"), "confirm", nil)
			for i, mv := range c.owner.list("inventory/stock_moves", "sort=created_at&source_entity[ne]=inventory.receipt&product_id="+str(p, "id")) {
				same(t, fmt.Sprint("move ", i), mv, m{"value": []string{"-12.5", "-12.5", "-25"}[i], "residual_value": "0"})
			}
			same(t, "variance", m{"sum": c.movement(t, "1404")}, m{"sum": "0"})
			c.ship(p, "6")
			c.valued(t, "0")
		})
	}
}

// A price for pieces is no price for boxes: lines in another unit cost in proportion, to the sixth decimal, and reach the quantity of a price in pieces.
func TestOddUnitsArePriced(t *testing.T) {
	c := newCompany(t, newWorld(t), "Units")
	product := func(number, unit string, units ...m) m {
		return c.owner.create("inventory/products", m{"number": number, "name": number, "type": "stock", "unit": unit, "supply": "buy", "list_price": "3", "units": append([]m{}, units...)})
	}
	pieces, powder := product("P", "pcs", m{"unit": "box", "numerator": "6"}), product("G", "kg")
	thirds := product("T", "pcs", m{"unit": "box", "numerator": "1", "denominator": "3"})
	c.owner.create("sales/price_lists", m{"name": "A", "for_everybody": true, "lines": []m{
		{"product_id": pieces["id"], "unit_price": "2.5"}, {"product_id": pieces["id"], "unit_price": "2", "min_quantity": "12"},
		{"product_id": pieces["id"], "unit_price": "11", "min_quantity": "10", "unit": "box"},
	}})
	for _, x := range []struct {
		product              m
		quantity, unit, want string
	}{
		{pieces, "11", "pcs", "2.5"}, {pieces, "12", "pcs", "2"}, {pieces, "1", "box", "15"}, {pieces, "2", "box", "12"}, {pieces, "10", "box", "11"},
		{powder, "0.001", "g", "0.003"}, {powder, "250", "g", "0.003"}, {thirds, "1", "box", "1"}, {thirds, "3", "box", "1"},
	} {
		in := []m{{"product_id": x.product["id"], "quantity": x.quantity, "unit": x.unit}}
		order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": in})
		same(t, x.quantity+" "+x.unit, lines(order)[0], m{"unit_price": x.want})
		same(t, "a deal: "+x.quantity+" "+x.unit, lines(c.deal(nil, in...))[0], m{"unit_price": x.want})
	}
}

// Without tasks and milestones a project is as far as its cost is in its budget; another budget is another share, and no more than all is earned.
func TestOddProjectWithoutAPlan(t *testing.T) {
	c := newCompany(t, newWorld(t), "Planless")
	pm := c.owner.hire("pam", "project_manager")
	p := pm.create("projects/projects", m{"name": "P", "customer_id": c.customer["id"], "revenue": "10000", "budget_amount": "3000", "revenue_method": "percentage"})
	pm.act("projects/projects", str(p, "id"), "start", nil)
	earns := func(want string) {
		t.Helper()
		same(t, "project", c.owner.act("projects/projects", str(p, "id"), "recognise", nil), m{"earned_amount": want, "contract_balance": want})
		same(t, "books", m{"revenue": c.movement(t, "6001").Neg()}, m{"revenue": want})
	}
	spend := func(amount string) {
		pm.create("projects/expenses", m{"project_id": p["id"], "amount": amount, "description": "x"})
	}
	earns("0")
	spend("1000")
	earns("3333.33")
	now := pm.read("projects/projects", str(p, "id"))
	pm.must(200, pm.do("PATCH", "/projects/projects/"+str(p, "id"), m{"budget_amount": "4000"}, "If-Match", fmt.Sprintf(`"%v"`, now["version"])))
	earns("2500")
	spend("4000")
	earns("10000")
	pm.create("projects/milestones", m{"project_id": p["id"], "name": "Half"})
	earns("0") // it has a plan now, of which nothing is reached
}
