package relay

import (
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
)

// Who asks for many jobs in a minute comes after who asks for few, and is first again when the minute is over.
func TestPace(t *testing.T) {
	var p pace
	noisy, quiet := id.ID{1}, id.ID{2}
	last := 0
	for range 6000 {
		last = p.priority(noisy)
	}
	if got := p.priority(quiet); last != 4 || got != 1 {
		t.Errorf("the flood has priority %d, the other %d", last, got)
	}
	p.since = time.Now().Add(-2 * time.Minute)
	if got := p.priority(noisy); got != 1 {
		t.Errorf("after the minute it has %d", got)
	}
}
