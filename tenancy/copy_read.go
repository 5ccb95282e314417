package tenancy

import (
	"context"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Lines returns how far the tenant's tables are.
func (r *Reader) Lines(ctx context.Context) (list []LineState, err error) {
	rows, err := r.a.QueryContext(ctx, `select module, state = 'on', version, tolerates, seeded, switched_at from tenon.tenant_module
		where tenant_id = $1 order by module`, r.Tenant.ID.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l LineState
		if err := rows.Scan(&l.Name, &l.On, &l.Version, &l.Tolerates, &l.Seeded, &l.Since); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

// Members returns who may enter.
func (r *Reader) Members(ctx context.Context) (list []Member, err error) {
	rows, err := r.a.QueryContext(ctx, `select m.user_id::text, p.id::text, p.email, p.name, p.password, p.verified, p.locale
		from tenon.membership m join tenon.person p on p.id = m.person_id where m.tenant_id = $1 order by p.id`, r.Tenant.ID.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m Member
		if err := rows.Scan(&m.User, &m.Person, &m.Email, &m.Name, &m.Password, &m.Verified, &m.Locale); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

const columnsOf = `select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c
	join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
	where c.relnamespace = to_regnamespace($1) and c.relkind = 'r' order by c.relname, a.attnum`

// Tables lists the tenant's tables with the columns that are stored, but those that stay with this installation.
func (r *Reader) Tables(ctx context.Context) ([]Table, error) {
	return r.a.tables(ctx, r.Tenant.Schema, r.db.lines.staying())
}

func (a *adminTx) tables(ctx context.Context, schema string, without map[string]bool) (list []Table, err error) {
	rows, err := a.QueryContext(ctx, columnsOf, schema)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		var c Column
		if err := rows.Scan(&table, &c.Name, &c.Type); err != nil {
			return nil, err
		}
		if without[table] {
			continue
		}
		if len(list) == 0 || list[len(list)-1].Name != table {
			list = append(list, Table{Name: table})
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, c)
	}
	return list, rows.Err()
}

// Has tells that the tenant has a table, also one that stays with this installation.
func (r *Reader) Has(ctx context.Context, table string) (yes bool, err error) {
	const ask = "select exists (select from pg_class where relname = $1 and relnamespace = to_regnamespace($2) and relkind = 'r')"
	return yes, r.a.QueryRowContext(ctx, ask, table, r.Tenant.Schema).Scan(&yes)
}

// names are a table's columns as they stand in SQL.
func (t Table) names() string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = pgx.Identifier{c.Name}.Sanitize()
	}
	return strings.Join(list, ", ")
}

// Rows writes a table's rows in PostgreSQL's text format: one row with each call of Write.
func (r *Reader) Rows(ctx context.Context, t Table, w io.Writer) error {
	return r.asOwner(ctx, func(ctx context.Context) error {
		return r.a.copyOut(ctx, w, "select "+t.names()+" from "+pgx.Identifier{r.Tenant.Schema, t.Name}.Sanitize())
	})
}

// Count returns the number of a table's rows.
func (r *Reader) Count(ctx context.Context, t Table) (n int64, err error) {
	err = r.asOwner(ctx, func(ctx context.Context) error {
		return r.a.QueryRowContext(ctx, "select count(*) from "+pgx.Identifier{r.Tenant.Schema, t.Name}.Sanitize()).Scan(&n)
	})
	return n, err
}

// Sequences tells how far the tenant's sequences have counted. They are not part of the snapshot: they may be ahead of it, never behind.
func (r *Reader) Sequences(ctx context.Context) (list []Sequence, err error) {
	err = r.asOwner(ctx, func(ctx context.Context) error {
		var names []string
		const all = "select relname::text from pg_class where relnamespace = to_regnamespace(?) and relkind = 'S' order by 1"
		if err := r.a.bun.NewRaw(all, r.Tenant.Schema).Scan(ctx, &names); err != nil {
			return err
		}
		for _, name := range names {
			s := Sequence{Name: name}
			if err := r.a.QueryRowContext(ctx, "select last_value, is_called from "+pgx.Identifier{r.Tenant.Schema, name}.Sanitize()).Scan(&s.Last, &s.Called); err != nil {
				return err
			}
			list = append(list, s)
		}
		return nil
	})
	return list, err
}

// Pairs runs a query of the program's own that gives two texts in each row, on the tenant's tables.
func (r *Reader) Pairs(ctx context.Context, sql string) (list [][2]string, err error) {
	err = r.asOwner(ctx, func(ctx context.Context) error {
		rows, err := r.a.QueryContext(context.WithValue(ctx, scriptKey{}, true), "select x.a::text, x.b::text from ("+sql+") x(a, b) order by 1, 2")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p [2]string
			if err := rows.Scan(&p[0], &p[1]); err != nil {
				return err
			}
			list = append(list, p)
		}
		return rows.Err()
	})
	return list, err
}
