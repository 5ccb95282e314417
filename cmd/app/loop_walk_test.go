package app_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
)

// walker does the work of a small company in no particular order.
type walker struct {
	*company
	t    *testing.T
	dice *rand.Rand
	log  []string
}

// TestLoopRandomWalk does whatever is allowed next, in random order, and checks after every few steps that all that must hold does.
func TestLoopRandomWalk(t *testing.T) {
	world := newWorld(t)
	for seed := range walks() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &walker{company: newCompany(t, world, fmt.Sprint("Walk", seed)), t: t, dice: rand.New(rand.NewPCG(uint64(seed), 7))}
			w.company.stock(w.steel, "1500", "9.333333")
			w.company.stock(w.motor, "20", "470")
			for i := range 40 {
				w.step()
				if i%6 == 5 {
					w.check()
				}
				if t.Failed() {
					t.Log(w.log)
					return
				}
			}
		})
	}
}

func (w *walker) any(path, query string) m {
	rows := w.owner.list(path, query)
	if len(rows) == 0 {
		return nil
	}
	return rows[w.dice.IntN(len(rows))]
}

// try does an action; a refusal is fine, a failure is not.
func (w *walker) try(path string, x m, action string, in any) {
	if x == nil {
		return
	}
	a := w.owner.doing(path, x, action, in)
	w.log = append(w.log, fmt.Sprintf("%s %s %v: %d\n", action, str(x, "no"), in, a.status))
	if a.status >= 500 {
		w.t.Errorf("%s %s %v: %d %s", path, action, in, a.status, a.raw)
	}
}

func (w *walker) number(n int) string { return fmt.Sprint(1 + w.dice.IntN(n)) }

func (w *walker) step() {
	goods := []m{w.machine, w.frame, w.motor, w.steel}
	switch w.dice.IntN(17) {
	case 0, 1, 2:
		var ls []m
		for range 1 + w.dice.IntN(3) {
			ls = append(ls, line(goods[w.dice.IntN(4)], w.number(5), w.number(300)))
		}
		w.try("sales/orders", w.sales.create("sales/orders", m{"customer_id": w.customer["id"], "requested_date": inDays(w.dice.IntN(30)), "lines": ls}), "confirm", nil)
	case 3, 4:
		w.amend()
	case 5:
		w.try("sales/orders", w.any("sales/orders", "status[in]=confirmed,in_progress"), "cancel", nil)
	case 6, 7:
		w.ship()
	case 8:
		w.try("purchasing/requisitions", w.any("purchasing/requisitions", "status=draft"), "approve", nil)
	case 9:
		for _, r := range w.owner.list("purchasing/requisitions", "status[in]=draft,approved") {
			w.try("purchasing/requisitions", r, "approve", nil)
			w.try("purchasing/requisitions", r, "order", nil)
		}
	case 10:
		w.try("purchasing/requisitions", w.any("purchasing/requisitions", "status[in]=draft,approved"), "cancel", nil)
	case 11:
		action := "confirm"
		if w.dice.IntN(4) == 0 {
			action = "cancel"
		}
		w.try("purchasing/orders", w.any("purchasing/orders", "status[in]=draft,confirmed"), action, nil)
	case 12:
		w.receive()
	case 13:
		w.try(orders, w.any(orders, "status=planned"), "release", nil)
	case 14:
		w.try(orders, w.any(orders, "status[in]=released,in_progress"), "issue", nil)
	case 15:
		in := m{"quantity": w.number(3)}
		if w.dice.IntN(3) == 0 {
			in["scrap"] = "1"
		}
		w.try(orders, w.any(orders, "status[in]=released,in_progress"), "complete", in)
	case 16:
		w.try(orders, w.any(orders, "status[in]=planned,released"), "cancel", nil)
	}
}

func (w *walker) amend() {
	o := w.any("sales/orders", "status[in]=confirmed,in_progress")
	if o == nil {
		return
	}
	ls := lines(o)
	l := ls[w.dice.IntN(len(ls))]
	in := m{"id": l["id"], "quantity": w.number(8)}
	if w.dice.IntN(5) == 0 {
		in = line([]m{w.machine, w.motor}[w.dice.IntN(2)], w.number(3), "10")
	}
	w.try("sales/orders", o, "amend", m{"lines": []m{in}})
}

func (w *walker) ship() {
	d := w.any("inventory/deliveries", "status=ready")
	if d == nil {
		return
	}
	var in any
	if l := lines(d)[0]; w.dice.IntN(2) == 0 {
		in = m{"lines": []m{{"order_line_id": l["order_line_id"], "quantity": "1"}}}
	}
	w.try("inventory/deliveries", d, "ship", in)
}

func (w *walker) receive() {
	r := w.any("inventory/receipts", "status=waiting")
	if r == nil {
		return
	}
	var in any
	if l := lines(r)[0]; w.dice.IntN(2) == 0 {
		in = m{"lines": []m{{"purchase_line_id": l["purchase_line_id"], "quantity": w.number(6)}}}
	}
	w.try("inventory/receipts", r, "receive", in)
}

// sums adds up a number of records by a key.
func (w *walker) sums(rows []m, key func(m) string, field string) map[string]decimal.Decimal {
	out := map[string]decimal.Decimal{}
	for _, r := range rows {
		out[key(r)] = out[key(r)].Add(num(w.t, r, field))
	}
	return out
}

// check checks everything that must hold between documents, stock and books.
func (w *walker) check() {
	w.t.Helper()
	by := func(keys ...string) func(m) string {
		return func(x m) string {
			s := ""
			for _, k := range keys {
				s += str(x, k) + " "
			}
			return s
		}
	}
	open := w.owner.list("inventory/reservations", "status=open")
	held := w.owner.list("inventory/reservations", "status=open&source=stock")
	w.equal("reserved of a product", w.sums(held, by("product_id"), "quantity"), w.sums(w.owner.list("inventory/stock_balances", ""), by("product_id"), "reserved"))
	w.checkOrders(w.sums(open, by("demand_line_id"), "quantity"), w.sums(held, by("demand_line_id"), "quantity"))
	w.checkMaterials(w.sums(open, by("demand_line_id"), "quantity"), w.sums(held, by("demand_line_id"), "quantity"))
	w.checkSupplies(w.sums(w.owner.list("inventory/reservations", "status=open&source=supply"), by("supply_id"), "quantity"))
	w.checkBooks()
}

func (w *walker) equal(what string, got, want map[string]decimal.Decimal) {
	w.t.Helper()
	for k := range want {
		if !got[k].Equal(want[k]) {
			w.t.Errorf("%s %s: %s, want %s", what, k, got[k], want[k])
		}
	}
	for k := range got {
		if _, known := want[k]; !known && !got[k].IsZero() {
			w.t.Errorf("%s %s: %s, want none", what, k, got[k])
		}
	}
}

func (w *walker) checkOrders(open, held map[string]decimal.Decimal) {
	w.t.Helper()
	for _, o := range w.owner.list("sales/orders", "") {
		live := o["status"] == "confirmed" || o["status"] == "in_progress"
		ready, waits := decimal.Zero, decimal.Zero
		for _, l := range lines(o) {
			k := str(l, "id") + " "
			due := num(w.t, l, "base_quantity").Sub(num(w.t, l, "base_shipped"))
			if !live {
				due = decimal.Zero
			}
			if !open[k].Equal(due) || !held[k].Equal(num(w.t, l, "base_reserved")) {
				w.t.Errorf("order %s %v: %s of %s is served, %s held of %v", str(o, "no"), o["status"], open[k], due, held[k], l["base_reserved"])
			}
			ready, waits = ready.Add(held[k]), waits.Add(open[k])
		}
		ds := w.owner.list("inventory/deliveries", "status[in]=waiting,ready&order_id="+str(o, "id"))
		if n := len(ds); waits.Sign() > 0 && n != 1 || waits.IsZero() && n != 0 {
			w.t.Errorf("order %s: %d open deliveries for %s", str(o, "no"), n, waits)
			continue
		}
		for _, d := range ds {
			for _, l := range lines(d) {
				ready = ready.Sub(num(w.t, l, "quantity"))
			}
		}
		if !ready.IsZero() {
			w.t.Errorf("order %s: the delivery is off by %s", str(o, "no"), ready)
		}
	}
}

func (w *walker) checkMaterials(open, held map[string]decimal.Decimal) {
	w.t.Helper()
	for _, o := range w.owner.list(orders, "") {
		active := o["status"] == "planned" || o["status"] == "released" || o["status"] == "in_progress"
		for _, x := range lists(o, "materials") {
			k := str(x, "id") + " "
			due := num(w.t, x, "quantity").Sub(num(w.t, x, "issued_quantity"))
			if !active {
				due = decimal.Zero
			}
			if !open[k].Equal(due) || !held[k].Equal(num(w.t, x, "reserved_quantity")) {
				w.t.Errorf("production order %s %v: %s of %s is served, %s held of %v", str(o, "no"), o["status"], open[k], due, held[k], x["reserved_quantity"])
			}
		}
	}
}

// checkSupplies checks that nobody waits for something that does not come, or for more than comes.
func (w *walker) checkSupplies(pegged map[string]decimal.Decimal) {
	w.t.Helper()
	comes := map[string]decimal.Decimal{}
	for _, o := range w.owner.list(orders, "status[in]=planned,released,in_progress") {
		k := str(o, "id") + " "
		comes[k] = num(w.t, o, "quantity").Sub(num(w.t, o, "done_quantity")).Sub(num(w.t, o, "scrap_quantity"))
		if o["status"] == "planned" && str(o, "demand_line_id") != "" && !pegged[k].Equal(num(w.t, o, "demand_quantity")) {
			w.t.Errorf("production order %s is for %v, %s waits for it", str(o, "no"), o["demand_quantity"], pegged[k])
		}
	}
	for _, r := range w.owner.list("purchasing/requisitions", "status[in]=draft,approved,ordered") {
		k := str(r, "id") + " "
		comes[k] = num(w.t, r, "quantity")
		if r["status"] != "ordered" && !pegged[k].Equal(comes[k]) {
			w.t.Errorf("requisition %s over %s, %s waits for it", str(r, "no"), comes[k], pegged[k])
		}
	}
	for _, r := range w.owner.list("inventory/receipts", "status=waiting") {
		for _, l := range lines(r) {
			comes[str(r, "id")+" "] = comes[str(r, "id")+" "].Add(num(w.t, l, "quantity"))
		}
	}
	for k, q := range pegged {
		if q.GreaterThan(comes[k]) {
			w.t.Errorf("%s wait for %s, which brings %s", q, k, comes[k])
		}
	}
}

func (w *walker) checkBooks() {
	w.t.Helper()
	worth, making := decimal.Zero, decimal.Zero
	for _, v := range w.owner.list("inventory/product_values", "") {
		worth = worth.Add(num(w.t, v, "value"))
	}
	for _, o := range w.owner.list(orders, "") {
		making = making.Add(num(w.t, o, "material_cost")).Sub(num(w.t, o, "material_absorbed"))
	}
	if got := w.movement(w.t, "1405"); !got.Equal(worth) {
		w.t.Errorf("the books say %s of stock worth %s", got, worth)
	}
	if got := w.movement(w.t, "5001"); !got.Equal(making) {
		w.t.Errorf("the books say %s of work worth %s", got, making)
	}
}

func walks() int { return 3 }
