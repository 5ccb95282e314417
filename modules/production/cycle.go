package production

import (
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

// edge says that one product is made of another, while a span of days lasts.
type edge struct {
	from, to     id.ID
	since, until clock.Date // until is exclusive; none: open
	path         string     // the line being saved; empty for what is stored
}

// on tells whether the edge is valid on a day; the zero day is before all others.
func (e edge) on(day clock.Date) bool {
	if !e.since.IsZero() && (day.IsZero() || e.since.After(day)) {
		return false
	}
	return e.until.IsZero() || day.IsZero() || e.until.After(day)
}

// overlap returns the days that two spans share; ok is false when there is none.
func overlap(since, until, from, to clock.Date) (a, b clock.Date, ok bool) {
	a, b = clock.Latest(since, from), until
	if b.IsZero() || !to.IsZero() && to.Before(b) {
		b = to
	}
	return a, b, a.IsZero() || b.IsZero() || a.Before(b)
}

// findCycle returns a way from a product back to itself on which all edges are valid on one day, starting at one of starts, or nil.
func findCycle(edges []edge, starts []id.ID) []edge {
	out := map[id.ID][]edge{}
	days := []clock.Date{{}}
	for _, e := range edges {
		out[e.from] = append(out[e.from], e)
		if !slices.Contains(days, e.since) {
			days = append(days, e.since)
		}
	}
	always := func(edge) bool { return true }
	if walkAll(out, starts, always) == nil {
		return nil // the usual case: no cycle even if all edges were valid at once
	}
	for _, day := range days { // edges that are valid together are so on the day on which the last of them begins
		if c := walkAll(out, starts, func(e edge) bool { return e.on(day) }); c != nil {
			return c
		}
	}
	return nil
}

func walkAll(out map[id.ID][]edge, starts []id.ID, valid func(edge) bool) []edge {
	w := walker{out: out, valid: valid, state: map[id.ID]int{}}
	for _, s := range starts {
		if c := w.walk(s); c != nil {
			return c
		}
	}
	return nil
}

// walker goes through a graph depth first.
type walker struct {
	out   map[id.ID][]edge
	valid func(edge) bool
	state map[id.ID]int // 1: on the way, 2: done
	way   []edge
}

func (w *walker) walk(at id.ID) []edge {
	w.state[at] = 1
	for _, e := range w.out[at] {
		if !w.valid(e) || w.state[e.to] == 2 {
			continue
		}
		w.way = append(w.way, e)
		if w.state[e.to] == 1 {
			first := slices.IndexFunc(w.way, func(x edge) bool { return x.from == e.to })
			return w.way[first:]
		}
		if c := w.walk(e.to); c != nil {
			return c
		}
		w.way = w.way[:len(w.way)-1]
	}
	w.state[at] = 2
	return nil
}
