package relay

import (
	"context"
	"time"
)

// A task that works in many short units of work holds no lock by which one could see that its process is gone. It says now and then that it is alive.
const (
	beatEvery = 5 * time.Second
	silent    = "30 seconds" // after which it is not
)

// beat says that a job is being done, until it is stopped.
func (d *Desk) beat(ctx context.Context, job int64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				// one that is not written is followed by another
				_, _ = d.pool.Exec(ctx, "UPDATE "+Schema+".river_job SET metadata = metadata || jsonb_build_object('alive', now()) WHERE id = $1 AND state = 'running'", job)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// Silent gives tasks of these kinds back to the queue that have not said for a while that they are being done: their process was killed. Such a task finds
// out for itself what is left to do, and does no harm when it is done twice at a time.
func (d *Desk) Silent(ctx context.Context, kinds ...string) error {
	_, err := d.pool.Exec(ctx, "UPDATE "+Schema+`.river_job SET state = 'available', scheduled_at = now() WHERE kind = $1 AND state = 'running' AND args->>'what' = ANY($2)
		AND greatest(attempted_at, (metadata->>'alive')::timestamptz) < now() - interval '`+silent+"'", TaskArgs{}.Kind(), kinds)
	return err
}
