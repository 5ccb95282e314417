package inventory

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/money"
)

func TestShareByPromiseAndProRata(t *testing.T) {
	for _, c := range []struct {
		method string
		want   []string
	}{{byPromise, []string{"6", "1", "0"}}, {proRata, []string{"4", "2", "1"}}} {
		claims := []*claim{{need: dec("6")}, {need: dec("3")}, {need: dec("3")}}
		share(claims, dec("7"), c.method, dec("1"))
		for i, w := range c.want {
			if !claims[i].target.Equal(dec(w)) {
				t.Errorf("%s: claim %d gets %s, want %s", c.method, i, claims[i].target, w)
			}
		}
	}
}

// However it is shared: nobody gets more than they need, nothing is left while somebody wants it, and not more is given than there is.
func TestShareGivesAllThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var claims []*claim
		need := money.Zero()
		for range rapid.IntRange(1, 8).Draw(t, "claims") {
			q := money.Int(rapid.Int64Range(1, 50).Draw(t, "need"))
			claims, need = append(claims, &claim{need: q}), need.Add(q)
		}
		pool := money.Int(rapid.Int64Range(0, 200).Draw(t, "pool"))
		share(claims, pool, rapid.SampledFrom([]string{byPromise, proRata}).Draw(t, "method"), money.Int(1))
		given := money.Zero()
		for _, c := range claims {
			if c.target.GreaterThan(c.need) || c.target.Sign() < 0 || !c.target.IsInteger() {
				t.Fatalf("%s of %s", c.target, c.need)
			}
			given = given.Add(c.target)
		}
		if !given.Equal(money.Min(pool, need)) {
			t.Fatalf("%s given of %s to %s", given, pool, need)
		}
	})
}
