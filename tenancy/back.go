package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/internal/id"
)

// Back takes all tenants' tables back to older versions of some lines, where each step has a way back, so that an older program can be put in place of
// this one. Nothing is done when one step has none. Each tenant is one transaction; interrupted, it goes on where it stopped. progress is called after
// each tenant.
func (db *DB) Back(ctx context.Context, to map[string]int, progress func(done, total int, tenant string, err error)) error {
	if err := db.waysBack(ctx, to); err != nil {
		return err
	}
	if err := db.dropSpares(ctx); err != nil {
		return err
	}
	list, err := db.List(ctx)
	if err != nil {
		return err
	}
	var all []error
	for i, t := range list {
		err := db.goBack(ctx, t.ID, to)
		if err != nil {
			all = append(all, fmt.Errorf("%s (%s): %w", t.Name, t.ID, err))
		}
		if progress != nil {
			progress(i+1, len(list), t.Name, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(append(all, ctx.Err())...)
}

// waysBack refuses lines that do not exist and steps that can't be undone, all at once.
func (db *DB) waysBack(ctx context.Context, to map[string]int) error {
	var missing []string
	for name, version := range to {
		l := db.lines.byName[name]
		if l == nil || version < 0 || version > l.latest {
			return fmt.Errorf("%s=%d: there is no such version", name, version)
		}
		highest := 0
		if err := db.control.QueryRow(ctx, "select coalesce(max(version), 0) from tenon.tenant_module where module = $1", name).Scan(&highest); err != nil { //nolint:unqueryvet // a handful of modules
			return final(err)
		}
		for _, m := range l.files {
			if m.version > version && m.version <= highest && m.back == "" {
				missing = append(missing, name+"/"+m.name)
			}
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("there is no way back from %s: restore a backup instead", strings.Join(missing, ", "))
	}
	return nil
}

func (db *DB) goBack(ctx context.Context, tenant id.ID, to map[string]int) error {
	changed := false
	err := db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		var one int
		err := a.QueryRowContext(ctx, "select 1 from tenon.tenant where id = $1 and state <> 'deleted' for update", tenant.String()).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		has, err := db.has(ctx, a, tenant)
		if err != nil {
			return err
		}
		t, err := db.loadTenant(ctx, tenant)
		if err != nil {
			return err
		}
		var list []*line
		s := &script{}
		db.asOwner(s, t, func() {
			for _, l := range slices.Backward(db.lines.order) { // those that need others first
				version, asked := to[l.Name]
				if h, there := has[l.Name]; asked && there && h.version > version {
					has[l.Name] = s.backTo(l, h, version)
					list = append(list, l)
				}
			}
		})
		if len(list) == 0 {
			return nil
		}
		changed = true
		if err := a.script(ctx, s.String()); err != nil {
			return s.where(err)
		}
		return db.writeLines(ctx, a, t, list, has)
	})
	if err != nil || !changed {
		return final(err)
	}
	return db.Bump(ctx, tenant)
}

// backTo adds the ways back from a line's version to an older one, and returns what the tenant has then.
func (s *script) backTo(l *line, h have, version int) have {
	oldest := 0
	for _, m := range slices.Backward(l.files) {
		switch {
		case m.version > h.version:
		case m.version > version:
			s.file(l.Name+"/"+strings.TrimSuffix(m.name, ".sql")+".down.sql", m.back+"\n;\n")
		default:
			oldest = max(oldest, m.tolerates)
		}
	}
	h.version, h.oldest = version, oldest
	return h
}
