package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tenon-hq/tenon/tenancy"
)

// LetterArgs is the job that writes and sends one of the platform's own mails: to prove an address, to invite, to set a new password. It holds no
// address and no secret: what About names is looked up, and the secret is made, when the mail is written.
type LetterArgs struct {
	Tenant string `json:"tenant,omitempty"` // none: it is a person's affair
	What   string `json:"what"`             // "verify", "reset", "invite"
	About  string `json:"about"`            // an id
}

// Kind names the job for River.
func (LetterArgs) Kind() string { return letterKind }

const (
	letterKind  = "tenon.letter"
	letterQueue = "letters"
)

func letterOptions() river.InsertOpts { return river.InsertOpts{Queue: letterQueue, MaxAttempts: 8} }

// Letters plugs in who writes the platform's mails, and who forgets now and then what has expired.
func (r *Relay) Letters(write func(ctx context.Context, l LetterArgs) error, sweep func(ctx context.Context) error) {
	r.letters, r.sweep = write, sweep
}

// Letter inserts a mail's job in the transaction of a unit of work.
func (r *Relay) Letter(ctx context.Context, tx *tenancy.Tx, what, about string) error {
	_, err := r.jobs.InsertOne(ctx, tx, LetterArgs{tx.Tenant.ID.String(), what, about}, letterOptions())
	return err
}

// Letter inserts the job of a mail that belongs to no company.
func (d *Desk) Letter(ctx context.Context, what, about string) error {
	client, err := river.NewClient(riverpgxv5.New(d.pool), &river.Config{Schema: Schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("job client: %w", err)
	}
	opts := letterOptions()
	if _, err = client.Insert(ctx, LetterArgs{What: what, About: about}, &opts); err != nil {
		return fmt.Errorf("insert a letter: %w", err)
	}
	return nil
}

// writer writes and sends the platform's mails.
type writer struct {
	river.WorkerDefaults[LetterArgs]
	relay *Relay
}

// Work writes one mail.
func (w *writer) Work(ctx context.Context, job *river.Job[LetterArgs]) error {
	if w.relay.letters == nil {
		return river.JobCancel(errors.New("nobody writes letters here"))
	}
	return w.relay.letters(ctx, job.Args)
}

// NextRetry waits 2, 4, 8 … seconds, at most ten minutes: who waits for a code does not wait longer.
func (w *writer) NextRetry(job *river.Job[LetterArgs]) time.Time {
	return job.AttemptedAt.Add(min(time.Second<<min(job.Attempt, 10), 10*time.Minute))
}
