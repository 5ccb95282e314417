package relay

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// periodic is what the installation does by itself every so often, for no tenant in particular.
type periodic struct {
	every time.Duration
	run   func(ctx context.Context) error
}

// Every plugs in what is to be done every so often, by one process at a time. It must be good to be done late, twice, or again after a failure.
func (r *Relay) Every(name string, every time.Duration, run func(ctx context.Context) error) {
	if r.periodic == nil {
		r.periodic = map[string]periodic{}
	}
	r.periodic[name] = periodic{every, run}
}

// PeriodicArgs is the job that does one such thing.
type PeriodicArgs struct {
	Name string `json:"name"`
}

// Kind names the job for River.
func (PeriodicArgs) Kind() string { return "tenon.periodic" }

// clockwork does what is due.
type clockwork struct {
	river.WorkerDefaults[PeriodicArgs]
	relay *Relay
}

// Timeout gives it time for all tenants.
func (w *clockwork) Timeout(*river.Job[PeriodicArgs]) time.Duration { return taskWithin }

// Work does it. What this program does not know any more is done.
func (w *clockwork) Work(ctx context.Context, job *river.Job[PeriodicArgs]) error {
	p, ok := w.relay.periodic[job.Args.Name]
	if !ok {
		return nil
	}
	return p.run(ctx)
}

// schedule lists what River is to insert; one that still waits or runs is not inserted again.
func (r *Relay) schedule() []*river.PeriodicJob {
	var out []*river.PeriodicJob
	for name, p := range r.periodic {
		out = append(out, river.NewPeriodicJob(river.PeriodicInterval(p.every), func() (river.JobArgs, *river.InsertOpts) {
			return PeriodicArgs{name}, &river.InsertOpts{Queue: "t00", MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: p.every}}
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	return out
}
