package app_test

import (
	"net/http"
	"testing"
	"time"
)

// ask asks what could be promised and returns a row for each line, and the last one for the order.
func (p person) ask(in m) []m {
	p.t.Helper()
	out := p.must(http.StatusOK, p.post("/sales/promise", in))
	return lists(out, "data")
}

// While an order is typed its lines are promised from stock, from what is on its way, made or bought; what one line takes is gone for the next, and
// the confirmed order is promised no later.
func TestLoopPromiseWhileTyping(t *testing.T) {
	c := newCompany(t, newWorld(t), "Promises")
	c.stock(c.motor, "5", "480")
	c.stock(c.steel, "40", "9")
	in := m{"customer_id": c.customer["id"], "requested_date": inDays(3), "lines": []m{
		{"product_id": c.motor["id"], "quantity": "3"}, {"product_id": c.motor["id"], "quantity": "6"}, {"product_id": c.frame["id"], "quantity": "1"},
	}}
	rows := c.sales.ask(in)
	if len(rows) != 4 {
		t.Fatalf("rows: %v", rows)
	}
	same(t, "here", rows[0], m{"free_quantity": "3", "earliest_date": inDays(0), "late_days": "0"})
	same(t, "split", rows[1], m{"free_quantity": "2", "way": "buy", "earliest_date": inDays(10), "late_days": "7"})
	parts := lists(rows[1], "parts")
	if len(parts) != 2 {
		t.Fatalf("parts: %v", parts)
	}
	same(t, "from stock", parts[0], m{"source": "stock", "quantity": "2", "date": inDays(0)})
	same(t, "bought", parts[1], m{"source": "buy", "quantity": "4", "date": inDays(10)})
	same(t, "made", rows[2], m{"free_quantity": "0", "way": "make", "earliest_date": inDays(2)})
	same(t, "the order", rows[3], m{"line": "<nil>", "earliest_date": inDays(10), "late_days": "7"})
	if n := len(c.sales.list("sales/orders", "")) + len(c.planner.list(orders, "")) + len(c.buyer.list("purchasing/requisitions", "")); n != 0 {
		t.Errorf("asking left %d documents", n)
	}

	// Two more than anybody needs are on their way, sooner than they could be bought anew.
	po := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "2", "expected_date": inDays(4)}}})
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	rows = c.sales.ask(m{"lines": []m{{"product_id": c.motor["id"], "quantity": "9"}}})
	parts = lists(rows[0], "parts")
	if len(parts) != 3 {
		t.Fatalf("parts: %v", parts)
	}
	same(t, "incoming", parts[1], m{"source": "incoming", "quantity": "2", "date": inDays(4), "entity": "inventory.receipt"})
	same(t, "the rest", parts[2], m{"source": "buy", "quantity": "2", "date": inDays(10)})

	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.frame, "1", "5000"), line(c.motor, "8", "600")}})
	asked := c.sales.ask(m{"lines": []m{{"product_id": c.frame["id"], "quantity": "1"}, {"product_id": c.motor["id"], "quantity": "8"}}})
	same(t, "kept", c.sales.act("sales/orders", str(order, "id"), "confirm", nil), m{"promised_date": str(asked[2], "earliest_date")})

	c.sales.refused("nothing", c.sales.post("/sales/promise", m{"lines": []m{{"product_id": c.motor["id"], "quantity": "0"}}}), http.StatusBadRequest, "")
	c.sales.refused("nothing", c.sales.get("/sales/promise"), http.StatusBadRequest, "")
	officer := c.owner.hire("otto", "security_officer")
	officer.refused("no business data", officer.post("/sales/promise", in), http.StatusForbidden, "")

	best := time.Hour
	for range 10 {
		start := time.Now()
		c.sales.ask(in)
		best = min(best, time.Since(start))
	}
	t.Logf("one question takes %s", best)
}
