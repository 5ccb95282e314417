package httpapi

import (
	"context"
	"encoding/json"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	importBatches = "import_batches" // the task that saves a table piece by piece
	batchRows     = 5000
)

// importProgress is how far an import in batches is. It is written with what it tells of, in one transaction.
type importProgress struct {
	Checked bool `json:"checked"` // the whole table was tried, and nothing was wrong with it
	Next    int  `json:"next"`    // the row with which the next batch begins
	Created int  `json:"created"`
}

// runImportBatches is the task: first the whole table is tried, so that every mistake is told and nothing is saved when there is one; then it is saved
// batch by batch. Killed, it goes on behind the last batch that was saved, and doesn't try the table again.
func (a *API) runImportBatches(ctx context.Context, run *relay.Run) error {
	b := &batches{a: a, run: run}
	for !b.ended {
		err := a.engine.Do(ctx, run.Tenant, run.Actor, b.step, tenancy.Within(importWithin))
		f := fault.As(err)
		switch {
		case err == nil:
		case f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable:
			return err
		default:
			return b.refused(ctx, f)
		}
	}
	return nil
}

// batches is one run of the task.
type batches struct {
	a     *API
	run   *relay.Run
	in    importTask
	table *record.Table // read once in a run
	ended bool
}

// step does what comes next: the trial, or a batch. Two runs at a time do it one after the other, each once.
func (b *batches) step(ctx context.Context, tx *tenancy.Tx) error {
	t, err := record.TaskOf(ctx, tx, b.run.Task, true)
	if err != nil {
		return err
	}
	if b.ended = t.State != record.TaskWaiting; b.ended {
		return nil
	}
	var at importProgress
	if err := json.Unmarshal(t.Input, &b.in); err != nil {
		return err
	}
	if err := json.Unmarshal(t.Progress, &at); err != nil {
		return err
	}
	def := record.Catalog(tx).Entity(b.in.Entity)
	if def == nil {
		return notFound()
	}
	if err := b.a.enabled(tx, b.a.engine.Owner(def.Name)); err != nil {
		return err
	}
	if b.table == nil {
		table, err := b.a.keptTable(ctx, tx, b.run)
		if err != nil {
			return err
		}
		table.Mapping = b.in.Mapping
		b.table = &table
	}
	all := len(b.table.Rows)
	if !at.Checked {
		return b.check(ctx, tx)
	}
	piece, next, err := b.table.Piece(def, at.Next, batchRows)
	if err != nil {
		return err
	}
	keys, err := record.Import(ctx, tx, def, piece)
	if err != nil {
		return err
	}
	b.a.touched(tx, def)
	at.Next, at.Created = next, at.Created+len(keys)
	tx.AfterCommit(func(context.Context) { b.run.Tell(all+next, 2*all) })
	if next < all {
		return record.KeepProgress(ctx, tx, b.run.Task, at)
	}
	b.ended = true
	if err := record.KeepProgress(ctx, tx, b.run.Task, at); err != nil {
		return err
	}
	return record.EndTask(ctx, tx, b.run.Task, record.TaskDone, importOutcome(b.in.Rows, at.Created, false, nil))
}

// check tries the whole table and takes everything back.
func (b *batches) check(ctx context.Context, tx *tenancy.Tx) error {
	table := *b.table
	table.Tell = func(done, total int) { b.run.Tell(done, 2*total) }
	_, mistakes, err := b.a.tryImport(ctx, tx, b.in, table)
	if err != nil {
		return err
	}
	if mistakes == nil {
		return record.KeepProgress(ctx, tx, b.run.Task, importProgress{Checked: true})
	}
	b.ended = true
	out := importOutcome(b.in.Rows, 0, false, mistakes)
	f := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
	out["reason"], out["detail"] = f.Reason, f.Text.In(b.in.Lang)
	return record.EndTask(ctx, tx, b.run.Task, record.TaskFailed, out)
}

// refused ends the task where a batch was refused though the trial was not, because something changed meanwhile: it says how many records are saved.
func (b *batches) refused(ctx context.Context, f *fault.Fault) error {
	return b.a.engine.Do(ctx, b.run.Tenant, b.run.Actor, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := record.TaskOf(ctx, tx, b.run.Task, true)
		if err != nil || t.State != record.TaskWaiting {
			return err
		}
		var at importProgress
		if err := json.Unmarshal(t.Progress, &at); err != nil {
			return err
		}
		out := importOutcome(b.in.Rows, at.Created, false, problemFields(f.Fields, b.in.Lang))
		out["reason"], out["detail"], out["next_row"] = f.Reason, f.Text.In(b.in.Lang), at.Next+2 // as a spreadsheet counts, behind the header
		return record.EndTask(ctx, tx, b.run.Task, record.TaskFailed, out)
	})
}
