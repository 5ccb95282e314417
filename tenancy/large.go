package tenancy

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
)

// largeRows is from how many rows on a table is worth indexes of its own: below, a scan takes less than they would cost each write.
const largeRows = 5_000

const (
	indexWithin = 30 * time.Minute // for one index
	indexWait   = time.Minute      // for those who use the table
	indexMark   = "grown_"         // starts the names of such indexes
)

// Index is one that a large table gets beside those of its migrations.
type Index struct {
	Table string
	Name  string // lower-case letters, digits and _; tells apart what it is made of, so that another definition has another name
	On    string // what follows ON table: (name, id)
	Finds bool   // whether it is there is worth knowing to who writes queries: Tenant.Large has its name
}

var indexName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,58}$`)

// Grown returns the tables of each tenant that have many rows, as PostgreSQL has last counted them.
func (db *DB) Grown(ctx context.Context) (map[*Tenant][]string, error) {
	list, err := db.List(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.control.Query(ctx, `select n.nspname::text, array_agg(c.relname::text order by c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind = 'r' and greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)) >= $1 and n.nspname like 't\_%' group by 1`, largeRows)
	if err != nil {
		return nil, final(err)
	}
	tables := map[string][]string{}
	var schema string
	var names []string
	if _, err := pgx.ForEachRow(rows, []any{&schema, &names}, func() error { tables[schema] = slices.Clone(names); return nil }); err != nil {
		return nil, final(err)
	}
	out := map[*Tenant][]string{}
	for _, t := range list {
		if has := tables[t.Schema]; has != nil {
			out[t] = has
		}
	}
	return out, nil
}

// Index gives a tenant's tables these indexes and takes those away that nothing wants any more. People go on reading and writing meanwhile. What is
// there already stays; interrupted, it goes on where it stopped. A second program leaves it to the first.
func (db *DB) Index(ctx context.Context, t *Tenant, want []Index) error {
	for _, x := range want {
		if !indexName.MatchString(x.Name) || !tableName.MatchString(x.Table) {
			return fmt.Errorf("tenancy: an index %q on %q: a bad name", x.Name, x.Table)
		}
	}
	conn, err := pgx.ConnectConfig(ctx, db.base.Copy())
	if err != nil {
		return hidePassword(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var mine bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1, hashtext($2))", int32(installLock&0x7fffffff), t.Schema).Scan(&mine); err != nil || !mine {
		return final(err)
	}
	for _, sql := range []string{
		"set role " + db.roles.owner(), "set search_path = " + tenantName(t.Schema) + ", pg_temp",
		fmt.Sprintf("set statement_timeout = %d", indexWithin.Milliseconds()), fmt.Sprintf("set lock_timeout = %d", indexWait.Milliseconds()),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil { //nolint:unqueryvet // it takes one at a time
			return final(err)
		}
	}
	large := map[string]bool{}
	if err := arrange(ctx, conn, t, want, large); err != nil {
		return final(err)
	}
	if maps.Equal(large, t.Large) {
		return nil
	}
	return db.enlarge(ctx, t.ID, slices.Sorted(maps.Keys(large)))
}

func (db *DB) enlarge(ctx context.Context, tenant id.ID, large []string) error {
	return db.set(ctx, tenant, "large = $2", large)
}

// arrange makes and drops indexes, and notes what is large then.
func arrange(ctx context.Context, conn *pgx.Conn, t *Tenant, want []Index, large map[string]bool) error {
	rows, err := conn.Query(ctx, `select c.relname::text, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relname like $2`, t.Schema, `grown\_%`)
	if err != nil {
		return err
	}
	there := map[string]bool{} // whether it is whole
	var name string
	var valid bool
	if _, err := pgx.ForEachRow(rows, []any{&name, &valid}, func() error { there[name] = valid; return nil }); err != nil {
		return err
	}
	wanted, changed := map[string]bool{}, map[string]bool{}
	for _, x := range want {
		name := indexMark + x.Name
		wanted[name], large[x.Table] = true, true
		if x.Finds {
			large[x.Name] = true
		}
		valid, made := there[name]
		if valid {
			continue
		}
		if made { // its making was interrupted
			if _, err := conn.Exec(ctx, "drop index concurrently if exists "+name); err != nil { //nolint:unqueryvet // it takes one at a time
				return err
			}
		}
		if _, err := conn.Exec(ctx, "create index concurrently "+name+" on "+x.Table+" "+x.On); err != nil { //nolint:unqueryvet // it takes one at a time
			return fmt.Errorf("%s: %w", name, err)
		}
		changed[x.Table] = true
	}
	for name := range there {
		if !wanted[name] {
			if _, err := conn.Exec(ctx, "drop index concurrently if exists "+pgx.Identifier{name}.Sanitize()); err != nil { //nolint:unqueryvet // it takes one at a time
				return err
			}
		}
	}
	for table := range changed { // what an index computes has to be counted before the planner knows of it
		if _, err := conn.Exec(ctx, "analyze "+table); err != nil { //nolint:unqueryvet // it takes one at a time
			return err
		}
	}
	return nil
}
