package production_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tenon-hq/tenon/internal/money"
)

// planWalk changes a small company at random and plans after every few changes.
type planWalk struct {
	*company
	dice  *rand.Rand
	made  []string // products that are sold
	all   []string
	floor map[string]money.Quantity
	log   []string
}

// TestPlanningRandomWalk sells, amends, cancels, counts, completes and changes levels in random order. After each planning run stock keeps its levels,
// nothing is requested for nobody, and planning again changes nothing.
func TestPlanningRandomWalk(t *testing.T) {
	for seed := range 4 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := newCompany(t)
			w := &planWalk{company: c.as("owner", "planner"), dice: rand.New(rand.NewPCG(uint64(seed), 11)), floor: map[string]money.Quantity{}}
			raw, part, top := c.product("RAW", "buy", m{"reorder_point": "30", "target_stock": "80"}), c.product("PART", "make", m{"safety_stock": "6"}),
				c.product("TOP", "make", m{"reorder_point": "3"})
			c.bom(part, "2", raw, "3")
			c.bom(top, "1", part, "2", raw, "1")
			w.floor[raw], w.floor[part], w.floor[top] = money.Int(30), money.Int(6), money.Int(3)
			w.made, w.all = []string{part, top}, []string{raw, part, top}
			for range 6 {
				for range 4 {
					w.step()
				}
				w.plan()
				if t.Failed() {
					t.Log(w.log)
					return
				}
			}
		})
	}
}

func (w *planWalk) pick(rows []m) string {
	if len(rows) == 0 {
		return ""
	}
	return str(rows[w.dice.IntN(len(rows))]["id"])
}

// step does one thing; what is refused is left.
func (w *planWalk) step() {
	quantity := fmt.Sprint(1 + w.dice.IntN(12))
	try := func(path, key, action string, body m) {
		if key != "" {
			w.log = append(w.log, fmt.Sprintln(action, path, body, w.act(path, key, action, body)))
		}
	}
	switch w.dice.IntN(7) {
	case 0, 1:
		w.log = append(w.log, "sell "+quantity)
		w.sell(w.made[w.dice.IntN(2)], quantity, m{"requested_date": day(w.dice.IntN(30))})
	case 2:
		try(selling, w.pick(w.list(selling, "status", "confirmed")), "cancel", nil)
	case 3:
		w.log = append(w.log, "count "+quantity)
		w.stock(w.all[w.dice.IntN(3)], quantity, "2")
	case 4:
		try(orders, w.pick(w.list(orders, "status", "planned")), "cancel", nil)
	case 5:
		key := w.pick(w.list(orders, "status", "planned"))
		try(orders, key, "release", nil)
		try(orders, key, "complete", nil)
	case 6:
		try(wanted, w.pick(w.list(wanted, "status", "draft")), "cancel", nil)
	}
}

// plan runs planning twice and checks what must hold.
func (w *planWalk) plan() {
	w.t.Helper()
	w.planned()
	if _, results := w.planned(); len(results) > 0 {
		for _, l := range results {
			if l["state"] == "done" {
				w.t.Errorf("planning again does %v", l)
			}
		}
	}
	number := func(x any) money.Quantity { return money.Must(str(x)) }
	free, pegged, waiting := map[string]money.Quantity{}, map[string]money.Quantity{}, map[string]money.Quantity{}
	for _, b := range w.list("inventory/stock_balances") {
		key := str(b["product_id"])
		free[key] = free[key].Add(number(b["on_hand"])).Sub(number(b["reserved"]))
	}
	for _, r := range w.list("inventory/reservations", "status", "open") {
		if supply := str(r["supply_id"]); r["source"] == "supply" {
			pegged[supply] = pegged[supply].Add(number(r["quantity"]))
		} else if r["source"] == "wait" {
			waiting[str(r["product_id"])] = number(r["quantity"])
		}
	}
	if len(waiting) > 0 {
		w.t.Errorf("demands wait for nothing: %v", waiting)
	}
	open := append(w.list(orders, "status[in]", "planned,released,in_progress"), w.list(wanted, "status[in]", "draft,approved")...)
	for _, s := range open {
		rest := number(s["quantity"]).Sub(pegged[str(s["id"])])
		if done, ok := s["done_quantity"]; ok {
			rest = rest.Sub(number(done)).Sub(number(s["scrap_quantity"]))
		}
		begun := s["status"] == "released" || s["status"] == "in_progress" // for people to decide
		if !begun && rest.GreaterThanOrEqual(money.Int(2)) && str(s["demand_entity"]) != "production.planning_run" {
			w.t.Errorf("%v of %v serves nobody with %s", s["no"], s["quantity"], rest)
		}
		free[str(s["product_id"])] = free[str(s["product_id"])].Add(rest)
	}
	for key, least := range w.floor {
		if free[key].LessThan(least) {
			w.t.Errorf("%s free in the end, want at least %s", free[key], least)
		}
	}
}
