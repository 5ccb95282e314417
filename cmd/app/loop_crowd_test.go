package app_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
)

// Raising a confirmed order over the limit asks for approval as confirming does; until then the order stays as it was.
func TestLoopAmendmentOverTheLimit(t *testing.T) {
	c := newCompany(t, newWorld(t), "Raise")
	c.stock(c.motor, "10", "480")
	order := c.sell(c.motor, "100", "600")
	id, key := str(order, "id"), lines(order)[0]["id"]
	parked := c.sales.must(http.StatusAccepted, c.sales.doing("sales/orders", order, "amend", m{"lines": []m{{"id": key, "quantity": "300"}}}))
	same(t, "as it was", c.sales.read("sales/orders", id), m{"status": "confirmed", "total_amount": "67800"})
	c.sales.refused("one at a time", c.sales.doing("sales/orders", order, "amend", m{"lines": []m{{"id": key, "quantity": "301"}}}), http.StatusConflict, "")
	c.director.act("approvals", str(parked["approval"].(m), "id"), "approve", nil)
	same(t, "raised", c.sales.read("sales/orders", id), m{"status": "confirmed", "total_amount": "203400", "revision": "1"})
	sum := decimal.Zero
	for _, r := range c.buyer.list("purchasing/requisitions", "status=draft") {
		sum = sum.Add(num(t, r, "quantity"))
	}
	if sum.String() != "290" {
		t.Errorf("%s to buy, want 290", sum)
	}
}

// Many people at once: nothing is lost, nothing is reserved twice, nobody gets a server error.
func TestLoopCrowd(t *testing.T) {
	c := newCompany(t, newWorld(t), "Crowd")
	c.stock(c.steel, "500", "9")
	c.stock(c.motor, "30", "470")
	var ids []string
	for range 12 {
		o := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "3", "600"), line(c.machine, "1", "5000"), line(c.steel, "10", "20")}})
		ids = append(ids, str(o, "id"))
	}
	at := func(n int, f func(i int) answer) {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if a := f(i); a.status != http.StatusOK {
					t.Errorf("%d: %s", a.status, a.raw)
				}
			})
		}
		wg.Wait()
	}
	at(len(ids), func(i int) answer { return c.sales.post("/sales/orders/"+ids[i]+"/confirm", nil) })
	reqs := c.buyer.list("purchasing/requisitions", "")
	at(len(reqs), func(i int) answer {
		c.buyer.doing("purchasing/requisitions", reqs[i], "approve", nil)
		return c.buyer.doing("purchasing/requisitions", reqs[i], "order", nil)
	})
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	ready := c.store.list("inventory/deliveries", "status=ready")
	frames := c.planner.list(orders, "sort=no&product_id="+str(c.frame, "id"))
	at(len(ready)+len(frames)+1, func(i int) answer {
		switch {
		case i == 0:
			return c.store.doing("inventory/receipts", receipt, "receive", nil)
		case i <= len(ready):
			return c.store.doing("inventory/deliveries", ready[i-1], "ship", nil)
		}
		return c.planner.doing(orders, frames[i-1-len(ready)], "release", nil)
	})
	for _, p := range []m{c.frame, c.machine} {
		list := c.planner.list(orders, "product_id="+str(p, "id"))
		at(len(list), func(i int) answer {
			c.planner.doing(orders, list[i], "release", nil)
			return c.planner.doing(orders, list[i], "complete", nil)
		})
	}
	ready = c.store.list("inventory/deliveries", "status=ready")
	at(len(ready), func(i int) answer { return c.store.doing("inventory/deliveries", ready[i], "ship", nil) })
	for _, id := range ids {
		same(t, "order", c.sales.read("sales/orders", id), m{"delivery_status": "shipped", "invoice_status": "invoiced", "delivery_progress": "100"})
	}
	for _, p := range []m{c.motor, c.machine, c.frame, c.steel} {
		if onHand, reserved, _ := c.balance(t, p); !reserved.IsZero() || onHand.Sign() < 0 {
			t.Errorf("%s: on hand %s, reserved %s", str(p, "number"), onHand, reserved)
		}
	}
	if rows := c.store.list("inventory/reservations", "status=open"); len(rows) != 0 {
		t.Errorf("%d reservations are still open: %v", len(rows), rows[0])
	}
	c.balanced(t)
}
