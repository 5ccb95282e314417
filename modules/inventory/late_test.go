package inventory

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func TestLateCosts(t *testing.T) {
	for _, c := range []struct {
		method                string
		amount                string
		stock, sold, variance string
	}{
		{average, "20", "12", "8", "0"}, // six of ten are left
		{fifo, "20", "8", "12", "0"},    // of the ten that the move brought, four are left
		{standard, "20", "0", "0", "20"},
		{average, "-500", "-120", "-380", "0"}, // never below nothing
	} {
		p := price(c.method, "10")
		var w worth
		w.in(p, dec("10"), dec("200"))
		w.layers = append(w.layers[:0:0], w.layers...)
		for _, l := range w.layers {
			l.MoveID = id.ID{15: 1}
		}
		if c.method == fifo {
			w.out(p, dec("6"))
			w.in(p, dec("2"), dec("40"))
		} else {
			w.out(p, dec("4"))
		}
		before := w.value
		got := w.late(p, id.ID{15: 1}, dec("10"), dec(c.amount))
		if !got.stock.Equal(dec(c.stock)) || !got.sold.Equal(dec(c.sold)) || !got.variance.Equal(dec(c.variance)) || !w.value.Sub(before).Equal(got.stock) {
			t.Errorf("%s %s: %s on stock, %s sold, %s variance; want %s, %s, %s", c.method, c.amount, got.stock, got.sold, got.variance, c.stock, c.sold, c.variance)
		}
	}
}

// first is an independent model of first in, first out: exact fractions, no rounding.
type first struct{ quantity, cost []*big.Rat }

func (f *first) in(q, cost money.Quantity) {
	f.quantity, f.cost = append(f.quantity, q.Rat()), append(f.cost, cost.Rat())
}

func (f *first) out(q *big.Rat) *big.Rat {
	sum, left := new(big.Rat), new(big.Rat).Set(q)
	for i := range f.quantity {
		take := new(big.Rat).Set(left)
		if f.quantity[i].Cmp(left) < 0 {
			take.Set(f.quantity[i])
		}
		if take.Sign() <= 0 {
			continue
		}
		part := new(big.Rat).Quo(new(big.Rat).Mul(f.cost[i], take), f.quantity[i])
		f.cost[i].Sub(f.cost[i], part)
		f.quantity[i].Sub(f.quantity[i], take)
		sum.Add(sum, part)
		left.Sub(left, take)
	}
	return sum
}

// mean is an independent model of the moving average: exact fractions, no rounding.
type mean struct{ quantity, cost big.Rat }

func (m *mean) in(q, cost money.Quantity) {
	m.quantity.Add(&m.quantity, q.Rat())
	m.cost.Add(&m.cost, cost.Rat())
}

func (m *mean) out(q *big.Rat) *big.Rat {
	part := new(big.Rat).Quo(new(big.Rat).Mul(&m.cost, q), &m.quantity)
	m.cost.Sub(&m.cost, part)
	m.quantity.Sub(&m.quantity, q)
	return part
}

// Against exact fractions: all that has left is worth what the model says, to a cent for each move and layer, and to the cent when nothing is left.
func TestValuationAgainstExactModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		method := rapid.SampledFrom([]string{average, fifo}).Draw(t, "method")
		p := price(method, "0")
		var model interface {
			in(q, cost money.Quantity)
			out(q *big.Rat) *big.Rat
		} = &mean{}
		if method == fifo {
			model = &first{}
		}
		var w worth
		got, want, steps := money.Zero(), new(big.Rat), int64(0)
		out := func(q money.Quantity) {
			c := w.out(p, q)
			got = got.Add(c.value).Add(c.residual)
			want.Add(want, model.out(q.Rat()))
		}
		for range rapid.IntRange(1, 25).Draw(t, "moves") {
			steps++
			q := money.Int(rapid.Int64Range(1, 400).Draw(t, "quantity")).Shift(-1)
			if w.quantity.LessThan(q) || rapid.Bool().Draw(t, "in") {
				cost := money.Int(rapid.Int64Range(0, 100_000).Draw(t, "cost")).Shift(-2)
				w.in(p, q, cost)
				model.in(q, cost)
			} else {
				out(q)
			}
			off := new(big.Rat).Sub(got.Rat(), want)
			if off.Abs(off).Cmp(big.NewRat(2*steps*(steps+1), 100)) > 0 {
				t.Fatalf("%s: %s left, the model says %s", method, got, want.FloatString(4))
			}
		}
		if w.quantity.Sign() > 0 {
			out(w.quantity)
		}
		if got.Rat().Cmp(want) != 0 || !w.value.IsZero() {
			t.Fatalf("%s: %s left of %s in all, %s stays", method, got, want.FloatString(4), w.value)
		}
	})
}

// With late costs and returns to vendors: what came in, late or not, is what left and what is here; stock is never worth less than nothing.
func TestValueIsKeptWithLateCostsAndReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := price(rapid.SampledFrom([]string{average, fifo, standard}).Draw(t, "method"), "3.37")
		var w worth
		sum := money.Zero()
		var moves []*CostLayer // what came in: the move, how many, for how much
		for i := range rapid.IntRange(1, 30).Draw(t, "moves") {
			q := money.Int(rapid.Int64Range(1, 50).Draw(t, "quantity"))
			amount := money.Int(rapid.Int64Range(0, 100_000).Draw(t, "amount")).Shift(-2)
			what := rapid.SampledFrom([]string{"in", "out", "late", "back"}).Draw(t, "what")
			switch {
			case what == "in" || len(moves) == 0 || what != "late" && w.quantity.LessThan(q):
				had := len(w.layers)
				sum = sum.Add(w.in(p, q, amount).value)
				m := &CostLayer{MoveID: id.ID{14: 1, 15: byte(i)}, Quantity: q, RemainingValue: amount}
				moves = append(moves, m)
				for _, l := range w.layers[had:] {
					l.MoveID = m.MoveID
				}
			case what == "out":
				c := w.out(p, q)
				sum = sum.Sub(c.value).Sub(c.residual)
			case what == "late":
				m := rapid.SampledFrom(moves).Draw(t, "move")
				if rapid.Bool().Draw(t, "less") {
					amount = amount.Neg()
				}
				s := w.late(p, m.MoveID, m.Quantity, amount)
				if !s.stock.Add(s.sold).Add(s.variance).Equal(amount) {
					t.Fatalf("%v of %s", s, amount)
				}
				sum = sum.Add(s.stock)
			default:
				m := rapid.SampledFrom(moves).Draw(t, "move")
				c := w.outAt(p, m.MoveID, q, amount)
				if !c.value.Add(c.residual).Add(c.variance).Equal(amount) {
					t.Fatalf("%v of %s", c, amount)
				}
				sum = sum.Sub(c.value).Sub(c.residual)
			}
			if !sum.Equal(w.value) {
				t.Fatalf("%s came and went, %s is there", sum, w.value)
			}
			sound(t, p, &w)
		}
	})
}
