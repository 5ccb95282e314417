package record

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/tenancy"
)

// EventFacts is the SQL of events of some types as facts that can be counted: id, at, quantity, what, entity, record_id.
func EventFacts(names ...string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "'" + strings.ReplaceAll(n, "'", "''") + "'"
	}
	if len(names) == 0 {
		quoted = []string{"''"}
	}
	return "select id, at, 1::numeric as quantity, name as what, entity, record_id from event_log where name in (" + strings.Join(quoted, ", ") + ")"
}

// Counts returns how many records of each entity a tenant has, those of switched-off modules too. Lines count with their document.
func Counts(ctx context.Context, tx *tenancy.Tx) (map[string]int64, error) {
	byTable := map[string]string{}
	var tables []string
	for _, d := range Catalog(tx).All() {
		if d.Parent == nil && d.Table != "" && !tx.Tenant.Never(d.Module()) {
			byTable[d.Table] = d.Name
			tables = append(tables, d.Table)
		}
	}
	there, err := existing(ctx, tx, tables)
	if err != nil || len(there) == 0 {
		return map[string]int64{}, err
	}
	parts := make([]string, len(there))
	for i, t := range there {
		parts[i] = "select '" + byTable[t] + "', count(*) from " + quote(t)
	}
	rows, err := tx.Tx.Tx.QueryContext(ctx, strings.Join(parts, " union all "))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		if n > 0 {
			out[name] = n
		}
	}
	return out, rows.Err()
}

// existing leaves the tables that the tenant has: those of a module are made when it is first switched on.
func existing(ctx context.Context, tx *tenancy.Tx, tables []string) ([]string, error) {
	rows, err := tx.Tx.Tx.QueryContext(ctx, "select n from unnest($1::text[]) n where to_regclass(quote_ident(n)) is not null order by 1", tables)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

// Stored returns how many bytes the content of a tenant's files takes.
func Stored(ctx context.Context, tx *tenancy.Tx) (n int64, err error) {
	return n, tx.Tx.Tx.QueryRowContext(ctx, `select (select coalesce(sum(octet_length(content)), 0) from file_piece) +
		(select coalesce(sum(size), 0) from file_object)`).Scan(&n)
}
