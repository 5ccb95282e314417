package app_test

import (
	"net/http"
	"testing"
)

// A won deal whose order is cancelled may be reopened and won again; one whose order lives may not.
func TestLoopReopenAfterCancel(t *testing.T) {
	c := newCompany(t, newWorld(t), "Reopened")
	c.stock(c.motor, "2", "480")
	deal := c.deal(nil, line(c.motor, "2", "600"), line(c.motor, "1", "600"))
	path := str(deal, "id")
	first := str(c.sales.act("crm/opportunities", path, "win", nil), "order_id")
	c.sales.refused("its order lives", c.sales.doing("crm/opportunities", deal, "reopen", nil), http.StatusConflict, "opportunity.ordered")
	rows := lines(c.sales.read("sales/orders", first))
	c.sales.act("sales/orders", first, "cancel", m{"line_ids": []any{rows[0]["id"]}})
	same(t, "one line off", c.sales.read("crm/opportunities", path), m{"status": "won", "order_cancelled": false})
	c.sales.act("sales/orders", first, "cancel", m{"line_ids": []any{rows[1]["id"]}})
	same(t, "all off", c.sales.read("crm/opportunities", path), m{"status": "won", "order_cancelled": true})
	same(t, "reopened", c.sales.act("crm/opportunities", path, "reopen", nil), m{
		"status": "open", "order_id": nil, "order_cancelled": false, "promised_date": nil, "probability": "10", "delivery_status": "none",
	})
	again := c.sales.act("crm/opportunities", path, "win", nil)
	same(t, "won again", again, m{"status": "won", "order_cancelled": false, "delivery_status": "waiting"})
	if str(again, "order_id") == first {
		t.Error("the cancelled order is the deal's again")
	}
	same(t, "the new order", c.sales.read("sales/orders", str(again, "order_id")), m{"status": "confirmed", "opportunity_id": path})
}

// An offer that is accepted wins its deal, also a lost one. A deal has one order; an offer to somebody else is none of its own.
func TestLoopOffersOfADeal(t *testing.T) {
	c := newCompany(t, newWorld(t), "Offers")
	deal := c.deal(nil, line(c.motor, "1", "600"))
	offer := func(customer any) m {
		return c.sales.create("sales/quotations", m{"customer_id": customer, "opportunity_id": deal["id"], "lines": []m{line(c.motor, "1", "550")}})
	}
	one, two := offer(c.customer["id"]), offer(c.customer["id"])
	c.sales.act("crm/opportunities", str(deal, "id"), "lose", m{"reason": "price"})
	other := offer(c.sales.create("crm/customers", m{"name": "Somebody else"})["id"])
	c.sales.refused("another customer's", c.sales.doing("sales/quotations", other, "accept", nil), http.StatusUnprocessableEntity, "opportunity.other_customer")
	same(t, "still lost", c.sales.read("crm/opportunities", str(deal, "id")), m{"status": "lost", "order_id": nil})
	c.sales.act("sales/quotations", str(one, "id"), "accept", nil)
	same(t, "won", c.sales.read("crm/opportunities", str(deal, "id")), m{"status": "won", "probability": "100", "lost_reason": ""})
	c.sales.refused("it has an order", c.sales.doing("sales/quotations", two, "accept", nil), http.StatusUnprocessableEntity, "quotation.deal_ordered")
}

// One number written in many ways is one number; a customer is known by its contacts too.
func TestLoopDuplicatesHoweverWritten(t *testing.T) {
	c := newCompany(t, newWorld(t), "Numbers")
	known := c.sales.create("crm/customers", m{"name": "Nanhai (Foshan) Ltd", "phone": "0757-8123 4567"})
	c.sales.create("crm/contacts", m{"customer_id": known["id"], "name": "Wu", "mobile": "13700002222", "email": "wu@nanhai.example"})
	for _, phone := range []string{"+86 757 8123 4567", "0086-757-81234567", "+86 (0)757 8123-4567", "０７５７８１２３４５６７", "075781234567 转 802", "+86 137 0000 2222"} {
		if got := lists(c.sales.must(http.StatusOK, c.sales.post("/crm/duplicates", m{"phone": phone})), "data"); len(got) != 1 {
			t.Errorf("%s: %v", phone, got)
		}
	}
	for phone, want := range map[string]int{"8123 4567": 0, "755-81234567": 0, "86812345": 0} {
		if got := lists(c.sales.must(http.StatusOK, c.sales.post("/crm/duplicates", m{"phone": phone})), "data"); len(got) != want {
			t.Errorf("%s: %v", phone, got)
		}
	}
	lead := c.sales.create("crm/leads", m{"name": "Valves", "company": "ｎａｎｈａｉ（Foshan）", "phone": "137 0000 2222", "email": "WU@nanhai.example"})
	same(t, "once, by itself and its contact", lead, m{"duplicates": "1"})
	lead = c.sales.create("crm/leads", m{"name": "Pipes", "email": "WU@Nanhai.example "})
	same(t, "the contact's customer, and the lead", lead, m{"duplicates": "2"})
}

// What is planned goes before what has begun: nobody has to decide about a begun order while a planned one can shrink.
func TestLoopLowerTakesPlannedFirst(t *testing.T) {
	c := newCompany(t, newWorld(t), "Planned")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.frame, "5", "5000")}})
	id, key := str(order, "id"), lines(order)[0]["id"]
	c.sales.act("sales/orders", id, "confirm", nil)
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "7"}}})
	both := c.planner.list(orders, "product_id="+str(c.frame, "id")+"&sort=no")
	if len(both) != 2 {
		t.Fatalf("%d production orders", len(both))
	}
	c.planner.act(orders, str(both[1], "id"), "release", nil)
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "3"}}})
	same(t, "planned", c.planner.read(orders, str(both[0], "id")), m{"status": "planned", "quantity": "1"})
	same(t, "begun", c.planner.read(orders, str(both[1], "id")), m{"status": "released", "quantity": "2", "unneeded_quantity": "0"})
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "1"}}})
	same(t, "planned", c.planner.read(orders, str(both[0], "id")), m{"status": "cancelled"})
	same(t, "begun", c.planner.read(orders, str(both[1], "id")), m{"status": "released", "unneeded_quantity": "1"})
}
