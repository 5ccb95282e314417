package relay

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Schema is where River keeps its tables, one for all tenants of a database.
const Schema = "river"

// atOnce is how many jobs run at the same time in one process, over all queues.
const atOnce = 16

// Migrate creates or updates River's tables as the owner of their schema.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: Schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("job tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("job tables: %w", err)
	}
	return nil
}

// worker runs calls; a gate over all queues keeps every slot busy and lets tenants take turns.
type worker struct {
	river.WorkerDefaults[CallArgs]
	relay  *Relay
	engine *record.Engine
	slots  *tenancy.Gate
}

// enter takes a slot for a job of a tenant.
func (w *worker) enter(ctx context.Context, tenant string) (key id.ID, leave func(), err error) {
	if key, err = id.Parse(tenant); err != nil {
		return key, nil, river.JobCancel(fmt.Errorf("a job without a tenant: %w", err))
	}
	leave, err = w.slots.Enter(ctx, key)
	return key, leave, err
}

// Work makes one call. A tenant that is not active now waits; a call whose module is off is done.
func (w *worker) Work(ctx context.Context, job *river.Job[CallArgs]) error {
	key, leave, err := w.enter(ctx, job.Args.Tenant)
	if err != nil {
		return err
	}
	defer leave()
	tenant, err := w.engine.DB().Tenant(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	if tenant.State != "active" {
		return river.JobSnooze(time.Hour)
	}
	c, ok := w.relay.byKey[job.Args.Call]
	if !ok {
		return fmt.Errorf("no module makes the call %s", job.Args.Call)
	}
	if !c.always && !tenant.On(c.module) {
		return nil
	}
	event, err := c.run.Decode(job.Args.Payload)
	if err != nil {
		return river.JobCancel(fmt.Errorf("the event of call %s can't be read: %w", c.key, err))
	}
	do := func(ctx context.Context, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
		return w.engine.Do(ctx, tenant, tenancy.Actor{Name: c.module, Module: c.module, Locale: tenant.Locale}, fn)
	}
	return c.run.Run(ctx, do, job.Args.Event+"/"+c.key, event)
}

// NextRetry waits 2, 4, 8 … seconds, at most an hour.
func (w *worker) NextRetry(job *river.Job[CallArgs]) time.Time {
	wait := min(time.Second<<min(job.Attempt, 12), time.Hour)
	return job.AttemptedAt.Add(wait)
}

// Worker makes a River client that runs jobs. pool must be a direct connection of an owner of the job tables.
func (r *Relay) Worker(pool *pgxpool.Pool, e *record.Engine, live *Live, log *slog.Logger) (*river.Client[pgxTx], error) {
	workers := river.NewWorkers()
	calls := &worker{relay: r, engine: e, slots: tenancy.NewGate(atOnce, atOnce/2)}
	river.AddWorker(workers, calls)
	river.AddWorker(workers, &hooker{worker: calls, client: r.guard.Client()})
	river.AddWorker(workers, &tasker{worker: calls, desk: NewDesk(pool), live: live})
	river.AddWorker(workers, &dayWorker{worker: calls})
	river.AddWorker(workers, &ticker{relay: r, engine: e})
	river.AddWorker(workers, &writer{relay: r})
	river.AddWorker(workers, &clockwork{relay: r})
	qs := map[string]river.QueueConfig{letterQueue: {MaxWorkers: 4}}
	for i := range queues {
		qs[fmt.Sprintf("t%02d", i)] = river.QueueConfig{MaxWorkers: atOnce}
	}
	return river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: Schema, Queues: qs, Workers: workers, Logger: log, Middleware: r.Meter.middleware(), JobTimeout: 2 * time.Minute, RescueStuckJobsAfter: 3 * time.Minute,
		DiscardedJobRetentionPeriod: 90 * 24 * time.Hour, FetchPollInterval: 2 * time.Second,
		PeriodicJobs: append(r.schedule(), river.NewPeriodicJob(river.PeriodicInterval(tickEvery), func() (river.JobArgs, *river.InsertOpts) {
			return TickArgs{}, &river.InsertOpts{Queue: "t00", MaxAttempts: 3}
		}, &river.PeriodicJobOpts{RunOnStart: true})),
	})
}
