package tenancy

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Scratch makes an empty database beside this one, for what is tried and thrown away, and returns its address and what drops it with its roles. The
// role of this database's address must be allowed to create databases.
func (db *DB) Scratch(ctx context.Context) (address string, drop func(context.Context) error, err error) {
	conn, err := pgx.ConnectConfig(ctx, db.base.Copy())
	if err != nil {
		return "", nil, hidePassword(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	name := "tenon_scratch_" + random(6)
	if _, err := conn.Exec(ctx, "create database "+name+" template template0"); err != nil {
		return "", nil, fmt.Errorf("a scratch database can't be made (the role needs CREATEDB): %w", err)
	}
	return db.addressOf(name), func(ctx context.Context) error { return db.dropScratch(ctx, name) }, nil
}

// addressOf is the administrator's address of another database of the server.
func (db *DB) addressOf(database string) string {
	u, err := url.Parse(db.address(db.base.User, db.base.Password))
	if err != nil {
		return ""
	}
	u.Path = "/" + database
	return u.String()
}

func (db *DB) dropScratch(ctx context.Context, name string) error {
	cfg := db.base.Copy()
	cfg.Database = name
	inside, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return hidePassword(err)
	}
	var roles []string
	rows, err := inside.Query(ctx, `select r.rolname from pg_roles r where r.rolname like 't\_%' and exists (select from pg_namespace n where n.nspname = r.rolname)
		or r.rolname like 'tn\_' || coalesce((select substr(rolname, 4, 8) from pg_namespace n join pg_roles o on o.oid = n.nspowner
			where n.nspname = 'river'), '-') || '\_%'`)
	if err == nil {
		roles, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err := errors.Join(err, inside.Close(ctx)); err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, db.base.Copy())
	if err != nil {
		return hidePassword(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "drop database if exists "+name+" with (force)"); err != nil || len(roles) == 0 {
		return err
	}
	for i := range roles {
		roles[i] = pgx.Identifier{roles[i]}.Sanitize()
	}
	_, err = conn.Exec(ctx, "drop role "+strings.Join(roles, ", "))
	return err
}
