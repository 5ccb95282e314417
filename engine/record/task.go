package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a task.
const (
	TaskWaiting   = "waiting"
	TaskDone      = "done"
	TaskFailed    = "failed"    // it was refused; nothing was done
	TaskCancelled = "cancelled" // it was called off; nothing was done
)

// Task is work that a person started and that goes on after the answer.
type Task struct {
	ID      id.ID
	Kind    string
	Actor   id.ID
	State   string
	Input   json.RawMessage
	Outcome json.RawMessage

	Progress json.RawMessage // how far it is, as KeepProgress wrote it; null: nobody did
}

// taskPieces is the name under which a task's file is sealed.
const taskPieces = "task"

// NewTask keeps what is to be done, with the file that it works on (nil: none), until it is done.
func NewTask(ctx context.Context, tx *tenancy.Tx, kind string, input any, content io.Reader) (id.ID, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return id.ID{}, err
	}
	key := tx.NewID()
	_, err = tx.Tx.Tx.ExecContext(ctx, `INSERT INTO task (id, kind, actor_id, input, at) VALUES ($1::text::uuid, $2::text, $3::text::uuid, $4::text::jsonb, $5::text::timestamptz)`,
		key.String(), kind, tx.Actor.ID.String(), string(raw), *stamp(tx.Now))
	if err != nil || content == nil {
		return key, databaseFault(err, nil)
	}
	return key, current(tx).storePieces(ctx, tx, taskPieces, key, content)
}

// TaskOf returns a task; lock keeps others from doing it at the same time.
func TaskOf(ctx context.Context, tx *tenancy.Tx, key id.ID, lock bool) (*Task, error) {
	t := &Task{ID: key}
	stmt := `SELECT kind, actor_id::text, state, input::text, coalesce(outcome::text, 'null'), coalesce(progress::text, 'null') FROM task WHERE id = $1::text::uuid`
	if lock {
		stmt += " FOR UPDATE"
	}
	var actor, input, outcome, progress string
	err := tx.Tx.Tx.QueryRowContext(ctx, stmt, key.String()).Scan(&t.Kind, &actor, &t.State, &input, &outcome, &progress)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "task.not_found", "没有此任务", "There is no such task")
	}
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	t.Input, t.Outcome, t.Progress = json.RawMessage(input), json.RawMessage(outcome), json.RawMessage(progress)
	return t, t.Actor.UnmarshalText([]byte(actor))
}

// TaskIdle tells that nobody is doing a task at the moment, whether it was done or not.
func TaskIdle(ctx context.Context, tx *tenancy.Tx, key id.ID) (bool, error) {
	var one int
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT 1 FROM task WHERE id = $1::text::uuid FOR UPDATE SKIP LOCKED", key.String()).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, databaseFault(err, nil)
}

// CancelTask writes down that a task was called off. It waits for who is doing it, who must have been told; conflict says that it had ended already.
func CancelTask(ctx context.Context, tx *tenancy.Tx, key id.ID) error {
	t, err := TaskOf(ctx, tx, key, true)
	if err != nil {
		return err
	}
	if t.State != TaskWaiting {
		return fault.New(fault.Conflict, "job.state", "任务已经结束", "The job has ended")
	}
	return EndTask(ctx, tx, key, TaskCancelled, map[string]string{"reason": "job.cancelled"})
}

// TaskContent writes the file of a task.
func TaskContent(ctx context.Context, tx *tenancy.Tx, key id.ID, into io.Writer) error {
	return current(tx).readPieces(ctx, tx, taskPieces, key, into)
}

// EndTask says how a task ended and lets its file go.
func EndTask(ctx context.Context, tx *tenancy.Tx, key id.ID, state string, outcome any) error {
	raw, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	_, err = tx.Tx.Tx.ExecContext(ctx, `UPDATE task SET state = $2::text, outcome = $3::text::jsonb, ended_at = $4::text::timestamptz WHERE id = $1::text::uuid`,
		key.String(), state, string(raw), *stamp(tx.Now))
	if err != nil {
		return databaseFault(err, nil)
	}
	return dropPieces(ctx, tx, []id.ID{key})
}

// Try does work within a unit of work and takes all of it back, whatever it returns.
func Try(ctx context.Context, tx *tenancy.Tx, work func(ctx context.Context, tx *tenancy.Tx) error) error {
	return within(ctx, tx, work, true)
}

// Attempt does a part of a unit of work and takes that part back when it fails, so that the rest can be tried too.
func Attempt(ctx context.Context, tx *tenancy.Tx, work func(ctx context.Context, tx *tenancy.Tx) error) error {
	return within(ctx, tx, work, false)
}

func within(ctx context.Context, tx *tenancy.Tx, work func(ctx context.Context, tx *tenancy.Tx) error, always bool) error {
	if _, err := tx.Tx.Tx.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	s := current(tx)
	audit, nodes, parked := len(s.audit), len(s.nodes), len(s.parked)
	err := work(ctx, tx)
	if err == nil && !always {
		_, err = tx.Tx.Tx.ExecContext(ctx, "RELEASE SAVEPOINT part")
		return err
	}
	s.audit, s.nodes, s.parked = s.audit[:audit], s.nodes[:nodes], s.parked[:parked]
	if _, back := tx.Tx.Tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT part"); back != nil {
		return errors.Join(err, back)
	}
	if _, gone := tx.Tx.Tx.ExecContext(ctx, "RELEASE SAVEPOINT part"); gone != nil { // or a part around this one would go back here
		return errors.Join(err, gone)
	}
	return err
}
