package app_test

import (
	"net/http"
	"testing"
)

// Lines compete for stock in their order; policies say what may be taken; safety stock is not withheld.
func TestLoopSupplyPolicies(t *testing.T) {
	c := newCompany(t, newWorld(t), "Policies")
	c.stock(c.motor, "10", "480")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "7", "1"), line(c.motor, "7", "1"), line(c.motor, "1", "1")}})
	order = c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	for i, want := range []string{"7", "3", "0"} {
		same(t, "line", lines(order)[i], m{"reserved_quantity": want})
	}
	if n := len(c.buyer.list("purchasing/requisitions", "product_id="+str(c.motor, "id"))); n != 2 {
		t.Errorf("%d requisitions, want one for each shortfall", n)
	}
	make1 := func(number, policy string, more m) m {
		in := m{"number": number, "name": number, "type": "stock", "unit": "pcs", "supply": "buy", "supply_policy": policy}
		for k, v := range more {
			in[k] = v
		}
		p := c.owner.create("inventory/products", in)
		c.stock(p, "6", "1")
		return p
	}
	only, order1, split := make1("A", "stock", nil), make1("B", "order", nil), make1("C", "split", m{"safety_stock": "100"})
	for _, x := range []struct {
		p              m
		reserved, need string
	}{{only, "6", ""}, {order1, "0", "10"}, {split, "6", "4"}} {
		o := c.sell(x.p, "10", "1")
		same(t, str(x.p, "number"), lines(o)[0], m{"reserved_quantity": x.reserved})
		rows := c.buyer.list("purchasing/requisitions", "product_id="+str(x.p, "id"))
		if x.need == "" && len(rows) != 0 || x.need != "" && (len(rows) != 1 || rows[0]["quantity"] == nil) {
			t.Errorf("%s: %v", str(x.p, "number"), rows)
			continue
		}
		if x.need != "" {
			same(t, str(x.p, "number"), rows[0], m{"quantity": x.need, "vendor_id": nil, "status": "draft"})
		}
	}
}

// The cheapest suitable vendor is chosen; a requisition without vendor must get one; one vendor's requests meet on one order.
func TestLoopVendorsAndOrders(t *testing.T) {
	c := newCompany(t, newWorld(t), "Vendors")
	other := c.buyer.create("purchasing/vendors", m{"number": "V2", "name": "Cheap"})
	third := c.buyer.create("purchasing/vendors", m{"number": "V3", "name": "Cheapest in bulk"})
	c.buyer.create("purchasing/vendor_prices", m{"product_id": c.steel["id"], "vendor_id": other["id"], "price": "9", "lead_time_days": 20})
	c.buyer.create("purchasing/vendor_prices", m{"product_id": c.steel["id"], "vendor_id": third["id"], "price": "5", "min_quantity": "1000"})
	c.buyer.create("purchasing/vendor_prices", m{"product_id": c.steel["id"], "vendor_id": third["id"], "price": "1", "valid_to": inDays(0)})
	c.sell(c.steel, "3", "20")
	same(t, "steel", c.buyer.one("purchasing/requisitions", ""), m{"vendor_id": other["id"], "price": "9", "need_by": inDays(20)})
	c.sell(c.steel, "2000", "20")
	same(t, "much steel", c.buyer.one("purchasing/requisitions", "quantity=2000"), m{"vendor_id": third["id"], "price": "5"})

	p := c.owner.create("inventory/products", m{"number": "N", "name": "N", "type": "stock", "unit": "pcs", "supply": "buy"})
	c.sell(p, "5", "1")
	bare := c.buyer.one("purchasing/requisitions", "product_id="+str(p, "id"))
	c.buyer.refused("not approved", c.buyer.doing("purchasing/requisitions", bare, "order", nil), http.StatusConflict, "")
	c.buyer.act("purchasing/requisitions", str(bare, "id"), "approve", nil)
	c.buyer.refused("no vendor", c.buyer.doing("purchasing/requisitions", bare, "order", nil), http.StatusUnprocessableEntity, "requisition.no_vendor")

	c.sell(c.motor, "2", "1")
	c.sell(c.motor, "3", "1")
	for _, r := range c.buyer.list("purchasing/requisitions", "product_id="+str(c.motor, "id")) {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		if got := c.buyer.list("purchasing/orders", "vendor_id="+str(c.vendor, "id")+"&status=confirmed"); len(got) != 0 {
			t.Error("approving ordered")
		}
		same(t, "ordered", c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil), m{"status": "ordered"})
	}
	po := c.buyer.one("purchasing/orders", "vendor_id="+str(c.vendor, "id"))
	same(t, "draft", po, m{"status": "draft"})
	if ls := lines(po); len(ls) != 1 {
		t.Errorf("%d lines, want one", len(ls))
	} else {
		same(t, "line", ls[0], m{"quantity": "5", "unit_price": "480"})
	}
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	c.sell(c.motor, "1", "1")
	r := c.buyer.one("purchasing/requisitions", "status=draft&product_id="+str(c.motor, "id"))
	c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	if n := len(c.buyer.list("purchasing/orders", "vendor_id="+str(c.vendor, "id"))); n != 2 {
		t.Errorf("%d orders, want the confirmed one and a new draft", n)
	}
}

// What arrives goes to those who waited, in order of the promised date.
func TestLoopArrivalsInOrderOfPromise(t *testing.T) {
	c := newCompany(t, newWorld(t), "Promises")
	var ids []string
	for _, days := range []int{30, 20, 40} {
		o := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "requested_date": inDays(days), "lines": []m{line(c.motor, "4", "1")}})
		c.sales.act("sales/orders", str(o, "id"), "confirm", nil)
		ids = append(ids, str(o, "id"))
	}
	for _, r := range c.buyer.list("purchasing/requisitions", "") {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	}
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	r := c.store.one("inventory/receipts", "")
	c.store.act("inventory/receipts", str(r, "id"), "receive", m{"lines": []m{{"purchase_line_id": lines(po)[0]["id"], "quantity": "6"}}})
	for i, want := range []string{"2", "4", "0"} {
		same(t, "order", lines(c.sales.read("sales/orders", ids[i]))[0], m{"reserved_quantity": want})
	}
	got := map[any]int{}
	for _, r := range c.buyer.list("purchasing/requisitions", "") {
		got[r["status"]]++
	}
	if got["received"] != 1 || got["ordered"] != 2 {
		t.Errorf("requisitions: %v", got)
	}
	// The others' goods come with the rest.
	rest := c.store.one("inventory/receipts", "status=waiting")
	c.store.act("inventory/receipts", str(rest, "id"), "receive", nil)
	for _, id := range ids {
		same(t, "order", lines(c.sales.read("sales/orders", id))[0], m{"reserved_quantity": "4"})
	}
	if _, reserved, free := c.balance(t, c.motor); reserved.String() != "12" || !free.IsZero() {
		t.Errorf("reserved %s free %s", reserved, free)
	}
}
