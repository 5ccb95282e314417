package keys

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Config is what a Service works with.
type Config struct {
	DB       *tenancy.DB
	Platform Provider      // the installation's key service
	Life     time.Duration // how long a data key stays in memory; default 15 minutes
	Uses     int64         // and for how many values; default 4 million
	Log      *slog.Logger

	Dial VaultDial // guards where a tenant's own Vault may be
}

// Service seals and opens the values of all tenants. Data keys are fetched outside of units of work, one call of the key service for all keys of a
// tenant, and stay in memory for a while.
type Service struct {
	cfg   Config
	mu    sync.Mutex
	slots map[id.ID]*slot
	own   map[id.ID]*ownVault
	meter meter
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// slot is a tenant's place in memory.
type slot struct {
	fetching sync.Mutex
	ring     atomic.Pointer[ring]
	failure  atomic.Pointer[failure]
}

// failure keeps a key service that has just failed from being asked again by every request.
type failure struct {
	until time.Time
	err   error
}

// failPause is how long one tenant's failure is remembered: recovery is seen within it.
const failPause = time.Second

// ring is a tenant's data keys in memory.
type ring struct {
	mu         sync.RWMutex // held for writing while it is wiped
	wiped      bool
	keys       map[KeyID]key
	newest     KeyID
	index      []byte
	derive     sync.Mutex
	indexes    map[string][]byte
	sign       ed25519.PrivateKey
	signID     KeyID
	generation atomic.Int64
	expires    time.Time
	uses       atomic.Int64
}

// Miss says that a key is not at hand within a unit of work, where no network may be waited for.
type Miss struct {
	Tenant id.ID
	key    *KeyID
}

func (m *Miss) Error() string { return "keys: not at hand for tenant " + m.Tenant.String() }

type unknownKey struct{ id KeyID }

func (u *unknownKey) Error() string { return "no data key " + u.id.String() }

// New makes a service.
func New(cfg Config) *Service {
	if cfg.Life == 0 {
		cfg.Life = 15 * time.Minute
	}
	if cfg.Uses == 0 {
		cfg.Uses = 4 << 20
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{cfg: cfg, slots: map[id.ID]*slot{}, own: map[id.ID]*ownVault{}}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.done.Go(func() { s.tend(ctx) })
	return s
}

// Close wipes all keys. The provider is its maker's to close.
func (s *Service) Close() {
	s.stop()
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.slots {
		x.replace(nil)
	}
	for _, o := range s.own {
		o.vault.Close()
	}
	clear(s.slots)
}

// tend wipes what is over, and asks a key service that failed whether it is back.
func (s *Service) tend(ctx context.Context) {
	sweep := time.NewTicker(time.Second)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-sweep.C:
			s.sweep(now)
			if p, ok := s.cfg.Platform.(interface {
				Probe(ctx context.Context) error
			}); ok && !s.cfg.Platform.State().OK {
				_ = p.Probe(ctx) // the state says how it went
			}
		}
	}
}

func (s *Service) sweep(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.slots {
		if r := x.ring.Load(); r != nil && now.After(r.expires) && x.ring.CompareAndSwap(r, nil) {
			go r.wipe()
		}
	}
}

func (s *Service) slot(tenant id.ID) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.slots[tenant]
	if x == nil {
		x = &slot{}
		s.slots[tenant] = x
	}
	return x
}

// replace puts a new ring in place and wipes the old one when nobody uses it any more.
func (x *slot) replace(r *ring) {
	if old := x.ring.Swap(r); old != nil && old != r {
		go old.wipe()
	}
}

func (r *ring) wipe() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wiped = true
	clear(r.index)
	for _, k := range r.indexes {
		clear(k)
	}
	clear(r.sign)
	clear(r.keys) // the ciphers go with their last reference
}

// good tells that a ring may be used now, and counts the use.
func (r *ring) good(now time.Time) bool {
	return r != nil && now.Before(r.expires) && r.uses.Add(-1) >= 0
}

// with lends out a tenant's keys.
func (s *Service) with(ctx context.Context, tenant id.ID, use func(r *ring) error) error {
	for range 3 {
		x := s.slot(tenant)
		if r := x.ring.Load(); r.good(time.Now()) {
			done, err := s.lend(r, use)
			if !done {
				continue
			}
			if u, ok := errors.AsType[*unknownKey](err); ok {
				return s.unknown(ctx, tenant, u, use)
			}
			if err != nil {
				return unavailable(err)
			}
			s.meter.hits.Add(1)
			return nil
		}
		if f := x.failure.Load(); f != nil && time.Now().Before(f.until) {
			return unavailable(f.err)
		}
		if tenancy.Inside(ctx) {
			return &Miss{Tenant: tenant}
		}
		if err := s.fetch(ctx, tenant, nil); err != nil {
			return unavailable(err)
		}
	}
	return unavailable(errors.New("the keys expire faster than they are used"))
}

func (s *Service) lend(r *ring, use func(r *ring) error) (done bool, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.wiped {
		return false, nil
	}
	return true, use(r)
}

// unknown looks again, once, for a key that another process may have made meanwhile.
func (s *Service) unknown(ctx context.Context, tenant id.ID, u *unknownKey, use func(r *ring) error) error {
	x := s.slot(tenant)
	if f := x.failure.Load(); f != nil && time.Now().Before(f.until) {
		return unavailable(u)
	}
	if tenancy.Inside(ctx) {
		return &Miss{Tenant: tenant, key: &u.id}
	}
	if err := s.fetch(ctx, tenant, &u.id); err != nil {
		return unavailable(err)
	}
	r := x.ring.Load()
	if r == nil {
		return unavailable(u)
	}
	if _, err := s.lend(r, use); err != nil {
		return unavailable(err)
	}
	return nil
}

// Fetch brings keys that a unit of work missed; it is called outside of one. When that fails, values stay shut for a moment and the work, done again,
// finds them unavailable.
func (s *Service) Fetch(ctx context.Context, m *Miss) {
	if err := s.fetch(ctx, m.Tenant, m.key); err != nil {
		s.cfg.Log.WarnContext(ctx, "data keys can't be had", "tenant", m.Tenant.String(), "error", err)
	}
}

// Ready refreshes the keys of a tenant whose generation changed: another process may have rotated or destroyed them. It costs nothing otherwise.
func (s *Service) Ready(ctx context.Context, t *tenancy.Tenant) {
	r := s.slot(t.ID).ring.Load()
	if r == nil || r.generation.Load() == t.Generation || tenancy.Inside(ctx) {
		return
	}
	s.Fetch(ctx, &Miss{Tenant: t.ID})
}

func (s *Service) fetch(ctx context.Context, tenant id.ID, missing *KeyID) error {
	x := s.slot(tenant)
	x.fetching.Lock()
	defer x.fetching.Unlock()
	t, err := s.cfg.DB.Tenant(ctx, tenant)
	if fault.Is(err, fault.NotFound) {
		x.replace(nil)
	}
	if err != nil {
		return err
	}
	if r := x.ring.Load(); r != nil && r.generation.Load() >= t.Generation && r.fresh() && r.holds(missing) {
		return nil // somebody else was faster
	}
	if f := x.failure.Load(); f != nil && time.Now().Before(f.until) {
		return f.err
	}
	r, err := s.load(ctx, t, x.ring.Load())
	if err == nil && !r.holds(missing) {
		err = &unknownKey{*missing}
		x.replace(r)
	}
	if err != nil {
		if ctx.Err() == nil {
			x.failure.Store(&failure{time.Now().Add(failPause), err})
			s.meter.failed(causeOf(err))
		}
		return fmt.Errorf("tenant %s: %w", tenant, err)
	}
	x.failure.Store(nil)
	x.replace(r)
	return nil
}

// fresh tells that a ring is not used up, without counting a use.
func (r *ring) fresh() bool { return time.Now().Before(r.expires) && r.uses.Load() > 0 }

// holds tells that a ring has a key; none is always there.
func (r *ring) holds(k *KeyID) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if k == nil {
		return !r.wiped
	}
	_, ok := r.keys[*k]
	return ok
}

// Forget wipes a tenant's keys from memory.
func (s *Service) Forget(tenant id.ID) {
	x := s.slot(tenant)
	x.failure.Store(nil)
	x.replace(nil)
}
