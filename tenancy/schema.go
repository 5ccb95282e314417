package tenancy

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var sharedFiles embed.FS

// installLock keeps two programs from preparing one database at the same time.
const installLock = 0x74656e6f6e

// bootstrap makes schema tenon and the installation's roles, or brings them up to date.
func (db *DB) bootstrap(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(installLock)); err != nil {
		return err
	}
	var exists bool
	if err := tx.QueryRow(ctx, "select to_regclass('tenon.meta') is not null").Scan(&exists); err != nil {
		return err
	}
	if !exists {
		if _, err := tx.Exec(ctx, "create schema if not exists tenon; create table tenon.meta (key text primary key, value text not null)"); err != nil {
			return fmt.Errorf("the role of the address may not create schemas: %w", err)
		}
	}
	fresh, err := db.found(ctx, tx)
	if err != nil {
		return err
	}
	if fresh {
		if err := db.makeRoles(ctx, tx); err != nil {
			return fmt.Errorf("the role of the address may not create roles: %w", err)
		}
	}
	return db.migrateAllShared(ctx, tx)
}

// migrateShared brings one series of shared tables up to date; part tells it from the others: "" or ":billing".
func (db *DB) migrateShared(ctx context.Context, tx pgx.Tx, part string, tree fs.FS) error {
	files, err := readFiles(tree)
	if err != nil || len(files) == 0 {
		return err
	}
	var version, oldest int
	err = tx.QueryRow(ctx, `select coalesce((select value::int from tenon.meta where key = 'version' || $1), 0),
		coalesce((select value::int from tenon.meta where key = 'tolerates' || $1), 0)`, part).Scan(&version, &oldest)
	if err != nil {
		return err
	}
	latest := files[len(files)-1].version
	if oldest > latest {
		return fmt.Errorf("schema tenon%s is at version %d, which a newer Tenon made; this one knows %d: install the newer Tenon", part, version, latest)
	}
	if version >= latest {
		return nil
	}
	s := &script{}
	for _, m := range files {
		if m.version > version {
			s.file(m.name, m.text+"\n;\n")
			oldest = max(oldest, m.tolerates)
		}
	}
	if _, err := tx.Exec(ctx, s.String()); err != nil {
		return s.where(&scriptError{cause: err})
	}
	_, err = tx.Exec(ctx, fmt.Sprintf(`grant select, insert, update, delete on all tables in schema tenon to %[1]s;
		revoke all on tenon.meta, tenon.bucket from %[1]s;
		insert into tenon.meta values ('version' || %[4]s, '%[2]d'), ('tolerates' || %[4]s, '%[3]d') on conflict (key) do update set value = excluded.value`,
		db.roles.control(), latest, oldest, literal(part)))
	return err
}

// understands refuses schemas of tenants that a newer program made and that do not tolerate this one.
func (db *DB) understands(ctx context.Context) error {
	names, versions := db.lines.latest()
	var line string
	var version, latest int
	err := db.control.QueryRow(ctx, `select m.module, max(m.version), l.latest from tenon.tenant_module m
		join unnest($1::text[], $2::int[]) l(line, latest) on l.line = m.module
		where m.tolerates > l.latest group by m.module, l.latest limit 1`, names, versions).Scan(&line, &version, &latest)
	if err == pgx.ErrNoRows { //nolint:errorlint // pgx returns it bare
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("the tables of %s are at version %d, which a newer Tenon made; this one knows %d: install the newer Tenon", line, version, latest)
}
