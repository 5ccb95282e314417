package relay

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

const (
	liveChannel = "tenon_live"
	liveEvery   = 100 * time.Millisecond // changes of that time are told together: a commit waits for nobody
	liveMoments = 200                    // that a watch may be behind before it is told to look at everything anew
	livePayload = 7500                   // bytes; PostgreSQL takes 8000
	perUser     = 20                     // streams
	perTenant   = 2000
)

// Live tells watchers in all processes that a tenant's records changed. It carries when, never what: each watcher asks for that with the rights of
// its reader.
type Live struct {
	pool *pgxpool.Pool
	log  *slog.Logger

	mu      sync.Mutex
	untold  map[id.ID][]string // moments in microseconds and numbers of jobs (j1), to be told to all processes
	watches map[id.ID]map[*Watch]bool
	closed  bool
}

// NewLive tells and hears over a pool of direct connections.
func NewLive(pool *pgxpool.Pool, log *slog.Logger) *Live {
	return &Live{pool: pool, log: log, untold: map[id.ID][]string{}, watches: map[id.ID]map[*Watch]bool{}}
}

// Start tells and hears until the returned function is called.
func (l *Live) Start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var ending sync.WaitGroup
	ending.Go(func() { l.speak(ctx) })
	ending.Go(func() { l.listen(ctx) })
	return func() {
		cancel()
		ending.Wait()
		l.Dismiss()
	}
}

// Changed notes that a unit of work with this timestamp has changed records.
func (l *Live) Changed(tenant id.ID, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.untold[tenant] = append(l.untold[tenant], strconv.FormatInt(at.UnixMicro(), 10))
}

// Moved notes that a job has gone on.
func (l *Live) Moved(tenant id.ID, job int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if mark := jobMark + strconv.FormatInt(job, 10); !slices.Contains(l.untold[tenant], mark) {
		l.untold[tenant] = append(l.untold[tenant], mark)
	}
}

const jobMark = "j"

func (l *Live) speak(ctx context.Context) {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		untold := l.untold
		if len(untold) > 0 {
			l.untold = map[id.ID][]string{}
		}
		l.mu.Unlock()
		if len(untold) == 0 {
			continue
		}
		l.tell(ctx, untold)
	}
}

// tell sends all that is new with one statement.
func (l *Live) tell(ctx context.Context, untold map[id.ID][]string) {
	_, err := l.pool.Exec(ctx, "SELECT pg_notify($1, p) FROM unnest($2::text[]) AS p", liveChannel, payloads(untold))
	if err != nil && ctx.Err() == nil {
		l.log.WarnContext(ctx, "changes could not be told to watchers", "error", err)
	}
}

// payloads writes tenant:moment,moment…, split where a message would be too long.
func payloads(untold map[id.ID][]string) []string {
	var out []string
	for tenant, moments := range untold {
		var b strings.Builder
		for _, m := range moments {
			if b.Len() > livePayload {
				out = append(out, b.String())
				b.Reset()
			}
			if b.Len() == 0 {
				b.WriteString(tenant.String() + ":")
			} else {
				b.WriteByte(',')
			}
			b.WriteString(m)
		}
		out = append(out, b.String())
	}
	return out
}

func (l *Live) listen(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.hear(ctx)
		if ctx.Err() != nil {
			return
		}
		l.log.WarnContext(ctx, "listening for changes was interrupted", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (l *Live) hear(ctx context.Context) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	own := conn.Hijack() // it listens, so nobody else may have it
	defer own.Close(context.WithoutCancel(ctx))
	if _, err := own.Exec(ctx, "LISTEN "+liveChannel); err != nil {
		return err
	}
	l.missed()
	for {
		n, err := own.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		l.deliver(n.Payload)
	}
}

func (l *Live) deliver(payload string) {
	who, what, _ := strings.Cut(payload, ":")
	tenant, err := id.Parse(who)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.watches[tenant] {
		for m := range strings.SplitSeq(what, ",") {
			job, moved := strings.CutPrefix(m, jobMark)
			switch n, err := strconv.ParseInt(job, 10, 64); {
			case err != nil:
			case moved && len(w.jobs) < liveMoments:
				w.jobs[n] = true
			case !moved:
				w.add(n)
			}
		}
		w.wake()
	}
}

// missed tells all watches that something may have happened while nobody listened.
func (l *Live) missed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, set := range l.watches {
		for w := range set {
			w.behind = true
			w.wake()
		}
	}
}

// Dismiss ends all watches: the process stops.
func (l *Live) Dismiss() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, set := range l.watches {
		for w := range set {
			w.end()
		}
	}
}

// Watch is one reader who looks on.
type Watch struct {
	C    chan struct{} // something happened: Take it
	Done chan struct{} // closed when the process stops

	live         *Live
	tenant, user id.ID
	moments      []int64
	jobs         map[int64]bool
	behind       bool
	ended        bool
}

// Watch begins to look on; Close ends it.
func (l *Live) Watch(tenant, user id.ID) (*Watch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	set := l.watches[tenant]
	own := 0
	for w := range set {
		if w.user == user {
			own++
		}
	}
	if own >= perUser || len(set) >= perTenant {
		return nil, fault.New(fault.OverLimit, "events.streams", "打开的事件流过多", "Too many open event streams")
	}
	if l.closed {
		return nil, fault.New(fault.Unavailable, "events.stopping", "系统正在停止", "Tenon is stopping")
	}
	w := &Watch{C: make(chan struct{}, 1), Done: make(chan struct{}), jobs: map[int64]bool{}, live: l, tenant: tenant, user: user}
	if set == nil {
		set = map[*Watch]bool{}
		l.watches[tenant] = set
	}
	set[w] = true
	return w, nil
}

// Take returns the timestamps of units of work since the last time, and the jobs that went on. behind tells that there were more: everything has to be
// looked at anew.
func (w *Watch) Take() (moments []time.Time, jobs []int64, behind bool) {
	w.live.mu.Lock()
	defer w.live.mu.Unlock()
	for _, m := range w.moments {
		moments = append(moments, time.UnixMicro(m).UTC())
	}
	behind, jobs = w.behind, slices.Sorted(maps.Keys(w.jobs))
	w.moments, w.behind = nil, false
	clear(w.jobs)
	return moments, jobs, behind
}

// Close ends the watch.
func (w *Watch) Close() {
	w.live.mu.Lock()
	defer w.live.mu.Unlock()
	delete(w.live.watches[w.tenant], w)
	if len(w.live.watches[w.tenant]) == 0 {
		delete(w.live.watches, w.tenant)
	}
}

func (w *Watch) add(moment int64) {
	if len(w.moments) >= liveMoments {
		w.moments, w.behind = nil, true
	}
	if !w.behind {
		w.moments = append(w.moments, moment)
	}
}

func (w *Watch) wake() {
	select {
	case w.C <- struct{}{}:
	default: // it has not looked yet
	}
}

func (w *Watch) end() {
	if !w.ended {
		w.ended = true
		close(w.Done)
	}
}
