package keys

import (
	"sync"
	"sync/atomic"
	"time"
)

// meter counts what the service does.
type meter struct {
	hits  atomic.Int64
	calls atomic.Int64
	took  atomic.Int64 // nanoseconds
	mu    sync.Mutex
	fails map[Cause]int64
}

func (m *meter) call(took time.Duration) {
	m.calls.Add(1)
	m.took.Add(int64(took))
}

func (m *meter) failed(c Cause) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails == nil {
		m.fails = map[Cause]int64{}
	}
	m.fails[c]++
}

// Figures are what a Service has done since it started.
type Figures struct {
	Hits   int64           `json:"hits"`    // values sealed, opened or looked up with keys in memory
	Fetch  int64           `json:"fetches"` // calls that unwrapped a tenant's data keys
	Wait   time.Duration   `json:"-"`       // for those calls, in all
	Failed map[Cause]int64 `json:"failed"`
	Rings  int             `json:"tenants_in_memory"`
}

// Figures returns the counts.
func (s *Service) Figures() Figures {
	f := Figures{Hits: s.meter.hits.Load(), Fetch: s.meter.calls.Load(), Wait: time.Duration(s.meter.took.Load()), Failed: map[Cause]int64{}}
	s.meter.mu.Lock()
	for c, n := range s.meter.fails {
		f.Failed[c] = n
	}
	s.meter.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.slots {
		if x.ring.Load() != nil {
			f.Rings++
		}
	}
	return f
}

// State says how the key service of the installation does.
func (s *Service) State() State { return s.cfg.Platform.State() }
