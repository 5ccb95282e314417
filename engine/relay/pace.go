package relay

import (
	"sync"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
)

// pace counts how many jobs each tenant asked for in this minute: two tenants may share a queue, and who sends ten thousand mails is served after who
// sends one.
type pace struct {
	mu    sync.Mutex
	since time.Time
	jobs  map[id.ID]int
}

// priority counts one more job of a tenant and says how it is served: from 1, the first, to 4.
func (p *pace) priority(tenant id.ID) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.jobs == nil || now.Sub(p.since) > time.Minute {
		p.since, p.jobs = now, map[id.ID]int{}
	}
	p.jobs[tenant]++
	switch n := p.jobs[tenant]; {
	case n <= 50:
		return 1
	case n <= 500:
		return 2
	case n <= 5000:
		return 3
	}
	return 4
}
