package relay

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// tickEvery is how often it is looked whether a new day has begun somewhere.
const tickEvery = 15 * time.Minute

// daily is what one module does every day.
type daily struct {
	module string
	always bool
	run    modules.Daily
}

// TickArgs is the job that looks for tenants whose day has begun.
type TickArgs struct{}

// Kind names the job for River.
func (TickArgs) Kind() string { return "tenon.tick" }

// DailyArgs is what one module does in one tenant on one day. River keeps it unique by these.
type DailyArgs struct {
	Tenant string `json:"tenant"`
	Call   string `json:"call"` // module/name
	Day    string `json:"day"`  // the tenant's date
}

// Kind names the job for River.
func (DailyArgs) Kind() string { return "tenon.daily" }

// ticker inserts the day's jobs of all tenants; those that are there already stay one.
type ticker struct {
	river.WorkerDefaults[TickArgs]
	relay  *Relay
	engine *record.Engine
}

// Work makes one job for each tenant and thing to do.
func (w *ticker) Work(ctx context.Context, _ *river.Job[TickArgs]) error {
	if err := w.engine.DB().Sweep(ctx); err != nil {
		return err
	}
	if w.relay.sweep != nil {
		if err := w.relay.sweep(ctx); err != nil {
			return err
		}
	}
	tenants, err := w.engine.DB().List(ctx)
	if err != nil {
		return err
	}
	client := river.ClientFromContext[pgx.Tx](ctx)
	var jobs []river.InsertManyParams
	for _, t := range tenants {
		if t.State != "active" {
			continue
		}
		day := clock.DateOf(time.Now(), t.Zone).String()
		for key, d := range w.relay.daily {
			if d.always || t.On(d.module) {
				jobs = append(jobs, river.InsertManyParams{
					Args:       DailyArgs{t.ID.String(), key, day},
					InsertOpts: &river.InsertOpts{Queue: QueueOf(t), MaxAttempts: 6, UniqueOpts: river.UniqueOpts{ByArgs: true}},
				})
			}
		}
	}
	for from := 0; from < len(jobs); from += manyJobs {
		if _, err := client.InsertMany(ctx, jobs[from:min(from+manyJobs, len(jobs))]); err != nil {
			return fmt.Errorf("insert the day's jobs: %w", err)
		}
	}
	return nil
}

// manyJobs is how many jobs one statement inserts.
const manyJobs = 500

// dayWorker does one module's daily work in one tenant.
type dayWorker struct {
	river.WorkerDefaults[DailyArgs]
	worker *worker
}

// Work runs it in the tenant, unless the module is off by now.
func (w *dayWorker) Work(ctx context.Context, job *river.Job[DailyArgs]) error {
	key, leave, err := w.worker.enter(ctx, job.Args.Tenant)
	if err != nil {
		return err
	}
	defer leave()
	tenant, err := w.worker.engine.DB().Tenant(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	return w.worker.relay.Daily(ctx, w.worker.engine, tenant, job.Args.Call)
}

// Daily does one thing that is due every day in a tenant now. What no module does any more, or a module that is off, does nothing.
func (r *Relay) Daily(ctx context.Context, e *record.Engine, t *tenancy.Tenant, key string) error {
	d, ok := r.daily[key]
	if !ok || t.State != "active" || !d.always && !t.On(d.module) {
		return nil
	}
	return e.Do(ctx, t, tenancy.Actor{Name: d.module, Module: d.module, Locale: t.Locale}, d.run.Run)
}
