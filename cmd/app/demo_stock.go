package app

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory"
)

// stockroom puts on the agenda what happens to goods beside coming and going: freight that makes them dearer, faulty parts, shortages.
func (d *demo) stockroom() {
	d.at(45, func() {
		for _, w := range rows[inventory.Warehouse](d, "") {
			d.change("owner", "inventory.warehouse", w.ID, obj{"count_tolerance_percent": "8", "count_tolerance_amount": "150"})
		}
	})
	for _, day := range []int{75, 160, 245, 330} {
		d.at(day, func() { d.freight("V003", true) })
	}
	d.at(d.last-2, func() { d.freight("V004", false) })
	for i, reason := range []string{"来料检验：编码器接口损坏", "来料检验：尺寸超差", "型号与订单不符"} {
		d.at(95+100*i, func() { d.sendBack(reason) })
	}
	for i, number := range []string{"E-SERVO-750", "E-PLC-32", "M-REDUCER"} {
		method := []string{"promise_date", "pro_rata"}[i%2]
		d.at(105+85*i, func() {
			k := d.one("planner", "inventory.reallocation", obj{"product_id": key(d.products[number]), "method": method, "reason": "到货不足，按交期重新分配"})
			d.run("planner", "inventory.reallocation", k, "apply", nil)
		})
	}
	d.at(d.last-1, func() {
		d.one("director", "inventory.reallocation", obj{"product_id": key(d.products["E-SERVO-400"]), "reason": "重点客户加急，待与计划确认"})
	})
}

// arrivals are the receipts from a vendor (or, without one, from anybody) of the last weeks, the latest first.
func (d *demo) arrivals(vendor string) []*inventory.Receipt {
	where, args := "status = 'received'", []any(nil)
	if vendor != "" {
		where, args = where+" AND vendor_id = ?", append(args, d.vendor(vendor))
	}
	found := rows[inventory.Receipt](d, where, args...)
	var out []*inventory.Receipt
	for i := len(found) - 1; i >= 0 && len(out) < 8; i-- {
		out = append(out, get[inventory.Receipt](d, found[i].ID))
	}
	return out
}

// freight spreads what the carrier and the insurance take over the goods that a vendor delivered last.
func (d *demo) freight(vendor string, post bool) {
	came := d.arrivals(vendor)
	if len(came) == 0 {
		return
	}
	k := d.one("buyer", "inventory.landed_cost", obj{"receipt_id": key(came[0].ID), "note": "顺达物流，零担", "lines": []any{
		obj{"name": "运费", "amount": whole(280 + 10*d.aside.n(20)), "spread_by": "quantity"},
		obj{"name": "运输保险", "amount": whole(60 + d.aside.n(40)), "spread_by": "value"},
	}})
	if post {
		d.run("finance", "inventory.landed_cost", k, "post", nil)
	}
}

// sendBack returns one faulty piece of a delivery that is still there and not promised to anybody.
func (d *demo) sendBack(reason string) {
	free := map[id.ID]bool{}
	for _, b := range rows[inventory.StockBalance](d, "lot_id IS NULL AND on_hand - reserved >= 2 AND location_id = ?", d.location("STOCK")) {
		free[b.ProductID] = true
	}
	for _, r := range d.arrivals("") {
		for _, l := range r.Lines {
			if !free[l.ProductID] || l.Quantity.LessThan(money.Int(1)) {
				continue
			}
			k := d.one("warehouse", "inventory.vendor_return", obj{
				"receipt_id": key(r.ID), "location_id": key(d.location("STOCK")), "reason": reason,
				"lines": []any{obj{"purchase_line_id": key(l.PurchaseLineID), "product_id": key(l.ProductID), "quantity": "1"}},
			})
			d.run("warehouse", "inventory.vendor_return", k, "confirm", nil)
			return
		}
	}
}
