package tenancy

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
)

// TestGateTakesTurns lets one tenant queue twenty times before another comes: the other is next all the same.
func TestGateTakesTurns(t *testing.T) {
	g := newGate(2) // one tenant may hold both, as 2 - 2/8 is 2
	noisy, quiet := id.ID{1}, id.ID{2}
	var leave [2]func()
	for i := range leave {
		var err error
		if leave[i], err = g.enter(t.Context(), noisy); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var order []id.ID
	var wg sync.WaitGroup
	queue := func(tenant id.ID) {
		before := waiting(g)
		wg.Go(func() {
			l, err := g.enter(t.Context(), tenant)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, tenant)
			mu.Unlock()
			l()
		})
		for waiting(g) == before {
			time.Sleep(time.Millisecond)
		}
	}
	for range 20 {
		queue(noisy)
	}
	queue(quiet)
	leave[0]()
	wg.Wait()
	leave[1]()
	if at := slices.Index(order, quiet); at < 0 || at > 2 {
		t.Errorf("the quiet tenant came as number %d of %d", at+1, len(order))
	}
	if g.free != 2 || len(g.held) != 0 || len(g.waiting) != 0 || len(g.turns) != 0 {
		t.Errorf("the gate is left as %+v", g)
	}
}

func waiting(g *gate) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, w := range g.waiting {
		n += len(w)
	}
	return n
}

// TestGateKeepsPlaces never gives all places to one tenant.
func TestGateKeepsPlaces(t *testing.T) {
	g := newGate(8)
	noisy, quiet := id.ID{1}, id.ID{2}
	for range 7 {
		if _, err := g.enter(t.Context(), noisy); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := g.enter(short, noisy); err == nil {
		t.Error("one tenant took the last place")
	}
	leave, err := g.enter(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	g.leave(noisy)
	if _, err := g.enter(t.Context(), noisy); err != nil { // who gave up is forgotten
		t.Error(err)
	}
}

// TestGateUnderLoad loses no place, whoever gives up when.
func TestGateUnderLoad(t *testing.T) {
	g := newGate(3)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			for j := range 40 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration((i*j)%7)*100*time.Microsecond)
				if leave, err := g.enter(ctx, id.ID{byte(i % 5)}); err == nil {
					time.Sleep(50 * time.Microsecond)
					leave()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	if g.free != 3 || len(g.held) != 0 || waiting(g) != 0 {
		t.Errorf("the gate is left as %+v", g)
	}
}

func TestFirstWord(t *testing.T) {
	for sql, want := range map[string]string{
		"select 1": "SELECT", " \t\n( ( SELECT": "SELECT", "-- a\n-- b\r\nreset": "RESET", "--": "", "/* a /* b */ c */set": "SET", "/* open": "",
		"/*/ */select": "SELECT", "set_config": "SET_CONFIG", "1": "", "\"select\"": "", "é": "", "with(": "WITH", "do$$": "DO",
	} {
		if got, _ := firstWord(sql); got != want {
			t.Errorf("%q: %q, want %q", sql, got, want)
		}
	}
}
