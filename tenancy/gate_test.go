package tenancy

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
)

// TestGateTakesTurns lets one tenant queue twenty times before another comes: the other is next all the same.
func TestGateTakesTurns(t *testing.T) {
	g := NewGate(2, 1) // one tenant may hold both, as 2 - 2/8 is 2
	noisy, quiet := id.ID{1}, id.ID{2}
	var leave [2]func()
	for i := range leave {
		var err error
		if leave[i], err = g.Enter(t.Context(), noisy); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var order []id.ID
	var wg sync.WaitGroup
	queue := func(tenant id.ID) {
		before := waiting(g)
		wg.Go(func() {
			l, err := g.Enter(t.Context(), tenant)
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

func waiting(g *Gate) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, w := range g.waiting {
		n += len(w)
	}
	return n
}

// TestGateKeepsPlaces never gives all places to one tenant.
func TestGateKeepsPlaces(t *testing.T) {
	g := NewGate(8, 1)
	noisy, quiet := id.ID{1}, id.ID{2}
	var first func()
	for range 7 {
		var err error
		if first, err = g.Enter(t.Context(), noisy); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := g.Enter(short, noisy); err == nil {
		t.Error("one tenant took the last place")
	}
	leave, err := g.Enter(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	first()
	g.last = [2]visit{}                                    // a second later
	if _, err := g.Enter(t.Context(), noisy); err != nil { // who gave up is forgotten
		t.Error(err)
	}
}

// TestGateAmongOthers lets a flood have many places only while nobody else is there, and refuses what can't be done in time.
func TestGateAmongOthers(t *testing.T) {
	g := NewGate(8, 1)
	g.among, g.queue = 2, 3
	noisy, quiet := id.ID{1}, id.ID{2}
	var leave []func()
	for range 7 {
		l, err := g.Enter(t.Context(), noisy)
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	l, err := g.Enter(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	l()
	ctx, cancel := context.WithCancel(t.Context())
	for range 3 {
		go func() { _, _ = g.Enter(ctx, noisy) }()
	}
	for waiting(g) < 3 {
		time.Sleep(time.Millisecond)
	}
	if _, err := g.Enter(ctx, noisy); !errors.Is(err, ErrCrowd) {
		t.Errorf("what can't be done in time got %v", err)
	}
	for _, l := range leave[:5] {
		l()
	}
	if waiting(g) != 3 || len(g.held[noisy]) != 2 {
		t.Errorf("among others it holds %d places, %d wait", len(g.held[noisy]), waiting(g))
	}
	g.last[1].at = time.Now().Add(-2 * company) // the other has gone
	leave[5]()
	if waiting(g) != 0 || len(g.held[noisy]) != 4 {
		t.Errorf("alone again it holds %d places, %d wait", len(g.held[noisy]), waiting(g))
	}
	cancel()
}

// TestGateUnderLoad loses no place, whoever gives up when.
func TestGateUnderLoad(t *testing.T) {
	g := NewGate(3, 1)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			for j := range 40 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration((i*j)%7)*100*time.Microsecond)
				if leave, err := g.Enter(ctx, id.ID{byte(i % 5)}); err == nil {
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

// TestGateAlone: a tenant that is the only one has its few places; what takes long does not count.
func TestGateAlone(t *testing.T) {
	g := NewGate(8, 1).Alone(2)
	for range 2 {
		if _, err := g.Enter(t.Context(), id.ID{1}); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := g.Enter(short, id.ID{1}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third place: %v", err)
	}
	for i := range g.held[id.ID{1}] {
		g.held[id.ID{1}][i] = time.Now().Add(-company)
	}
	if _, err := g.Enter(t.Context(), id.ID{1}); err != nil {
		t.Errorf("beside two that take long: %v", err)
	}
}

// TestGateYields: a flood stands still while somebody else works, and not for longer than the pause.
func TestGateYields(t *testing.T) {
	const pause = 4 * company / 5 // long, so that a busy machine does not look like a pause that is over
	g := NewGate(8, 1).Yield(pause)
	noisy, quiet := id.ID{1}, id.ID{2}
	g.come(quiet)
	come := make(chan func(), crowd+3)
	for range cap(come) {
		go func() {
			if leave, err := g.Enter(t.Context(), noisy); err == nil {
				come <- leave
			}
		}()
	}
	for waiting(g) < cap(come)-1 {
		time.Sleep(time.Millisecond)
	}
	(<-come)() // the first came in at once, the next is let in behind it
	last := <-come
	leave, err := g.Enter(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	last()
	select {
	case <-come:
		t.Fatalf("it came in %s after, while the other worked", time.Since(began))
	case <-time.After(pause / 4):
	}
	leave()
	select {
	case last = <-come:
	case <-time.After(pause / 4):
		t.Fatal("the other has gone, and it still waits")
	}
	if _, err := g.Enter(t.Context(), quiet); err != nil { // and stays
		t.Fatal(err)
	}
	last()
	select {
	case <-come:
		if took := time.Since(began); took < pause {
			t.Errorf("it went on after %s, not %s", took, pause)
		}
	case <-time.After(10 * pause):
		t.Fatal("it is kept out")
	}
}

func TestAloneFollowsWherePostgresRuns(t *testing.T) {
	for host, few := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "/run/postgresql": true, "10.0.0.7": false, "db.example.com": false} {
		if got := alone(host, 20); (got < 20) != few {
			t.Errorf("%s: %d", host, got)
		}
	}
}
