package app_test

import (
	"net/http"
	"testing"
)

const orders = "production/production_orders"

func (c *company) made(product m) m { return c.planner.one(orders, "product_id="+str(product, "id")) }

func lists(x m, key string) []m {
	list, _ := x[key].([]any)
	out := make([]m, len(list))
	for i, l := range list {
		out[i], _ = l.(m)
	}
	return out
}

// A child order feeds its parent's materials; issue in parts; complete in parts with scrap; the rest is made again.
func TestLoopProductionStepByStep(t *testing.T) {
	c := newCompany(t, newWorld(t), "Steps")
	c.stock(c.steel, "400", "9")
	c.stock(c.motor, "20", "470")
	order := c.sell(c.machine, "4", "20000")
	machine, frame := c.made(c.machine), c.made(c.frame)
	same(t, "frame", frame, m{"quantity": "4", "parent_id": machine["id"], "due_date": inDays(2)})
	same(t, "machine", machine, m{"quantity": "4", "due_date": inDays(4), "start_date": inDays(2)})
	same(t, "order", order, m{"promised_date": inDays(4), "delivery_progress": "0"})
	for _, x := range lists(machine, "materials") {
		if x["product_id"] == c.motor["id"] {
			same(t, "motors", x, m{"quantity": "8", "reserved_quantity": "8", "issued_quantity": "0"})
		} else {
			same(t, "frames", x, m{"quantity": "4", "reserved_quantity": "0"})
		}
	}
	c.planner.refused("not released", c.planner.doing(orders, frame, "issue", nil), http.StatusConflict, "")
	c.planner.act(orders, str(frame, "id"), "release", nil)
	c.planner.act(orders, str(frame, "id"), "issue", m{"lines": []m{{"product_id": c.steel["id"], "quantity": "40"}}})
	same(t, "issued", lists(c.made(c.frame), "materials")[0], m{"issued_quantity": "40", "reserved_quantity": "120"})
	c.planner.act(orders, str(frame, "id"), "complete", m{"quantity": "1"})
	same(t, "one frame", c.made(c.frame), m{"status": "in_progress", "done_quantity": "1"})
	if onHand, reserved, _ := c.balance(t, c.frame); onHand.String() != "1" || reserved.String() != "1" {
		t.Errorf("frames on hand %s, reserved %s", onHand, reserved)
	}
	c.planner.refused("too much", c.planner.doing(orders, frame, "complete", m{"quantity": "4"}), http.StatusUnprocessableEntity, "production.too_much")
	c.planner.act(orders, str(machine, "id"), "release", nil)
	c.planner.refused("parts missing", c.planner.doing(orders, machine, "complete", m{"quantity": "2"}), http.StatusUnprocessableEntity, "stock.not_enough")
	c.planner.act(orders, str(machine, "id"), "complete", m{"quantity": "1"})
	same(t, "line", lines(c.sales.read("sales/orders", str(order, "id")))[0], m{"reserved_quantity": "1"})
	same(t, "progress", c.sales.read("sales/orders", str(order, "id")), m{"delivery_progress": "12.5"})

	// Two frames are spoilt: the order for them is done, and two more are planned for the same need.
	c.planner.act(orders, str(frame, "id"), "complete", m{"quantity": "1", "scrap": "2"})
	same(t, "frames", c.planner.read(orders, str(frame, "id")), m{"status": "done", "done_quantity": "2", "scrap_quantity": "2"})
	again := c.planner.one(orders, "status=planned&product_id="+str(c.frame, "id"))
	same(t, "made again", again, m{"quantity": "2", "sales_order_id": order["id"]})
	c.planner.act(orders, str(again, "id"), "release", nil)
	c.planner.act(orders, str(again, "id"), "complete", nil)
	c.planner.act(orders, str(machine, "id"), "complete", nil)
	same(t, "machines", c.made(c.machine), m{"status": "done"})
	c.planner.refused("done", c.planner.doing(orders, machine, "complete", nil), http.StatusConflict, "")
	same(t, "reserved", c.sales.read("sales/orders", str(order, "id")), m{"delivery_progress": "50", "promised_date": inDays(0)})
	if onHand, reserved, _ := c.balance(t, c.machine); onHand.String() != "4" || reserved.String() != "4" {
		t.Errorf("machines on hand %s, reserved %s", onHand, reserved)
	}
	// Cost of sales is what they cost: 6 frames of 40 × 9 (two spoilt), 8 motors of 470.
	d := c.store.one("inventory/deliveries", "")
	c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
	sum := num(t, m{"x": "0"}, "x")
	account := c.books.one("finance/accounts", "code=6401")
	for _, e := range c.books.list("finance/entries", "") {
		for _, l := range lines(e) {
			if l["account_id"] == account["id"] {
				sum = sum.Add(num(t, l, "debit")).Sub(num(t, l, "credit"))
			}
		}
	}
	if sum.String() != "5920" {
		t.Errorf("cost of sales %s, want 5920", sum)
	}
	for _, p := range []m{c.steel, c.motor, c.frame, c.machine} {
		onHand, reserved, _ := c.balance(t, p)
		if reserved.Sign() != 0 {
			t.Errorf("%s: on hand %s, reserved %s", str(p, "number"), onHand, reserved)
		}
	}
	c.balanced(t)
}

// What is scrapped on the way is made again at once, not only when the order is done.
func TestLoopScrapIsMadeAgain(t *testing.T) {
	c := newCompany(t, newWorld(t), "Scrap")
	c.stock(c.steel, "400", "9")
	order := c.sell(c.frame, "5", "100")
	mo := c.made(c.frame)
	c.planner.act(orders, str(mo, "id"), "release", nil)
	c.planner.act(orders, str(mo, "id"), "complete", m{"quantity": "1", "scrap": "2"})
	again := c.planner.one(orders, "status=planned")
	same(t, "again", again, m{"quantity": "2", "product_id": c.frame["id"], "sales_order_id": order["id"]})
	for _, x := range []m{mo, again} {
		c.planner.doing(orders, x, "release", nil)
		c.planner.act(orders, str(x, "id"), "complete", nil)
	}
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_progress": "50", "promised_date": inDays(0)})
	if n := len(c.planner.list(orders, "")); n != 2 {
		t.Errorf("%d production orders, want 2", n)
	}
}

// A planned order that a person cancels leaves its demand open and its materials free.
func TestLoopProductionCancelled(t *testing.T) {
	c := newCompany(t, newWorld(t), "Cancels")
	c.stock(c.motor, "20", "470")
	order := c.sell(c.machine, "1", "20000")
	c.planner.act(orders, str(c.made(c.machine), "id"), "cancel", nil)
	same(t, "frame", c.made(c.frame), m{"status": "cancelled"})
	same(t, "steel", c.buyer.one("purchasing/requisitions", ""), m{"status": "cancelled"})
	if _, reserved, _ := c.balance(t, c.motor); !reserved.IsZero() {
		t.Errorf("reserved %s", reserved)
	}
	now := c.sales.read("sales/orders", str(order, "id"))
	same(t, "order", now, m{"status": "confirmed", "promised_date": nil, "delivery_progress": "0"})
	c.planner.refused("cancelled", c.planner.doing(orders, c.made(c.machine), "release", nil), http.StatusConflict, "")
	// Made for stock, it still serves the one who waits.
	o := c.planner.create(orders, m{"product_id": c.machine["id"], "quantity": "1"})
	c.stock(c.steel, "40", "9")
	f := c.planner.one(orders, "status=planned&product_id="+str(c.frame, "id"))
	for _, x := range []m{f, o} {
		c.planner.act(orders, str(x, "id"), "release", nil)
		c.planner.act(orders, str(x, "id"), "complete", nil)
	}
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_progress": "50", "promised_date": inDays(0)})
}

// Validity dates, by-products, phantoms and scrap.
func TestLoopBillsOfMaterials(t *testing.T) {
	c := newCompany(t, newWorld(t), "Bills")
	mk := func(n string) m { return c.product(n, "stock", "make", "1", "1") }
	buy := func(n string) m { return c.product(n, "stock", "buy", "1", "1") }
	a, b, x, y := mk("A"), mk("B"), buy("X"), buy("Y")
	bill := func(more m) answer { return c.planner.post("/production/bills_of_materials", more) }

	// By-products: 4 → 9 + 8, make 3.
	res := buy("RES")
	c.planner.must(http.StatusCreated, bill(m{
		"product_id": a["id"], "output_quantity": "9", "lines": []m{{"component_id": x["id"], "quantity": "4"}},
		"by_products": []m{{"product_id": res["id"], "quantity": "8", "cost_percent": "10"}},
	}))
	order := c.sell(a, "3", "1")
	mo := c.made(a)
	same(t, "A", mo, m{"quantity": "3", "sales_order_id": order["id"]})
	same(t, "X", lists(mo, "materials")[0], m{"quantity": "2"})
	same(t, "RES", lists(mo, "by_products")[0], m{"quantity": "2"})
	c.stock(x, "2", "10")
	c.planner.act(orders, str(mo, "id"), "release", nil)
	c.planner.act(orders, str(mo, "id"), "complete", nil)
	if onHand, _, _ := c.balance(t, res); onHand.String() != "2" {
		t.Errorf("residual %s, want 2", onHand)
	}
	same(t, "A", c.owner.read(orders, str(mo, "id")), m{"unit_cost": "6", "output_value": "18"})

	// Phantom, scrap, validity of lines; shared components are summed before rounding.
	kit := mk("KIT")
	c.planner.must(http.StatusCreated, bill(m{"product_id": kit["id"], "lines": []m{
		{"component_id": x["id"], "quantity": "1.5"}, {"component_id": y["id"], "quantity": "9", "valid_to": inDays(0)}, {"component_id": y["id"], "quantity": "1", "valid_from": inDays(0)},
	}}))
	c.planner.must(http.StatusCreated, bill(m{"product_id": b["id"], "lines": []m{
		{"component_id": kit["id"], "quantity": "1", "phantom": true}, {"component_id": x["id"], "quantity": "1.5"}, {"component_id": y["id"], "quantity": "9", "scrap_percent": "10"},
	}}))
	c.sell(b, "1", "1")
	for _, l := range lists(c.made(b), "materials") {
		want := "3"
		if l["product_id"] == y["id"] {
			want = "11"
		}
		same(t, "material", l, m{"quantity": want})
	}
	if n := len(c.planner.list(orders, "product_id="+str(kit, "id"))); n != 0 {
		t.Errorf("%d orders for a phantom", n)
	}

	// A bill that is not valid yet, or no longer, is not used; of two valid ones the later counts.
	d := mk("D")
	c.planner.must(http.StatusCreated, bill(m{"product_id": d["id"], "valid_to": inDays(0), "lines": []m{{"component_id": x["id"], "quantity": "1"}}}))
	c.planner.must(http.StatusCreated, bill(m{"product_id": d["id"], "valid_from": inDays(1), "lines": []m{{"component_id": x["id"], "quantity": "2"}}}))
	c.sell(d, "1", "1")
	if n := len(c.planner.list(orders, "product_id="+str(d, "id"))); n != 0 {
		t.Errorf("%d orders without a valid bill", n)
	}
	same(t, "bought", c.buyer.one("purchasing/requisitions", "product_id="+str(d, "id")), m{"quantity": "1"})
	c.planner.must(http.StatusCreated, bill(m{"product_id": d["id"], "valid_from": inDays(0), "valid_to": inDays(1), "lines": []m{{"component_id": x["id"], "quantity": "7"}}}))
	c.sell(d, "1", "1")
	same(t, "D", lists(c.made(d), "materials")[0], m{"quantity": "7"})

	// Cycles are refused with their path.
	p, q := mk("P"), mk("Q")
	c.planner.must(http.StatusCreated, bill(m{"product_id": p["id"], "lines": []m{{"component_id": q["id"], "quantity": "1"}}}))
	c.planner.refused("cycle", bill(m{"product_id": q["id"], "lines": []m{{"component_id": p["id"], "quantity": "1"}}}), http.StatusUnprocessableEntity, "bom.cycle")
}
