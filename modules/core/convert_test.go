package core

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/money"
)

func fromSeed() map[string]measure {
	out := map[string]measure{}
	for _, u := range units() {
		out[u.Code] = measure{u.Dimension, ratio{u.Numerator, u.Denominator}}
	}
	return out
}

func TestWay(t *testing.T) {
	box := map[string]ratio{"box": {money.Int(6), money.Int(1)}}
	piece := map[string]ratio{"kg": {money.Int(4), money.Int(1)}} // 4 pieces weigh a kilogram
	for _, c := range []struct {
		quantity, from, to string
		own                map[string]ratio
		want               string // empty: no way
	}{
		{"5", "pcs", "pcs", nil, "5"},
		{"2", "kg", "g", nil, "2000"},
		{"1", "g", "kg", nil, "0.001"},
		{"2", "box", "pcs", box, "12"},
		{"500", "g", "pcs", piece, "2"},
		{"1", "box", "pcs", nil, ""},
		{"1", "kg", "m", nil, ""},
		{"1", "nowhere", "pcs", box, ""},
	} {
		r, ok := way(c.from, c.to, c.own, fromSeed())
		if !ok {
			if c.want != "" {
				t.Errorf("no way from %s to %s", c.from, c.to)
			}
			continue
		}
		if got := money.Must(c.quantity).Mul(r.num).DivRound(r.den, 6); c.want == "" || !got.Equal(money.Must(c.want)) {
			t.Errorf("%s %s is %s %s, want %q", c.quantity, c.from, got, c.to, c.want)
		}
	}
}

// There and back again is where it began, exactly.
func TestWithinIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := money.Int(rapid.Int64Range(1, 1_000_000_000).Draw(t, "quantity")).Shift(-3)
		there, _ := within("kg", "g", fromSeed())
		back, _ := within("g", "kg", fromSeed())
		got := q.Mul(there.num).Mul(back.num)
		if !got.Equal(q.Mul(there.den).Mul(back.den)) {
			t.Fatalf("%s kg come back as another weight", q)
		}
	})
}
