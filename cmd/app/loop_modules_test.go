package app_test

import (
	"net/http"
	"testing"
)

func (c *company) switches(on bool, names ...string) {
	key := "off"
	if on {
		key = "on"
	}
	c.owner.must(http.StatusOK, c.owner.do(http.MethodPut, "/modules", m{key: names}))
}

// Modules go off in the middle of the loop: what they did stays, what they would do is done by those that are left.
func TestLoopWithoutProduction(t *testing.T) {
	c := newCompany(t, newWorld(t), "NoProduction")
	first := c.sell(c.frame, "1", "1")
	c.switches(false, "production")
	order := c.sell(c.frame, "2", "1")
	same(t, "order", order, m{"status": "confirmed", "delivery_status": "waiting"})
	r := c.buyer.one("purchasing/requisitions", "product_id="+str(c.frame, "id"))
	same(t, "bought instead", r, m{"quantity": "2"})
	c.planner.refused("off", c.planner.get("/"+orders), http.StatusPaymentRequired, "")
	c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
	c.receive(t, c.frame, "3", "1")
	for _, o := range []m{first, order} {
		same(t, "goods that come", c.sales.read("sales/orders", str(o, "id")), m{"delivery_progress": "50", "promised_date": inDays(0)})
	}
	same(t, "not needed any more", c.buyer.read("purchasing/requisitions", str(r, "id")), m{"status": "cancelled"})
	c.switches(true, "production")
	same(t, "kept", c.made(c.frame), m{"sales_order_id": first["id"]})
}

func TestLoopWithoutPurchasing(t *testing.T) {
	c := newCompany(t, newWorld(t), "NoPurchasing")
	c.switches(false, "purchasing")
	c.stock(c.motor, "2", "480")
	order := c.sell(c.motor, "5", "100")
	same(t, "line", lines(order)[0], m{"reserved_quantity": "2"})
	same(t, "order", order, m{"delivery_status": "waiting", "delivery_progress": "20", "promised_date": nil})
	made := c.sell(c.machine, "1", "100")
	same(t, "made", c.made(c.machine), m{"sales_order_id": made["id"]})
	c.stock(c.motor, "7", "480")
	same(t, "line", lines(c.sales.read("sales/orders", str(order, "id")))[0], m{"reserved_quantity": "5"})
}

func TestLoopWithoutFinance(t *testing.T) {
	c := newCompany(t, newWorld(t), "NoFinance")
	c.stock(c.motor, "5", "480")
	before := c.sell(c.motor, "1", "100")
	c.switches(false, "finance")
	order := c.sell(c.motor, "2", "100")
	for _, o := range []m{before, order} {
		d := c.store.one("inventory/deliveries", "order_id="+str(o, "id"))
		c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
		same(t, "shipped", c.sales.read("sales/orders", str(o, "id")), m{"delivery_status": "shipped", "status": "in_progress"})
	}
	c.switches(true, "finance")
	third := c.sell(c.motor, "2", "100")
	inv := c.ships(third)
	c.pays("226", m{"invoice_id": inv["id"], "amount": "226"})
	same(t, "third", c.sales.read("sales/orders", str(third, "id")), m{"status": "done", "payment_status": "paid"})
	c.balanced(t)
}

func TestLoopWithoutProjects(t *testing.T) {
	c := newCompany(t, newWorld(t), "NoProjects")
	c.switches(false, "projects")
	setup := c.owner.create("inventory/products", m{"number": "SETUP", "name": "Set-up", "type": "service", "unit": "h"})
	c.stock(c.motor, "1", "480")
	deal := c.deal(nil, line(c.motor, "1", "100"), line(setup, "1", "100"))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", nil)
	same(t, "deal", won, m{"delivery_status": "partial", "delivery_progress": "75", "project_id": nil})
	same(t, "service", c.books.one("finance/invoices", ""), m{"total_amount": "113"})
}

func TestLoopWithoutInventory(t *testing.T) {
	w := newWorld(t)
	o := w.signUp(t, "Thin", "crm", "sales", "finance")
	customer := o.create("crm/customers", m{"name": "C"})
	p := o.create("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "list_price": "10"})
	deal := o.create("crm/opportunities", m{"name": "D", "customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "3"}}})
	won := o.act("crm/opportunities", str(deal, "id"), "win", nil)
	same(t, "deal", won, m{"delivery_status": "shipped", "delivery_progress": "100"})
	inv := o.one("finance/invoices", "")
	same(t, "invoice", inv, m{"total_amount": "33.9"})
	pay := o.create("finance/payments", m{"customer_id": customer["id"], "direction": "in", "amount": "33.9", "matches": []m{{"invoice_id": inv["id"], "amount": "33.9"}}})
	o.act("finance/payments", str(pay, "id"), "post", nil)
	same(t, "order", o.one("sales/orders", ""), m{"status": "done", "payment_status": "paid"})
	same(t, "deal", o.read("crm/opportunities", str(deal, "id")), m{"collected_amount": "33.9"})
}

// An order that was placed before inventory was switched on, or while it was off, does not disturb later ones.
func TestLoopInventoryLater(t *testing.T) {
	c := newCompany(t, newWorld(t), "Late")
	draft := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "3", "100")}})
	half := c.sell(c.motor, "2", "100")
	c.switches(false, "production", "purchasing", "inventory")
	order := c.sales.act("sales/orders", str(draft, "id"), "confirm", nil)
	same(t, "delivered at once", order, m{"delivery_status": "shipped", "invoice_status": "invoiced"})
	c.sales.act("sales/orders", str(half, "id"), "amend", m{"lines": []m{{"id": lines(half)[0]["id"], "quantity": "3"}}})
	c.switches(true, "inventory", "purchasing", "production")
	c.stock(c.motor, "9", "1")
	same(t, "kept", c.sales.read("sales/orders", str(half, "id")), m{"delivery_status": "waiting", "status": "confirmed"})
	c.sell(c.motor, "1", "100")
	c.balanced(t)
}
