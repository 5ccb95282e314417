package tenancy

import (
	"context"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

// Shared is a room's own series of migrations for tables in schema tenon, which all tenants share and no tenant's role may read. Its files write every
// table with the schema's name.
type Shared struct {
	Name  string // "billing"
	Files fs.FS  // NNNN_name.sql in any folder
}

// Share runs fn in one transaction over the shared tables. What fn returns is passed on; nothing is retried.
func (db *DB) Share(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return final(pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error { return fn(ctx, tx) }))
}

// migrateAllShared brings this package's own shared tables up to date, then those of the rooms.
func (db *DB) migrateAllShared(ctx context.Context, tx pgx.Tx) error {
	if err := db.migrateShared(ctx, tx, "", sharedFiles); err != nil {
		return err
	}
	for _, s := range db.cfg.Shared {
		if err := db.migrateShared(ctx, tx, ":"+s.Name, s.Files); err != nil {
			return err
		}
	}
	return nil
}
