package app_test

import (
	"net/http"
	"testing"
)

// decisions are the documents that a preview leaves to be decided, by number, with what is chosen.
func decisions(preview m) map[string]m {
	out := map[string]m{}
	effects, _ := preview["effects"].([]any)
	for _, e := range effects {
		if x, _ := e.(m); x["choices"] != nil {
			out[str(x, "entity")] = x
		}
	}
	return out
}

// What has begun is decided in the request that calls the order off: all of it happens, or nothing does.
func TestLoopChoicesOfACancellation(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Choices")
	c.stock(c.motor, "2", "480")
	c.stock(c.steel, "40", "9")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "3", "600"), line(c.frame, "1", "5000")}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	req := c.buyer.one("purchasing/requisitions", "")
	c.buyer.act("purchasing/requisitions", str(req, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(req, "id"), "order", nil)
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	frame := str(c.made(c.frame), "id")
	c.planner.act(orders, frame, "release", nil)
	c.planner.act(orders, frame, "issue", nil)

	path := "/sales/orders/" + str(order, "id") + "/cancel"
	open := c.owner.must(http.StatusOK, c.owner.post(path+"?dry_run=true", nil))
	asked := decisions(open)
	same(t, "production", asked["production.production_order"], m{"effect": "decision", "cost": "3000.00"})
	same(t, "requisition", asked["purchasing.requisition"], m{"effect": "decision", "cost": "480.00"})
	choose := func(list ...string) m {
		var out []m
		for i := 0; i < len(list); i += 2 {
			out = append(out, m{"record_id": list[i], "choice": list[i+1]})
		}
		return m{"reason": "gone", "choices": out}
	}
	wrong := c.owner.post(path, choose(frame, "burn", str(order, "id"), "keep", frame, "keep"))
	c.owner.refused("no such choice", wrong, http.StatusUnprocessableEntity, "choices.invalid")
	if f := fieldsOf(wrong); f["choices[0].choice"] != "decision.unknown" || f["choices[1].record_id"] != "decision.none" || f["choices[2].record_id"] != "decision.twice" {
		t.Errorf("fields %v", f)
	}
	c.sales.refused("not theirs to decide", c.sales.post(path, choose(frame, "stop")), http.StatusForbidden, "action.denied")
	same(t, "nothing happened", c.sales.read("sales/orders", str(order, "id")), m{"status": "confirmed"})

	both := choose(frame, "stop", str(req, "id"), "call_off")
	shown := c.owner.must(http.StatusOK, c.owner.post(path+"?dry_run=true", both))
	chosen := decisions(shown)
	same(t, "production", chosen["production.production_order"], m{"effect": "cancelled", "chosen": "stop", "cost": "360.00"})
	same(t, "requisition", chosen["purchasing.requisition"], m{"effect": "cancelled", "chosen": "call_off"})
	if open["hash"] == shown["hash"] {
		t.Error("the hash does not know the choices")
	}
	c.owner.refused("another preview", c.owner.post(path, both, "X-Preview-Hash", str(open, "hash")), http.StatusConflict, "preview.changed")
	c.owner.must(http.StatusOK, c.owner.post(path, both, "X-Preview-Hash", str(shown, "hash")))
	same(t, "production", c.made(c.frame), m{"status": "cancelled", "unneeded_quantity": "0"})
	same(t, "requisition", c.buyer.one("purchasing/requisitions", ""), m{"status": "cancelled", "unneeded_quantity": "0"})
	same(t, "purchase", lines(c.buyer.one("purchasing/orders", ""))[0], m{"quantity": "0"})
	if onHand, reserved, _ := c.balance(t, c.steel); !onHand.IsZero() || !reserved.IsZero() {
		t.Errorf("steel: on hand %s, reserved %s; it went into what was scrapped", onHand, reserved)
	}
	w.sound(t)
}

// A lowered line shrinks the order on the floor and leaves what a vendor has to its buyer.
func TestLoopChoicesOfAnAmendment(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Shrinks")
	c.stock(c.steel, "120", "9")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.frame, "3", "5000")}})
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	frame := str(c.made(c.frame), "id")
	c.planner.act(orders, frame, "release", nil)
	c.planner.refused("all is needed", c.planner.post("/"+orders+"/"+frame+"/stop", nil), http.StatusUnprocessableEntity, "production.needed")
	less := m{"lines": []m{{"id": lines(order)[0]["id"], "quantity": "2"}}, "choices": []m{{"record_id": frame, "choice": "stop"}}}
	shown := c.owner.must(http.StatusOK, c.owner.post("/sales/orders/"+str(order, "id")+"/amend?dry_run=true", less))
	same(t, "preview", decisions(shown)["production.production_order"], m{"effect": "reduced", "chosen": "stop", "from": "3", "to": "2"})
	c.owner.act("sales/orders", str(order, "id"), "amend", less)
	made := c.made(c.frame)
	same(t, "production", made, m{"quantity": "2", "unneeded_quantity": "0", "status": "released"})
	if _, reserved, free := c.balance(t, c.steel); reserved.String() != "80" || free.String() != "40" {
		t.Errorf("steel: reserved %s, free %s", reserved, free)
	}
	c.planner.act(orders, frame, "complete", nil)
	same(t, "made", c.made(c.frame), m{"status": "done", "done_quantity": "2"})
	c.ships(order)
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_status": "shipped"})
	w.sound(t)
}

// A raise takes up what was begun and is no longer needed, on the floor and at the vendor, before anything new is planned or requested: by the same
// order, and by another customer's.
func TestLoopRaiseReusesWhatWasBegun(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Again")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.frame, "5", "5000")}})
	id := str(order, "id")
	c.sales.act("sales/orders", id, "confirm", nil)
	made := str(c.made(c.frame), "id")
	c.planner.act(orders, made, "release", nil)
	need := c.buyer.one("purchasing/requisitions", "")
	c.buyer.act("purchasing/requisitions", str(need, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(need, "id"), "order", nil)
	c.buyer.act("purchasing/orders", str(c.buyer.one("purchasing/orders", ""), "id"), "confirm", nil)
	all := num(t, need, "quantity")

	key := lines(order)[0]["id"]
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "1"}}})
	same(t, "left on the floor", c.made(c.frame), m{"quantity": "5", "unneeded_quantity": "4", "demand_quantity": "1"})
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "3"}}})
	same(t, "raised again", c.made(c.frame), m{"quantity": "5", "unneeded_quantity": "2", "demand_quantity": "3"})
	other := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.frame, "3", "5000")}})
	c.sales.act("sales/orders", str(other, "id"), "confirm", nil)
	two := c.planner.list(orders, "product_id="+str(c.frame, "id")+"&sort=no")
	if len(two) != 2 {
		t.Fatalf("%d production orders, want the begun one and one for the third piece", len(two))
	}
	same(t, "taken up by another", two[0], m{"quantity": "5", "unneeded_quantity": "0", "demand_quantity": "5"})
	same(t, "only what is missing", two[1], m{"quantity": "1", "demand_quantity": "1", "status": "planned"})
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", ""), "id"), "receive", nil)
	c.planner.act(orders, made, "complete", nil)
	c.ships(order)
	same(t, "the other waits for one", lines(c.sales.read("sales/orders", str(other, "id")))[0], m{"reserved_quantity": "2"})
	if all.Sign() <= 0 {
		t.Fatal("nothing was bought")
	}

	// the same of goods that are bought: steel itself is sold
	bolts := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.steel, "50", "20")}})
	id, key = str(bolts, "id"), lines(bolts)[0]["id"]
	c.sales.act("sales/orders", id, "confirm", nil)
	need = c.buyer.one("purchasing/requisitions", "sales_order_id="+id)
	c.buyer.act("purchasing/requisitions", str(need, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(need, "id"), "order", nil)
	c.buyer.act("purchasing/orders", str(c.buyer.one("purchasing/orders", "status=draft"), "id"), "confirm", nil)
	was := num(t, need, "quantity")
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "20"}}})
	same(t, "left with the vendor", c.buyer.read("purchasing/requisitions", str(need, "id")), m{"unneeded_quantity": "30", "quantity": was.String()})
	c.sales.act("sales/orders", id, "amend", m{"lines": []m{{"id": key, "quantity": "30"}}})
	same(t, "needed again", c.buyer.read("purchasing/requisitions", str(need, "id")), m{"unneeded_quantity": "20", "quantity": was.String()})
	third := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.steel, "25", "20")}})
	c.sales.act("sales/orders", str(third, "id"), "confirm", nil)
	same(t, "taken over", c.buyer.read("purchasing/requisitions", str(need, "id")), m{"unneeded_quantity": "0", "quantity": was.Sub(num(t, m{"x": "20"}, "x")).String()})
	same(t, "another's now", c.buyer.one("purchasing/requisitions", "status=ordered&sales_order_id="+str(third, "id")), m{"quantity": "20", "purchase_order_id": c.buyer.read("purchasing/requisitions", str(need, "id"))["purchase_order_id"]})
	same(t, "the rest is asked for", c.buyer.one("purchasing/requisitions", "status=draft&sales_order_id="+str(third, "id")), m{"quantity": "5"})
	c.store.act("inventory/receipts", str(c.store.one("inventory/receipts", "status=waiting"), "id"), "receive", nil)
	same(t, "both got theirs", lines(c.sales.read("sales/orders", str(third, "id")))[0], m{"reserved_quantity": "20"})
	c.ships(bolts)
	w.sound(t)
}
