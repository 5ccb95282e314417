package app_test

import (
	"github.com/shopspring/decimal"
)

// cascade is what a sales order has caused.
type cascade struct {
	*cyclist

	order                  string
	held, orders, requests []m
}

func (f *cascade) from(source string) []m {
	var out []m
	for _, r := range f.held {
		if r["source"] == source && r["status"] == "open" {
			out = append(out, r)
		}
	}
	return out
}

// compare compares every product's total of reservations, production orders and requisitions with the reckoning, and every requisition's vendor.
func (f *cascade) compare(want plan) {
	f.t.Helper()
	f.equal("reservations", f.sums(f.from("stock"), "quantity", f.numberOf), texts(want.taken))
	f.equal("production orders", f.sums(f.orders, "quantity", f.numberOf), texts(want.made))
	f.equal("requisitions", f.sums(f.requests, "quantity", f.numberOf), texts(want.bought))
	if waits := f.from("wait"); len(waits) > 0 {
		f.t.Errorf("%d demands wait for nothing: %v", len(waits), waits)
	}
	vendors := map[string]string{}
	for _, v := range f.every("purchasing/vendors", "") {
		vendors[str(v, "id")] = str(v, "number")
	}
	for _, r := range f.requests {
		product, quantity := f.numberOf(r), num(f.t, r, "quantity")
		want := f.shop.vendors(product, quantity)
		if price, ok := want[vendors[str(r, "vendor_id")]]; !ok || !num(f.t, r, "price").Equal(price) {
			f.t.Errorf("%s %s of %s: from %s at %s, want one of %v", r["no"], quantity, product, vendors[str(r, "vendor_id")], r["price"], want)
		}
	}
}

// pegging checks each document for itself: a production order takes exactly what its bill says, each material is covered by stock and by one supply, and
// what supplies is made for exactly what waits for it.
func (f *cascade) pegging(ordered int64) {
	f.t.Helper()
	covered, supplied, suppliers := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}, map[string][]string{}
	demandOf := map[string]m{}
	stocked := map[string]decimal.Decimal{}
	for _, r := range append(f.from("stock"), f.from("supply")...) {
		line, q := str(r, "demand_line_id"), num(f.t, r, "quantity")
		covered[line] = covered[line].Add(q)
		if r["source"] == "stock" {
			stocked[line] = stocked[line].Add(q)
			continue
		}
		by := str(r, "supply_id")
		supplied[by] = supplied[by].Add(q)
		suppliers[line] = append(suppliers[line], by)
		demandOf[by] = r
	}
	order := f.owner.read("sales/orders", f.order)
	line := lines(order)[0]
	if got := covered[str(line, "id")]; !got.Equal(decimal.NewFromInt(ordered)) {
		f.t.Errorf("%s of %d are covered", got, ordered)
	}
	same(f.t, "order line", line, m{"reserved_quantity": stocked[str(line, "id")]})
	materials := 0
	for _, o := range f.orders {
		materials += f.materials(o, covered, stocked, suppliers)
		f.madeFor(o, supplied, demandOf)
	}
	for _, r := range f.requests {
		if id := str(r, "id"); !supplied[id].Equal(num(f.t, r, "quantity")) || demandOf[id]["product_id"] != r["product_id"] {
			f.t.Errorf("requisition %s is for %s, %s wait for it", r["no"], r["quantity"], supplied[id])
		}
	}
	if want := len(f.orders) + len(f.requests); len(supplied) != want {
		f.t.Errorf("%d documents supply, there are %d", len(supplied), want)
	}
	if len(covered) != materials+1 {
		f.t.Errorf("%d demands, want those of %d materials and of the order line", len(covered), materials)
	}
}

// materials compares a production order's materials with the bill; each is covered in full, with at most one supply. It returns how many there are.
func (f *cascade) materials(o m, covered, stocked map[string]decimal.Decimal, suppliers map[string][]string) int {
	f.t.Helper()
	want := map[string]decimal.Decimal{}
	for part, each := range f.shop.parts[f.numberOf(o)] {
		want[part] = each.Mul(num(f.t, o, "quantity"))
	}
	list, _ := o["materials"].([]any)
	rows := make([]m, len(list))
	for i, x := range list {
		rows[i], _ = x.(m)
		id := str(rows[i], "id")
		if q := num(f.t, rows[i], "quantity"); !covered[id].Equal(q) {
			f.t.Errorf("%s: %s of %s %s are covered", o["no"], covered[id], q, f.numberOf(rows[i]))
		}
		if len(suppliers[id]) > 1 {
			f.t.Errorf("%s: %d supplies of %s", o["no"], len(suppliers[id]), f.numberOf(rows[i]))
		}
		same(f.t, str(o, "no")+" "+f.numberOf(rows[i]), rows[i], m{"reserved_quantity": stocked[id], "issued_quantity": "0"})
	}
	f.equal("materials of "+str(o, "no"), f.sums(rows, "quantity", f.numberOf), texts(want))
	return len(rows)
}

// madeFor checks that a production order is for exactly the demand that waits for it, and stands below the order that takes its goods.
func (f *cascade) madeFor(o m, supplied map[string]decimal.Decimal, demandOf map[string]m) {
	f.t.Helper()
	id := str(o, "id")
	if !supplied[id].Equal(num(f.t, o, "quantity")) || demandOf[id]["product_id"] != o["product_id"] {
		f.t.Errorf("production order %s makes %s, %s wait for it", o["no"], o["quantity"], supplied[id])
	}
	parent := demandOf[id]["demand_id"]
	if demandOf[id]["demand_entity"] == "sales.order_line" {
		parent = nil
	}
	if o["parent_id"] != parent {
		f.t.Errorf("production order %s: parent %v, want %v", o["no"], o["parent_id"], parent)
	}
	same(f.t, str(o, "no"), o, m{"status": "planned", "sales_order_id": f.order})
}

// balances checks that reserving has moved nothing: what is on hand is what was loaded, and what is held of it is what all orders together take.
func (f *cascade) balances(loaded, held map[string]decimal.Decimal) {
	f.t.Helper()
	rows := f.every("inventory/stock_balances", "")
	f.equal("goods on hand", f.sums(rows, "on_hand", f.numberOf), texts(loaded))
	f.equal("goods held", f.sums(rows, "reserved", f.numberOf), texts(held))
	for _, r := range rows {
		if num(f.t, r, "free").Sign() < 0 {
			f.t.Errorf("less than nothing is free: %v", r)
		}
	}
}
