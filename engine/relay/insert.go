package relay

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"github.com/tenon-hq/tenon/tenancy"
)

type pgxTx = pgx.Tx

// inserter adds jobs inside a tenant's transaction.
type inserter struct{ client *river.Client[*sql.Tx] }

// Insert writes all jobs with one statement, as the login role: the tenant's role has no right on the job table.
func (i inserter) Insert(ctx context.Context, tx *tenancy.Tx, jobs []river.InsertManyParams) error {
	return tx.AsLogin(ctx, func(ctx context.Context) error {
		if _, err := i.client.InsertManyFastTx(ctx, tx.Tx.Tx, jobs); err != nil {
			return fmt.Errorf("insert jobs: %w", err)
		}
		return nil
	})
}

// InsertOne writes one job and returns its number.
func (i inserter) InsertOne(ctx context.Context, tx *tenancy.Tx, args river.JobArgs, opts river.InsertOpts) (job int64, err error) {
	err = tx.AsLogin(ctx, func(ctx context.Context) error {
		res, err := i.client.InsertTx(ctx, tx.Tx.Tx, args, &opts)
		if err != nil {
			return fmt.Errorf("insert a job: %w", err)
		}
		job = res.Job.ID
		return nil
	})
	return job, err
}

// Connect lets the relay insert jobs.
func (r *Relay) Connect() error {
	client, err := river.NewClient(riverdatabasesql.New(nil), &river.Config{Schema: Schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("job client: %w", err)
	}
	r.jobs = inserter{client}
	return nil
}
