package inventory

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/money"
)

func price(method, cost string) pricing {
	return pricing{method: method, standard: money.Must(cost), digits: 2}
}

func dec(s string) money.Quantity { return money.Must(s) }

// The numbers of the domain: in 3 for 10.00 in all, out 1, 1, 1.
func TestThreeForTen(t *testing.T) {
	for _, c := range []struct {
		method           string
		values, residual [3]string
	}{
		{average, [3]string{"3.33", "3.34", "3.33"}, [3]string{"0", "0", "0"}},
		{fifo, [3]string{"3.33", "3.33", "3.33"}, [3]string{"0", "0", "0.01"}},
	} {
		var w worth
		w.in(price(c.method, "0"), dec("3"), dec("10.00"))
		for i := range 3 {
			got := w.out(price(c.method, "0"), dec("1"))
			if !got.value.Equal(dec(c.values[i])) || !got.residual.Equal(dec(c.residual[i])) {
				t.Errorf("%s: out %d is worth %s and %s, want %s and %s", c.method, i+1, got.value, got.residual, c.values[i], c.residual[i])
			}
		}
		if !w.value.IsZero() || !w.quantity.IsZero() {
			t.Errorf("%s: %s worth %s are left", c.method, w.quantity, w.value)
		}
	}
}

func TestFIFOTakesTheOldestFirst(t *testing.T) {
	p := price(fifo, "0")
	var w worth
	w.in(p, dec("2"), dec("10"))
	w.in(p, dec("2"), dec("30"))
	if c := w.out(p, dec("3")); !c.value.Equal(dec("25")) || !c.residual.IsZero() {
		t.Errorf("3 of 2 at 5 and 2 at 15 are worth %s and %s, want 25", c.value, c.residual)
	}
	if c := w.out(p, dec("1")); !c.value.Equal(dec("15")) {
		t.Errorf("the last is worth %s, want 15", c.value)
	}
}

func TestStandardCostKeepsTheDifferenceApart(t *testing.T) {
	p := price(standard, "4")
	var w worth
	if c := w.in(p, dec("10"), dec("45")); !c.value.Equal(dec("40")) || !c.variance.Equal(dec("5")) {
		t.Errorf("10 for 45 at standard 4: value %s, variance %s", c.value, c.variance)
	}
	if c := w.out(p, dec("4")); !c.value.Equal(dec("16")) {
		t.Errorf("4 out are worth %s, want 16", c.value)
	}
	raised := price(standard, "5") // what is there stays at the old cost; the last piece takes the difference with it
	if c := w.out(raised, dec("6")); !c.value.Add(c.residual).Equal(dec("24")) {
		t.Errorf("the rest is worth %s and %s, want 24 in all", c.value, c.residual)
	}
}

func TestNegativeStockIsPutRightForward(t *testing.T) {
	p := price(average, "3")
	var w worth
	if c := w.out(p, dec("2")); !c.value.Equal(dec("6")) {
		t.Fatalf("2 out of nothing at standard 3 are worth %s, want 6", c.value)
	}
	c := w.in(p, dec("3"), dec("12"))
	if !c.value.Equal(dec("10")) || !c.variance.Equal(dec("2")) || !w.value.Equal(dec("4")) {
		t.Errorf("3 in for 12: value %s, variance %s, stock worth %s; want 10, 2, 4", c.value, c.variance, w.value)
	}
}

func TestChangingTheMethodKeepsTheValue(t *testing.T) {
	var w worth
	w.in(price(average, "0"), dec("4"), dec("10"))
	if c := w.out(price(fifo, "0"), dec("1")); !c.value.Equal(dec("2.5")) {
		t.Errorf("1 of 4 for 10 is worth %s, want 2.50", c.value)
	}
	if c := w.out(price(fifo, "0"), dec("3")); !c.value.Add(c.residual).Equal(dec("7.5")) {
		t.Errorf("the rest is worth %s and %s, want 7.50", c.value, c.residual)
	}
}

// Whatever comes and goes: amounts are whole cents, stock is never worth less than nothing, nothing is worth nothing, and what went in came out.
func TestValuationHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := price(rapid.SampledFrom([]string{average, fifo, standard}).Draw(t, "method"), "3.37")
		var w worth
		in, out, quantity := money.Zero(), money.Zero(), money.Zero()
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			q := money.Int(rapid.Int64Range(1, 5000).Draw(t, "quantity")).Shift(-int32(rapid.IntRange(0, 3).Draw(t, "scale")))
			var c change
			if quantity.LessThan(q) || rapid.Bool().Draw(t, "in") {
				total := money.Int(rapid.Int64Range(0, 1_000_000).Draw(t, "total")).Shift(-2)
				c = w.in(p, q, total)
				if !c.value.Add(c.variance).Equal(total) {
					t.Fatalf("%s and variance %s are not %s", c.value, c.variance, total)
				}
				in, quantity = in.Add(c.value), quantity.Add(q)
			} else {
				c = w.out(p, q)
				out, quantity = out.Add(c.value).Add(c.residual), quantity.Sub(q)
				if c.value.Add(c.residual).Sign() < 0 {
					t.Fatalf("goods left for %s and %s", c.value, c.residual)
				}
			}
			whole(t, c)
			sound(t, p, &w)
		}
		if quantity.Sign() > 0 {
			c := w.out(p, quantity)
			out = out.Add(c.value).Add(c.residual)
			sound(t, p, &w)
		}
		if !in.Equal(out) {
			t.Fatalf("%s came in and %s went out", in, out)
		}
	})
}

// The same where stock may fall below zero.
func TestValuationHoldsBelowZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := price(rapid.SampledFrom([]string{average, fifo, standard}).Draw(t, "method"), "3.37")
		var w worth
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			q := money.Int(rapid.Int64Range(1, 50).Draw(t, "quantity"))
			var c change
			if rapid.Bool().Draw(t, "in") {
				total := money.Int(rapid.Int64Range(0, 100_000).Draw(t, "total")).Shift(-2)
				if c = w.in(p, q, total); !c.value.Add(c.variance).Equal(total) {
					t.Fatalf("%s and variance %s are not %s", c.value, c.variance, total)
				}
			} else {
				c = w.out(p, q)
			}
			whole(t, c)
			if w.quantity.IsZero() && !w.value.IsZero() {
				t.Fatalf("no stock is worth %s", w.value)
			}
			if p.method == fifo {
				layered(t, &w)
			}
		}
	})
}

func whole(t *rapid.T, c change) {
	for _, v := range []money.Amount{c.value, c.residual, c.variance} {
		if !v.Equal(v.Round(2)) {
			t.Fatalf("%s is not in whole cents", v)
		}
	}
}

func sound(t *rapid.T, p pricing, w *worth) {
	if w.value.Sign() < 0 || w.quantity.IsZero() && !w.value.IsZero() {
		t.Fatalf("%s are worth %s", w.quantity, w.value)
	}
	if p.method == fifo {
		layered(t, w)
	}
}

// layered checks that the layers are the stock; what is below zero has none.
func layered(t *rapid.T, w *worth) {
	q, v := money.Zero(), money.Zero()
	for _, l := range w.layers {
		q, v = q.Add(l.RemainingQuantity), v.Add(l.RemainingValue)
		if l.RemainingQuantity.IsZero() && !l.RemainingValue.IsZero() {
			t.Fatalf("an empty layer is worth %s", l.RemainingValue)
		}
	}
	if w.quantity.Sign() < 0 && q.IsZero() && v.IsZero() {
		return
	}
	if !q.Equal(w.quantity) || !v.Equal(w.value) {
		t.Fatalf("layers hold %s worth %s of %s worth %s", q, v, w.quantity, w.value)
	}
}
