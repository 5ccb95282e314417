package app_test

import (
	"fmt"
	"testing"
)

// part ships some of an order's lines, in their order, and returns the invoice.
func (c *company) part(order m, quantities ...string) m {
	d := c.store.one("inventory/deliveries", "status=ready&order_id="+str(order, "id"))
	var in []m
	for i, q := range quantities {
		in = append(in, m{"order_line_id": lines(order)[i]["id"], "quantity": q})
	}
	c.store.act("inventory/deliveries", str(d, "id"), "ship", m{"lines": in})
	return c.books.list("finance/invoices", "sort=-created_at&order_id="+str(order, "id"))[0]
}

// In three deliveries, in another currency, with taxes rounded by line and by document and prices of broken cents: the invoices add up to the order, and
// when they are paid so is the order.
func TestOddCentsOfPartInvoices(t *testing.T) {
	c := newCompany(t, newWorld(t), "Cents")
	c.stock(c.motor, "100", "480")
	c.books.create("finance/exchange_rates", m{"currency": "EUR", "date": "2020-01-01", "rate": "7.8531"})
	byDocument := c.owner.create("finance/taxes", m{"code": "X7", "name": "7.7 %", "rate": "7.7", "rounding": "document"})
	byLine := c.owner.create("finance/taxes", m{"code": "X19", "name": "19 %", "rate": "19", "rounding": "line"})
	for _, included := range []bool{false, true} {
		order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "currency": "EUR", "price_includes_tax": included, "lines": []m{
			{"product_id": c.motor["id"], "quantity": "7", "unit_price": "13.337", "discount_percent": "3.5", "tax_id": byDocument["id"]},
			{"product_id": c.motor["id"], "quantity": "5", "unit_price": "0.333333", "tax_id": byDocument["id"]},
			{"product_id": c.motor["id"], "quantity": "3", "unit_price": "99.995", "discount_percent": "12.5", "tax_id": byLine["id"]},
		}})
		order = c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
		c.part(order, "1", "2", "1")
		c.part(order, "3", "1", "1")
		c.ships(order)
		invoices := c.books.list("finance/invoices", "order_id="+str(order, "id"))
		for _, column := range []string{"untaxed_amount", "tax_amount", "total_amount"} {
			same(t, fmt.Sprint("invoices, tax in price: ", included), m{column: total(t, invoices, column)}, m{column: order[column]})
		}
		var matches []m
		for _, x := range invoices {
			matches = append(matches, m{"invoice_id": x["id"], "amount": x["total_amount"]})
		}
		p := c.books.create("finance/payments", m{"customer_id": c.customer["id"], "currency": "EUR", "amount": order["total_amount"], "matches": matches})
		same(t, "payment", c.books.act("finance/payments", str(p, "id"), "post", nil), m{"unmatched_amount": "0", "open_value": "0"})
		same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "paid", "status": "done"})
	}
	c.balanced(t)
}

// What was delivered is paid, the rest is closed, a part comes back and is refunded: the order is paid all along, to the cent, whatever rounding.
func TestOddCentsOfAClosedOrder(t *testing.T) {
	c := newCompany(t, newWorld(t), "Closed")
	c.stock(c.motor, "100", "480")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{
		{"product_id": c.motor["id"], "quantity": "7", "unit_price": "33.335", "discount_percent": "3"}, line(c.motor, "9", "0.335"),
	}})
	order = c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	for _, x := range []m{c.part(order, "2", "4"), c.part(order, "3", "1")} {
		c.pays(str(x, "total_amount"), m{"invoice_id": x["id"], "amount": x["total_amount"]})
	}
	state := func(what string, want m) { same(t, what, c.sales.read("sales/orders", str(order, "id")), want) }
	state("on the way", m{"status": "in_progress", "payment_status": "partial", "collected_amount": "184.58", "invoiced_amount": "184.58"})
	c.sales.act("sales/orders", str(order, "id"), "close", nil)
	state("closed", m{"status": "done", "payment_status": "paid", "invoice_status": "invoiced"})
	back := c.sales.create("sales/returns", m{"order_id": order["id"], "lines": []m{{"order_line_id": lines(order)[0]["id"], "quantity": "3"}}})
	c.sales.act("sales/returns", str(back, "id"), "confirm", nil)
	note := c.books.one("finance/credit_notes", "residual_amount[gt]=0")
	p := c.books.create("finance/payments", m{
		"customer_id": c.customer["id"], "direction": "out", "amount": note["residual_amount"], "matches": []m{{"credit_note_id": note["id"], "amount": note["residual_amount"]}},
	})
	c.books.act("finance/payments", str(p, "id"), "post", nil)
	state("refunded", m{"status": "done", "payment_status": "paid", "invoice_status": "invoiced", "collected_amount": "74.97", "invoiced_amount": "74.97"})
	if got := c.movement(t, "1122"); !got.IsZero() {
		t.Errorf("receivable %s", got)
	}
}

// An order in dollars is billed as ordered while the rate has moved: nothing is wrong with the price. A price that was amended after goods came in is the
// price by which bills are judged.
func TestOddBillsOfOrdersAbroad(t *testing.T) {
	c := newCompany(t, newWorld(t), "Abroad")
	c.books.create("finance/exchange_rates", m{"currency": "USD", "date": "2020-01-01", "rate": "7"})
	order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "currency": "USD", "lines": []m{{"product_id": c.motor["id"], "quantity": "3", "unit_price": "3.333333"}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", ""), "id"), "receive", nil)
	c.books.create("finance/exchange_rates", m{"currency": "USD", "date": inDays(0), "rate": "7.25"})
	bill := c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "purchase_order_id": order["id"]})
	same(t, "proposed", bill, m{"currency": "USD", "total_amount": "10"})
	same(t, "bill", c.books.act("finance/bills", str(bill, "id"), "post", nil), m{"match_status": "matched", "blocked": "false", "open_value": "72.5"})
	for code, want := range map[string]string{"1405": "72.5", "220202": "0", "2202": "-72.5", "1404": "0"} {
		same(t, "account "+code, m{"sum": c.movement(t, code)}, m{"sum": want})
	}

	order = c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": c.steel["id"], "quantity": "10", "unit_price": "3.335"}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	key := lines(order)[0]["id"]
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", "status=waiting"), "id"), "receive", m{"lines": []m{{"purchase_line_id": key, "quantity": "4"}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "amend", m{"lines": []m{{"id": key, "unit_price": "4"}}})
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", "status=waiting"), "id"), "receive", nil)
	for price, status := range map[string]string{"4": "matched", "4.01": "price"} {
		bill = c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "purchase_order_id": order["id"], "lines": []m{
			{"product_id": c.steel["id"], "purchase_line_id": key, "quantity": "5", "unit_price": price},
		}})
		same(t, "at "+price, c.books.act("finance/bills", str(bill, "id"), "post", nil), m{"match_status": status})
	}
}

// An invoice in dollars is paid in three parts at three rates; one of them is taken back, and the rest credited. On each day that is past, what is open is
// what it was, and ties to the ledger.
func TestOddOpenItemsOnPastDays(t *testing.T) {
	c := newCompany(t, newWorld(t), "Past")
	zero := c.owner.one("finance/taxes", "rate=0")
	for day, rate := range map[string]string{"2026-01-01": "7.7777", "2026-02-01": "7.1", "2026-03-01": "8.9", "2026-04-01": "6.3333"} {
		c.books.create("finance/exchange_rates", m{"currency": "USD", "date": day, "rate": rate})
	}
	inv := c.books.create("finance/invoices", m{"customer_id": c.customer["id"], "currency": "USD", "date": "2026-01-15", "lines": []m{
		{"product_id": c.motor["id"], "quantity": "1", "unit_price": "100.01", "tax_id": zero["id"]},
	}})
	c.books.act("finance/invoices", str(inv, "id"), "post", nil)
	var second m
	for _, x := range [][]string{{"2026-02-10", "33.33"}, {"2026-03-10", "33.33"}, {"2026-04-10", "33.35"}} {
		p := c.books.create("finance/payments", m{
			"customer_id": c.customer["id"], "currency": "USD", "date": x[0], "amount": x[1], "matches": []m{{"invoice_id": inv["id"], "amount": x[1]}},
		})
		if p = c.books.act("finance/payments", str(p, "id"), "post", nil); x[0] == "2026-03-10" {
			second = p
		}
	}
	same(t, "paid", c.books.read("finance/invoices", str(inv, "id")), m{"status": "paid", "residual_amount": "0", "open_value": "0"})
	past := func(what string) {
		t.Helper()
		for day, want := range map[string]string{
			"2026-01-14": "0 0", "2026-01-15": "100.01 777.85", "2026-02-09": "100.01 777.85", "2026-02-10": "66.68 518.62", "2026-03-10": "33.35 259.39", "2026-04-10": "0 0",
		} {
			rows := c.books.rows("open_receivables", "date="+day)
			if got := fmt.Sprint(total(t, rows, "open"), " ", total(t, rows, "value")); got != want {
				t.Errorf("%s, open on %s: %s, want %s", what, day, got, want)
			}
			same(t, what+", ageing on "+day, m{"value": total(t, c.books.rows("receivables_ageing", "date="+day), "value")}, m{"value": total(t, rows, "value")})
			for _, r := range c.books.rows("trial_balance", "date="+day) {
				if r["code"] == "1122" {
					same(t, what+", ledger on "+day, r, m{"balance": total(t, rows, "value")})
				}
			}
		}
	}
	past("paid")
	c.books.act("finance/payments", str(second, "id"), "unmatch", nil)
	same(t, "open again", c.books.read("finance/invoices", str(inv, "id")), m{"status": "partial", "residual_amount": "33.33", "open_value": "259.23"})
	past("a payment taken back")
	c.books.act("finance/invoices", str(inv, "id"), "credit", m{"reason": "gone"})
	past("credited")
	same(t, "note", c.books.one("finance/credit_notes", ""), m{"total_amount": "100.01", "residual_amount": "66.68", "open_value": "518.62"})
}
