package production_test

import "testing"

// TestAnotherStandardRestatesTheStock makes everything in stock worth the new standard cost, with the difference as a variance in the books; products that
// are valued otherwise don't mind.
func TestAnotherStandardRestatesTheStock(t *testing.T) {
	c := newCompany(t)
	p, other := c.product("P", "buy", m{"cost_method": "standard", "standard_cost": "5"}), c.product("Q", "buy", m{"standard_cost": "5"})
	c.stock(p, "10", "5")
	c.stock(other, "10", "5")
	for _, key := range []string{p, other} {
		c.ok(c.change(products, key, m{"standard_cost": "6.1234"}))
	}
	c.fields(c.one("inventory/product_values", "product_id", p), m{"value": "61.23"})
	c.fields(c.one("inventory/product_values", "product_id", other), m{"value": "50"})
	c.fields(c.one("inventory/value_adjustments"), m{"product_id": p, "reason": "standard_cost", "amount": "11.23", "stock_amount": "11.23", "source_no": "P"})
	c.fields(c.account("finance/trial_balance", "1404"), m{"balance": "-11.23"})
	c.fields(c.account("finance/trial_balance", "1405"), m{"balance": "111.23"})
	sale := c.sell(p, "10", nil)
	c.must("inventory/deliveries", str(c.one("inventory/deliveries", "order_id", sale)["id"]), "ship", nil)
	c.fields(c.one("inventory/product_values", "product_id", p), m{"quantity": "0", "value": "0"})
	c.ok(c.change(products, p, m{"standard_cost": "7"})) // nothing is there to be restated
	c.one("inventory/value_adjustments")
}
