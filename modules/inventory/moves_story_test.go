package inventory_test

import (
	"context"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

func TestShippingMoreThanIsReadyIsRefused(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	b.stock(p, "6", "1")
	e := b.sell("SO1", p, "10")
	line := e.Lines[0].ID.String()
	d := b.delivery(e, "ready")
	f := b.refused(b.act("inventory/deliveries", d["id"], "ship", m{"lines": []any{m{"order_line_id": line, "quantity": "7"}}}), "stock.not_enough")
	if len(f.Fields) != 1 || f.Fields[0].Path != "lines[0].quantity" {
		t.Errorf("fields %v", f.Fields)
	}
	b.refused(b.act("inventory/deliveries", d["id"], "ship", m{"lines": []any{m{"order_line_id": b.new().String(), "quantity": "1"}}}), "stock.not_enough")
	b.refused(b.act("inventory/deliveries", d["id"], "ship", m{"lines": []any{m{"order_line_id": line, "quantity": "0"}}}), "delivery.nothing_ready")
	b.must("inventory/deliveries", d["id"], "ship", m{"lines": []any{m{"order_line_id": line, "quantity": "2"}}})
	b.fields(lines(b.delivery(e, "ready"))[0], m{"quantity": "4", "open_quantity": "8"})
	b.fields(b.balance(p), m{"on_hand": "4", "reserved": "4"})
	b.refused(b.act("inventory/deliveries", d["id"], "ship", nil), "state.not_allowed")
}

func TestWhatIsLeftOverServesOthersInOrderOfPromise(t *testing.T) {
	b := newBench(t)
	made := b.buys()
	p := b.product("P", nil)
	late, early := b.order("LATE", map[id.ID]string{p: "4"}, p), b.order("EARLY", map[id.ID]string{p: "3"}, p)
	b.do(func(_ context.Context, tx *tenancy.Tx) error {
		late.RequestedDate, early.RequestedDate = tx.Today().AddDays(30), tx.Today().AddDays(10)
		return nil
	})
	b.emit(late)
	b.emit(early)
	own := b.sell("OWN", p, "2")
	order := b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{
		{ID: b.new(), ProductID: p, Quantity: dec("6"), UnitCost: dec("1"), RequisitionIDs: []id.ID{made[own.Lines[0].ID].ID}},
	}})
	heard[inventoryevent.SupplyReleased](b)
	b.must("inventory/receipts", b.one("inventory/receipts")["id"], "receive", nil)
	b.fields(lines(b.delivery(own, "ready"))[0], m{"quantity": "2"})
	b.fields(lines(b.delivery(early, "ready"))[0], m{"quantity": "3"})
	b.fields(lines(b.delivery(late, "ready"))[0], m{"quantity": "1"})
	dropped := heard[inventoryevent.SupplyReleased](b)
	if len(dropped) != 1 || len(dropped[0].Items) != 2 {
		t.Fatalf("dropped %v, want 3 and 1 of two requisitions", dropped)
	}
	for i, want := range []string{"3", "1"} {
		if x := dropped[0].Items[i]; !x.Quantity.Equal(dec(want)) || x.SupplyEntity != "purchasing.requisition" {
			t.Errorf("dropped %v, want %s", x, want)
		}
	}
}

func TestReleasedGoodsGoToWhoWaitsWithNothing(t *testing.T) {
	b := newBench(t) // nobody buys
	p := b.product("P", nil)
	b.stock(p, "5", "1")
	first, second := b.sell("SO1", p, "5"), b.sell("SO2", p, "3")
	b.delivery(second, "waiting")
	b.emit(salesevent.OrderCancelled{Order: first.Order, LineIDs: []id.ID{first.Lines[0].ID}})
	b.fields(lines(b.delivery(second, "ready"))[0], m{"quantity": "3"})
	b.fields(b.balance(p), m{"on_hand": "5", "reserved": "3"})
}

func TestCountingAwayWhatIsHeld(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	b.stock(p, "5", "2")
	first, last := b.sell("SO1", p, "3"), b.sell("SO2", p, "2")
	heard[inventoryevent.PurchaseNeeded](b)
	b.stock(p, "4", "0")
	b.fields(b.balance(p), m{"on_hand": "4", "reserved": "4"})
	b.fields(lines(b.delivery(first, "ready"))[0], m{"quantity": "3"})
	b.fields(lines(b.delivery(last, "ready"))[0], m{"quantity": "1", "open_quantity": "2"})
	needed := heard[inventoryevent.PurchaseNeeded](b)
	if len(needed) != 1 || needed[0].Items[0].DocumentID != last.ID || !needed[0].Items[0].Quantity.Equal(dec("1")) {
		t.Fatalf("needed %v", needed)
	}
	b.fields(b.one("inventory/product_values"), m{"quantity": "4", "value": "8"})
}

func TestCountedTwiceAtOnePlaceCountsTogether(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	key := b.add("inventory/stock_counts", m{"lines": []any{
		m{"product_id": p.String(), "counted_quantity": "2", "unit_cost": "10"}, m{"product_id": p.String(), "counted_quantity": "3", "unit_cost": "5"},
	}})
	b.must("inventory/stock_counts", key, "post", nil)
	b.fields(b.balance(p), m{"on_hand": "5"})
	b.fields(b.one("inventory/product_values"), m{"value": "35"})
	b.refused(b.act("inventory/stock_counts", key, "post", nil), "state.not_allowed")
}

func TestTransferOverTransit(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	b.stock(p, "5", "2")
	here, there := b.one("inventory/locations", "type", "internal")["id"], b.add("inventory/locations", m{"code": "B", "name": "B"})
	body := m{"from_location_id": here, "to_location_id": there.String(), "via_transit": true, "lines": []any{m{"product_id": p.String(), "quantity": "4"}}}
	key := b.add("inventory/transfers", body)
	b.must("inventory/transfers", key, "confirm", nil)
	transit := b.one("inventory/locations", "type", "transit")["id"].(string)
	b.fields(b.one("inventory/stock_balances", "location_id", transit), m{"on_hand": "4"})
	e := b.sell("SO1", p, "5") // what is on the road can't be promised
	b.fields(lines(b.delivery(e, "ready"))[0], m{"quantity": "1"})
	b.must("inventory/transfers", key, "receive", nil)
	b.fields(b.one("inventory/stock_balances", "location_id", there.String()), m{"on_hand": "4"})
	b.fields(b.one("inventory/product_values"), m{"quantity": "5", "value": "10"})

	body["via_transit"] = false
	again := b.add("inventory/transfers", body)
	f := b.refused(b.act("inventory/transfers", again, "confirm", nil), "stock.not_enough")
	if f.Fields[0].Path != "lines[0].quantity" {
		t.Errorf("fields %v", f.Fields)
	}
}

func TestLotsLeaveByExpiry(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "lot"})
	b.receive("PO1", p, "5", "1", m{"lines": []any{}}) // its lot is named after the receipt
	for _, lot := range []m{{"lot_number": "B", "expires_on": "2040-02-01"}, {"lot_number": "A", "expires_on": "2040-01-01"}} {
		order, line := b.new(), b.new()
		b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO", VendorID: b.new(), Lines: []purchasingevent.Line{{ID: line, ProductID: p, Quantity: dec("2"), UnitCost: dec("1")}}})
		lot["purchase_line_id"], lot["quantity"] = line.String(), "2"
		b.must("inventory/receipts", b.one("inventory/receipts", "status", "waiting")["id"], "receive", m{"lines": []any{lot}})
	}
	if n := len(b.list("inventory/lots")); n != 3 {
		t.Fatalf("%d lots, want 3", n)
	}
	d := b.delivery(b.sell("SO1", p, "3"), "ready")
	b.must("inventory/deliveries", d["id"], "ship", nil)
	for number, left := range map[string]string{"A": "0", "B": "1"} {
		lot := b.one("inventory/lots", "number", number)["id"].(string)
		b.fields(b.one("inventory/stock_balances", "lot_id", lot), m{"on_hand": left})
	}
}

func TestSerialNumbersComeOneByOne(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "serial"})
	b.receive("PO1", p, "3", "3.333333", nil)
	if n := len(b.list("inventory/lots")); n != 3 {
		t.Fatalf("%d lots, want 3", n)
	}
	b.fields(b.one("inventory/product_values"), m{"quantity": "3", "value": "10"})
}

func TestNegativeWhereTheLocationAllowsIt(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"standard_cost": "3"})
	here := b.one("inventory/locations", "type", "internal")["id"]
	there := b.add("inventory/locations", m{"code": "NEG", "name": "NEG", "allow_negative": true})
	key := b.add("inventory/transfers", m{"from_location_id": there.String(), "to_location_id": here, "lines": []any{m{"product_id": p.String(), "quantity": "4"}}})
	b.must("inventory/transfers", key, "confirm", nil)
	b.fields(b.one("inventory/stock_balances", "location_id", there.String()), m{"on_hand": "-4", "free": "-4"})
	b.fields(b.one("inventory/stock_balances", "location_id", here.(string)), m{"on_hand": "4"})
}

func TestProductionCancelled(t *testing.T) {
	b := newBench(t)
	b.buys()
	bike, frame := b.product("BIKE", m{"supply": "make"}), b.product("FRAME", nil)
	b.stock(frame, "1", "40")
	order, mat := b.new(), b.new()
	answers(b, func(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockShort) error {
		return record.Emit(ctx, tx, productionevent.OrdersPlanned{Orders: []productionevent.Planned{{
			ID: order, No: "MO1", ProductID: bike, Quantity: dec("2"), Demand: e.Items[0].Demand, ForDemand: dec("2"),
			Materials: []productionevent.Material{{ID: mat, ProductID: frame, Quantity: dec("2"), FromStock: dec("1")}},
		}}})
	})
	e := b.sell("SO1", bike, "2")
	b.emit(productionevent.OrderReduced{OrderID: order, No: "MO1", Quantity: dec("1"), Materials: []productionevent.Material{{ID: mat, ProductID: frame, Quantity: dec("1")}}})
	dropped := heard[inventoryevent.SupplyReleased](b)
	if len(dropped) != 1 || !dropped[0].Items[0].Quantity.Equal(dec("1")) || dropped[0].Items[0].Entity != "production.material" {
		t.Fatalf("dropped %v, want 1 of the material's requisition", dropped)
	}
	b.fields(b.balance(frame), m{"reserved": "1"})
	b.fields(b.one("inventory/reservations", "demand_entity", "sales.order_line", "source", "supply"), m{"quantity": "1"})
	b.fields(b.one("inventory/reservations", "demand_entity", "sales.order_line", "source", "wait"), m{"quantity": "1"})

	b.emit(productionevent.OrderCancelled{OrderID: order, No: "MO1"})
	b.fields(b.balance(frame), m{"reserved": "0"})
	if n := len(b.list("inventory/reservations", "demand_id", e.ID.String(), "source", "wait", "status", "open")); n != 2 {
		t.Errorf("%d wait, want both", n)
	}
}

func TestFreeIsWhatCanBeReserved(t *testing.T) {
	b := newBench(t)
	p, none := b.product("P", nil), b.product("N", nil)
	b.stock(p, "5", "1")
	b.sell("SO1", p, "2")
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		free, err := inventory.Stock{}.Free(ctx, tx, []id.ID{p, none})
		if err != nil || !free[p].Equal(dec("3")) || !free[none].Equal(money.Zero()) {
			t.Errorf("free %v, %v", free, err)
		}
		return nil
	})
}

func TestMovesStay(t *testing.T) {
	b := newBench(t)
	b.stock(b.product("P", nil), "5", "1")
	err := b.try(func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("UPDATE stock_move SET quantity = quantity + 1 WHERE true").Exec(ctx)
		return err
	})
	if err == nil {
		t.Error("a stock move was changed")
	}
}
