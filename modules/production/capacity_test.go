package production

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// press is a bottleneck of eight hours a day, Monday to Friday.
func press(capacity int64) *center {
	c := &center{id: id.ID{9}, capacity: money.Int(capacity), bottleneck: true, load: map[clock.Date]money.Quantity{}}
	c.week, c.days = weekly(money.Int(8), nil, money.Hundred(), nil)
	return c
}

func TestCalendars(t *testing.T) {
	c := &center{capacity: money.Int(2)}
	holiday, worked := clock.NewDate(2026, time.March, 3), clock.NewDate(2026, time.March, 7)
	c.week, c.days = weekly(money.Int(8), &Calendar{
		Monday: money.Int(8), Tuesday: money.Int(8), Wednesday: money.Int(4),
		Days: []*CalendarDay{{Date: holiday}, {Date: worked, Hours: money.Int(6)}},
	}, money.Int(50), nil)
	for n, want := range []string{"480", "0", "240", "0", "0", "360", "0"} { // Monday to Sunday: two places at half speed
		equal(t, today().AddDays(n).String(), c.available(today().AddDays(n)), want)
	}
}

// The company's holidays hold for work centres with and without a calendar; what the calendar says of a day goes first, and one that never stops has none.
func TestHolidays(t *testing.T) {
	day := func(n int) clock.Date { return today().AddDays(n) } // Monday is 0
	holidays := map[clock.Date]bool{day(0): false, day(1): false, day(5): true, day(6): true}
	own := Calendar{Monday: money.Int(8), Tuesday: money.Int(8), Sunday: money.Int(2), Holidays: true, Days: []*CalendarDay{{Date: day(1), Hours: money.Int(3)}}}
	never := own
	never.Holidays = false
	for name, x := range map[string]struct {
		calendar *Calendar
		want     []string // hours of Monday to Sunday
	}{
		"no calendar": {nil, []string{"0", "0", "8", "8", "8", "8", "8"}},
		"its own":     {&own, []string{"0", "3", "0", "0", "0", "8", "2"}},
		"never stops": {&never, []string{"8", "3", "0", "0", "0", "0", "2"}},
	} {
		c := &center{capacity: money.Int(1)}
		c.week, c.days = weekly(money.Int(8), x.calendar, money.Hundred(), holidays)
		for n, want := range x.want {
			equal(t, name+" "+day(n).String(), money.Div(c.minutes(day(n)), money.Int(60)), want)
		}
	}
}

func TestForwardAndBackward(t *testing.T) {
	c := press(1)
	c.load[today().AddDays(1)] = money.Int(300)
	s := &shop{centers: map[id.ID]*center{c.id: c}}
	list, last := s.forward([]task{{c, money.Int(600), 0}, {c, money.Int(100), 0}}, today())
	// 480 on Monday, 120 and then 60 of what is left on Tuesday, 40 on Wednesday
	if len(list) != 4 || last != today().AddDays(2) {
		t.Fatalf("forward ends on %s: %+v", last, list)
	}
	for i, want := range []string{"480", "120", "60", "40"} {
		equal(t, "booking", list[i].minutes, want)
	}
	s.undo(0)
	equal(t, "undone", c.load[today().AddDays(1)], "300")
	// backward from next Monday over the weekend
	list, first := s.backward([]task{{c, money.Int(600), 0}}, today().AddDays(7))
	if first != today().AddDays(4) || len(list) != 2 {
		t.Fatalf("backward begins on %s: %+v", first, list)
	}
	equal(t, "Friday", list[1].minutes, "120")
	// where nothing is a bottleneck, others' work does not matter
	c.bottleneck = false
	c.load[today()] = money.Int(1000)
	if _, last := s.forward([]task{{c, money.Int(480), 0}}, today()); last != today() {
		t.Errorf("without a bottleneck it ends on %s", last)
	}
}

// TestCapacityProperties draws orders on a bottleneck: no day is ever planned beyond what it can do, every minute is planned, and in order.
func TestCapacityProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, other := press(int64(rapid.IntRange(1, 3).Draw(t, "places"))), press(1)
		other.bottleneck = false
		s := &shop{}
		for range rapid.IntRange(1, 12).Draw(t, "orders") {
			tasks := []task{
				{c, money.Int(int64(rapid.IntRange(0, 1500).Draw(t, "minutes"))), 0},
				{other, money.Int(int64(rapid.IntRange(0, 900).Draw(t, "more"))), 0},
				{c, money.Int(int64(rapid.IntRange(0, 300).Draw(t, "rest"))), 0},
			}
			from := today().AddDays(rapid.IntRange(0, 30).Draw(t, "day"))
			var list []booking
			if rapid.Bool().Draw(t, "forward") {
				list, _ = s.forward(tasks, from)
			} else {
				list, _ = s.backward(tasks, from)
			}
			sum := make([]money.Quantity, len(tasks))
			for _, b := range list {
				sum[b.step] = sum[b.step].Add(b.minutes)
			}
			dates := spans(list, len(tasks))
			for i, x := range tasks {
				if !sum[i].Equal(x.minutes) {
					t.Fatalf("%s of %s minutes are planned", sum[i], x.minutes)
				}
				for j := range i {
					if !dates[j].to.IsZero() && !dates[i].from.IsZero() && dates[i].from.Before(dates[j].to) {
						t.Fatalf("operation %d begins on %s, before %d ends on %s", i, dates[i].from, j, dates[j].to)
					}
				}
			}
		}
		for day, q := range c.load {
			if q.GreaterThan(c.available(day)) {
				t.Fatalf("%s: %s minutes of %s", day, q, c.available(day))
			}
		}
	})
}

func TestOperationScrap(t *testing.T) {
	r := &recipe{Steps: []step{
		{Setup: money.Int(5), Run: money.Int(1), Scrap: money.Int(20)}, {Run: money.Int(2), Scrap: money.Int(50)}, {Run: money.Int(3)},
	}}
	for i, want := range []string{"255", "400", "300"} { // 100 good of 200 of 250
		equal(t, "minutes", r.minutes(money.Int(100))[i], want)
	}
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "buy")
	w.makes("p", 1, "c", "2").Steps = r.Steps
	w.shop = &shop{centers: map[id.ID]*center{{}: press(1)}}
	w.want(t, "p", "100")
	_, used := w.sum("c")
	equal(t, "components", used, "500")
}
