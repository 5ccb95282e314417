package main

import "fmt"

// acts sets a company up with so many documents, all alike, for each of the requests that are killed.
func (x *mill) acts(n int) []act {
	x.t.Helper()
	product := func(number, supply string) string {
		return x.make("inventory/products", m{"number": number, "name": number, "type": "stock", "unit": "pcs", "supply": supply, "standard_cost": "10", "list_price": "15"})
	}
	bolt, part, half, made, kit := product("BOLT", "buy"), product("PART", "buy"), product("HALF", "make"), product("MADE", "make"), product("KIT", "make")
	x.make("production/bills_of_materials", m{"product_id": half, "lines": []m{{"component_id": part, "quantity": "2"}}})
	x.make("production/bills_of_materials", m{"product_id": made, "lines": []m{{"component_id": half, "quantity": "1"}, {"component_id": bolt, "quantity": "4"}}})
	x.make("production/bills_of_materials", m{"product_id": kit, "lines": []m{{"component_id": bolt, "quantity": "4"}}})
	vendor := x.make("purchasing/vendors", m{"number": "V", "name": "Vendor"})
	x.make("purchasing/vendor_prices", m{"product_id": part, "vendor_id": vendor, "price": "3", "lead_time_days": 5})
	place := x.ask(fmt.Sprintf("SELECT id::text FROM %s.location WHERE type = 'internal'", x.ask("SELECT schema_name FROM tenon.tenant")))
	count := x.make("inventory/stock_counts", m{"location_id": place, "lines": []m{
		{"product_id": bolt, "counted_quantity": "10000", "unit_cost": "1"},
	}})
	x.act("inventory/stock_counts", count, "post")
	customer := x.make("crm/customers", m{"name": "Customer"})

	confirm := act{path: "sales/orders", action: "confirm"}
	ship := act{path: "inventory/deliveries", action: "ship"}
	receive := act{path: "inventory/receipts", action: "receive"}
	complete := act{path: "production/production_orders", action: "complete"}
	pay := act{path: "finance/payments", action: "post"}
	of := func(table, column, key string) string {
		return x.ask(fmt.Sprintf("SELECT id::text FROM %s.%s WHERE %s = $1::text::uuid", x.ask("SELECT schema_name FROM tenon.tenant"), table, column), key)
	}
	order := func(lines ...m) string { return x.make("sales/orders", m{"customer_id": customer, "lines": lines}) }
	for range n {
		key := x.make("production/production_orders", m{"product_id": kit, "quantity": "1"})
		x.act("production/production_orders", key, "release")
		complete.docs = append(complete.docs, key)
	}
	for range n {
		key := order(m{"product_id": bolt, "quantity": "3", "unit_price": "15"})
		x.act("sales/orders", key, "confirm")
		ship.docs = append(ship.docs, of("delivery", "order_id", key))
	}
	for range n {
		key := x.make("purchasing/orders", m{"vendor_id": vendor, "lines": []m{{"product_id": bolt, "quantity": "7", "unit_price": "2"}}})
		x.act("purchasing/orders", key, "confirm")
		receive.docs = append(receive.docs, of("receipt", "purchase_order_id", key))
	}
	for range n {
		key := order(m{"product_id": bolt, "quantity": "1", "unit_price": "15"})
		x.act("sales/orders", key, "confirm")
		x.act("inventory/deliveries", of("delivery", "order_id", key), "ship")
		pay.docs = append(pay.docs, x.make("finance/payments", m{"customer_id": customer, "direction": "in", "amount": "5", "matches": []m{
			{"invoice_id": of("finance_invoice", "order_id", key), "amount": "5"},
		}}))
	}
	for range n {
		confirm.docs = append(confirm.docs, order(m{"product_id": bolt, "quantity": "2", "unit_price": "15"}, m{"product_id": made, "quantity": "2", "unit_price": "90"}))
	}
	return []act{ship, receive, complete, pay, confirm}
}
