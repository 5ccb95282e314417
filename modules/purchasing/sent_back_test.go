package purchasing_test

import (
	"context"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// TestGoodsGoBack notes what leaves for its vendor again: before the bill there is less to bill, after it the vendor owes.
func TestGoodsGoBack(t *testing.T) {
	c := newCompany(t)
	b := c.as("buyer")
	p := c.product("P", m{"units": []m{{"unit": "box", "numerator": "2"}}})
	v := c.vendor("V", nil)
	key := b.add(buying, m{"vendor_id": v, "lines": []m{{"product_id": p, "quantity": "5", "unit": "box", "unit_price": "20"}}})
	b.must(buying, key, "confirm", nil)
	line := rows(b.one(buying), "lines")[0]
	c.must(receipts, str(c.one(receipts)["id"]), "receive", nil)
	back := func(pieces, worth string) {
		c.ok(c.try(func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Emit(ctx, tx, inventoryevent.StockMoved{SourceEntity: "inventory.vendor_return", SourceID: tx.NewID(), SourceNo: "VR1", Date: tx.Today(), Moves: []inventoryevent.Moved{{
				MoveID: tx.NewID(), ProductID: parse(t, p), From: "internal", To: "supplier", Quantity: money.Must(pieces), Value: money.Must(worth),
				SourceLineID: parse(t, str(line["id"])),
			}}})
		}))
	}
	back("4", "40")
	c.fields(rows(b.one(buying), "lines")[0], m{"returned_quantity": "2", "returned_base": "4", "received_quantity": "5", "credit_expected": "0"})
	bill := c.as("finance").add("finance/bills", m{"vendor_id": v, "purchase_order_id": key})
	c.must("finance/bills", bill, "post", nil)
	c.fields(c.one("finance/bills"), m{"match_status": "matched", "untaxed_amount": "60"})
	c.fields(b.one(buying), m{"status": "done", "credit_expected": "0"})
	back("1", "10")
	c.fields(b.one(buying), m{"status": "done", "credit_expected": "10"})
	c.fields(rows(b.one(buying), "lines")[0], m{"returned_quantity": "2.5", "billed_quantity": "3", "credit_expected": "10"})
}
