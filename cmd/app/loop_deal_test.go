package app_test

import (
	"net/http"
	"testing"
	"time"
)

// doing posts an action whatever the answer.
func (p person) doing(path string, x m, action string, in any) answer {
	p.t.Helper()
	return p.post("/"+path+"/"+str(x, "id")+"/"+action, in)
}

// deal makes an opportunity with lines.
func (c *company) deal(more m, lines ...m) m {
	in := m{"name": "Deal", "customer_id": c.customer["id"], "lines": append([]m{}, lines...)}
	for k, v := range more {
		in[k] = v
	}
	return c.sales.create("crm/opportunities", in)
}

func line(product m, quantity, price string) m {
	return m{"product_id": product["id"], "quantity": quantity, "unit_price": price}
}

// inDays is a business date of the tenant that many days from now.
func inDays(n int) string {
	return time.Now().In(time.FixedZone("", 8*3600)).AddDate(0, 0, n).Format(time.DateOnly)
}

// A win may leave a draft; a deal that lacks something is not won; a lost one can be taken up again.
func TestLoopWinLeavesADraftWhenAsked(t *testing.T) {
	c := newCompany(t, newWorld(t), "Drafts")
	c.stock(c.motor, "5", "480")
	deal := c.deal(nil, line(c.motor, "2", "600"))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", m{"confirm": false})
	same(t, "won", won, m{"status": "won", "delivery_progress": "0", "delivery_status": "none"})
	order := c.sales.read("sales/orders", str(won, "order_id"))
	same(t, "draft", order, m{"status": "draft", "delivery_status": "none", "opportunity_id": deal["id"], "total_amount": "1356"})
	if _, reserved, _ := c.balance(t, c.motor); !reserved.IsZero() {
		t.Errorf("the draft reserves %s", reserved)
	}
	c.sales.refused("won twice", c.sales.doing("crm/opportunities", deal, "win", nil), http.StatusConflict, "")
	c.sales.refused("reopen won", c.sales.doing("crm/opportunities", deal, "reopen", nil), http.StatusConflict, "")
	order = c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	same(t, "confirmed", order, m{"status": "confirmed", "delivery_status": "waiting", "delivery_progress": "50"})
	same(t, "followed", c.sales.read("crm/opportunities", str(deal, "id")), m{"delivery_status": "waiting", "delivery_progress": "50", "promised_date": inDays(0)})

	c.sales.refused("no lines", c.sales.doing("crm/opportunities", c.deal(nil), "win", nil), http.StatusUnprocessableEntity, "")
	bare := c.sales.create("crm/opportunities", m{"name": "Nobody", "lines": []m{line(c.motor, "1", "1")}})
	c.sales.refused("no customer", c.sales.doing("crm/opportunities", bare, "win", nil), http.StatusUnprocessableEntity, "")
	same(t, "still open", c.sales.read("crm/opportunities", str(bare, "id")), m{"status": "open", "order_id": nil})

	lost := c.deal(nil, line(c.motor, "1", "1"))
	same(t, "lost", c.sales.act("crm/opportunities", str(lost, "id"), "lose", m{"reason": "price"}), m{"status": "lost", "probability": "0"})
	c.sales.refused("win lost", c.sales.doing("crm/opportunities", lost, "win", nil), http.StatusConflict, "")
	same(t, "again", c.sales.act("crm/opportunities", str(lost, "id"), "reopen", nil), m{"status": "open"})
	same(t, "won", c.sales.act("crm/opportunities", str(lost, "id"), "win", nil), m{"status": "won"})
}

// Progress is weighted by amounts, and what is late is told with the reason.
func TestLoopProgressIsWeightedAndLatenessExplained(t *testing.T) {
	c := newCompany(t, newWorld(t), "Weights")
	c.stock(c.motor, "4", "480")
	deal := c.deal(m{"requested_date": inDays(3)}, line(c.motor, "4", "100"), line(c.steel, "10", "160"))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", nil)
	req := c.buyer.one("purchasing/requisitions", "")
	same(t, "won", won, m{
		"delivery_status": "waiting", "delivery_progress": "10", "promised_date": inDays(7), "late_days": "4", "late_because": req["no"], "requested_date": inDays(3),
	})
	order := str(won, "order_id")
	same(t, "order", c.sales.read("sales/orders", order), m{"late_days": "4", "late_because": req["no"], "promised_date": inDays(7), "status": "confirmed"})
	same(t, "asked", req, m{"quantity": "10", "need_by": inDays(3), "sales_order_id": order})

	d := c.store.one("inventory/deliveries", "order_id="+order)
	same(t, "delivery", d, m{"status": "ready"})
	c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
	same(t, "a part", c.sales.read("crm/opportunities", str(deal, "id")), m{"delivery_progress": "20", "delivery_status": "partial"})
	same(t, "a part", c.sales.read("sales/orders", order), m{"delivery_status": "partial", "invoice_status": "partial", "status": "in_progress", "payment_status": "none"})
	rest := c.store.one("inventory/deliveries", "order_id="+order+"&status=waiting")
	c.store.refused("nothing ready", c.store.doing("inventory/deliveries", rest, "ship", nil), http.StatusUnprocessableEntity, "delivery.nothing_ready")

	c.buyer.act("purchasing/requisitions", str(req, "id"), "approve", nil)
	c.buyer.act("purchasing/requisitions", str(req, "id"), "order", nil)
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	r := c.store.one("inventory/receipts", "")
	l := lines(r)[0]
	c.store.refused("too much", c.store.doing("inventory/receipts", r, "receive", m{"lines": []m{{"purchase_line_id": l["purchase_line_id"], "quantity": "11"}}}), http.StatusUnprocessableEntity, "receipt.over")
	c.store.act("inventory/receipts", str(r, "id"), "receive", m{"lines": []m{{"purchase_line_id": l["purchase_line_id"], "quantity": "4"}}})
	same(t, "arrived", c.sales.read("crm/opportunities", str(deal, "id")), m{"delivery_progress": "36"})
	same(t, "ready", c.store.read("inventory/deliveries", str(rest, "id")), m{"status": "ready"})
	same(t, "ordered", c.buyer.read("purchasing/orders", str(po, "id")), m{"status": "confirmed"})
	same(t, "ordered line", lines(c.buyer.read("purchasing/orders", str(po, "id")))[0], m{"received_quantity": "4"})
	r2 := c.store.one("inventory/receipts", "status=waiting")
	same(t, "rest", lines(r2)[0], m{"quantity": "6"})
	c.store.refused("again", c.store.doing("inventory/receipts", r, "receive", nil), http.StatusConflict, "")
	c.store.act("inventory/receipts", str(r2, "id"), "receive", nil)
	same(t, "requisition", c.buyer.read("purchasing/requisitions", str(req, "id")), m{"status": "received"})
	now := c.sales.read("crm/opportunities", str(deal, "id"))
	same(t, "all here", now, m{"delivery_progress": "60", "promised_date": inDays(0), "late_days": "0", "late_because": ""})
	if got, _ := now["arrivals"].([]any); len(got) != 2 {
		t.Errorf("arrivals: %v", got)
	}
	c.store.refused("ship too much", c.store.doing("inventory/deliveries", rest, "ship",
		m{"lines": []m{{"order_line_id": lines(rest)[0]["order_line_id"], "quantity": "10.5"}}}), http.StatusUnprocessableEntity, "stock.not_enough")
	c.store.act("inventory/deliveries", str(rest, "id"), "ship", nil)
	same(t, "shipped", c.sales.read("sales/orders", order), m{"delivery_status": "shipped", "invoice_status": "invoiced", "status": "in_progress"})
	c.balanced(t)
}

// Units, discounts and prices that include tax go through the loop.
func TestLoopUnitsDiscountsAndTaxInPrice(t *testing.T) {
	c := newCompany(t, newWorld(t), "Units")
	p := c.owner.create("inventory/products", m{
		"number": "BOX", "name": "Boxed", "type": "stock", "unit": "pcs", "supply": "buy", "list_price": "2", "units": []m{{"unit": "box", "numerator": "6"}},
	})
	c.stock(p, "5", "1")
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "price_includes_tax": true, "lines": []m{
		{"product_id": p["id"], "quantity": "2", "unit": "box", "unit_price": "11.3", "discount_percent": "10"},
	}})
	same(t, "order", order, m{"total_amount": "20.34", "untaxed_amount": "18", "tax_amount": "2.34"})
	order = c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	same(t, "line", lines(order)[0], m{"reserved_quantity": "0.833333"})
	same(t, "buy", c.buyer.one("purchasing/requisitions", ""), m{"quantity": "7"})
	d := c.store.one("inventory/deliveries", "")
	same(t, "delivery line", lines(d)[0], m{"quantity": "5"})
	c.store.act("inventory/deliveries", str(d, "id"), "ship", m{"lines": []m{{"order_line_id": lines(order)[0]["id"], "quantity": "3"}}})
	inv := c.books.one("finance/invoices", "")
	same(t, "half a box", inv, m{"total_amount": "5.09", "tax_amount": "0.59", "untaxed_amount": "4.50"})
	same(t, "line", lines(c.sales.read("sales/orders", str(order, "id")))[0], m{"shipped_quantity": "0.5", "invoiced_quantity": "0.5"})
	c.receive(t, p, "9", "1")
	d = c.store.one("inventory/deliveries", "status=ready")
	c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
	sum := num(t, m{"x": "0"}, "x")
	for _, i := range c.books.list("finance/invoices", "") {
		sum = sum.Add(num(t, i, "total_amount"))
	}
	if sum.String() != "20.34" {
		t.Errorf("invoices of %s, want 20.34", sum)
	}
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_status": "shipped", "invoice_status": "invoiced"})
	c.balanced(t)
}

// Taxes rounded per line and per document: order and invoice agree.
func TestLoopTaxRounding(t *testing.T) {
	c := newCompany(t, newWorld(t), "Rounding")
	c.stock(c.motor, "100", "480")
	for rounding, want := range map[string]string{"line": "6527.81", "document": "6527.80"} {
		tax := c.owner.create("finance/taxes", m{"code": "T22" + rounding, "name": "22 %", "rate": "22", "rounding": rounding})
		order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{
			{"product_id": c.motor["id"], "quantity": "16", "unit_price": "348.35", "discount_percent": "4", "tax_id": tax["id"]},
		}})
		same(t, rounding, order, m{"total_amount": want})
		c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
		d := c.store.one("inventory/deliveries", "order_id="+str(order, "id"))
		c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
		same(t, rounding, c.books.one("finance/invoices", "order_id="+str(order, "id")), m{"total_amount": want, "residual_amount": want, "status": "posted"})
	}
	c.balanced(t)
}
