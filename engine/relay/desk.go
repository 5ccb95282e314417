package relay

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/seeded"
)

// Parked is the state of a job that failed for the last time and waits for a person.
const Parked = "parked"

// JobState is one job as its tenant or an operator sees it.
type JobState struct {
	ID                   int64
	Tenant, Call, State  string
	Attempt, MaxAttempts int
	Error                string
	Created, Next        time.Time
	Started, Finished    *time.Time
	Actor                id.ID // the person who started it; none for calls
	Task                 id.ID // what they started; none for calls
	Done, Total          int   // steps of a task that goes on
}

// Desk shows jobs and gives failed ones another chance.
type Desk struct{ pool *pgxpool.Pool }

// NewDesk works on a pool of an owner of the job tables.
func NewDesk(pool *pgxpool.Pool) *Desk { return &Desk{pool} }

const jobColumns = `SELECT id, coalesce(args->>'tenant', ''), coalesce(args->>'call', args->>'what', kind), CASE state::text WHEN 'discarded' THEN 'parked' ELSE state::text END,
	attempt, max_attempts, coalesce(errors[array_upper(errors, 1)]->>'error', ''), created_at, scheduled_at, attempted_at, finalized_at,
	coalesce(args->>'actor', ''), coalesce(args->>'task', ''), coalesce((metadata->>'done')::int, 0), coalesce((metadata->>'total')::int, 0) FROM ` + Schema + `.river_job `

// List returns jobs, newest first: of one tenant (none: of all) and one person (none: of all), in one state (empty: in any), with ids below before (0:
// from the newest).
func (d *Desk) List(ctx context.Context, tenant, actor id.ID, state string, before int64, limit int) ([]JobState, error) {
	if seeded.ForgottenTenant {
		tenant = id.ID{}
	}
	if state == Parked {
		state = "discarded"
	}
	rows, err := d.pool.Query(ctx, jobColumns+`WHERE ($1 = '' OR args->>'tenant' = $1) AND ($2 = '' OR state::text = $2) AND ($3 = 0 OR id < $3)
		AND ($5 = '' OR args->>'actor' = $5) ORDER BY id DESC LIMIT $4`, textOf(tenant), state, before, limit, textOf(actor))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanJob)
}

// Strays returns jobs that wait or run for none of the given tenants, though they are no work of the installation itself. One of a tenant that is gone
// ends when its turn comes, so it gets ten minutes.
func (d *Desk) Strays(ctx context.Context, tenants []string, limit int) ([]JobState, error) {
	own := []string{letterKind, PeriodicArgs{}.Kind(), TickArgs{}.Kind()}
	rows, err := d.pool.Query(ctx, jobColumns+`WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND (args->>'tenant' IS NULL AND NOT kind = ANY($3)
		OR NOT args->>'tenant' = ANY($1) AND scheduled_at < now() - interval '10 minutes')
		ORDER BY id LIMIT $2`, tenants, limit, own)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanJob)
}

func textOf(k id.ID) string {
	if k.IsZero() {
		return ""
	}
	return k.String()
}

func scanJob(row pgx.CollectableRow) (j JobState, err error) {
	var actor, task string
	err = row.Scan(&j.ID, &j.Tenant, &j.Call, &j.State, &j.Attempt, &j.MaxAttempts, &j.Error, &j.Created, &j.Next, &j.Started, &j.Finished, &actor, &task, &j.Done, &j.Total)
	if err == nil {
		err = errors.Join(j.Actor.UnmarshalText([]byte(actor)), j.Task.UnmarshalText([]byte(task)))
	}
	return j, err
}

// Get returns one job of a tenant; not_found also for another's.
func (d *Desk) Get(ctx context.Context, tenant id.ID, job int64) (JobState, error) {
	rows, err := d.pool.Query(ctx, jobColumns+"WHERE id = $1 AND args->>'tenant' = $2", job, tenant.String())
	if err != nil {
		return JobState{}, err
	}
	j, err := pgx.CollectExactlyOneRow(rows, scanJob)
	if errors.Is(err, pgx.ErrNoRows) {
		return j, fault.New(fault.NotFound, "job.not_found", "没有此任务", "There is no such job")
	}
	return j, err
}

// Retry lets a job that failed or waits run again now.
func (d *Desk) Retry(ctx context.Context, tenant id.ID, job int64) error {
	tag, err := d.pool.Exec(ctx, "UPDATE "+Schema+`.river_job SET state = 'available', scheduled_at = now(), finalized_at = NULL,
		max_attempts = greatest(max_attempts, attempt + 3) WHERE id = $1 AND args->>'tenant' = $2 AND state IN ('discarded', 'retryable', 'scheduled', 'cancelled')`,
		job, tenant.String())
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "job.state", "任务不存在或不需要重试", "The job does not exist or needs no retry")
	}
	return err
}
