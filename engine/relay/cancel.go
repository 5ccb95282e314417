package relay

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Cancel calls a job of a tenant off: one that waits is not begun any more; one that runs is told to stop, and what it did in its unit of work goes back.
// It returns not_found, or conflict when the job has ended.
func (d *Desk) Cancel(ctx context.Context, tenant id.ID, job int64) error {
	j, err := d.Get(ctx, tenant, job)
	if err != nil {
		return err
	}
	switch j.State {
	case "completed", "cancelled", Parked:
		return ended()
	}
	client, err := river.NewClient(riverpgxv5.New(d.pool), &river.Config{Schema: Schema})
	if err != nil {
		return err
	}
	_, err = client.JobCancel(ctx, job)
	return err
}

func ended() error {
	return fault.New(fault.Conflict, "job.state", "任务已经结束", "The job has ended")
}

// orphaned is a job that somebody is said to do.
type orphaned struct {
	ID           int64
	Attempt      int
	Tenant, Task string
}

// Orphans gives tasks of these kinds back to the queue when whoever did them is gone: a process that was killed leaves its job as running, but
// PostgreSQL has let go of its lock on the task, and taken back all that it did. The kinds are those that Once does.
func (d *Desk) Orphans(ctx context.Context, e *record.Engine, kinds ...string) error {
	rows, err := d.pool.Query(ctx, "SELECT id, attempt, args->>'tenant', args->>'task' FROM "+Schema+`.river_job WHERE kind = $1 AND state = 'running'
		AND args->>'what' = ANY($2) AND attempted_at < now() - interval '30 seconds'`, TaskArgs{}.Kind(), kinds)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[orphaned])
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := d.adopt(ctx, e, o); err != nil && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("job %d: %w", o.ID, err)
		}
	}
	return nil
}

func (d *Desk) adopt(ctx context.Context, e *record.Engine, o orphaned) error {
	tenant, err := id.Parse(o.Tenant)
	if err != nil {
		return err
	}
	task, err := id.Parse(o.Task)
	if err != nil {
		return err
	}
	t, err := e.DB().Tenant(ctx, tenant)
	if err != nil {
		return err
	}
	idle := false
	err = e.Do(ctx, t, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
		idle, err = record.TaskIdle(ctx, tx, task)
		return err
	})
	if err != nil || !idle {
		return err
	}
	_, err = d.pool.Exec(ctx, "UPDATE "+Schema+".river_job SET state = 'available', scheduled_at = now() WHERE id = $1 AND attempt = $2 AND state = 'running'", o.ID, o.Attempt)
	return err
}
