package tenancy

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// installation is what tells this database's roles from those of others in the same PostgreSQL: role names are shared by all its databases.
type installation struct {
	id              string // 8 hexadecimal digits
	granting        bool   // PostgreSQL 16 and later say with a membership what it is good for
	super           bool   // the administrator is a superuser and needs no memberships
	controlPassword string
	jobsPassword    string
}

func (i installation) role(part string) string { return ownRole("tn_" + i.id + "_" + part) }
func (i installation) owner() string           { return i.role("owner") }   // owns all tenants' tables and functions; nobody logs in as it
func (i installation) app() string             { return i.role("app") }     // may insert jobs; nobody logs in as it
func (i installation) control() string         { return i.role("control") } // logs in; has rights on schema tenon only
func (i installation) jobs() string            { return i.role("jobs") }    // logs in; owns schema river
func (i installation) bucket(n int) string     { return i.role(fmt.Sprintf("app_b%02d", n)) }

// grant makes member able to take a role on, and nothing more.
func (i installation) grant(role, member string) string {
	if i.granting {
		return fmt.Sprintf("grant %s to %s with inherit false, set true;\n", role, member)
	}
	return fmt.Sprintf("grant %s to %s;\n", role, member)
}

// mine makes the administrator able to take a role on.
func (i installation) mine(role string) string {
	if i.super {
		return ""
	}
	return i.grant(role, "current_user")
}

// found reads the installation's id and passwords, or draws them.
func (db *DB) found(ctx context.Context, tx pgx.Tx) (fresh bool, err error) {
	if _, err := tx.Exec(ctx, "insert into tenon.meta values ('installation', $1) on conflict do nothing", random(4)); err != nil {
		return false, err
	}
	err = tx.QueryRow(ctx, `select (select value from tenon.meta where key = 'installation'),
		coalesce((select value from tenon.meta where key = 'control'), ''), coalesce((select value from tenon.meta where key = 'jobs'), ''),
		(select rolsuper from pg_roles where rolname = current_user)`).
		Scan(&db.roles.id, &db.roles.controlPassword, &db.roles.jobsPassword, &db.roles.super)
	return db.roles.controlPassword == "", err
}

// makeRoles makes the installation's own roles, once.
func (db *DB) makeRoles(ctx context.Context, tx pgx.Tx) error {
	r := &db.roles
	r.controlPassword, r.jobsPassword = random(24), random(24)
	if _, err := tx.Exec(ctx, "insert into tenon.meta values ('control', $1), ('jobs', $2)", r.controlPassword, r.jobsPassword); err != nil {
		return err
	}
	sql := "create role " + r.owner() + " nologin noinherit;\n" + r.mine(r.owner()) +
		"create role " + r.app() + " nologin noinherit;\n" + r.mine(r.app()) +
		"create role " + r.control() + " login noinherit password " + literal(r.controlPassword) + ";\n" +
		"create role " + r.jobs() + " login password " + literal(r.jobsPassword) + ";\n" + r.mine(r.jobs()) +
		"alter role " + r.control() + " set search_path = '';\n" +
		"grant usage on schema tenon to " + r.control() + ";\n" +
		"create schema if not exists river authorization " + r.jobs() + ";\n" +
		"set local role " + r.jobs() + ";\n" + r.grantJobs() + "reset role"
	_, err := tx.Exec(ctx, sql)
	return err
}

// grantJobs lets units of work insert jobs: now, and into what a later version of the job tables brings.
func (i installation) grantJobs() string {
	to := " to " + i.app() + ";\n"
	return "grant usage on schema river" + to +
		"grant select, insert, update on all tables in schema river" + to +
		"grant usage on all sequences in schema river" + to +
		"alter default privileges in schema river grant select, insert, update on tables" + to +
		"alter default privileges in schema river grant usage on sequences" + to
}

// GrantJobs lets units of work insert into the job tables in schema river. They belong to the role of JobsURL, which must have made them.
func (db *DB) GrantJobs(ctx context.Context) error {
	return db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		return a.script(ctx, "set local role "+db.roles.jobs()+";\n"+db.roles.grantJobs()+"set local role none")
	})
}

// hardening is what PostgreSQL lets everybody do and no tenant needs, how to see that it is open, and how to close it.
type hardening struct{ what, open, closing string }

func (db *DB) hardenings(database string) []hardening {
	control := literal(db.roles.control())
	makers := db.roles.owner() + ", " + db.roles.jobs()
	const setConfig = "pg_catalog.set_config(text, text, boolean)"
	return []hardening{
		{
			"EXECUTE on set_config is granted to PUBLIC", "has_function_privilege(" + control + ", '" + setConfig + "', 'execute')",
			"grant execute on function " + setConfig + " to " + makers + "; revoke execute on function " + setConfig + " from public",
		},
		{
			"USAGE on language plpgsql is granted to PUBLIC", "has_language_privilege(" + control + ", 'plpgsql', 'usage')",
			"grant usage on language plpgsql to " + makers + "; revoke usage on language plpgsql from public",
		},
		{
			"TEMPORARY on the database is granted to PUBLIC", "has_database_privilege(" + control + ", current_database(), 'temp')",
			"revoke temporary on database " + database + " from public",
		},
		{
			"CREATE on schema public is granted to PUBLIC",
			"coalesce((select has_schema_privilege(" + control + ", oid, 'create') from pg_namespace where nspname = 'public'), false)",
			"revoke create on schema public from public",
		},
	}
}

// harden closes what it may and returns what stays open.
func (db *DB) harden(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	var database string
	if err := conn.QueryRow(ctx, "select quote_ident(current_database())").Scan(&database); err != nil {
		return nil, err
	}
	all := db.hardenings(database)
	open, err := stillOpen(ctx, conn, all)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	for _, h := range open {
		_, err := conn.Exec(ctx, h.closing) //nolint:unqueryvet // one may be refused and the next not
		if err != nil {
			db.log.DebugContext(ctx, "hardening was refused", "what", h.what, "error", err)
		}
	}
	open, err = stillOpen(ctx, conn, all)
	weak := make([]string, len(open))
	for i, h := range open {
		weak[i] = h.what
	}
	return weak, err
}

// stillOpen returns the hardenings that are not in force.
func stillOpen(ctx context.Context, conn *pgx.Conn, all []hardening) (open []hardening, err error) {
	checks := make([]string, len(all))
	for i, h := range all {
		checks[i] = h.open
	}
	var found []bool
	if err := conn.QueryRow(ctx, "select array["+strings.Join(checks, ", ")+"]").Scan(&found); err != nil {
		return nil, err
	}
	for i, h := range all {
		if found[i] {
			open = append(open, h)
		}
	}
	return open, nil
}

// login turns an address into that of another login role.
func (db *DB) login(cfg *pgconn.Config, role, password string) {
	cfg.User, cfg.Password = role, password
	if cfg.RuntimeParams == nil {
		cfg.RuntimeParams = map[string]string{}
	}
	cfg.RuntimeParams["timezone"] = "UTC"
}

func (db *DB) address(role, password string) string {
	u, err := url.Parse(db.cfg.URL)
	if err != nil || u.Host == "" {
		u = &url.URL{Scheme: "postgres", Host: net.JoinHostPort(db.base.Host, strconv.Itoa(int(db.base.Port))), Path: "/" + db.base.Database}
	}
	u.User = url.UserPassword(role, password)
	return u.String()
}
