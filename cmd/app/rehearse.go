package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/tenancy"
)

// Rehearse copies a tenant into a scratch database as it is, upgrades the copy with this program, and tells what is different afterwards: figures such
// as the trial balance and the value of stock, the number of rows in each table, and what doctor verify finds. Nothing stays.
func (a *App) Rehearse(ctx context.Context, t *tenancy.Tenant) (out *Trial, err error) {
	src, err := a.source(ctx, t)
	if err != nil {
		return nil, err
	}
	start := a.DB.Now()
	err = a.scratch(ctx, func(ctx context.Context, s *App) error {
		copied, err := s.take(ctx, a, t, src)
		if err != nil {
			return err
		}
		if err := s.DB.Raise(ctx, copied.Tenant); err != nil {
			return fmt.Errorf("the upgrade fails: %w", err)
		}
		if copied.Tenant, err = s.DB.Admit(ctx, copied.Tenant, copied.Head.Members); err != nil {
			return err
		}
		out = &Trial{Tenant: t.Name, Rows: copied.Last.Rows(), Bytes: copied.Last.Bytes}
		if out.Changes, err = s.changes(ctx, copied); err != nil {
			return err
		}
		out.Findings, err = s.Verify(ctx, copied.Tenant)
		return err
	})
	if out != nil {
		out.Took = a.DB.Now().Sub(start)
	}
	return out, err
}

// take copies a tenant of another database, at the versions that it has there.
func (a *App) take(ctx context.Context, from *App, t *tenancy.Tenant, src archive.Source) (*archive.Restored, error) {
	in, out := io.Pipe()
	wrote := make(chan error, 1)
	go func() {
		err := from.DB.Freeze(ctx, func(ctx context.Context, s *tenancy.Frozen) error {
			_, _, err := archive.Write(ctx, out, nil, s, t, src)
			return err
		})
		out.CloseWithError(err)
		wrote <- err
	}()
	to := a.target(Copy{})
	to.AsIs = true
	r, err := archive.Read(ctx, in, nil, to)
	in.CloseWithError(io.ErrClosedPipe)
	return r, errors.Join(err, <-wrote)
}

// changes compares a copy after its upgrade with what it was.
func (a *App) changes(ctx context.Context, c *archive.Restored) (out []string, err error) {
	err = a.DB.Freeze(ctx, func(ctx context.Context, s *tenancy.Frozen) error {
		return s.Read(ctx, c.Tenant, func(ctx context.Context, r *tenancy.Reader) error {
			out, err = archive.Changes(ctx, r, c, a.questions(c.Tenant))
			return err
		})
	})
	return out, err
}
