package app_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// Goods move while they are counted: what was expected is of the start, and only the difference is posted.
func TestStockMovesWhileItIsCounted(t *testing.T) {
	c := newCompany(t, newWorld(t), "Counted")
	c.stock(c.motor, "10", "480")
	order := c.sell(c.motor, "2", "600")
	count := c.store.create("inventory/stock_counts", m{"lines": []m{{"product_id": c.motor["id"], "counted_quantity": "9"}}})
	same(t, "line", lines(count)[0], m{"expected_quantity": "10"})
	c.store.act("inventory/deliveries", str(c.store.one("inventory/deliveries", "order_id="+str(order, "id")), "id"), "ship", nil)
	c.receive(t, c.motor, "5", "480")

	path := "/inventory/stock_counts/" + str(count, "id")
	again := c.store.must(http.StatusOK, c.store.do(http.MethodPatch, path, m{"lines": []m{{"product_id": c.motor["id"], "counted_quantity": "9.0"}}},
		"If-Match", fmt.Sprintf("%q", fmt.Sprint(count["version"]))))
	same(t, "written anew", lines(again)[0], m{"expected_quantity": "10"})
	posted := c.store.must(http.StatusOK, c.store.post(path+"/post", nil, "Idempotency-Key", "p1"))
	same(t, "posted", lines(posted)[0], m{"expected_quantity": "10", "moved_quantity": "3"})
	c.store.must(http.StatusOK, c.store.post(path+"/post", nil, "Idempotency-Key", "p1"))
	c.store.refused("twice", c.store.post(path+"/post", nil), http.StatusConflict, "state")
	if onHand, _, _ := c.balance(t, c.motor); onHand.String() != "12" { // 10 − 2 + 5, and one was missing
		t.Errorf("%s on hand, want 12", onHand)
	}
	c.balanced(t)

	sheet := c.store.create("inventory/stock_counts", m{})
	sheet = c.store.act("inventory/stock_counts", str(sheet, "id"), "start", nil)
	same(t, "sheet", lines(sheet)[0], m{"product_id": c.motor["id"], "counted_quantity": "12", "expected_quantity": "12"})
}

// A count that is off by more than the warehouse tolerates waits for finance.
func TestACountBeyondToleranceNeedsFinance(t *testing.T) {
	c := newCompany(t, newWorld(t), "Tolerant")
	c.stock(c.motor, "100", "480")
	c.stock(c.steel, "100", "1")
	house := c.owner.one("inventory/warehouses", "")
	c.owner.must(http.StatusOK, c.owner.do(http.MethodPatch, "/inventory/warehouses/"+str(house, "id"), m{"count_tolerance_percent": "5", "count_tolerance_amount": "1000"},
		"If-Match", fmt.Sprintf("%q", fmt.Sprint(house["version"]))))
	count := func(motors, steel string) m {
		return c.store.create("inventory/stock_counts", m{"lines": []m{
			{"product_id": c.motor["id"], "counted_quantity": motors}, {"product_id": c.steel["id"], "counted_quantity": steel},
		}})
	}
	small := count("98", "95")
	same(t, "small", small, m{"beyond_tolerance": "0"})
	c.store.act("inventory/stock_counts", str(small, "id"), "post", nil)

	large := count("95", "89") // 3 motors at 480 and 6 of 95 pieces of steel are too much
	same(t, "large", large, m{"beyond_tolerance": "2"})
	parked := c.store.must(http.StatusAccepted, c.store.post("/inventory/stock_counts/"+str(large, "id")+"/post", nil))
	if onHand, _, _ := c.balance(t, c.motor); onHand.String() != "98" {
		t.Errorf("%s on hand before anybody agreed", onHand)
	}
	approval := str(parked["approval"].(m), "id")
	c.store.must(http.StatusForbidden, c.store.post("/approvals/"+approval+"/approve", nil))
	c.books.act("approvals", approval, "approve", nil)
	same(t, "large", c.store.read("inventory/stock_counts", str(large, "id")), m{"status": "posted"})
	if onHand, _, _ := c.balance(t, c.motor); onHand.String() != "95" {
		t.Errorf("%s on hand", onHand)
	}
}

// A box of six: five pieces are received of an ordered box, and five are held.
func TestUnitsConvertExactly(t *testing.T) {
	c := newCompany(t, newWorld(t), "Boxes")
	egg := c.owner.create("inventory/products", m{"number": "EGG", "name": "Egg", "type": "stock", "unit": "pcs", "supply": "buy", "units": []m{{"unit": "box", "numerator": "6"}}})
	order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": egg["id"], "quantity": "2", "unit": "box", "unit_price": "12"}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	line := lines(order)[0]["id"]
	receipt := str(c.store.one("inventory/receipts", ""), "id")
	c.store.act("inventory/receipts", receipt, "receive", m{"lines": []m{{"purchase_line_id": line, "quantity": "5"}}})
	onHand := func(want string) {
		t.Helper()
		if q, _, _ := c.balance(t, egg); q.String() != want {
			t.Errorf("%s on hand, want %s", q, want)
		}
	}
	onHand("5")
	same(t, "value", c.owner.one("inventory/product_values", ""), m{"value": "10"})
	rest := str(c.store.one("inventory/receipts", "status=waiting"), "id")
	c.owner.act("inventory/receipts", rest, "receive", m{"lines": []m{{"purchase_line_id": line, "quantity": "1", "unit": "box", "unit_cost": "12"}}})
	onHand("11")
	same(t, "value", c.owner.one("inventory/product_values", ""), m{"value": "22"})
	sold := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": egg["id"], "quantity": "1.5", "unit": "box", "unit_price": "20"}}})
	c.sales.act("sales/orders", str(sold, "id"), "confirm", nil)
	delivery := c.store.one("inventory/deliveries", "")
	same(t, "delivery", lines(delivery)[0], m{"quantity": "9"})
	c.store.act("inventory/deliveries", str(delivery, "id"), "ship", m{"lines": []m{{"product_id": egg["id"], "quantity": "1", "unit": "box"}}})
	onHand("5")
	count := c.store.create("inventory/stock_counts", m{"lines": []m{{"product_id": egg["id"], "counted_quantity": "0.5", "unit": "box"}, {"product_id": egg["id"], "counted_quantity": "1"}}})
	c.store.act("inventory/stock_counts", str(count, "id"), "post", nil)
	onHand("4")
	c.store.refused("no way", c.store.post("/inventory/stock_counts", m{"lines": []m{{"product_id": egg["id"], "counted_quantity": "1", "unit": "kg"}}}),
		http.StatusUnprocessableEntity, "unit.no_conversion")
}

// A count of 20,000 lines is posted with a few statements.
func TestACountOfTwentyThousandLines(t *testing.T) {
	c := newCompany(t, newWorld(t), "Many")
	const n = 20_000
	products := "number,name,type,unit\n"
	for i := range n {
		products += fmt.Sprintf("P%05d,Part %d,stock,pcs\n", i, i)
	}
	c.owner.must(http.StatusOK, c.owner.upload("/inventory/products/import", products))
	rows := make([]m, 0, n)
	for cursor, more := "", true; more; {
		page := c.owner.must(http.StatusOK, c.owner.get("/inventory/products?fields=id&limit=500&number[starts]=P&sort=number"+cursor))
		for _, x := range page["data"].([]any) {
			rows = append(rows, m{"product_id": x.(m)["id"], "counted_quantity": "3", "unit_cost": "1.25"})
		}
		next, _ := page["next_cursor"].(string)
		cursor, more = "&cursor="+next, next != ""
	}
	if len(rows) != n {
		t.Fatalf("%d products", len(rows))
	}
	begun := time.Now()
	count := c.owner.create("inventory/stock_counts", m{"lines": rows})
	made := time.Since(begun)
	begun = time.Now()
	c.owner.must(http.StatusOK, c.owner.post("/inventory/stock_counts/"+str(count, "id")+"/post", nil))
	took := time.Since(begun)
	t.Logf("created in %s, posted in %s", made, took)
	if took > time.Minute { // 3 s on two idle cores; a loop of single writes takes many minutes
		t.Errorf("posting took %s", took)
	}
	same(t, "value", c.owner.must(http.StatusOK, c.owner.get("/inventory/product_values?count=true&limit=1")), m{"total": n})
	if got := c.movement(t, "1405"); !got.Equal(decimal.NewFromInt(75_000)) {
		t.Errorf("%s on the stock account, want 75000", got)
	}
}
