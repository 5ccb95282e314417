package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// buyLot receives goods with a lot number and an expiry date.
func (b *bench) buyLot(product id.ID, quantity, number, expires string) (lot string) {
	b.t.Helper()
	order, line := b.new(), b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO-" + number, VendorID: b.new(), Lines: []purchasingevent.Line{
		{ID: line, ProductID: product, Quantity: dec(quantity), UnitCost: dec("2")},
	}})
	in := m{"purchase_line_id": line.String(), "quantity": quantity, "lot_number": number}
	if expires != "" {
		in["expires_on"] = expires
	}
	b.must("inventory/receipts", b.one("inventory/receipts", "purchase_order_id", order.String())["id"], "receive", m{"lines": []any{in}})
	return b.one("inventory/lots", "number", number)["id"].(string)
}

// report asks a question as the API would.
func (b *bench) report(path string, params m) []m {
	b.t.Helper()
	var out []m
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := record.RunReport(ctx, tx, b.engine.Report(path), params)
		out = rows
		return err
	}, tenancy.ReadOnly())
	return out
}

func (b *bench) lotOnHand(lot, want string) {
	b.t.Helper()
	sum := dec("0")
	for _, x := range b.list("inventory/stock_balances", "lot_id", lot) {
		sum = sum.Add(dec(fmt.Sprint(x["on_hand"])))
	}
	if !sum.Equal(dec(want)) {
		b.t.Errorf("%s of the lot on hand, want %s", sum, want)
	}
}

func TestTransferDrawsLotsByExpiryAndArrivesInParts(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "lot", "units": []any{m{"unit": "box", "numerator": "6"}}})
	late, early, old := b.buyLot(p, "10", "LATE", "2040-02-01"), b.buyLot(p, "4", "EARLY", "2040-01-01"), b.buyLot(p, "3", "OLD", "2020-01-01")
	here, there := b.one("inventory/locations", "type", "internal")["id"], b.add("inventory/locations", m{"code": "B", "name": "B"})
	key := b.add("inventory/transfers", m{"from_location_id": here, "to_location_id": there.String(), "via_transit": true, "lines": []any{
		m{"product_id": p.String(), "quantity": "1", "unit": "box"},
	}})
	b.must("inventory/transfers", key, "confirm", nil)
	sent := b.one("inventory/transfers")
	b.fields(sent, m{"status": "in_transit"})
	if got := lines(sent); len(got) != 2 || got[0]["lot_id"] != early || got[1]["lot_id"] != late {
		t.Fatalf("lines %v, want 4 of the early lot and 2 of the late one", got)
	}
	b.fields(lines(sent)[0], m{"base_quantity": "4", "received_quantity": "0"})
	b.fields(lines(sent)[1], m{"base_quantity": "2"})

	b.refused(b.act("inventory/transfers", key, "receive", m{"lines": []any{m{"product_id": p.String(), "lot_id": late, "quantity": "3"}}}), "transfer.over")
	b.must("inventory/transfers", key, "receive", m{"lines": []any{m{"product_id": p.String(), "lot_id": early, "quantity": "0.5", "unit": "box"}}})
	b.fields(b.one("inventory/transfers"), m{"status": "in_transit"})
	b.fields(b.one("inventory/stock_balances", "location_id", there.String()), m{"on_hand": "3", "lot_id": early})
	b.must("inventory/transfers", key, "receive", nil)
	b.fields(b.one("inventory/transfers"), m{"status": "done"})
	b.lotOnHand(early, "4")
	b.lotOnHand(old, "3")

	again := b.add("inventory/transfers", m{"from_location_id": here, "to_location_id": there.String(), "lines": []any{m{"product_id": p.String(), "quantity": "9"}}})
	b.refused(b.act("inventory/transfers", again, "confirm", nil), "stock.not_enough") // 8 have not expired
}

func TestShippingAnotherLotThanWasReserved(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "lot"})
	first, second := b.buyLot(p, "5", "A", "2040-01-01"), b.buyLot(p, "5", "B", "2040-02-01")
	e := b.sell("SO1", p, "4")
	d := b.delivery(e, "ready")
	product := p.String()
	b.refused(b.act("inventory/deliveries", d["id"], "ship", m{"lines": []any{m{"product_id": product, "quantity": "1", "lot_number": "C"}}}), "lot.unknown")
	b.must("inventory/deliveries", d["id"], "ship", m{"lines": []any{
		m{"product_id": product, "quantity": "2", "lot_number": "B"}, m{"product_id": product, "quantity": "1", "lot_id": first},
	}})
	b.lotOnHand(first, "4")
	b.lotOnHand(second, "3")
	b.fields(b.one("inventory/reservations", "status", "open"), m{"lot_id": first, "quantity": "1"})
	other := b.sell("SO2", p, "6")
	b.refused(b.act("inventory/deliveries", b.delivery(other, "ready")["id"], "ship", m{"lines": []any{m{"product_id": product, "quantity": "4", "lot_number": "B"}}}),
		"stock.not_enough") // three are left of it
}

func TestWhatExpiresAfterItWasReservedIsExchanged(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "lot"})
	soon, late := b.buyLot(p, "5", "SOON", "2040-01-01"), b.buyLot(p, "2", "LATE", "2040-02-01")
	d := b.delivery(b.sell("SO1", p, "3"), "ready")
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("UPDATE lot SET expires_on = '2020-01-01' WHERE number = 'SOON'").Exec(ctx)
		return err
	})
	f := b.refused(b.act("inventory/deliveries", d["id"], "ship", nil), "stock.not_enough")
	if f.Fields[0].Reason != "lot.expired" {
		t.Errorf("fields %v", f.Fields)
	}
	b.must("inventory/deliveries", d["id"], "ship", m{"lines": []any{m{"product_id": p.String(), "quantity": "2"}}})
	b.lotOnHand(soon, "5")
	b.lotOnHand(late, "0")
	rest := b.one("inventory/deliveries", "status", "ready")
	b.must("inventory/deliveries", rest["id"], "ship", m{"lines": []any{m{"product_id": p.String(), "quantity": "1", "lot_id": soon}}}) // somebody says so
	b.lotOnHand(soon, "4")
}

// What expired since it was reserved for a production order is not used up, unless that very lot is named.
func TestExpiredMaterialIsNotIssued(t *testing.T) {
	b := newBench(t)
	b.buys()
	frame, bike := b.product("FRAME", m{"tracking": "lot"}), b.product("BIKE", m{"supply": "make"})
	soon, late := b.buyLot(frame, "2", "SOON", "2040-01-01"), b.buyLot(frame, "2", "LATE", "2040-02-01")
	order, mat := b.new(), b.new()
	b.emit(productionevent.OrdersPlanned{Orders: []productionevent.Planned{{ID: order, No: "MO1", ProductID: bike, Quantity: dec("2"), Materials: []productionevent.Material{
		{ID: mat, ProductID: frame, Quantity: dec("2"), FromStock: dec("2")},
	}}}})
	b.fields(b.one("inventory/reservations"), m{"lot_id": soon})
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("UPDATE lot SET expires_on = '2020-01-01' WHERE number = 'SOON'").Exec(ctx)
		return err
	})
	issue := func(q string, lot id.ID) error {
		return b.tell(productionevent.MaterialsIssued{OrderID: order, No: "MO1", Lines: []productionevent.Issue{{MaterialID: mat, ProductID: frame, Quantity: dec(q), LotID: lot}}})
	}
	b.refused(issue("3", id.ID{}), "stock.not_enough")
	if err := issue("2", id.ID{}); err != nil {
		t.Fatal(err)
	}
	b.lotOnHand(late, "0")
	b.lotOnHand(soon, "2")
	b.refused(issue("1", id.ID{}), "stock.not_enough")
	key, err := id.Parse(soon)
	if err != nil {
		t.Fatal(err)
	}
	if err := issue("1", key); err != nil {
		t.Fatal(err)
	}
	b.lotOnHand(soon, "1")
}

func TestASerialNumberIsOnePieceInOnePlace(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "serial"})
	lot := b.buyLot(p, "1", "S1", "")
	b.fields(b.one("inventory/lots"), m{"serial": "true"})
	order, line := b.new(), b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO2", VendorID: b.new(), Lines: []purchasingevent.Line{{ID: line, ProductID: p, Quantity: dec("1"), UnitCost: dec("2")}}})
	in := m{"lines": []any{m{"purchase_line_id": line.String(), "quantity": "1", "lot_number": "S1"}}}
	b.refused(b.act("inventory/receipts", b.one("inventory/receipts", "status", "waiting")["id"], "receive", in), "serial.twice")

	there := b.add("inventory/locations", m{"code": "B", "name": "B"})
	here := b.one("inventory/locations", "code", "STOCK")["id"]
	key := b.add("inventory/transfers", m{"from_location_id": here, "to_location_id": there.String(), "lines": []any{m{"product_id": p.String(), "quantity": "1", "lot_id": lot}}})
	b.must("inventory/transfers", key, "confirm", nil)
	b.lotOnHand(lot, "1")
	for _, sql := range []string{
		"UPDATE stock_balance SET on_hand = 2 WHERE lot_id = ? AND on_hand = 1",
		"UPDATE stock_balance SET on_hand = 1 WHERE lot_id = ?",
	} {
		if err := b.try(func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw(sql, lot).Exec(ctx)
			return err
		}); err == nil {
			t.Errorf("the database took %s", sql)
		}
	}
}

// An order that is completed in parts goes on counting its serial numbers.
func TestSerialNumbersGoOnCounting(t *testing.T) {
	b := newBench(t)
	bike := b.product("BIKE", m{"tracking": "serial", "supply": "make"})
	order := b.new()
	for _, quantity := range []string{"2", "1", "3"} {
		b.emit(productionevent.OrderCompleted{OrderID: order, No: "MO9", Output: productionevent.Output{ProductID: bike, Quantity: dec(quantity), Value: dec("10")}})
	}
	for _, number := range []string{"MO9-1", "MO9-2", "MO9-3", "MO9-4", "MO9-5", "MO9-6"} {
		b.lotOnHand(fmt.Sprint(b.one("inventory/lots", "number", number)["id"]), "1")
	}
}

// Two lots of steel become one frame each; a frame becomes a bike, which a customer gets.
func TestTracingALotBothWays(t *testing.T) {
	b := newBench(t)
	steel, paint := b.product("STEEL", m{"tracking": "lot"}), b.product("PAINT", nil)
	frame, bike := b.product("FRAME", m{"tracking": "lot", "supply": "make"}), b.product("BIKE", m{"tracking": "serial", "supply": "make"})
	one, two := b.buyLot(steel, "5", "HEAT-1", ""), b.buyLot(steel, "5", "HEAT-2", "")
	b.stock(paint, "10", "1")
	made := func(no string, out id.ID, uses ...productionevent.Issue) {
		order := b.new()
		for i := range uses {
			uses[i].MaterialID = b.new()
		}
		b.emit(productionevent.MaterialsIssued{OrderID: order, No: no, Lines: uses})
		b.emit(productionevent.OrderCompleted{OrderID: order, No: no, Output: productionevent.Output{ProductID: out, Quantity: dec("1"), Value: dec("10")}, Done: true})
	}
	lot := func(key string) id.ID {
		k, err := id.Parse(key)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	made("MO1", frame, productionevent.Issue{ProductID: steel, Quantity: dec("2"), LotID: lot(one)}, productionevent.Issue{ProductID: paint, Quantity: dec("1")})
	made("MO2", frame, productionevent.Issue{ProductID: steel, Quantity: dec("3"), LotID: lot(two)})
	made("MO3", bike, productionevent.Issue{ProductID: frame, Quantity: dec("1"), LotID: lot(b.one("inventory/lots", "number", "MO1")["id"].(string))})
	e := b.sell("SO1", bike, "1")
	b.must("inventory/deliveries", b.delivery(e, "ready")["id"], "ship", nil)

	down := ""
	for _, x := range b.report("inventory/lot_trace", m{"lot_id": one, "direction": "downstream"}) {
		down += fmt.Sprint(x["level"], x["event"], x["product_number"], x["lot_number"], x["quantity"], " ")
		if x["event"] == "shipped" && (x["customer_id"] != e.CustomerID.String() || x["order_no"] != "SO1") {
			t.Errorf("shipped %v", x)
		}
	}
	if want := "0on_handSTEELHEAT-13 0usedSTEELHEAT-12 1madeFRAMEMO11 1usedFRAMEMO11 2madeBIKEMO3-11 2shippedBIKEMO3-11 "; !sameWords(down, want) {
		t.Errorf("downstream %s, want %s", down, want)
	}
	up := ""
	for _, x := range b.report("inventory/lot_trace", m{"lot_id": b.one("inventory/lots", "number", "MO3-1")["id"], "direction": "upstream"}) {
		up += fmt.Sprint(x["level"], x["event"], x["product_number"], x["lot_number"], x["quantity"], " ")
	}
	if want := "0madeBIKEMO3-11 1madeFRAMEMO11 1usedFRAMEMO11 2receivedSTEELHEAT-15 2usedPAINT1 2usedSTEELHEAT-12 "; !sameWords(up, want) {
		t.Errorf("upstream %s, want %s", up, want)
	}
	if n := len(b.report("inventory/lot_trace", m{"lot_id": two})); n != 5 {
		t.Errorf("%d steps of the other lot, want received, used, made, and two on hand", n)
	}
}

func TestALotKeepsItsExpiry(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "lot"})
	b.buyLot(p, "5", "A", "")
	b.buyLot(p, "5", "A", "2040-01-01") // known only now
	b.fields(b.one("inventory/lots"), m{"expires_on": "2040-01-01"})
	order, line := b.new(), b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO2", Lines: []purchasingevent.Line{{ID: line, ProductID: p, Quantity: dec("1"), Expected: clock.NewDate(2030, 1, 1)}}})
	in := m{"lines": []any{m{"purchase_line_id": line.String(), "quantity": "1", "lot_number": "A", "expires_on": "2041-01-01"}}}
	b.refused(b.act("inventory/receipts", b.one("inventory/receipts", "status", "waiting")["id"], "receive", in), "lot.other_expiry")
}

// A customer gives back one of two serial numbers: that one is here again, and what they don't have is refused.
func TestReturnOfASerialNumber(t *testing.T) {
	b := newBench(t)
	p := b.product("P", m{"tracking": "serial"})
	lots := map[string]string{}
	for _, n := range []string{"S1", "S2", "S3"} {
		lots[n] = b.buyLot(p, "1", n, "")
	}
	e := b.sell("SO1", p, "2")
	b.must("inventory/deliveries", b.delivery(e, "ready")["id"], "ship", m{"lines": []any{
		m{"product_id": p.String(), "quantity": "1", "lot_number": "S1"}, m{"product_id": p.String(), "quantity": "1", "lot_number": "S3"},
	}})
	key := func(s string) id.ID {
		x, err := id.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	back := func(numbers ...string) salesevent.GoodsReturned {
		r := salesevent.GoodsReturned{Order: e.Order, ReturnID: b.new(), No: "SR1"}
		for _, n := range numbers {
			l := e.Lines[0]
			l.Quantity = dec("1")
			if n != "" {
				l.LotID = key(lots[n])
			}
			r.Lines = append(r.Lines, l)
		}
		return r
	}
	b.refused(b.tell(back("S2")), "return.other_lot")
	b.refused(b.tell(back("S1", "S1")), "return.other_lot")
	b.emit(back("", "S1")) // whatever is not named is another one
	b.lotOnHand(lots["S1"], "1")
	b.lotOnHand(lots["S3"], "1")
	b.fields(b.one("inventory/product_values", "product_id", p.String()), m{"quantity": "3", "value": "6"})
}
