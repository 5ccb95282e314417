package app_test

import "testing"

// Lines of a deal cost what they would on an order, and keep that price when the deal is won, whatever price lists say by then.
func TestLoopDealsArePricedLikeOrders(t *testing.T) {
	c := newCompany(t, newWorld(t), "Prices")
	c.books.create("finance/exchange_rates", m{"currency": "USD", "date": "2020-01-01", "rate": "8"})
	own := c.sales.create("crm/customers", m{"name": "Own list"})
	dealer := c.sales.create("crm/customers", m{"name": "Dealer", "customer_group": "dealer"})
	list := func(more m, lines ...m) m {
		body := m{"lines": lines}
		for k, v := range more {
			body[k] = v
		}
		return c.owner.create("sales/price_lists", body)
	}
	price := func(price string, more m) m {
		l := m{"product_id": c.motor["id"], "unit_price": price}
		for k, v := range more {
			l[k] = v
		}
		return l
	}
	mine := list(m{"name": "Own", "customer_id": own["id"]}, price("90", nil), price("80", m{"min_quantity": "10", "discount_percent": "5"}),
		price("1", m{"valid_to": inDays(0)}), price("2", m{"valid_from": inDays(1)}))
	list(m{"name": "Dealers", "customer_group": "dealer"}, price("85", nil))
	list(m{"name": "All", "for_everybody": true}, price("95", nil))
	list(m{"name": "Dollars", "for_everybody": true, "currency": "USD"}, price("11", nil))
	c.owner.must(200, c.owner.do("PATCH", "/inventory/products/"+str(c.motor, "id"), m{"list_price": "100"}, "If-Match", `"1"`))
	c.owner.must(200, c.owner.do("PATCH", "/inventory/products/"+str(c.steel, "id"), m{"list_price": "40"}, "If-Match", `"1"`))
	line := func(product m, quantity string) m { return m{"product_id": product["id"], "quantity": quantity} }
	for _, x := range []struct {
		name           string
		head, line     m
		price, percent string
	}{
		{"the customer's own list", m{"customer_id": own["id"]}, line(c.motor, "9"), "90", "0"},
		{"from a quantity on, with its discount", m{"customer_id": own["id"]}, line(c.motor, "10"), "80", "5"},
		{"the group's list", m{"customer_id": dealer["id"]}, line(c.motor, "1"), "85", "0"},
		{"everybody's", m{"customer_id": c.customer["id"]}, line(c.motor, "1"), "95", "0"},
		{"nobody yet", m{}, line(c.motor, "1"), "95", "0"},
		{"another currency", m{"customer_id": own["id"], "currency": "USD"}, line(c.motor, "1"), "11", "0"},
		{"the list price, in another currency", m{"customer_id": own["id"], "currency": "USD"}, line(c.steel, "1"), "5", "0"},
		{"the list price", m{"customer_id": own["id"]}, line(c.steel, "1"), "40", "0"},
	} {
		deal := c.deal(x.head, x.line)
		same(t, x.name, lines(deal)[0], m{"unit_price": x.price, "discount_percent": x.percent})
		if x.head["customer_id"] == nil {
			continue
		}
		order := c.sales.create("sales/orders", m{"customer_id": x.head["customer_id"], "currency": deal["currency"], "lines": []m{x.line}})
		same(t, "an order: "+x.name, lines(order)[0], m{"unit_price": x.price, "discount_percent": x.percent})
	}
	deal := c.deal(m{"customer_id": own["id"]}, line(c.motor, "10"))
	same(t, "expected", deal, m{"expected_amount": "760"})
	c.owner.must(200, c.owner.do("PATCH", "/sales/price_lists/"+str(mine, "id"), m{"active": false}, "If-Match", `"1"`))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", m{"confirm": false})
	same(t, "the order", lines(c.sales.read("sales/orders", str(won, "order_id")))[0], m{"unit_price": "80", "discount_percent": "5"})
}
