package app

import (
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/production"
	"github.com/tenon-hq/tenon/modules/purchasing"
)

// buy is the buyer's round: agree to what is asked for, put it on orders, send the orders. On the last days only some of it gets done.
func (d *demo) buy() {
	late := d.last-d.day <= 4
	for i, r := range rows[purchasing.Requisition](d, "status = 'draft' AND vendor_id IS NOT NULL") {
		if !late || i%2 == 0 {
			d.run("buyer", "purchasing.requisition", r.ID, "approve", nil)
		}
	}
	for i, r := range rows[purchasing.Requisition](d, "status = 'approved'") {
		if late && i%3 != 0 {
			continue
		}
		if r.DemandID.IsZero() && d.dice.one(30) { // nobody waits for it
			d.run("buyer", "purchasing.requisition", r.ID, "cancel", nil)
		} else {
			d.run("buyer", "purchasing.requisition", r.ID, "order", nil)
		}
	}
	for _, o := range rows[purchasing.Order](d, "status = 'draft'") {
		if !late {
			d.run("buyer", "purchasing.order", o.ID, "confirm", nil)
		}
	}
}

// receive takes in what vendors were to deliver by today; now and then something is missing.
func (d *demo) receive() {
	for _, r := range rows[inventory.Receipt](d, "status = 'waiting' AND expected_date <= ?", d.date(0)) {
		full := get[inventory.Receipt](d, r.ID)
		if len(full.Lines) < 2 || !d.dice.one(6) {
			d.run("warehouse", "inventory.receipt", r.ID, "receive", nil)
			continue
		}
		first := full.Lines[0]
		d.run("warehouse", "inventory.receipt", r.ID, "receive", obj{"lines": []any{obj{"id": key(first.ID), "quantity": first.Quantity.String()}}})
	}
}

// ship sends what is complete, and after some weeks what there is of the rest.
func (d *demo) ship() {
	for _, o := range rows[inventory.Delivery](d, "status IN ('ready', 'waiting')") {
		full := get[inventory.Delivery](d, o.ID)
		some := false
		for _, l := range full.Lines {
			some = some || l.Quantity.Sign() > 0
		}
		old := d.clock.now().Sub(o.CreatedAt) > 20*24*time.Hour
		if some && (o.Status == "ready" || old && d.dice.one(2)) {
			d.run("warehouse", "inventory.delivery", o.ID, "ship", nil)
		}
	}
}

// complete is the condition that an order has all its materials.
const complete = `NOT EXISTS (SELECT 1 FROM production_material m WHERE m.order_id = ?TableAlias.id AND m.issued_quantity + m.reserved_quantity < m.quantity)`

// makeGoods is the planner's round: every order that can goes one step on.
func (d *demo) makeGoods() {
	for _, o := range rows[production.Order](d, "status IN ('planned', 'released', 'in_progress') AND "+complete) {
		switch get[production.Order](d, o.ID).Status { // goods of another order may have made this one needless
		case production.Planned:
			d.run("planner", "production.production_order", o.ID, "release", nil)
		case production.Released:
			if !o.ReworkOfID.IsZero() || d.dice.one(2) { // what is worked over is on the floor already
				d.finish(o.ID) // small works take their materials as they need them
			} else {
				d.run("planner", "production.production_order", o.ID, "issue", nil)
			}
		case production.InProgress:
			d.finish(o.ID)
		}
	}
}

// finish books the work and hands the goods over; large orders in two parts, now and then with scrap.
func (d *demo) finish(k id.ID) {
	o := get[production.Order](d, k)
	if o.DoneQuantity.IsZero() {
		for _, p := range o.Operations {
			minutes := money.RoundTo(money.Div(p.PlannedMinutes.Mul(money.Int(int64(90+d.dice.n(30)))), money.Int(100)), "CNY")
			if minutes.Sign() > 0 {
				d.run("planner", "production.production_order", k, "book", obj{"operation_id": key(p.ID), "minutes": minutes.String()})
			}
		}
	}
	if o.Quantity.GreaterThanOrEqual(money.Int(4)) && o.DoneQuantity.IsZero() && d.dice.one(2) {
		half := money.Div(o.Quantity, money.Int(2)).Truncate(0)
		d.run("planner", "production.production_order", k, "complete", obj{"quantity": half.String()})
		return
	}
	d.run("planner", "production.production_order", k, "complete", nil)
}

// fillUp asks for what has run low: bought parts by requisitions, made parts by production orders.
func (d *demo) fillUp() {
	free := map[id.ID]money.Quantity{}
	for _, b := range rows[inventory.StockBalance](d, "") {
		free[b.ProductID] = free[b.ProductID].Add(b.OnHand.Sub(b.Reserved))
	}
	coming := map[id.ID]bool{}
	for _, r := range rows[purchasing.Requisition](d, "status IN ('draft', 'approved') AND demand_document_id IS NULL") {
		coming[r.ProductID] = true
	}
	for _, p := range rows[core.Product](d, "type = 'stock' AND reorder_point > 0") {
		if free[p.ID].GreaterThan(p.ReorderPoint) || coming[p.ID] {
			continue
		}
		quantity := p.ReorderPoint.Mul(money.Int(3)).String()
		if p.Supply == "make" {
			d.one("planner", "production.production_order", obj{"product_id": key(p.ID), "quantity": quantity, "note": "安全库存补货"})
		} else {
			d.one("buyer", "purchasing.requisition", obj{"product_id": key(p.ID), "quantity": quantity, "need_by": d.date(30), "note": "安全库存补货"})
		}
	}
}

// recount counts a few products; one piece is always missing somewhere.
func (d *demo) recount(note string) {
	var lines []any
	for _, b := range rows[inventory.StockBalance](d, "lot_id IS NULL AND on_hand - reserved > 10 AND location_id = ?", d.location("STOCK")) {
		if d.dice.one(4) && len(lines) < 6 {
			counted := b.OnHand.Sub(money.Int(int64(d.dice.n(3))))
			lines = append(lines, obj{"product_id": key(b.ProductID), "counted_quantity": counted.String()})
		}
	}
	if len(lines) > 0 {
		k := d.one("warehouse", "inventory.stock_count", obj{"note": note, "lines": lines})
		d.run("warehouse", "inventory.stock_count", k, "post", nil)
	}
}

// plenty finds products of which much lies free at the main location.
func (d *demo) plenty() []*inventory.StockBalance {
	return rows[inventory.StockBalance](d, "lot_id IS NULL AND on_hand - reserved > 20 AND location_id = ?", d.location("STOCK"))
}

// moveGoods takes some spare parts to the other location; every other time by truck, which takes days.
func (d *demo) moveGoods() {
	for _, b := range rows[inventory.StockBalance](d, "product_id = ? AND on_hand - reserved > 20 AND location_id = ?", d.products["P-RING"], d.location("STOCK")) {
		truck := d.dice.one(2)
		k := d.one("warehouse", "inventory.transfer", obj{
			"from_location_id": key(b.LocationID), "to_location_id": key(d.location("FG")), "via_transit": truck, "note": "补充展厅备件",
			"lines": []any{obj{"product_id": key(b.ProductID), "quantity": strconv.Itoa(2 + d.dice.n(4))}},
		})
		d.run("warehouse", "inventory.transfer", k, "confirm", nil)
		if truck {
			d.at(3, func() { d.run("warehouse", "inventory.transfer", k, "receive", nil) })
		}
	}
}
