package tenancy

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
)

// company is for how long a tenant that was at the gate counts as being there.
const company = time.Second

// crowd is how much of a tenant's work waits when it is a flood and no longer a few people at once.
const crowd = 8

// ErrCrowd refuses a tenant that lets more work wait than can be done in time.
var ErrCrowd = errors.New("tenancy: too much of this tenant waits already")

// Gate lets so much work run at once. Tenants take turns: one that asks much waits behind itself, not before others, and can't take the last places.
// Alone it may have nearly all of them. While another tenant is there, it may have few, so that its flood does not take the other's time: a place that
// is free does not help who has to share the processor with twenty. What has run for a while, such as a
// long report, does not count then: it must not keep its own people out.
type Gate struct {
	mu      sync.Mutex
	free    int
	share   int                   // places that one tenant may ever hold
	alone   int                   // for work that has just begun, while it is the only one
	among   int                   // and while others are there
	queue   int                   // how much of one tenant may wait
	held    map[id.ID][]time.Time // places by tenant: since when
	waiting map[id.ID][]chan func()
	turns   []id.ID // tenants that wait, in the order of their turns
	last    [2]visit

	pause    time.Duration       // for how long a flood lets others work undisturbed; 0: not at all
	admitted map[id.ID]time.Time // when a tenant that waits was let in last
	alarm    bool                // somebody looks again when a pause is over
}

// visit is when a tenant was at the gate last.
type visit struct {
	tenant id.ID
	at     time.Time
}

// NewGate makes a gate with so many places, of which a tenant may hold so many among others.
func NewGate(places, among int) *Gate {
	share := max(1, places-places/8)
	return &Gate{
		free: places, share: share, alone: share, among: max(1, min(among, places/2)), queue: 16 * places,
		held: map[id.ID][]time.Time{}, waiting: map[id.ID][]chan func(){}, admitted: map[id.ID]time.Time{},
	}
}

// Yield has a tenant of whose work much waits leave one of its places empty while work of another runs of which little waits: on two processors it stands
// still for that long. It goes on after the pause at the latest, so that it can't be kept out.
func (g *Gate) Yield(pause time.Duration) *Gate {
	g.pause = pause
	return g
}

// yields tells that a tenant's flood waits for others now.
func (g *Gate) yields(tenant id.ID) bool {
	if g.pause == 0 || len(g.waiting[tenant]) < crowd || len(g.held[tenant]) < g.among-1 || time.Since(g.admitted[tenant]) >= g.pause {
		return false
	}
	for other, since := range g.held {
		if other != tenant && len(g.waiting[other]) < crowd && time.Since(since[len(since)-1]) < company {
			return true
		}
	}
	return false
}

// lookAgain lets in who waits when a pause is over.
func (g *Gate) lookAgain() {
	if g.alarm {
		return
	}
	g.alarm = true
	time.AfterFunc(g.pause, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.alarm = false
		g.admit()
	})
}

// Alone sets how many places a tenant may hold while it is the only one. More at once than the processors can work on only wait for one another, in no
// order; before the gate they wait in theirs.
func (g *Gate) Alone(places int) *Gate {
	g.alone = max(1, min(places, g.share))
	return g
}

// come notes that a tenant is there: the two that came last are remembered.
func (g *Gate) come(tenant id.ID) {
	if g.last[0].tenant != tenant {
		g.last[1] = g.last[0]
	}
	g.last[0] = visit{tenant, time.Now()}
}

// most is how many places a tenant may hold now.
func (g *Gate) most(tenant id.ID) int {
	other := g.last[0]
	if other.tenant == tenant {
		other = g.last[1]
	}
	most := g.among
	if time.Since(other.at) >= company {
		most = g.alone
	}
	for _, since := range g.held[tenant] {
		if time.Since(since) >= company {
			most++
		}
	}
	return min(most, g.share)
}

// Enter waits for a place; the returned function gives it back.
func (g *Gate) Enter(ctx context.Context, tenant id.ID) (leave func(), err error) {
	g.mu.Lock()
	g.come(tenant)
	if len(g.waiting[tenant]) >= g.queue {
		g.mu.Unlock()
		return nil, ErrCrowd
	}
	if g.free > 0 && len(g.held[tenant]) < g.most(tenant) && len(g.waiting[tenant]) == 0 {
		leave = g.take(tenant)
		g.mu.Unlock()
		return leave, nil
	}
	if len(g.waiting[tenant]) == 0 {
		g.turns = append(g.turns, tenant)
	}
	turn := make(chan func(), 1)
	g.waiting[tenant] = append(g.waiting[tenant], turn)
	g.mu.Unlock()
	look := time.NewTicker(company) // time alone may have made room
	defer look.Stop()
	for {
		select {
		case leave := <-turn:
			return leave, nil
		case <-look.C:
			g.mu.Lock()
			g.admit()
			g.mu.Unlock()
		case <-ctx.Done():
			return nil, g.giveUp(ctx, tenant, turn)
		}
	}
}

// take gives a place; the returned function gives it back.
func (g *Gate) take(tenant id.ID) func() {
	since := time.Now()
	g.free--
	g.held[tenant] = append(g.held[tenant], since)
	return func() { g.leave(tenant, since) }
}

// giveUp leaves the queue; a place that came at the last moment goes on to the next.
func (g *Gate) giveUp(ctx context.Context, tenant id.ID, turn chan func()) error {
	g.mu.Lock()
	for i, w := range g.waiting[tenant] {
		if w == turn {
			g.waiting[tenant] = append(g.waiting[tenant][:i:i], g.waiting[tenant][i+1:]...)
			g.mu.Unlock()
			return ctx.Err()
		}
	}
	g.mu.Unlock()
	(<-turn)()
	return ctx.Err()
}

func (g *Gate) leave(tenant id.ID, since time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.free++
	held := g.held[tenant]
	at := slices.Index(held, since)
	if held = slices.Delete(held, at, at+1); len(held) > 0 {
		g.held[tenant] = held
	} else {
		delete(g.held, tenant)
	}
	g.admit()
}

// admit gives free places to those whose turn it is.
func (g *Gate) admit() {
	for i := 0; i < len(g.turns) && g.free > 0; {
		tenant := g.turns[i]
		queue := g.waiting[tenant]
		if len(queue) > 0 && len(g.held[tenant]) >= g.most(tenant) {
			i++ // it has all it may have
			continue
		}
		if g.yields(tenant) {
			i++
			g.lookAgain()
			continue
		}
		g.turns = append(g.turns[:i], g.turns[i+1:]...)
		if len(queue) == 0 { // all of them gave up
			delete(g.waiting, tenant)
			delete(g.admitted, tenant)
			continue
		}
		queue[0] <- g.take(tenant)
		g.admitted[tenant] = time.Now()
		if queue = queue[1:]; len(queue) > 0 {
			g.waiting[tenant] = queue
			g.turns = append(g.turns, tenant)
		} else {
			delete(g.waiting, tenant)
			delete(g.admitted, tenant)
		}
	}
}
