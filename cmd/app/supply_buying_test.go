package app_test

import (
	"net/http"
	"testing"
)

// rowsOf asks a report.
func (p person) rowsOf(path string) []m {
	p.t.Helper()
	data, _ := p.must(http.StatusOK, p.get(path))["data"].([]any)
	out := make([]m, len(data))
	for i, x := range data {
		out[i], _ = x.(m)
	}
	return out
}

// ordered approves and orders all open requisitions and returns the draft that they made.
func (c *company) ordered() m {
	for _, r := range c.buyer.list("purchasing/requisitions", "status=draft") {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	}
	return c.buyer.one("purchasing/orders", "status=draft")
}

// Three vendors are asked; their offers are compared in company currency and in their lots; the best of each line wins, and the requisition behind it
// is ordered with it.
func TestSupplyQuotationsAreComparedAndAwarded(t *testing.T) {
	c := newCompany(t, newWorld(t), "Quotes")
	b := c.buyer
	c.books.create("finance/exchange_rates", m{"currency": "USD", "date": inDays(-1), "rate": "7"})
	c.sell(c.motor, "10", "900")
	need := b.one("purchasing/requisitions", "")
	slow := b.create("purchasing/vendors", m{"name": "Slow"})
	abroad := b.create("purchasing/vendors", m{"name": "Abroad", "currency": "USD"})
	stranger := b.create("purchasing/vendors", m{"name": "Stranger"})
	rfq := b.create("purchasing/quotation_requests", m{"title": "Motors", "due_on": inDays(3)})
	b.refused("nothing on it", b.doing("purchasing/quotation_requests", rfq, "send", nil), http.StatusUnprocessableEntity, "quotation_request.incomplete")
	b.must(http.StatusOK, b.do(http.MethodPatch, "/purchasing/quotation_requests/"+str(rfq, "id"), m{
		"lines":   []m{{"requisition_id": need["id"]}, {"product_id": c.steel["id"], "quantity": "95", "need_by": inDays(5)}},
		"vendors": []m{{"vendor_id": c.vendor["id"]}, {"vendor_id": slow["id"]}, {"vendor_id": abroad["id"]}},
	}, "If-Match", `"1"`))
	rfq = b.act("purchasing/quotation_requests", str(rfq, "id"), "send", nil)
	same(t, "sent", rfq, m{"status": "sent", "no": "RQ000001"})
	motors, steel := lines(rfq)[0], lines(rfq)[1]
	same(t, "from the requisition", motors, m{"product_id": c.motor["id"], "quantity": "10", "unit": "pcs"})
	offer := func(vendor, line m, price string, more m) m {
		in := m{"request_id": rfq["id"], "vendor_id": vendor["id"], "line_id": line["id"], "price": price}
		for k, v := range more {
			in[k] = v
		}
		return b.create("purchasing/vendor_offers", in)
	}
	b.refused("not invited", b.post("/purchasing/vendor_offers", m{"request_id": rfq["id"], "vendor_id": stranger["id"], "line_id": steel["id"], "price": "1"}),
		http.StatusBadRequest, "")
	offer(c.vendor, motors, "480", m{"lead_time_days": 10})
	won := offer(abroad, motors, "65", m{"lead_time_days": 30}) // 455 CNY
	offer(slow, motors, "400", m{"valid_to": inDays(0)})
	offer(c.vendor, steel, "10", nil)                                          // 950
	offer(slow, steel, "9.6", m{"multiple": "50", "lead_time_days": 9})        // 100 pieces: 960
	offer(abroad, steel, "1", m{"min_quantity": "1000", "lead_time_days": 40}) // 7000
	list := b.rowsOf("/purchasing/quotation_comparison?request_id=" + str(rfq, "id"))
	if len(list) != 6 {
		t.Fatalf("%d offers compared: %v", len(list), list)
	}
	same(t, "best motor", list[0], m{"offer_id": won["id"], "rank": 1, "total": "4550.00", "vendor": "Abroad", "arrives_on": inDays(30)})
	same(t, "run out", list[2], m{"rank": 0})
	same(t, "in lots", list[4], m{"rank": 2, "quantity": "100", "total": "960.00", "late_days": 4})
	b.refused("its requisition is not approved", b.doing("purchasing/quotation_requests", rfq, "award", nil), http.StatusUnprocessableEntity, "requisition.not_approved")
	b.act("purchasing/requisitions", str(need, "id"), "approve", nil)
	b.refused("more than asked", b.doing("purchasing/quotation_requests", rfq, "award", m{"lines": []m{{"offer_id": won["id"], "quantity": "11"}}}),
		http.StatusUnprocessableEntity, "quotation_request.award")
	same(t, "awarded", b.act("purchasing/quotation_requests", str(rfq, "id"), "award", m{"make_prices": true}), m{"status": "awarded"})
	po := b.one("purchasing/orders", "vendor_id="+str(abroad, "id"))
	same(t, "order", po, m{"status": "draft", "currency": "USD", "total_amount": "650"})
	same(t, "line", lines(po)[0], m{"quantity": "10", "needed_quantity": "10", "unit_price": "65"})
	same(t, "requisition", b.read("purchasing/requisitions", str(need, "id")), m{"status": "ordered", "purchase_order_id": po["id"], "vendor_id": abroad["id"]})
	same(t, "offer", b.read("purchasing/vendor_offers", str(won, "id")), m{"status": "awarded", "awarded_quantity": "10", "purchase_order_id": po["id"]})
	same(t, "kept", b.one("purchasing/vendor_prices", "vendor_id="+str(abroad, "id")), m{"price": "65", "currency": "USD", "lead_time_days": 30})
	b.act("purchasing/orders", str(po, "id"), "confirm", nil)
	other := b.create("purchasing/quotation_requests", m{"title": "Off"})
	same(t, "off", b.act("purchasing/quotation_requests", str(other, "id"), "cancel", nil), m{"status": "cancelled"})
}

// What a vendor answers moves the promise; what comes in beyond the tolerance needs the buyer; amounts follow.
func TestSupplyAVendorsDateMovesThePromise(t *testing.T) {
	c := newCompany(t, newWorld(t), "Dates")
	order := c.sell(c.motor, "4", "900")
	po := c.buyer.act("purchasing/orders", str(c.ordered(), "id"), "confirm", nil)
	same(t, "promised", c.sales.read("sales/orders", str(order, "id")), m{"promised_date": inDays(10)})
	c.buyer.act("purchasing/orders", str(po, "id"), "acknowledge", m{"expected_date": inDays(21), "vendor_reference": "A7"})
	same(t, "later", c.sales.read("sales/orders", str(order, "id")), m{"promised_date": inDays(21)})
	line := lines(po)[0]
	receipt := c.store.one("inventory/receipts", "")
	in := func(quantity string) answer {
		return c.store.doing("inventory/receipts", receipt, "receive", m{"lines": []m{{"purchase_line_id": line["id"], "quantity": quantity}}})
	}
	c.store.refused("too much", in("5"), http.StatusUnprocessableEntity, "receipt.over")
	c.store.refused("not theirs to allow", c.store.doing("purchasing/orders", po, "amend", m{"lines": []m{{"id": line["id"], "quantity": "5"}}}), http.StatusForbidden, "")
	same(t, "amended", c.buyer.act("purchasing/orders", str(po, "id"), "amend", m{"lines": []m{{"id": line["id"], "over_receipt_percent": "25"}}, "reason": "One more"}), m{"revision": 1})
	c.store.must(http.StatusOK, in("5"))
	same(t, "received", c.buyer.read("purchasing/orders", str(po, "id")), m{"status": "received"})
	same(t, "ready", c.store.one("inventory/deliveries", ""), m{"status": "ready"})

	// What is made of late goods is late too.
	machine := c.sell(c.machine, "1", "60000")
	po = c.buyer.act("purchasing/orders", str(c.ordered(), "id"), "confirm", nil)
	c.buyer.act("purchasing/orders", str(po, "id"), "acknowledge", m{"expected_date": inDays(40)})
	if got := str(c.sales.read("sales/orders", str(machine, "id")), "promised_date"); got < inDays(40) {
		t.Errorf("promised for %s, while its materials come on %s", got, inDays(40))
	}
}

// A bill within the tolerance is paid; one beyond it is blocked with the reason until finance releases it.
func TestSupplyABillThatDoesNotFitIsBlocked(t *testing.T) {
	c := newCompany(t, newWorld(t), "Match")
	c.books.create("purchasing/settings", m{"price_tolerance_percent": "5", "quantity_tolerance_percent": "10"})
	c.sell(c.motor, "30", "900")
	po := c.buyer.act("purchasing/orders", str(c.ordered(), "id"), "confirm", nil)
	line := lines(po)[0]
	receipt := c.store.one("inventory/receipts", "")
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", m{"lines": []m{{"purchase_line_id": line["id"], "quantity": "20"}}})
	bill := func(quantity, price string) m {
		in := m{"vendor_id": c.vendor["id"], "purchase_order_id": po["id"], "lines": []m{
			{"purchase_line_id": line["id"], "product_id": c.motor["id"], "quantity": quantity, "unit_price": price},
		}}
		return c.books.act("finance/bills", str(c.books.create("finance/bills", in), "id"), "post", nil)
	}
	pay := func(x m) answer {
		p := c.books.create("finance/payments", m{"vendor_id": c.vendor["id"], "direction": "out", "amount": x["total_amount"], "currency": "CNY"})
		c.books.act("finance/payments", str(p, "id"), "post", nil)
		return c.books.doing("finance/payments", p, "match", m{"matches": []m{{"bill_id": x["id"], "amount": x["total_amount"]}}})
	}
	fits := bill("10", "500")
	same(t, "within", fits, m{"match_status": "matched", "blocked": false, "match_reason_en": ""})
	c.books.must(http.StatusOK, pay(fits))
	dear := bill("5", "510")
	same(t, "dear", dear, m{"match_status": "price", "blocked": true, "match_reason_en": "line 1: 2550.00 billed, 2400.00 at the price ordered"})
	many := bill("8", "480")
	same(t, "many", many, m{"match_status": "quantity", "blocked": true, "match_reason_zh": "第 1 行：开票 8，已收未开票 5"})
	c.books.refused("blocked", pay(dear), http.StatusUnprocessableEntity, "")
	c.buyer.refused("not the buyer's to release", c.buyer.doing("finance/bills", dear, "release", m{"reason": "Agreed"}), http.StatusForbidden, "")
	same(t, "released", c.books.act("finance/bills", str(dear, "id"), "release", m{"reason": "Agreed"}), m{"blocked": false, "release_reason": "Agreed"})
	c.books.must(http.StatusOK, pay(dear))
	same(t, "billed", lines(c.buyer.read("purchasing/orders", str(po, "id")))[0], m{"billed_quantity": "23", "received_quantity": "20"})
}
