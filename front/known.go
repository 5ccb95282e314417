package front

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	askWithin = 5 * time.Second
	knownFor  = 10 * time.Minute // where a login is
	noneFor   = 5 * time.Second  // that a login is nowhere
	mostKnown = 50_000
)

// known remembers where logins were given out.
type known struct {
	mu   sync.Mutex
	list map[[sha256.Size]byte]place
}

type place struct {
	cell  *cell // nil: nowhere
	until time.Time
}

func newKnown() *known { return &known{list: map[[sha256.Size]byte]place{}} }

func (k *known) get(mark [sha256.Size]byte) (place, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.list[mark]
	return p, ok && time.Now().Before(p.until)
}

func (k *known) put(mark [sha256.Size]byte, c *cell) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.list) >= mostKnown {
		clear(k.list)
	}
	life := knownFor
	if c == nil {
		life = noneFor
	}
	k.list[mark] = place{c, time.Now().Add(life)}
}

// holder finds the cell that gave out a session's cookie or a token, asking first the one that the browser names; nil when none did. An error tells that it
// can't be known because a cell is away: nobody is thrown out for that.
func (f *Front) holder(ctx context.Context, secret string, said *cell) (*cell, error) {
	mark := sha256.Sum256([]byte(secret))
	if p, ok := f.known.get(mark); ok {
		return p.cell, nil
	}
	holds := func(ctx context.Context, c *cell) (bool, error) { return c.roster.Holds(ctx, secret) }
	if said != nil {
		asking, cancel := context.WithTimeout(ctx, askWithin)
		defer cancel()
		if yes, err := holds(asking, said); err == nil && yes {
			f.known.put(mark, said)
			return said, nil
		}
	}
	found, err := f.ask(ctx, holds)
	switch {
	case len(found) > 0:
		f.known.put(mark, found[0])
		return found[0], nil
	case err != nil:
		return nil, err
	}
	f.known.put(mark, nil)
	return nil, nil
}
