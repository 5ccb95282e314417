package sales_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
)

// goods makes a product that is bought, sold at a price.
func goods(p person, number, price string, more m) m {
	p.t.Helper()
	in := m{"number": number, "name": "Product " + number, "type": "stock", "unit": "pcs", "supply": "buy", "list_price": price, "standard_cost": "6"}
	maps.Copy(in, more)
	return p.create("inventory/products", in)
}

func stock(p person, product m, quantity string) {
	p.t.Helper()
	doc := p.create("inventory/stock_counts", m{"lines": []m{{"product_id": product["id"], "counted_quantity": quantity, "unit_cost": "6"}}})
	p.act("inventory/stock_counts", doc, "post", nil)
}

// Sales alone: without stock, projects and finance what is confirmed counts as delivered at once.
func TestSalesAloneDeliversAtOnce(t *testing.T) {
	owner := company(t, "crm", "sales")
	customer := owner.create("crm/customers", m{"name": "Northwind", "address": "1 Dock Road"})
	p := goods(owner, "P", "12.5", nil)
	order := owner.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "4"}}})
	same(t, "draft", order, m{
		"status": "draft", "delivery_address": "1 Dock Road", "untaxed_amount": "50", "tax_amount": "6.5", "total_amount": "56.5",
		"delivery_status": "none", "invoice_status": "none", "payment_status": "none", "late_days": "0", "currency": "CNY",
	})
	same(t, "line", lines(order)[0], m{"unit": "pcs", "unit_price": "12.5", "base_quantity": "4", "reserved_quantity": "0"})
	order = owner.act("sales/orders", order, "confirm", nil)
	same(t, "confirmed", order, m{
		"status": "in_progress", "delivery_status": "shipped", "delivery_progress": "100", "invoice_status": "waiting",
		"cost_amount": "24", "margin_amount": "26",
	})
	same(t, "line", lines(order)[0], m{"shipped_quantity": "4", "fulfilment": "direct"})
	owner.refuse(http.StatusConflict, "state.not_allowed", "sales/orders", order, "confirm", nil)
}

// A deal is won by a salesperson; the order is reserved in part, and the rest is asked for.
func TestWinReservesAndPromises(t *testing.T) {
	owner := company(t)
	sally := owner.hire("sally", "sales")
	customer := sally.create("crm/customers", m{"name": "Northwind"})
	vendor := owner.create("purchasing/vendors", m{"number": "V", "name": "Vendor"})
	p := goods(owner, "P", "10", nil)
	owner.create("purchasing/vendor_prices", m{"product_id": p["id"], "vendor_id": vendor["id"], "price": "5", "lead_time_days": 10})
	stock(owner, p, "6")
	deal := sally.create("crm/opportunities", m{"name": "Ten", "customer_id": customer["id"], "terms": "FOB Shanghai", "lines": []m{
		{"product_id": p["id"], "quantity": "10"},
	}})
	same(t, "deal", deal, m{"status": "open", "stage": "First contact", "probability": "10", "expected_amount": "100", "owner_id": sally.id})
	deal = sally.act("crm/opportunities", deal, "win", nil)
	same(t, "won", deal, m{"status": "won", "delivery_status": "waiting", "delivery_progress": "30", "probability": "100"})
	order := sally.read("sales/orders", m{"id": deal["order_id"]})
	same(t, "order", order, m{"status": "confirmed", "opportunity_id": deal["id"], "terms": "FOB Shanghai", "delivery_progress": "30", "owner_id": sally.id})
	if order["promised_date"] == nil || order["promised_date"] != deal["promised_date"] {
		t.Errorf("order promised on %v, deal on %v", order["promised_date"], deal["promised_date"])
	}
	same(t, "line", lines(order)[0], m{"reserved_quantity": "6", "fulfilment": "stock"})
	sally.refuse(http.StatusConflict, "state.not_allowed", "crm/opportunities", deal, "win", nil)
	if _, seen := order["cost_amount"]; seen {
		t.Error("a salesperson sees cost")
	}

	// The rest arrives: reserved, and shown on the deal.
	pr := owner.one("purchasing/requisitions", "product_id="+text(p, "id"))
	owner.act("purchasing/requisitions", pr, "approve", nil)
	owner.act("purchasing/requisitions", pr, "order", nil)
	owner.act("purchasing/orders", owner.one("purchasing/orders", ""), "confirm", nil)
	owner.act("inventory/receipts", owner.one("inventory/receipts", ""), "receive", nil)
	deal = sally.read("crm/opportunities", deal)
	same(t, "arrived", deal, m{"delivery_progress": "50", "promised_by": owner.one("inventory/deliveries", "")["no"]})
	if a := rows(deal, "arrivals"); len(a) != 1 {
		t.Errorf("arrivals: %v", a)
	} else {
		same(t, "arrival", a[0], m{"product_id": p["id"], "quantity": "4"})
	}
	if left := owner.list("sales/promises", ""); len(left) != 0 {
		t.Errorf("still promised: %v", left)
	}
}

// An order is late when its supply comes after the day that the customer asked for, and says which supply.
func TestLateBecauseOfASupply(t *testing.T) {
	owner := company(t)
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	vendor := owner.create("purchasing/vendors", m{"number": "V", "name": "Vendor"})
	p := goods(owner, "P", "10", nil)
	owner.create("purchasing/vendor_prices", m{"product_id": p["id"], "vendor_id": vendor["id"], "price": "5", "lead_time_days": 10})
	order := owner.create("sales/orders", m{
		"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}},
	})
	order = owner.must(http.StatusOK, http.MethodPatch, "/sales/orders/"+text(order, "id"), m{"requested_date": order["order_date"]}, "If-Match", `"1"`)
	order = owner.act("sales/orders", order, "confirm", nil)
	pr := owner.one("purchasing/requisitions", "")
	same(t, "late", order, m{"late_days": "10", "late_because": pr["no"], "promised_by": pr["no"], "delivery_progress": "0", "delivery_status": "waiting"})
	if found := owner.list("sales/orders", "late_days[gt]=5&sort=-late_days"); len(found) != 1 {
		t.Errorf("%d orders are more than 5 days late", len(found))
	}
}

// Goods that are here and have not left on the day for which they were asked hold the order up: what is late is their delivery, and after a part of it has
// left the delivery of the rest.
func TestLateBecauseNobodyShips(t *testing.T) {
	owner := company(t)
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "10", nil)
	stock(owner, p, "10")
	order := owner.create("sales/orders", m{"customer_id": customer["id"], "requested_date": "2020-01-01", "lines": []m{{"product_id": p["id"], "quantity": "4"}}})
	order = owner.act("sales/orders", order, "confirm", nil)
	first := owner.one("inventory/deliveries", "")
	same(t, "ready", order, m{"late_because": first["no"], "promised_by": ""})
	owner.act("inventory/deliveries", first, "ship", m{"lines": []m{{"order_line_id": lines(order)[0]["id"], "quantity": "1"}}})
	rest := owner.one("inventory/deliveries", "status=ready")
	same(t, "a part has left", owner.read("sales/orders", order), m{"late_because": rest["no"], "delivery_status": "partial"})
	owner.act("inventory/deliveries", rest, "ship", nil)
	same(t, "all has left", owner.read("sales/orders", order), m{"late_because": "", "delivery_no": "", "late_days": "0"})
}

// What is promised stays promised when money comes in for another line, and a new requested date reaches the deal.
func TestPromisesOutliveAPayment(t *testing.T) {
	owner := company(t)
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	vendor := owner.create("purchasing/vendors", m{"number": "V", "name": "Vendor"})
	p := goods(owner, "P", "10", nil)
	hint := goods(owner, "H", "20", m{"type": "consumable"})
	owner.create("purchasing/vendor_prices", m{"product_id": p["id"], "vendor_id": vendor["id"], "price": "5", "lead_time_days": 10})
	deal := owner.create("crm/opportunities", m{"name": "D", "customer_id": customer["id"], "lines": []m{
		{"product_id": p["id"], "quantity": "10"}, {"product_id": hint["id"], "quantity": "1"},
	}})
	deal = owner.act("crm/opportunities", deal, "win", nil)
	order := owner.read("sales/orders", m{"id": deal["order_id"]})
	same(t, "order", order, m{"delivery_status": "partial", "invoice_status": "partial", "status": "in_progress"})
	invoice := owner.one("finance/invoices", "order_id="+text(order, "id"))
	pay := owner.create("finance/payments", m{
		"customer_id": customer["id"], "direction": "in", "amount": "22.6", "matches": []m{{"invoice_id": invoice["id"], "amount": "22.6"}},
	})
	owner.act("finance/payments", pay, "post", nil)
	paid := owner.read("sales/orders", order)
	same(t, "paid in part", paid, m{"payment_status": "partial", "collected_amount": "22.6", "promised_date": order["promised_date"]})
	if order["promised_date"] == nil {
		t.Error("nothing was promised")
	}
	owner.act("sales/orders", order, "amend", m{"requested_date": order["order_date"]})
	same(t, "deal", owner.read("crm/opportunities", deal), m{
		"requested_date": order["order_date"], "late_days": "10", "late_because": paid["promised_by"], "collected_amount": "22.6",
	})
}

// An order that ships complete refuses a part.
func TestShipComplete(t *testing.T) {
	owner := company(t, "crm", "sales", "inventory")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "10", nil)
	stock(owner, p, "6")
	order := owner.create("sales/orders", m{"customer_id": customer["id"], "ship_complete": true, "lines": []m{{"product_id": p["id"], "quantity": "10"}}})
	owner.act("sales/orders", order, "confirm", nil)
	delivery := owner.one("inventory/deliveries", "")
	owner.refuse(http.StatusUnprocessableEntity, "order.ships_complete", "inventory/deliveries", delivery, "ship", nil)
	stock(owner, p, "20")
	owner.act("inventory/deliveries", delivery, "ship", nil)
	same(t, "shipped", owner.read("sales/orders", order), m{"delivery_status": "shipped"})
}

func TestConfirmNamesWhatIsMissing(t *testing.T) {
	owner := company(t, "crm", "sales")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	order := owner.create("sales/orders", m{"customer_id": customer["id"]})
	if fields := owner.refuse(http.StatusUnprocessableEntity, "order.not_ready", "sales/orders", order, "confirm", nil); fields != "lines" {
		t.Errorf("fields %s", fields)
	}
	deal := owner.create("crm/opportunities", m{"name": "Empty"})
	if fields := owner.refuse(http.StatusUnprocessableEntity, "opportunity.incomplete", "crm/opportunities", deal, "win", nil); fields != "customer_id,lines" {
		t.Errorf("fields %s", fields)
	}
}

// An amendment raises by the difference, never goes below what left, and waits for the director where it lifts the order over the limit.
func TestAmend(t *testing.T) {
	owner := company(t)
	sally, dora := owner.hire("sally", "sales"), owner.hire("dora", "sales_director")
	customer := sally.create("crm/customers", m{"name": "Northwind"})
	p, q := goods(owner, "P", "100", nil), goods(owner, "Q", "10", nil)
	stock(owner, p, "1000")
	stock(owner, q, "20")
	order := sally.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}}})
	order = sally.act("sales/orders", order, "confirm", nil)
	line := lines(order)[0]
	order = sally.act("sales/orders", order, "amend", m{
		"reason": "more", "lines": []m{{"id": line["id"], "quantity": "15"}, {"product_id": q["id"], "quantity": "5"}},
	})
	same(t, "amended", order, m{"untaxed_amount": "1550", "total_amount": "1751.5", "revision": "1", "delivery_progress": "50"})
	same(t, "raised", lines(order)[0], m{"quantity": "15", "reserved_quantity": "15"})
	same(t, "added", lines(order)[1], m{"quantity": "5", "reserved_quantity": "5", "unit_price": "10"})

	delivery := owner.one("inventory/deliveries", "")
	owner.act("inventory/deliveries", delivery, "ship", m{"lines": []m{{"order_line_id": line["id"], "quantity": "12"}}})
	less := m{"lines": []m{{"id": line["id"], "quantity": "11"}}}
	if f := sally.refuse(http.StatusUnprocessableEntity, "order.amendment_refused", "sales/orders", order, "amend", less); f != "lines[0].quantity" {
		t.Errorf("fields %s", f)
	}
	order = sally.act("sales/orders", order, "amend", m{"lines": []m{{"id": line["id"], "quantity": "12"}, {"id": lines(order)[1]["id"], "remove": true}}})
	same(t, "lowered", order, m{"untaxed_amount": "1200", "delivery_status": "shipped", "delivery_progress": "100", "revision": "2"})
	if n := len(lines(order)); n != 1 {
		t.Errorf("%d lines", n)
	}

	// Over the limit.
	much := m{"lines": []m{{"id": line["id"], "quantity": "1012"}}}
	out := sally.must(http.StatusAccepted, http.MethodPost, "/sales/orders/"+text(order, "id")+"/amend", much)
	approval, _ := out["approval"].(m)
	same(t, "untouched", sally.read("sales/orders", order), m{"untaxed_amount": "1200", "revision": "2"})
	sally.refuse(http.StatusConflict, "order.revision_pending", "sales/orders", order, "amend", m{"lines": []m{{"id": line["id"], "quantity": "13"}}})
	dora.act("approvals", approval, "approve", nil)
	same(t, "approved", sally.read("sales/orders", order), m{"untaxed_amount": "101200", "revision": "3", "delivery_status": "partial"})
	if n := len(sally.list("sales/revisions", "order_id="+text(order, "id"))); n != 3 {
		t.Errorf("%d revisions", n)
	}

	// Rejected: the order stays, and the proposal can be taken back.
	out = sally.must(http.StatusAccepted, http.MethodPost, "/sales/orders/"+text(order, "id")+"/amend", m{"lines": []m{{"id": line["id"], "quantity": "2000"}}})
	approval, _ = out["approval"].(m)
	dora.act("approvals", approval, "reject", m{"comment": "too much"})
	proposal := sally.one("sales/revisions", "status=proposed")
	same(t, "withdrawn", sally.act("sales/revisions", proposal, "withdraw", nil), m{"status": "withdrawn"})
	same(t, "as it was", sally.read("sales/orders", order), m{"untaxed_amount": "101200", "revision": "3"})
}

// Cancelling releases; closing ends an order of which a part was shipped.
func TestCancelAndClose(t *testing.T) {
	owner := company(t)
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "100", nil)
	stock(owner, p, "10")
	sell := func() m {
		o := owner.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}}})
		return owner.act("sales/orders", o, "confirm", nil)
	}
	first := sell()
	owner.refuse(http.StatusUnprocessableEntity, "order.nothing_shipped", "sales/orders", first, "close", nil)
	first = owner.act("sales/orders", first, "cancel", m{"reason": "changed their mind"})
	same(t, "cancelled", first, m{"status": "cancelled", "delivery_status": "none", "delivery_progress": "0", "cancel_reason": "changed their mind"})
	same(t, "line", lines(first)[0], m{"reserved_quantity": "0"})
	same(t, "free again", owner.one("inventory/stock_balances", "product_id="+text(p, "id")+"&on_hand[gt]=0"), m{"reserved": "0"})

	second := sell()
	delivery := owner.one("inventory/deliveries", "order_id="+text(second, "id")+"&status=ready")
	owner.act("inventory/deliveries", delivery, "ship", m{"lines": []m{{"order_line_id": lines(second)[0]["id"], "quantity": "4"}}})
	second = owner.act("sales/orders", second, "close", nil)
	same(t, "closed", second, m{"status": "done", "delivery_status": "shipped", "invoice_status": "invoiced"})
	same(t, "line", lines(second)[0], m{"reserved_quantity": "0", "shipped_quantity": "4", "invoiced_quantity": "4"})
	owner.refuse(http.StatusConflict, "state.not_allowed", "sales/orders", second, "cancel", nil)
}

// A customer's credit limit blocks what would exceed it, until a director or finance releases it.
func TestCreditLimit(t *testing.T) {
	owner := company(t, "crm", "sales", "inventory", "finance")
	sally, fay := owner.hire("sally", "sales"), owner.hire("fay", "finance")
	customer := owner.create("crm/customers", m{"name": "Northwind", "credit_limit": "2000"})
	p := goods(owner, "P", "100", nil)
	stock(owner, p, "100")
	order := func() m {
		return sally.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}}})
	}
	first := sally.act("sales/orders", order(), "confirm", nil)
	same(t, "fits", first, m{"status": "confirmed", "credit_excess": "0"})
	second := order()
	out := sally.must(http.StatusAccepted, http.MethodPost, "/sales/orders/"+text(second, "id")+"/confirm", nil)
	same(t, "blocked", sally.read("sales/orders", second), m{"status": "pending_approval", "credit_excess": "260", "delivery_progress": "0"})
	approval, _ := out["approval"].(m)
	fay.act("approvals", approval, "approve", nil)
	same(t, "released", sally.read("sales/orders", second), m{"status": "confirmed", "delivery_progress": "50"})
}

// The request to release an order tells how the customer stands: open orders, what of them has not left, what is overdue. What was called off, and what
// was paid, counts no longer; a rejected order is a draft again.
func TestCreditTellsTheFigures(t *testing.T) {
	owner := company(t, "crm", "sales", "inventory", "finance")
	sally, dora, fay := owner.hire("sally", "sales"), owner.hire("dora", "sales_director"), owner.hire("fay", "finance")
	customer := owner.create("crm/customers", m{"name": "Northwind", "credit_limit": "2000"})
	p := goods(owner, "P", "100", nil)
	stock(owner, p, "100")
	old := fay.create("finance/invoices", m{
		"customer_id": customer["id"], "due_date": "2020-01-31", "lines": []m{{"product_id": p["id"], "description": "Old debt", "quantity": "1", "unit_price": "565"}},
	})
	old = fay.act("finance/invoices", old, "post", nil)
	same(t, "owed", old, m{"residual_amount": "565"})
	order := func(n string) m {
		return sally.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": n}}})
	}
	first := sally.act("sales/orders", order("10"), "confirm", nil) // 1130
	same(t, "fits", first, m{"status": "confirmed", "credit_excess": "0", "credit_open": "565", "credit_overdue": "565"})
	delivery := owner.one("inventory/deliveries", "")
	owner.act("inventory/deliveries", delivery, "ship", m{"lines": []m{{"order_line_id": lines(first)[0]["id"], "quantity": "4"}}})

	second := order("5") // 565: 260 above
	out := sally.must(http.StatusAccepted, http.MethodPost, "/sales/orders/"+text(second, "id")+"/confirm", nil)
	approval, _ := out["approval"].(m)
	same(t, "figures", sally.read("sales/orders", second), m{
		"status": "pending_approval", "credit_limit": "2000", "credit_open": "1695", "credit_unshipped": "678", "credit_overdue": "565", "credit_excess": "260",
	})
	for _, figure := range []string{"limit 2000", "open 1695", "unshipped 678", "overdue 565", "this order 565", "260 above"} {
		if label := text(approval, "label_en"); !strings.Contains(label, figure) {
			t.Errorf("the reason %q does not tell %q", label, figure)
		}
	}
	if label := text(approval, "label_zh"); !strings.Contains(label, "超出 260") {
		t.Errorf("the reason in Chinese: %q", label)
	}
	sally.refuse(http.StatusForbidden, "approval.self", "approvals", approval, "approve", nil)
	dora.act("approvals", approval, "reject", nil)
	same(t, "rejected", sally.read("sales/orders", second), m{"status": "draft"})

	sally.act("sales/orders", first, "cancel", m{"line_ids": []any{lines(first)[0]["id"]}}) // 452 of it had left
	same(t, "fits now", sally.act("sales/orders", second, "confirm", nil), m{"status": "confirmed", "credit_open": "1017", "credit_unshipped": "0", "credit_excess": "0"})

	pay := fay.create("finance/payments", m{"customer_id": customer["id"], "direction": "in", "amount": "565", "matches": []m{{"invoice_id": old["id"], "amount": "565"}}})
	fay.act("finance/payments", pay, "post", nil)
	same(t, "paid", sally.act("sales/orders", order("1"), "confirm", nil), m{"credit_open": "1017", "credit_overdue": "0"})
}

// An accepted quotation is an order at the offered prices, and wins its deal.
func TestQuotationBecomesTheOrder(t *testing.T) {
	owner := company(t, "crm", "sales")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "100", nil)
	list := owner.create("sales/price_lists", m{"name": "Dealers", "lines": []m{
		{"product_id": p["id"], "unit_price": "90"}, {"product_id": p["id"], "unit_price": "80", "min_quantity": "10"},
	}})
	deal := owner.create("crm/opportunities", m{"name": "Ten", "customer_id": customer["id"]})
	quote := owner.create("sales/quotations", m{
		"customer_id": customer["id"], "opportunity_id": deal["id"], "price_list_id": list["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}},
	})
	same(t, "quote", quote, m{"status": "draft", "untaxed_amount": "800", "total_amount": "904"})
	quote = owner.act("sales/quotations", quote, "send", nil)
	same(t, "sent", quote, m{"status": "sent"})
	quote = owner.act("sales/quotations", quote, "accept", m{"confirm": false})
	order := owner.read("sales/orders", m{"id": quote["order_id"]})
	same(t, "order", order, m{"status": "draft", "total_amount": "904", "quotation_id": quote["id"], "opportunity_id": deal["id"]})
	same(t, "deal", owner.read("crm/opportunities", deal), m{"status": "won", "order_id": order["id"]})
	other := owner.create("sales/quotations", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "1"}}})
	same(t, "rejected", owner.act("sales/quotations", other, "reject", m{"reason": "too dear"}), m{"status": "rejected", "reject_reason": "too dear"})
}

// An offer has versions: revising it supersedes the one before, which can't be accepted any more; an expired one has to be extended by a director.
func TestQuotationVersionsAndValidity(t *testing.T) {
	owner := company(t, "crm", "sales")
	sally, dora := owner.hire("sally", "sales"), owner.hire("dora", "sales_director")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "100", nil)
	first := sally.create("sales/quotations", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}}})
	same(t, "offer", first, m{"revision": "1", "owner_id": sally.id})
	if _, seen := first["cost_amount"]; seen {
		t.Error("a salesperson sees the cost of an offer")
	}
	same(t, "margin", dora.read("sales/quotations", first), m{"margin_amount": "940"})
	sally.act("sales/quotations", first, "send", nil)
	first = sally.act("sales/quotations", first, "revise", nil)
	same(t, "superseded", first, m{"status": "superseded"})
	sally.refuse(http.StatusConflict, "state.not_allowed", "sales/quotations", first, "accept", nil)
	second := sally.read("sales/quotations", m{"id": first["replaced_by_id"]})
	same(t, "next", second, m{"status": "draft", "revision": "2", "previous_id": first["id"], "no": text(first, "no") + "-2", "total_amount": "1130", "valid_until": first["valid_until"]})
	second = sally.must(http.StatusOK, http.MethodPatch, "/sales/quotations/"+text(second, "id"), m{
		"date": "2020-01-01", "valid_until": "2020-01-31", "lines": []m{{"id": lines(second)[0]["id"], "product_id": p["id"], "quantity": "10", "unit_price": "90"}},
	}, "If-Match", `"1"`)
	sally.act("sales/quotations", second, "send", nil)
	same(t, "found", sally.one("sales/quotations", "expired=true"), m{"id": second["id"], "untaxed_amount": "900"})
	sally.refuse(http.StatusUnprocessableEntity, "quotation.expired", "sales/quotations", second, "accept", nil)
	later := text(sally.create("sales/quotations", m{"customer_id": customer["id"]}), "valid_until")
	sally.refuse(http.StatusForbidden, "action.denied", "sales/quotations", second, "extend", m{"valid_until": later})
	dora.refuse(http.StatusBadRequest, "fields.invalid", "sales/quotations", second, "extend", m{"valid_until": "2020-02-28"})
	same(t, "extended", dora.act("sales/quotations", second, "extend", m{"valid_until": later}), m{"expired": "false"})
	same(t, "accepted", sally.act("sales/quotations", second, "accept", nil), m{"status": "accepted"})
	same(t, "order", owner.one("sales/orders", ""), m{"untaxed_amount": "900", "quotation_id": second["id"]})
}

// Where a document names no price list, the customer's own applies, then the group's, then everybody's, by quantity and date; a given price stays.
func TestPriceListsApplyByThemselves(t *testing.T) {
	owner := company(t, "crm", "sales")
	vip := owner.create("crm/customers", m{"name": "Vip", "customer_group": "dealer"})
	dealer := owner.create("crm/customers", m{"name": "Dealer", "customer_group": "dealer"})
	other := owner.create("crm/customers", m{"name": "Other"})
	p, q := goods(owner, "P", "100", nil), goods(owner, "Q", "50", nil)
	list := func(name string, more m, lines ...m) {
		in := m{"name": name, "lines": lines}
		maps.Copy(in, more)
		owner.create("sales/price_lists", in)
	}
	list("Nobody's", nil, m{"product_id": p["id"], "unit_price": "1"})
	list("All", m{"for_everybody": true}, m{"product_id": p["id"], "unit_price": "95", "valid_to": "2020-01-01"}, m{"product_id": p["id"], "unit_price": "90", "valid_from": "2020-01-01"})
	list("Dealers", m{"customer_group": "dealer"}, m{"product_id": p["id"], "unit_price": "80"}, m{"product_id": p["id"], "unit_price": "70", "min_quantity": "10"})
	list("Vip", m{"customer_id": vip["id"]}, m{"product_id": q["id"], "unit_price": "40"})
	list("Dollars", m{"for_everybody": true, "currency": "USD"}, m{"product_id": q["id"], "unit_price": "7"})
	for _, x := range []struct {
		who, product, more m
		quantity, want     string
	}{
		{other, p, nil, "1", "90"},
		{other, q, nil, "1", "50"},
		{dealer, p, nil, "9", "80"},
		{dealer, p, nil, "10", "70"},
		{vip, q, nil, "1", "40"},
		{vip, p, nil, "1", "80"},
		{vip, q, m{"unit_price": "45"}, "1", "45"},
	} {
		line := m{"product_id": x.product["id"], "quantity": x.quantity}
		maps.Copy(line, x.more)
		for _, path := range []string{"sales/orders", "sales/quotations"} {
			doc := owner.create(path, m{"customer_id": x.who["id"], "lines": []m{line}})
			same(t, path+" of "+text(x.who, "name")+" "+text(x.product, "number")+" "+x.quantity, lines(doc)[0], m{"unit_price": x.want})
		}
	}
}

// Goods come back: never more than the customer has.
func TestReturn(t *testing.T) {
	owner := company(t, "crm", "sales")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "100", nil)
	order := owner.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "10"}}})
	line := lines(owner.act("sales/orders", order, "confirm", nil))[0]
	pieces := func(n string) m {
		return m{"order_id": order["id"], "reason": "scratched", "lines": []m{{"order_line_id": line["id"], "quantity": n}}}
	}
	owner.must(http.StatusBadRequest, http.MethodPost, "/sales/returns", pieces("11"))
	back := owner.create("sales/returns", pieces("3"))
	same(t, "return", back, m{"status": "draft", "customer_id": customer["id"]})
	same(t, "confirmed", owner.act("sales/returns", back, "confirm", nil), m{"status": "confirmed"})
	same(t, "line", lines(owner.read("sales/orders", order))[0], m{"returned_quantity": "3"})
	owner.must(http.StatusBadRequest, http.MethodPost, "/sales/returns", pieces("8"))
	again := owner.create("sales/returns", pieces("7"))
	same(t, "cancelled", owner.act("sales/returns", again, "cancel", nil), m{"status": "cancelled"})
}

// Boxes of six: ordered in boxes, kept in pieces.
func TestUnits(t *testing.T) {
	owner := company(t, "crm", "sales", "inventory")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "5", m{"units": []m{{"unit": "box", "numerator": "6"}}})
	stock(owner, p, "9")
	order := owner.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "2", "unit": "box"}}})
	same(t, "priced", lines(order)[0], m{"unit_price": "30", "base_quantity": "12", "untaxed_amount": "60"})
	order = owner.act("sales/orders", order, "confirm", nil)
	same(t, "reserved", lines(order)[0], m{"base_reserved": "9", "reserved_quantity": "1.5"})
	same(t, "progress", order, m{"delivery_progress": "37.5"})
}

// The limit of orders counts in company currency, whatever the order's.
func TestForeignCurrency(t *testing.T) {
	owner := company(t, "crm", "sales")
	sally := owner.hire("sally", "sales")
	owner.create("finance/exchange_rates", m{"currency": "USD", "date": "2020-01-01", "rate": "7.1"})
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := goods(owner, "P", "100", nil)
	order := sally.create("sales/orders", m{"customer_id": customer["id"], "currency": "USD", "lines": []m{
		{"product_id": p["id"], "quantity": "1000", "unit_price": "14"},
	}})
	same(t, "order", order, m{"total_amount": "15820", "company_amount": "112322", "exchange_rate": "7.1"})
	sally.must(http.StatusAccepted, http.MethodPost, "/sales/orders/"+text(order, "id")+"/confirm", nil)
	plain := sally.create("sales/orders", m{"customer_id": customer["id"], "currency": "USD", "lines": []m{{"product_id": p["id"], "quantity": "1"}}})
	same(t, "list price in dollars", lines(plain)[0], m{"unit_price": "14.084507"})
}
