package app_test

import (
	"fmt"
	"testing"
)

// A promise follows its supply, however deep: the receipt of a part of a part. What is late names the documents on the critical path.
func TestLoopPromiseFollowsSupply(t *testing.T) {
	c := newCompany(t, newWorld(t), "Follows")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "requested_date": inDays(5), "lines": []m{line(c.machine, "1", "60000")}})
	id := str(order, "id")
	c.sales.act("sales/orders", id, "confirm", nil)
	top := c.made(c.machine)
	motors := c.buyer.one("purchasing/requisitions", "product_id="+str(c.motor, "id"))
	steel := c.buyer.one("purchasing/requisitions", "product_id="+str(c.steel, "id"))
	check := func(what, date string, path ...m) {
		t.Helper()
		because := ""
		for i, d := range path {
			if because += str(d, "no"); i < len(path)-1 {
				because += " ← "
			}
		}
		same(t, what, c.sales.read("sales/orders", id), m{"promised_date": date, "promised_by": path[0]["no"], "late_because": because})
	}
	check("motors take longest", inDays(12), top, motors)
	same(t, "late", c.sales.read("sales/orders", id), m{"late_days": "7"})

	for _, r := range []m{motors, steel} {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	}
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	check("the receipt brings them", inDays(12), top, receipt)

	// The steel is late by so much that the frame holds everything up.
	c.store.act("inventory/receipts", str(receipt, "id"), "reschedule", m{"expected_date": inDays(20), "product_id": c.steel["id"]})
	frame := c.made(c.frame)
	same(t, "frame", frame, m{"start_date": inDays(20), "due_date": inDays(22)})
	check("steel is late", inDays(24), top, frame, receipt)
	same(t, "requisition", c.buyer.read("purchasing/requisitions", str(steel, "id")), m{"expected_date": inDays(20)})
	for _, l := range lines(c.buyer.read("purchasing/orders", str(po, "id"))) {
		if fmt.Sprint(l["product_id"]) == str(c.steel, "id") {
			same(t, "purchase line", l, m{"expected_date": inDays(20)})
		}
	}
	c.planner.act(orders, str(top, "id"), "reschedule", m{"due_date": inDays(40)})
	check("the planner moved it", inDays(40), top)
	c.sales.act("sales/orders", id, "amend", m{"requested_date": inDays(45)})
	same(t, "in time", c.sales.read("sales/orders", id), m{"late_days": "0", "late_because": "", "critical_path": ""})
	same(t, "a purchase order's date", c.buyer.act("purchasing/orders", str(po, "id"), "acknowledge", m{"expected_date": inDays(50)}), m{"status": "confirmed"})
	if late := num(t, c.sales.read("sales/orders", id), "late_days"); late.Sign() <= 0 {
		t.Errorf("a purchase order's new date does not reach the customer: %s days late", late)
	}
}
