package app_test

import (
	"net/http"
	"testing"
)

// company is a small machine maker: a machine is made of a frame (made of steel) and a motor (bought).
type company struct {
	owner, sales, director, planner, buyer, store, books person

	customer, vendor                  m
	machine, frame, steel, motor, fit m
}

func (c *company) product(number, kind, supply, cost, price string) m {
	return c.owner.create("inventory/products", m{
		"number": number, "name": "Product " + number, "type": kind, "unit": "pcs", "supply": supply, "standard_cost": cost, "list_price": price, "lead_time_days": 2,
	})
}

func newCompany(t *testing.T, w *world, name string) *company {
	t.Helper()
	c := &company{owner: w.signUp(t, name)}
	c.sales, c.director = c.owner.hire("sally", "sales"), c.owner.hire("dora", "sales_director")
	c.planner, c.buyer = c.owner.hire("paul", "planner"), c.owner.hire("bob", "buyer")
	c.store, c.books = c.owner.hire("stan", "warehouse"), c.owner.hire("fay", "finance")
	c.customer = c.sales.create("crm/customers", m{"name": "Northwind"})
	c.vendor = c.buyer.create("purchasing/vendors", m{"number": "V1", "name": "Steel & Co"})
	c.machine = c.product("M1", "stock", "make", "20000", "60000")
	c.frame = c.product("F1", "stock", "make", "3000", "0")
	c.steel = c.product("S1", "stock", "buy", "10", "0")
	c.motor = c.product("E1", "stock", "buy", "500", "0")
	c.bom(c.machine, "1", m{"component_id": c.frame["id"], "quantity": "1"}, m{"component_id": c.motor["id"], "quantity": "2"})
	c.bom(c.frame, "1", m{"component_id": c.steel["id"], "quantity": "40"})
	c.price(c.steel, "9.5", 7)
	c.price(c.motor, "480", 10)
	return c
}

func (c *company) bom(product m, output string, lines ...m) m {
	return c.planner.create("production/bills_of_materials", m{"product_id": product["id"], "output_quantity": output, "lines": lines})
}

func (c *company) price(product m, price string, days int) {
	c.buyer.create("purchasing/vendor_prices", m{"product_id": product["id"], "vendor_id": c.vendor["id"], "price": price, "lead_time_days": days})
}

// stock counts goods into the one internal location.
func (c *company) stock(product m, quantity, cost string) {
	location := c.store.one("inventory/locations", "type=internal")
	doc := c.owner.create("inventory/stock_counts", m{
		"location_id": location["id"], "lines": []m{{"product_id": product["id"], "counted_quantity": quantity, "unit_cost": cost}},
	})
	c.owner.act("inventory/stock_counts", str(doc, "id"), "post", nil)
}

// A won opportunity becomes an approved, produced, shipped, invoiced, paid order, by seven people with the rights of their roles.
func TestAWonOpportunityBecomesAPaidOrder(t *testing.T) {
	c := newCompany(t, newWorld(t), "Makers")
	c.stock(c.steel, "50", "9")
	c.stock(c.motor, "1", "470")

	deal := c.sales.create("crm/opportunities", m{
		"name": "Two machines", "customer_id": c.customer["id"], "delivery_address": "1 Dock Road", "terms": "FOB",
		"lines": []m{{"product_id": c.machine["id"], "quantity": "2", "unit_price": "60000"}},
	})
	dealID := str(deal, "id")
	preview := c.sales.must(http.StatusOK, c.sales.post("/crm/opportunities/"+dealID+"/win?dry_run=true", nil))
	if len(preview["approvals"].([]any)) != 1 {
		t.Errorf("the preview shows no approval: %v", preview["approvals"])
	}
	if got := c.sales.read("crm/opportunities", dealID); got["status"] != "open" {
		t.Fatalf("the dry run left the deal %v", got["status"])
	}
	won := c.sales.must(http.StatusAccepted, c.sales.post("/crm/opportunities/"+dealID+"/win", nil))
	approval := won["approval"].(m)
	orderID := str(won["order"].(m), "id")
	same(t, "order", won["order"].(m), m{"status": "pending_approval", "total_amount": "135600", "untaxed_amount": "120000"})
	same(t, "deal", c.sales.read("crm/opportunities", dealID), m{"status": "won", "order_id": orderID})

	// Locked while pending; nobody but a director decides, and not on their own request.
	c.sales.must(http.StatusConflict, c.sales.post("/sales/orders/"+orderID+"/confirm", nil))
	c.sales.must(http.StatusForbidden, c.sales.post("/approvals/"+str(approval, "id")+"/approve", nil))
	c.director.act("approvals", str(approval, "id"), "approve", m{"comment": "fine"})

	order := c.sales.read("sales/orders", orderID)
	same(t, "order", order, m{"status": "confirmed", "delivery_status": "waiting", "payment_status": "none", "invoice_status": "waiting"})

	// Produced: a machine order and a frame order, materials netted against stock.
	machines := c.planner.one("production/production_orders", "product_id="+str(c.machine, "id"))
	frames := c.planner.one("production/production_orders", "product_id="+str(c.frame, "id"))
	same(t, "machines", machines, m{"quantity": "2", "status": "planned", "sales_order_id": orderID})
	same(t, "frames", frames, m{"quantity": "2", "status": "planned", "parent_id": machines["id"]})
	steel := c.buyer.one("purchasing/requisitions", "product_id="+str(c.steel, "id"))
	motors := c.buyer.one("purchasing/requisitions", "product_id="+str(c.motor, "id"))
	same(t, "steel", steel, m{"quantity": "30", "status": "draft", "price": "9.5", "vendor_id": c.vendor["id"]})
	same(t, "motors", motors, m{"quantity": "3", "status": "draft", "price": "480"})
	for _, r := range []m{steel, motors} {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	}
	po := c.buyer.one("purchasing/orders", "")
	c.buyer.act("purchasing/orders", str(po, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "")
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", nil)
	same(t, "purchase order", c.buyer.read("purchasing/orders", str(po, "id")), m{"status": "received"})

	for _, doc := range []m{frames, machines} {
		c.planner.act("production/production_orders", str(doc, "id"), "release", nil)
		c.planner.act("production/production_orders", str(doc, "id"), "issue", nil)
		c.planner.act("production/production_orders", str(doc, "id"), "complete", nil)
		same(t, "made", c.planner.read("production/production_orders", str(doc, "id")), m{"status": "done"})
	}
	same(t, "reserved", c.sales.read("crm/opportunities", dealID), m{"delivery_progress": "50", "delivery_status": "waiting"})

	// Shipped in parts; the rest stays open.
	delivery := c.store.one("inventory/deliveries", "order_id="+orderID)
	line := lines(delivery)[0]
	c.store.act("inventory/deliveries", str(delivery, "id"), "ship", m{"lines": []m{{"order_line_id": line["order_line_id"], "quantity": "1"}}})
	same(t, "half shipped", c.sales.read("sales/orders", orderID), m{"delivery_status": "partial", "delivery_progress": "75", "status": "in_progress"})
	rest := c.store.one("inventory/deliveries", "order_id="+orderID+"&status=ready")
	c.store.act("inventory/deliveries", str(rest, "id"), "ship", nil)
	same(t, "shipped", c.sales.read("crm/opportunities", dealID), m{"delivery_status": "shipped", "delivery_progress": "100"})

	// Invoiced by shipping, paid by finance; only finance may.
	invoices := c.books.list("finance/invoices", "order_id="+orderID)
	if len(invoices) != 2 {
		t.Fatalf("%d invoices, want one for each delivery", len(invoices))
	}
	c.sales.must(http.StatusForbidden, c.sales.post("/finance/payments", m{"customer_id": c.customer["id"], "direction": "in", "amount": "1"}))
	pay := c.books.create("finance/payments", m{
		"customer_id": c.customer["id"], "direction": "in", "amount": "135600",
		"matches": []m{{"invoice_id": invoices[0]["id"], "amount": "67800"}, {"invoice_id": invoices[1]["id"], "amount": "67800"}},
	})
	c.books.act("finance/payments", str(pay, "id"), "post", nil)
	same(t, "paid", c.sales.read("sales/orders", orderID), m{"payment_status": "paid", "invoice_status": "invoiced", "status": "done"})
	same(t, "collected", c.sales.read("crm/opportunities", dealID), m{"collected_amount": "135600"})
	c.balanced(t)
}

// balanced checks that the ledger adds up.
func (c *company) balanced(t *testing.T) {
	t.Helper()
	rows, _ := c.books.must(http.StatusOK, c.books.get("/finance/trial_balance"))["data"].([]any)
	sum := num(t, m{"x": "0"}, "x")
	for _, x := range rows {
		r, _ := x.(m)
		sum = sum.Add(num(t, r, "debit")).Sub(num(t, r, "credit"))
	}
	if len(rows) < 5 || !sum.IsZero() {
		t.Errorf("trial balance of %d accounts is off by %s", len(rows), sum)
	}
}
