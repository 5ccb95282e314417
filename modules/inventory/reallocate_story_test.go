package inventory_test

import (
	"context"
	"testing"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// One order took everything, a more urgent one waits for a requisition: they change places, and nothing is asked for twice.
func TestShortStockIsSharedOutAnew(t *testing.T) {
	b := newBench(t)
	made := b.buys()
	p := b.product("P", nil)
	b.stock(p, "6", "1")
	late, early := b.order("LATE", map[id.ID]string{p: "6"}, p), b.order("EARLY", map[id.ID]string{p: "4"}, p)
	b.do(func(_ context.Context, tx *tenancy.Tx) error {
		late.RequestedDate, early.RequestedDate = tx.Today().AddDays(30), tx.Today().AddDays(3)
		return nil
	})
	b.emit(late)
	b.emit(early)
	heard[inventoryevent.PurchaseNeeded](b)
	heard[inventoryevent.SupplyReleased](b)
	apply := func(method string) m {
		key := b.add("inventory/reallocations", m{"product_id": p.String(), "method": method, "reason": "the early one is urgent"})
		b.must("inventory/reallocations", key, "apply", nil)
		return b.one("inventory/reallocations", "id", key.String())
	}
	b.fields(apply("promise_date"), m{"status": "done", "moved_quantity": "4"})
	b.fields(lines(b.delivery(early, "ready"))[0], m{"quantity": "4"})
	b.fields(lines(b.delivery(late, "ready"))[0], m{"quantity": "2", "open_quantity": "6"})
	b.fields(b.one("inventory/reservations", "source", "supply", "status", "open"), m{
		"demand_no": "LATE", "quantity": "4", "supply_no": made[early.Lines[0].ID].No, "reason": "the early one is urgent",
	})
	b.fields(b.one("inventory/reservations", "demand_no", "EARLY", "source", "stock"), m{"reason": "the early one is urgent"})
	b.fields(b.balance(p), m{"on_hand": "6", "reserved": "6"})
	if needed, dropped := heard[inventoryevent.PurchaseNeeded](b), heard[inventoryevent.SupplyReleased](b); len(needed)+len(dropped) != 0 {
		t.Errorf("needed %v, dropped %v", needed, dropped)
	}
	b.fields(apply("promise_date"), m{"moved_quantity": "0"})
	apply("pro_rata") // 6 for 6 and 4: 3.6 and 2.4, in whole pieces 3 and 2, and the odd one to whom it was promised first
	b.fields(lines(b.delivery(early, "ready"))[0], m{"quantity": "3"})
	b.fields(lines(b.delivery(late, "ready"))[0], m{"quantity": "3"})
}

func TestWaitingForOneInboundDocument(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	b.stock(p, "3", "1")
	first := b.sell("SO1", p, "3")
	order := b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{{ID: b.new(), ProductID: p, Quantity: dec("5"), UnitCost: dec("1")}}})
	doc := b.one("inventory/receipts")["id"]
	held := b.one("inventory/reservations")["id"]
	b.refused(b.act("inventory/reservations", held, "await", m{"supply_id": doc, "quantity": "4"}), "reservation.quantity")
	b.refused(b.act("inventory/reservations", held, "await", m{"supply_id": b.new().String()}), "supply.not_enough")
	b.must("inventory/reservations", held, "await", m{"supply_id": doc, "quantity": "2", "reason": "the customer wants the new ones"})
	b.fields(b.balance(p), m{"on_hand": "3", "reserved": "1"})
	b.fields(b.one("inventory/reservations", "source", "supply"), m{"quantity": "2", "supply_entity": "inventory.receipt", "reason": "the customer wants the new ones"})
	b.emit(purchasingevent.OrderConfirmed{OrderID: b.new(), No: "PO2", VendorID: b.new(), Lines: []purchasingevent.Line{{ID: b.new(), ProductID: p, Quantity: dec("4"), UnitCost: dec("1")}}})
	for _, r := range b.list("inventory/receipts", "status", "waiting") {
		if r["id"] != doc {
			b.must("inventory/receipts", r["id"], "receive", nil)
		}
	}
	other := b.sell("SO3", p, "4")
	b.emit(salesevent.OrderCancelled{Order: other.Order})
	b.fields(b.balance(p), m{"on_hand": "7", "reserved": "1"}) // neither other goods that come nor what becomes free is for who waits for these
	b.sell("SO4", p, "4")
	second := b.sell("SO2", p, "7") // two are free, five wait with nothing on their way
	b.must("inventory/receipts", doc, "receive", nil)
	b.fields(lines(b.delivery(first, "ready"))[0], m{"quantity": "3"})
	b.fields(lines(b.delivery(second, "ready"))[0], m{"quantity": "5"})
}
