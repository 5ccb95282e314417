package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	taskWithin   = 30 * time.Minute
	taskAttempts = 5
	tellEvery    = 400 * time.Millisecond
)

// TaskArgs is the job that does what a person started.
type TaskArgs struct {
	Tenant string `json:"tenant"`
	What   string `json:"what"` // "import"
	Actor  string `json:"actor"`
	Task   string `json:"task"`
}

// Kind names the job for River.
func (TaskArgs) Kind() string { return "tenon.task" }

// Errand does one kind of task.
type Errand func(ctx context.Context, run *Run) error

// Run is a task that goes on.
type Run struct {
	Tenant *tenancy.Tenant
	Actor  tenancy.Actor // the person who started it, with the rights that they have now
	Task   id.ID
	Job    int64
	Tell   func(done, total int)
}

// Who makes the actor for a person on whose behalf something goes on.
type Who func(ctx context.Context, tx *tenancy.Tx, user id.ID) (tenancy.Actor, error)

// Tasks plugs in how tasks are done.
func (r *Relay) Tasks(who Who, errands map[string]Errand) { r.who, r.errands = who, errands }

// Begin inserts the job of a task in the transaction of a unit of work and returns its number.
func (r *Relay) Begin(ctx context.Context, tx *tenancy.Tx, what string, task id.ID) (int64, error) {
	return r.BeginAt(ctx, tx, what, task, time.Time{})
}

// BeginAt is Begin for later; a zero time is now.
func (r *Relay) BeginAt(ctx context.Context, tx *tenancy.Tx, what string, task id.ID, at time.Time) (int64, error) {
	args := TaskArgs{tx.Tenant.ID.String(), what, tx.Actor.ID.String(), task.String()}
	return r.jobs.InsertOne(ctx, tx, args, river.InsertOpts{Queue: QueueOf(tx.Tenant), MaxAttempts: taskAttempts, ScheduledAt: at})
}

// tasker does tasks in the same slots as calls.
type tasker struct {
	river.WorkerDefaults[TaskArgs]
	worker *worker
	desk   *Desk
	live   *Live
}

// Timeout gives a task longer than a call.
func (t *tasker) Timeout(*river.Job[TaskArgs]) time.Duration { return taskWithin }

// Work does one task. The task itself knows whether it was done already.
func (t *tasker) Work(ctx context.Context, job *river.Job[TaskArgs]) error {
	_, leave, err := t.worker.enter(ctx, job.Args.Tenant)
	if err != nil {
		return err
	}
	defer leave()
	r := t.worker.relay
	errand := r.errands[job.Args.What]
	if errand == nil {
		return river.JobCancel(fmt.Errorf("nothing does the task %s", job.Args.What))
	}
	run, err := t.prepare(ctx, job)
	if fault.Is(err, fault.NotFound) { // the company or the person is gone
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	if run.Tenant.State != tenancy.Active {
		return river.JobSnooze(time.Hour)
	}
	defer t.live.Moved(run.Tenant.ID, job.ID)
	defer t.desk.beat(ctx, job.ID)()
	return errand(ctx, run)
}

func (t *tasker) prepare(ctx context.Context, job *river.Job[TaskArgs]) (*Run, error) {
	var keys [3]id.ID
	for i, text := range []string{job.Args.Tenant, job.Args.Actor, job.Args.Task} {
		var err error
		if keys[i], err = id.Parse(text); err != nil {
			return nil, river.JobCancel(fmt.Errorf("a task without a tenant or a person: %w", err))
		}
	}
	e := t.worker.engine
	tenant, err := e.DB().Tenant(ctx, keys[0])
	if err != nil {
		return nil, err
	}
	run := &Run{Tenant: tenant, Task: keys[2], Job: job.ID, Tell: t.teller(ctx, tenant.ID, job.ID)}
	err = e.Do(ctx, tenant, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
		run.Actor, err = t.worker.relay.who(ctx, tx, keys[1])
		return err
	}, tenancy.ReadOnly())
	return run, err
}

// teller writes down how far a task is, now and then.
func (t *tasker) teller(ctx context.Context, tenant id.ID, job int64) func(done, total int) {
	var mu sync.Mutex
	var last time.Time
	return func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if done < total && now.Sub(last) < tellEvery {
			return
		}
		last = now
		if err := t.desk.progress(ctx, job, done, total); err == nil {
			t.live.Moved(tenant, job)
		}
	}
}

// progress keeps how far a task is with its job.
func (d *Desk) progress(ctx context.Context, job int64, done, total int) error {
	raw, err := json.Marshal(map[string]int{"done": done, "total": total})
	if err != nil {
		return err
	}
	_, err = d.pool.Exec(ctx, "UPDATE "+Schema+".river_job SET metadata = metadata || $2::jsonb WHERE id = $1", job, string(raw))
	return err
}

// Once runs a task's work in one unit of work with its end written in it: done again, it finds that it was done. A refusal is an end too.
func Once(ctx context.Context, e *record.Engine, run *Run, within time.Duration, work func(ctx context.Context, tx *tenancy.Tx, t *record.Task) (any, error), refused func(f *fault.Fault) any) error {
	err := e.Do(ctx, run.Tenant, run.Actor, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := record.TaskOf(ctx, tx, run.Task, true)
		if err != nil || t.State != record.TaskWaiting {
			return err
		}
		outcome, err := work(ctx, tx, t)
		if err != nil {
			return err
		}
		return record.EndTask(ctx, tx, run.Task, record.TaskDone, outcome)
	}, tenancy.Within(within))
	f := fault.As(err)
	if f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	return e.Do(ctx, run.Tenant, run.Actor, func(ctx context.Context, tx *tenancy.Tx) error {
		return record.EndTask(ctx, tx, run.Task, record.TaskFailed, refused(f))
	})
}
