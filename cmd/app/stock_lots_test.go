package app_test

import (
	"net/http"
	"testing"
)

// A lot of steel is received, made into a frame for a customer, and found again from both ends by the warehouse.
func TestALotIsTracedFromVendorToCustomer(t *testing.T) {
	c := newCompany(t, newWorld(t), "Traced")
	steel := c.owner.create("inventory/products", m{"number": "HEAT", "name": "Steel", "type": "stock", "unit": "pcs", "supply": "buy", "tracking": "lot"})
	chair := c.owner.create("inventory/products", m{"number": "CHAIR", "name": "Chair", "type": "stock", "unit": "pcs", "supply": "make", "tracking": "serial"})
	c.bom(chair, "1", m{"component_id": steel["id"], "quantity": "2"})
	bought := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": steel["id"], "quantity": "5", "unit_price": "10"}}})
	c.buyer.act("purchasing/orders", str(bought, "id"), "confirm", nil)
	receipt := str(c.store.one("inventory/receipts", ""), "id")
	c.store.act("inventory/receipts", receipt, "receive", m{"lines": []m{{"product_id": steel["id"], "quantity": "5", "lot_number": "H-77", "expires_on": inDays(400)}}})
	lot := c.store.one("inventory/lots", "number=H-77")
	same(t, "lot", lot, m{"product_id": steel["id"], "expires_on": inDays(400), "serial": "false"})

	order := c.sell(chair, "1", "300")
	made := str(c.planner.one("production/production_orders", ""), "id")
	for _, action := range []string{"release", "issue", "complete"} {
		c.planner.act("production/production_orders", made, action, nil)
	}
	c.store.act("inventory/deliveries", str(c.store.one("inventory/deliveries", "order_id="+str(order, "id")), "id"), "ship", nil)

	find := func(rows []any, event string) m {
		t.Helper()
		for _, x := range rows {
			if r, _ := x.(m); r["event"] == event {
				return r
			}
		}
		t.Fatalf("no %s in %v", event, rows)
		return nil
	}
	trace := func(lot m, direction string) []any {
		t.Helper()
		rows, _ := c.store.must(http.StatusOK, c.store.get("/inventory/lot_trace?lot_id="+str(lot, "id")+"&direction="+direction))["data"].([]any)
		return rows
	}
	down := trace(lot, "downstream")
	same(t, "shipped", find(down, "shipped"), m{"customer_id": c.customer["id"], "order_no": order["no"], "product_number": "CHAIR", "quantity": "1", "level": "1"})
	same(t, "left", find(down, "on_hand"), m{"product_number": "HEAT", "quantity": "3"})
	piece := c.store.one("inventory/lots", "product_id="+str(chair, "id"))
	same(t, "piece", piece, m{"serial": "true"})
	same(t, "received", find(trace(piece, "upstream"), "received"), m{"lot_number": "H-77", "document_id": receipt, "vendor_id": c.vendor["id"], "order_no": bought["no"]})
	c.store.refused("no lot", c.store.get("/inventory/lot_trace"), http.StatusBadRequest, "fields.invalid")
	c.sales.must(http.StatusForbidden, c.sales.get("/inventory/lot_trace?lot_id="+str(lot, "id")))
}

// Goods go back to the vendor before and after the bill: the books and the stock agree all the time, and the vendor owes what was billed.
func TestGoodsGoBackToTheVendor(t *testing.T) {
	c := newCompany(t, newWorld(t), "Returns")
	p := c.product("BACK", "stock", "buy", "10", "30")
	order := c.buyTen(p)
	receipt := c.store.one("inventory/receipts", "")
	back := func(quantity string) {
		t.Helper()
		doc := c.store.create("inventory/vendor_returns", m{"receipt_id": receipt["id"], "reason": "scratched", "lines": []m{{"product_id": p["id"], "quantity": quantity}}})
		same(t, "return", doc, m{"vendor_id": c.vendor["id"], "status": "draft"})
		same(t, "return", c.store.act("inventory/vendor_returns", str(doc, "id"), "confirm", nil), m{"status": "done", "sent_on": inDays(0)})
	}
	back("2")
	c.valued(t, "80")
	if owed := c.movement(t, "220202"); owed.String() != "-80" {
		t.Errorf("%s owed for goods, want 80", owed)
	}
	bill := c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "purchase_order_id": order["id"], "lines": []m{{
		"product_id": p["id"], "purchase_line_id": lines(order)[0]["id"], "quantity": "8", "unit_price": "12",
	}}})
	c.books.act("finance/bills", str(bill, "id"), "post", nil)
	c.valued(t, "96")
	back("3")
	c.valued(t, "60")
	if owed := c.movement(t, "220202"); owed.String() != "36" {
		t.Errorf("%s: the vendor owes 36 for three at 12", owed)
	}
	over := c.store.create("inventory/vendor_returns", m{"receipt_id": receipt["id"], "lines": []m{{"product_id": p["id"], "quantity": "6"}}})
	c.store.refused("more than came", c.store.post("/inventory/vendor_returns/"+str(over, "id")+"/confirm", nil), http.StatusUnprocessableEntity, "return.over")
}

// Short stock goes to whom it was promised first, by a planner, with the reason on what changed.
func TestPlannersShareOutShortStock(t *testing.T) {
	c := newCompany(t, newWorld(t), "Short")
	c.stock(c.motor, "6", "480")
	orders := map[string]m{}
	for _, x := range []struct {
		name, quantity string
		days           int
	}{{"late", "6", 30}, {"early", "4", 3}} {
		o := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "requested_date": inDays(x.days), "lines": []m{line(c.motor, x.quantity, "600")}})
		orders[x.name] = c.sales.act("sales/orders", str(o, "id"), "confirm", nil)
	}
	in := m{"product_id": c.motor["id"], "reason": "Northwind first"}
	c.sales.must(http.StatusForbidden, c.sales.post("/inventory/reallocations", in))
	doc := c.planner.create("inventory/reallocations", in)
	same(t, "doc", c.planner.act("inventory/reallocations", str(doc, "id"), "apply", nil), m{"status": "done", "moved_quantity": "4"})
	for name, want := range map[string]string{"early": "4", "late": "2"} {
		same(t, name, lines(c.sales.read("sales/orders", str(orders[name], "id")))[0], m{"reserved_quantity": want})
	}
	same(t, "late", c.store.one("inventory/reservations", "source=supply&status=open"), m{"quantity": "4", "demand_no": orders["late"]["no"], "reason": "Northwind first"})
	same(t, "one requisition", c.buyer.one("purchasing/requisitions", ""), m{"quantity": "4", "status": "draft"})
}
