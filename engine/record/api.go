// Package record reads, writes and acts on records by their descriptions. It is the one way for all writes: rights, validation, versions, numbers,
// audit, events and jobs happen here and nowhere else.
package record

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Pointer is a pointer to a struct that is a record.
type Pointer[T any] interface {
	*T
	entity.Record
}

// Get reads one record with its lines. It returns a not_found fault when there is none. What it returns is the module's own view: no rights are
// applied, because they were checked on what the person called.
func Get[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, key id.ID) (P, error) {
	rows, err := GetMany[T, P](ctx, tx, []id.ID{key})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, missing(of[T, P](tx), key)
	}
	return rows[0], nil
}

// GetMany reads records with their lines, in the order of the ids; ids that do not exist are left out. One query for each level.
func GetMany[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, keys []id.ID) ([]P, error) {
	return load[T, P](ctx, tx, keys, false)
}

// Lock is GetMany that also locks the rows until the end of the transaction, in the order of ids so that two callers cannot wait for each other.
func Lock[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, keys ...id.ID) ([]P, error) {
	return load[T, P](ctx, tx, keys, true)
}

// Find reads the records that a query selects, without their lines.
func Find[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, where func(q *bun.SelectQuery) *bun.SelectQuery) ([]P, error) {
	var rows []P
	q := tx.NewSelect().Model(&rows)
	if where != nil {
		q = where(q)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, databaseFault(err, of[T, P](tx))
	}
	def, all := of[T, P](tx), records(rows)
	if err := loadOwn(ctx, tx, def, all); err != nil {
		return nil, err
	}
	if err := loadHidden(ctx, tx, def, all); err != nil {
		return nil, err
	}
	remember(tx, rows)
	current(tx).trace(def, all)
	return rows, nil
}

// Create saves new records with their lines: one statement for each table. Ids that are set are kept, missing ones are made; a missing number is drawn.
func Create[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, rows ...P) error {
	return current(tx).create(ctx, tx, of[T, P](tx), records(rows))
}

// Update saves what changed in records that were read through this package in the same transaction; lines are records of their own and are not
// touched. One statement. A row that another transaction changed since is a conflict fault.
func Update[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, rows ...P) error {
	return current(tx).update(ctx, tx, of[T, P](tx), records(rows))
}

// Delete removes records with their lines.
func Delete[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, rows ...P) error {
	return current(tx).remove(ctx, tx, of[T, P](tx), records(rows))
}

// Fresh reads records again, in place, with their lines.
func Fresh[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, rows ...P) error {
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.Meta().ID
	}
	again, err := GetMany[T, P](ctx, tx, keys)
	if err != nil {
		return err
	}
	byID := make(map[id.ID]P, len(again))
	for _, r := range again {
		byID[r.Meta().ID] = r
	}
	for _, r := range rows {
		n := byID[r.Meta().ID]
		if n == nil {
			return missing(of[T, P](tx), r.Meta().ID)
		}
		*(*T)(r) = *(*T)(n)
	}
	return nil
}

// Act runs an action of a record that a module holds, with its state check and its approval gate. parked tells that it now waits for an approval
// and was not done; the record is locked in its pending state then.
func Act[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, rec P, action string, input any) (parked bool, err error) {
	s := current(tx)
	def := of[T, P](tx)
	a := s.e.action(def.Name, action)
	if a == nil {
		return false, fault.New(fault.Internal, "action.unknown", "没有动作 %s", "There is no action %s", def.Name+"/"+action)
	}
	return s.act(ctx, tx, def, a, rec, input)
}

// Emit tells an event: the reactions of all switched-on modules run now, in this transaction, and whatever they do is caused by it.
func Emit(ctx context.Context, tx *tenancy.Tx, event modules.Event) error {
	return current(tx).emit(ctx, tx, event)
}

// Gapless draws the next n numbers of a series that may have no holes. It locks the series until the commit, so draw as late as possible. A dry run
// gets zeros and draws nothing.
func Gapless(ctx context.Context, tx *tenancy.Tx, series string, n int) ([]int64, error) {
	out := make([]int64, n)
	if n == 0 || tx.DryRun {
		return out, nil
	}
	var last int64
	err := tx.NewRaw(`INSERT INTO number_series AS s (name, last) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET last = s.last + excluded.last RETURNING last`, series, n).Scan(ctx, &last)
	for i := range out {
		out[i] = last - int64(n-1-i)
	}
	return out, databaseFault(err, nil)
}

func of[T any, P Pointer[T]](tx *tenancy.Tx) *entity.Def {
	def := current(tx).catalog.Of(P(new(T)))
	if def == nil {
		panic("record: an entity that no module lists")
	}
	return def
}

func records[P entity.Record](rows []P) []entity.Record {
	out := make([]entity.Record, len(rows))
	for i, r := range rows {
		out[i] = r
	}
	return out
}

// missing says that there is no such record, or none that the caller may know of.
func missing(def *entity.Def, _ id.ID) error {
	if def == nil {
		return fault.New(fault.NotFound, "record.not_found", "找不到记录", "There is no such record")
	}
	return fault.New(fault.NotFound, "record.not_found", "找不到%[1]s", "There is no such record (%[2]s)", def.Label.ZH, def.Label.EN)
}
