package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// source says how a tenant's archive is made.
func (a *App) source(ctx context.Context, t *tenancy.Tenant) (archive.Source, error) {
	program, _ := Version()
	out := archive.Source{ID: a.DB.NewID(), Program: program, Sealer: a.Keys, Figures: a.questions(t), Carry: a.Engine.Carry}
	err := a.Engine.Do(ctx, t, tenancy.Actor{Name: "backup", System: true}, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		out.Places = record.Places(record.Catalog(tx))
		if out.Carried, err = record.CarryPeople(ctx, tx); err != nil {
			return err
		}
		out.Carried.Gone, err = a.Keys.GoneOf(ctx, t.ID)
		return err
	})
	return out, err
}

// backupSource is source for a copy that is kept: in it people stand under their own keys, which lie elsewhere.
func (a *App) backupSource(ctx context.Context, t *tenancy.Tenant) (archive.Source, error) {
	out, err := a.source(ctx, t)
	if err != nil {
		return out, err
	}
	err = a.Engine.Do(ctx, t, tenancy.Actor{Name: "backup", System: true}, func(_ context.Context, tx *tenancy.Tx) error {
		out.Places = append(out.Places, record.PersonPlaces(record.Catalog(tx))...)
		return nil
	}, tenancy.ReadOnly())
	out.People, out.Carried = out.Carried, nil
	return out, err
}

// questions are the figures that a tenant's modules are known by.
func (a *App) questions(t *tenancy.Tenant) (list []archive.Question) {
	for _, m := range a.Engine.Modules() {
		if !t.On(m.Name) {
			continue
		}
		for _, f := range m.Figures {
			list = append(list, archive.Question{Name: m.Name + "." + f.Name, SQL: f.SQL})
		}
	}
	return list
}

// Backup writes a backup of all tenants, or of some, as they are at one moment. others may open it besides this installation.
func (a *App) Backup(ctx context.Context, into archive.Store, only []id.ID, others ...age.Recipient) (b *archive.Backup, err error) {
	key := a.DB.NewID().String()
	name := a.DB.Now().UTC().Format("20060102T150405Z") + "-" + key[len(key)-6:]
	n := &noting{Sealer: a.Keys, wrapped: map[id.ID]string{}}
	err = a.DB.Freeze(ctx, func(ctx context.Context, s *tenancy.Frozen) error {
		b, err = archive.Make(ctx, into, name, s, only, others, func(t *tenancy.Tenant) (archive.Source, error) {
			src, err := a.backupSource(ctx, t)
			src.Sealer = n
			if err == nil { // before the archive that needs them
				to := append([]age.Recipient{archive.ForTenants(ctx, a.Keys, t.ID)}, others...)
				err = archive.SavePeople(ctx, into, t.ID, src.People, to)
			}
			return src, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, a.noteArchives(ctx, b, n, len(others))
}

// Copy says what an archive becomes.
type Copy struct {
	Beside bool           // a tenant of its own beside the first
	Name   string         // empty: the archive's
	Keys   []age.Identity // that open it besides this installation's

	people *record.People // that lie beside a backup
}

func (a *App) target(c Copy) archive.Target {
	to := archive.Target{DB: a.DB, Sealer: a.Keys, Figures: a.questions, Name: c.Name, Replay: a.Replay, People: c.people, Keep: a.keepPeople}
	if c.Beside {
		to.ID = a.DB.NewID()
	}
	return to
}

// Restore makes a tenant from a backup.
func (a *App) Restore(ctx context.Context, from archive.Store, e archive.Entry, c Copy) (*archive.Restored, error) {
	in, err := e.Open(ctx, from)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if c.people, err = archive.LoadPeople(ctx, from, e.Tenant, a.identities(ctx, c)); err != nil {
		return nil, err
	}
	gone, err := a.Keys.GoneOf(ctx, e.Tenant)
	if err != nil {
		return nil, err
	}
	c.people.Gone = append(c.people.Gone, gone...) // since that was written
	if err := c.people.Ready(); err != nil {
		return nil, err
	}
	return a.Import(ctx, in, c)
}

// Import makes a tenant from an archive, with its id unless the copy stands beside the first.
func (a *App) Import(ctx context.Context, in io.Reader, c Copy) (*archive.Restored, error) {
	return archive.Read(ctx, in, a.identities(ctx, c), a.target(c))
}

func (a *App) identities(ctx context.Context, c Copy) []age.Identity {
	return append([]age.Identity{archive.Here(ctx, a.Keys)}, c.Keys...)
}

// keepPeople takes over the keys of people who came with a tenant, and who of them was shredded where it comes from.
func (a *App) keepPeople(ctx context.Context, t *tenancy.Tenant, p *record.People) error {
	for _, g := range p.Gone {
		if err := a.Keys.MarkGone(ctx, t.ID, g.Entity, g.Record); err != nil {
			return err
		}
	}
	return a.Engine.Do(ctx, t, tenancy.Actor{Name: "backup", System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		return record.KeepPeople(ctx, tx, p)
	})
}

// Export streams one tenant for another installation; who may open it there is given.
func (a *App) Export(ctx context.Context, out io.Writer, t *tenancy.Tenant, who ...age.Recipient) (head *archive.Head, last *archive.Manifest, err error) {
	if len(who) == 0 {
		return nil, nil, errors.New("an export needs somebody who can open it")
	}
	src, err := a.source(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	err = a.DB.Freeze(ctx, func(ctx context.Context, s *tenancy.Frozen) error {
		head, last, err = archive.Write(ctx, out, who, s, t, src)
		return err
	})
	return head, last, err
}

// Trial is what a tenant's copy told in a scratch database.
type Trial struct {
	Tenant   string
	Rows     int64
	Bytes    int64
	Took     time.Duration
	Findings []Finding // of doctor verify
	Changes  []string  // what differs after the upgrade; a backup's trial has none
}

// VerifyBackup restores tenants of a backup into a scratch database, compares counts, sums and figures, checks the data as doctor verify does, and
// drops the database. done hears of each tenant.
func (a *App) VerifyBackup(ctx context.Context, from archive.Store, entries []archive.Entry, done func(*Trial)) error {
	for _, e := range entries {
		err := a.scratch(ctx, func(ctx context.Context, s *App) error {
			start := a.DB.Now()
			r, err := s.Restore(ctx, from, e, Copy{})
			if err != nil {
				return err
			}
			found, err := s.Verify(ctx, r.Tenant)
			if err == nil {
				done(&Trial{Tenant: r.Head.Tenant.Name, Rows: r.Last.Rows(), Bytes: r.Last.Bytes, Took: a.DB.Now().Sub(start), Findings: found})
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", e.File, err)
		}
	}
	return nil
}

// scratch opens a Tenon on an empty database beside this one for fn, and drops the database afterwards.
func (a *App) scratch(ctx context.Context, fn func(ctx context.Context, s *App) error) error {
	address, drop, err := a.DB.Scratch(ctx)
	if err != nil {
		return err
	}
	end := context.WithoutCancel(ctx)
	cfg := a.Config
	cfg.DatabaseURL, cfg.Files = address, nil // files are in the copy
	s, err := Open(ctx, cfg)
	if err == nil {
		s.Replay = nil // the copy is thrown away
		err = errors.Join(fn(ctx, s), s.Close(end))
	}
	return errors.Join(err, drop(end))
}
