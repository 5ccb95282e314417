package inventory_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// walker does at random what people do in a warehouse; what is refused is refused.
type walker struct {
	*bench
	*rand.Rand
	products []id.ID
	here     []string // locations
}

func (w *walker) product() id.ID { return w.products[w.IntN(len(w.products))] }

func (w *walker) any(path string, params ...string) m {
	rows := w.list(path, params...)
	if len(rows) == 0 {
		return nil
	}
	return rows[w.IntN(len(rows))]
}

func (w *walker) quantity() string { return fmt.Sprintf("%d.%d", w.IntN(9)+1, w.IntN(10)) }

func (w *walker) step() {
	switch w.IntN(8) {
	case 0, 1:
		line, p := w.new(), w.product()
		w.emit(purchasingevent.OrderConfirmed{OrderID: w.new(), No: "PO", VendorID: w.new(), Lines: []purchasingevent.Line{
			{ID: line, ProductID: p, Quantity: dec(w.quantity()), UnitCost: dec(fmt.Sprintf("%d.%06d", w.IntN(20), w.IntN(1_000_000)))},
		}})
		_ = w.act("inventory/receipts", w.any("inventory/receipts", "status", "waiting")["id"], "receive", nil)
		if w.IntN(2) == 0 {
			w.emit(financeevent.CostDiffered{SourceEntity: "finance.bill", SourceID: w.new(), Items: []financeevent.Differed{
				{PurchaseLineID: line, ProductID: p, Amount: dec(fmt.Sprintf("%d.%02d", w.IntN(40)-20, w.IntN(100)))},
			}})
		}
	case 2:
		w.sell("SO", w.product(), w.quantity())
	case 3:
		if d := w.any("inventory/deliveries", "status", "ready"); d != nil {
			_ = w.act("inventory/deliveries", d["id"], "ship", nil)
		}
	case 4:
		key := w.add("inventory/stock_counts", m{"location_id": w.here[w.IntN(len(w.here))], "lines": []any{m{"product_id": w.product().String(), "counted_quantity": w.quantity()}}})
		_ = w.act("inventory/stock_counts", key, "post", nil)
	case 5:
		from := w.IntN(len(w.here))
		key := w.add("inventory/transfers", m{
			"from_location_id": w.here[from], "to_location_id": w.here[1-from], "via_transit": w.IntN(2) == 0,
			"lines": []any{m{"product_id": w.product().String(), "quantity": w.quantity()}},
		})
		if w.act("inventory/transfers", key, "confirm", nil) == nil {
			_ = w.act("inventory/transfers", key, "receive", nil)
		}
	case 6:
		if r := w.any("inventory/receipts", "status", "received"); r != nil {
			key := w.add("inventory/vendor_returns", m{"receipt_id": r["id"], "lines": []any{m{"product_id": lines(r)[0]["product_id"], "quantity": w.quantity()}}})
			_ = w.act("inventory/vendor_returns", key, "confirm", nil)
		}
	default:
		key := w.add("inventory/reallocations", m{"product_id": w.product().String(), "method": []string{"pro_rata", "promise_date"}[w.IntN(2)], "reason": "a walk"})
		w.must("inventory/reallocations", key, "apply", nil)
	}
}

// Whatever people do: balances are the sum of the moves, reserved is the sum of the reservations, and values are the sum of moves and adjustments.
func TestAnyWalkKeepsBalancesAndValues(t *testing.T) {
	b := newBench(t)
	w := &walker{bench: b, Rand: rand.New(rand.NewPCG(7, 11)), here: []string{
		b.one("inventory/locations", "code", "STOCK")["id"].(string), b.add("inventory/locations", m{"code": "B", "name": "B"}).String(),
	}}
	for _, method := range []string{"average", "fifo", "standard"} {
		w.products = append(w.products, b.product(method, m{"unit": "kg", "cost_method": method, "standard_cost": "3.37"}))
	}
	for range 90 {
		w.step()
	}
	for name, sql := range map[string]string{
		"balances": `SELECT count(*) FROM stock_balance b FULL JOIN (SELECT product_id, location_id, sum(q) AS q FROM (
				SELECT product_id, to_location_id AS location_id, quantity AS q FROM stock_move UNION ALL SELECT product_id, from_location_id, -quantity FROM stock_move) v
				JOIN location l ON l.id = v.location_id AND l.type IN ('internal', 'transit', 'subcontractor') GROUP BY 1, 2) m
			ON m.product_id = b.product_id AND m.location_id = b.location_id WHERE coalesce(b.on_hand, 0) <> coalesce(m.q, 0)`,
		"reserved": `SELECT count(*) FROM stock_balance b LEFT JOIN (SELECT product_id, location_id, sum(quantity) AS q FROM reservation
				WHERE status = 'open' AND source = 'stock' GROUP BY 1, 2) r ON r.product_id = b.product_id AND r.location_id = b.location_id WHERE b.reserved <> coalesce(r.q, 0)`,
		"values": `SELECT count(*) FROM product_value v LEFT JOIN (SELECT product_id, sum(value + residual_value) AS q FROM stock_move GROUP BY 1) m USING (product_id)
			LEFT JOIN (SELECT product_id, sum(stock_amount) AS q FROM value_adjustment GROUP BY 1) a USING (product_id)
			WHERE v.value <> coalesce(m.q, 0) + coalesce(a.q, 0) OR v.value < 0 OR v.quantity = 0 AND v.value <> 0`,
		"quantities": `SELECT count(*) FROM product_value v LEFT JOIN (SELECT product_id, sum(on_hand) AS q FROM stock_balance GROUP BY 1) b USING (product_id)
			WHERE v.quantity <> coalesce(b.q, 0)`,
	} {
		b.do(func(ctx context.Context, tx *tenancy.Tx) error {
			var n int
			if err := tx.NewRaw(sql).Scan(ctx, &n); err != nil || n > 0 {
				t.Errorf("%s: %d off, %v", name, n, err)
			}
			return nil
		})
	}
	moves, late, back := len(b.list("inventory/stock_moves", "limit", "500")), len(b.list("inventory/value_adjustments")), len(b.list("inventory/vendor_returns", "status", "done"))
	if moves < 40 || late < 3 || back < 1 {
		t.Errorf("a short walk: %d moves, %d late costs, %d went back", moves, late, back)
	}
	total := dec("0")
	for _, x := range b.list("inventory/product_values") {
		total = total.Add(dec(fmt.Sprint(x["value"])))
	}
	rows := b.report("inventory/stock_value", m{})
	b.fields(rows[len(rows)-1], m{"row": "total", "value": total.String()})
}
