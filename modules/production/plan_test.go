package production

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

// workshop is a small world for the planner.
type workshop struct {
	*planner

	ids map[string]id.ID
	n   byte
}

func today() clock.Date { return clock.NewDate(2026, time.March, 2) }

func newWorkshop() *workshop {
	w := &workshop{ids: map[string]id.ID{}}
	w.planner = &planner{
		cookbook: cookbook{recipes: map[id.ID]*recipe{}, products: map[id.ID]coreevent.Product{}},
		free:     map[id.ID]money.Quantity{}, lead: map[id.ID]int{}, today: today(), shop: &shop{},
	}
	serial := uint32(0)
	w.newID = func() id.ID {
		serial++
		return id.ID{0xff, byte(serial >> 16), byte(serial >> 8), byte(serial)}
	}
	return w
}

// product adds a product: pieces, one day to make or buy.
func (w *workshop) product(name, supply string) id.ID {
	w.n++
	p := id.ID{1, w.n}
	w.ids[name] = p
	w.products[p] = coreevent.Product{ID: p, Number: name, Type: "stock", Supply: supply, SupplyPolicy: "split", Rounding: money.Int(1), LeadTimeDays: 1}
	return p
}

func (w *workshop) change(name string, f func(*coreevent.Product)) {
	p := w.products[w.ids[name]]
	f(&p)
	w.products[p.ID] = p
}

// makes adds a recipe: output, then components as "name", quantity.
func (w *workshop) makes(name string, output int64, parts ...any) *recipe {
	r := &recipe{ID: w.newID(), ProductID: w.ids[name], Output: big.NewRat(output, 1)}
	for i := 0; i < len(parts); i += 2 {
		q := money.Must(parts[i+1].(string))
		r.Ingredients = append(r.Ingredients, ingredient{ProductID: w.ids[parts[i].(string)], Quantity: q.Rat()})
	}
	w.recipes[r.ProductID] = r
	return r
}

func (w *workshop) want(t *testing.T, name, quantity string) {
	t.Helper()
	d := demand{
		Demand:    inventoryevent.Demand{Entity: "sales.order_line", LineID: w.newID(), DocumentID: w.newID()},
		ProductID: w.ids[name], Quantity: money.Must(quantity),
	}
	if err := w.plan([]demand{d}); err != nil {
		t.Fatal(err)
	}
}

// sum returns how much of a product the plan makes, and needs as a material.
func (w *workshop) sum(name string) (made, used money.Quantity) {
	for _, o := range w.orders {
		if o.ProductID == w.ids[name] {
			made = made.Add(o.Quantity)
		}
		for _, m := range o.Materials {
			if m.ProductID == w.ids[name] {
				used = used.Add(m.Quantity)
			}
		}
	}
	return made, used
}

func equal(t *testing.T, what string, got money.Quantity, want string) {
	t.Helper()
	if !got.Equal(money.Must(want)) {
		t.Errorf("%s = %s, want %s", what, got, want)
	}
}

func TestNettingAtEachLevel(t *testing.T) {
	w := newWorkshop()
	w.product("kit", "make")
	w.product("painted", "make")
	w.product("unpainted", "make")
	w.product("blank", "buy")
	w.makes("kit", 1, "painted", "1")
	w.makes("painted", 1, "unpainted", "1")
	w.makes("unpainted", 1, "blank", "1")
	w.free[w.ids["painted"]], w.free[w.ids["unpainted"]] = money.Int(20), money.Int(20)
	w.want(t, "kit", "100")
	painted, _ := w.sum("painted")
	unpainted, _ := w.sum("unpainted")
	_, blank := w.sum("blank")
	equal(t, "painted made", painted, "80")
	equal(t, "unpainted made", unpainted, "60")
	equal(t, "blank needed", blank, "60")
	if len(w.orders) != 3 || w.orders[1].ParentID != w.orders[0].ID || w.orders[2].ParentID != w.orders[1].ID {
		t.Errorf("orders do not stand below each other: %d", len(w.orders))
	}
	equal(t, "from stock", w.orders[0].Materials[0].FromStock, "20")
	equal(t, "by a child", w.orders[0].Materials[0].Made, "80")
}

func TestSharedComponents(t *testing.T) {
	w := newWorkshop()
	w.product("top", "make")
	w.product("left", "make")
	w.product("right", "make")
	w.product("A", "buy")
	w.makes("top", 1, "left", "1", "right", "1")
	w.makes("left", 1, "A", "1")
	w.makes("right", 1, "A", "1")
	w.want(t, "top", "1")
	_, a := w.sum("A")
	equal(t, "A", a, "2")

	// within one order they are summed before rounding: 0.4 + 0.4 is one piece, not two
	w = newWorkshop()
	w.product("top", "make")
	w.product("A", "buy")
	w.makes("top", 1, "A", "0.4", "A", "0.4")
	w.want(t, "top", "1")
	_, a = w.sum("A")
	equal(t, "A summed", a, "1")
	if len(w.orders[0].Materials) != 1 {
		t.Errorf("%d materials, want 1", len(w.orders[0].Materials))
	}
}

func TestFractionalYield(t *testing.T) {
	w := newWorkshop()
	w.product("product", "make")
	w.product("residual", "make")
	w.product("component", "buy")
	r := w.makes("product", 9, "component", "4")
	r.Residuals = []residual{{ProductID: w.ids["residual"], Quantity: big.NewRat(8, 1)}}
	w.want(t, "product", "3")
	_, used := w.sum("component")
	equal(t, "components", used, "2")
	equal(t, "residual", w.byProducts(r, money.Int(3))[0], "2")
}

func TestThirdsAreExact(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "buy")
	w.makes("p", 3, "c", "2", "c", "2", "c", "2") // three times 2/3 of 1 is exactly 2
	w.want(t, "p", "1")
	_, used := w.sum("c")
	equal(t, "c", used, "2")
}

func TestScrapFixedAndPhantom(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("sub", "make")
	w.product("steel", "buy")
	w.product("mould", "buy")
	w.product("bolt", "buy")
	r := w.makes("p", 1, "steel", "9", "mould", "1", "sub", "2")
	r.Ingredients[0].Scrap = money.Int(10)
	r.Ingredients[1].Fixed = true
	r.Ingredients[2].Phantom = true
	w.makes("sub", 1, "bolt", "4", "steel", "1")
	w.want(t, "p", "10")
	for name, want := range map[string]string{"steel": "120", "mould": "1", "bolt": "80", "sub": "0"} {
		_, used := w.sum(name)
		equal(t, name, used, want)
	}
	if len(w.orders) != 1 {
		t.Errorf("%d orders, want 1", len(w.orders))
	}
	// a product whose own recipe is a phantom is replaced everywhere
	w.orders, w.dated = nil, 0
	r.Ingredients[2].Phantom = false
	w.recipes[w.ids["sub"]].Phantom = true
	w.want(t, "p", "10")
	_, bolts := w.sum("bolt")
	equal(t, "bolts of a phantom product", bolts, "80")
}

func TestToOrderTakesNoStock(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "make")
	w.product("raw", "buy")
	w.makes("p", 1, "c", "1")
	w.makes("c", 1, "raw", "1")
	w.change("c", func(p *coreevent.Product) { p.SupplyPolicy = "order" })
	w.free[w.ids["c"]] = money.Int(50)
	w.want(t, "p", "5")
	made, _ := w.sum("c")
	equal(t, "c made to order", made, "5")
}

func TestFirstDemandTakesStockFirst(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "buy")
	w.makes("p", 1, "c", "1")
	w.free[w.ids["c"]] = money.Int(6)
	p := w.ids["p"]
	if err := w.plan([]demand{{ProductID: p, Quantity: money.Int(5)}, {ProductID: p, Quantity: money.Int(5)}}); err != nil {
		t.Fatal(err)
	}
	equal(t, "first", w.orders[0].Materials[0].FromStock, "5")
	equal(t, "second", w.orders[1].Materials[0].FromStock, "1")
}

func TestMadeWithoutRecipeIsLeftToPurchasing(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "make")
	w.makes("p", 1, "c", "2")
	w.want(t, "c", "3")
	if len(w.orders) != 0 {
		t.Fatalf("%d orders, want none", len(w.orders))
	}
	w.want(t, "p", "1")
	if m := w.orders[0].Materials[0]; !m.Made.IsZero() || !m.FromStock.IsZero() {
		t.Errorf("made %s, from stock %s: the rest must be left", m.Made, m.FromStock)
	}
}

func TestRoundingUp(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "buy")
	w.makes("p", 1, "c", "1")
	w.want(t, "p", "2.5")
	equal(t, "made", w.orders[0].Quantity, "3")
	equal(t, "for the demand", w.orders[0].ForDemand, "2.5")
}

func TestCycleNamesThePath(t *testing.T) {
	w := newWorkshop()
	w.product("A", "make")
	w.product("B", "make")
	w.makes("A", 1, "B", "1")
	w.makes("B", 1, "A", "1")
	err := w.plan([]demand{{ProductID: w.ids["A"], Quantity: money.Int(1)}})
	if f := fault.As(err); f == nil || f.Reason != "bom.cycle" || !strings.Contains(f.Text.ZH, "A → B → A") || !strings.Contains(f.Text.EN, "A → B → A") {
		t.Fatalf("err = %v", err)
	}
	w.orders, w.dated = nil, 0
	w.recipes[w.ids["A"]].Ingredients[0].Phantom = true
	w.recipes[w.ids["B"]].Ingredients[0].Phantom = true
	if f := fault.As(w.plan([]demand{{ProductID: w.ids["A"], Quantity: money.Int(1)}})); f == nil || f.Reason != "bom.cycle" {
		t.Fatalf("phantoms: %v", f)
	}
}

func TestDates(t *testing.T) {
	make3 := func() *workshop {
		w := newWorkshop()
		w.product("p", "make")
		w.product("c", "make")
		w.product("raw", "buy")
		w.makes("p", 1, "c", "1")
		w.makes("c", 1, "raw", "1")
		w.change("p", func(p *coreevent.Product) { p.LeadTimeDays = 5 })
		w.change("c", func(p *coreevent.Product) { p.LeadTimeDays = 3 })
		w.lead[w.ids["raw"]] = 10
		return w
	}
	cases := []struct {
		name                     string
		need, stock              int // days from today; pieces of raw in stock
		start, due, cStart, cDue int
	}{
		{"backward", 40, 0, 35, 40, 32, 35},
		{"forward: the raw material comes too late", 12, 0, 13, 18, 10, 13},
		{"just in time with stock", 8, 1, 3, 8, 0, 3},
		{"too late with stock", 7, 1, 3, 8, 0, 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := make3()
			w.free[w.ids["raw"]] = money.Int(int64(c.stock))
			d := demand{ProductID: w.ids["p"], Quantity: money.Int(1), NeedBy: today().AddDays(c.need)}
			if err := w.plan([]demand{d}); err != nil {
				t.Fatal(err)
			}
			p, sub := w.orders[0], w.orders[1]
			got := []int{p.Start.Sub(today()), p.Due.Sub(today()), sub.Start.Sub(today()), sub.Due.Sub(today())}
			for i, want := range []int{c.start, c.due, c.cStart, c.cDue} {
				if got[i] != want {
					t.Errorf("days from today: %v, want %d %d %d %d", got, c.start, c.due, c.cStart, c.cDue)
					break
				}
			}
			if sub.Materials[0].NeedBy != sub.Start || p.Materials[0].NeedBy != p.Start {
				t.Error("materials are needed when their order starts")
			}
		})
	}
}

// TestPlanProperties draws product structures and checks what must hold for all of them.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorkshop()
		names := []string{"p0", "p1", "p2", "p3", "p4", "p5"}
		for i, n := range names {
			supply := "make"
			if i >= 4 {
				supply = "buy"
			}
			p := w.product(n, supply)
			w.free[p] = money.Int(int64(rapid.IntRange(0, 9).Draw(t, "free")))
		}
		for i := range 4 {
			var parts []any
			for j := i + 1; j < len(names); j++ {
				if rapid.Bool().Draw(t, "uses") {
					parts = append(parts, names[j], []string{"1", "2.5", "0.3"}[rapid.IntRange(0, 2).Draw(t, "quantity")])
				}
			}
			w.makes(names[i], int64(rapid.IntRange(1, 7).Draw(t, "output")), parts...)
		}
		before := map[id.ID]money.Quantity{}
		for k, v := range w.free {
			before[k] = v
		}
		var demands []demand
		for range rapid.IntRange(1, 4).Draw(t, "demands") {
			demands = append(demands, demand{
				ProductID: w.ids[names[rapid.IntRange(0, 3).Draw(t, "wanted")]], Quantity: money.Int(int64(rapid.IntRange(1, 30).Draw(t, "pieces"))),
				NeedBy: today().AddDays(rapid.IntRange(0, 20).Draw(t, "need")),
			})
		}
		if err := w.plan(demands); err != nil {
			t.Fatal(err)
		}
		checkPlan(t, w, before)
	})
}

func checkPlan(t *rapid.T, w *workshop, before map[id.ID]money.Quantity) {
	seen := map[id.ID]*planned{}
	taken := map[id.ID]money.Quantity{}
	for _, o := range w.orders {
		if !o.ParentID.IsZero() && seen[o.ParentID] == nil {
			t.Fatal("a child stands before its parent")
		}
		seen[o.ID] = o
		if o.Quantity.LessThan(o.ForDemand) || o.Quantity.Sub(o.ForDemand).GreaterThanOrEqual(money.Int(1)) {
			t.Fatalf("made %s for %s", o.Quantity, o.ForDemand)
		}
		if o.Start.Before(today()) || o.Due != o.Start.AddDays(1) {
			t.Fatalf("dates %s to %s", o.Start, o.Due)
		}
		for _, m := range o.Materials {
			taken[m.ProductID] = taken[m.ProductID].Add(m.FromStock)
			if m.FromStock.Add(m.Made).GreaterThan(m.Quantity) || !m.Quantity.Equal(m.Quantity.Floor()) {
				t.Fatalf("material %s: %s from stock, %s made", m.Quantity, m.FromStock, m.Made)
			}
			if m.maker != nil && (m.maker.Due.After(o.Start) || !m.maker.ForDemand.Equal(m.Made)) {
				t.Fatalf("the child is due %s, its parent starts %s", m.maker.Due, o.Start)
			}
		}
	}
	for p, q := range taken {
		if q.GreaterThan(before[p]) || !before[p].Sub(q).Equal(w.free[p]) {
			t.Fatalf("took %s of %s", q, before[p])
		}
	}
}
