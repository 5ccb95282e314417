package billing

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// tap counts what happens too often to be written down each time.
type tap struct {
	mu     sync.Mutex
	counts map[countKey]int64 // of this process in each hour, so far
	dirty  map[countKey]bool
	day    clock.Date
	seats  map[seatKey]bool // of this and the last day: what is written already
}

type countKey struct {
	tenant id.ID
	meter  string
	hour   time.Time
}

type seatKey struct {
	tenant, user id.ID
	module       string
	day          clock.Date
}

func newTap() *tap {
	return &tap{counts: map[countKey]int64{}, dirty: map[countKey]bool{}, seats: map[seatKey]bool{}}
}

// Call counts one call of the API by a program. It is kept in memory and written by Flush: a process that is killed loses what it counted since, at
// most ten seconds, which is then never billed.
func (s *Service) Call(t *tenancy.Tenant) {
	k := countKey{t.ID, APICalls, s.db.Now().Truncate(time.Hour)}
	s.tap.mu.Lock()
	s.tap.counts[k]++
	s.tap.dirty[k] = true
	s.tap.mu.Unlock()
}

// Seat notes that a person uses a module today. The first time on a day it is written before the request goes on; after that it costs nothing.
func (s *Service) Seat(ctx context.Context, t *tenancy.Tenant, user id.ID, module string) {
	if m, ok := s.known[module]; !ok || m.Always || !t.On(module) || t.State != tenancy.Active {
		return
	}
	now := s.db.Now()
	k := seatKey{t.ID, user, module, clock.DateOf(now, t.Zone)}
	if s.tap.knows(k) {
		return
	}
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into tenon.usage_seat values ($1, $2, $3, $4, $5) on conflict do nothing",
			t.ID.String(), k.day.String(), module, user.String(), now)
		return err
	})
	if err != nil { // the next request of the day notes it
		s.log.WarnContext(ctx, "a seat was not noted", "tenant", t.ID.String(), "error", err)
		return
	}
	s.tap.remember(k)
}

func (p *tap) knows(k seatKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seats[k]
}

// remember keeps a seat; a later day than all before lets go of those that are over.
func (p *tap) remember(k seatKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.day.After(p.day) {
		for old := range p.seats {
			if old.day.Before(p.day) {
				delete(p.seats, old)
			}
		}
		p.day = k.day
	}
	p.seats[k] = true
}

// Flush writes what was counted since the last time, all tenants with one statement. Each row is this process's total of its hour, so that a flush
// whose answer was lost may be done again.
func (s *Service) Flush(ctx context.Context) error {
	keys, totals := s.tap.take()
	if len(keys) == 0 {
		return nil
	}
	tenants, meters, hours := make([]string, len(keys)), make([]string, len(keys)), make([]time.Time, len(keys))
	for i, k := range keys {
		tenants[i], meters[i], hours[i] = k.tenant.String(), k.meter, k.hour
	}
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into tenon.usage_count (tenant_id, meter, hour, source, quantity)
			select t::uuid, m, h, $5::uuid, q from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[]) u(t, m, h, q)
			on conflict (tenant_id, meter, hour, source) do update set quantity = greatest(tenon.usage_count.quantity, excluded.quantity)`,
			tenants, meters, hours, totals, s.self.String())
		return err
	})
	if err != nil {
		s.tap.again(keys)
		return err
	}
	s.tap.forget(s.db.Now())
	return nil
}

func (p *tap) take() (keys []countKey, totals []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k := range p.dirty {
		keys, totals = append(keys, k), append(totals, p.counts[k])
	}
	clear(p.dirty)
	return keys, totals
}

func (p *tap) again(keys []countKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range keys {
		p.dirty[k] = true
	}
}

// forget lets go of hours that are over and written. An hour that a clock turns back to within a day goes on where it was.
func (p *tap) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k := range p.counts {
		if !p.dirty[k] && now.Sub(k.hour) > 26*time.Hour {
			delete(p.counts, k)
		}
	}
}
