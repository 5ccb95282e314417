package production

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// naive reckons what a quantity takes in the plainest way: it follows every path down to what is no phantom, one by one, and adds up what it finds.
// Quantities are fractions; nothing is rounded on the way.
func naive(w *workshop, product id.ID, quantity *big.Rat) map[id.ID]*big.Rat {
	out := map[id.ID]*big.Rat{}
	var walk func(r *recipe, made *big.Rat, spoilt bool)
	walk = func(r *recipe, made *big.Rat, spoilt bool) {
		begun := new(big.Rat).Set(made)
		for _, s := range r.Steps {
			if spoilt { // only the order's own operations spoil
				begun.Quo(begun, new(big.Rat).SetFrac64(100-s.Scrap.IntPart(), 100))
			}
		}
		for _, in := range r.Ingredients {
			takes := new(big.Rat).Set(in.Quantity)
			if !in.Fixed {
				takes.Mul(takes, begun).Quo(takes, r.Output)
			}
			takes.Mul(takes, big.NewRat(100, 100-in.Scrap.IntPart()))
			if below := w.recipes[in.ProductID]; below != nil && (in.Phantom || below.Phantom) {
				walk(below, takes, false)
				continue
			}
			if out[in.ProductID] == nil {
				out[in.ProductID] = new(big.Rat)
			}
			out[in.ProductID].Add(out[in.ProductID], takes)
		}
	}
	walk(w.recipes[product], quantity, true)
	for p, q := range out {
		if q.Cmp(slack()) <= 0 { // so little is an inexact ratio of units, and no need
			delete(out, p)
		}
	}
	return out
}

// structure draws a product structure over seven products, of which the last two are bought.
func structure(t *rapid.T) *workshop {
	w := newWorkshop()
	names := []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6"}
	for i, n := range names {
		supply := "make"
		if i >= 5 {
			supply = "buy"
		}
		w.free[w.product(n, supply)] = money.Int(int64(rapid.IntRange(0, 20).Draw(t, "free")))
	}
	for i := range 5 {
		var parts []any
		for j := i + 1; j < len(names); j++ {
			for range rapid.IntRange(0, 2).Draw(t, "lines") { // a component may stand on two lines
				parts = append(parts, names[j], rapid.SampledFrom([]string{"1", "4", "0.3", "2.5", "0.000001"}).Draw(t, "quantity"))
			}
		}
		r := w.makes(names[i], int64(rapid.IntRange(1, 9).Draw(t, "output")), parts...)
		r.Phantom = i > 0 && rapid.IntRange(0, 3).Draw(t, "phantom") == 0
		for k := range r.Ingredients {
			in := &r.Ingredients[k]
			in.Scrap = money.Int(int64(rapid.SampledFrom([]int{0, 0, 10, 33}).Draw(t, "scrap")))
			in.Fixed = rapid.IntRange(0, 4).Draw(t, "fixed") == 0
			in.Phantom = rapid.IntRange(0, 5).Draw(t, "line phantom") == 0
		}
		for range rapid.IntRange(0, 2).Draw(t, "steps") {
			r.Steps = append(r.Steps, step{Run: money.Int(1), Scrap: money.Int(int64(rapid.SampledFrom([]int{0, 5, 50}).Draw(t, "spoilt")))})
		}
	}
	return w
}

// TestExplosionAgainstNaiveModel compares every order of a plan with the naive model, rounded up once at the end, and nets each product over the whole
// plan: what is needed is what is taken from stock, what is made, and what is left to buy.
func TestExplosionAgainstNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := structure(t)
		before := map[id.ID]money.Quantity{}
		for k, q := range w.free {
			before[k] = q
		}
		d := demand{ProductID: w.ids["p0"], Quantity: money.Int(int64(rapid.IntRange(1, 40).Draw(t, "pieces")))}
		if err := w.plan([]demand{d}); err != nil {
			t.Fatal(err)
		}
		needed, made, taken, bought := map[id.ID]money.Quantity{}, map[id.ID]money.Quantity{}, map[id.ID]money.Quantity{}, map[id.ID]money.Quantity{}
		for _, o := range w.orders {
			want := naive(w, o.ProductID, o.Quantity.Rat())
			if len(want) != len(o.Materials) {
				t.Fatalf("%d materials, the naive model has %d", len(o.Materials), len(want))
			}
			if !o.ParentID.IsZero() {
				made[o.ProductID] = made[o.ProductID].Add(o.ForDemand)
			}
			for _, m := range o.Materials {
				// rounded up to whole pieces: less than one more than the exact need, and never below it (by more than the slack)
				over := new(big.Rat).Sub(m.Quantity.Rat(), want[m.ProductID])
				if !m.Quantity.Equal(m.Quantity.Floor()) || over.Cmp(big.NewRat(1, 1)) >= 0 || over.Cmp(new(big.Rat).Neg(slack())) < 0 {
					t.Fatalf("%s of %s, exactly %s", m.Quantity, w.products[m.ProductID].Number, want[m.ProductID].FloatString(8))
				}
				needed[m.ProductID] = needed[m.ProductID].Add(m.Quantity)
				taken[m.ProductID] = taken[m.ProductID].Add(m.FromStock)
				if rest := m.Quantity.Sub(m.FromStock).Sub(m.Made); rest.Sign() > 0 {
					bought[m.ProductID] = bought[m.ProductID].Add(rest)
				}
			}
		}
		for p, q := range needed {
			if !q.Equal(taken[p].Add(made[p]).Add(bought[p])) {
				t.Fatalf("%s needed: %s from stock, %s made, %s to buy", q, taken[p], made[p], bought[p])
			}
			if q.GreaterThan(taken[p]) && !taken[p].Equal(before[p]) {
				t.Fatalf("%s more are supplied although %s of %s in stock are left", q.Sub(taken[p]), before[p].Sub(taken[p]), before[p])
			}
			if w.products[p].Supply == "make" && bought[p].Sign() > 0 || w.products[p].Supply == "buy" && made[p].Sign() > 0 {
				t.Fatalf("%s: %s made, %s bought", w.products[p].Number, made[p], bought[p])
			}
		}
	})
}
