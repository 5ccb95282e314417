package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// have is how far a tenant's line has come.
type have struct {
	on      bool
	version int
	oldest  int // the latest version that a program must know
	seeded  bool
}

// markColumn is the column of the row that marks where a script is.
const markColumn = "tenon_mark"

// script gathers statements that run in one message.
type script struct {
	strings.Builder

	starts map[string]int // where each marked file starts
}

// file adds a migration behind a mark, so that an error tells in which file it happened.
func (s *script) file(name, text string) {
	fmt.Fprintf(s, "select %s as %s;\n", literal(name), markColumn)
	if s.starts == nil {
		s.starts = map[string]int{}
	}
	s.starts[name] = s.Len()
	s.WriteString(text)
}

// where names the file in which a script failed, and its line if PostgreSQL tells.
func (s *script) where(err error) error {
	var failed *scriptError
	if !errors.As(err, &failed) {
		return err
	}
	var pg *pgconn.PgError
	if !errors.As(failed.cause, &pg) || pg.Position == 0 {
		return err
	}
	// A script that does not parse fails before its first mark: the position counts characters from its start.
	before := string([]rune(s.String())[:max(0, int(pg.Position)-1)])
	name, start := "", -1
	for file, at := range s.starts {
		if at <= len(before) && at > start {
			name, start = file, at
		}
	}
	if start < 0 {
		return err
	}
	return fmt.Errorf("%s, line %d: %w", name, strings.Count(before[start:], "\n")+1, failed.cause)
}

// files adds the migrations of a line that a tenant lacks up to a version, and returns what it has then.
func (s *script) files(l *line, t *Tenant, h have, to int) have {
	for _, m := range l.files {
		if m.version <= h.version || m.version > to {
			continue
		}
		s.file(l.Name+"/"+m.name, m.text+"\n;\n")
		for _, table := range m.appendOnly {
			s.WriteString("revoke update, delete on " + table + " from " + tenantName(t.Role) + ";\n")
		}
		h.version, h.oldest = m.version, max(h.oldest, m.tolerates)
	}
	return h
}

// create is the SQL of a new tenant's role and schema. The tables will belong to the owner; the tenant's role gets rights on their rows.
func (db *DB) create(t *Tenant, bucket string) string {
	schema, role, owner := tenantName(t.Schema), tenantName(t.Role), db.roles.owner()
	return "create role " + role + " nologin noinherit;\n" + db.roles.grant(role, bucket) +
		"create schema " + schema + " authorization " + owner + ";\n" +
		"set local role " + owner + ";\ngrant usage on schema " + schema + " to " + role + ";\n" +
		"alter default privileges in schema " + schema + " grant select, insert, update, delete on tables to " + role + ";\n" +
		"alter default privileges in schema " + schema + " grant usage, select on sequences to " + role + ";\n"
}

// asOwner wraps what makes or changes a tenant's tables.
func (db *DB) asOwner(s *script, t *Tenant, fill func()) {
	s.WriteString("set local role " + db.roles.owner() + ";\nset local search_path = " + tenantName(t.Schema) + ", pg_temp;\n")
	fill()
	s.WriteString("set local role none;\nset local search_path = '';\n")
}

// raise brings lines of a tenant to their latest versions in the administrator's transaction, seeds those that were never seeded, and writes down
// how far they are. seed, when given, runs last, as the tenant.
func (db *DB) raise(ctx context.Context, a *adminTx, t *Tenant, before string, list []*line, has map[string]have, actor Actor,
	seed func(ctx context.Context, tx *Tx) error,
) (after []func(context.Context), err error) {
	s := &script{}
	s.WriteString(before)
	var seeds []func(ctx context.Context, tx *Tx) error
	db.asOwner(s, t, func() {
		for _, l := range list {
			h := s.files(l, t, has[l.Name], l.latest)
			if l.Seed != nil && !h.seeded && h.on {
				seeds = append(seeds, l.Seed)
			}
			h.seeded = h.seeded || h.on
			has[l.Name] = h
		}
	})
	if err := a.script(ctx, s.String()); err != nil {
		return nil, s.where(err)
	}
	if err := db.writeLines(ctx, a, t, list, has); err != nil {
		return nil, err
	}
	if seed != nil {
		seeds = append(seeds, seed)
	}
	if len(seeds) == 0 {
		return nil, nil
	}
	return db.asTenant(ctx, a, t, actor, func(ctx context.Context, tx *Tx) error {
		for _, seed := range seeds {
			if err := seed(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeLines writes down how far lines of a tenant are.
func (db *DB) writeLines(ctx context.Context, a *adminTx, t *Tenant, list []*line, has map[string]have) error {
	n := len(list)
	names, on, versions, oldest, seeded := make([]string, n), make([]bool, n), make([]int, n), make([]int, n), make([]bool, n)
	for i, l := range list {
		h := has[l.Name]
		names[i], on[i], versions[i], oldest[i], seeded[i] = l.Name, h.on, h.version, h.oldest, h.seeded
	}
	_, err := a.ExecContext(ctx, `with switched as (
			insert into tenon.module_switch (tenant_id, module, on_, at)
			select $1::uuid, n, s, $7::timestamptz from unnest($2::text[], $3::bool[]) u(n, s)
			where s is distinct from (select m.state = 'on' from tenon.tenant_module m where m.tenant_id = $1 and m.module = n)
				and (s or exists (select from tenon.tenant_module m where m.tenant_id = $1 and m.module = n)))
		insert into tenon.tenant_module (tenant_id, module, state, version, tolerates, seeded, switched_at)
		select $1::uuid, n, case when s then 'on' else 'off' end, v, o, d, $7::timestamptz
		from unnest($2::text[], $3::bool[], $4::int[], $5::int[], $6::bool[]) u(n, s, v, o, d)
		on conflict (tenant_id, module) do update set state = excluded.state, version = excluded.version, tolerates = excluded.tolerates,
			seeded = excluded.seeded, error = '',
			switched_at = case when tenon.tenant_module.state = excluded.state then tenon.tenant_module.switched_at else excluded.switched_at end`,
		t.ID.String(), names, on, versions, oldest, seeded, db.now())
	return err
}
