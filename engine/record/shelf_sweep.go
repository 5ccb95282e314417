package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const sweepMany = 100 // files in one unit of work

// sweeper is who tidies up.
func sweeper() tenancy.Actor { return tenancy.Actor{System: true, Name: "tenon"} }

// SweepFiles moves what lies in the database to the shelf, if there is one, and removes objects that no file has needed for longer than so long. One
// tenant's trouble does not keep it from the others.
func (e *Engine) SweepFiles(ctx context.Context, kept time.Duration) error {
	if e.Shelf == nil {
		return nil
	}
	return e.eachInUse(ctx, func(t *tenancy.Tenant) error {
		for _, def := range e.catalog.All() {
			if def.File == nil {
				continue
			}
			if err := e.shelveOld(ctx, t, def); err != nil {
				return err
			}
		}
		return e.sweepGone(ctx, t, kept)
	})
}

// SweepStrays deletes all tenants' files on records that are deleted.
func (e *Engine) SweepStrays(ctx context.Context) error {
	return e.eachInUse(ctx, func(t *tenancy.Tenant) error {
		for _, def := range e.catalog.All() {
			if def.File == nil || def.AboutEntity == nil {
				continue
			}
			if err := e.sweepStray(ctx, t, def); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *Engine) eachInUse(ctx context.Context, fn func(t *tenancy.Tenant) error) error {
	list, err := e.db.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range list {
		if t.State == tenancy.Closing || t.State == tenancy.Deleted {
			continue
		}
		if err := fn(t); err != nil {
			errs = append(errs, fmt.Errorf("the files of %s: %w", t.ID, err))
		}
	}
	return errors.Join(errs...)
}

// sweepStray deletes one kind of file of one tenant.
func (e *Engine) sweepStray(ctx context.Context, t *tenancy.Tenant, def *entity.Def) error {
	for more := true; more; {
		err := e.Do(ctx, t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) error {
			more = false
			if !there(ctx, tx, def) {
				return nil
			}
			s := current(tx)
			kinds, err := oneColumn(ctx, tx, "SELECT DISTINCT "+quote(def.AboutEntity.Name)+" FROM "+quote(def.Table))
			if err != nil {
				return err
			}
			for _, kind := range kinds {
				about := s.catalog.Entity(kind)
				if about == nil || about.Table == "" || !there(ctx, tx, about) {
					continue
				}
				stray, err := oneColumn(ctx, tx, "SELECT f.id::text FROM "+quote(def.Table)+" f WHERE f."+quote(def.AboutEntity.Name)+" = $1::text AND NOT EXISTS (SELECT FROM "+
					quote(about.Table)+" a WHERE a.id = f."+quote(def.AboutRecord.Name)+") ORDER BY 1 LIMIT $2::int", kind, sweepMany)
				if err != nil {
					return err
				}
				rows, err := s.holdAll(ctx, tx, def, parsed(stray))
				if err == nil {
					err = s.remove(ctx, tx, def, rows)
				}
				if err != nil {
					return err
				}
				more = more || len(stray) == sweepMany
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// shelveOld moves files from the database to the shelf, one after the other: those from before there was one, and those that a restore brought.
func (e *Engine) shelveOld(ctx context.Context, t *tenancy.Tenant, def *entity.Def) error {
	after := firstID
	for {
		var next string
		var size int64
		err := e.Do(ctx, t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) error {
			next = ""
			if !there(ctx, tx, def) {
				return nil
			}
			err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT f.id::text, f."+quote(def.File.Size.Name)+" FROM "+quote(def.Table)+
				" f WHERE f.id > $1::text::uuid AND EXISTS (SELECT FROM file_piece p WHERE p.record_id = f.id AND p.position = 0) ORDER BY f.id LIMIT 1", after).Scan(&next, &size)
			return databaseFault(noRows(err), def)
		}, tenancy.ReadOnly())
		if err != nil || next == "" {
			return err
		}
		after = next
		if err := e.shelveOne(ctx, t, def, parsed([]string{next})[0], size); err != nil {
			return err
		}
	}
}

func (e *Engine) shelveOne(ctx context.Context, t *tenancy.Tenant, def *entity.Def, key id.ID, size int64) error {
	o, err := e.Shelve(ctx, t, &piecewise{ctx: ctx, e: e, t: t, name: def.Name, key: key}, size)
	if err != nil {
		return err
	}
	taken := false
	err = e.Do(ctx, t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) error {
		taken = false
		gone, err := oneColumn(ctx, tx, "DELETE FROM file_piece WHERE record_id = $1::text::uuid RETURNING position::text", key.String())
		if err != nil || len(gone) == 0 { // deleted meanwhile
			return err
		}
		if len(gone) != o.pieces() {
			return fmt.Errorf("file %s has %d pieces, and %d by its size", key, len(gone), o.pieces())
		}
		taken = true
		return current(tx).attach(ctx, tx, def.Name, key, o)
	})
	if err == nil && !taken {
		err = e.Unshelve(ctx, o)
	}
	return err // after an error the object is removed later: whether the commit was done may not be known
}

// piecewise reads a file's content from the database, each piece in a unit of work of its own.
type piecewise struct {
	ctx  context.Context //nolint:containedctx // it lives as long as one copy, behind an io.Reader
	e    *Engine
	t    *tenancy.Tenant
	name string
	key  id.ID
	n    int
	next []byte
}

// Read opens the next piece when the last one is read.
func (p *piecewise) Read(into []byte) (int, error) {
	if len(p.next) == 0 {
		var buf strings.Builder
		done := false
		err := p.e.Do(p.ctx, p.t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) (err error) {
			buf.Reset()
			done, err = current(tx).pieceInto(ctx, tx, p.name, p.key, p.n, &buf)
			return err
		}, tenancy.ReadOnly())
		if err != nil {
			return 0, err
		}
		if done {
			return 0, io.EOF
		}
		p.n++
		p.next = []byte(buf.String())
	}
	n := copy(into, p.next)
	p.next = p.next[n:]
	return n, nil
}

// sweepGone removes objects that no file has needed for a while.
func (e *Engine) sweepGone(ctx context.Context, t *tenancy.Tenant, kept time.Duration) error {
	for {
		var names []string
		err := e.Do(ctx, t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) (err error) {
			names, err = oneColumn(ctx, tx, "SELECT name FROM file_gone WHERE gone_at <= $1::text::timestamptz ORDER BY gone_at, name LIMIT $2::int", *stamp(tx.Now.Add(-kept)), sweepMany)
			return err
		}, tenancy.ReadOnly())
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			if err := e.Shelf.Remove(ctx, name); err != nil {
				return err
			}
		}
		err = e.Do(ctx, t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM file_gone WHERE name = ANY($1::text[])", names) //nolint:unqueryvet // a hundred at a time
			return databaseFault(err, nil)
		})
		if err != nil {
			return err
		}
	}
}

// SweepShelf removes the objects of tenants that were deleted for longer than so long. A tenant that this installation has never known is left alone: the
// shelf may be another's.
func (e *Engine) SweepShelf(ctx context.Context, kept time.Duration) error {
	if e.Shelf == nil {
		return nil
	}
	list, err := e.db.Buried(ctx, e.db.Now().Add(-kept))
	if err != nil || len(list) == 0 {
		return err
	}
	return e.clear(ctx, list...)
}

// ClearShelf removes all objects of a tenant that was just deleted to be made again from a copy.
func (e *Engine) ClearShelf(ctx context.Context, tenant id.ID) error {
	if e.Shelf == nil {
		return nil
	}
	return e.clear(ctx, tenant)
}

func (e *Engine) clear(ctx context.Context, tenants ...id.ID) error {
	buried := map[string]bool{}
	for _, t := range tenants {
		buried[t.String()] = true
	}
	return e.Shelf.Each(ctx, func(name string, _ time.Time) error {
		if tenant, _, ok := strings.Cut(name, "/"); ok && buried[tenant] {
			return e.Shelf.Remove(ctx, name)
		}
		return nil
	})
}

// oneColumn are the rows of a query with one column of text.
func oneColumn(ctx context.Context, tx *tenancy.Tx, query string, args ...any) ([]string, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []string
	for res.Next() {
		var s string
		if err := res.Scan(&s); err != nil {
			return nil, databaseFault(err, nil)
		}
		out = append(out, s)
	}
	return out, databaseFault(res.Err(), nil)
}

// parsed are ids that the database gave as texts.
func parsed(list []string) []id.ID {
	out := make([]id.ID, 0, len(list))
	for _, s := range list {
		if k, err := id.Parse(s); err == nil {
			out = append(out, k)
		}
	}
	return out
}
