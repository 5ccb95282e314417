package app_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
)

// sell makes and confirms an order over one product.
func (c *company) sell(product m, quantity, price string) m {
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": product["id"], "quantity": quantity, "unit_price": price}}})
	return c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
}

func (c *company) balance(t *testing.T, product m) (onHand, reserved, free decimal.Decimal) {
	t.Helper()
	for _, b := range c.store.list("inventory/stock_balances", "product_id="+str(product, "id")) {
		onHand, reserved, free = onHand.Add(num(t, b, "on_hand")), reserved.Add(num(t, b, "reserved")), free.Add(num(t, b, "free"))
	}
	return onHand, reserved, free
}

func TestOrderTenOfWhichSixAreFree(t *testing.T) {
	c := newCompany(t, newWorld(t), "Six")
	c.stock(c.motor, "6", "480")
	order := c.sell(c.motor, "10", "600")
	same(t, "line", lines(order)[0], m{"reserved_quantity": "6"})
	same(t, "supplied", c.buyer.one("purchasing/requisitions", ""), m{"quantity": "4", "product_id": c.motor["id"]})
	if _, reserved, free := c.balance(t, c.motor); !reserved.Equal(decimal.NewFromInt(6)) || !free.IsZero() {
		t.Errorf("reserved %s, free %s", reserved, free)
	}
}

func TestTwentyReservationsOfTheLastTen(t *testing.T) {
	c := newCompany(t, newWorld(t), "Twenty")
	c.stock(c.motor, "10", "480")
	var ids []string
	for range 20 {
		o := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "600"}}})
		ids = append(ids, str(o, "id"))
	}
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			if a := c.sales.post("/sales/orders/"+id+"/confirm", nil); a.status != http.StatusOK {
				t.Errorf("confirm: %d %s", a.status, a.raw)
			}
		})
	}
	wg.Wait()
	got := 0
	for _, id := range ids {
		if num(t, lines(c.sales.read("sales/orders", id))[0], "reserved_quantity").Equal(decimal.NewFromInt(1)) {
			got++
		}
	}
	if n := len(c.buyer.list("purchasing/requisitions", "")); got != 10 || n != 10 {
		t.Errorf("%d reserved and %d to buy, want 10 and 10", got, n)
	}
	if onHand, reserved, free := c.balance(t, c.motor); !onHand.Equal(reserved) || !free.IsZero() {
		t.Errorf("on hand %s, reserved %s, free %s", onHand, reserved, free)
	}
}

func TestDecimalsAreReservedExactly(t *testing.T) {
	c := newCompany(t, newWorld(t), "Exact")
	glue := c.owner.create("inventory/products", m{"number": "G", "name": "Glue", "type": "stock", "unit": "kg", "supply": "buy"})
	c.stock(glue, "6.8", "1")
	for _, q := range []string{"2.1", "1.7", "1.2", "1.8"} {
		same(t, q, lines(c.sell(glue, q, "5"))[0], m{"reserved_quantity": q})
	}
	if onHand, reserved, free := c.balance(t, glue); onHand.String() != "6.8" || reserved.String() != "6.8" || !free.IsZero() {
		t.Errorf("on hand %s, reserved %s, free %s", onHand, reserved, free)
	}
}

// In 3 for 10.00 in all, out one by one: every cent leaves, none stays on zero stock.
func TestCostLeavesNoCents(t *testing.T) {
	for method, want := range map[string]string{"average": "-3.33+0.00 -3.34+0.00 -3.33+0.00 ", "fifo": "-3.33+0.00 -3.33+0.00 -3.33+-0.01 "} {
		t.Run(method, func(t *testing.T) {
			c := newCompany(t, newWorld(t), "Cost"+method)
			p := c.owner.create("inventory/products", m{"number": "C", "name": "Coin", "type": "stock", "unit": "pcs", "supply": "buy", "cost_method": method})
			c.receive(t, p, "3", "3.333333")
			for range 3 {
				order := c.sell(p, "1", "9")
				delivery := c.store.one("inventory/deliveries", "order_id="+str(order, "id"))
				c.store.act("inventory/deliveries", str(delivery, "id"), "ship", nil)
			}
			got := ""
			for _, mv := range c.owner.list("inventory/stock_moves", "sort=created_at&source_entity=inventory.delivery&product_id="+str(p, "id")) {
				got += str(mv, "value") + "+" + str(mv, "residual_value") + " "
			}
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			c.balanced(t)
		})
	}
}

// receive buys a quantity at a price and takes it in.
func (c *company) receive(t *testing.T, product m, quantity, price string) {
	t.Helper()
	order := c.buyer.create("purchasing/orders", m{"vendor_id": c.vendor["id"], "lines": []m{{"product_id": product["id"], "quantity": quantity, "unit_price": price}}})
	c.buyer.act("purchasing/orders", str(order, "id"), "confirm", nil)
	receipt := c.store.one("inventory/receipts", "purchase_order_id="+str(order, "id"))
	c.store.act("inventory/receipts", str(receipt, "id"), "receive", nil)
}

func TestThreeLevelsAreNettedAtEach(t *testing.T) {
	c := newCompany(t, newWorld(t), "Levels")
	painted, plain := c.product("PAINTED", "stock", "make", "1", "10"), c.product("PLAIN", "stock", "make", "1", "10")
	wood := c.product("WOOD", "stock", "buy", "1", "10")
	c.bom(painted, "1", m{"component_id": plain["id"], "quantity": "1"})
	c.bom(plain, "1", m{"component_id": wood["id"], "quantity": "2"})
	c.stock(painted, "20", "1")
	c.stock(plain, "20", "1")
	order := c.sell(painted, "120", "10")
	same(t, "reserved", lines(order)[0], m{"reserved_quantity": "20"})
	same(t, "paint", c.planner.one("production/production_orders", "product_id="+str(painted, "id")), m{"quantity": "100"})
	same(t, "make", c.planner.one("production/production_orders", "product_id="+str(plain, "id")), m{"quantity": "80"})
	same(t, "buy", c.buyer.one("purchasing/requisitions", "product_id="+str(wood, "id")), m{"quantity": "160"})

	raw, one, two, top := c.product("RAW", "stock", "buy", "1", "1"), c.product("SUB1", "stock", "make", "1", "1"), c.product("SUB2", "stock", "make", "1", "1"), c.product("TOP", "stock", "make", "1", "1")
	c.bom(one, "1", m{"component_id": raw["id"], "quantity": "1"})
	c.bom(two, "1", m{"component_id": raw["id"], "quantity": "1"})
	c.bom(top, "1", m{"component_id": one["id"], "quantity": "1"}, m{"component_id": two["id"], "quantity": "1"})
	c.sell(top, "1", "10")
	sum := decimal.Zero
	for _, r := range c.buyer.list("purchasing/requisitions", "product_id="+str(raw, "id")) {
		sum = sum.Add(num(t, r, "quantity"))
	}
	if !sum.Equal(decimal.NewFromInt(2)) {
		t.Errorf("raw material %s, want 2", sum)
	}
}

func TestInstalmentsAddUp(t *testing.T) {
	c := newCompany(t, newWorld(t), "Terms")
	zero := c.owner.one("finance/taxes", "rate=0")
	term := c.owner.create("finance/payment_terms", m{"code": "3X", "name": "Thirds", "lines": []m{
		{"percent": "33.3333", "days": 0}, {"percent": "33.3333", "days": 30}, {"percent": "33.3334", "days": 60},
	}})
	order := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "payment_term_id": term["id"], "lines": []m{{
		"product_id": c.motor["id"], "quantity": "1", "unit_price": "100", "tax_id": zero["id"],
	}}})
	c.stock(c.motor, "1", "480")
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	delivery := c.store.one("inventory/deliveries", "")
	c.store.act("inventory/deliveries", str(delivery, "id"), "ship", nil)
	invoice := c.books.one("finance/invoices", "")
	var parts []string
	list, _ := invoice["installments"].([]any)
	for _, x := range list {
		i, _ := x.(m)
		parts = append(parts, str(i, "amount"))
	}
	if fmt.Sprint(parts) != "[33.33 33.33 33.34]" {
		t.Errorf("instalments %v of %v", parts, invoice)
	}
}
