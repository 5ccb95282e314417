// Package relay carries events: to the reactions of switched-on modules at once, and to calls of the world as jobs after the commit.
package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net"
	"net/netip"
	"sync"

	"github.com/riverqueue/river"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/faultpoint"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// queues is how many River queues the tenants are spread over, so that a large one does not make the others wait.
const queues = 16

type reaction struct {
	module string
	always bool
	run    modules.Reaction
}

type call struct {
	module string
	always bool
	key    string // module/type/n: which call a job is for
	run    modules.Call
}

// Relay knows who reacts to what.
type Relay struct {
	Meter *Meter // nil: nothing is measured

	reactions map[string][]reaction
	calls     map[string][]call
	byKey     map[string]call
	daily     map[string]daily // by module/name
	periodic  map[string]periodic
	jobs      Jobs
	who       Who
	errands   map[string]Errand
	sweep     func(ctx context.Context) error
	letters   func(ctx context.Context, l LetterArgs) error
	guard     *Guard
	hooks     sync.Mutex
	known     map[id.ID]listeners
	pace      pace
}

// New gathers the reactions and calls of all modules, in the order of the list.
func New(list []modules.Module) *Relay {
	r := &Relay{guard: NewGuard(), known: map[id.ID]listeners{}, reactions: map[string][]reaction{}, calls: map[string][]call{}, byKey: map[string]call{}, daily: map[string]daily{}}
	for _, m := range list {
		for _, x := range m.Reactions {
			r.reactions[x.Type] = append(r.reactions[x.Type], reaction{m.Name, m.Always, x})
		}
		for _, x := range m.Daily {
			r.daily[m.Name+"/"+x.Name] = daily{m.Name, m.Always, x}
		}
		for i, x := range m.Calls {
			c := call{m.Name, m.Always, fmt.Sprintf("%s/%s/%d", m.Name, x.Type, i), x}
			r.calls[x.Type] = append(r.calls[x.Type], c)
			r.byKey[c.key] = c
		}
	}
	return r
}

// Allow lets calls reach some internal networks.
func (r *Relay) Allow(inside ...netip.Prefix) { r.guard = NewGuard(inside...) }

// Dial connects to an address that a tenant named, unless it leads inside.
func (r *Relay) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return r.guard.Dial(ctx, network, address)
}

// Carry runs what switched-on modules do in reaction, each as itself on behalf of the person.
func (r *Relay) Carry(ctx context.Context, tx *tenancy.Tx, event modules.Event) error {
	name, _, _ := event.Event()
	for _, x := range r.reactions[name] {
		if !x.always && !tx.Tenant.On(x.module) {
			continue
		}
		faultpoint.Pass(ctx, "before", x.module, name)
		if err := x.run.Run(ctx, tx.As(x.module), event); err != nil {
			return err
		}
		faultpoint.Pass(ctx, "after", x.module, name)
	}
	return nil
}

// CallArgs is the job that makes one call for one event.
type CallArgs struct {
	Tenant  string          `json:"tenant"`
	Call    string          `json:"call"`
	Event   string          `json:"event"` // the event's id; with Call it is the key that stays the same over retries
	Payload json.RawMessage `json:"payload"`
}

// Kind names the job for River.
func (CallArgs) Kind() string { return "tenon.call" }

// Jobs inserts jobs in the transaction of a unit of work.
type Jobs interface {
	Insert(ctx context.Context, tx *tenancy.Tx, jobs []river.InsertManyParams) error
	InsertOne(ctx context.Context, tx *tenancy.Tx, args river.JobArgs, opts river.InsertOpts) (int64, error)
}

// Queue inserts one job for each call that a told event asks for: one statement for all.
func (r *Relay) Queue(ctx context.Context, tx *tenancy.Tx, told []record.Told) error {
	var jobs []river.InsertManyParams
	for _, t := range told {
		name, _, _ := t.Event.Event()
		for _, c := range r.calls[name] {
			if !c.always && !tx.Tenant.On(c.module) {
				continue
			}
			payload, err := json.Marshal(t.Event)
			if err != nil {
				return fmt.Errorf("event %s as a job: %w", name, err)
			}
			jobs = append(jobs, river.InsertManyParams{
				Args:       CallArgs{tx.Tenant.ID.String(), c.key, t.ID.String(), payload},
				InsertOpts: &river.InsertOpts{Queue: QueueOf(tx.Tenant), MaxAttempts: 12, Priority: r.pace.priority(tx.Tenant.ID)},
			})
		}
	}
	if r.jobs == nil {
		return nil
	}
	more, err := r.hookJobs(ctx, tx, told)
	if jobs = append(jobs, more...); err != nil || len(jobs) == 0 {
		return err
	}
	return r.jobs.Insert(ctx, tx, jobs)
}

// QueueOf returns the queue that a tenant's jobs wait in.
func QueueOf(t *tenancy.Tenant) string {
	h := fnv.New32a()
	h.Write(t.ID[:])
	return fmt.Sprintf("t%02d", h.Sum32()%queues)
}
