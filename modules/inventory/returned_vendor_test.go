package inventory_test

import (
	"testing"

	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
)

// Goods of two receipts at other prices: what goes back goes at what that receipt cost, whatever the method.
func TestGoodsGoBackAtTheirCost(t *testing.T) {
	for method, want := range map[string]struct{ left, variance string }{
		"average": {"80", "0"}, // 20 + 80 less 20
		"fifo":    {"80", "0"},
		"standard": {
			"64", "4", // 4 of 20 at 4 went at 16, and cost 20
		},
	} {
		b := newBench(t)
		p := b.product("P", m{"cost_method": method, "standard_cost": "4"})
		b.receive("PO0", p, "4", "5", nil)
		cheap := b.one("inventory/receipts")
		order, line := b.new(), b.new()
		b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{{ID: line, ProductID: p, Quantity: dec("16"), UnitCost: dec("5")}}})
		b.must("inventory/receipts", b.one("inventory/receipts", "status", "waiting")["id"], "receive", nil)
		heard[inventoryevent.StockMoved](b)
		key := b.add("inventory/vendor_returns", m{"receipt_id": cheap["id"], "reason": "rust", "lines": []any{m{"product_id": p.String(), "quantity": "5"}}})
		b.refused(b.act("inventory/vendor_returns", key, "confirm", nil), "return.over")
		key = b.add("inventory/vendor_returns", m{"receipt_id": cheap["id"], "lines": []any{m{"product_id": p.String(), "quantity": "4"}}})
		b.must("inventory/vendor_returns", key, "confirm", nil)
		b.fields(b.one("inventory/product_values"), m{"quantity": "16", "value": want.left})
		moved := heard[inventoryevent.StockMoved](b)
		if x := moved[0].Moves[0]; x.To != "supplier" || x.SourceLineID.IsZero() || !x.Value.Add(x.PriceVariance).Equal(dec("20")) || !x.PriceVariance.Equal(dec(want.variance)) {
			t.Errorf("%s: moved %v", method, x)
		}
		b.fields(lines(b.one("inventory/vendor_returns", "status", "done"))[0], m{"value": "20"})
		again := b.add("inventory/vendor_returns", m{"receipt_id": cheap["id"], "lines": []any{m{"product_id": p.String(), "quantity": "1"}}})
		b.refused(b.act("inventory/vendor_returns", again, "confirm", nil), "return.over") // all of it went back
	}
}

// What was billed at another price goes back at that price; what is reserved stays.
func TestGoodsGoBackAfterTheBill(t *testing.T) {
	b := newBench(t)
	p := b.product("P", nil)
	order, line := b.new(), b.new()
	b.emit(purchasingevent.OrderConfirmed{OrderID: order, No: "PO1", VendorID: b.new(), Lines: []purchasingevent.Line{{ID: line, ProductID: p, Quantity: dec("10"), UnitCost: dec("10")}}})
	receipt := b.one("inventory/receipts")
	b.must("inventory/receipts", receipt["id"], "receive", nil)
	b.emit(financeevent.CostDiffered{SourceEntity: "finance.bill", SourceID: b.new(), SourceNo: "B1", Items: []financeevent.Differed{{PurchaseLineID: line, ProductID: p, Amount: dec("20")}}})
	b.fields(b.one("inventory/product_values"), m{"value": "120"})
	if got := heard[inventoryevent.StockRevalued](b); len(got) != 1 || !got[0].Items[0].Stock.Equal(dec("20")) || !got[0].Items[0].FromVariance {
		t.Fatalf("revalued %v", got)
	}
	b.sell("SO1", p, "7")
	back := func(q string) error {
		key := b.add("inventory/vendor_returns", m{"receipt_id": receipt["id"], "lines": []any{m{"product_id": p.String(), "quantity": q}}})
		return b.act("inventory/vendor_returns", key, "confirm", nil)
	}
	b.refused(back("4"), "return.over")
	if err := back("3"); err != nil {
		t.Fatal(err)
	}
	b.fields(b.one("inventory/product_values"), m{"quantity": "7", "value": "84"})
}
