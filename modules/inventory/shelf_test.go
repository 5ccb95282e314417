package inventory

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

func key(n byte) id.ID { return id.ID{15: n} }

// put lays goods on a shelf: by location, with what is on hand, what is held, and when they expire.
func put(s *shelf, location byte, onHand, reserved string, expires clock.Date) *slot {
	x := s.at(key(1), &Location{Type: internal, Active: true}, key(location))
	x.location, x.onHand, x.reserved, x.expires = key(location), dec(onHand), dec(reserved), expires
	return x
}

func TestPickTakesWhatExpiresFirst(t *testing.T) {
	today := clock.NewDate(2026, 6, 1)
	s := newShelf()
	put(s, 1, "5", "0", clock.Date{})
	put(s, 2, "5", "4", today.AddDays(9))
	put(s, 3, "5", "0", today.AddDays(3))
	put(s, 4, "5", "0", today.AddDays(-1)) // has expired
	got := s.pick(key(1), id.ID{}, dec("8"), today)
	if len(got) != 3 || got[0].location != key(3) || got[1].location != key(2) || !got[1].quantity.Equal(dec("1")) || !got[2].quantity.Equal(dec("2")) {
		t.Errorf("picked %v", got)
	}
	if got := s.pick(key(1), key(2), dec("8"), today); len(got) != 1 || !got[0].quantity.Equal(dec("1")) {
		t.Errorf("of lot 2 picked %v, want the one that is free", got)
	}
}

// However many want how much: nobody gets more than they want, what is held was free, and who waits does so only when nothing is left.
func TestNeedNeverPromisesTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := clock.NewDate(2026, 6, 1)
		b := keeper{}.book()
		free := money.Zero()
		for i := range rapid.IntRange(0, 5).Draw(t, "slots") {
			q := money.Int(rapid.Int64Range(0, 100).Draw(t, "on hand")).Shift(-1)
			put(b.shelf, byte(i+1), q.String(), "0", clock.Date{})
			free = free.Add(q)
		}
		asked, waits := money.Zero(), money.Zero()
		for range rapid.IntRange(1, 8).Draw(t, "wants") {
			q := money.Int(rapid.Int64Range(1, 100).Draw(t, "want")).Shift(-1)
			asked = asked.Add(q)
			if r := b.need(want{product: coreevent.Product{ID: key(1)}, quantity: q, stock: q}, today); r != nil {
				waits = waits.Add(r.Quantity)
			}
		}
		held := money.Zero()
		for _, x := range b.shelf.slots {
			if x.reserved.GreaterThan(x.onHand) {
				t.Fatalf("%s held of %s", x.reserved, x.onHand)
			}
			held = held.Add(x.reserved)
		}
		if !held.Equal(money.Min(asked, free)) || !held.Add(waits).Equal(asked) {
			t.Fatalf("of %s free and %s asked, %s are held and %s wait", free, asked, held, waits)
		}
	})
}

// Taking a quantity out of a reservation loses nothing.
func TestSplitKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := keeper{}.book()
		r := &Reservation{Quantity: money.Int(rapid.Int64Range(1, 50).Draw(t, "quantity")), Status: open, Source: fromNone}
		r.ID = key(9)
		was := r.Quantity
		part := b.split(r, money.Int(rapid.Int64Range(1, 60).Draw(t, "part")))
		sum := part.Quantity
		if part != r {
			sum = sum.Add(r.Quantity)
		}
		if !sum.Equal(was) || r.Quantity.Sign() <= 0 {
			t.Fatalf("%s became %s and %s", was, r.Quantity, part.Quantity)
		}
	})
}
