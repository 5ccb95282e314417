package inventory_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

func dec(s string) money.Quantity { return money.Must(s) }

// product makes a stocked product; more says what is special.
func (b *bench) product(number string, more m) id.ID {
	b.t.Helper()
	body := m{"number": number, "name": number, "type": "stock", "unit": "pcs"}
	for k, v := range more {
		body[k] = v
	}
	return b.add("inventory/products", body)
}

// stock counts a product in.
func (b *bench) stock(product id.ID, quantity, cost string) {
	b.t.Helper()
	key := b.add("inventory/stock_counts", m{"lines": []any{m{"product_id": product.String(), "counted_quantity": quantity, "unit_cost": cost}}})
	b.must("inventory/stock_counts", key, "post", nil)
}

func (b *bench) balance(product id.ID) m {
	b.t.Helper()
	return b.one("inventory/stock_balances", "product_id", product.String())
}

// order is a confirmed customer order of one line for each product.
func (b *bench) order(no string, quantities map[id.ID]string, products ...id.ID) salesevent.OrderConfirmed {
	b.t.Helper()
	e := salesevent.OrderConfirmed{Order: salesevent.Order{ID: b.new(), No: no, CustomerID: b.new(), Currency: "CNY", DeliveryAddress: "上海"}}
	for _, p := range products {
		e.Lines = append(e.Lines, salesevent.Line{ID: b.new(), ProductID: p, ProductType: "stock", Quantity: dec(quantities[p]), Ordered: dec(quantities[p]), Unit: "pcs"})
	}
	return e
}

func (b *bench) sell(no string, product id.ID, quantity string) salesevent.OrderConfirmed {
	b.t.Helper()
	e := b.order(no, map[id.ID]string{product: quantity}, product)
	b.emit(e)
	return e
}

func (b *bench) delivery(e salesevent.OrderConfirmed, status string) m {
	b.t.Helper()
	return b.one("inventory/deliveries", "order_id", e.ID.String(), "status", status)
}

func TestSignUpMakesOneInternalLocation(t *testing.T) {
	b := newBench(t)
	b.one("inventory/locations", "type", "internal")
	if n := len(b.list("inventory/locations")); n != 6 {
		t.Errorf("%d locations, want 6", n)
	}
}

func TestTenOrderedSixFree(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	b.stock(p, "6", "2.50")
	e := b.sell("SO1", p, "10")
	b.fields(b.balance(p), m{"on_hand": "6", "reserved": "6", "free": "0"})
	needed := heard[inventoryevent.PurchaseNeeded](b)
	if len(needed) != 1 || len(needed[0].Items) != 1 || !needed[0].Items[0].Quantity.Equal(dec("4")) {
		t.Fatalf("needed %v, want 4", needed)
	}
	d := b.delivery(e, "ready")
	b.fields(lines(d)[0], m{"quantity": "6", "open_quantity": "10"})

	b.must("inventory/deliveries", d["id"], "ship", nil)
	b.fields(lines(b.delivery(e, "shipped"))[0], m{"quantity": "6", "open_quantity": "4"})
	rest := b.delivery(e, "waiting")
	b.fields(rest, m{"backorder_of_id": d["id"], "delivery_address": "上海"})
	b.fields(lines(rest)[0], m{"quantity": "0", "open_quantity": "4"})
	b.fields(b.one("inventory/stock_moves", "value[lt]", "0"), m{"value": "-15.00", "quantity": "6", "source_no": d["no"]})
	shipped := heard[inventoryevent.GoodsShipped](b)
	if len(shipped) != 1 || shipped[0].OrderID != e.ID || !shipped[0].Lines[0].Quantity.Equal(dec("6")) {
		t.Fatalf("shipped %v", shipped)
	}

	b.stock(p, "3", "3") // what waits with nothing on its way is served when goods turn up
	b.fields(lines(b.delivery(e, "ready"))[0], m{"quantity": "3", "open_quantity": "4"})
}

func TestAllReservedFreeExactlyZero(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"unit": "kg"})
	b.stock(p, "6.8", "1")
	for i, q := range []string{"2.1", "1.7", "1.2", "1.8"} {
		b.sell(fmt.Sprintf("SO%d", i), p, q)
	}
	b.fields(b.balance(p), m{"on_hand": "6.8", "reserved": "6.8", "free": "0"})
	if needed := heard[inventoryevent.PurchaseNeeded](b); len(needed) != 0 {
		t.Errorf("needed %v", needed)
	}
}

func TestTwentyWantOneOfTen(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	b.stock(p, "10", "1")
	orders := make([]salesevent.OrderConfirmed, 20)
	for i := range orders {
		orders[i] = b.order(fmt.Sprintf("SO%02d", i), map[id.ID]string{p: "1"}, p)
	}
	var wg sync.WaitGroup
	errs := make([]error, len(orders))
	for i := range orders {
		wg.Go(func() { errs[i] = b.tell(orders[i]) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	b.fields(b.balance(p), m{"on_hand": "10", "reserved": "10", "free": "0"})
	if n := len(b.list("inventory/reservations", "source", "stock")); n != 10 {
		t.Errorf("%d reservations, want 10", n)
	}
	if n := len(b.list("inventory/reservations", "source", "wait")); n != 10 {
		t.Errorf("%d wait, want 10", n)
	}
}

func TestPoliciesOfSupply(t *testing.T) {
	b := newBench(t)
	toOrder, fromStock := b.product("O", m{"supply_policy": "order"}), b.product("S", m{"supply_policy": "stock"})
	b.stock(toOrder, "5", "1")
	b.stock(fromStock, "5", "1")
	e := b.order("SO1", map[id.ID]string{toOrder: "3", fromStock: "8"}, toOrder, fromStock)
	b.emit(e)
	b.fields(b.balance(toOrder), m{"reserved": "0"})
	b.fields(b.balance(fromStock), m{"reserved": "5"})
	needed := heard[inventoryevent.PurchaseNeeded](b)
	if len(needed) != 1 || len(needed[0].Items) != 1 || needed[0].Items[0].ProductID != toOrder {
		t.Fatalf("needed %v", needed)
	}
	pegged := heard[inventoryevent.DemandPegged](b)
	if len(pegged) != 1 || pegged[0].Items[0].SupplyEntity != "" || !pegged[0].Items[0].Quantity.Equal(dec("3")) {
		t.Fatalf("pegged %v, want 3 with nothing on their way", pegged)
	}
}

func TestValuesOfThreeForTen(t *testing.T) {
	for method, want := range map[string][]string{"average": {"-3.33", "-3.34", "-3.33"}, "fifo": {"-3.33", "-3.33", "-3.33"}} {
		b := newBench(t)
		p := b.product("P", m{"cost_method": method})
		b.receive("PO1", p, "3", "3.333333", nil)
		b.fields(b.one("inventory/product_values"), m{"quantity": "3", "value": "10"})
		for range want {
			d := b.delivery(b.sell("SO", p, "1"), "ready")
			b.must("inventory/deliveries", d["id"], "ship", nil)
		}
		for i, x := range b.list("inventory/stock_moves", "value[lt]", "0", "sort", "created_at") {
			residual := "0"
			if method == "fifo" && i == 2 {
				residual = "-0.01"
			}
			b.fields(x, m{"value": want[i], "residual_value": residual})
		}
		b.fields(b.one("inventory/product_values"), m{"quantity": "0", "value": "0"})
	}
}

// receive confirms a purchase order of one line and receives it.
func (b *bench) receive(no string, product id.ID, quantity, cost string, body m) (order id.ID) {
	b.t.Helper()
	order = b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: no, VendorID: b.new(), Lines: []purchasingevent.Line{
		{ID: b.new(), ProductID: product, Quantity: dec(quantity), UnitCost: dec(cost)},
	}})
	b.must("inventory/receipts", b.one("inventory/receipts", "purchase_order_id", order.String())["id"], "receive", body)
	return order
}

// buys answers what is needed with one requisition for each.
func (b *bench) buys() map[id.ID]purchasingevent.Requisition {
	made := map[id.ID]purchasingevent.Requisition{}
	answers(b, func(ctx context.Context, tx *tenancy.Tx, e inventoryevent.PurchaseNeeded) error {
		var out purchasingevent.RequisitionsMade
		for _, x := range e.Items {
			r := purchasingevent.Requisition{
				ID: tx.NewID(), No: fmt.Sprintf("PR%d", len(made)+1), ProductID: x.ProductID, Quantity: x.Quantity, Expected: tx.Today().AddDays(7), Demand: x.Demand,
			}
			made[x.LineID] = r
			out.Items = append(out.Items, r)
		}
		return record.Emit(ctx, tx, out)
	})
	return made
}

func TestBoughtGoodsReachWhoWaits(t *testing.T) {
	b := newBench(t)
	made := b.buys()
	p := b.product("P", nil)
	first, second := b.sell("SO1", p, "4"), b.sell("SO2", p, "5")
	heard[inventoryevent.DemandPegged](b)

	order, line := b.new(), b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{{
		ID: line, ProductID: p, Quantity: dec("9"), UnitCost: dec("2"), Expected: clock.NewDate(2030, 5, 1),
		RequisitionIDs: []id.ID{made[first.Lines[0].ID].ID, made[second.Lines[0].ID].ID},
	}}})
	pegged := heard[inventoryevent.DemandPegged](b)
	if len(pegged) != 1 || len(pegged[0].Items) != 2 || pegged[0].Items[0].SupplyEntity != "inventory.receipt" || pegged[0].Items[0].Date.String() != "2030-05-01" {
		t.Fatalf("pegged %v", pegged)
	}
	r := b.one("inventory/receipts", "status", "waiting")
	b.refused(b.act("inventory/receipts", r["id"], "receive", m{"lines": []any{m{"purchase_line_id": line.String(), "quantity": "10"}}}), "receipt.over")
	b.must("inventory/receipts", r["id"], "receive", m{"lines": []any{m{"purchase_line_id": line.String(), "quantity": "6"}}})
	b.fields(lines(b.one("inventory/receipts", "status", "received"))[0], m{"quantity": "6", "unit_cost": "2"})
	rest := b.one("inventory/receipts", "status", "waiting")
	b.fields(lines(rest)[0], m{"quantity": "3"})
	b.fields(lines(b.delivery(first, "ready"))[0], m{"quantity": "4"})
	b.fields(lines(b.delivery(second, "ready"))[0], m{"quantity": "2", "open_quantity": "5"})
	reserved := heard[inventoryevent.StockReserved](b)
	if len(reserved) != 1 || len(reserved[0].Items) != 2 || reserved[0].Items[0].FromEntity != "inventory.receipt" || reserved[0].Items[0].FromNo != r["no"] {
		t.Fatalf("reserved %v", reserved)
	}
	b.fields(b.one("inventory/reservations", "source", "supply", "status", "open"), m{"supply_no": rest["no"], "quantity": "3"})
	b.must("inventory/receipts", rest["id"], "receive", nil)
	b.fields(lines(b.delivery(second, "ready"))[0], m{"quantity": "5"})
	b.fields(b.balance(p), m{"on_hand": "9", "reserved": "9"})
}

func TestCancellingAPurchaseMakesDemandsShortAgain(t *testing.T) {
	b := newBench(t)
	made := b.buys()
	p := b.product("P", nil)
	e := b.sell("SO1", p, "4")
	order := b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{
		{ID: b.new(), ProductID: p, Quantity: dec("4"), RequisitionIDs: []id.ID{made[e.Lines[0].ID].ID}},
	}})
	heard[inventoryevent.PurchaseNeeded](b)
	b.emit(purchasingevent.OrderCancelled{OrderID: order, No: "PO1"})
	if needed := heard[inventoryevent.PurchaseNeeded](b); len(needed) != 1 || !needed[0].Items[0].Quantity.Equal(dec("4")) {
		t.Fatalf("needed %v", needed)
	}
	b.one("inventory/receipts", "status", "cancelled")
	b.fields(b.one("inventory/reservations", "status", "open"), m{"source": "supply", "supply_entity": "purchasing.requisition", "supply_no": "PR2"})
}

func TestCancellingAnOrderTravelsDown(t *testing.T) {
	b := newBench(t)
	b.buys()
	p := b.product("P", m{"supply_policy": "split"})
	b.stock(p, "6", "1")
	first := b.sell("SO1", p, "10")
	waits := b.sell("SO2", p, "2")
	b.emit(salesevent.OrderAmended{Order: first.Order, Changes: []salesevent.LineChange{{Line: first.Lines[0], Before: dec("10"), After: dec("5")}}})
	dropped := heard[inventoryevent.SupplyReleased](b)
	if len(dropped) != 2 || !dropped[0].Items[0].Quantity.Equal(dec("4")) || !dropped[1].Items[0].Quantity.Equal(dec("1")) {
		t.Fatalf("dropped %v, want 4 of its own requisition and 1 of that of the next in line", dropped)
	}
	b.fields(lines(b.delivery(first, "ready"))[0], m{"quantity": "5", "open_quantity": "5"})
	b.fields(lines(b.delivery(waits, "ready"))[0], m{"quantity": "1", "open_quantity": "2"}) // it gets what became free
	b.emit(salesevent.OrderAmended{Order: first.Order, Changes: []salesevent.LineChange{{Line: first.Lines[0], Before: dec("5"), After: dec("8")}}})
	b.fields(lines(b.delivery(first, "ready"))[0], m{"quantity": "5", "open_quantity": "8"})
	later := b.sell("SO3", p, "9")

	b.emit(salesevent.OrderCancelled{Order: first.Order})
	b.delivery(first, "cancelled")
	b.fields(b.balance(p), m{"on_hand": "6", "reserved": "6"})
	if released := heard[inventoryevent.StockReleased](b); len(released) != 2 {
		t.Errorf("released %v", released)
	}
	b.fields(lines(b.delivery(waits, "ready"))[0], m{"quantity": "2"}) // promised first
	b.fields(lines(b.delivery(later, "ready"))[0], m{"quantity": "4", "open_quantity": "9"})
	gone := money.Zero()
	for _, e := range heard[inventoryevent.SupplyReleased](b) {
		for _, x := range e.Items {
			gone = gone.Add(x.Quantity)
		}
	}
	if !gone.Equal(dec("8")) { // 3 of the cancelled order, 1 of the first in line, 4 of the next
		t.Errorf("%s of supplies dropped, want 8", gone)
	}
}

// What is supplied to order waits for its own, whatever else comes or becomes free.
func TestSuppliedToOrderKeepsItsOwn(t *testing.T) {
	b := newBench(t)
	made := b.buys()
	p := b.product("P", m{"supply_policy": "order"})
	first, second := b.sell("SO1", p, "3"), b.sell("SO2", p, "2")
	b.stock(p, "4", "1")
	b.fields(b.balance(p), m{"on_hand": "4", "reserved": "0"})
	b.emit(purchasingevent.OrderConfirmed{OrderID: b.new(), No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{
		{ID: b.new(), ProductID: p, Quantity: dec("5"), UnitCost: dec("1"), RequisitionIDs: []id.ID{made[second.Lines[0].ID].ID}},
	}})
	b.must("inventory/receipts", b.one("inventory/receipts", "status", "waiting")["id"], "receive", nil)
	b.fields(lines(b.delivery(second, "ready"))[0], m{"quantity": "2"})
	b.fields(lines(b.delivery(first, "waiting"))[0], m{"quantity": "0", "open_quantity": "3"})
	b.fields(b.balance(p), m{"on_hand": "9", "reserved": "2"})
}

func TestMadeGoods(t *testing.T) {
	b := newBench(t)
	b.buys()
	bike, frame := b.product("BIKE", m{"supply": "make"}), b.product("FRAME", nil)
	b.stock(frame, "3", "40")
	order, mat := b.new(), b.new()
	answers(b, func(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockShort) error {
		x := e.Items[0]
		return record.Emit(ctx, tx, productionevent.OrdersPlanned{Orders: []productionevent.Planned{{
			ID: order, No: "MO1", ProductID: bike, Quantity: x.Quantity, DueDate: clock.NewDate(2030, 3, 1), SalesOrderID: x.SalesOrderID,
			Demand: x.Demand, ForDemand: x.Quantity, Materials: []productionevent.Material{{ID: mat, ProductID: frame, Quantity: dec("5"), FromStock: dec("3")}},
		}}})
	})
	e := b.sell("SO1", bike, "5")
	b.fields(b.balance(frame), m{"reserved": "3"})
	needed := heard[inventoryevent.PurchaseNeeded](b)
	if len(needed) != 1 || len(needed[0].Items) != 1 || !needed[0].Items[0].Quantity.Equal(dec("2")) || needed[0].Items[0].DocumentNo != "MO1" {
		t.Fatalf("needed %v", needed)
	}
	b.emit(productionevent.OrderRescheduled{ID: order, No: "MO1", DueDate: clock.NewDate(2030, 4, 1)})
	b.fields(b.one("inventory/reservations", "demand_entity", "sales.order_line"), m{"expected_date": "2030-04-01", "supply_no": "MO1"})

	issue := productionevent.MaterialsIssued{OrderID: order, No: "MO1", Lines: []productionevent.Issue{{MaterialID: mat, ProductID: frame, Quantity: dec("5")}}}
	b.refused(b.tell(issue), "stock.not_enough")
	b.stock(frame, "7", "40") // four more turn up and are free; two of them do instead of the requisition
	heard[inventoryevent.StockMoved](b)
	b.emit(issue)
	moved := heard[inventoryevent.StockMoved](b)
	sum := money.Zero()
	for _, x := range moved[0].Moves {
		sum = sum.Add(x.Value)
	}
	if !sum.Equal(dec("200")) || moved[0].Moves[0].To != "production" {
		t.Errorf("moved %v", moved)
	}
	if dropped := heard[inventoryevent.SupplyReleased](b); len(dropped) != 1 || !dropped[0].Items[0].Quantity.Equal(dec("2")) {
		t.Errorf("dropped %v", dropped)
	}
	answers(b, func(context.Context, *tenancy.Tx, inventoryevent.StockShort) error { return nil })
	b.emit(productionevent.OrderCompleted{
		OrderID: order, No: "MO1", Output: productionevent.Output{ProductID: bike, Quantity: dec("4"), Value: dec("260")}, Scrap: dec("1"), Done: true,
	})
	b.fields(lines(b.delivery(e, "ready"))[0], m{"quantity": "4", "open_quantity": "5"})
	b.fields(b.one("inventory/product_values", "product_id", bike.String()), m{"quantity": "4", "value": "260"})
	if short := heard[inventoryevent.StockShort](b); len(short) != 2 || !short[1].Items[0].Quantity.Equal(dec("1")) {
		t.Errorf("short %v, want the scrapped one again", short)
	}
}
