package tenancy

import (
	"context"
	"sync"

	"github.com/tenon-hq/tenon/internal/id"
)

// gate lets so many units of work run at once. Tenants take turns: one that asks much waits behind itself, not before others, and can't take the
// last places.
type gate struct {
	mu      sync.Mutex
	free    int
	most    int           // places that one tenant may hold
	held    map[id.ID]int // places by tenant
	waiting map[id.ID][]chan struct{}
	turns   []id.ID // tenants that wait, in the order of their turns
}

func newGate(places int) *gate {
	return &gate{free: places, most: max(1, places-places/8), held: map[id.ID]int{}, waiting: map[id.ID][]chan struct{}{}}
}

// enter waits for a place; the returned function gives it back.
func (g *gate) enter(ctx context.Context, tenant id.ID) (leave func(), err error) {
	g.mu.Lock()
	if g.free > 0 && g.held[tenant] < g.most && len(g.waiting[tenant]) == 0 {
		g.take(tenant)
		g.mu.Unlock()
		return func() { g.leave(tenant) }, nil
	}
	if len(g.waiting[tenant]) == 0 {
		g.turns = append(g.turns, tenant)
	}
	turn := make(chan struct{})
	g.waiting[tenant] = append(g.waiting[tenant], turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return func() { g.leave(tenant) }, nil
	case <-ctx.Done():
		return nil, g.giveUp(ctx, tenant, turn)
	}
}

func (g *gate) take(tenant id.ID) {
	g.free--
	g.held[tenant]++
}

// giveUp leaves the queue; a place that came at the last moment goes on to the next.
func (g *gate) giveUp(ctx context.Context, tenant id.ID, turn chan struct{}) error {
	g.mu.Lock()
	for i, w := range g.waiting[tenant] {
		if w == turn {
			g.waiting[tenant] = append(g.waiting[tenant][:i:i], g.waiting[tenant][i+1:]...)
			g.mu.Unlock()
			return ctx.Err()
		}
	}
	g.mu.Unlock()
	g.leave(tenant)
	return ctx.Err()
}

func (g *gate) leave(tenant id.ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.free++
	if g.held[tenant]--; g.held[tenant] == 0 {
		delete(g.held, tenant)
	}
	g.admit()
}

// admit gives free places to those whose turn it is.
func (g *gate) admit() {
	for i := 0; i < len(g.turns) && g.free > 0; {
		tenant := g.turns[i]
		queue := g.waiting[tenant]
		if len(queue) > 0 && g.held[tenant] >= g.most {
			i++ // it has all it may have
			continue
		}
		g.turns = append(g.turns[:i], g.turns[i+1:]...)
		if len(queue) == 0 { // all of them gave up
			delete(g.waiting, tenant)
			continue
		}
		g.take(tenant)
		close(queue[0])
		if queue = queue[1:]; len(queue) > 0 {
			g.waiting[tenant] = queue
			g.turns = append(g.turns, tenant)
		} else {
			delete(g.waiting, tenant)
		}
	}
}
