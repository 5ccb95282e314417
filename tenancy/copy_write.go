package tenancy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// Rebuild says what a tenant was that is made again from a copy.
type Rebuild struct {
	ID       id.ID // must not be that of a tenant that is there
	Name     string
	Locale   i18n.Lang
	Zone     string
	Currency string
	Lines    []LineState
	Tables   []Table
}

// Rebuild makes a tenant again with tables as they were, at the versions that they had, without rows and without people. It is closing, so nobody
// enters, until Admit. A copy from a newer program, or with lines that this program does not have, is refused.
func (db *DB) Rebuild(ctx context.Context, r Rebuild) (*Tenant, error) {
	has, list, err := db.had(r.Lines)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, err
	}
	bucket, err := db.chooseBucket(ctx)
	if err != nil {
		return nil, final(err)
	}
	name := "t_" + random(8)
	t := &Tenant{
		ID: r.ID, Name: r.Name, Schema: name, Role: name, Bucket: bucket, State: Closing, Locale: r.Locale, Zone: zone, Currency: r.Currency,
		Modules: map[string]bool{}, home: db,
	}
	err = db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		tag, err := a.ExecContext(ctx, `insert into tenon.tenant as t (id, name, schema_name, role_name, bucket, state, locale, zone, currency, generation, created_at)
			values ($1, $2, $3, $4, $5, 'closing', $6, $7, $8, 1, $9)
			on conflict (id) do update set name = excluded.name, schema_name = excluded.schema_name, role_name = excluded.role_name, bucket = excluded.bucket,
				state = 'closing', locale = excluded.locale, zone = excluded.zone, currency = excluded.currency, deleted_at = null, generation = t.generation + 1
			where t.state = 'deleted'`, t.ID.String(), t.Name, t.Schema, t.Role, t.Bucket, string(t.Locale), r.Zone, t.Currency, db.now())
		if err != nil {
			return err
		}
		if n, err := tag.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "tenant.exists", "编号为 %[1]s 的企业已存在：请先删除，或以另一名称恢复",
				"The tenant %[1]s is there already: delete it first, or give the copy another name", t.ID))
		}
		s := &script{}
		s.WriteString(db.create(t, db.roles.bucket(t.Bucket)))
		db.asOwner(s, t, func() {
			for _, l := range list {
				h := s.files(l, t, have{}, has[l.Name].version)
				h.on, h.seeded, h.oldest = has[l.Name].on, has[l.Name].seeded, max(h.oldest, has[l.Name].oldest)
				has[l.Name] = h
			}
		})
		if err := a.script(ctx, s.String()); err != nil {
			return s.where(err)
		}
		if err := db.ownTables(ctx, a, t, r.Tables); err != nil {
			return err
		}
		if err := db.writeLines(ctx, a, t, list, has); err != nil {
			return err
		}
		for _, l := range r.Lines {
			//nolint:unqueryvet // a handful of modules
			if _, err := a.ExecContext(ctx, "update tenon.tenant_module set switched_at = $3 where tenant_id = $1 and module = $2", t.ID.String(), l.Name, l.Since); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, final(err)
	}
	return db.homed(ctx, t.ID)
}

// had checks that this program knows the lines of a copy, and returns them in the order in which they need each other.
func (db *DB) had(states []LineState) (map[string]have, []*line, error) {
	has := map[string]have{}
	for _, l := range states {
		known := db.lines.byName[l.Name]
		if known == nil {
			return nil, nil, fmt.Errorf("the copy has tables of %s, which this Tenon does not have", l.Name)
		}
		if l.Version > known.latest {
			return nil, nil, fmt.Errorf("the copy's tables of %s are at version %d, which a newer Tenon made; this one knows %d: install the newer Tenon", l.Name, l.Version, known.latest)
		}
		has[l.Name] = have{on: l.On, version: l.Version, oldest: l.Tolerates, seeded: l.Seeded}
	}
	var list []*line
	for _, l := range db.lines.order {
		if _, there := has[l.Name]; there {
			list = append(list, l)
		}
	}
	return has, list, nil
}

// ownTables makes the tenant's own tables and columns, and refuses a copy with columns that its versions do not explain.
func (db *DB) ownTables(ctx context.Context, a *adminTx, t *Tenant, want []Table) error {
	there, err := a.tables(ctx, t.Schema, nil)
	if err != nil {
		return err
	}
	known := map[string]Table{}
	for _, x := range there {
		known[x.Name] = x
	}
	s := &script{}
	db.asOwner(s, t, func() {
		for _, w := range want {
			k, found := known[w.Name]
			if !found {
				if !ownName.MatchString(w.Name) {
					err = errors.Join(err, fmt.Errorf("the copy has a table %q that its versions do not explain", w.Name))
					continue
				}
				s.WriteString("create table " + w.Name + ownColumns + ";\n")
				k = Table{Columns: ownStandard()}
			}
			for _, c := range w.Columns {
				if slices.ContainsFunc(k.Columns, func(o Column) bool { return o.Name == c.Name }) {
					continue
				}
				kind := strings.Replace(c.Type, "timestamp with time zone", "timestamptz", 1)
				if !ownName.MatchString(c.Name) || !columnType(kind) {
					err = errors.Join(err, fmt.Errorf("the copy has a column %s.%s (%s) that its versions do not explain", w.Name, c.Name, c.Type))
					continue
				}
				s.WriteString("alter table " + w.Name + " add column " + c.Name + " " + kind + ";\n")
			}
		}
	})
	return errors.Join(err, a.script(ctx, s.String()))
}

func ownStandard() []Column {
	return []Column{{Name: "id"}, {Name: "version"}, {Name: "created_at"}, {Name: "updated_at"}, {Name: "created_by"}, {Name: "updated_by"}}
}

// Writer fills the tables of a tenant that was rebuilt.
type Writer struct {
	a *adminTx
	t *Tenant
}

// Fill lets fn fill a rebuilt tenant in one transaction: triggers sleep and foreign keys are put back, and so checked, at the end.
func (db *DB) Fill(ctx context.Context, t *Tenant, fn func(ctx context.Context, w *Writer) error) error {
	if t == nil || t.home != db || t.State != Closing {
		return errors.New("only a tenant that was just rebuilt is filled")
	}
	begin := []string{
		"begin", "set local statement_timeout = 0", "set local lock_timeout = '30s'", "set local datestyle = 'ISO'",
		"set local search_path = " + tenantName(t.Schema) + ", pg_temp", "set local role " + db.roles.owner(),
	}
	return final(db.administerFrom(ctx, begin, func(ctx context.Context, a *adminTx) error {
		awake, err := a.sleepRules(ctx, t.Schema, db.lines.staying())
		if err != nil {
			return err
		}
		if err := fn(ctx, &Writer{a, t}); err != nil {
			return err
		}
		return a.script(ctx, awake)
	}))
}

// sleepRules empties a schema's tables, switches their triggers off and their foreign keys away, and returns what puts both back.
func (a *adminTx) sleepRules(ctx context.Context, schema string, without map[string]bool) (awake string, err error) {
	tables, err := a.tables(ctx, schema, without)
	if err != nil || len(tables) == 0 {
		return "", err
	}
	rows, err := a.QueryContext(ctx, `select c.relname, k.conname, pg_get_constraintdef(k.oid) from pg_constraint k join pg_class c on c.oid = k.conrelid
		where k.contype = 'f' and k.connamespace = to_regnamespace($1) order by 1, 2`, schema)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var down, up strings.Builder
	for rows.Next() {
		var table, name, def string
		if err := rows.Scan(&table, &name, &def); err != nil {
			return "", err
		}
		at := "alter table " + pgx.Identifier{table}.Sanitize()
		fmt.Fprintf(&down, "%s drop constraint %s;\n", at, pgx.Identifier{name}.Sanitize())
		fmt.Fprintf(&up, "%s add constraint %s %s;\n", at, pgx.Identifier{name}.Sanitize(), def)
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = pgx.Identifier{t.Name}.Sanitize()
		fmt.Fprintf(&down, "alter table %s disable trigger user;\n", names[i])
		fmt.Fprintf(&up, "alter table %s enable trigger user;\n", names[i])
	}
	// Some triggers only ever fire for rows that a copy brings; all are as they were afterwards.
	down.WriteString("truncate " + strings.Join(names, ", ") + ";\n")
	return up.String(), a.script(ctx, down.String())
}

// Rows adds rows to a table, in the form in which Reader.Rows writes them, and returns their number.
func (w *Writer) Rows(ctx context.Context, t Table, rows io.Reader) (int64, error) {
	n, err := w.a.copyIn(ctx, rows, pgx.Identifier{w.t.Schema, t.Name}.Sanitize()+" ("+t.names()+")")
	if err != nil {
		return n, fmt.Errorf("table %s: %w", t.Name, err)
	}
	return n, nil
}

// Sequence makes a sequence count on from where it was.
func (w *Writer) Sequence(ctx context.Context, s Sequence) error {
	_, err := w.a.ExecContext(ctx, "select pg_catalog.setval($1::text::regclass, $2, $3)", pgx.Identifier{w.t.Schema, s.Name}.Sanitize(), s.Last, s.Called)
	if err != nil {
		return fmt.Errorf("sequence %s: %w", s.Name, err)
	}
	return nil
}
