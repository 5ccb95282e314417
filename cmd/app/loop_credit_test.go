package app_test

import (
	"net/http"
	"testing"
)

// Goods go back to their vendor after they were billed: the vendor's credit note clears what is expected and settles the next bill; a customer's credit
// note settles another invoice. Reports tie out, and all promises hold.
func TestLoopCredits(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Credits")
	buying := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "10", "unit_price": "480"}}})
	c.buyer.act("purchasing/orders", str(buying, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", nil)
	bill := c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "purchase_order_id": buying["id"]})
	c.books.act("finance/bills", str(bill, "id"), "post", nil)
	back := c.store.create("inventory/vendor_returns", m{"receipt_id": receipt["id"], "reason": "rust", "lines": []m{{"product_id": c.motor["id"], "quantity": "3"}}})
	c.store.act("inventory/vendor_returns", str(back, "id"), "confirm", nil)
	expects := func(want string) {
		t.Helper()
		same(t, "order", c.buyer.read("purchasing/orders", str(buying, "id")), m{"credit_expected": want})
	}
	expects("1440")
	if got := c.movement(t, "220202").String(); got != "1440" {
		t.Errorf("goods received and not billed: %s", got)
	}

	part := c.books.create("finance/vendor_credits", m{"vendor_id": c.vendor["id"], "lines": []m{
		{"purchase_line_id": lines(buying)[0]["id"], "product_id": c.motor["id"], "quantity": "1", "unit_price": "480"},
	}})
	c.books.act("finance/vendor_credits", str(part, "id"), "post", nil)
	expects("960")
	rest := c.books.create("finance/vendor_credits", m{"vendor_id": c.vendor["id"], "purchase_order_id": buying["id"], "vendor_reference": "CN-7"})
	same(t, "proposed", rest, m{"total_amount": "960", "bill_id": bill["id"]})
	over := c.books.create("finance/vendor_credits", m{"vendor_id": c.vendor["id"], "purchase_order_id": buying["id"]})
	same(t, "posted", c.books.act("finance/vendor_credits", str(rest, "id"), "post", nil), m{"status": "posted", "residual_amount": "960"})
	expects("0")
	c.books.refused("more than is expected", c.books.doing("finance/vendor_credits", over, "post", nil), http.StatusUnprocessableEntity, "credit.too_much")
	if got := c.movement(t, "220202"); !got.IsZero() {
		t.Errorf("goods received and not billed: %s", got)
	}
	same(t, "settled", c.books.act("finance/vendor_credits", str(rest, "id"), "match", m{"matches": []m{{"bill_id": bill["id"]}}}), m{"status": "settled"})
	same(t, "bill", c.books.read("finance/bills", str(bill, "id")), m{"residual_amount": "3840", "status": "partial"})
	refund := c.books.create("finance/payments", m{
		"direction": "in", "vendor_id": c.vendor["id"], "amount": "480", "matches": []m{{"vendor_credit_id": part["id"], "amount": "480"}},
	})
	c.books.act("finance/payments", str(refund, "id"), "post", nil)
	c.buyer.refused("what finance does", c.buyer.post("/finance/vendor_credits/"+str(part, "id")+"/match", m{}), http.StatusForbidden, "action.denied")

	invoice := func(amount string) m {
		inv := c.books.create("finance/invoices", m{"customer_id": c.customer["id"], "lines": []m{{"description": "Service", "unit_price": amount}}})
		return c.books.act("finance/invoices", str(inv, "id"), "post", nil)
	}
	paid, open := invoice("100"), invoice("70")
	c.pays("100", m{"invoice_id": paid["id"], "amount": "100"})
	c.books.act("finance/invoices", str(paid, "id"), "credit", m{"reason": "late"})
	note := c.books.one("finance/credit_notes", "")
	same(t, "offset", c.books.act("finance/credit_notes", str(note, "id"), "match", m{"matches": []m{{"invoice_id": open["id"]}}}), m{"residual_amount": "30", "status": "posted"})
	same(t, "invoice", c.books.read("finance/invoices", str(open, "id")), m{"status": "paid", "residual_amount": "0"})

	for report, code := range map[string]string{"receivables_ageing": "1122", "payables_ageing": "2202"} {
		sum := c.movement(t, code)
		for _, r := range data(c.books.must(http.StatusOK, c.books.get("/finance/"+report))) {
			if code == "1122" {
				sum = sum.Sub(num(t, r, "value"))
			} else {
				sum = sum.Add(num(t, r, "value"))
			}
		}
		if !sum.IsZero() {
			t.Errorf("%s is off account %s by %s", report, code, sum)
		}
	}
	for _, r := range data(c.books.must(http.StatusOK, c.books.get("/finance/trial_balance"))) {
		if code := str(r, "code"); code == "1122" || code == "2202" {
			if got := c.movement(t, code); !got.Equal(num(t, r, "balance")) {
				t.Errorf("trial balance of %s is %s, its entries say %s", code, str(r, "balance"), got)
			}
		}
	}
	w.sound(t)
}
